// How long each page of a large course takes until it can be used, how large the answers are that it asks for, and how many
// rows it renders. Run by hand (`tests/browser/scale`). Times of a debug build or a busy machine say nothing; the processor
// time that the server takes for a visit is there as well, which a busy machine changes less.
//
//   TRACCIA   the program, of a release build
//   FOLDER    the data folder, as `load fill FOLDER` makes it: the course `grande` of the benchmark
//   UI        a folder with a built UI to show in place of the one in the program
//   PAGES     only pages whose names contain this
//   TIMES     visits of each page, of which the median counts: 5 if missing

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { chromium } from "@playwright/test";
import { basic, Traccia } from "./traccia.js";

const AIMS = { milliseconds: 1500, bytes: 500_000, rows: 600 };
const TIMES = Number(process.env.TIMES ?? 5);
const COURSE = "/courses/grande";
const PAGES = {
  glance: "",
  funnel: "/funnel",
  "funnel by body": "/funnel?by=body",
  curve: "/curve",
  "curve by region": "/curve?by=region",
  "curve by body": "/curve?by=body",
  hours: "/hours",
  "hours by body": "/hours?by=body",
  "at risk": "/at-risk",
  "at risk, last page": "/at-risk?offset=9900",
  matrix: "/matrix",
  "matrix, searched": "/matrix?search=Persona%2077",
  "matrix, sorted": "/matrix?sort=-hours",
  comparison: "/comparison",
  "comparison by body": "/comparison?by=body",
  learner: "/learners/u77",
  learners: "/learners",
  "learners, searched": "/learners?search=Persona%2077",
  import: "/import",
  unassigned: "/unassigned",
  registers: "/registers",
  certificates: "/certificates",
  "the form of the course": "/edit",
  "the text of the course": "/edit?view=text",
  mapping: "/mapping",
  report: "/report",
};
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const median = (times) =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];

/** Notes when the page was last not ready: something loads, a chart is not drawn, the main thread is busy. */
function watch() {
  const state = { last: 0, isReady: false };
  window.scale = state;
  const look = () => {
    const main = document.querySelector("main");
    const loads = /^(Caricamento|Loading)…$/m.test(main?.innerText ?? "");
    const charts = [...document.querySelectorAll(".chart [role=img]")];
    state.isReady =
      !!document.querySelector("h1") &&
      !loads &&
      !document.querySelector("[aria-busy=true]") &&
      charts.every((chart) => chart.querySelector("svg"));
    if (!state.isReady) state.last = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries())
      state.last = Math.max(state.last, task.startTime + task.duration);
  }).observe({ type: "longtask", buffered: true });
}

/** Shows the files of a folder in place of the UI of the program. */
async function show(page, folder) {
  const files = /^\/(?!api\/|xapi\/)/;
  await page.route(
    (url) => files.test(url.pathname),
    async (route) => {
      const path = new URL(route.request().url()).pathname;
      const type = TYPES[extname(path)];
      if (type)
        return route.fulfill({
          body: await readFile(join(folder, path)),
          contentType: type,
        });
      // The program says as well from where the page's files are counted.
      const page = await readFile(join(folder, "index.html"), "utf8");
      const body = page.replaceAll('="./', '="/');
      return route.fulfill({ body, contentType: "text/html; charset=utf-8" });
    },
  );
}

/** An administrator's session in the browser. */
async function signIn(page, traccia) {
  const name = `misura-${Date.now()}`;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ name, label: "Misura", role: "administrator" });
  const invited = await (
    await traccia.ask("POST", "/api/v1/people", { headers, body })
  ).json();
  const token = invited.invitation.url.split("#token=")[1];
  await page.goto(`${traccia.at()}/invitation#token=${token}`);
  await page.locator("h1").waitFor();
  const status = await page.evaluate(async (token) => {
    const body = JSON.stringify({
      token,
      password: "quattro parole senza senso",
    });
    const answer = await fetch("/api/v1/invitations", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    localStorage.setItem("traccia.signed-in", "yes");
    return answer.status;
  }, token);
  if (status !== 201) throw new Error(`no session: ${status}`);
}

/** Milliseconds of processor time that the server has taken so far, in ticks of a hundredth of a second (Linux). */
async function serverTime(traccia) {
  const fields = (await readFile(`/proc/${traccia.process.pid}/stat`, "utf8"))
    .split(") ")[1]
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** One visit: milliseconds until the page can be used, the largest answer, the rows of its tables. */
async function visit({ page, traccia }, address) {
  const before = await serverTime(traccia);
  const answers = [];
  const note = (response) => {
    if (response.url().includes("/api/v1/")) answers.push(response);
  };
  page.on("response", note);
  await page.goto(address);
  await page.waitForFunction(
    () => window.scale.isReady && performance.now() - window.scale.last > 700,
    null,
    { timeout: 300_000 },
  );
  page.off("response", note);
  const sizes = await Promise.all(
    answers.map(async (it) => ({
      url: it.url(),
      size: (await it.body().catch(() => [])).length,
    })),
  );
  const largest = sizes.toSorted((one, other) => other.size - one.size)[0] ?? {
    url: "",
    size: 0,
  };
  const rows = await page.locator("tbody tr").count();
  const spent = (await serverTime(traccia)) - before;
  return {
    time: await page.evaluate(() => window.scale.last),
    spent,
    largest,
    rows,
  };
}

// The key of the server under load (tests/load/src/wire.rs) is in the folder already.
const [KEY, SECRET] = ["bench", "bench-secret"];
const variables = { TRACCIA_SEED_KEY: `${KEY}:${SECRET}`, TRACCIA_LOG: "warn" };
const traccia = await Traccia.start(variables, { at: process.env.FOLDER });
traccia.authorization = basic(KEY, SECRET);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox"],
});
const page = await browser.newPage({
  locale: "it-IT",
  timezoneId: "Europe/Rome",
  viewport: { width: 1280, height: 800 },
});
const faults = [];
page.on("pageerror", (error) => faults.push(error.message));
page.on(
  "console",
  (message) => message.type() === "error" && faults.push(message.text()),
);
let missed = 0;
try {
  if (process.env.UI) await show(page, process.env.UI);
  await signIn(page, traccia);
  await page.addInitScript(watch);
  const around = { page, traccia };
  const at = traccia.at() + COURSE;
  const cold = await visit(around, at);
  console.log(`first visit after the start: ${Math.round(cold.time)} ms\n`);
  console.log(
    "| page | ms, median | slowest | server, ms of CPU | largest answer, kB | rows | |\n|---|---|---|---|---|---|---|",
  );
  for (const [name, path] of Object.entries(PAGES)) {
    if (!name.includes(process.env.PAGES ?? "")) continue;
    const visits = [await visit(around, at + path)];
    for (let time = 1; time < TIMES; time += 1)
      visits.push(await visit(around, at + path));
    const times = visits.map((it) => it.time);
    const { largest, rows } = visits.at(-1);
    const faulty = [
      median(times) > AIMS.milliseconds && "time",
      largest.size > AIMS.bytes && `size of ${new URL(largest.url).pathname}`,
      rows > AIMS.rows && "rows",
    ].filter(Boolean);
    missed += faulty.length;
    const spent = median(visits.map((it) => it.spent));
    const figures = [
      median(times),
      Math.max(...times),
      spent,
      largest.size / 1000,
    ].map((it) => Math.round(it));
    console.log(
      `| ${name} | ${figures.join(" | ")} | ${rows} | ${faulty.length > 0 ? `missed: ${faulty.join(", ")}` : "held"} |`,
    );
  }
} finally {
  await browser.close();
  await traccia.end();
}
for (const fault of faults) console.error(fault);
process.exit(missed + faults.length > 0 ? 1 : 0);
