// The activity tree of a package: what the manifest says of each activity (SCORM 2004 SN 3), and its tracking (SN 4.2).

import type { Contents, Element, Item } from "../launch.ts";

/** What is known of an objective (SN 4.2.1); what is missing is unknown. */
export interface Known {
  satisfied?: boolean;
  measure?: number;
  completed?: boolean;
  progress?: number;
  raw?: string;
  min?: string;
  max?: string;
}
export type Part = keyof Known;

/** What an objective reads of a global one and writes to it (SN 3.10.3). */
export interface ObjectiveMap {
  target: string;
  reads: Part[];
  writes: Part[];
}

export interface Objective {
  id: string;
  isPrimary: boolean;
  isSatisfiedByMeasure: boolean;
  minMeasure: number;
  maps: ObjectiveMap[];
}

export interface Condition {
  name: string;
  isNegated: boolean;
  objective?: string;
  threshold: number;
}

export interface Rule {
  action: string;
  isAny: boolean;
  conditions: Condition[];
}

export interface RollupRule extends Rule {
  children: string;
  count: number;
  percent: number;
}

export interface SharedMap {
  targetID: string;
  readSharedData: boolean;
  writeSharedData: boolean;
}

type Timing = "never" | "once" | "onEachNewAttempt";

/** An activity. What follows `attempts` changes, and is kept. */
export interface Activity {
  readonly id: string;
  readonly parent: Activity | null;
  readonly children: Activity[];
  readonly depth: number;
  readonly choice: boolean;
  readonly choiceExit: boolean;
  readonly flow: boolean;
  readonly forwardOnly: boolean;
  readonly usesCurrentObjectives: boolean;
  readonly usesCurrentProgress: boolean;
  readonly constrainChoice: boolean;
  readonly preventActivation: boolean;
  readonly pre: Rule[];
  readonly exit: Rule[];
  readonly post: Rule[];
  readonly attemptLimit: number | null;
  readonly primary: Objective;
  readonly objectives: Objective[];
  readonly rollups: RollupRule[];
  readonly rollsUpObjective: boolean;
  readonly rollsUpProgress: boolean;
  readonly weight: number;
  /** `requiredForSatisfied` and its like, by the action. */
  readonly required: Record<string, string>;
  readonly satisfiesIfActive: boolean;
  readonly selection: Timing;
  readonly selects: number | null;
  readonly randomization: Timing;
  readonly reorders: boolean;
  readonly isTracked: boolean;
  readonly setsCompletion: boolean;
  readonly setsObjective: boolean;
  readonly isCompletedByMeasure: boolean;
  readonly minProgress: number;
  readonly progressWeight: number;
  readonly shared: SharedMap[];
  attempts: number;
  /** Seconds in its SCO before the attempt that it is in. */
  spentBefore: number;
  isActive: boolean;
  isSuspended: boolean;
  /** What is known of its own objectives by their id; those of the primary one are the activity's. */
  known: Record<string, Known>;
  /** Whether the content itself has said a status, be it that it is unknown. */
  isCompletionSaid: boolean;
  isSuccessSaid: boolean;
  /** The children that can be delivered, in order. */
  available: Activity[];
  /** Whether what is known of objectives, and of progress, is of an attempt before that of the parent. */
  isObjectiveStale: boolean;
  isProgressStale: boolean;
  /** Whether the children were selected and ordered for the attempt that begins or is. */
  isArranged: boolean;
}

/** The id of an objective that has none; no identifier of a manifest is empty. */
const UNNAMED = "";

const child = (of: Element | undefined, name: string): Element | undefined =>
  of?.children.find((it) => it.name === name);
const all = (of: Element | undefined, name: string): Element[] => of?.children.filter((it) => it.name === name) ?? [];

function flag(of: Element | undefined, name: string, otherwise: boolean): boolean {
  const value = of?.attributes?.[name];
  return value === undefined ? otherwise : value === "true" || value === "1";
}

function number(text: string | undefined, otherwise: number): number {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) ? value : otherwise;
}

const timing = (value: string | undefined): Timing =>
  value === "once" || value === "onEachNewAttempt" ? value : "never";

/** An identifier may stand among blanks, escaped or not; several of them count as one (`anyURI`, XML Schema part 2, 3.2.17).
 * Content finds the objective by the identifier, so that a blank is escaped where the manifest does. */
function named(identifier: string): string {
  return identifier
    .replace(/(?:%20|\s)+/g, (run) => (run.includes("%20") ? "%20" : " "))
    .replace(/^(?:%20| )|(?:%20| )$/g, "");
}

/** Whether anything in the package is sequenced. */
export function isSequenced({ sequencing, items }: { sequencing?: Element; items?: Item[] }): boolean {
  return sequencing !== undefined || (items?.some(isSequenced) ?? false);
}

/** Whether SCOs share data (`adlcp:data` of the fourth edition). */
export function sharesData(items: readonly Item[]): boolean {
  return items.some(({ asks, items: inside }) => asks?.some(({ name }) => name === "data") || sharesData(inside ?? []));
}

/** The activity tree of a package. */
export function activityTree(contents: Contents): Activity {
  // The standard has no flow unless the manifest says so (SN 3.2.3); what is not sequenced at all flows.
  return activity(contents, null, !isSequenced(contents));
}

/** The activity and all below it, a cluster before what is in it. */
export function everyOf(root: Activity): Activity[] {
  return [root, ...root.children.flatMap(everyOf)];
}

/** The activities from the root to this one. */
export function pathTo(activity: Activity): Activity[] {
  return activity.parent ? [...pathTo(activity.parent), activity] : [activity];
}

/** What is known of an activity before its first attempt. */
const untouched = () => ({
  attempts: 0,
  spentBefore: 0,
  isActive: false,
  isSuspended: false,
  known: {},
  isCompletionSaid: false,
  isSuccessSaid: false,
  isObjectiveStale: false,
  isProgressStale: false,
  isArranged: false,
});

type Source = Pick<Item, "identifier" | "sequencing" | "asks" | "items">;

function activity(item: Source, parent: Activity | null, flow: boolean): Activity {
  const { sequencing } = item;
  const objectives = objectivesOf(sequencing);
  const primary = objectives.find(({ isPrimary }) => isPrimary) ?? {
    // Each activity has one (SN 3.10), whether the manifest writes it or not.
    ...{ id: UNNAMED, isPrimary: true, isSatisfiedByMeasure: false, minMeasure: 1, maps: [] },
  };
  const ruleset = child(sequencing, "sequencingRules");
  const made: Activity = {
    ...{ id: item.identifier, parent, children: [], depth: parent ? parent.depth + 1 : 0 },
    ...controlsOf(sequencing, flow),
    pre: all(ruleset, "preConditionRule").map(ruleOf),
    exit: all(ruleset, "exitConditionRule").map(ruleOf),
    post: all(ruleset, "postConditionRule").map(ruleOf),
    ...{ primary, objectives: [primary, ...objectives.filter((it) => it !== primary)] },
    ...rollupOf(sequencing),
    ...arrangementOf(sequencing),
    ...deliveryOf(sequencing),
    ...completionOf(item.asks),
    shared: sharedOf(item.asks),
    ...untouched(),
    available: [],
  };
  made.children.push(...(item.items ?? []).map((it) => activity(it, made, flow)));
  made.available = [...made.children];
  return made;
}

function controlsOf(sequencing: Element | undefined, flow: boolean) {
  const mode = child(sequencing, "controlMode");
  const constrained = child(sequencing, "constrainedChoiceConsiderations");
  const limit = number(child(sequencing, "limitConditions")?.attributes?.attemptLimit, Number.NaN);
  return {
    choice: flag(mode, "choice", true),
    choiceExit: flag(mode, "choiceExit", true),
    flow: flag(mode, "flow", flow),
    forwardOnly: flag(mode, "forwardOnly", false),
    usesCurrentObjectives: flag(mode, "useCurrentAttemptObjectiveInfo", true),
    usesCurrentProgress: flag(mode, "useCurrentAttemptProgressInfo", true),
    constrainChoice: flag(constrained, "constrainChoice", false),
    preventActivation: flag(constrained, "preventActivation", false),
    // The limits of time are the content's to keep (`cmi.max_time_allowed`), as the standard lets them be.
    attemptLimit: Number.isNaN(limit) ? null : limit,
  };
}

function rollupOf(sequencing: Element | undefined) {
  const rollups = child(sequencing, "rollupRules");
  const considered = child(sequencing, "rollupConsiderations");
  const required = (name: string) => considered?.attributes?.[name] ?? "always";
  return {
    rollups: all(rollups, "rollupRule").map((rule) => ({
      ...parsed(rule, "rollup", "any"),
      children: rule.attributes?.childActivitySet ?? "all",
      count: number(rule.attributes?.minimumCount, 0),
      percent: number(rule.attributes?.minimumPercent, 0),
    })),
    rollsUpObjective: flag(rollups, "rollupObjectiveSatisfied", true),
    rollsUpProgress: flag(rollups, "rollupProgressCompletion", true),
    weight: number(rollups?.attributes?.objectiveMeasureWeight, 1),
    required: {
      satisfied: required("requiredForSatisfied"),
      notSatisfied: required("requiredForNotSatisfied"),
      completed: required("requiredForCompleted"),
      incomplete: required("requiredForIncomplete"),
    },
    satisfiesIfActive: flag(considered, "measureSatisfactionIfActive", true),
  };
}

function arrangementOf(sequencing: Element | undefined) {
  const random = child(sequencing, "randomizationControls");
  const count = number(random?.attributes?.selectCount, Number.NaN);
  return {
    selection: timing(random?.attributes?.selectionTiming),
    selects: Number.isNaN(count) ? null : count,
    randomization: timing(random?.attributes?.randomizationTiming),
    reorders: flag(random, "reorderChildren", false),
  };
}

function deliveryOf(sequencing: Element | undefined) {
  const controls = child(sequencing, "deliveryControls");
  return {
    isTracked: flag(controls, "tracked", true),
    setsCompletion: flag(controls, "completionSetByContent", false),
    setsObjective: flag(controls, "objectiveSetByContent", false),
  };
}

function completionOf(asks: Element[] | undefined) {
  const threshold = asks?.find(({ name }) => name === "completionThreshold");
  const measure = threshold?.text ?? threshold?.attributes?.minProgressMeasure;
  return {
    // The third edition writes the measure as text.
    isCompletedByMeasure: threshold?.text !== undefined || flag(threshold, "completedByMeasure", false),
    minProgress: number(measure, 1),
    progressWeight: number(threshold?.attributes?.progressWeight, 1),
  };
}

function sharedOf(asks: Element[] | undefined): SharedMap[] {
  const data = asks?.find(({ name }) => name === "data");
  // Both are so unless the map says otherwise (CAM 3.4.1.19).
  return all(data, "map").map((map) => ({
    targetID: map.attributes?.targetID ?? "",
    readSharedData: flag(map, "readSharedData", true),
    writeSharedData: flag(map, "writeSharedData", true),
  }));
}

const ruleOf = (rule: Element): Rule => parsed(rule, "rule", "all");

function parsed(rule: Element, kind: "rule" | "rollup", otherwise: string): Rule {
  const conditions = child(rule, `${kind}Conditions`);
  return {
    action: child(rule, `${kind}Action`)?.attributes?.action ?? "",
    isAny: (conditions?.attributes?.conditionCombination ?? otherwise) === "any",
    conditions: all(conditions, `${kind}Condition`).map(({ attributes }) => ({
      name: attributes?.condition ?? "",
      isNegated: attributes?.operator === "not",
      ...(attributes?.referencedObjective === undefined ? {} : { objective: named(attributes.referencedObjective) }),
      threshold: number(attributes?.measureThreshold, 0),
    })),
  };
}

/** The objectives of `imsss:objectives`, and what `adlseq:objectives` of the fourth edition adds to their maps. */
function objectivesOf(sequencing: Element | undefined): Objective[] {
  const lists = all(sequencing, "objectives");
  const own = lists.find((it) => child(it, "primaryObjective")) ?? lists.find((it) => !isOfFourth(it));
  const more = lists.filter((it) => it !== own).flatMap((it) => it.children);
  const written = own?.children.filter(({ name }) => name === "primaryObjective" || name === "objective");
  return (written ?? []).map((objective) => {
    const id = named(objective.attributes?.objectiveID ?? UNNAMED);
    const twins = more.filter((it) => named(it.attributes?.objectiveID ?? UNNAMED) === id);
    return {
      id,
      isPrimary: objective.name === "primaryObjective",
      isSatisfiedByMeasure: flag(objective, "satisfiedByMeasure", false),
      minMeasure: number(child(objective, "minNormalizedMeasure")?.text, 1),
      maps: [
        ...mapsOf(objective, { satisfied: "SatisfiedStatus", measure: "NormalizedMeasure" }),
        ...twins.flatMap((it) => mapsOf(it, MORE)),
      ],
    };
  });
}

/** Whether a list is that of `adlseq`: the namespace is not told. */
const isOfFourth = (list: Element): boolean =>
  list.children
    .flatMap((it) => all(it, "mapInfo"))
    .some(({ attributes }) =>
      Object.values(MORE).some((name) => `read${name}` in (attributes ?? {}) || `write${name}` in (attributes ?? {})),
    );

const MORE: Partial<Record<Part, string>> = {
  completed: "CompletionStatus",
  progress: "ProgressMeasure",
  raw: "RawScore",
  min: "MinScore",
  max: "MaxScore",
};

/** The maps of an objective: all that the kind of map knows is read and nothing is written, unless the map says otherwise (CAM
 * 5.1.7.3, 5.3.1). */
function mapsOf(objective: Element, names: Partial<Record<Part, string>>): ObjectiveMap[] {
  const parts = Object.entries(names) as [Part, string][];
  return all(objective, "mapInfo").map((map) => ({
    target: named(map.attributes?.targetObjectiveID ?? ""),
    reads: parts.filter(([, name]) => flag(map, `read${name}`, true)).map(([part]) => part),
    writes: parts.filter(([, name]) => flag(map, `write${name}`, false)).map(([part]) => part),
  }));
}
