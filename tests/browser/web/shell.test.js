// What stands around the pages: signing in, languages, colours, what is not there.

import { COURSE, expect, test } from "./ui.js";

const OF_A_WRONG_KEY = "status of 401";

test.describe("with a wrong secret", () => {
  test.use({ expected: [OF_A_WRONG_KEY] });

  test("nobody signs in, and that is said", async ({ ui, page, demo }) => {
    await page.goto(demo.at("127.0.0.1") + `/courses/${COURSE}/funnel`);
    await page.getByText("Entra con una chiave").click();
    await page.getByLabel("Nome della chiave").fill("seed");
    await page.getByLabel("Segreto").fill("wrong");
    await page.getByRole("button", { name: "Entra con la chiave" }).click();
    await expect(page.getByRole("alert")).toHaveText(/Non corretto/);
    await expect(page.getByRole("alert")).toBeFocused();
    await ui.signIn(`/courses/${COURSE}/funnel`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moduli");
  });
});

test("a key is kept in the page alone", async ({ ui, page }) => {
  await ui.signIn("/courses");
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept).not.toMatch(/seed|secret/i);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Entra in Traccia");
});

test("language and colours change at once and hold at the next visit", async ({ ui, page }) => {
  await ui.signIn(`/courses/${COURSE}`);
  await page.getByLabel("Lingua").selectOption("en");
  await ui.loaded();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("At a glance");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  // What the server says is in the language too.
  await expect(page.getByText(/has started, has not completed the course/).first()).toBeVisible();
  await page.getByLabel("Colours").selectOption("dark");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe("rgb(15, 26, 38)");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in to Traccia");
  expect(await ground()).toBe("rgb(15, 26, 38)");
});

test("an address without a page says so", async ({ ui, page }) => {
  await ui.signIn("/nowhere");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Pagina non trovata");
  await page.getByRole("link", { name: "Vai ai corsi" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Corsi");
});

test.describe("a course that is not there", () => {
  test.use({ expected: ["status of 404"] });

  test("is said not to be there", async ({ ui, page }) => {
    await ui.signIn("/courses/none-of-this-name");
    await expect(page.getByRole("alert").first()).toContainText("Non c’è nulla a questo indirizzo.");
  });
});

test("files of the UI come compressed, once, and programs get their problem documents", async ({ demo }) => {
  const page = await fetch(demo.at() + "/courses", { headers: { Accept: "text/html" } });
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
  const script = (await page.text()).match(/src="(\/assets\/[^"]+\.js)"/)[1];
  const file = await fetch(demo.at() + script, { headers: { "Accept-Encoding": "br" } });
  expect(file.headers.get("content-encoding")).toBe("br");
  expect(file.headers.get("cache-control")).toContain("immutable");
  const again = await fetch(demo.at() + script, {
    headers: { "Accept-Encoding": "br", "If-None-Match": file.headers.get("etag") },
  });
  expect(again.status).toBe(304);
  for (const path of ["/assets/gone.js", "/api/v1/none", "/nowhere"]) {
    const none = await fetch(demo.at() + path, { headers: { Accept: "application/json" } });
    expect(none.status, path).toBe(404);
    expect(none.headers.get("content-type"), path).toContain("application/problem+json");
  }
});
