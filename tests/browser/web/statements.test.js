// Reading statements: filters of the standard, sentences, raw JSON, the request as curl.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "./ui.js";

test("statements are sentences, and each of their values narrows the search", async ({ ui, page, demo }) => {
  await ui.signIn("/statements");
  await expect(page.getByRole("article")).toHaveCount(25);
  await page.getByRole("button", { name: "Mostra altro" }).click();
  await expect(page.getByRole("article")).toHaveCount(50);

  await page.getByText("Filtri", { exact: true }).click();
  await page.getByLabel("Che cosa ha fatto").selectOption({ label: "ha completato" });
  await page.getByLabel("Persona", { exact: true }).fill("https://formazione.example.it|1520");
  await page.getByRole("button", { name: "Applica" }).click();
  await ui.loaded();
  await expect(page).toHaveURL(/agent=%7B%22account%22/);
  const first = page.getByRole("article").first();
  await expect(first).toContainText(/ha completato/);
  // What was asked before goes when the answer comes.
  await expect(page.getByRole("article").filter({ hasNotText: "Fabio Bianchi" })).toHaveCount(0);
  expect(await page.getByRole("article").count()).toBeGreaterThan(3);

  await first.getByText("Dettagli").click();
  const raw = JSON.parse(await first.locator("pre").innerText());
  const kept = await demo.ask("GET", `/xapi/statements?statementId=${raw.id}`, {
    headers: { "X-Experience-API-Version": "1.0.3" },
  });
  expect(raw).toEqual(await kept.json());

  // The line for the shell gives what the page shows; curl is given the secret as a person would.
  await page.getByText("La stessa richiesta con curl").click();
  const line = (await page.locator("details pre").first().innerText()).replace("'seed'", `'${demo.key}'`);
  const { stdout } = await promisify(execFile)("sh", ["-c", line.replace("curl", "curl -s")]);
  expect(JSON.parse(stdout).statements[0].id).toBe(raw.id);

  await first.getByRole("link", { name: raw.object.id }).click();
  await ui.loaded();
  await expect(page).toHaveURL(/\?activity=/);
});

test.describe("a filter that the server refuses", () => {
  test.use({ expected: ["status of 400"] });

  test("is explained in the words of the server", async ({ ui, page }) => {
    await ui.signIn("/statements?registration=not-a-uuid");
    await expect(page.getByRole("alert")).toContainText("registration");
  });
});

test.describe("a key that may not read statements", () => {
  test.use({ expected: ["status of 403"] });

  test("is told so", async ({ ui, page }) => {
    await ui.signIn("/statements", await ui.key(["progress/read"]));
    await expect(page.getByRole("alert")).toContainText("Non puoi vedere o fare questo");
  });
});
