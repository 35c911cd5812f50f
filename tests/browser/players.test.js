// Players on pages of other origins: what they read again is fresh, and what they send while their
// page is being left arrives.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { expect, JSON_1_0_3, test } from "./traccia.js";

const VERSION = { "X-Experience-API-Version": "1.0.3" };
const LEARNER = { mbox: "mailto:anna@example.org" };

/** A server in front of Traccia that says when documents were changed, and what was asked. */
class Front {
  static async start(traccia, change) {
    const front = new Front();
    front.seen = [];
    front.server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const options = { port: traccia.port, host: "127.0.0.1", method, path, headers };
      const onwards = ask(options, (answer) => {
        front.seen.push({ method, status: answer.statusCode, tag: headers["if-none-match"] });
        change(answer.headers);
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onwards);
    });
    front.server.listen(0, "127.0.0.1");
    await once(front.server, "listening");
    return front;
  }

  /** How the reads were answered, preflights aside, since this was last asked. */
  reads() {
    return this.seen.splice(0).filter(({ method }) => method === "GET");
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** `Last-Modified` so many seconds before `Date`. */
const aged = (seconds) => (headers) => {
  if (!headers["last-modified"]) return;
  headers["last-modified"] = new Date(Date.parse(headers.date) - seconds * 1000).toUTCString();
};

const address = (base) => {
  const parameters = {
    activityId: "https://example.org/course",
    agent: JSON.stringify(LEARNER),
    stateId: "bookmark",
  };
  return `${base}/xapi/activities/state?${new URLSearchParams(parameters)}`;
};

/** Reads the state in a page, as a player does. */
const read = (page, url, headers) =>
  page.evaluate(
    async ([url, headers]) => {
      const answer = await fetch(url, { headers });
      return [answer.status, await answer.text(), answer.headers.get("etag")];
    },
    [url, headers],
  );

const write = (page, url, headers, body) =>
  page.evaluate(
    async ([url, headers, body]) => {
      const answer = await fetch(url, { method: "PUT", headers, body });
      return [answer.status, answer.headers.get("etag")];
    },
    [url, headers, body],
  );

/** One browser reads, another one writes, the first one reads again. */
async function readsAgain({ browser, traccia, elsewhere }, change) {
  const front = await Front.start(traccia, change);
  const url = address(`http://lrs.example:${front.server.address().port}`);
  const headers = { ...JSON_1_0_3, Authorization: traccia.authorization };
  const [one, other] = [await browser.newContext(), await browser.newContext()];
  try {
    const [here, there] = [await one.newPage(), await other.newPage()];
    for (const page of [here, there]) await page.goto(elsewhere.page("course.example", "a course"));
    const [, stored] = await write(there, url, headers, '{"page":1}');
    const first = await read(here, url, headers);
    expect(first, "the tag of the first writer").toEqual([200, '{"page":1}', stored]);
    expect(await read(here, url, headers), "read again, unchanged").toEqual(first);
    const unchanged = front.reads();
    const [status] = await write(there, url, { ...headers, "If-Match": stored }, '{"page":2}');
    expect(status).toBe(204);
    const [, body] = await read(here, url, headers);
    return { body, unchanged, changed: front.reads() };
  } finally {
    await Promise.all([one.close(), other.close(), front.stop()]);
  }
}

for (const seconds of [1, 60, 200, 86_400]) {
  test(`a state of ${seconds} seconds of age is read fresh`, async ({ browser, traccia, elsewhere }) => {
    const { body, unchanged, changed } = await readsAgain({ browser, traccia, elsewhere }, aged(seconds));
    expect(body, "what the other browser wrote").toBe('{"page":2}');
    // The browser asks each time, and is not sent again what it has.
    expect(unchanged.map(({ status }) => status)).toEqual([200, 304]);
    expect(unchanged[1].tag).toBeTruthy();
    expect(changed.map(({ status }) => status)).toEqual([200]);
  });
}

test("without Cache-Control a browser does read its own stale copy", async ({ browser, traccia, elsewhere }) => {
  const change = (headers) => {
    aged(86_400)(headers);
    delete headers["cache-control"];
  };
  const { body, changed } = await readsAgain({ browser, traccia, elsewhere }, change);
  expect(body).toBe('{"page":1}');
  expect(changed).toEqual([]);
});

/** What a page runs that sends a statement by each of these ways while it is being left. */
const unloading = (base, authorization, statements) => `<script>
  const [base, authorization, sent] = ${JSON.stringify([base, authorization, statements])};
  const version = ${JSON.stringify(VERSION)};
  const json = { "Content-Type": "application/json" };
  const form = (statement) => new URLSearchParams({
    Authorization: authorization, ...version, ...json, content: JSON.stringify(statement),
  });
  const post = base + "/xapi/statements?method=POST";
  addEventListener("pagehide", () => {
    fetch(base + "/xapi/statements", {
      method: "POST", keepalive: true, body: JSON.stringify(sent.fetch),
      headers: { Authorization: authorization, ...version, ...json },
    });
    navigator.sendBeacon(post, form(sent.text).toString());
    navigator.sendBeacon(post, form(sent.form));
    fetch(post, { method: "POST", keepalive: true, body: new Blob([form(sent.untyped).toString()]) });
    fetch(post, {
      method: "POST", keepalive: true, headers: { Authorization: authorization, ...version },
      body: new URLSearchParams({ ...json, content: JSON.stringify(sent.header) }),
    });
  });
</script>`;

// Over plain HTTP a browser says less about a page than to a server on its own machine.
for (const host of ["lrs.example", "127.0.0.1"]) {
  test(`a page that is left loses no statement at ${host}`, async ({ page, traccia, elsewhere }) => {
    const ways = ["fetch", "text", "form", "untyped", "header"];
    const statement = (way) => ({
      id: randomUUID(),
      actor: LEARNER,
      verb: { id: `https://example.org/verbs/${way}` },
      object: { id: "https://example.org/course" },
    });
    const statements = Object.fromEntries(ways.map((way) => [way, statement(way)]));
    const body = unloading(traccia.at(host), traccia.authorization, statements);
    await page.goto(elsewhere.page("course.example", body));
    await page.goto(elsewhere.page("portal.example", "the next page"));
    const verbs = async () => (await traccia.statements()).map(({ verb }) => verb.id.split("/").pop());
    await expect.poll(async () => (await verbs()).sort()).toEqual([...ways].sort());
  });
}
