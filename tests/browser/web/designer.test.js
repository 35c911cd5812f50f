// A designer's day: drop a package, see what is wrong with it and what it will report, import it, preview it, go back a
// version, give a link, take the file for Moodle.

import { readFile } from "node:fs/promises";
import { content, hosted, PAGE, speak } from "../hosting.js";
import { zipped } from "../zip.js";
import { expect, said, test } from "./ui.js";

const COURSE = `id = "contenuti"
title = { it = "Corso dei contenuti" }
time_zone = "Europe/Rome"
[[module]]
id = "m1"
title = { it = "Primo soccorso" }
[[module.activity]]
key = "pacchetto"
title = { it = "Il pacchetto" }
package = "primo-soccorso"
`;

/** A page that says, in words that the check finds, what it will report. */
const SAYS = PAGE.replace(
  "</script>",
  `function never() {
    LMSInitialize(""); LMSSetValue("cmi.core.lesson_status", "passed"); LMSSetValue("cmi.core.score.raw", "80"); LMSFinish("");
  }</script>`,
);

/** Gives a file to the page as a person who chooses one does. */
const give = (page, name, bytes) =>
  page.getByLabel("Trascina qui il file .zip, o sceglilo").setInputFiles({ name, mimeType: "application/zip", buffer: Buffer.from(bytes) });

test("a package is checked, imported, previewed, gone back from, and given to a learner", async ({ ui, page, demo }) => {
  const put = await demo.ask("PUT", "/api/v1/courses/contenuti", { headers: { "Content-Type": "application/toml" }, body: COURSE });
  expect(put.status, await put.text()).toBe(200);
  await ui.signInAs("/content", await ui.person("progetto", "designer"));
  await page.getByRole("link", { name: "Aggiungi un pacchetto" }).click();
  await give(page, "Primo soccorso.zip", await hosted("1.2", [{ page: SAYS }]));
  await expect(page.getByText(/^SCORM 1\.2\. Comunicherà:/)).toBeVisible();
  await expect(page.locator(".told.good").filter({ hasText: "errori" })).toContainText(/^[\u2068\u2069]*0[\u2068\u2069]* errori/);
  await expect(page.getByLabel("Nome del pacchetto")).toHaveValue("primo-soccorso");
  await page.getByRole("button", { name: "Importa" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Corso di prova");
  // The line that names it is in a module of a course already.
  await expect(page.getByText("Quello che si fa nel pacchetto conta in:")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Primo soccorso" })).toContainText("Corso dei contenuti");

  await page.getByRole("link", { name: "Apri l’anteprima" }).click();
  const frame = await content(page);
  await speak(frame, [["LMSInitialize", ""], ["LMSSetValue", "cmi.core.lesson_status", "passed"], ["LMSSetValue", "cmi.core.score.raw", "80"], ["LMSCommit", ""]]);
  const log = page.getByRole("region", { name: "Che cosa comunica" }).last();
  await expect(log).toContainText('LMSSetValue("cmi.core.lesson_status", "passed")');
  const passed = log.getByRole("article").filter({ hasText: "ha superato" });
  await expect(passed).toContainText(/punteggio \u2068?80/);
  await expect(log.getByText(said("Conta in «Primo soccorso» di «Corso dei contenuti».")).first()).toBeVisible();
  // Nothing was kept of it.
  const kept = await demo.ask("GET", "/xapi/statements?activity=urn:traccia:package:primo-soccorso&related_activities=true", {
    headers: { "X-Experience-API-Version": "1.0.3" },
  });
  expect((await kept.json()).statements).toEqual([]);

  // A second version, and back.
  await page.getByRole("link", { name: "Corso di prova" }).click();
  await page.getByRole("link", { name: "Aggiungi una versione" }).click();
  await give(page, "altro nome.zip", await hosted("1.2", [{}, {}]));
  await expect(page.getByLabel("Nome del pacchetto")).toHaveValue("primo-soccorso");
  await expect(page.getByText(/questa diventa la versione/)).toContainText("2");
  await page.getByRole("button", { name: "Importa" }).click();
  const versions = page.getByRole("region", { name: "Versioni" });
  await expect(versions.getByRole("row").nth(1)).toContainText("in uso");
  await versions.getByRole("button", { name: /^Usa questa/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Usa questa", exact: true }).click();
  await expect(page.getByText(said("Ora è in uso la versione 1."))).toBeVisible();

  await page.getByLabel("Persona", { exact: true }).fill("maria.rossi@example.it");
  await page.getByLabel("Nome e cognome").fill("Maria Rossi");
  await page.getByRole("button", { name: "Crea il link" }).click();
  const link = await page.locator(".copy").filter({ hasText: /^Link/ }).locator("code").innerText();
  expect(link).toMatch(/^http:\/\/content\.localhost:\d+\/launch\//);
  const row = page.getByRole("listitem").filter({ hasText: "maria.rossi@example.it" });
  await row.getByRole("button", { name: /^Revoca/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoca", exact: true }).click();
  await expect(row).toHaveCount(0);
});

test("what is wrong with a package is said, and it is not imported", async ({ ui, page }) => {
  await ui.signIn("/content/check");
  const manifest = `<?xml version="1.0"?><manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schemaversion>1.2</schemaversion></metadata>
    <organizations default="O"><organization identifier="O"><title>&lt;img src=x onerror=window.ran=1&gt;</title>
    <item identifier="I" identifierref="R"><title>\u202eonU</title></item></organization></organizations>
    <resources><resource identifier="R" type="webcontent" adlcp:scormtype="sco" href="gone.html"/></resources></manifest>`;
  await give(page, "<b>rotto</b>.zip", await zipped({ "imsmanifest.xml": manifest }));
  await expect(page.getByRole("heading", { name: "<b>rotto</b>.zip" })).toBeVisible();
  const finding = page.getByRole("listitem").filter({ hasText: "gone.html" }).first();
  await expect(finding).toContainText("Errore:");
  await expect(finding).toContainText(/imsmanifest\.xml:\d/);
  await expect(page.getByText("Con errori non si può importare")).toBeVisible();
  await page.getByText("Struttura").click();
  await expect(page.getByText("<img src=x onerror=window.ran=1>")).toBeVisible();
  expect(await page.evaluate(() => window.ran)).toBeUndefined();
});

test("the file for Moodle has a key of its own", async ({ ui, page, demo }) => {
  await ui.signIn("/content/check");
  await give(page, "corso.zip", await hosted("1.2"));
  await page.getByLabel("Indirizzo dell’attività in Moodle").fill("https://moodle.example.it/mod/scorm/view.php?id=77");
  await page.getByLabel("Indirizzo di Moodle", { exact: true }).focus();
  await expect(page.getByLabel("Indirizzo di Moodle", { exact: true })).toHaveValue("https://moodle.example.it");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Scarica per Moodle" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("corso-traccia.zip");
  expect((await readFile(await file.path())).subarray(0, 2).toString()).toBe("PK");
  const keys = await (await demo.ask("GET", "/api/v1/keys")).json();
  const made = keys.find(({ label }) => label === "package corso.zip");
  expect(made.bounds.activities).toEqual(["https://moodle.example.it/mod/scorm/view.php?id=77"]);
});
