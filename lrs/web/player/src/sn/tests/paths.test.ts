// Where requests lead: flow, choice, rules and limits (SB.2, TB.2, NB.2.1).

import { describe, expect, test } from "vitest";
import type { Contents, Element } from "../../launch.ts";
import { controls, course, element, FLOW, item, Played, READS, rules, type Step, WRITES } from "./played.ts";

/** SCOs `a`, `b` and `c` of which each may be sequenced. */
const three = (a: Element[] = [], b: Element[] = [], c: Element[] = []): Contents =>
  course([FLOW], item("a", a), item("b", b), item("c", c));
/** `a`, a cluster `B` of `b1` and `b2`, and `c`. */
const nested = (ofB: Element[], b1: Element[] = [], b2: Element[] = []): Contents =>
  course([FLOW], item("a"), item("B", ofB, [item("b1", b1), item("b2", b2)]), item("c"));
const inFlow = (attributes: Record<string, string>) => controls({ flow: "true", ...attributes });
const LIMIT = (attemptLimit: string) => element("limitConditions", { attemptLimit });
const constrained = (attributes: Record<string, string>) => element("constrainedChoiceConsiderations", attributes);

const ALL = "always";
const SCENES: Record<string, [string, Contents, Step[]][]> = {
  flow: [
    [
      "goes through clusters, both ways, and ends behind the last part",
      nested([FLOW]),
      [
        ["start", "a"],
        ["previous", null],
        ["continue", "b1"],
        ["continue", "b2"],
        ["continue", "c"],
        ["previous", "b2"],
        ["continue", "c"],
        ["continue", "end"],
      ],
    ],
    [
      "is not there unless the manifest says so",
      course([], item("a"), item("b")),
      [
        ["start", null],
        ["choice a", "a"],
        ["continue", null],
        ["choice b", "b"],
      ],
    ],
    [
      "does not enter a cluster without it",
      nested([]),
      [
        ["start", "a"],
        ["continue", null],
        ["choice b1", "b1"],
      ],
    ],
    [
      "that goes forward alone goes not back",
      course([inFlow({ forwardOnly: "true" })], item("a"), item("b"), item("c")),
      [
        ["start", "a"],
        ["continue", "b"],
        ["previous", null],
        ["choice a", null],
        ["choice c", "c"],
      ],
    ],
    [
      "enters a cluster that goes forward alone at its beginning",
      nested([inFlow({ forwardOnly: "true" })]),
      [
        ["choice c", "c"],
        ["previous", "b1"],
        ["continue", "b2"],
      ],
    ],
    [
      "that goes forward alone goes not back for a rule either",
      nested([inFlow({ forwardOnly: "true" })], [], [rules(`post previous ${ALL}`)]),
      [
        ["choice b1", "b1"],
        ["continue", "b2"],
        ["continue", null],
      ],
    ],
    [
      "is not begun twice",
      three(),
      [
        ["start", "a"],
        ["start", null],
      ],
    ],
  ],
  choice: [
    [
      "delivers the first part of a cluster",
      nested([FLOW]),
      [
        ["choice B", "b1"],
        ["choice b2", "b2"],
        ["choice a", "a"],
      ],
    ],
    ["of a cluster without flow delivers nothing", nested([]), [["choice B", null]]],
    [
      "is not there where a cluster forbids it",
      nested([inFlow({ choice: "false" })]),
      [
        ["start", "a"],
        ["choice b1", null],
        ["choice B", "b1"],
      ],
    ],
    [
      "does not leave a cluster that keeps its learner",
      nested([inFlow({ choiceExit: "false" })]),
      [
        ["choice b1", "b1"],
        ["choice c", null],
        ["choice b2", "b2"],
        ["continue", "c"],
      ],
    ],
    [
      "from a cluster that constrains it goes to what is beside",
      course(
        [FLOW],
        item("a"),
        item("B", [FLOW, constrained({ constrainChoice: "true" })], [item("b1")]),
        item("c"),
        item("d"),
      ),
      [
        ["choice b1", "b1"],
        ["choice d", null],
        ["choice c", "c"],
      ],
    ],
    [
      "does not begin a cluster that prevents it",
      nested([FLOW, constrained({ preventActivation: "true" })]),
      [
        ["start", "a"],
        ["choice b2", null],
        ["continue", "b1"],
        ["choice b2", "b2"],
      ],
    ],
    ["finds no item that there is not", three(), [["choice z", null]]],
  ],
  "a rule before": [
    [
      "skips",
      three([], [rules(`pre skip ${ALL}`)]),
      [
        ["start", "a"],
        ["continue", "c"],
        ["previous", "a"],
        ["choice b", "b"],
      ],
    ],
    [
      "skips the last part and ends",
      three([], [], [rules(`pre skip ${ALL}`)]),
      [
        ["choice b", "b"],
        ["continue", "end"],
      ],
    ],
    [
      "disables",
      three([], [rules(`pre disabled ${ALL}`)]),
      [
        ["start", "a"],
        ["choice b", null],
        ["continue", null],
      ],
    ],
    [
      "hides from choice and not from flow",
      three([], [rules(`pre hiddenFromChoice ${ALL}`)]),
      [
        ["start", "a"],
        ["choice b", null],
        ["continue", "b"],
      ],
    ],
    [
      "hides from choice and not from a jump",
      three([], [rules(`pre hiddenFromChoice ${ALL}`)]),
      [
        ["start", "a"],
        ["jump b", "b"],
      ],
    ],
    [
      "stops choices beyond and not flow",
      three([rules(`pre stopForwardTraversal ${ALL}`)]),
      [
        ["start", "a"],
        ["choice c", null],
        ["continue", "b"],
      ],
    ],
    [
      "holds for what is known alone",
      three([], [rules("pre skip not satisfied")]),
      [
        ["start", "a"],
        ["continue", "b"],
      ],
    ],
    [
      "reads what another part has written",
      three([WRITES], [], [READS, rules("pre skip satisfied")]),
      [["start", "a"], { satisfied: true }, ["continue", "b"], ["continue", "end"]],
    ],
    [
      "reads that another part has failed",
      three([WRITES], [], [READS, rules("pre skip satisfied")]),
      [["start", "a"], { satisfied: false }, ["continue", "b"], ["continue", "c"]],
    ],
  ],
  "a rule after": [
    [
      "retries until it does not hold",
      three([rules("post retry not satisfied")]),
      [["start", "a"], { satisfied: false }, ["continue", "a"], { satisfied: true }, ["continue", "b"]],
    ],
    [
      "goes on where nothing was asked for",
      three([rules(`post continue ${ALL}`)]),
      [
        ["start", "a"],
        ["exit", "b"],
      ],
    ],
    [
      "goes back",
      three([], [rules(`post previous ${ALL}`)]),
      [
        ["choice b", "b"],
        ["continue", "a"],
      ],
    ],
    [
      "exits the parent",
      nested([FLOW], [rules(`post exitParent ${ALL}`)]),
      [
        ["choice b1", "b1"],
        ["continue", "c"],
      ],
    ],
    [
      "exits the package",
      nested([FLOW], [rules(`post exitAll ${ALL}`)]),
      [
        ["choice b1", "b1"],
        ["continue", "end"],
      ],
    ],
    [
      "begins the package anew",
      nested([FLOW], [], [rules(`post retryAll ${ALL}`)]),
      [
        ["choice b2", "b2"],
        ["continue", "a"],
      ],
    ],
    [
      "of a part that is suspended is not asked",
      three([rules(`post exitAll ${ALL}`)]),
      [["start", "a"], { isSuspended: true }, ["continue", "b"]],
    ],
    [
      "of the cluster that an exit rule ends",
      nested([FLOW, rules(`exit exit ${ALL}`, `post previous ${ALL}`)]),
      [
        ["choice b1", "b1"],
        ["continue", "a"],
      ],
    ],
  ],
  "an exit rule": [
    [
      "ends a cluster before its last part",
      nested([FLOW, rules(`exit exit ${ALL}`)]),
      [
        ["choice b1", "b1"],
        ["continue", "c"],
      ],
    ],
  ],
  limits: [
    [
      "bar a part after its attempts",
      three([LIMIT("1")]),
      [
        ["start", "a"],
        ["continue", "b"],
        ["choice a", null],
        ["choice c", "c"],
      ],
    ],
    [
      "count attempts",
      three([LIMIT("2")]),
      [
        ["start", "a"],
        ["continue", "b"],
        ["choice a", "a"],
        ["continue", "b"],
        ["choice a", null],
      ],
    ],
    [
      "let a part that is suspended go on",
      three([LIMIT("1")]),
      [["start", "a"], { isSuspended: true }, ["continue", "b"], ["choice a", "a"]],
    ],
    [
      "of a cluster bar what is in it",
      nested([FLOW, LIMIT("1")]),
      [
        ["choice b1", "b1"],
        ["choice a", "a"],
        ["choice b2", null],
      ],
    ],
    [
      "are for rules to ask about",
      three([LIMIT("1"), rules("pre skip attemptLimitExceeded")]),
      [
        ["start", "a"],
        ["continue", "b"],
        ["previous", null],
      ],
    ],
  ],
  "the end": [
    [
      "of all comes by request",
      nested([FLOW]),
      [
        ["choice b1", "b1"],
        ["exitAll", "end"],
        ["continue", null],
        ["start", "a"],
      ],
    ],
    [
      "of a part alone leads nowhere",
      three(),
      [
        ["start", "a"],
        ["exit", null],
        ["continue", "b"],
      ],
    ],
    [
      "that is abandoned leads nowhere",
      three(),
      [
        ["start", "a"],
        ["abandon", null],
        ["continue", "b"],
      ],
    ],
    [
      "of all that is abandoned",
      three(),
      [
        ["start", "a"],
        ["abandonAll", "end"],
      ],
    ],
    [
      "cannot be asked for before the beginning",
      three(),
      [
        ["exit", null],
        ["continue", null],
        ["resumeAll", null],
      ],
    ],
  ],
};

for (const [of, scenes] of Object.entries(SCENES)) {
  describe(of, () => {
    test.each(scenes)("%s", (_, contents, steps) => {
      const { found, wanted } = new Played(contents).take(steps);
      expect(found).toEqual(wanted);
    });
  });
}

test("what is valid is known without going there", () => {
  const played = new Played(three([], [rules("pre disabled not satisfied of own"), READS]));
  played.engine.globals = { G: { satisfied: false } };
  played.take([["start", "a"]]);
  const valid = () =>
    ["continue", "previous", "choice b", "choice c"].map((it) => played.engine.isValid(...(it.split(" ") as [string])));
  expect(valid()).toEqual([false, false, false, true]);
  played.engine.globals = { G: { satisfied: true } };
  expect(valid()).toEqual([true, false, true, true]);
  expect(played.engine.current?.id).toBe("a");
});

test("the menu shows what is neither hidden nor left out", () => {
  const selects = element("randomizationControls", { selectionTiming: "once", selectCount: "1" });
  const played = new Played(
    course(
      [FLOW],
      item("a", [rules(`pre hiddenFromChoice ${ALL}`)]),
      item("B", [FLOW, selects], [item("b1"), item("b2")]),
    ),
  );
  const shown = ["root", "a", "B", "b1", "b2", "z"].filter((id) => played.engine.isShown(id));
  expect(shown).toEqual(["root", "B", "b1"]);
});

test.each([
  ["exit", [true, true]],
  ["abandon", [undefined, undefined]],
])("a part that says nothing is done after %s", (request, expected) => {
  const played = new Played(three());
  played.take([
    ["start", "a"],
    [request, null],
  ]);
  expect([played.known("a").completed, played.known("a").satisfied]).toEqual(expected);
});

test("a part that says its status by itself is not done without a word", () => {
  const played = new Played(
    three([element("deliveryControls", { completionSetByContent: "true", objectiveSetByContent: "true" })]),
  );
  played.take([
    ["start", "a"],
    ["exit", null],
  ]);
  expect([played.known("a").completed, played.known("a").satisfied]).toEqual([undefined, undefined]);
});
