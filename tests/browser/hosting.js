// Packages that Traccia plays: how tests import, launch and speak for them.

import { readFile, mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import scopackager from "simple-scorm-packager";
import { expect, test as base } from "./traccia.js";
import { zipped } from "./zip.js";

/** A learner as an Agent. */
export const person = (name) => ({ account: { homePage: "https://learn.example.org", name }, name: `Rossi, ${name}` });

/** Finds the API as content does, and says what the test asks for; on the way out as well. */
export const PAGE = `<!doctype html><html lang="it"><title>SCO</title><body><h1>SCO</h1><script>
  const find = (name) => {
    let from = window;
    while (!from[name] && from.parent && from.parent !== from) from = from.parent;
    return from[name];
  };
  window.api = find("API") ?? find("API_1484_11");
  window.say = (name, ...values) => api[name](...values);
  addEventListener("unload", () => JSON.parse(window.leaving ?? "[]").forEach((call) => say(...call)));
</script></body></html>`;

/** A package of SCOs `I1`, `I2` … of which each may have further `item` and `page` text; `changed` gives another manifest,
 * and `files` are further files by their paths. */
export function hosted(version, scos = [{}], organization = "", changed = (manifest) => manifest, files = {}) {
  const is12 = version === "1.2";
  const [base, adl, type] = is12
    ? ["http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype"]
    : ["http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.adlnet.org/xsd/adlcp_v1p3", "scormType"];
  const items = scos.map(({ item = "" }, n) => `<item identifier="I${n + 1}" identifierref="R${n + 1}">
    <title>Parte ${n + 1}</title>${item}</item>`);
  const resources = scos.map((_, n) => `<resource identifier="R${n + 1}" type="webcontent" adlcp:${type}="sco"
    href="${n + 1}/index.html"><file href="${n + 1}/index.html"/></resource>`);
  const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" xmlns="${base}" xmlns:adlcp="${adl}" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>${is12 ? "1.2" : version}</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso di prova</title>${items.join("")}${organization}
  </organization></organizations>
  <resources>${resources.join("")}</resources></manifest>`;
  const pages = scos.map(({ page = PAGE }, n) => [`${n + 1}/index.html`, page]);
  return zipped({ "imsmanifest.xml": changed(manifest), ...Object.fromEntries(pages), ...files });
}

/** What npm's simple-scorm-packager makes of a page. */
export async function packaged(version) {
  const folder = await mkdtemp(join(tmpdir(), "traccia-packaged-"));
  try {
    const [source, outputFolder] = [join(folder, "in"), join(folder, "out")];
    await mkdir(source);
    await writeFile(join(source, "index.html"), PAGE);
    const made = { version: "1.0.0", zip: true, outputFolder };
    const given = { version, organization: "Prova", title: "Corso", language: "it", identifier: "00", source, package: made };
    await new Promise((done) => scopackager(given, done));
    const [zip] = (await readdir(outputFolder)).filter((name) => name.endsWith(".zip"));
    return await readFile(join(outputFolder, zip));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a test does with packages on a server. */
export class Hosting {
  constructor(traccia) {
    this.traccia = traccia;
  }

  async import(name, bytes) {
    const headers = { "Content-Type": "application/zip" };
    const answer = await this.traccia.ask("POST", `/api/v1/packages?name=${name}`, { headers, body: bytes });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return answer.json();
  }

  /** An address at which a learner plays a package. */
  async launch(name, wanted = { actor: person("anna") }) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(wanted);
    const answer = await this.traccia.ask("POST", `/api/v1/packages/${name}/launches`, { headers, body });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return answer.json();
  }

  /** Statements on a package and its parts, the oldest first. */
  async statements() {
    const all = await this.traccia.statements();
    return all.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
  }

  /** What was done with what, `resumed I1` … */
  async said() {
    const statements = await this.statements();
    return statements.map(({ verb, object }) => `${verb.id.split("/").pop()} ${object.id.split(/[:/]/).pop()}`);
  }

  /** Waits until a statement of this verb came, and gives the last one. */
  async heard(verb, count = 1) {
    const of = async () => (await this.statements()).filter((it) => it.verb.id.endsWith(`/${verb}`));
    await expect.poll(async () => (await of()).length, { timeout: 20_000 }).toBe(count);
    return (await of()).at(-1);
  }
}

/** The frame of the content that is shown, as soon as its page is there. */
export async function content(page, part = 1) {
  const is = (frame) => new RegExp(`/p/[^/]+/(${part}/)?index.html`).test(frame.url());
  await expect.poll(() => page.frames().some(is)).toBe(true);
  const frame = page.frames().find(is);
  await frame.waitForFunction(() => window.say && document.readyState === "complete");
  return frame;
}

/** Makes calls as the content, and gives their answers. */
export const speak = (frame, calls) => frame.evaluate((calls) => calls.map((call) => window.say(...call)), calls);

/** What the content does while it is being left. */
export const leaving = (frame, calls) => frame.evaluate((calls) => void (window.leaving = JSON.stringify(calls)), calls);

/** Playwright's `test` with `hosting`; a page that reports an error fails the test. */
export const test = base.extend({
  hosting: async ({ traccia }, use) => use(new Hosting(traccia)),
  // It ends before the server does.
  context: async ({ context, traccia }, use) => {
    const errors = [];
    context.on("weberror", (error) => errors.push(String(error.error())));
    // Chromium asks each host for an icon by itself; its words for the missing one do not name it.
    const isIcon = (line) => line.location().url.endsWith("/favicon.ico");
    context.on("console", (line) => line.type() === "error" && !isIcon(line) && errors.push(line.text()));
    context.expected = (pattern) => errors.splice(0).forEach((it) => expect(it).toMatch(pattern));
    await use(context);
    expect(traccia.process.exitCode).toBe(null);
    expect(errors).toEqual([]);
  },
});

export { expect };
