// What every page owes everybody: nothing that axe finds, a telephone's width, a walk by keyboard.

import { expect } from "./ui.js";

/** axe finds nothing on the page that is shown, in light and dark. */
export async function isClean(ui, page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await ui.loaded();
    expect(await ui.axe(), colorScheme).toEqual({ violations: [], open: [] });
  }
}

/** The page is no wider than a telephone, in both languages, and shows no id of a text in place of the text. */
export async function fitsTelephone(ui, page) {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const language of ["en", "it"]) {
    await page.getByLabel(/^(Lingua|Language)/).selectOption(language);
    await ui.loaded();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, language).toBeLessThanOrEqual(360);
    // Pages beside each other stand in one line: what people came for is not below a screen of links.
    for (const strip of await page.locator("nav ul.strip").all()) {
      const tall = (await strip.boundingBox()).height;
      expect(tall, `${language}: links in one line`).toBeLessThanOrEqual(64);
    }
    await expect(page.locator("main")).not.toContainText(
      /\b(page|glance|matrix|learners?|statements|filter|registers?|certificates|import|unassigned|edit|form|mapping|report)-[a-z]/,
    );
  }
}

/** Everything is reached by keyboard, and seen where it is. */
export async function isReached(page) {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
    // The matrix makes and removes its rows as it scrolls: its keyboard is tested by itself. Of radio buttons one is reached.
    const isOther = (it) => it.type === "radio" && !it.checked;
    const seen = [...all].filter(
      (it) =>
        it.checkVisibility({ visibilityProperty: true }) && !it.disabled && !it.closest(".matrix tbody") && !isOther(it),
    );
    seen.forEach((it, place) => (it.dataset.walk = String(place)));
    return seen.length;
  });
  expect(wanted).toBeGreaterThan(5);
  const reached = new Set();
  for (let step = 0; step < wanted + 40; step += 1) {
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
}
