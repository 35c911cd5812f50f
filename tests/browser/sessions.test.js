// The JavaScript that mirrors sessions says what the table of lrs/package/tests/runtime says, to which the run-time of
// hosted packages is held as well. No browser.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const crate = join(import.meta.dirname, "../../lrs/package");
const script = readFileSync(join(crate, "src/shim/statements.js"), "utf8");
const Session = new Function(`${script}; return Session;`)();
const table = JSON.parse(readFileSync(join(crate, "tests/runtime/sessions.json"), "utf8"));

const COURSE = "https://traccia.example/p/corso";
const ATTEMPT = "6e2a4f0c-6d1c-4f5e-9d44-1f8f0a3b2c1d";

/** An identifier as the page around a SCO is given it: all but letters, digits and `-._~` is escaped. */
const segment = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

function said({ version, sco, sessions }) {
  const is12 = version === "1.2";
  const about = { course: COURSE, courseTitle: "Corso", sco: `${COURSE}/${segment(sco)}`, title: "Uno" };
  let now = Date.UTC(2026, 10, 29, 9);
  return sessions.flatMap((steps) => {
    const session = new Session(about, is12, ATTEMPT, now);
    const isAgain = steps.some(([what]) => what === "resume");
    const made = [session.statement(isAgain ? "resumed" : "initialized", now)];
    const does = {
      set: (name, value) => session.set(name, value, now),
      commit: () => session.commit(now),
      end: () => session.end(now),
      mode: (mode) => session.know(is12 ? "cmi.core.lesson_mode" : "cmi.mode", mode) ?? [],
      resume: (name, value) => session.know(name, value) ?? [],
    };
    for (const [what, ...values] of steps) {
      now += 1000;
      made.push(...does[what](...values));
    }
    now += 3_600_000;
    return made;
  });
}

/** What the table says of a statement. */
const told = ({ verb, object, result, context }) => ({
  verb: verb.id.split("/").pop(),
  object: object.id,
  interactionType: object.definition.interactionType,
  pattern: object.definition.correctResponsesPattern,
  result,
  parent: (context.contextActivities.parent ?? []).map(({ id }) => id),
});

for (const one of table) {
  test(`mirrored: ${one.name}`, () => {
    expect(said(one).map(told)).toEqual(one.statements);
  });
}
