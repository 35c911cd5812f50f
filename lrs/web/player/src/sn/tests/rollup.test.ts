// What clusters know by what their children know (RB.1).

import { describe, expect, test } from "vitest";
import type { Element } from "../../launch.ts";
import type { Known } from "../activity.ts";
import { course, element, FLOW, item, objective, Played, READS, rollups, rules, WRITES } from "./played.ts";

/** A cluster of SCOs `a`, `b` … of which each has said something, with `null` none has been delivered. */
function said(cluster: Element[], ...children: [Known | null, Element[]?, Element[]?][]): Played {
  const names = ["a", "b", "c", "d"];
  const items = children.map(([, sequencing, asks], n) => item(names[n] ?? "", sequencing, [], asks));
  const played = new Played(course([FLOW, ...cluster], ...items));
  for (const [n, [known]] of children.entries()) {
    if (!known) continue;
    expect(played.ask(`choice ${names[n] ?? ""}`)).toBe(names[n]);
    // The rest is said to be unknown, so that the end of the SCO does not make it known.
    played.activity(names[n] ?? "").isCompletionSaid = true;
    played.activity(names[n] ?? "").isSuccessSaid = true;
    played.says(known);
  }
  return played;
}

const YES: Known = { satisfied: true, completed: true };
const NO: Known = { satisfied: false, completed: false };

describe("without rules", () => {
  test.each<[string, (Known | null)[], boolean | undefined]>([
    ["all are satisfied", [YES, YES], true],
    ["one is not", [YES, NO], false],
    ["one is not known", [YES, {}], undefined],
    ["one was not begun", [YES, null], undefined],
  ])("where %s", (_, children, expected) => {
    const known = said([], ...children.map((it): [Known | null] => [it])).known("root");
    expect([known.satisfied, known.completed]).toEqual([expected, expected]);
  });
});

describe("a rule", () => {
  const three: [Known | null][] = [[YES], [YES], [NO]];
  test.each<[string, Record<string, string>, boolean | undefined]>([
    ["satisfied any satisfied", {}, true],
    ["satisfied all satisfied", {}, undefined],
    ["satisfied none satisfied", {}, undefined],
    ["notSatisfied any not satisfied", {}, false],
    ["satisfied atLeastCount satisfied", { minimumCount: "2" }, true],
    ["satisfied atLeastCount satisfied", { minimumCount: "3" }, undefined],
    ["satisfied atLeastPercent satisfied", { minimumPercent: "0.66" }, true],
    ["satisfied atLeastPercent satisfied", { minimumPercent: "0.67" }, undefined],
    ["satisfied none attemptLimitExceeded", {}, true],
    ["satisfied all attempted", {}, true],
    ["satisfied all activityProgressKnown", {}, true],
  ])("%s with %o", (text, attributes, expected) => {
    expect(said([rollups({}, [text, attributes])], ...three).known("root").satisfied).toBe(expected);
  });

  test("for the better status comes after the one for the worse", () => {
    const both = rollups({}, ["satisfied any satisfied"], ["notSatisfied any not satisfied"]);
    expect(said([both], ...three).known("root").satisfied).toBe(true);
  });

  test("on completion leaves the one that the standard has on satisfaction", () => {
    const known = said([rollups({}, ["completed any completed"])], ...three).known("root");
    expect([known.completed, known.satisfied]).toEqual([true, false]);
  });
});

describe("measures", () => {
  const weight = (objectiveMeasureWeight: string) => [rollups({ objectiveMeasureWeight })];
  test.each<[string, [Known, string][], number | undefined]>([
    [
      "by weight",
      [
        [{ measure: 0.2 }, "1"],
        [{ measure: 1 }, "3"],
      ],
      0.8,
    ],
    [
      "without the ones of no weight",
      [
        [{ measure: 0.2 }, "0"],
        [{ measure: 1 }, "1"],
      ],
      1,
    ],
    [
      "with the unknown as nothing",
      [
        [{}, "1"],
        [{ measure: 1 }, "1"],
      ],
      0.5,
    ],
    [
      "of which none is known",
      [
        [{}, "1"],
        [{}, "1"],
      ],
      undefined,
    ],
    ["of which none has weight", [[{ measure: 1 }, "0"]], undefined],
  ])("are a mean %s", (_, children, expected) => {
    const played = said([], ...children.map(([known, it]): [Known, Element[]] => [known, weight(it)]));
    const { measure } = played.known("root");
    if (expected === undefined) expect(measure).toBeUndefined();
    else expect(measure).toBeCloseTo(expected);
  });

  test.each([
    [0.8, true],
    [0.79, false],
  ])("decide by their threshold: %d", (measure, expected) => {
    const byMeasure = objective(null, { satisfiedByMeasure: "true" }, 0.8);
    expect(said([byMeasure], [{ measure, satisfied: !expected }]).known("root").satisfied).toBe(expected);
  });

  test("of progress are a mean by weight of their own", () => {
    const progress = (progressWeight: string) => [element("completionThreshold", { progressWeight })];
    const played = said([], [{ progress: 0.5 }, [], progress("1")], [{ progress: 1 }, [], progress("0.25")]);
    expect(played.known("root").progress).toBeCloseTo(0.6);
  });
});

describe("a child does not count", () => {
  const considered = (attributes: Record<string, string>) => [element("rollupConsiderations", attributes)];
  const UNTRACKED = [element("deliveryControls", { tracked: "false" })];
  test.each<[string, [Known | null, Element[]?], [boolean | undefined, boolean | undefined]]>([
    ["by its own word on objectives", [NO, [rollups({ rollupObjectiveSatisfied: "false" })]], [true, false]],
    ["by its own word on progress", [NO, [rollups({ rollupProgressCompletion: "false" })]], [false, true]],
    ["that is not tracked", [NO, UNTRACKED], [true, true]],
    [
      "for what it was not attempted for",
      [null, considered({ requiredForSatisfied: "ifAttempted" })],
      [true, undefined],
    ],
    ["for completion, not attempted", [null, considered({ requiredForCompleted: "ifAttempted" })], [undefined, true]],
    [
      "that is skipped",
      [null, [rules("pre skip always"), ...considered({ requiredForSatisfied: "ifNotSkipped" })]],
      [true, undefined],
    ],
  ])("%s", (_, other, expected) => {
    // A rule about all children for the better status alone.
    const played = said(
      [
        rollups(
          {},
          ["satisfied all satisfied"],
          ["notSatisfied any not satisfied"],
          ["completed all completed"],
          ["incomplete any not completed"],
        ),
      ],
      [YES],
      other,
    );
    const { satisfied, completed } = played.known("root");
    expect([satisfied, completed]).toEqual(expected);
  });

  test("that is suspended", () => {
    const notSuspended = considered({ requiredForSatisfied: "ifNotSuspended" });
    const played = said([], [YES], [null, notSuspended]);
    expect(played.known("root").satisfied, "it was not attempted").toBe(true);
    expect(played.ask("choice b")).toBe("b");
    played.says({ satisfied: false });
    expect(played.known("root").satisfied, "it counts").toBe(false);
    played.says({ isSuspended: true });
    expect(played.known("root").satisfied, "it does not").toBe(true);
  });
});

describe("global objectives", () => {
  test("that a cluster deep inside writes are rolled up by their readers, though what it is in knows nothing new", () => {
    const played = new Played(
      course([FLOW], item("A", [FLOW, WRITES], [item("A1")]), item("B", [FLOW], [item("B1", [READS])]), item("C")),
    );
    expect(played.ask("start")).toBe("A1");
    played.says({ satisfied: true });
    const found = ["A", "B1", "B", "root"].map((id) => played.known(id).satisfied);
    expect(found).toEqual([true, true, true, undefined]);
  });

  test("that two clusters write against each other come to rest", () => {
    const opposed = rollups({}, ["notSatisfied any satisfied"]);
    const played = new Played(
      course(
        [FLOW],
        item("A", [FLOW, WRITES], [item("A1", [READS])]),
        item("B", [FLOW, WRITES, opposed], [item("B1", [READS])]),
      ),
    );
    expect(played.ask("start")).toBe("A1");
    played.engine.globals = { G: { satisfied: true } };
    played.says({ completed: true });
    expect(played.known("B").satisfied).toBe(false);
  });
});

test("of an attempt before that of its cluster a child counts for nothing", () => {
  const played = new Played(
    course([FLOW], item("A", [FLOW, rules("post retry not attempted of none")], [item("a"), item("b")]), item("B")),
  );
  expect(played.ask("start")).toBe("a");
  played.says({ satisfied: true, completed: true });
  expect(played.ask("continue")).toBe("b");
  played.says({ satisfied: true, completed: true });
  expect(played.known("A").satisfied).toBe(true);
  expect(played.ask("continue")).toBe("B");
  expect(played.ask("choice A")).toBe("a");
  played.says({ satisfied: true });
  expect(played.known("A").satisfied, "b is of the attempt before").toBeUndefined();
});
