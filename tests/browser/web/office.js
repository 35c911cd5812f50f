// A small course of its own, on a host of its own, for tests that change something, on a server without the demo programme: that one
// stays as others expect it, and a new course need not be read from its long log.

import { JSON_1_0_3 } from "../traccia.js";
import { expect, test as base, Traccia } from "./ui.js";

export const test = base.extend({
  demo: [
    async ({}, use) => {
      const traccia = await Traccia.start();
      await use(traccia);
      await traccia.stop();
    },
    { scope: "worker" },
  ],
});

// Asked for with each course: a run of the tests may go on over midnight.
const today = () => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: "Europe/Rome" }).format();

/** The file of a course with a lesson and a seminar of two sessions, one of them today. */
export const file = (id) => `# Kept by the office.
id = "${id}"
iri = "https://${id}.example.org/corso"
title = { it = "Corso dell'ufficio", en = "Course of the office" }
time_zone = "Europe/Rome"
hours = 6

[certificate]
modules = []
hours = 4

# The only module.
[[module]]
id = "m1"
title = { it = "Primo soccorso", en = "First aid" }
hours = 6

[[module.activity]]
key = "lezione"
id = "https://${id}.example.org/lezione"
title = { it = "Lezione", en = "Lesson" }
kind = "lesson"
complete_when = "completed"
hours = 2

[[module.event]]
key = "seminario"
title = { it = "Seminario in aula", en = "Seminar in the room" }
kind = "seminar"
hours = 4

[[module.event.session]]
id = "perugia"
date = 2026-03-10
from = 09:00:00
to = 13:00:00
place = "Perugia"

[[module.event.session]]
id = "oggi"
date = ${today()}
from = 09:00:00
to = 13:00:00
place = "Terni"
`;

export const NAMES = ["Anna Bianchi", "Bruno Conti", "Carla De Luca", "Dario Esposito", "Elena Fabbri", "Fabio Greco"];

export const LIST = [
  "learner,name,identifiers,region,province,body,role",
  ...NAMES.map((name, at) => `p${at + 1},${name},mailto:p${at + 1}@example.it,Umbria,Perugia,Comune di Perugia,official`),
].join("\n");

/** A course with its learners, read from the log and ready. */
export async function office(traccia, id) {
  const at = `/api/v1/courses/${id}`;
  const put = async (path, type, body) => {
    const answer = await traccia.ask("PUT", at + path, { headers: { "Content-Type": type }, body });
    expect(answer.status, await answer.text()).toBe(200);
  };
  await put("", "application/toml", file(id));
  await put("/learners", "text/csv", LIST);
  const report = async () => (await traccia.ask("GET", `${at}/reports/glance`)).status;
  await expect.poll(report, { message: "a new course is read from the log first", timeout: 30_000 }).toBe(200);
}

/** Statements that a lesson was done, by these actors. */
export async function did(traccia, id, actors) {
  const statements = actors.map((actor) => ({
    actor,
    verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
    object: { id: `https://${id}.example.org/lezione` },
    timestamp: "2026-03-01T10:00:00Z",
  }));
  const answer = await traccia.ask("POST", "/xapi/statements", { headers: JSON_1_0_3, body: JSON.stringify(statements) });
  expect(answer.status, await answer.text()).toBe(200);
}

/** The rows of a report. */
export async function rows(traccia, id, report, query = {}) {
  const search = new URLSearchParams(query);
  const answer = await traccia.ask("GET", `/api/v1/courses/${id}/reports/${report}?${search}`);
  return answer.status === 200 ? (await answer.json()).rows : [];
}

/** Those who were at a session, with their hours. */
export async function present(traccia, id, session) {
  const only = `event=seminario,session=${session},present=true`;
  return Object.fromEntries((await rows(traccia, id, "register", { only })).map((row) => [row.name, row.hours]));
}
