// Sequencing beside scorm-again's data model: what is kept, delivered and asked for.

import { Scorm2004API } from "scorm-again/scorm2004";
import { expect, test, vi } from "vitest";
import type { Contents } from "./launch.ts";
import { Sequence, type Sequenced } from "./sequence.ts";
import { Engine } from "./sn/engine.ts";
import { course, FLOW, item, READS, rules, WRITES } from "./sn/tests/played.ts";

const answered = { result: "true", errorCode: 0 };
const settings = {
  ...{ lmsCommitUrl: "x", sendFullCommit: true, mastery_override: false, logLevel: 5 as const },
  httpService: { processHttpRequest: () => answered, updateSettings: () => undefined },
};

/** A sequence, its API and what it has delivered. */
function made(contents: Contents) {
  const api = new Scorm2004API(settings);
  const delivered: Sequenced[] = [];
  const sequence = new Sequence(
    () => api,
    contents,
    (found) => delivered.push(found),
    () => undefined,
    () => 0.5,
  );
  return { api, delivered, sequence };
}

const KEPT_BY_SCORM_AGAIN = JSON.stringify({ sequencing: { currentActivity: "b", activityStates: {} } });
const FORMER = {
  ...{
    id: "G",
    satisfiedStatus: true,
    satisfiedStatusKnown: true,
    normalizedMeasure: 0,
    normalizedMeasureKnown: false,
  },
  ...{ completionStatus: "completed", completionStatusKnown: true, progressMeasure: 0.5, progressMeasureKnown: true },
  ...{ rawScore: "7", rawScoreKnown: true, minScore: "", minScoreKnown: false, readSatisfiedStatus: true },
};

test("an attempt that scorm-again's engine had begun begins anew, with the objectives that engine knew", () => {
  const { delivered, sequence } = made(course([FLOW], item("a", [READS, rules("pre skip satisfied")]), item("b")));
  expect(sequence.start(KEPT_BY_SCORM_AGAIN, { G: FORMER } as never)).toBe(true);
  expect(delivered, "the first part is skipped for what was known").toEqual([{ deliver: "b" }]);
  expect(sequence.objectives()).toEqual({ G: { satisfied: true, completed: true, progress: 0.5, raw: "7" } });
});

test("objectives of this engine are read as they were kept", () => {
  const { sequence } = made(course([FLOW], item("a", [WRITES])));
  const kept = { G: { satisfied: false, measure: 0.5, max: "10" }, H: {} };
  sequence.start(undefined, kept);
  expect(sequence.objectives()).toEqual(kept);
});

test("a part may be named as the end once was", () => {
  const { delivered, sequence } = made(course([FLOW], item("ended"), item("end")));
  sequence.start(undefined);
  for (let turn = 0; turn < 2; turn += 1) {
    sequence.insist("continue");
    sequence.leave("continue", false);
  }
  expect(delivered).toEqual([{ deliver: "ended" }, { deliver: "end" }, "end"]);
});

test("all that a menu asks for is found at once, and leaves the engine as it was", () => {
  const parts = Array.from({ length: 40 }, (_, n) =>
    item(`p${n}`, n === 7 ? [rules("pre disabled satisfied"), READS] : []),
  );
  const { api, sequence } = made(course([FLOW], item("a", [WRITES]), ...parts));
  sequence.start(undefined);
  const shown = sequence.renew();
  api.lmsInitialize("");
  api.lmsSetValue("cmi.success_status", "passed");
  const before = sequence.state();
  const restored = vi.spyOn(Engine.prototype, "restore");
  const tracked = vi.spyOn(Engine.prototype, "track");
  const can = sequence.can("a");
  const open = parts.map(({ identifier }) => can.open(identifier));
  expect([can.next, can.previous, can.jump?.("p3"), shown === api]).toEqual([true, false, true, true]);
  expect(open).toEqual(parts.map((_, n) => n !== 7));
  expect([restored.mock.calls.length, tracked.mock.calls.length]).toEqual([1, 1]);
  sequence.can("a");
  expect(tracked.mock.calls.length, "the same question has its answer").toBe(1);
  api.lmsSetValue("cmi.success_status", "failed");
  expect(sequence.can("a").open("p7"), "what the SCO has said since counts").toBe(true);
  expect(sequence.state()).toBe(before);
});
