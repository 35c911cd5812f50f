// Every page for everybody: what axe finds in both schemes, a walk by keyboard alone, a telephone's width.

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
  learner: at("/learners/u1489"),
  statements: "/statements?limit=10",
  nowhere: "/nowhere",
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: axe finds nothing, in light and dark`, async ({ ui, page }) => {
    await ui.signIn(path);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ui.loaded();
      expect(await ui.axe(), colorScheme).toEqual({ violations: [], open: [] });
    }
  });

  test(`${name}: fits a telephone, in both languages`, async ({ ui, page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await ui.signIn(path);
    for (const language of ["it", "en"]) {
      await page.getByLabel(/^(Lingua|Language)/).selectOption(language);
      await ui.loaded();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, language).toBeLessThanOrEqual(360);
      // No id of a text stands in place of the text.
      await expect(page.locator("main")).not.toContainText(/\b(page|glance|matrix|learner|statements|filter)-[a-z]/);
    }
  });

  test(`${name}: everything is reached by keyboard, and seen where it is`, async ({ ui, page }) => {
    await ui.signIn(path);
    await page.evaluate(() => document.body.focus());
    const wanted = await page.evaluate(() => {
      const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
      // The matrix makes and removes its rows as it scrolls: its keyboard is tested by itself.
      const seen = [...all].filter(
        (it) => it.checkVisibility({ visibilityProperty: true }) && !it.disabled && !it.closest(".matrix tbody"),
      );
      seen.forEach((it, place) => (it.dataset.walk = String(place)));
      return seen.length;
    });
    expect(wanted).toBeGreaterThan(5);
    const reached = new Set();
    for (let step = 0; step < wanted + 30; step += 1) {
      await page.keyboard.press("Tab");
      const { place, outline } = await page.evaluate(() => {
        const it = document.activeElement;
        const style = getComputedStyle(it);
        if (it.closest(".matrix tbody")) document.querySelector("#after-matrix").focus();
        return { place: it.dataset?.walk, outline: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0 };
      });
      if (place === undefined) continue;
      expect(outline, `the focus on element ${place} is seen`).toBeGreaterThanOrEqual(2);
      reached.add(place);
      if (reached.size === wanted) break;
    }
    expect(reached.size).toBe(wanted);
  });
}

test("signing in is for everybody too", async ({ ui, page, demo }) => {
  await page.goto(demo.at());
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    expect(await ui.axe(), colorScheme).toEqual({ violations: [], open: [] });
  }
  // By keyboard alone: past the header, name, secret, Enter.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Vai al contenuto" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("seed");
  await page.keyboard.press("Tab");
  await page.keyboard.type(demo.key.split(":")[1]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("In sintesi");
});
