// A package is foreign JavaScript. What it tries on the app, on other packages and on other learners gets nothing.

import { content, expect, hosted, PAGE, person, speak, test } from "./hosting.js";
import { logIn } from "./traccia.js";

/** The hostile content of a package that a learner plays in a tab of its own, and another learner's token. */
async function played(page, hosting) {
  await hosting.import("ostile", hosted("1.2"));
  await hosting.import("altro", hosted("1.2", [{ page: `${PAGE}<!-- secret of the other package -->` }]));
  const other = await hosting.launch("altro", { actor: person("bruno") });
  const { url } = await hosting.launch("ostile");
  await page.goto(url);
  return { frame: await content(page), url, other: other.url };
}

/** What a request of the content comes to: its text, or that there was no answer. */
const asked = (frame, url, options = {}) =>
  frame.evaluate(
    async ([url, options]) => {
      try {
        const answer = await fetch(url, options);
        return { status: answer.status, text: await answer.text() };
      } catch (error) {
        return { refused: error.name };
      }
    },
    [url, options],
  );

// Browsers say in the console what they refuse.
test.afterEach(({ context }) => context.expected(/./));

test("hostile content does not read the app's API with what the browser remembers", async ({ page, traccia, hosting }) => {
  await logIn(page, traccia, "127.0.0.1");
  const { frame } = await played(page, hosting);
  for (const path of ["/api/v1/keys", "/whoami", "/xapi/statements"]) {
    expect(await asked(frame, traccia.at() + path, { credentials: "include" })).toEqual({ refused: "TypeError" });
  }
});

test("hostile content does not write to the app", async ({ page, traccia, hosting }) => {
  await logIn(page, traccia, "127.0.0.1");
  const { frame } = await played(page, hosting);
  const before = await traccia.keys();
  const body = JSON.stringify({ key: "mine", scopes: ["all"] });
  await asked(frame, `${traccia.at()}/api/v1/keys`, { method: "POST", credentials: "include", mode: "no-cors", body });
  await frame.evaluate((url) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: url, enctype: "text/plain", target: "_self" });
    document.body.append(form);
    form.submit();
  }, `${traccia.at()}/api/v1/keys`);
  await expect.poll(async () => (await traccia.ask("GET", "/healthz")).status).toBe(200);
  expect(await traccia.keys()).toEqual(before);
});

test("hostile content finds nothing of the app on its own host", async ({ page, hosting }) => {
  const { frame, url } = await played(page, hosting);
  for (const path of ["/api/v1/keys", "/xapi/statements", "/whoami", "/", "/server"]) {
    const { status, text } = await asked(frame, new URL(path, url).href);
    expect(status, path).toBe(404);
    expect(text, path).not.toContain("seed");
  }
});

test("hostile content does not read the app's cookies and storage", async ({ page, context, traccia, hosting }) => {
  const app = await context.newPage();
  await app.goto(`${traccia.at()}/healthz`);
  await app.evaluate(() => {
    document.cookie = "session=secret; SameSite=Strict";
    localStorage.secret = "secret";
  });
  const { frame } = await played(page, hosting);
  const found = await frame.evaluate(() => [document.cookie, JSON.stringify({ ...localStorage })].join());
  expect(found).not.toContain("secret");
  const inside = await frame.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    const loaded = new Promise((done) => frame.addEventListener("load", done));
    frame.src = url;
    document.body.append(frame);
    await loaded;
    try {
      return frame.contentWindow.document.cookie + frame.contentWindow.localStorage.secret;
    } catch (error) {
      return error.name;
    }
  }, `${traccia.at()}/healthz`);
  expect(inside).toMatch(/SecurityError|TypeError/);
});

test("hostile content does not plant cookies in the app", async ({ page, context, traccia, hosting }) => {
  const { frame } = await played(page, hosting);
  await frame.evaluate(() => {
    for (const domain of ["", "; domain=localhost", "; domain=127.0.0.1", "; domain=content.localhost"]) {
      document.cookie = `planted=1${domain}; path=/`;
    }
  });
  expect(await context.cookies(traccia.at())).toEqual([]);
  const app = await context.newPage();
  await app.goto(`${traccia.at()}/healthz`);
  expect(await app.evaluate(() => document.cookie)).toBe("");
});

test("hostile content does not read another package", async ({ page, hosting }) => {
  const { frame } = await played(page, hosting);
  const own = new URL(frame.url()).pathname.split("/")[2];
  // The last character of a key is one of A, Q, g and w: one that the own key does not have.
  const near = own.slice(0, -1) + (own.endsWith("A") ? "Q" : "A");
  const guesses = ["/p/", "/p/altro/1/index.html", `/p/${own}/../altro/1/index.html`, `/p/${near}/1/index.html`];
  for (const path of guesses) {
    const { status, text } = await asked(frame, path);
    expect(status, path).toBe(404);
    expect(text, path).not.toContain("secret");
  }
});

test("hostile content does not write another learner's attempt", async ({ page, context, hosting }) => {
  const { frame, url, other } = await played(page, hosting);
  const token = new URL(url).pathname.split("/")[2];
  const commit = { session: "6e2a4f0c-6d1c-4f5e-9d44-1f8f0a3b2c1d", sequence: 0, sco: "I1", at: new Date().toISOString(), begin: true };
  const body = JSON.stringify(commit);
  for (const guess of [`${token.slice(0, -1)}_`, "altro", "..%2F..", ""]) {
    const { status } = await asked(frame, `/launch/${guess}/commit`, { method: "POST", body });
    expect(status, guess).toBe(404);
  }
  // Its own token is worth its own learner, whatever the message says of others.
  const own = { ...commit, actor: person("bruno"), learner: { id: "bruno" } };
  await asked(frame, `/launch/${token}/commit`, { method: "POST", body: JSON.stringify(own) });
  await asked(frame, `/launch/${token}/commit`, { method: "POST", body: JSON.stringify({ ...own, begin: false, sequence: 1 }) });
  const { actor } = await hosting.heard("initialized");
  expect(actor.account.name).toBe("anna");
  // The attempt of the other learner is still to begin.
  const his = await context.newPage();
  await his.goto(other);
  const untouched = await content(his);
  const calls = [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.entry"], ["LMSGetValue", "cmi.core.lesson_status"]];
  expect(await speak(untouched, calls)).toEqual(["true", "ab-initio", "not attempted"]);
});

// Packages share a host, and with it what browsers keep for a host: docs/hosting.md says so to who imports them.
test("what a package keeps in the browser is seen by the other packages of the server", async ({ page, context, hosting }) => {
  const { frame, other } = await played(page, hosting);
  await frame.evaluate(() => void (localStorage.kept = "by the hostile package"));
  const his = await context.newPage();
  await his.goto(other);
  expect(await (await content(his)).evaluate(() => localStorage.kept)).toBe("by the hostile package");
});

test("hostile content does not register a service worker", async ({ page, hosting }) => {
  const worker = { "1/worker.js": "addEventListener('fetch', () => {});" };
  await hosting.import("ostile", hosted("1.2", [{}], "", undefined, worker));
  await page.goto((await hosting.launch("ostile")).url);
  const frame = await content(page);
  // Of another type than a script's it would be refused in any case.
  const { status, type } = await frame.evaluate(async () => {
    const answer = await fetch("worker.js");
    return { status: answer.status, type: answer.headers.get("Content-Type") };
  });
  expect([status, type]).toEqual([200, expect.stringContaining("javascript")]);
  const found = await frame.evaluate(async () => {
    if (!navigator.serviceWorker) return "none";
    try {
      await navigator.serviceWorker.register("worker.js");
      return "registered";
    } catch (error) {
      return error.name;
    }
  });
  expect(found).toMatch(/none|SecurityError|TypeError/);
});

test("hostile content does not move the app's tab", async ({ page, traccia, hosting }) => {
  await hosting.import("ostile", hosted("1.2"));
  const { url } = await hosting.launch("ostile", { preview: true });
  await page.goto(`${traccia.at()}/healthz`);
  await page.setContent(`<iframe src="${url}" width="600" height="400"
    sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"></iframe>`);
  const frame = await content(page);
  const found = await frame.evaluate(() => {
    const tried = [];
    for (const move of [() => (window.top.location = "/p/"), () => window.top.document, () => window.open("/p/", "_top")]) {
      try {
        tried.push(String(move()));
      } catch (error) {
        tried.push(error.name);
      }
    }
    return tried;
  });
  expect(found[1]).toBe("SecurityError");
  expect(new URL(page.url()).origin).toBe(traccia.at());
  expect(await speak(frame, [["LMSInitialize", ""]]), "and is played all the same").toEqual(["true"]);
});

test("hostile content reaches no other host", async ({ page, elsewhere, hosting }) => {
  const { frame } = await played(page, hosting);
  const address = elsewhere.page("foreign.example", "x");
  expect(await asked(frame, address, { mode: "no-cors" })).toEqual({ refused: "TypeError" });
});

test("the token of a launch leaves the page in no address of another page", async ({ page, elsewhere, hosting }) => {
  const { frame, url } = await played(page, hosting);
  const token = new URL(url).pathname.split("/")[2];
  const seen = [];
  elsewhere.server.on("request", (request) => seen.push(request.headers.referer ?? ""));
  const opening = page.waitForEvent("popup");
  await frame.evaluate((address) => void window.open(address), elsewhere.page("foreign.example", "x"));
  await (await opening).waitForLoadState();
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.join()).not.toContain(token);
});
