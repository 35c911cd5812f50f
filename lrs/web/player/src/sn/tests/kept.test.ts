// What stays: in a state that is kept, over attempts, and of what was drawn by lot.

import { describe, expect, test } from "vitest";
import type { Contents } from "../../launch.ts";
import { course, element, FLOW, item, Played, READS, rules, WRITES } from "./played.ts";

const NESTED = course([FLOW], item("a"), item("B", [FLOW], [item("b1"), item("b2")]), item("c"));

/** The same package in another page, which goes on from what was kept. */
function again(played: Played, contents: Contents, random?: () => number): Played {
  const next = new Played(contents, random);
  expect(next.engine.restore(played.engine.state())).toBe(true);
  return next;
}

describe("an attempt that is suspended", () => {
  test("goes on where it was, with what is known", () => {
    const played = new Played(NESTED);
    played.take([["start", "a"], ["continue", "b1"], { satisfied: false, measure: 0.25 }]);
    expect(played.ask("suspendAll")).toBe("end");
    const next = again(played, NESTED);
    expect(next.ask("resumeAll")).toBe("b1");
    expect(next.engine.isNew).toBe(false);
    expect([next.activity("b1").attempts, next.activity("B").attempts]).toEqual([1, 1]);
    expect(next.known("b1")).toMatchObject({ satisfied: false, measure: 0.25 });
    expect(next.ask("resumeAll"), "once").toBeNull();
  });

  test("gives way to a part that is chosen instead, and is none any more", () => {
    const played = new Played(NESTED);
    played.take([
      ["start", "a"],
      ["continue", "b1"],
      ["suspendAll", "end"],
    ]);
    const next = again(played, NESTED);
    expect(next.ask("choice c")).toBe("c");
    expect(next.ask("choice b1")).toBe("b1");
    expect([next.engine.isNew, next.activity("b1").attempts]).toEqual([true, 2]);
  });

  test("is none of another package", () => {
    const other = new Played({ ...NESTED, identifier: "other" });
    expect(other.engine.restore(new Played(NESTED).engine.state())).toBe(false);
  });
});

test("a part that is left suspended is found so, one that has ended begins anew", () => {
  const played = new Played(NESTED);
  played.take([["start", "a"], { measure: 0.5, isSuspended: true }, ["continue", "b1"], ["previous", "a"]]);
  expect([played.engine.isNew, played.known("a").measure]).toEqual([false, 0.5]);
  played.take([
    ["continue", "b1"],
    ["previous", "a"],
  ]);
  expect([played.engine.isNew, played.known("a").measure]).toEqual([true, undefined]);
});

describe("global objectives", () => {
  const reads = (isGlobalToSystem: boolean): Contents => ({
    ...course([FLOW], item("a", [READS, rules("pre skip satisfied")]), item("b", [WRITES])),
    objectivesGlobalToSystem: isGlobalToSystem,
  });
  test.each([
    [true, "b"],
    [false, "a"],
  ])("are known in the next attempt where the manifest says so: %s", (isGlobalToSystem, expected) => {
    const played = new Played(reads(isGlobalToSystem));
    played.take([["start", "a"], ["continue", "b"], { satisfied: true }, ["exitAll", "end"]]);
    const next = new Played(reads(isGlobalToSystem));
    next.engine.globals = played.engine.globals;
    expect(next.ask("start")).toBe(expected);
  });

  test("are kept with the attempt, apart from the page's", () => {
    const played = new Played(reads(true));
    const given = { G: { satisfied: false } };
    played.engine.globals = given;
    played.take([["start", "a"], ["jump b", "b"], { satisfied: true }]);
    expect(given.G.satisfied).toBe(false);
    expect(again(played, reads(true)).engine.globals).toEqual({ G: { satisfied: true } });
  });
});

describe("what was drawn by lot", () => {
  const drawn = (attributes: Record<string, string>) =>
    course(
      [FLOW],
      item("A", [FLOW, element("randomizationControls", attributes)], [item("a"), item("b"), item("c")]),
      item("z"),
    );
  /** Numbers that turn an order of three round, each time. */
  const turning = () => {
    const numbers = [0.9, 0.5, 0.1];
    let at = 0;
    return () => numbers[at++ % numbers.length] ?? 0;
  };
  const order = (played: Played) =>
    played
      .activity("A")
      .available.map(({ id }) => id)
      .join("");

  const ORDER = { reorderChildren: "true", randomizationTiming: "onEachNewAttempt" };
  test("stays in a state that is kept, whatever the lot would say then", () => {
    const played = new Played(drawn(ORDER), turning());
    expect(played.ask("start")).toBe("c");
    played.take([
      ["continue", "b"],
      ["suspendAll", "end"],
    ]);
    const next = again(played, drawn(ORDER));
    expect([order(next), next.ask("resumeAll"), next.ask("continue")]).toEqual(["cba", "b", "a"]);
  });

  test.each([
    ["onEachNewAttempt", "abc"],
    ["once", "cba"],
    ["never", "abc"],
  ])("is drawn %s", (randomizationTiming, second) => {
    const played = new Played(drawn({ ...ORDER, randomizationTiming }), turning());
    played.ask("start");
    expect(order(played)).toBe(randomizationTiming === "never" ? "abc" : "cba");
    played.take([["choice z", "z"]]);
    played.ask("choice A");
    expect([order(played), played.activity("A").attempts]).toEqual([second, 2]);
  });

  test("is as many as the manifest asks for, in their order", () => {
    const played = new Played(drawn({ selectionTiming: "once", selectCount: "2" }), turning());
    played.take([
      ["start", "b"],
      ["continue", "c"],
      ["choice a", null],
      ["continue", "z"],
    ]);
    expect([order(played), played.ask("choice a"), played.ask("jump a")]).toEqual(["bc", null, null]);
  });
});
