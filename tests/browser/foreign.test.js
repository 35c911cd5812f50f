// What pages of other origins try with the key that the browser remembers for Traccia.

import { expect, form, JSON_1_0_3, logIn, test } from "./traccia.js";

const STATEMENT = JSON.stringify({
  actor: { mbox: "mailto:anna@example.org" },
  verb: { id: "https://example.org/verbs/was-made-up" },
  object: { id: "https://example.org/course" },
});
const FIELDS = {
  "X-Experience-API-Version": "1.0.3",
  "Content-Type": "application/json",
  content: STATEMENT,
};

// Over plain HTTP a browser says less about a page than to a server on its own machine.
for (const host of ["lrs.example", "127.0.0.1"]) {
  test(`forms of another site store nothing with the browser's key at ${host}`, async ({ page, traccia, elsewhere }) => {
    await logIn(page, traccia, host);
    const post = `${traccia.at(host)}/xapi/statements?method=POST`;
    const text = new URLSearchParams(FIELDS).toString();
    const [name, ...rest] = text.split("=");
    const pages = [
      form(post, FIELDS),
      // The body is the text itself, as a form of this type writes it.
      form(post, { [name]: rest.join("=") + "&x=" }, { enctype: "text/plain" }),
    ];
    for (const body of pages) {
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url() === post),
        page.goto(elsewhere.page("evil.example", body)),
      ]);
      expect(answer.status(), "the form was sent, and refused").toBe(401);
    }
    expect(await traccia.statements()).toEqual([]);
  });

  test(`scripts of another site store nothing with the browser's key at ${host}`, async ({ page, traccia, elsewhere }) => {
    await logIn(page, traccia, host);
    const post = `${traccia.at(host)}/xapi/statements?method=POST`;
    await page.goto(elsewhere.page("evil.example", ""));
    const refused = [];
    page.on("response", (response) => {
      if (response.url() === post && response.request().method() === "POST") refused.push(response.status());
    });
    const tried = await page.evaluate(
      async ([post, fields]) => {
        const form = () => new URLSearchParams(fields);
        const options = { method: "POST", credentials: "include" };
        navigator.sendBeacon(post, form());
        navigator.sendBeacon(post, form().toString());
        const sent = [
          fetch(post, { ...options, mode: "no-cors", body: form() }),
          fetch(post, { ...options, mode: "no-cors", body: new Blob([form().toString()]) }),
          fetch(post, { ...options, body: form() }),
          // What needs a preflight goes nowhere with credentials.
          fetch(post, { ...options, body: form(), headers: { "X-Experience-API-Version": "1.0.3" } }),
        ];
        return (await Promise.allSettled(sent)).map(({ status }) => status);
      },
      [post, FIELDS],
    );
    expect(tried.slice(2), "answers that a page could read with credentials").toEqual(["rejected", "rejected"]);
    await expect.poll(() => refused.length).toBeGreaterThanOrEqual(3);
    expect(new Set(refused)).toEqual(new Set([401]));
    expect(await traccia.statements()).toEqual([]);
  });
}

test("a document that is HTML is no page of Traccia's", async ({ page, traccia, elsewhere }) => {
  const host = "127.0.0.1";
  const parameters = {
    activityId: "https://example.org/course",
    agent: JSON.stringify({ mbox: "mailto:anna@example.org" }),
    stateId: "page",
  };
  const script = `<script>document.title = "it ran"; fetch("/api/v1/keys")</script><h1>hello</h1>`;
  for (const type of ["text/html", "image/svg+xml", "text/xml"]) {
    const headers = { ...JSON_1_0_3, "Content-Type": type };
    const path = `/xapi/activities/state?${new URLSearchParams(parameters)}`;
    expect((await traccia.ask("PUT", path, { headers, body: script })).status).toBe(204);
    await logIn(page, traccia, host);
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    // Whoever has a key of their own can have a browser led to what they stored.
    const fields = { ...parameters, "X-Experience-API-Version": "1.0.3", Authorization: traccia.authorization };
    const target = `${traccia.at(host)}/xapi/activities/state?method=GET`;
    const download = page.waitForEvent("download");
    await page.goto(elsewhere.page("evil.example", form(target, fields)), { waitUntil: "commit" });
    await (await download).cancel();
    expect(await page.title()).toBe("elsewhere");
    expect(asked).not.toContain("/api/v1/keys");
  }
});
