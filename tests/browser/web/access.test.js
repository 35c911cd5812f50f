// Every page for everybody: what axe finds in both schemes, a walk by keyboard alone, a telephone's width. Each is opened once.

import { fitsTelephone, isClean, isReached } from "./everybody.js";
import { COURSE, expect, test } from "./ui.js";

const at = (page) => `/courses/${COURSE}${page}`;
const PAGES = {
  courses: "/courses",
  "at a glance": at(""),
  funnel: at("/funnel"),
  curve: at("/curve?by=region"),
  hours: at("/hours"),
  "at risk": at("/at-risk?region=Umbria"),
  matrix: at("/matrix"),
  comparison: at("/comparison"),
  analysis: at("/analysis"),
  learner: at("/learners/u1489"),
  statements: "/statements?limit=10",
  nowhere: "/nowhere",
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: clean, reached by keyboard, fits a telephone`, async ({ ui, page }) => {
    // Charts are looked at six times, on a busy machine.
    test.slow();
    await ui.signIn(path);
    await isClean(ui, page);
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    await isReached(page);
    await fitsTelephone(ui, page);
  });
}

test("signing in is for everybody too", async ({ ui, page, demo }) => {
  await page.goto(demo.at());
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    expect(await ui.axe(), colorScheme).toEqual({ violations: [], open: [] });
  }
  // By keyboard alone: past the header, name and password, Enter.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Vai al contenuto" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Nome utente")).toBeFocused();
  // The key's way is behind them.
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("Tab");
  await expect(page.getByText("Entra con una chiave")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("seed");
  await page.keyboard.press("Tab");
  await page.keyboard.type(demo.key.split(":")[1]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("In sintesi");
});
