// The pages on which something is done, for everybody: see everybody.js. Each is opened once.

import { fitsTelephone, isClean, isReached } from "./everybody.js";
import { COURSE, expect, test } from "./ui.js";

const of = (page) => `/courses/${COURSE}${page}`;
const PAGES = {
  registers: of("/registers"),
  register: of("/registers/convegno/roma?search=rossi"),
  sheet: of("/registers/convegno/roma/sheet?body=Roma%20Capitale%2C%20Municipio%20I"),
  certificates: of("/certificates?at=2026-11-01"),
  learners: of("/learners?search=rossi"),
  import: of("/import"),
  unassigned: of("/unassigned"),
  "the form of the course": of("/edit"),
  "the text of the course": of("/edit?view=text"),
  "a code whose day is over": of("/registers/convegno/roma/code"),
  mapping: of("/mapping"),
  report: of("/report"),
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: clean, reached by keyboard, fits a telephone`, async ({ ui, page }) => {
    await ui.signIn(path);
    await isClean(ui, page);
    await isReached(page);
    await fitsTelephone(ui, page);
  });
}

test("a frozen list, and its paper: clean, reached by keyboard, fit a telephone", async ({ ui, page, demo }) => {
  // Two pages of a hundred rows and more.
  test.slow();
  const frozen = await demo.ask("POST", `/api/v1/courses/${COURSE}/certificates?at=2026-10-31`);
  expect(frozen.status).toBe(201);
  const { id } = await frozen.json();
  for (const view of ["", "?view=paper"]) {
    await page.setViewportSize({ width: 1280, height: 720 });
    if (view === "") await ui.signIn(of(`/certificates/${id}`));
    else await ui.go(of(`/certificates/${id}${view}`));
    await isClean(ui, page);
    await isReached(page);
    await fitsTelephone(ui, page);
  }
});
