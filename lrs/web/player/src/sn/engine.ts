// The overall sequencing process of SCORM 2004 (SN OP.1): from a request to the activity that is delivered.

import { type Activity, everyOf, type Known, pathTo } from "./activity.ts";
import { arrange } from "./arrange.ts";
import { Choices, commonAncestor } from "./choose.ts";
import { Flow, type Found } from "./flow.ts";
import { rollUp } from "./rollup.ts";
import { firstAction, isBarred } from "./rules.ts";
import { type Globals, Tracking } from "./tracking.ts";

/** What a request leads to: an activity to deliver, the end of the sequencing session, or nothing. */
export type Led = { deliver: string } | "end" | null;

/** What a request does first, and then (NB.2.1). */
interface Navigation {
  ends: "exit" | "exitAll" | "abandon" | "abandonAll" | "suspendAll" | null;
  then: string;
  target?: Activity;
}

/** The state of an activity as it is kept. */
type Kept = Pick<Activity, "attempts" | "spentBefore" | "isActive" | "isSuspended" | "known" | "isArranged"> &
  Pick<Activity, "isObjectiveStale" | "isProgressStale" | "isCompletionSaid" | "isSuccessSaid"> & {
    available: string[];
  };

interface State {
  current: string | null;
  suspended: string | null;
  globals: Globals;
  activities: Record<string, Kept>;
}

export class Engine {
  readonly #tracking = new Tracking();
  readonly #flow: Flow;
  readonly #choices: Choices;
  readonly #all: ReadonlyMap<string, Activity>;
  /** Whether the activity that was delivered last is in a new attempt, and none that was suspended. */
  isNew = false;
  #current: Activity | null = null;
  #suspended: Activity | null = null;

  constructor(
    private readonly root: Activity,
    private readonly random: () => number,
    /** Whether global objectives are the learner's for good (`adlseq:objectivesGlobalToSystem`). */
    private readonly isGlobalToSystem: boolean,
  ) {
    this.#flow = new Flow(this.#tracking, random);
    this.#choices = new Choices(this.#tracking, this.#flow);
    this.#all = new Map(everyOf(root).map((it) => [it.id, it]));
    for (const activity of this.#all.values()) arrange(activity, random);
  }

  get current(): Activity | null {
    return this.#current;
  }

  /** What a request of navigation leads to. One that is not valid changes nothing (NB.2.1). */
  request(request: string, target?: string): Led {
    const navigation = this.#navigation(request, target === undefined ? undefined : this.#all.get(target));
    if (!navigation) return null;
    // Global objectives that are not the learner's for good are those of an attempt on the whole package.
    if (request === "start" && !this.root.isSuspended && !this.isGlobalToSystem) this.globals = {};
    let { then } = navigation;
    if (navigation.ends) {
      const after = this.#terminate(navigation.ends);
      if (after === null) return null;
      then = after === "" ? then : after;
    }
    return this.#settle(this.#sequence(then, navigation.target));
  }

  /** Whether a request would lead somewhere, were the current activity over as it is. */
  isValid(request: string, target?: string): boolean {
    const navigation = this.#navigation(request, target === undefined ? undefined : this.#all.get(target));
    if (!navigation) return false;
    const found = this.#sequence(navigation.then, navigation.target);
    // Whether there is anything to go on to is found out by going on (NB.2.1), but for what is locked.
    if (found === null && navigation.then === "continue") return !this.#flow.isBarred;
    return found === "end" || (found !== null && this.#isDeliverable(found.deliver));
  }

  /** Whether the learner sees an activity in a menu. */
  isShown(id: string): boolean {
    const activity = this.#all.get(id);
    if (!activity) return false;
    return pathTo(activity).every(
      (it) =>
        (!it.parent || it.parent.available.includes(it)) &&
        firstAction(this.#tracking, it, it.pre, "hiddenFromChoice") === null,
    );
  }

  /** Takes over what the content has said of the current activity, and whether it is suspended. */
  track(isSuspended: boolean, write: (activity: Activity, tracking: Tracking) => void): void {
    const current = this.#current;
    if (current) current.isSuspended = isSuspended;
    if (!current?.isTracked) return;
    write(current, this.#tracking);
    rollUp(this.#tracking, this.root, current);
  }

  // Navigation.

  #navigation(request: string, target?: Activity): Navigation | null {
    const current = this.#current;
    if (request === "start") return current ? null : { ends: null, then: "start" };
    if (request === "resumeAll") return current || !this.#suspended ? null : { ends: null, then: "resumeAll" };
    if (request === "choice") return target ? this.#choice(target) : null;
    if (!current) return null;
    const ends = current.isActive ? "exit" : null;
    switch (request) {
      case "continue":
        return current.parent?.flow ? { ends, then: "continue" } : null;
      case "previous":
        return current.parent?.flow && !current.parent.forwardOnly ? { ends, then: "previous" } : null;
      case "jump":
        return target?.parent?.available.includes(target) ? { ends, then: "jump", target } : null;
      case "exit":
      case "abandon":
        return current.isActive ? { ends: request, then: "exit" } : null;
      case "exitAll":
      case "abandonAll":
      case "suspendAll":
        return { ends: request, then: "exit" };
      default:
        return null;
    }
  }

  #choice(target: Activity): Navigation | null {
    const current = this.#current;
    if (target.parent && !target.parent.choice) return null;
    if (!current) return { ends: null, then: "choice", target };
    const left = pathTo(current).slice(commonAncestor(current, target).depth + (current === target ? 0 : 1));
    if (left.some((it) => it.isActive && !it.choiceExit)) return null;
    return { ends: current.isActive ? "exit" : null, then: "choice", target };
  }

  // Termination.

  /** Ends what a request ends. Gives the request that the rules ask for instead, which may be none; nothing where the
   * termination is not valid (TB.2.3). */
  #terminate(how: NonNullable<Navigation["ends"]>): string | null {
    const current = this.#current;
    if (!current) return null;
    switch (how) {
      case "exit":
        return this.#exit(current);
      case "exitAll":
        return this.#exitAll("");
      case "suspendAll":
        return this.#suspendAll(current);
      case "abandon":
        current.isActive = false;
        return "";
      case "abandonAll":
        for (const activity of pathTo(current)) activity.isActive = false;
        this.#current = this.root;
        return "exit";
    }
  }

  #exit(left: Activity): string | null {
    this.#end(left);
    // The rules of the highest cluster that is to exit (TB.2.1).
    const exits = pathTo(left)
      .slice(0, -1)
      .find((it) => firstAction(this.#tracking, it, it.exit) !== null);
    if (exits) {
      this.#endWithin(exits);
      this.#end(exits);
      this.#current = exits;
    }
    for (let at = this.#current; at;) {
      const action = at.isSuspended ? null : firstAction(this.#tracking, at, at.post);
      if (action === "exitAll") return this.#exitAll("");
      if (action === "retryAll") return this.#exitAll("retry");
      if (action === "exitParent") {
        at = at.parent;
        if (!at) return null;
        this.#current = at;
        this.#endWithin(at);
        this.#end(at);
        continue;
      }
      if (at === this.root && action !== "retry") return "exit";
      return action ?? "";
    }
    return null;
  }

  #exitAll(then: string): string {
    if (this.#current?.isActive) this.#end(this.#current);
    this.#endWithin(this.root);
    this.#end(this.root);
    this.#current = this.root;
    return then === "" ? "exit" : then;
  }

  #suspendAll(current: Activity): string | null {
    const suspended = current.isActive || current.isSuspended ? current : current.parent;
    if (!suspended) return null;
    rollUp(this.#tracking, this.root, current);
    for (const activity of pathTo(suspended)) {
      activity.isActive = false;
      activity.isSuspended = true;
    }
    this.#suspended = suspended;
    this.#current = this.root;
    return "exit";
  }

  /** Ends the attempts between the current activity and one that it is in (UP.3). */
  #endWithin(above: Activity): void {
    const current = this.#current;
    if (!current) return;
    const common = commonAncestor(current, above);
    for (const activity of pathTo(current)
      .slice(common.depth + 1)
      .reverse())
      if (activity.isActive) this.#end(activity);
  }

  /** UP.4. */
  #end(activity: Activity): void {
    const { primary } = activity;
    if (activity.children.length > 0) activity.isSuspended = activity.children.some(({ isSuspended }) => isSuspended);
    else if (activity.isTracked && !activity.isSuspended) {
      const isKnown = (part: "completed" | "satisfied") => activity.known[primary.id]?.[part] !== undefined;
      if (!activity.setsCompletion && !activity.isCompletionSaid && !isKnown("completed"))
        this.#tracking.set(activity, primary, "completed", true);
      if (!activity.setsObjective && !activity.isSuccessSaid && !isKnown("satisfied"))
        this.#tracking.set(activity, primary, "satisfied", true);
    }
    activity.isActive = false;
    activity.isArranged = false;
    rollUp(this.#tracking, this.root, activity);
  }

  // Sequencing and delivery.

  #sequence(request: string, target?: Activity): Found {
    const current = this.#current;
    switch (request) {
      case "start":
        return this.root.children.length === 0 ? { deliver: this.root } : this.#flow.walk(this.root, "forward", true);
      case "resumeAll":
        return this.#suspended && { deliver: this.#suspended };
      case "continue":
        return current?.parent?.flow ? this.#flow.walk(current, "forward", false) : null;
      case "previous":
        return current?.parent?.flow ? this.#flow.walk(current, "backward", false) : null;
      case "choice":
        return target ? this.#choices.choose(target, current) : null;
      case "jump":
        return target ? { deliver: target } : null;
      case "retry":
        return current && this.#retry(current);
      case "exit":
        return current === this.root ? "end" : null;
      default:
        return null;
    }
  }

  /** SB.2.10. */
  #retry(current: Activity): Found {
    if (current.isActive || current.isSuspended) return null;
    if (current.children.length === 0) return { deliver: current };
    if (current === this.root && !this.isGlobalToSystem) this.globals = {};
    return this.#flow.walk(current, "forward", true);
  }

  #settle(found: Found): Led {
    if (found === "end") {
      this.#endWithin(this.root);
      if (this.root.isActive) this.#end(this.root);
      this.#current = null;
      return "end";
    }
    if (found === null || !this.#isDeliverable(found.deliver)) return null;
    this.#deliver(found.deliver);
    return { deliver: found.deliver.id };
  }

  /** DB.1.1. */
  #isDeliverable(activity: Activity): boolean {
    return activity.children.length === 0 && !pathTo(activity).some((it) => isBarred(this.#tracking, it));
  }

  /** DB.2. */
  #deliver(activity: Activity): void {
    if (this.#suspended !== activity) this.#clearSuspended(activity);
    this.#endWithin(activity);
    for (const it of pathTo(activity)) {
      if (it.isActive) continue;
      this.isNew = !it.isSuspended;
      if (it.isSuspended) it.isSuspended = false;
      else this.#begin(it);
      it.isActive = true;
    }
    this.#suspended = null;
    this.#current = activity;
  }

  #begin(activity: Activity): void {
    arrange(activity, this.random);
    activity.attempts += 1;
    this.#forget(activity);
    activity.known = {};
    activity.isObjectiveStale = false;
    activity.isProgressStale = false;
    activity.isCompletionSaid = false;
    activity.isSuccessSaid = false;
  }

  /** What the children know is of an attempt before. */
  #forget(cluster: Activity): void {
    for (const child of cluster.children) {
      child.isObjectiveStale ||= cluster.usesCurrentObjectives;
      child.isProgressStale ||= cluster.usesCurrentProgress;
      this.#forget(child);
    }
  }

  /** DB.2.1. */
  #clearSuspended(next: Activity): void {
    const suspended = this.#suspended;
    if (!suspended) return;
    const common = commonAncestor(suspended, next);
    for (const activity of pathTo(suspended).slice(common.depth).reverse())
      activity.isSuspended = activity.children.some(({ isSuspended }) => isSuspended);
    this.#suspended = null;
  }

  // What is kept.

  /** Global objectives, with which the next attempt may begin. */
  get globals(): Globals {
    return this.#tracking.globals;
  }

  set globals(globals: Globals) {
    this.#tracking.globals = structuredClone(globals);
  }

  state(): string {
    const activities = [...this.#all].map(([id, it]): [string, Kept] => [
      id,
      {
        ...{
          spentBefore: it.spentBefore,
          attempts: it.attempts,
          isActive: it.isActive,
          isSuspended: it.isSuspended,
          known: it.known,
        },
        ...{ isObjectiveStale: it.isObjectiveStale, isProgressStale: it.isProgressStale },
        ...{ isCompletionSaid: it.isCompletionSaid, isSuccessSaid: it.isSuccessSaid },
        ...{ isArranged: it.isArranged, available: it.available.map((child) => child.id) },
      },
    ]);
    const state: State = {
      current: this.#current?.id ?? null,
      suspended: this.#suspended?.id ?? null,
      globals: this.globals,
      activities: Object.fromEntries(activities),
    };
    return JSON.stringify(state);
  }

  /** Goes on from a state; false where it is none of this package. */
  restore(text: string): boolean {
    const state = JSON.parse(text) as Partial<State>;
    if (!state.activities?.[this.root.id]) return false;
    for (const [id, { available, ...kept }] of Object.entries(state.activities)) {
      const activity = this.#all.get(id);
      if (!activity) continue;
      Object.assign(activity, kept);
      activity.available = available.flatMap((it) => activity.children.filter((child) => child.id === it));
    }
    this.globals = state.globals ?? {};
    this.#current = this.#all.get(state.current ?? "") ?? null;
    this.#suspended = this.#all.get(state.suspended ?? "") ?? null;
    return true;
  }

  /** What is known of an objective of an activity, all parts. */
  known(activity: Activity, index: number): Known {
    const objective = activity.objectives[index];
    if (!objective) return {};
    const parts = ["satisfied", "measure", "completed", "progress", "raw", "min", "max"] as const;
    const known = parts.map((part) => [part, this.#tracking.get(activity, objective, part)] as const);
    // Content is told what the global objective says, whatever this activity's threshold would make of it.
    const shared = this.#tracking.global(objective, "completed");
    const all: [string, unknown][] = Object.entries({
      ...Object.fromEntries(known),
      ...(shared === undefined ? {} : { completed: shared }),
    });
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
}
