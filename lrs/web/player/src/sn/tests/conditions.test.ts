// What holds where something is unknown (SN 3.4, UP.2).

import { expect, test } from "vitest";
import { combined, evaluate, type Truth } from "../rules.ts";
import { Tracking } from "../tracking.ts";
import { course, element, FLOW, item, Played } from "./played.ts";

test.each<[Truth[], Truth, Truth]>([
  [[true, true], true, true],
  [[true, false], false, true],
  [[false, false], false, false],
  [[true, undefined], undefined, true],
  [[false, undefined], false, undefined],
  [[undefined], undefined, undefined],
  [[], false, false],
])("%o hold together: all %s, any %s", (truths, all, any) => {
  expect([combined(truths, false), combined(truths, true)]).toEqual([all, any]);
});

const UNKNOWN = {};
const KNOWN = { satisfied: true, measure: 0.5, completed: false };
test.each<[string, object, Truth]>([
  ["satisfied", KNOWN, true],
  ["satisfied", UNKNOWN, undefined],
  ["objectiveStatusKnown", KNOWN, true],
  ["objectiveStatusKnown", UNKNOWN, false],
  ["objectiveMeasureKnown", KNOWN, true],
  ["objectiveMeasureKnown", UNKNOWN, false],
  ["objectiveMeasureGreaterThan", KNOWN, true],
  ["objectiveMeasureGreaterThan", { measure: 0.4 }, false],
  ["objectiveMeasureGreaterThan", UNKNOWN, undefined],
  ["objectiveMeasureLessThan", KNOWN, false],
  ["objectiveMeasureLessThan", { measure: 0.4 }, false],
  ["objectiveMeasureLessThan", { measure: 0.3 }, true],
  ["completed", KNOWN, false],
  ["activityProgressKnown", KNOWN, true],
  ["activityProgressKnown", UNKNOWN, false],
  ["attempted", UNKNOWN, false],
  ["attemptLimitExceeded", UNKNOWN, false],
  ["always", UNKNOWN, true],
  ["timeLimitExceeded", UNKNOWN, false],
])("%s of %o", (name, known, expected) => {
  const activity = new Played(course([FLOW], item("a"))).activity("a");
  activity.known[activity.primary.id] = known;
  const condition = { name, threshold: 0.4, isNegated: false };
  const negated = expected === undefined ? undefined : !expected;
  expect(evaluate(new Tracking(), activity, condition)).toBe(expected);
  expect(evaluate(new Tracking(), activity, { ...condition, isNegated: true }), "not").toBe(negated);
});

test("nothing is known of what is not tracked", () => {
  const untracked = [element("deliveryControls", { tracked: "false" })];
  const activity = new Played(course([FLOW], item("a", untracked))).activity("a");
  activity.known[activity.primary.id] = KNOWN;
  const of = (name: string) => evaluate(new Tracking(), activity, { name, threshold: 0, isNegated: false });
  expect([of("satisfied"), of("attempted"), of("attemptLimitExceeded")]).toEqual([undefined, undefined, undefined]);
});
