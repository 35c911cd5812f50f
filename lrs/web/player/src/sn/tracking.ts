// What is known of objectives, their own and those of the whole package (SCORM 2004 SN 3.10, 4.2).

import type { Activity, Known, Objective, Part } from "./activity.ts";

/** Global objectives by their id. */
export type Globals = Record<string, Known>;

/** What falls back on what the activity itself knows, where the global objective that is read knows nothing. */
const FALLING: readonly Part[] = ["progress"];
const PROGRESS: readonly Part[] = ["completed", "progress"];

export class Tracking {
  globals: Globals = {};
  /** The global objectives that were written since the last rollup. */
  readonly written = new Set<string>();

  /** What is known of an objective, of the global one that it reads or of its own. For a rollup what an activity knows of an
   * attempt before that of its parent does not count, unless the parent wants it to (SN 3.2.5, 3.2.6). */
  get<P extends Part>(activity: Activity, objective: Objective, part: P, isRollup = false): Known[P] | undefined {
    const read = <Q extends Part>(it: Q) => this.#read(activity, objective, it, isRollup);
    if (part === "satisfied" && objective.isSatisfiedByMeasure) {
      const measure = read("measure");
      const isHeld = activity.isActive && activity.children.length > 0 && !activity.satisfiesIfActive;
      if (measure === undefined || isHeld) return undefined;
      return (measure >= objective.minMeasure) as Known[P];
    }
    if (part === "completed" && objective.isPrimary && activity.isCompletedByMeasure) {
      const progress = read("progress");
      return progress === undefined ? undefined : ((progress >= activity.minProgress) as Known[P]);
    }
    return read(part);
  }

  #read<P extends Part>(activity: Activity, objective: Objective, part: P, isRollup: boolean): Known[P] | undefined {
    const known = this.global(objective, part);
    if (known !== undefined) return known;
    if (!FALLING.includes(part) && objective.maps.some(({ reads }) => reads.includes(part))) return undefined;
    const isStale = PROGRESS.includes(part) ? activity.isProgressStale : activity.isObjectiveStale;
    return isRollup && isStale ? undefined : activity.known[objective.id]?.[part];
  }

  /** What the global objectives know that an objective reads. */
  global<P extends Part>(objective: Objective, part: P): Known[P] | undefined {
    const reading = objective.maps.filter(({ reads }) => reads.includes(part));
    return reading.map(({ target }) => this.globals[target]?.[part]).find((it) => it !== undefined);
  }

  /** Writes what is known of an objective, into the global ones too that it writes; nothing makes it unknown. */
  set<P extends Part>(activity: Activity, objective: Objective, part: P, value: Known[P] | undefined): void {
    // What a measure decides is not decided by what the content says.
    if (part === "satisfied" && objective.isSatisfiedByMeasure) return;
    if (part === "completed" && objective.isPrimary && activity.isCompletedByMeasure) return;
    this.#write(activity, objective, part, value);
    // What a measure decides is shared as what it decides.
    if (part === "measure" && objective.isSatisfiedByMeasure) {
      const satisfied = value === undefined ? undefined : (value as number) >= objective.minMeasure;
      this.#write(activity, objective, "satisfied", satisfied);
    }
    if (part === "progress" && objective.isPrimary && activity.isCompletedByMeasure) {
      const completed = value === undefined ? undefined : (value as number) >= activity.minProgress;
      this.#write(activity, objective, "completed", completed);
    }
  }

  #write<P extends Part>(activity: Activity, objective: Objective, part: P, value: Known[P] | undefined): void {
    if (value !== undefined) renewed(activity, part);
    activity.known[objective.id] = changed(activity.known[objective.id], part, value);
    for (const map of objective.maps) {
      if (!map.writes.includes(part)) continue;
      this.globals[map.target] = changed(this.globals[map.target], part, value);
      this.written.add(map.target);
    }
  }
}

/** What is of an attempt before gives way to what is learnt now. */
function renewed(activity: Activity, part: Part): void {
  const isProgress = PROGRESS.includes(part);
  if (!(isProgress ? activity.isProgressStale : activity.isObjectiveStale)) return;
  for (const [id, known] of Object.entries(activity.known)) {
    const others = Object.entries(known).filter(([name]) => PROGRESS.includes(name as Part) !== isProgress);
    activity.known[id] = Object.fromEntries(others);
  }
  if (isProgress) activity.isProgressStale = false;
  else activity.isObjectiveStale = false;
}

function changed<P extends Part>(known: Known | undefined, part: P, value: Known[P] | undefined): Known {
  const parts: [string, unknown][] = Object.entries({ ...known, [part]: value });
  return Object.fromEntries(parts.filter(([, it]) => it !== undefined));
}
