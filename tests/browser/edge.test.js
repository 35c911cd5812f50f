// What pages of other origins try outside of /xapi with the key that the browser remembers, and
// what Traccia's own pages may do.

import { expect, form, logIn, test } from "./traccia.js";

const COURSE = `id = "civics"
iri = "https://learn.example.org/civics"
title = { it = "Educazione civica" }
time_zone = "Europe/Rome"
hours = 1

[[module]]
id = "m1"
title = { it = "Le regole" }
hours = 1

[[module.activity]]
key = "lesson"
id = "https://learn.example.org/lesson"
title = { it = "Lezione" }
`;

// A form of this type writes name, `=` and value as they are: together they are a key to be made.
const KEY = { '{"label":"': '","scopes":["all"]}' };

async function loadCourse(traccia) {
  const headers = { "Content-Type": "application/toml" };
  const answer = await traccia.ask("PUT", "/api/v1/courses/civics", { headers, body: COURSE });
  expect(answer.status, await answer.text()).toBe(200);
}

/** Opens a page elsewhere with this body, and gives the status of what it has the browser send to `url`. */
async function sent(page, address, url) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url() === url && response.request().method() === "POST"),
    page.goto(address),
  ]);
  return answer.status();
}

// To its own machine a browser says that a page is of another site, and of the same site on another
// port; to others over plain HTTP it says nothing but the origin.
for (const [host, other] of [
  ["127.0.0.1", "localhost"],
  ["127.0.0.1", "127.0.0.1"],
  ["lrs.example", "evil.example"],
]) {
  test(`forms at ${other} make no key and check nobody in at ${host}`, async ({ page, traccia, elsewhere }) => {
    await loadCourse(traccia);
    await logIn(page, traccia, host);
    const before = await traccia.keys();
    const keys = `${traccia.at(host)}/api/v1/keys`;
    // Then the browser does not say where it comes from, but that it is from elsewhere: `null`.
    const nameless = (body) => `<meta name="referrer" content="no-referrer">${body}`;
    const making = form(keys, KEY, { enctype: "text/plain" });
    const others = [form(keys, KEY), form(keys, KEY, { enctype: "multipart/form-data" })];
    for (const body of [making, nameless(making), ...others]) {
      expect(await sent(page, elsewhere.page(other, body), keys), body).toBe(403);
    }
    expect(await traccia.keys()).toEqual(before);
    for (const path of ["/api/v1/courses/civics/rebuild", "/api/v1/courses/civics/certificates", "/check-in/civics"]) {
      const url = traccia.at(host) + path;
      expect(await sent(page, elsewhere.page(other, form(url, { code: "AAAAAAAA", learner: "u1" })), url), path).toBe(403);
    }
  });

  test(`scripts at ${other} make no key at ${host}`, async ({ page, traccia, elsewhere }) => {
    await logIn(page, traccia, host);
    const before = await traccia.keys();
    const keys = `${traccia.at(host)}/api/v1/keys`;
    await page.goto(elsewhere.page(other, ""));
    const answers = [];
    page.on("response", (response) => {
      if (response.url() === keys && response.request().method() === "POST") answers.push(response.status());
    });
    const tried = await page.evaluate(async (keys) => {
      const body = JSON.stringify({ scopes: ["all"] });
      const options = { method: "POST", credentials: "include", body };
      navigator.sendBeacon(keys, body);
      const sent = [
        fetch(keys, { ...options, mode: "no-cors" }),
        fetch(keys, options),
        fetch(keys, { ...options, headers: { "Content-Type": "application/json" } }),
      ];
      return (await Promise.allSettled(sent)).map(({ status }) => status);
    }, keys);
    expect(tried.slice(1), "answers that the page could read with credentials").toEqual(["rejected", "rejected"]);
    await expect.poll(() => answers.length).toBeGreaterThanOrEqual(2);
    expect(new Set(answers)).toEqual(new Set([403]));
    expect(await traccia.keys()).toEqual(before);
  });
}

for (const host of ["127.0.0.1", "lrs.example"]) {
  test(`the page for checking in works at ${host}`, async ({ page, traccia }) => {
    await loadCourse(traccia);
    await page.goto(`${traccia.at(host)}/check-in/civics?lang=it`);
    await page.getByLabel("Codice mostrato in aula").fill("AAAAAAAA");
    await page.getByLabel("Indirizzo e-mail o matricola").fill("u1");
    await page.getByRole("button").click();
    await expect(page.getByRole("alert")).toContainText("Nessuna sessione di oggi ha questo codice");
    await expect(page.getByLabel("Indirizzo e-mail o matricola")).toHaveValue("u1");
  });
}

test("a script of another origin reads with a key of its own", async ({ page, traccia, elsewhere }) => {
  await page.goto(elsewhere.page("dashboard.example", ""));
  const read = await page.evaluate(
    async ([url, authorization]) => {
      const answer = await fetch(url, { headers: { Authorization: authorization } });
      return [answer.status, (await answer.json()).scopes];
    },
    [`${traccia.at("lrs.example")}/whoami`, traccia.authorization],
  );
  expect(read).toEqual([200, ["all"]]);
});

test("pages are laid out under the policy that forbids them all else", async ({ page, traccia, elsewhere }) => {
  await loadCourse(traccia);
  await logIn(page, traccia, "127.0.0.1");
  const refused = [];
  // A browser asks for an icon by itself, and says at which address there was none, not in which words.
  page.on("console", (message) => refused.push(`${message.location().url} ${message.text()}`));
  for (const [path, element, property, wanted] of [
    ["/server", "h1", "margin-bottom", "0px"],
    ["/check-in/civics", "main", "background-color", "rgb(255, 255, 255)"],
    ["/api/v1/courses/civics/reports/progress?format=html", "table", "border-collapse", "collapse"],
  ]) {
    await page.goto(traccia.at() + path);
    await expect(page.locator(element).first(), path).toHaveCSS(property, wanted);
  }
  expect(refused.filter((text) => !text.includes("/favicon.ico "))).toEqual([]);
  // What somebody brings into a page runs nothing, and no page stands in another one.
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  expect(ran).toBe(false);
  await page.goto(elsewhere.page("127.0.0.1", `<iframe src="${traccia.at()}/check-in/civics"></iframe>`));
  await expect(page.frameLocator("iframe").getByRole("button")).toHaveCount(0);
});

test("a report is dark on a screen where the system is, and white on paper", async ({ page, traccia }) => {
  await loadCourse(traccia);
  await logIn(page, traccia, "127.0.0.1");
  await page.goto(`${traccia.at()}/api/v1/courses/civics/reports/progress?format=html`);
  for (const [colorScheme, media, ground, ink] of [
    ["light", "screen", "rgb(255, 255, 255)", "rgb(23, 50, 77)"],
    ["dark", "screen", "rgb(22, 35, 47)", "rgb(232, 237, 242)"],
    ["dark", "print", "rgb(255, 255, 255)", "rgb(0, 0, 0)"],
  ]) {
    await page.emulateMedia({ colorScheme, media });
    await expect(page.locator("body")).toHaveCSS("background-color", ground);
    await expect(page.locator("body")).toHaveCSS("color", ink);
  }
});
