// The real program on a folder and a port of its own, and pages of other origins.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test as base, expect } from "@playwright/test";

/** The program that the tests start. */
export const PROGRAM = process.env.TRACCIA ?? join(import.meta.dirname, "../../target/debug/traccia");

const KEY = "seed";
const SECRET = "seed-secret-of-the-tests";

/** `Authorization` for a key. */
export const basic = (key, secret) => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;

/** What a request of xAPI 1.0.3 with JSON says of itself. */
export const JSON_1_0_3 = {
  "Content-Type": "application/json",
  "X-Experience-API-Version": "1.0.3",
};

/** A running server; `ask` speaks to it from outside of the browser, as the administrator. */
export class Traccia {
  constructor(process, folder, port, stderr, stdout = []) {
    Object.assign(this, { process, folder, port, stderr, stdout });
    this.key = `${KEY}:${SECRET}`;
    this.authorization = basic(KEY, SECRET);
  }

  /**
   * With `flags`; on the folder `at` and the port `listen`, or on ones of its own; on a copy of the folder `of` where there
   * is one.
   */
  static async start(variables = {}, { flags = [], at, listen = 0, of } = {}) {
    const folder = at ?? (await mkdtemp(join(tmpdir(), "traccia-browser-")));
    const program = PROGRAM;
    if (of) await cp(of, folder, { recursive: true });
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TRACCIA"));
    const env = { ...Object.fromEntries(own), TRACCIA_SEED_KEY: `${KEY}:${SECRET}`, ...variables };
    const child = spawn(program, ["serve", "--data", folder, "--listen", `127.0.0.1:${listen}`, ...flags], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stderr = [];
    child.stderr.on("data", (chunk) => stderr.push(chunk));
    const stdout = [];
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise((found) => {
      lines.on("line", (line) => {
        stdout.push(line);
        const named = line.match(/http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
        if (named) found(named);
      });
      lines.on("close", () => found(undefined));
    });
    if (!port) throw new Error(`${program} does not start:\n${Buffer.concat(stderr)}`);
    return new Traccia(child, folder, Number(port), stderr, stdout);
  }

  /** The same server on the same folder and port, as after an update. */
  async restart() {
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
    const again = await Traccia.start({}, { at: this.folder, listen: this.port });
    this.process = again.process;
  }

  /** What the report `health` of a course says was refused. */
  async health() {
    const course = `id = "c"\ntitle = { it = "C" }\ntime_zone = "Europe/Rome"\n[[module]]\nid = "m"\ntitle = { it = "M" }
[[module.activity]]\nid = "https://c.example/1"\ntitle = { it = "A" }\n`;
    const headers = { "Content-Type": "application/toml" };
    await this.ask("PUT", "/api/v1/courses/c", { headers, body: course });
    const report = await (await this.ask("GET", "/api/v1/courses/c/reports/health?format=json")).json();
    return report.rows.map((row) => String(row.subject ?? ""));
  }

  /** The server under a host name: all of them lead to it. */
  at(host = "127.0.0.1") {
    return `http://${host}:${this.port}`;
  }

  async ask(method, path, { headers = {}, body } = {}) {
    const given = { Authorization: this.authorization, ...headers };
    return fetch(this.at() + path, { method, headers: given, body });
  }

  /** The names of all keys. */
  async keys() {
    return (await (await this.ask("GET", "/api/v1/keys")).json()).map((it) => it.key);
  }

  /** All statements, the newest first. */
  async statements() {
    const headers = { "X-Experience-API-Version": "1.0.3" };
    return (await (await this.ask("GET", "/xapi/statements", { headers })).json()).statements;
  }

  /** Stops it as an administrator does, and leaves its folder. */
  async end() {
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  }

  async stop() {
    this.process.kill("SIGKILL");
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await once(this.process, "exit");
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Pages that are not Traccia's: any host name, one port. */
class Elsewhere {
  static async start() {
    const elsewhere = new Elsewhere();
    elsewhere.pages = new Map();
    elsewhere.server = createServer((request, response) => {
      const page = elsewhere.pages.get(request.url);
      response.writeHead(page ? 200 : 404, { "Content-Type": "text/html; charset=utf-8" });
      response.end(page ?? "");
    });
    elsewhere.server.listen(0, "127.0.0.1");
    await once(elsewhere.server, "listening");
    return elsewhere;
  }

  /** Where a page with this body is from now on. */
  page(host, body) {
    const path = `/${this.pages.size}`;
    this.pages.set(path, `<!doctype html><title>elsewhere</title><body>${body}</body>`);
    return `http://${host}:${this.server.address().port}${path}`;
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** Playwright's `test` with a server, `traccia`, and pages of other origins, `elsewhere`. */
export const test = base.extend({
  /** Further variables of the server. */
  variables: [{}, { option: true }],
  traccia: async ({ variables }, use, info) => {
    const traccia = await Traccia.start(variables);
    await use(traccia);
    await traccia.stop();
    if (info.status !== info.expectedStatus) {
      await info.attach("stderr of traccia", { body: Buffer.concat(traccia.stderr) });
    }
  },
  elsewhere: async ({}, use) => {
    const elsewhere = await Elsewhere.start();
    await use(elsewhere);
    await elsewhere.stop();
  },
});

/** The browser shows the administrator's key once, as after a log-in, and remembers it for `host`. */
export async function logIn(page, traccia, host) {
  await page.goto(`http://${KEY}:${SECRET}@${host}:${traccia.port}/whoami`);
  const shown = await page.goto(`${traccia.at(host)}/whoami`);
  expect(shown.status(), "the browser sends by itself what it remembers").toBe(200);
}

/** `text` where HTML wants an attribute's value. */
export const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** A form that sends itself. */
export function form(action, fields, { method = "post", enctype = "" } = {}) {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${attribute(name)}" value="${attribute(value)}">`,
  );
  return `<form method="${method}" action="${attribute(action)}" enctype="${enctype}">${inputs.join("")}</form>
    <script>document.forms[0].submit()</script>`;
}

export { expect };
