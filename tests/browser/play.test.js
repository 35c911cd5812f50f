// Packages from import to the report: played, cut off, resumed, finished, while the server is away, by two pages at once.

import AxeBuilder from "@axe-core/playwright";
import { content, expect, hosted, leaving, packaged, person, speak, test } from "./hosting.js";

const COURSE = `id = "prova"
title = { it = "Corso di prova" }
time_zone = "Europe/Rome"
hours = 2
[[module]]
id = "m1"
title = { it = "Modulo" }
hours = 2
complete_when = "all"
[[module.activity]]
package = "corso"
credit = "measured"
complete_when = "completed"
`;
const LEARNERS = `learner,name,identifiers,region,province,body,istat,role,office
l1,Anna Rossi,account:https://learn.example.org|anna,Umbria,Perugia,Agenzia,,official,x
`;

const exit = (page) => page.getByRole("button", { name: "Salva ed esci" });

/** The first session, cut off in the middle, and the second one, which ends the course. */
const SESSIONS = {
  "1.2": {
    first: [
      ["LMSInitialize", ""],
      ["LMSSetValue", "cmi.core.lesson_location", "pagina 7"],
      ["LMSSetValue", "cmi.suspend_data", "è".repeat(12_000)],
      ["LMSSetValue", "cmi.core.lesson_status", "incomplete"],
      ["LMSCommit", ""],
    ],
    leaving: [
      ["LMSSetValue", "cmi.core.session_time", "00:10:00"],
      ["LMSSetValue", "cmi.core.exit", "suspend"],
      ["LMSFinish", ""],
    ],
    found: [
      ["LMSInitialize", ""],
      ["LMSGetValue", "cmi.core.entry"],
      ["LMSGetValue", "cmi.core.lesson_location"],
      ["LMSGetValue", "cmi.suspend_data"],
      ["LMSGetValue", "cmi.core.total_time"],
    ],
    total: /^(00)?00:10:00(\.00?)?$/,
    last: [
      ["LMSSetValue", "cmi.core.score.raw", "90"],
      ["LMSSetValue", "cmi.core.score.min", "0"],
      ["LMSSetValue", "cmi.core.score.max", "100"],
      ["LMSSetValue", "cmi.core.lesson_status", "passed"],
      ["LMSSetValue", "cmi.core.session_time", "00:05:30"],
      ["LMSFinish", ""],
    ],
    duration: "PT0H5M30S",
  },
  2004: {
    first: [
      ["Initialize", ""],
      ["SetValue", "cmi.location", "pagina 7"],
      ["SetValue", "cmi.suspend_data", "è".repeat(12_000)],
      ["SetValue", "cmi.completion_status", "incomplete"],
      ["Commit", ""],
    ],
    leaving: [
      ["SetValue", "cmi.session_time", "PT10M"],
      ["SetValue", "cmi.exit", "suspend"],
      ["Terminate", ""],
    ],
    found: [
      ["Initialize", ""],
      ["GetValue", "cmi.entry"],
      ["GetValue", "cmi.location"],
      ["GetValue", "cmi.suspend_data"],
      ["GetValue", "cmi.total_time"],
    ],
    total: /^PT(0H)?10M(0S)?$/,
    last: [
      ["SetValue", "cmi.score.scaled", "0.9"],
      ["SetValue", "cmi.score.raw", "90"],
      ["SetValue", "cmi.score.min", "0"],
      ["SetValue", "cmi.score.max", "100"],
      ["SetValue", "cmi.success_status", "passed"],
      ["SetValue", "cmi.completion_status", "completed"],
      ["SetValue", "cmi.session_time", "PT5M30S"],
      ["Terminate", ""],
    ],
    duration: "PT5M30S",
  },
};

for (const [name, kind, make] of [
  ["SCORM 1.2 of a hand", "1.2", () => hosted("1.2")],
  ["SCORM 1.2 of a packager", "1.2", () => packaged("1.2")],
  ["SCORM 2004 3rd Edition of a packager", "2004", () => packaged("2004 3rd Edition")],
  ["SCORM 2004 4th Edition of a packager", "2004", () => packaged("2004 4th Edition")],
]) {
  test(`${name}: a tab that is closed in the middle is resumed, and the end completes the module`, async ({ context, traccia, hosting }) => {
    const { first, leaving: words, found, total, last, duration } = SESSIONS[kind];
    for (const [path, type, body] of [["", "application/toml", COURSE], ["/learners", "text/csv", LEARNERS]]) {
      const headers = { "Content-Type": type };
      const put = await traccia.ask("PUT", `/api/v1/courses/prova${path}`, { headers, body });
      expect(put.status, await put.text()).toBe(200);
    }
    await hosting.import("corso", await make());
    const { url } = await hosting.launch("corso", { course: "prova", learner: "l1" });
    const tab = await context.newPage();
    await tab.goto(url);
    const begun = await content(tab);
    expect(await speak(begun, first)).toEqual(first.map(() => "true"));
    await leaving(begun, words);
    await tab.close({ runBeforeUnload: true });
    const suspended = await hosting.heard("suspended");
    expect(suspended.result.duration, "the time that the content says").toMatch(/^PT(0H)?10M(0S)?$/);

    const page = await context.newPage();
    await page.goto(url);
    const again = await content(page);
    const [, entry, location, data, time] = await speak(again, found);
    expect(entry).toBe("resume");
    expect(location).toBe("pagina 7");
    expect(data).toBe("è".repeat(12_000));
    expect(time).toMatch(total);
    expect((await speak(again, last)).at(-1)).toBe("true");
    await expect(page.getByRole("status")).toContainText("Puoi chiudere questa pagina");
    const { result } = await hosting.heard("terminated");
    expect(result).toMatchObject({ completion: true, success: true, score: { scaled: 0.9 }, duration });
    const statements = await hosting.statements();
    const registrations = new Set(statements.map((it) => it.context.registration));
    expect(registrations.size, "one attempt").toBe(1);

    const report = async () => (await traccia.ask("GET", "/api/v1/courses/prova/progress?by=module")).json();
    await expect.poll(async () => (await report()).rows.find(({ module }) => module === "m1").completed).toBe(1);
    const matrix = await (await traccia.ask("GET", "/api/v1/courses/prova/reports/matrix")).json();
    expect(JSON.stringify(matrix), "fifteen and a half minutes").toContain("0.26");
  });
}

test("content that says no end is suspended when its tab is closed", async ({ context, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url } = await hosting.launch("corso");
  const page = await context.newPage();
  await page.goto(url);
  await speak(await content(page), [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_location", "3"]]);
  await page.close({ runBeforeUnload: true });
  const { result } = await hosting.heard("suspended");
  expect(result.completion ?? false).toBe(false);
  const again = await context.newPage();
  await again.goto(url);
  const found = await speak(await content(again), [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.lesson_location"]]);
  expect(found).toEqual(["true", "3"]);
});

test("data that fill a beacon arrive when the tab is closed", async ({ context, hosting }) => {
  await hosting.import("corso", hosted("2004 4th Edition"));
  const { url } = await hosting.launch("corso");
  const page = await context.newPage();
  await page.goto(url);
  const frame = await content(page);
  const large = "è".repeat(63_000);
  await speak(frame, [["Initialize", ""], ["SetValue", "cmi.suspend_data", large], ["Commit", ""]]);
  await leaving(frame, [["SetValue", "cmi.location", "ultima"], ["SetValue", "cmi.exit", "suspend"], ["Terminate", ""]]);
  await page.close({ runBeforeUnload: true });
  await hosting.heard("suspended");
  const again = await context.newPage();
  await again.goto(url);
  const calls = [["Initialize", ""], ["GetValue", "cmi.location"], ["GetValue", "cmi.suspend_data"]];
  expect(await speak(await content(again), calls)).toEqual(["true", "ultima", large]);
});

test("a reload finds what was said while the page was left", async ({ page, context, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page);
  await speak(frame, [["LMSInitialize", ""]]);
  await leaving(frame, [["LMSSetValue", "cmi.core.lesson_location", "9"], ["LMSSetValue", "cmi.core.exit", "suspend"], ["LMSFinish", ""]]);
  await page.reload();
  const calls = [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.lesson_location"], ["LMSGetValue", "cmi.core.entry"]];
  expect(await speak(await content(page), calls)).toEqual(["true", "9", "resume"]);
  // The new page was too early, and has asked again.
  context.expected(/400/);
});

test("what is done while the server is away is said to wait, and arrives when the server is back", async ({ page, context, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page);
  await speak(frame, [["LMSInitialize", ""]]);
  await hosting.heard("initialized");
  await context.setOffline(true);
  const done = await speak(frame, [["LMSSetValue", "cmi.core.lesson_status", "completed"], ["LMSCommit", ""]]);
  expect(done, "the page answers for it").toEqual(["true", "true"]);
  await expect(page.getByRole("status")).toContainText("La connessione è interrotta");
  expect(await speak(frame, [["LMSFinish", ""]])).toEqual(["true"]);
  expect(await hosting.said()).toEqual(["initialized I1"]);
  await context.setOffline(false);
  await hosting.heard("terminated");
  await expect(page.getByRole("status")).toContainText("La connessione è tornata");
  expect((await hosting.said()).filter((it) => it.endsWith("I1"))).toEqual(["initialized I1", "completed I1", "terminated I1"]);
  context.expected(/ERR_INTERNET_DISCONNECTED/);
});

test("a second page takes the attempt over, and the first one says so", async ({ context, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url } = await hosting.launch("corso");
  const first = await context.newPage();
  await first.goto(url);
  const one = await content(first);
  await speak(one, [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_location", "1"], ["LMSCommit", ""]]);
  const second = await context.newPage();
  await second.goto(url);
  const two = await content(second);
  const found = await speak(two, [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.lesson_location"]]);
  expect(found).toEqual(["true", "1"]);
  const refused = await speak(one, [["LMSSetValue", "cmi.core.lesson_status", "passed"], ["LMSCommit", ""]]);
  expect(refused).toEqual(["true", "false"]);
  await expect(first.getByText("è stato aperto in un'altra finestra")).toBeVisible();
  expect(await speak(two, [["LMSCommit", ""]])).toEqual(["true"]);
  expect(await hosting.said()).not.toContain("passed I1");
  context.expected(/409/);
});

test("a page that another one has taken over learns of it without a commit", async ({ context, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url } = await hosting.launch("corso");
  const first = await context.newPage();
  await first.clock.install();
  await first.goto(url);
  await speak(await content(first), [["LMSInitialize", ""]]);
  const second = await context.newPage();
  await second.goto(url);
  await speak(await content(second), [["LMSInitialize", ""]]);
  await first.bringToFront();
  await first.clock.fastForward(16_000);
  await expect(first.getByText("è stato aperto in un'altra finestra")).toBeVisible();
  expect(await speak(await content(second), [["LMSCommit", ""]])).toEqual(["true"]);
  context.expected(/409/);
});

test("a page whose version is removed says so, and not that its link has expired", async ({ page, context, traccia, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url } = await hosting.launch("corso");
  await page.goto(url);
  const frame = await content(page);
  await speak(frame, [["LMSInitialize", ""]]);
  const removed = await traccia.ask("DELETE", "/api/v1/packages/corso?force=true");
  expect(removed.status).toBe(204);
  expect(await speak(frame, [["LMSCommit", ""]])).toEqual(["false"]);
  await expect(page.getByText("La versione di questo contenuto non c'è più")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading")).toContainText("was removed");
  context.expected(/410/);
});

test("a preview says that nothing is kept, and never that something is saved", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("1.2", [{}, {}]));
  await page.goto((await hosting.launch("corso", { preview: true })).url);
  const frame = await content(page);
  await expect(page.getByText("Anteprima: nulla viene conservato")).toBeVisible();
  await speak(frame, [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "passed"], ["LMSFinish", ""]]);
  await expect(page.getByRole("status")).toContainText("Questa parte è finita");
  await page.getByRole("button", { name: "Chiudi l'anteprima" }).click();
  await expect(page.getByText("Puoi chiudere questa pagina")).toBeVisible();
  expect(await page.locator("body").innerText()).not.toMatch(/salva/i);
});

test("a link that was taken back says so to the page that is open", async ({ page, context, traccia, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url, id } = await hosting.launch("corso");
  await page.goto(url);
  const frame = await content(page);
  await speak(frame, [["LMSInitialize", ""]]);
  const revoked = await traccia.ask("DELETE", `/api/v1/packages/corso/launches/${id}`);
  expect(revoked.status).toBe(204);
  expect(await speak(frame, [["LMSCommit", ""]])).toEqual(["false"]);
  await expect(page.getByText("Questo collegamento non è più valido")).toBeVisible();
  context.expected(/403/);
});

const AFTER_FIRST = '<adlcp:prerequisites type="aicc_script">I1</adlcp:prerequisites>';

test("parts are opened from the contents, with the keyboard, once what they ask for is done", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("1.2", [{}, { item: AFTER_FIRST }, {}]));
  await page.goto((await hosting.launch("corso")).url);
  const [first, second] = [1, 2].map((n) => page.getByRole("button", { name: new RegExp(`^Parte ${n}`) }));
  const frame = await content(page, 1);
  await expect(first).toHaveAttribute("aria-current", "step");
  await expect(second).toHaveAttribute("aria-disabled", "true");
  await second.click({ force: true });
  expect(page.frames().some((it) => it.url().includes("/2/")), "it stays closed").toBe(false);
  await speak(frame, [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "completed"], ["LMSFinish", ""]]);
  await expect(second).toHaveAttribute("aria-disabled", "false");
  await expect(first).toContainText("completata");
  await expect(page.locator("#progress")).toHaveText("1 parte conclusa su 3");
  await second.focus();
  await page.keyboard.press("Enter");
  const other = await content(page, 2);
  await speak(other, [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "passed"]]);
  await page.getByRole("button", { name: "Successiva" }).click();
  await content(page, 3);
  await hosting.heard("suspended");
  await page.getByRole("button", { name: "Precedente" }).click();
  await content(page, 2);
  await exit(page).click();
  await expect(page.getByText("Tutto è salvato")).toBeVisible();
  await page.reload();
  await content(page, 2);
});

test("an answer that comes late takes no status back", async ({ page, traccia, hosting }) => {
  await hosting.import("corso", hosted("1.2", [{}, { item: AFTER_FIRST }]));
  let release;
  const released = new Promise((done) => (release = done));
  await page.route("**/commit", async (route) => {
    const { cmi, terminate } = route.request().postDataJSON();
    // Node.js does not know the host's name.
    const { host, pathname } = new URL(route.request().url());
    const response = await route.fetch({ url: traccia.at() + pathname, headers: { ...route.request().headers(), host } });
    if (cmi && !terminate) await released;
    await route.fulfill({ response });
  });
  await page.goto((await hosting.launch("corso")).url);
  const frame = await content(page, 1);
  await speak(frame, [["LMSInitialize", ""]]);
  await hosting.heard("initialized");
  await speak(frame, [["LMSSetValue", "cmi.core.lesson_status", "completed"], ["LMSFinish", ""]]);
  const first = page.getByRole("button", { name: /^Parte 1/ });
  await expect(first).toContainText("completata");
  release();
  await page.getByRole("button", { name: /^Parte 2/ }).click();
  await content(page, 2);
  await expect(first).toContainText("completata");
});

for (const colorScheme of ["light", "dark"]) {
  test(`the page is accessible on a small screen, ${colorScheme}`, async ({ browser, hosting }) => {
    await hosting.import("corso", hosted("1.2", [{}, { item: AFTER_FIRST }]));
    const { url } = await hosting.launch("corso");
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme });
    const page = await context.newPage();
    await page.goto(url);
    await speak(await content(page, 1), [["LMSInitialize", ""]]);
    const found = async () => {
      const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
      return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    };
    await page.getByRole("button", { name: "Mostra l'indice" }).click();
    expect(await found()).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
    await exit(page).click();
    await expect(page.getByText("Puoi chiudere questa pagina")).toBeVisible();
    expect(await found()).toEqual([]);
    await context.close();
  });
}

test("a preview is seen call by call by the app, and leaves nothing", async ({ page, traccia, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  const { url } = await hosting.launch("corso", { preview: true });
  await page.goto(`${traccia.at()}/healthz`);
  await page.setContent(`<iframe src="${url}" width="600" height="400"
    sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"></iframe>`);
  await page.evaluate(() => {
    window.seen = [];
    addEventListener("message", ({ data, origin }) => seen.push({ ...data, origin }));
  });
  const frame = await content(page);
  const calls = [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "passed"], ["LMSFinish", ""]];
  expect(await speak(frame, calls)).toEqual(["true", "true", "true"]);
  const told = calls.map(([call, ...given]) => ({
    from: "traccia-player",
    sco: "I1",
    title: "Parte 1",
    call,
    given,
    answer: "true",
    origin: new URL(url).origin,
  }));
  await expect.poll(() => page.evaluate(() => window.seen)).toEqual(told);
  expect(await hosting.said()).toEqual([]);
});

test("who has another attempt begins anew", async ({ page, hosting }) => {
  await hosting.import("corso", hosted("1.2"));
  for (const [attempt, entry] of [["new", "ab-initio"], ["same", "resume"], ["new", "ab-initio"]]) {
    await page.goto((await hosting.launch("corso", { actor: person("anna"), attempt })).url);
    const calls = [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.entry"], ["LMSSetValue", "cmi.core.exit", "suspend"], ["LMSFinish", ""]];
    expect(await speak(await content(page), calls)).toEqual(["true", entry, "true", "true"]);
  }
});
