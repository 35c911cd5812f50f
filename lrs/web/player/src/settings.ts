// The types of scorm-again's sequencing, which the package does not export by name.

import type { Settings } from "scorm-again";

export type SequencingSettings = NonNullable<Settings["sequencing"]>;
export type ActivitySettings = NonNullable<SequencingSettings["activityTree"]>;
export type ObjectiveSettings = NonNullable<ActivitySettings["primaryObjective"]>;
export type SequencingRuleSettings = NonNullable<
  NonNullable<ActivitySettings["sequencingRules"]>["preConditionRules"]
>[number];
export type RollupRuleSettings = NonNullable<ActivitySettings["rollupRules"]>["rules"][number];
