// The browser UI on the real program: one server with the demo programme for all tests of a worker,
// and a page that fails its test where anything stands in the console, throws, or breaks the policy.

import { existsSync } from "node:fs";
import { cp, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { basic, expect, PROGRAM, test as base, Traccia } from "../traccia.js";

export const COURSE = "prog-2796";

/** A folder with the demo programme that all of it was followed of: made once for a program. */
export async function demoFolder() {
  const { mtimeMs, size } = await stat(PROGRAM);
  const folder = join(import.meta.dirname, `../../../target/browser-demo/${Math.floor(mtimeMs)}-${size}`);
  if (!existsSync(join(folder, "ready"))) {
    await rm(join(folder, ".."), { recursive: true, force: true });
    const traccia = await Traccia.start({}, { flags: ["--demo"] });
    const started = async () => {
      const answer = await traccia.ask("GET", `/api/v1/courses/${COURSE}/reports/glance`);
      return answer.status === 200 ? (await answer.json()).rows[0].started : 0;
    };
    await expect.poll(started, { timeout: 240_000, intervals: [2000] }).toBe(440);
    await traccia.end();
    await cp(traccia.folder, folder, { recursive: true });
    await rm(traccia.folder, { recursive: true, force: true });
    await writeFile(join(folder, "ready"), "");
  }
  return folder;
}

/** Faults that a page told of. */
function watch(page, faults) {
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
}

export const test = base.extend({
  demo: [
    async ({}, use) => {
      const traccia = await Traccia.start({}, { of: await demoFolder() });
      await use(traccia);
      await traccia.stop();
    },
    { scope: "worker", timeout: 300_000 },
  ],
  locale: "it-IT",
  timezoneId: "Europe/Rome",
  /** What of the console is expected: a refused request is told there by the browser itself. */
  expected: [[], { option: true }],
  ui: async ({ page, demo, expected }, use) => {
    const faults = [];
    await watch(page, faults);
    await use(new Ui(page, demo));
    expect(faults.filter((fault) => !expected.some((text) => fault.includes(text)))).toEqual([]);
  },
});

/** The UI as somebody at a browser uses it. */
export class Ui {
  constructor(page, traccia) {
    Object.assign(this, { page, traccia });
  }

  /** Opens an address and signs in there with a key. */
  async signIn(path, key = this.traccia.key) {
    const at = key.indexOf(":");
    await this.page.goto(this.traccia.at() + path);
    await this.page.getByText(/^(Entra con una chiave|Sign in with a key)$/).click();
    await this.page.getByLabel(/^(Nome della chiave|Name of the key)$/).fill(key.slice(0, at));
    await this.page.getByLabel(/^(Segreto|Secret)$/).fill(key.slice(at + 1));
    await this.page.getByRole("button", { name: /^(Entra con la chiave|Sign in with the key)$/ }).click();
    await expect(this.page.getByRole("button", { name: /^(Esci|Sign out)$/ })).toBeVisible();
    await this.loaded();
  }

  /** Somebody who may sign in, and has taken the invitation. */
  async person(name, role, more = {}) {
    const password = "quattro parole senza senso";
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ name, label: `${name} di prova`, role, ...more });
    const invited = await this.traccia.ask("POST", "/api/v1/people", { headers, body });
    expect(invited.status, await invited.clone().text()).toBe(201);
    const token = (await invited.json()).invitation.url.split("#token=")[1];
    const taken = await fetch(`${this.traccia.at()}/api/v1/invitations`, {
      method: "POST",
      headers,
      body: JSON.stringify({ token, password }),
    });
    expect(taken.status, await taken.clone().text()).toBe(201);
    return { name, password };
  }

  /** Opens an address and signs in there as somebody, where nobody is signed in. */
  async signInAs(path, { name, password }) {
    await this.page.goto(this.traccia.at() + path);
    await this.page.getByLabel(/^(Nome utente|User name)$/).fill(name);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: /^(Entra|Sign in)$/ }).click();
    await expect(this.page.getByRole("button", { name: /^(Esci|Sign out)$/ })).toBeVisible();
    await this.loaded();
  }

  /** Goes to an address of the UI without leaving the page, so that the session stays. */
  async go(path) {
    await this.page.evaluate((path) => {
      const link = document.createElement("a");
      link.href = path;
      document.body.append(link);
      link.click();
      link.remove();
    }, path);
    await expect.poll(() => new URL(this.page.url()).pathname).toBe(path.split("?")[0]);
    await this.loaded();
  }

  /** Everything that the page asked for came, charts too. */
  async loaded() {
    await expect(this.page.locator("h1")).toBeVisible();
    // A debug build on a busy machine takes seconds for what takes none otherwise.
    const patient = { timeout: 20_000 };
    await expect(this.page.getByText(/^(Caricamento|Loading)…$/)).toHaveCount(0, patient);
    await expect(this.page.locator("[aria-busy=true]")).toHaveCount(0, patient);
    for (const chart of await this.page.locator(".chart [role=img]").all()) {
      await expect(chart.locator("svg")).toBeVisible();
    }
  }

  /** The figures of a row of a table, by the start of its text. */
  async row(name) {
    const cells = this.page.getByRole("row").filter({ hasText: name }).first().getByRole("cell");
    return (await cells.allInnerTexts()).map((text) => text.trim());
  }

  /** A key for somebody, as `name:secret`. */
  async key(scopes, bounds) {
    const answer = await this.traccia.ask("POST", "/api/v1/keys", {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ scopes, ...(bounds ? { bounds } : {}) }),
    });
    expect(answer.status).toBe(201);
    const { key, secret } = await answer.json();
    return `${key}:${secret}`;
  }

  /** What axe finds, and what it leaves to people but in charts and tables that scroll. */
  async axe() {
    // The player in a frame is a page of its own, of another host.
    const found = await new AxeBuilder({ page: this.page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"])
      .exclude("iframe")
      .analyze();
    const told = (rule, nodes = rule.nodes) => nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`);
    // The colours of a chart's labels are held by a unit test of the UI; rows that are cut off by the
    // edge of what scrolls have the colours of those that are not.
    const isCut = (target) =>
      this.page.evaluate((target) => !!document.querySelector(target)?.closest(".scroll, .matrix, table"), target);
    const open = [];
    for (const rule of found.incomplete) {
      for (const node of rule.nodes) {
        if (!node.html.startsWith("<text") && !(await isCut(node.target[0]))) open.push(...told(rule, [node]));
      }
    }
    return { violations: found.violations.flatMap((rule) => told(rule)), open };
  }
}

/** A whole text of the catalogue: around its values stand marks that keep their direction apart. */
export function said(text) {
  const words = text.split(" ").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const marks = "[\u2068\u2069]*";
  // A full stop may follow a value without a space, and quotes stand around one.
  const around = (word) => word.replace(/(\\\.)$/, `${marks}$1`).replace(/[“«]/, `$&${marks}`).replace(/[”»]/, `${marks}$&`);
  const all = words.map(around).join(`${marks} ${marks}`);
  return new RegExp(`^\\s*${marks}${all}${marks}\\s*$`);
}

export { basic, expect, Traccia };
