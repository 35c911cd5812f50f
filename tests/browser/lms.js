// A platform that plays packages: it answers their calls, keeps what they set, and records every call.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { unzipped, zipped } from "./zip.js";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/** The platform's page: its API, then the SCO in a frame. Calls are recorded where they outlive the page. */
const PLAYER = `<!doctype html><title>LMS</title><body><script>
  const is12 = new URLSearchParams(location.search).get("version") === "1.2";
  const NAMES = is12
    ? { begin: "LMSInitialize", end: "LMSFinish", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit",
        error: "LMSGetLastError", text: "LMSGetErrorString", more: "LMSGetDiagnostic",
        learner: "cmi.core.student_id", person: "cmi.core.student_name", entry: "cmi.core.entry", exit: "cmi.core.exit" }
    : { begin: "Initialize", end: "Terminate", get: "GetValue", set: "SetValue", commit: "Commit",
        error: "GetLastError", text: "GetErrorString", more: "GetDiagnostic",
        learner: "cmi.learner_id", person: "cmi.learner_name", entry: "cmi.entry", exit: "cmi.exit" };
  const kept = JSON.parse(localStorage.kept ?? "{}");
  const given = { [NAMES.learner]: "anna.rossi", [NAMES.person]: "Rossi, Anna",
    [NAMES.entry]: kept[NAMES.exit] === "suspend" ? "resume" : "ab-initio",
    ...JSON.parse(localStorage.given ?? "{}") };
  let [error, running] = ["0", false];
  const done = (code, value) => { error = code; return value; };
  const answers = {
    [NAMES.begin]: () => running ? done("101", "false") : done("0", String(running = true)),
    [NAMES.end]: () => {
      if (!running) return done("301", "false");
      running = false;
      localStorage.kept = JSON.stringify(kept);
      return done("0", "true");
    },
    [NAMES.get]: (name) => {
      if (!running) return done("301", "");
      const value = given[name] ?? kept[name];
      return value === undefined ? done("401", "") : done("0", value);
    },
    [NAMES.set]: (name, value) => {
      if (!running || name.startsWith("cmi.nothing")) return done("401", "false");
      kept[name] = value;
      return done("0", "true");
    },
    [NAMES.commit]: () => done("0", "true"),
    [NAMES.error]: () => error,
    [NAMES.text]: (code) => "error " + code,
    [NAMES.more]: () => "",
  };
  const api = { version: "of the LMS" };
  for (const [name, answer] of Object.entries(answers)) {
    api[name] = function (...values) {
      const calls = JSON.parse(localStorage.calls ?? "[]");
      const result = answer(...values);
      localStorage.calls = JSON.stringify([...calls, [name, values, result, this === api]]);
      return result;
    };
  }
  window[is12 ? "API" : "API_1484_11"] = api;
  const frame = document.createElement("iframe");
  frame.src = "/" + new URLSearchParams(location.search).get("launch");
  document.body.append(frame);
</script></body>`;

/** Finds the API as content does, and records what it is answered. */
const PAGE = `<!doctype html><title>SCO</title><body><script>
  const find = (name) => {
    let from = window;
    while (!from[name] && from.parent && from.parent !== from) from = from.parent;
    return from[name];
  };
  window.api = find("API") ?? find("API_1484_11");
  window.seen = [];
  window.say = (name, ...values) => {
    const result = api[name](...values);
    seen.push([name, values, result]);
    return result;
  };
  // What the content does while it is being left, as it says to itself.
  addEventListener("unload", () => JSON.parse(sessionStorage.leaving ?? "[]").forEach((call) => say(...call)));
</script></body>`;

const manifest = (is12, scos) => {
  const [base, adl, type] = is12
    ? ["http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype"]
    : ["http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.adlnet.org/xsd/adlcp_v1p3", "scormType"];
  const items = scos.map((sco) => `<item identifier="I${sco}" identifierref="R${sco}"><title>SCO ${sco}</title></item>`);
  const resources = scos.map(
    (sco) => `<resource identifier="R${sco}" type="webcontent" adlcp:${type}="sco" href="${sco}/index.html?n=${sco}">
      <file href="${sco}/index.html"/></resource>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" xmlns="${base}" xmlns:adlcp="${adl}">
  <metadata><schemaversion>${is12 ? "1.2" : "2004 4th Edition"}</schemaversion></metadata>
  <organizations default="O"><organization identifier="O"><title>Corso</title>${items.join("")}</organization></organizations>
  <resources>${resources.join("")}</resources></manifest>`;
};

/** A package of SCOs in folders `1`, `2` … */
export function scorm(version, count = 1) {
  const scos = Array.from({ length: count }, (_, n) => n + 1);
  const pages = scos.map((sco) => [`${sco}/index.html`, PAGE]);
  return zipped({ "imsmanifest.xml": manifest(version === "1.2", scos), ...Object.fromEntries(pages) });
}

/** A package of two items that launch one resource. */
export function shared() {
  const text = manifest(true, [1]).replace("</organization>",
    `<item identifier="I2" identifierref="R1"><title>SCO 2</title></item></organization>`);
  return zipped({ "imsmanifest.xml": text, "1/index.html": PAGE });
}

/** What `traccia package shim` makes of a package. */
export async function shimmed(traccia, bytes, server, more = []) {
  const folder = await mkdtemp(join(tmpdir(), "traccia-shim-"));
  try {
    const [from, to] = [join(folder, "in.zip"), join(folder, "out.zip")];
    await writeFile(from, bytes);
    const program = process.env.TRACCIA ?? join(import.meta.dirname, "../../target/debug/traccia");
    const given = ["--activity", ACTIVITY, "--home-page", HOME_PAGE, "--server", traccia.at(), "--key", traccia.key];
    await promisify(execFile)(program, ["package", "shim", from, "--output", to, ...given, ...more]);
    // The learners' browsers reach Traccia elsewhere than the command does.
    const files = unzipped(await readFile(to));
    return Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.toString().replaceAll(traccia.at(), server)]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const ACTIVITY = "https://moodle.example/mod/scorm/view.php?id=77";
export const HOME_PAGE = "https://moodle.example";

/** Where the files of one package are played. */
export class Lms {
  static async start() {
    const lms = new Lms();
    lms.files = {};
    lms.server = createServer((request, response) => {
      const path = decodeURIComponent(request.url.slice(1).split("?")[0]);
      const body = path === "player" ? PLAYER : path === "nothing" ? "nothing" : lms.files[path];
      const type = TYPES[extname(path)] ?? "text/html; charset=utf-8";
      response.writeHead(body === undefined ? 404 : 200, { "Content-Type": type });
      response.end(body);
    });
    lms.server.listen(0, "127.0.0.1");
    await once(lms.server, "listening");
    return lms;
  }

  /** Plays a SCO of `files` and gives the frame of its content. */
  async play(page, version, files, sco = 1, resource = `R${sco}`) {
    this.files = files;
    const text = files["imsmanifest.xml"].toString();
    const launch = text.match(new RegExp(`identifier="${resource}"[^>]* href="([^"]+)"`))[1];
    const query = new URLSearchParams({ version, launch });
    await page.goto(`http://moodle.example:${this.server.address().port}/player?${query}`);
    const is = (frame) => frame.url().includes(`/${sco}/index.html?n=${sco}`);
    for (;;) {
      const frame = page.frames().find(is);
      if (frame) {
        await frame.waitForFunction(() => window.seen);
        return frame;
      }
      await page.waitForEvent("framenavigated");
    }
  }

  /** What the platform was called, and what it keeps, since this was last asked. */
  async recorded(page) {
    await page.goto(`http://moodle.example:${this.server.address().port}/nothing`);
    return page.evaluate(() => {
      const calls = JSON.parse(localStorage.calls ?? "[]");
      localStorage.removeItem("calls");
      return { calls, kept: localStorage.kept };
    });
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** A way to Traccia that can be `up`, `down`, `silent`, or `refusing`. */
export class Way {
  static async start(traccia) {
    const way = new Way();
    [way.is, way.methods, way.asked] = ["up", [], []];
    way.server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      way.methods.push(method);
      const asked = { path: path.split("?")[0], sender: undefined };
      way.asked.push(asked);
      const parts = [];
      incoming.on("data", (part) => parts.push(part));
      incoming.on("end", () => {
        const shown = new URLSearchParams(Buffer.concat(parts).toString()).get("Authorization") ?? "";
        asked.sender = Buffer.from(shown.replace("Basic ", ""), "base64").toString();
      });
      if (way.is === "down") return incoming.destroy();
      if (way.is === "silent") return;
      if (way.is === "refusing") return outgoing.writeHead(503).end();
      const onwards = ask({ port: traccia.port, host: "127.0.0.1", method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      // The page that asked may be gone.
      onwards.on("error", () => outgoing.destroy());
      incoming.pipe(onwards);
    });
    way.server.listen(0, "127.0.0.1");
    await once(way.server, "listening");
    return way;
  }

  get url() {
    return `http://lrs.example:${this.server.address().port}`;
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
