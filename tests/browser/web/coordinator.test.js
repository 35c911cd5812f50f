// A coordinator's day: where people stop, who has gone silent, what one of them did, files for the office.

import { readFile } from "node:fs/promises";
import { COURSE, expect, said, test } from "./ui.js";

const at = (page) => `/courses/${COURSE}${page}`;

test("a coordinator of Umbria reads the funnel, finds whom to call, and takes the list along", async ({ ui, page }) => {
  await ui.signIn("/", await ui.key(["progress/read"], { regions: ["Umbria"] }));
  // Nobody has to choose: there is one course.
  await expect(page).toHaveURL(new RegExp(`${at("")}$`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("In sintesi");
  await expect(page.getByText(said("Vedi solo le persone di: Umbria."))).toBeVisible();
  await expect(page.getByRole("link", { name: /^127\s*Iscritti$/ })).toBeVisible();
  await expect(page.getByRole("link", { name: "Statement" })).toHaveCount(0);

  await page.getByRole("link", { name: "Moduli", exact: true }).click();
  await ui.loaded();
  const [, region, all, notStarted, inProgress, completed] = await ui.row("Asilo e accoglienza");
  expect(region).toBe("Umbria");
  expect(Number(notStarted) + Number(inProgress) + Number(completed)).toBe(Number(all));
  // A number opens the people behind it.
  await page.getByRole("row").filter({ hasText: "Asilo e accoglienza" }).getByRole("link", { name: inProgress, exact: true }).first().click();
  await ui.loaded();
  await expect(page.getByText(said(`${inProgress} persone`))).toBeVisible();
  await expect(page.getByLabel("Mostra", { exact: true }).locator("option:checked")).toHaveText(/Asilo e accoglienza: in corso/);

  await page.getByRole("link", { name: "A rischio", exact: true }).click();
  await ui.loaded();
  const people = page.getByRole("region", { name: "Persone a rischio di abbandono" });
  const first = people.getByRole("row").nth(1).getByRole("link").first();
  const name = (await first.innerText()).trim();
  await first.click();
  await ui.loaded();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByText(/^Prossimo passo:/)).toBeVisible();
  await expect(page.getByRole("article").first()).toContainText(name);
  await expect(page.locator("h1")).toBeFocused();

  await page.goBack();
  await ui.loaded();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Scarica CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`${COURSE}-at-risk.csv`);
  const text = await readFile(await file.path(), "utf8");
  expect(text).toContain(name);
  expect(text).not.toContain("Sicilia");
});

test("the address is the view", async ({ ui, page }) => {
  await ui.signIn(at("/hours?by=body&region=Sicilia&sort=-hours_presence"));
  const column = async () => {
    const all = await page.locator("tbody tr td:nth-child(5)").allInnerTexts();
    return all.map((text) => Number(text.replace(/[^\d,]/g, "").replace(",", ".")));
  };
  const shown = await column();
  expect(shown.length).toBeGreaterThan(3);
  expect(shown).toEqual(shown.toSorted((a, b) => b - a));
  await expect(page.getByRole("columnheader", { name: "Ore in presenza" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("button", { name: /Regione:\s*.?Sicilia/ })).toBeVisible();
  await page.getByRole("link", { name: "Ore in presenza" }).click();
  await expect(page).toHaveURL(/sort=hours_presence/);
  await expect.poll(column).toEqual(shown.toSorted((a, b) => a - b));
  await page.getByRole("button", { name: /Regione:/ }).click();
  await expect(page).not.toHaveURL(/region=/);
  await page.getByText("Filtri", { exact: true }).click();
  await page.getByLabel("Situazione al giorno").fill("2026-03-31");
  await page.getByRole("button", { name: "Applica" }).click();
  await expect(page).toHaveURL(/at=2026-03-31/);
});

test("territories are compared, and the plan is held against what was done", async ({ ui, page }) => {
  await ui.signIn(at("/comparison"));
  expect(await ui.row("Umbria")).toContain("127");
  await page.getByRole("link", { name: "Previsto e reale" }).click();
  await ui.loaded();
  await expect(page.getByText(/Il corso è indietro: in media mancano .* ore a persona\./)).toBeVisible();
  await page.getByLabel("Confronta per").selectOption("region");
  await ui.loaded();
  await expect(page.locator(".chart svg")).toContainText("Roma Capitale");
});

test("of many people the matrix holds as many rows as are seen", async ({ ui, page }) => {
  await ui.signIn(at("/matrix"));
  const table = page.getByRole("region", { name: "Persone per modulo" });
  await expect(table.locator("table")).toHaveAttribute("aria-rowcount", "521");
  expect(await table.getByRole("row").count()).toBeLessThan(60);
  // Past all rows, or from row to row, or to the end: by keyboard alone.
  const skip = page.getByRole("link", { name: "Vai oltre la tabella" });
  await skip.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByText("Legenda dei moduli e dei segni")).toBeFocused();
  await table.focus();
  await page.keyboard.press("End");
  const last = table.locator('tr[aria-rowindex="521"]');
  await expect(last.getByRole("link")).toBeVisible();
  expect(await table.getByRole("row").count()).toBeLessThan(60);

  await page.getByLabel("Cerca un nome, un ente, un ufficio").fill("orvieto");
  await expect(page).toHaveURL(/search=orvieto/);
  await expect(page.getByText(said("15 persone"))).toBeVisible();
  await page.getByLabel("Mostra", { exact: true }).selectOption({ label: "Chi ha completato" });
  await expect(page).toHaveURL(/only=state%3Dcompleted/);
  await ui.loaded();
  await expect(table.getByText("non iniziato")).toHaveCount(0);
});
