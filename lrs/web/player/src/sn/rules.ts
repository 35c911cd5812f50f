// Sequencing rules and their conditions (SCORM 2004 SN 3.4, UP.1, UP.2, UP.5).

import type { Activity, Condition, Objective, Part, Rule } from "./activity.ts";
import type { Tracking } from "./tracking.ts";

/** Nothing where it is unknown. */
export type Truth = boolean | undefined;

/** Whether the activity has had all attempts that it may have (UP.1). */
export function isLimitExceeded(activity: Activity): boolean {
  return activity.attemptLimit !== null && activity.attempts >= activity.attemptLimit;
}

/** Whether a condition holds for an activity (UP.2.1, RB.1.4.1). */
export function evaluate(tracking: Tracking, activity: Activity, condition: Condition, isRollup = false): Truth {
  const found = plain(tracking, activity, condition, isRollup);
  return found === undefined || !condition.isNegated ? found : !found;
}

function plain(tracking: Tracking, activity: Activity, condition: Condition, isRollup: boolean): Truth {
  const { name, objective: id, threshold } = condition;
  const objective = activity.objectives.find((it) => it.id === id) ?? activity.primary;
  const get = <P extends Part>(of: Objective, part: P) =>
    activity.isTracked ? tracking.get(activity, of, part, isRollup) : undefined;
  const measure = () => get(objective, "measure");
  const completed = () => get(activity.primary, "completed");
  const satisfied = () => get(objective, "satisfied");
  const compared = (is: (measure: number) => boolean): Truth => {
    const found = measure();
    return found === undefined ? undefined : is(found);
  };
  switch (name) {
    case "satisfied":
      return satisfied();
    case "objectiveStatusKnown":
      return satisfied() !== undefined;
    case "objectiveMeasureKnown":
      return measure() !== undefined;
    case "objectiveMeasureGreaterThan":
      return compared((it) => it > threshold);
    case "objectiveMeasureLessThan":
      return compared((it) => it < threshold);
    case "completed":
      return completed();
    case "activityProgressKnown":
    case "progressKnown":
      return completed() !== undefined;
    case "attempted":
      return activity.isTracked ? activity.attempts > 0 : undefined;
    case "attemptLimitExceeded":
      return activity.isTracked ? isLimitExceeded(activity) : undefined;
    case "always":
      return true;
    default:
      // Limits of time are not kept: no activity is outside of them.
      return false;
  }
}

/** Whether conditions hold together. */
export function combined(truths: Truth[], isAny: boolean): Truth {
  if (truths.includes(isAny)) return isAny;
  return truths.includes(undefined) ? undefined : !isAny && truths.length > 0;
}

/** The action of the first rule that holds, of those with one of the actions (UP.2). */
export function firstAction(
  tracking: Tracking,
  activity: Activity,
  rules: Rule[],
  ...actions: string[]
): string | null {
  const holds = (rule: Rule) =>
    combined(
      rule.conditions.map((it) => evaluate(tracking, activity, it)),
      rule.isAny,
    ) === true;
  return rules.find((rule) => (actions.length === 0 || actions.includes(rule.action)) && holds(rule))?.action ?? null;
}

/** Whether a rule or a limit keeps the activity from being delivered (UP.5). */
export function isBarred(tracking: Tracking, activity: Activity): boolean {
  if (firstAction(tracking, activity, activity.pre, "disabled") !== null) return true;
  return activity.isTracked && !activity.isActive && !activity.isSuspended && isLimitExceeded(activity);
}
