// SCORM 2004's sequencing beside scorm-again's data model: one API for the whole package, and an engine whose state is kept
// on the server.

import type { Scorm2004API } from "scorm-again";
import type { Contents, Item, Objectives } from "./launch.ts";
import { type Api, model } from "./session.ts";
import { type Activity, activityTree, everyOf, type Known } from "./sn/activity.ts";
import { Engine, type Led } from "./sn/engine.ts";
import { objectivesIn } from "./objectives.ts";
import type { Tracking } from "./sn/tracking.ts";
import type { Can } from "./view.ts";
import type { Cmi } from "./wire.ts";

/** What is delivered: an activity, or `end`, the end of the sequencing session. */
export type Sequenced = NonNullable<Led>;

/** What SCOs share, by the target of their maps. */
export type Shared = Record<string, string>;

interface State {
  sequencing?: string;
  shared?: Shared;
}

const SUCCESS: Record<string, boolean> = { passed: true, failed: false };
const COMPLETION: Record<string, boolean> = { completed: true, incomplete: false, "not attempted": false };

const itemsOf = (items: readonly Item[]): Item[] => items.flatMap((item) => [item, ...itemsOf(item.items ?? [])]);

export class Sequence {
  readonly #api: Scorm2004API;
  readonly #engine: Engine;
  readonly #all: readonly Activity[];
  readonly #items: ReadonlyMap<string, Item>;
  readonly #delivers: (found: Sequenced) => void;
  #isDelivered = false;
  /** What the learner has asked for, whatever the SCO asks for. */
  #insisted: string | null = null;
  /** The elements that the SCO has set. */
  readonly #set = new Set<string>();
  /** What is valid, for a state of the engine and a data model of the SCO. */
  #found: { state: string; valid: ReadonlySet<string> } = { state: "", valid: new Set() };

  constructor(
    make: () => Scorm2004API,
    contents: Contents,
    delivers: (found: Sequenced) => void,
    /** Called after each end of a SCO, once the engine has found what comes next. */
    settled: () => void,
    random: () => number = Math.random,
  ) {
    this.#delivers = delivers;
    const root = activityTree(contents);
    this.#engine = new Engine(root, random, contents.objectivesGlobalToSystem ?? true);
    this.#all = everyOf(root);
    this.#items = new Map(itemsOf(contents.items).map((item) => [item.identifier, item]));
    this.#api = make();
    this.#api.Terminate = (parameter?: string) => {
      const request = this.#insisted ?? this.#api.adl.nav.request;
      const wasOpen = this.#api.isInitialized();
      // As the SCO has left it: at its end scorm-again completes what the SCO has not.
      const cmi = this.#cmi();
      if (wasOpen) this.#isDelivered = false;
      const answer = this.#api.lmsFinish(parameter);
      if (answer === "true" && wasOpen) this.#terminated(request, cmi);
      settled();
      return answer;
    };
  }

  /** What the end of a SCO leads to: what the SCO, or the learner, has asked for. */
  #terminated(request: string, cmi: Cmi): void {
    const isLeft = cmi.exit === "time-out" || cmi.exit === "logout";
    const isAbandoned = request.startsWith("abandon");
    if (!isAbandoned) this.#track(cmi, request === "suspendAll" || cmi.exit === "suspend");
    // Without a request the SCO's attempt is over, and the rules say what comes of it.
    this.#ask(isLeft ? "exitAll" : request === "_none_" ? "exit" : request);
  }

  /** Goes on where the kept state ends, or begins with what the attempt before has left: global objectives, and what SCOs
   * share. Begins so too where the state is one of scorm-again's engine, which players up to 0.1.0 kept. */
  start(state: string | undefined, objectives?: Objectives, shared?: Shared): boolean {
    const isRestored = state !== undefined && this.#restore(state);
    if (!isRestored) {
      if (objectives) this.#engine.globals = objectivesIn(objectives);
      if (shared) this.#api.restoreSharedDataSnapshot(shared);
    }
    const current = this.#engine.current;
    if (current?.isActive && current.children.length === 0) {
      // It was not left in order: shown again as it was.
      this.#delivers({ deliver: current.id });
      return true;
    }
    if (this.#ask("resumeAll")) return true;
    if (current && current.children.length === 0 && this.#ask("choice", current.id)) return true;
    // Where nothing flows the learner chooses; the page shows the first part that can be chosen.
    const first = () => this.#all.some((it) => it.children.length === 0 && this.#ask("choice", it.id));
    return this.#ask("start") || first();
  }

  #restore(text: string): boolean {
    try {
      const { sequencing, shared } = JSON.parse(text) as State;
      if (sequencing === undefined || !this.#engine.restore(sequencing)) return false;
      this.#api.restoreSharedDataSnapshot(shared ?? {});
      return true;
    } catch {
      // A state of another engine, or of none.
      return false;
    }
  }

  /** What a request leads to, delivered. False where it leads nowhere. */
  #ask(request: string, target?: string): boolean {
    const named = /^\{target=(?<target>[^}]+)\}(?<kind>choice|jump)$/.exec(request)?.groups;
    const led: Led = this.#engine.request(named?.kind ?? request, named?.target ?? target);
    if (led === null) return false;
    this.#isDelivered = true;
    this.#delivers(led);
    return true;
  }

  state(): string {
    const state: State = { sequencing: this.#engine.state(), shared: this.#api.captureSharedDataSnapshot() };
    return JSON.stringify(state);
  }

  /** The global objectives, for the next attempt. */
  objectives(): Objectives {
    return this.#engine.globals;
  }

  /** What SCOs share, for the next attempt. */
  shared(): Shared {
    return this.#api.captureSharedDataSnapshot();
  }

  /** The API for the activity that was delivered, empty. */
  renew(): Api {
    this.#api.reset();
    // What another SCO was given, which scorm-again leaves as it was.
    this.#api.cmi.completion_threshold = "";
    this.#api.cmi.scaled_passing_score = "";
    this.#insisted = null;
    this.#set.clear();
    this.#api.on("SetValue.cmi.*", (element?: string) => {
      this.#set.add(element ?? "");
    });
    this.#api.adl.configureSharedDataMaps(this.#engine.current?.shared ?? []);
    return this.#api;
  }

  /** The data model with which the activity that was delivered begins: what the server knows of the SCO, and what the objectives
   * of its activity are (RTE 4.2.17). */
  begin(cmi: Cmi): Cmi {
    const activity = this.#engine.current;
    if (!activity) return cmi;
    const spent = seconds(cmi.total_time);
    if (this.#engine.isNew) activity.spentBefore = spent;
    const total_time = `PT${Math.max(spent - activity.spentBefore, 0)}S`;
    const begun = this.#engine.isNew ? anew(cmi) : { ...cmi, entry: "resume", total_time };
    const entries = Object.values((begun.objectives ?? {}) as Record<string, Cmi>);
    activity.objectives.forEach((objective, n) => {
      if (objective.id === "") return;
      let entry = entries.find(({ id }) => id === objective.id);
      if (!entry) entries.push((entry = { id: objective.id }));
      fill(entry, this.#engine.known(activity, n));
    });
    return entries.length === 0 ? begun : { ...begun, objectives: Object.fromEntries(entries.entries()) };
  }

  #cmi(): Cmi {
    return model(this.#api.renderCommitCMI(false));
  }

  /** The engine learns what the SCO has said (SN 4.2, RTE 4.2). */
  #track(cmi: Cmi, isSuspended: boolean): void {
    this.#engine.track(isSuspended, (activity, tracking) => {
      said(tracking, activity, cmi, this.#set);
      const own = Object.entries((cmi.objectives ?? {}) as Record<string, Cmi>);
      const [at] = own.find(([, { id }]) => id === activity.primary.id) ?? [];
      const isSaid = (name: string) =>
        this.#set.has(`cmi.${name}`) || this.#set.has(`cmi.objectives.${at ?? ""}.${name}`);
      activity.isCompletionSaid ||= isSaid("completion_status");
      activity.isSuccessSaid ||= isSaid("success_status");
    });
  }

  can(current: string | null): Can {
    // What the SCO has set since counts, and is taken back: the SCO may abandon it.
    const kept = this.#engine.state();
    const cmi = this.#api.isInitialized() ? this.#cmi() : null;
    const state = kept + JSON.stringify(cmi);
    if (state !== this.#found.state) this.#found = { state, valid: this.#valid(cmi, kept) };
    const { valid } = this.#found;
    return {
      current,
      previous: valid.has("previous"),
      next: valid.has("continue"),
      hide: this.#items.get(current ?? "")?.hide ?? [],
      open: (identifier) => valid.has(`choice ${identifier}`),
      jump: (identifier) => valid.has(`jump ${identifier}`),
      isShown: (identifier) => this.#engine.isShown(identifier),
    };
  }

  /** The requests that are valid were the SCO's session over with this data model: `continue`, `choice ITEM` and so on. The tree
   * is rolled up and restored once for all of them. `kept` is the state of the engine, which it is in afterwards. */
  #valid(cmi: Cmi | null, kept: string): ReadonlySet<string> {
    if (cmi) this.#track(cmi, false);
    const named = this.#all.flatMap(({ id }) => [
      ["choice", id],
      ["jump", id],
    ]);
    const valid = [["previous"], ["continue"], ...named].filter(([request = "", target]) =>
      this.#engine.isValid(request, target),
    );
    if (cmi) this.#engine.restore(kept);
    return new Set(valid.map((it) => it.join(" ")));
  }

  /** What the SCO's end is to lead to, unless the SCO asks for something else; nothing with `_none_`. */
  ask(request: string): void {
    this.#isDelivered = false;
    if (this.#api.isInitialized()) this.#api.adl.nav.request = request;
  }

  /** What the SCO's end leads to, whatever the SCO asks for: what the learner has asked for comes first. */
  insist(request: string): void {
    this.#isDelivered = false;
    this.#insisted = request;
  }

  /** Goes on where the SCO's own end has not. False where the engine refuses. */
  leave(request: string, isOpen: boolean): boolean {
    if (isOpen) this.#api.Terminate("");
    return this.#isDelivered || this.#ask(request);
  }
}

/** What the platform says of a SCO, and not the SCO itself. */
const GIVEN =
  /^(?:learner_(?:id|name)|credit|mode|launch_data|scaled_passing_score|completion_threshold|max_time_allowed|time_limit_action)$/;

/** The data model of a new attempt on an activity: without what an attempt before has left (RTE 2.1.1). */
function anew(cmi: Cmi): Cmi {
  const given = Object.entries(cmi).filter(([name]) => GIVEN.test(name));
  return { ...Object.fromEntries(given), entry: "ab-initio", total_time: "PT0S" };
}

/** `cmi.total_time` as the server writes it, in seconds to a hundredth. */
function seconds(duration: unknown): number {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(String(duration)) ?? [];
  const sum = [86_400, 3_600, 60, 1].reduce((all, unit, n) => all + unit * Number(found[n + 1] ?? 0), 0);
  return Math.round(sum * 100) / 100;
}

/** Writes into an entry of `cmi.objectives` what is known of the objective. */
function fill(entry: Cmi, known: Known): void {
  if (known.satisfied !== undefined) entry.success_status = known.satisfied ? "passed" : "failed";
  if (known.completed !== undefined) entry.completion_status = known.completed ? "completed" : "incomplete";
  if (known.progress !== undefined) entry.progress_measure = String(known.progress);
  const score: Cmi = {
    ...(known.measure === undefined ? {} : { scaled: String(known.measure) }),
    ...(known.raw === undefined ? {} : { raw: known.raw }),
    ...(known.min === undefined ? {} : { min: known.min }),
    ...(known.max === undefined ? {} : { max: known.max }),
  };
  if (Object.keys(score).length > 0) entry.score = { ...(entry.score as Cmi | undefined), ...score };
}

/** What an entry of `cmi.objectives`, or `cmi` itself, says of an objective; nothing where it is unknown. */
function saidOf(entry: Cmi): Known {
  const score = (entry.score ?? {}) as Record<string, string | undefined>;
  const number = (value: unknown): number | undefined =>
    typeof value === "string" && value !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined;
  const said: Record<string, unknown> = {
    satisfied: SUCCESS[String(entry.success_status)],
    measure: number(score.scaled),
    completed: COMPLETION[String(entry.completion_status)],
    progress: number(entry.progress_measure),
    raw: score.raw || undefined,
    min: score.min || undefined,
    max: score.max || undefined,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

const PARTS = {
  satisfied: "success_status",
  measure: "score.scaled",
  completed: "completion_status",
  progress: "progress_measure",
  raw: "score.raw",
  min: "score.min",
  max: "score.max",
} as const;

/** Writes what a SCO has said into the tracking of its activity. `set` has the elements that the SCO has set: what it has set to
 * `unknown` is unknown. */
function said(tracking: Tracking, activity: Activity, cmi: Cmi, set: ReadonlySet<string>): void {
  const entries = Object.entries((cmi.objectives ?? {}) as Record<string, Cmi>);
  for (const objective of activity.objectives) {
    const found = objective.id === "" ? undefined : entries.find(([, { id }]) => id === objective.id);
    const sources = [
      ...(objective.isPrimary ? [{ name: "cmi", known: saidOf(cmi) }] : []),
      ...(found ? [{ name: `cmi.objectives.${found[0]}`, known: saidOf(found[1]) }] : []),
    ];
    for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
      const source = sources.find(({ name, known }) => known[part] !== undefined || set.has(`${name}.${PARTS[part]}`));
      if (source) tracking.set(activity, objective, part, source.known[part]);
    }
  }
}
