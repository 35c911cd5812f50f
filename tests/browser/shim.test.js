// Packages that report to Traccia beside their platform: the platform notices nothing, whatever happens to Traccia.

import { ACTIVITY, HOME_PAGE, Lms, scorm, shared, shimmed, Way } from "./lms.js";
import { expect, test as base } from "./traccia.js";
import { unzipped } from "./zip.js";

const test = base.extend({
  lms: async ({}, use) => {
    const lms = await Lms.start();
    await use(lms);
    await lms.stop();
  },
  way: async ({ traccia }, use) => {
    const way = await Way.start(traccia);
    await use(way);
    await way.stop();
  },
});

/** What a careful SCO says, errors and all. */
const SESSION_12 = [
  ["LMSInitialize", ""],
  ["LMSGetLastError"],
  ["LMSGetValue", "cmi.core.student_id"],
  ["LMSGetValue", "cmi.core.student_name"],
  ["LMSGetValue", "cmi.core.entry"],
  ["LMSGetValue", "cmi.nothing"],
  ["LMSGetLastError"],
  ["LMSGetErrorString", "401"],
  ["LMSGetDiagnostic", "401"],
  ["LMSSetValue", "cmi.core.lesson_status", "incomplete"],
  ["LMSSetValue", "cmi.suspend_data", "x".repeat(4000)],
  ["LMSSetValue", "cmi.nothing", "x"],
  ["LMSGetLastError"],
  ["LMSSetValue", "cmi.interactions.0.id", "q 1"],
  ["LMSSetValue", "cmi.interactions.0.type", "choice"],
  ["LMSSetValue", "cmi.interactions.0.correct_responses.0.pattern", "a,c"],
  ["LMSSetValue", "cmi.interactions.0.student_response", "a,b"],
  ["LMSSetValue", "cmi.interactions.0.result", "wrong"],
  ["LMSSetValue", "cmi.interactions.0.latency", "00:00:07"],
  ["LMSCommit", ""],
  ["LMSSetValue", "cmi.core.score.raw", "85"],
  ["LMSSetValue", "cmi.core.score.min", "0"],
  ["LMSSetValue", "cmi.core.score.max", "100"],
  ["LMSSetValue", "cmi.core.lesson_status", "passed"],
  ["LMSSetValue", "cmi.core.session_time", "00:10:05"],
  ["LMSFinish", ""],
  ["LMSGetLastError"],
];

const SESSION_2004 = [
  ["Initialize", ""],
  ["GetValue", "cmi.learner_id"],
  ["GetValue", "cmi.entry"],
  ["SetValue", "cmi.progress_measure", "0.5"],
  ["SetValue", "cmi.completion_status", "incomplete"],
  ["Commit", ""],
  ["SetValue", "cmi.score.scaled", "0.9"],
  ["SetValue", "cmi.success_status", "passed"],
  ["SetValue", "cmi.completion_status", "completed"],
  ["SetValue", "cmi.session_time", "PT5M"],
  ["Terminate", ""],
];

const speak = (frame, calls) => frame.evaluate((calls) => calls.map((call) => window.say(...call)), calls);

/** What the content was answered, and what the platform was called, by one session. */
async function lived(page, lms, version, files, calls) {
  const frame = await lms.play(page, version, files);
  await speak(frame, calls);
  const seen = await frame.evaluate(() => window.seen);
  return { seen, ...(await lms.recorded(page)) };
}

const forget = (page) => page.evaluate(() => localStorage.clear());

/** The verbs of statements, the oldest first. */
const verbs = (statements) =>
  statements.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp)).map(({ verb }) => verb.id.split("/").pop());

const arrived = (traccia, count) =>
  expect.poll(async () => (await traccia.statements()).length, { timeout: 20_000 }).toBe(count);

for (const [version, session] of [["1.2", SESSION_12], ["2004", SESSION_2004]]) {
  for (const is of ["up", "down", "silent", "refusing"]) {
    test(`the LMS of SCORM ${version} sees the calls that it saw before, Traccia ${is}`, async ({ page, traccia, lms, way }) => {
      const errors = [];
      page.on("pageerror", (error) => errors.push(error));
      way.is = is;
      const before = await lived(page, lms, version, unzipped(scorm(version)), session);
      await forget(page);
      const files = await shimmed(traccia, scorm(version), way.url);
      const after = await lived(page, lms, version, files, session);
      expect(after).toEqual(before);
      expect(after.calls.map(([name, values]) => [name, ...values])).toEqual(session);
      // Nobody was asked for leave to send: forms need no preflight.
      if (is === "up") await arrived(traccia, version === "1.2" ? 6 : 7);
      expect(way.methods.filter((method) => method !== "POST")).toEqual([]);
      expect(errors).toEqual([]);
    });
  }
}

test("a session of SCORM 1.2 arrives as statements of the profile", async ({ page, traccia, lms, way }) => {
  await lived(page, lms, "1.2", await shimmed(traccia, scorm("1.2"), way.url), SESSION_12);
  await arrived(traccia, 6);
  const statements = await traccia.statements();
  expect(verbs(statements).toSorted()).toEqual(["completed", "initialized", "passed", "responded", "scored", "terminated"]);
  const whole = statements.find(({ verb }) => verb.id.endsWith("/completed"));
  expect(whole.object.id, "its only SCO is completed, and so is the package").toBe(ACTIVITY);
  expect(whole.result).toEqual({ completion: true });
  const of = (verb) => statements.find((it) => it.verb.id === `http://adlnet.gov/expapi/verbs/${verb}`);
  const sco = `${ACTIVITY}/I1`;
  for (const { actor, context, authority } of statements) {
    expect(actor.account).toEqual({ homePage: HOME_PAGE, name: "anna.rossi" });
    expect(context.contextActivities.category).toEqual([
      { id: "https://w3id.org/xapi/scorm", objectType: "Activity", definition: expect.anything() },
    ].map((it) => expect.objectContaining({ id: it.id })));
    const [course, attempt] = context.contextActivities.grouping;
    expect([course.id, attempt.id]).toEqual([ACTIVITY, `${sco}?attemptId=${context.registration}`]);
    // The key that the command made, and no other.
    expect(authority.account.name).not.toBe("seed");
  }
  const score = { scaled: 0.85, raw: 85, min: 0, max: 100 };
  expect(of("terminated").object.id).toBe(sco);
  expect(of("terminated").result).toEqual({ completion: true, success: true, score, duration: "PT0H10M5S" });
  expect(of("scored").result).toEqual({ score });
  const { result, object, context } = of("responded");
  expect(result).toEqual({ response: "a[,]b", success: false, duration: "PT0H0M7S" });
  expect(object.id).toBe(`${sco}/interactions/q%201`);
  expect(object.definition).toMatchObject({ interactionType: "choice", correctResponsesPattern: ["a[,]c"] });
  expect(context.contextActivities.parent.map(({ id }) => id)).toEqual([sco]);
});

test("a review says that the learner was there, and nothing else", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  await lms.play(page, "1.2", files);
  await page.evaluate(() => { localStorage.given = JSON.stringify({ "cmi.core.lesson_mode": "review" }); });
  const mode = ["LMSGetValue", "cmi.core.lesson_mode"];
  await lived(page, lms, "1.2", files, [...SESSION_12.slice(0, 3), mode, ...SESSION_12.slice(3)]);
  await arrived(traccia, 2);
  const statements = await traccia.statements();
  expect(verbs(statements)).toEqual(["initialized", "terminated"]);
  expect(statements.find(({ verb }) => verb.id.endsWith("/terminated")).result).toEqual({ duration: "PT0H10M5S" });
});

test("each SCO of SCORM 2004 is an activity of its own", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("2004", 2), way.url);
  for (const sco of [1, 2]) {
    const frame = await lms.play(page, "2004", files, sco);
    await speak(frame, SESSION_2004);
    await lms.recorded(page);
  }
  await arrived(traccia, 13);
  const statements = await traccia.statements();
  const whole = statements.filter(({ object }) => object.id === ACTIVITY);
  expect(verbs(whole), "once, when the second SCO is completed").toEqual(["completed"]);
  for (const sco of [1, 2]) {
    const own = statements.filter(({ object }) => object.id === `${ACTIVITY}/I${sco}`);
    const names = ["completed", "initialized", "passed", "progressed", "scored", "terminated"];
    expect(verbs(own).toSorted()).toEqual(names);
    const progressed = own.find(({ verb }) => verb.id.endsWith("/progressed"));
    expect(progressed.result).toEqual({ score: { scaled: 0.5 } });
  }
});

/** What a SCO does that leaves the platform in peace until it is left itself. */
const BRIEF = [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "passed"]];
const LEAVING = [["LMSSetValue", "cmi.core.exit", "suspend"], ["LMSFinish", ""]];
const AGAIN = [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.lesson_status"], ["LMSFinish", ""]];

for (const [how, leave] of [
  ["closed", (page) => page.close({ runBeforeUnload: true })],
  ["led elsewhere", (page) => page.goto("about:blank")],
]) {
  test(`a tab that is ${how} in the middle is suspended, and the next session resumes it`, async ({ context, traccia, lms, way }) => {
    const files = await shimmed(traccia, scorm("1.2"), way.url);
    const page = await context.newPage();
    const frame = await lms.play(page, "1.2", files);
    await speak(frame, BRIEF);
    await frame.evaluate((calls) => (sessionStorage.leaving = JSON.stringify(calls)), LEAVING);
    await leave(page);
    await arrived(traccia, 4);
    const ofSco = async () => (await traccia.statements()).filter(({ object }) => object.id !== ACTIVITY);
    expect(verbs(await ofSco())).toEqual(["initialized", "passed", "suspended"]);
    const again = await context.newPage();
    const { calls } = await lms.recorded(again);
    expect(calls.at(-1), "the LMS heard the end as well").toEqual(["LMSFinish", [""], "true", true]);
    await lived(again, lms, "1.2", files, AGAIN);
    await arrived(traccia, 6);
    const statements = await ofSco();
    expect(verbs(statements)).toEqual(["initialized", "passed", "suspended", "resumed", "terminated"]);
    const last = statements.find(({ verb }) => verb.id.endsWith("/terminated"));
    expect(last.result, "what was reached before is part of the result").toMatchObject({ completion: true, success: true });
    expect(new Set(statements.map((it) => it.context.registration)).size, "one attempt").toBe(1);
  });
}

test("what was said while Traccia was down arrives once, by the next session", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  way.is = "down";
  await lived(page, lms, "1.2", files, SESSION_12);
  expect(await traccia.statements()).toEqual([]);
  way.is = "up";
  await lms.play(page, "1.2", files);
  await arrived(traccia, 6);
  const ids = (await traccia.statements()).map(({ id }) => id);
  const waiting = () => page.evaluate((name) => localStorage.getItem(name), `traccia ${ACTIVITY}`);
  await expect.poll(waiting).toBe("[]");
  expect(way.methods.filter((method) => method !== "POST"), "no preflight").toEqual([]);
  expect(new Set(ids).size).toBe(6);
});

test("the queue has an end", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  way.is = "down";
  const frame = await lms.play(page, "1.2", files);
  const many = Array.from({ length: 500 }, (_, n) => ["LMSSetValue", "cmi.comments", `${n} ${"x".repeat(2000)}`]);
  await speak(frame, [SESSION_12[0], ["LMSGetValue", "cmi.core.student_id"], ...many, ["LMSFinish", ""]]);
  const kept = await frame.evaluate((name) => localStorage.getItem(name), `traccia ${ACTIVITY}`);
  expect(kept.length).toBeLessThan(310_000);
  expect(kept).toContain("verbs/terminated");
});

test("a platform is asked who learns where the content does not ask, and only then", async ({ page, traccia, lms, way }) => {
  const calls = [["LMSInitialize", ""], ["LMSFinish", ""]];
  const asked = ["cmi.core.student_id", "cmi.core.entry"].map((name) => ["LMSGetValue", name]);
  const names = ({ calls }) => calls.map(([name, values]) => [name, ...values]);
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  expect(names(await lived(page, lms, "1.2", files, calls))).toEqual([calls[0], ...asked, calls[1]]);
  await arrived(traccia, 2);
  const passive = await shimmed(traccia, scorm("1.2"), way.url, ["--passive"]);
  await forget(page);
  expect(names(await lived(page, lms, "1.2", passive, calls))).toEqual(calls);
  expect((await traccia.statements()).length).toBe(2);
});

test("content that asks later for itself is not helped", async ({ page, traccia, lms, way }) => {
  const calls = SESSION_12.filter(([name]) => !name.includes("SetValue"));
  const frame = await lms.play(page, "1.2", await shimmed(traccia, scorm("1.2"), way.url));
  await frame.evaluate(async (calls) => {
    for (const call of calls) {
      window.say(...call);
      await new Promise((done) => setTimeout(done, 5));
    }
  }, calls);
  expect((await lms.recorded(page)).calls.map(([name, values]) => [name, ...values])).toEqual(calls);
});

test("in a window of its own the content finds the LMS that opened it, and can close itself", async ({ page, traccia, lms, way }) => {
  await lms.play(page, "1.2", await shimmed(traccia, scorm("1.2"), way.url));
  const opening = page.waitForEvent("popup");
  await page.evaluate(() => void window.open("/1/traccia-1.html?n=1", "_blank", "popup"));
  const popup = await opening;
  const frame = await popup.waitForSelector("iframe").then((it) => it.contentFrame());
  await frame.waitForFunction(() => window.seen && document.readyState === "complete");
  await speak(frame, SESSION_12);
  const closed = popup.waitForEvent("close");
  await frame.evaluate(() => void setTimeout(() => window.close()));
  await closed;
  const { calls } = await lms.recorded(page);
  expect(calls.map(([name, values]) => [name, ...values])).toEqual(SESSION_12);
  await arrived(traccia, 6);
});

test("without a platform the content finds no API, as before", async ({ page, traccia, lms, way }) => {
  lms.files = await shimmed(traccia, scorm("1.2"), way.url);
  await page.goto(`http://moodle.example:${lms.server.address().port}/1/traccia-1.html?n=1`);
  const frame = await page.waitForSelector("iframe").then((it) => it.contentFrame());
  await frame.waitForFunction(() => window.seen);
  expect(await frame.evaluate(() => typeof window.api)).toBe("undefined");
});

/** The queue of the browser, as it lies in the storage of the platform. */
const waiting = (page) => page.evaluate((name) => localStorage.getItem(name), `traccia ${ACTIVITY}`);

test("what a SCO says of its objectives are statements about them, once each", async ({ page, traccia, lms, way }) => {
  const said = [
    ["Initialize", ""],
    ["GetValue", "cmi.learner_id"],
    ["GetValue", "cmi.entry"],
    ["SetValue", "cmi.objectives.0.id", "first aid"],
    ["SetValue", "cmi.objectives.0.score.scaled", "0.7"],
    ["SetValue", "cmi.objectives.0.success_status", "passed"],
    ["Commit", ""],
    ["SetValue", "cmi.objectives.0.completion_status", "completed"],
    ["SetValue", "cmi.objectives.1.id", "fire"],
    ["SetValue", "cmi.objectives.1.success_status", "failed"],
    ["Terminate", ""],
  ];
  await lived(page, lms, "2004", await shimmed(traccia, scorm("2004"), way.url), said);
  await arrived(traccia, 6);
  const statements = await traccia.statements();
  const of = (name) => statements.filter(({ object }) => object.id === `${ACTIVITY}/I1/objectives/${name}`);
  expect(verbs(of("first%20aid")).toSorted()).toEqual(["completed", "passed", "scored"]);
  expect(verbs(of("fire"))).toEqual(["failed"]);
  for (const { object, context } of [...of("first%20aid"), ...of("fire")]) {
    expect(object.definition.type).toBe("http://adlnet.gov/expapi/activities/objective");
    expect(context.contextActivities.parent.map(({ id }) => id)).toEqual([`${ACTIVITY}/I1`]);
  }
  const passed = of("first%20aid").find(({ verb }) => verb.id.endsWith("/passed"));
  expect(passed.result).toEqual({ success: true, score: { scaled: 0.7 } });
});

/** A session that is in its middle: all was said, and the platform has it. */
const OPEN = [...SESSION_12.slice(0, -2), ["LMSCommit", ""]];

test("the key of a package is exchanged once a tab, and statements come by what it was exchanged for", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2", 2), way.url);
  for (const sco of [1, 2]) {
    const frame = await lms.play(page, "1.2", files, sco);
    await speak(frame, OPEN);
    await arrived(traccia, sco === 1 ? 4 : 9);
  }
  const paths = way.asked.map(({ path }) => path);
  expect(paths.filter((path) => path === "/api/v1/packages/ticket").length, "for both SCOs").toBe(1);
  const senders = way.asked.filter(({ path }) => path.startsWith("/xapi/")).map(({ sender }) => sender);
  expect(senders.length).toBeGreaterThan(1);
  for (const sender of senders) expect(sender).toMatch(/:ticket\./);
});

test("what a session was given for is good for no other learner", async ({ page, traccia, lms, way }) => {
  const frame = await lms.play(page, "1.2", await shimmed(traccia, scorm("1.2"), way.url));
  await speak(frame, OPEN);
  await arrived(traccia, 5);
  const { sender } = way.asked.findLast(({ path }) => path.startsWith("/xapi/"));
  const [statement] = await traccia.statements();
  const { id, actor, verb, object } = statement;
  const headers = { Authorization: `Basic ${Buffer.from(sender).toString("base64")}`, "X-Experience-API-Version": "1.0.3",
    "Content-Type": "application/json" };
  const send = (name) => {
    const account = { ...actor.account, name };
    return traccia.ask("POST", "/xapi/statements", { headers, body: JSON.stringify({ actor: { account }, verb, object }) });
  };
  expect((await send("anna.rossi")).status).toBe(200);
  expect((await send("bea.verdi")).status).toBe(403);
  const reads = await traccia.ask("GET", `/xapi/statements?statementId=${id}`, { headers });
  expect(reads.status, "it only writes").toBe(403);
});

test("a session goes on after a restart of Traccia", async ({ page, traccia, lms, way }) => {
  const frame = await lms.play(page, "1.2", await shimmed(traccia, scorm("1.2"), way.url));
  await speak(frame, [...BRIEF, ...SESSION_12.slice(2, 5), ["LMSCommit", ""]]);
  await arrived(traccia, 3);
  await traccia.restart();
  await speak(frame, [["LMSSetValue", "cmi.core.score.raw", "50"], ["LMSCommit", ""]]);
  await arrived(traccia, 4);
  expect(way.asked.filter(({ path }) => path === "/api/v1/packages/ticket").length).toBe(1);
});

test("once its key is revoked a package sends nothing, keeps nothing, and the platform notices nothing", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  const frame = await lms.play(page, "1.2", files);
  await speak(frame, [...BRIEF, ...SESSION_12.slice(2, 5), ["LMSCommit", ""]]);
  await arrived(traccia, 3);
  const [name] = (await traccia.keys()).filter((name) => name !== "seed");
  expect((await traccia.ask("DELETE", `/api/v1/keys/${name}`)).status).toBe(204);
  await speak(frame, [["LMSSetValue", "cmi.core.score.raw", "50"], ["LMSCommit", ""]]);
  await expect.poll(() => waiting(page)).toBe(null);
  const sent = way.asked.length;
  await speak(frame, [["LMSSetValue", "cmi.core.score.raw", "60"], ["LMSFinish", ""]]);
  expect(await waiting(page)).toBe(null);
  expect((await lms.recorded(page)).calls.at(-1)).toEqual(["LMSFinish", [""], "true", true]);
  expect((await traccia.statements()).length).toBe(3);
  expect(way.asked.length, "nothing is tried any more").toBe(sent);
  const refusals = await traccia.health();
  expect(refusals.some((subject) => subject.startsWith(`${name}: `)), refusals.join()).toBe(true);
});

test("what waits of two learners of one browser is sent for each of them apart", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, scorm("1.2"), way.url);
  way.is = "down";
  for (const learner of ["anna.rossi", "bea.verdi"]) {
    await lms.play(page, "1.2", files);
    await page.evaluate((learner) => { localStorage.given = JSON.stringify({ "cmi.core.student_id": learner }); }, learner);
    await lived(page, lms, "1.2", files, SESSION_12);
  }
  way.is = "up";
  await lms.play(page, "1.2", files);
  await arrived(traccia, 12);
  const names = (await traccia.statements()).map(({ actor }) => actor.account.name);
  expect(names.filter((name) => name === "bea.verdi").length).toBe(6);
  expect(way.methods.filter((method) => method !== "POST"), "no preflight").toEqual([]);
});

test("two items of one resource are two activities, and the package is completed with the second", async ({ page, traccia, lms, way }) => {
  const files = await shimmed(traccia, shared(), way.url);
  for (const [resource, count] of [["R1", 5], ["R1-traccia-2", 11]]) {
    const frame = await lms.play(page, "1.2", files, 1, resource);
    await speak(frame, SESSION_12);
    await arrived(traccia, count);
  }
  const statements = await traccia.statements();
  for (const item of ["I1", "I2"]) {
    const own = statements.filter(({ object }) => object.id === `${ACTIVITY}/${item}`);
    expect(verbs(own).toSorted(), item).toEqual(["initialized", "passed", "scored", "terminated"]);
  }
  expect(verbs(statements.filter(({ object }) => object.id === ACTIVITY))).toEqual(["completed"]);
});

test("a key that is not bound to the package sends as it is", async ({ page, traccia, lms, way }) => {
  const made = await traccia.ask("POST", "/api/v1/keys", { headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key: "own", secret: "secret of the tests", scopes: ["statements/write"] }) });
  expect(made.status).toBe(201);
  const files = await shimmed(traccia, scorm("1.2"), way.url, ["--package-key", "own:secret of the tests"]);
  const frame = await lms.play(page, "1.2", files);
  await speak(frame, OPEN);
  await arrived(traccia, 5);
  expect(way.asked.filter(({ path }) => path.startsWith("/xapi/")).map(({ sender }) => sender)).toContain("own:secret of the tests");
});
