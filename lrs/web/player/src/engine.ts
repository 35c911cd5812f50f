// The manifest's sequencing in the words of scorm-again's engine (SCORM 2004 SN).

import type { ActivitySettings, ObjectiveSettings, RollupRuleSettings, SequencingRuleSettings } from "./settings.ts";
import type { Contents, Element, Item } from "./launch.ts";

/** The manifest's words are those of the engine's enumerations. */
type Words = Record<string, unknown>;

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

function activity(item: Item): ActivitySettings {
  const sequencing = item.sequencing;
  const limits = child(sequencing, "limitConditions");
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
    ...number(limits, "attemptLimit"),
    ...text(limits, "attemptAbsoluteDurationLimit"),
    ...text(limits, "activityAbsoluteDurationLimit"),
    ...(item.timeLimitAction ? { timeLimitAction: item.timeLimitAction } : {}),
    ...(primary ? { primaryObjective: primary } : {}),
    objectives: objectives.filter(({ isPrimary }) => !isPrimary),
    sequencingControls: controls(sequencing),
    sequencingRules: {
      preConditionRules: rules(sequencing, "preConditionRule"),
      exitConditionRules: rules(sequencing, "exitConditionRule"),
      postConditionRules: rules(sequencing, "postConditionRule"),
    },
    rollupRules: { rules: all(child(sequencing, "rollupRules"), "rollupRule").map(rollup) },
    rollupConsiderations: {
      ...["requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted", "requiredForIncomplete"].reduce(
        (made, name) => ({ ...made, ...text(child(sequencing, "rollupConsiderations"), name) }),
        {},
      ),
      ...flags(child(sequencing, "rollupConsiderations"), "measureSatisfactionIfActive"),
    },
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
    ...number(rule, "minimumPercent"),
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
      const id = objective.attributes?.objectiveID ?? "";
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

function maps(objectives: Element[]): NonNullable<ObjectiveSettings["mapInfo"]> {
  const kinds = [
    "SatisfiedStatus",
    "NormalizedMeasure",
    "CompletionStatus",
    "ProgressMeasure",
    "RawScore",
    "MinScore",
    "MaxScore",
  ];
  const names = kinds.flatMap((kind) => [`read${kind}`, `write${kind}`]);
  // By the target: the two kinds of maps are one in the engine.
  const made = new Map<string, Record<string, boolean>>();
  for (const map of objectives.flatMap((it) => all(it, "mapInfo"))) {
    const target = map.attributes?.targetObjectiveID ?? "";
    made.set(target, { ...made.get(target), ...flags(map, ...names) });
  }
  // A map of the standard reads, unless it says otherwise (SCORM 2004 CAM 5.1.7.3).
  return [...made].map(([targetObjectiveID, said]) => ({
    targetObjectiveID,
    readSatisfiedStatus: true,
    readNormalizedMeasure: true,
    ...said,
  }));
}
