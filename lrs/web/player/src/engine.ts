// The manifest's sequencing in the words of scorm-again's engine (SCORM 2004 SN).

import type { ActivitySettings, ObjectiveSettings, RollupRuleSettings, SequencingRuleSettings } from "./settings.ts";
import type { Contents, Element, Item } from "./launch.ts";

/** The manifest's words are those of the engine's enumerations. */
type Words = Record<string, unknown>;

/** The id of an objective that has none: the engine drops an empty one, and shows one of blanks to no content. */
const UNNAMED = " ";

const child = (of: Element | undefined, name: string): Element | undefined =>
  of?.children.find((it) => it.name === name);
const all = (of: Element | undefined, name: string): Element[] => of?.children.filter((it) => it.name === name) ?? [];

/** Attributes as true or false, by name; those that are missing are left to the engine's defaults. */
function flags(of: Element | undefined, ...names: string[]): Record<string, boolean> {
  const found = names.flatMap((name) => {
    const value = of?.attributes?.[name];
    return value === undefined ? [] : [[name, value === "true" || value === "1"] as const];
  });
  return Object.fromEntries(found);
}

function number(of: Element | undefined, name: string): Record<string, number> {
  const value = Number(of?.attributes?.[name] ?? NaN);
  return Number.isFinite(value) ? { [name]: value } : {};
}

function text(of: Element | undefined, name: string): Record<string, string> {
  const value = of?.attributes?.[name];
  return value === undefined ? {} : { [name]: value };
}

/** The activity tree of a package. */
export function activityTree(contents: Contents): ActivitySettings {
  const { identifier, title, sequencing, items } = contents;
  return activity({ identifier, title, isVisible: true, isSco: false, items, ...(sequencing ? { sequencing } : {}) });
}

/** Whether anything in the package is sequenced. */
export function isSequenced({ sequencing, items }: { sequencing?: Element; items?: Item[] }): boolean {
  return sequencing !== undefined || (items?.some(isSequenced) ?? false);
}

/** Whether SCOs share data (`adlcp:data` of the fourth edition), which is the engine's to keep. */
export function sharesData(items: readonly Item[]): boolean {
  return items.some(({ asks, items: inside }) => asks?.some(({ name }) => name === "data") || sharesData(inside ?? []));
}

function activity(item: Item): ActivitySettings {
  const sequencing = item.sequencing;
  const limits = child(sequencing, "limitConditions");
  const considerations = child(sequencing, "rollupConsiderations");
  const threshold = item.asks?.find(({ name }) => name === "completionThreshold");
  const maps = all(
    item.asks?.find(({ name }) => name === "data"),
    "map",
  );
  const objectives = [...all(sequencing, "objectives").flatMap((it) => objectivesOf(it, item))];
  const primary = objectives.find(({ isPrimary }) => isPrimary);
  return {
    id: item.identifier,
    title: item.title,
    isVisible: item.isVisible,
    ...(item.items?.length ? { children: item.items.map(activity) } : {}),
    // The limits of time are the content's to keep (`cmi.max_time_allowed`), as the standard lets them be.
    ...number(limits, "attemptLimit"),
    ...(item.timeLimitAction ? { timeLimitAction: item.timeLimitAction } : {}),
    // Each activity has one (SCORM 2004 SN 3.10), whether the manifest writes it or not.
    primaryObjective: primary ?? { objectiveID: UNNAMED, isPrimary: true },
    objectives: objectives.filter(({ isPrimary }) => !isPrimary),
    sequencingControls: controls(sequencing),
    sequencingRules: {
      preConditionRules: rules(sequencing, "preConditionRule"),
      exitConditionRules: rules(sequencing, "exitConditionRule"),
      postConditionRules: rules(sequencing, "postConditionRule"),
    },
    rollupRules: { rules: all(child(sequencing, "rollupRules"), "rollupRule").map(rollup) },
    ...(considerations ? { rollupConsiderations: considered(considerations) } : {}),
    deliveryControls: flags(
      child(sequencing, "deliveryControls"),
      "tracked",
      "completionSetByContent",
      "objectiveSetByContent",
    ),
    ...(threshold ? { completionThreshold: thresholdOf(threshold) } : {}),
    hideLmsUi: (item.hide ?? []) as NonNullable<ActivitySettings["hideLmsUi"]>,
    sharedDataMaps: maps.map((it) => ({
      targetID: it.attributes?.targetID ?? "",
      ...flags(it, "readSharedData", "writeSharedData"),
    })),
  };
}

function considered(element: Element): NonNullable<ActivitySettings["rollupConsiderations"]> {
  const names = ["requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted", "requiredForIncomplete"];
  const required = names.map((name) => text(element, name));
  return { ...Object.assign({}, ...required), ...flags(element, "measureSatisfactionIfActive") } as Words;
}

function thresholdOf(threshold: Element): NonNullable<ActivitySettings["completionThreshold"]> {
  // The third edition writes the measure as text.
  if (threshold.text) return { completedByMeasure: true, minProgressMeasure: Number(threshold.text) };
  return {
    ...flags(threshold, "completedByMeasure"),
    ...number(threshold, "minProgressMeasure"),
    ...number(threshold, "progressWeight"),
  };
}

function controls(sequencing: Element | undefined): NonNullable<ActivitySettings["sequencingControls"]> {
  const random = child(sequencing, "randomizationControls");
  const rollups = child(sequencing, "rollupRules");
  const { reorderChildren, ...others } = {
    ...flags(random, "reorderChildren"),
    ...number(random, "selectCount"),
    ...text(random, "selectionTiming"),
    ...text(random, "randomizationTiming"),
  } as Record<string, unknown>;
  return {
    ...flags(
      child(sequencing, "controlMode"),
      "choice",
      "choiceExit",
      "flow",
      "forwardOnly",
      "useCurrentAttemptObjectiveInfo",
      "useCurrentAttemptProgressInfo",
    ),
    ...flags(child(sequencing, "constrainedChoiceConsiderations"), "preventActivation"),
    ...(child(sequencing, "constrainedChoiceConsiderations")
      ? {
          constrainChoice: child(sequencing, "constrainedChoiceConsiderations")?.attributes?.constrainChoice === "true",
        }
      : {}),
    ...flags(rollups, "rollupObjectiveSatisfied", "rollupProgressCompletion"),
    ...number(rollups, "objectiveMeasureWeight"),
    ...flags(child(sequencing, "deliveryControls"), "tracked", "completionSetByContent", "objectiveSetByContent"),
    ...(reorderChildren === undefined
      ? {}
      : { reorderChildren: reorderChildren === true, randomizeChildren: reorderChildren === true }),
    ...others,
  };
}

function rules(sequencing: Element | undefined, name: string): SequencingRuleSettings[] {
  return all(child(sequencing, "sequencingRules"), name).map((rule) => {
    const conditions = child(rule, "ruleConditions");
    return {
      action: child(rule, "ruleAction")?.attributes?.action,
      conditionCombination: conditions?.attributes?.conditionCombination ?? "all",
      conditions: all(conditions, "ruleCondition").map((condition) => {
        const measure = condition.attributes?.measureThreshold;
        return {
          condition: condition.attributes?.condition,
          operator: condition.attributes?.operator ?? "noOp",
          ...text(condition, "referencedObjective"),
          ...(measure === undefined
            ? {}
            : { parameters: { threshold: Number(measure), measureThreshold: Number(measure) } }),
        };
      }),
    } satisfies Words as unknown as SequencingRuleSettings;
  });
}

function rollup(rule: Element): RollupRuleSettings {
  const conditions = child(rule, "rollupConditions");
  return {
    action: child(rule, "rollupAction")?.attributes?.action,
    consideration: rule.attributes?.childActivitySet ?? "all",
    conditionCombination: conditions?.attributes?.conditionCombination ?? "any",
    ...number(rule, "minimumCount"),
    // From 0 to 1 in the manifest, to 100 in the engine.
    ...(rule.attributes?.minimumPercent ? { minimumPercent: Number(rule.attributes.minimumPercent) * 100 } : {}),
    conditions: all(conditions, "rollupCondition").map((condition) => ({
      condition: condition.attributes?.condition,
      operator: condition.attributes?.operator ?? "noOp",
    })),
  } satisfies Words as unknown as RollupRuleSettings;
}

/** The objectives of `imsss:objectives`, and what `adlseq:objectives` of the fourth edition adds to their maps. */
function objectivesOf(element: Element, item: Item): ObjectiveSettings[] {
  const more = all(item.sequencing, "objectives").filter((it) => it !== element);
  if (!child(element, "primaryObjective")) return [];
  return element.children
    .filter(({ name }) => name === "primaryObjective" || name === "objective")
    .map((objective) => {
      const id = objective.attributes?.objectiveID ?? UNNAMED;
      // An element of `adlseq:objectives` is named as an objective of `imsss:objectives`.
      const twins = more.flatMap((it) => it.children).filter((it) => it.attributes?.objectiveID === id);
      const measure = child(objective, "minNormalizedMeasure")?.text;
      return {
        objectiveID: id,
        isPrimary: objective.name === "primaryObjective",
        ...flags(objective, "satisfiedByMeasure"),
        ...(measure === undefined ? {} : { minNormalizedMeasure: Number(measure) }),
        mapInfo: maps([objective, ...twins]),
      };
    });
}

/** The maps of an objective. In each kind of map all that the kind knows is read and nothing is written, unless the map says
 * otherwise (SCORM 2004 CAM 5.1.7.3, 5.3.1). */
function maps(objectives: Element[]): NonNullable<ObjectiveSettings["mapInfo"]> {
  // By the target: the two kinds of maps are one in the engine.
  const made = new Map<string, Record<string, boolean>>();
  objectives.forEach((objective, at) => {
    const kinds =
      at === 0
        ? ["SatisfiedStatus", "NormalizedMeasure"]
        : ["CompletionStatus", "ProgressMeasure", "RawScore", "MinScore", "MaxScore"];
    const others = at === 0 ? [] : ["SatisfiedStatus", "NormalizedMeasure"];
    for (const map of all(objective, "mapInfo")) {
      const target = map.attributes?.targetObjectiveID ?? "";
      const read = kinds.map((kind) => [`read${kind}`, true] as const);
      // A target that only this kind of map names is not read for what the other kind knows.
      const unread = others.map((kind) => [`read${kind}`, false] as const);
      const said = flags(map, ...kinds.flatMap((kind) => [`read${kind}`, `write${kind}`]));
      made.set(target, { ...Object.fromEntries(unread), ...made.get(target), ...Object.fromEntries(read), ...said });
    }
  });
  return [...made].map(([targetObjectiveID, said]) => ({ targetObjectiveID, ...said }));
}
