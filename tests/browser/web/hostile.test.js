// Names, titles and statements that try to be something else than text.

import { JSON_1_0_3 } from "../traccia.js";
import { expect, said, test } from "./ui.js";

const HOSTILE = {
  markup: `<img src=x onerror="window.ran=1">`,
  script: `"><script>window.ran=1</script>`,
  backwards: "\u202egnirts\u202c مرحبا",
  emoji: "👩‍🏫🇮🇹 Müller",
  braces: "{@html window.ran=1} ${ran}",
};

const COURSE = `id = "hostile"
iri = "https://learn.example.org/hostile"
title = { it = ${JSON.stringify(HOSTILE.markup)}, en = ${JSON.stringify(HOSTILE.markup)} }
time_zone = "Europe/Rome"
hours = 1

[[module]]
id = "m1"
title = { it = ${JSON.stringify(HOSTILE.script)} }
hours = 1

[[module.activity]]
key = "lesson"
id = "https://learn.example.org/hostile/lesson"
title = { it = ${JSON.stringify(HOSTILE.braces)} }

[[module.event]]
key = "event"
title = { it = ${JSON.stringify(HOSTILE.markup)} }
kind = "seminar"
hours = 1

[[module.event.session]]
id = "one"
date = 2026-03-10
place = ${JSON.stringify(HOSTILE.script)}
`;

async function fill(traccia) {
  const put = async (path, type, body) => {
    const answer = await traccia.ask("PUT", path, { headers: { "Content-Type": type }, body });
    expect(answer.status, await answer.text()).toBe(200);
  };
  await put("/api/v1/courses/hostile", "application/toml", COURSE);
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = Object.values(HOSTILE).map((name, place) =>
    [`u${place}`, quoted(name), `mailto:u${place}@example.it`, "Umbria", "Perugia", quoted(name), "official"].join(","),
  );
  const head = "learner,name,identifiers,region,province,body,role";
  await put("/api/v1/courses/hostile/learners", "text/csv", [head, ...rows].join("\n"));
  const statements = Object.values(HOSTILE).map((name, place) => ({
    actor: { mbox: `mailto:u${place}@example.it`, name },
    verb: { id: "https://verbs.example.org/unheard-of", display: { it: name } },
    object: { id: "https://learn.example.org/hostile/lesson", definition: { name: { it: name } } },
  }));
  const answer = await traccia.ask("POST", "/xapi/statements", {
    headers: JSON_1_0_3,
    body: JSON.stringify(statements),
  });
  expect(answer.status, await answer.text()).toBe(200);
  const report = async () => (await traccia.ask("GET", "/api/v1/courses/hostile/reports/glance")).status;
  await expect.poll(report, { message: "a new course is read from the log first", timeout: 100_000 }).toBe(200);
}

test("what tries to be more is shown as text everywhere", async ({ ui, page, demo }) => {
  // Beside other work a course waits for its turn to be read.
  test.slow();
  await fill(demo);
  await ui.signIn("/courses");
  await expect(page.getByRole("heading", { name: HOSTILE.markup })).toBeVisible();
  for (const path of ["", "/funnel", "/curve", "/hours?by=body", "/comparison?by=body", "/at-risk", "/matrix"]) {
    await ui.go(`/courses/hostile${path}`);
    await expect(page.locator("main"), path).toContainText(HOSTILE.markup);
  }
  for (const name of Object.values(HOSTILE)) {
    const people = page.getByRole("region", { name: "Persone per modulo" });
    await expect(people.getByRole("link", { name, exact: true })).toBeVisible();
  }
  // Where something is done: of the import the file's name is shown.
  for (const path of ["/registers", "/registers/event/one", "/registers/event/one/sheet", "/learners", "/edit", "/report"]) {
    await ui.go(`/courses/hostile${path}`);
    await expect(page.locator("main"), path).toContainText(HOSTILE.markup);
  }
  await ui.go("/courses/hostile/import");
  const list = { name: `${HOSTILE.markup}.csv`, mimeType: "text/csv" };
  const row = `learner,name,identifiers\nu9,"${HOSTILE.markup.replaceAll('"', '""')}",mailto:u9@example.it`;
  await page.locator("#list").setInputFiles({ ...list, buffer: Buffer.from(row) });
  await expect(page.locator("main")).toContainText(HOSTILE.markup);
  for (const place of Object.keys(Object.values(HOSTILE))) {
    await ui.go(`/courses/hostile/learners/u${place}`);
    await expect(page.locator("h1")).toHaveText(Object.values(HOSTILE)[place]);
    await expect(page.getByRole("article")).toContainText(Object.values(HOSTILE)[place]);
  }
  await ui.go("/statements?verb=https%3A%2F%2Fverbs.example.org%2Funheard-of");
  for (const name of Object.values(HOSTILE)) {
    await expect(page.getByRole("article").filter({ hasText: name })).toHaveCount(1);
  }
  for (const more of await page.getByText("Dettagli").all()) await more.click();
  await expect(page.locator("pre").filter({ hasText: "window.ran=1" }).first()).toBeVisible();
  // In the address, too.
  await ui.go(`/courses/hostile/matrix?search=${encodeURIComponent(HOSTILE.markup)}&region=Umbria`);
  await expect(page.getByText(said("1 persona"))).toBeVisible();
  expect(await page.evaluate(() => window.ran)).toBeUndefined();
  expect(await page.locator("main img, main script").count()).toBe(0);
});
