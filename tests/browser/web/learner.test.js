// A learner's day: what Traccia knows of them, and nothing of others.

import { readFile } from "node:fs/promises";
import { COURSE, expect, test } from "./ui.js";

const LEARNER = ["account:https://formazione.example.it|1520"];

test.describe("a learner", () => {
  test.use({ expected: ["status of 403", "status of 404"] });

  test("sees their own courses, hours and statements, takes them along, and nothing of others", async ({ ui, page }) => {
    await ui.signInAs("/", await ui.person("fabio", "learner", { learner: LEARNER }));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("I miei dati");
    await expect(page.getByRole("navigation", { name: "Navigazione principale" }).getByRole("link")).toHaveText(["I miei dati"]);
    await expect(page.getByText("Ore", { exact: true }).first()).toBeVisible();
    await page.getByRole("link", { name: "Che cosa ho fatto" }).click();
    await ui.loaded();
    const did = page.getByRole("article");
    await expect.poll(() => did.count()).toBeGreaterThan(3);
    await expect(did.filter({ hasNotText: "Fabio Bianchi" })).toHaveCount(0);
    await page.getByRole("link", { name: "I miei corsi" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Scarica i miei dati" }).click(),
    ]);
    const text = await readFile(await file.path(), "utf8");
    expect(text).toContain("Fabio Bianchi");
    expect(() => JSON.parse(text)).not.toThrow();

    // Addresses of others answer nothing.
    for (const path of [`/courses/${COURSE}/matrix`, "/people", "/statements"]) {
      await ui.go(path);
      await expect(page.getByRole("alert").first(), path).not.toBeEmpty();
    }
  });
});
