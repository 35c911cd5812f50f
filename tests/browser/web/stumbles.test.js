// Where users stumbled: what is missing in a form, what was typed and not added, words for programs on pages for people.

import { did, NAMES, office, test } from "./office.js";
import { JSON_1_0_3 } from "../traccia.js";
import { expect, said } from "./ui.js";

test("a form says at each field what is missing, and goes to the first", async ({ ui, page }) => {
  await ui.signInAs("/invite", await ui.person("capo", "administrator"));
  await page.getByRole("button", { name: "Crea l’invito" }).click();
  const name = page.getByLabel("Nome e cognome");
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription(said("Manca: Nome e cognome."));
  await expect(page.getByLabel("Enti")).toHaveAccessibleDescription(/Scegli almeno una regione o un ente\./);
  await expect(page.getByText(said("Manca: Nome utente."))).toBeVisible();
  await name.fill("Anna Bianchi");
  await expect(page.getByText(said("Manca: Nome e cognome."))).toHaveCount(0);
  // The user name is made of the name.
  await expect(page.getByLabel("Nome utente")).toHaveValue("anna.bianchi");
  await expect(page.getByText(said("Manca: Nome utente."))).toHaveCount(0);
});

test("an identifier that was typed and not added counts as well", async ({ ui, page, demo }) => {
  await ui.signInAs("/invite", await ui.person("capo2", "administrator"));
  await page.getByLabel("Nome e cognome").fill("Anna Bianchi");
  await page.getByRole("radio", { name: "Partecipante" }).check();
  await page.getByLabel("Come è conosciuta nelle attività").fill("mailto:anna.bianchi@example.it");
  await page.getByRole("button", { name: "Crea l’invito" }).click();
  await expect(page.getByText("Link di invito").first()).toBeVisible();
  const kept = await (await demo.ask("GET", "/api/v1/people/anna.bianchi")).json();
  expect(kept.learner).toEqual(["mailto:anna.bianchi@example.it"]);
});

test("the log of changes is narrowed by an action out of a list", async ({ ui, page }) => {
  await ui.signInAs("/audit", await ui.person("capo3", "administrator"));
  await page.getByLabel("Azione", { exact: true }).selectOption({ label: "Invito accettato" });
  await page.getByRole("button", { name: "Applica" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("action")).toBe("person.accepted");
  await ui.loaded();
  await expect(page.getByRole("row").filter({ hasText: "capo3" })).toContainText("Invito accettato");
  await expect(page.getByRole("cell", { name: "Persona creata" })).toHaveCount(0);
});

test("roles are called as the course file calls them", async ({ ui, page, demo }) => {
  await office(demo, "ruoli");
  const at = "/api/v1/courses/ruoli";
  const file = await (await demo.ask("GET", at)).text();
  const names = '[names.role]\nofficial = { it = "Funzionario", en = "Official" }\n\n[certificate]';
  const body = file.replace("[certificate]", names);
  const put = await demo.ask("PUT", at, { headers: { "Content-Type": "application/toml" }, body });
  expect(put.status, await put.text()).toBe(200);
  await expect.poll(async () => (await demo.ask("GET", `${at}/reports/glance`)).status, { timeout: 30_000 }).toBe(200);
  await ui.signInAs("/courses/ruoli/learners/p1", await ui.person("capo4", "administrator"));
  await expect(page.getByText("Funzionario", { exact: true })).toBeVisible();
  await expect(page.getByText("official", { exact: true })).toHaveCount(0);
});

test("statements are found by the name of a person and a verb out of a list", async ({ ui, page, demo }) => {
  await office(demo, "nomi");
  await did(demo, "nomi", [{ mbox: "mailto:p1@example.it" }, { mbox: "mailto:p2@example.it" }]);
  await ui.signInAs("/statements", await ui.person("dati", "data_reader"));
  await page.getByText("Filtri", { exact: true }).click();
  await page.getByText("Cerca una persona per nome").click();
  await page.getByLabel("Corso", { exact: true }).selectOption("nomi");
  await page.getByLabel("Cerca per nome, matricola o ente").fill("Bianchi");
  await page.getByRole("radio", { name: NAMES[0] }).check();
  await expect(page.getByLabel("Persona", { exact: true })).toHaveValue(/p1@example\.it$/);
  const completed = "http://adlnet.gov/expapi/verbs/completed";
  await page.getByLabel("Che cosa ha fatto").selectOption({ label: "ha completato" });
  await page.getByRole("button", { name: "Applica" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("verb")).toBe(completed);
  // Files of tests share a server, so the same people have completed other lessons as well.
  const asked = new URLSearchParams({ agent: JSON.stringify({ mbox: "mailto:p1@example.it" }), verb: completed });
  const kept = (await (await demo.ask("GET", `/xapi/statements?${asked}`, { headers: JSON_1_0_3 })).json()).statements;
  expect(kept.map((it) => it.object.id)).toContain("https://nomi.example.org/lezione");
  await expect(page.getByRole("article")).toHaveCount(kept.length);
  await expect(page.getByRole("article").filter({ hasText: "p2@example.it" })).toHaveCount(0);
});

test.describe("a refusal", () => {
  test.use({ expected: ["403"] });
  test("speaks of roles to a person, not of keys", async ({ ui, page }) => {
    await ui.signInAs("/keys", await ui.person("lettrice", "data_reader"));
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("Il tuo ruolo non lo permette.");
    await expect(alert).not.toContainText(/chiave|scope/);
  });
});

test.describe("a course with a fault", () => {
  test.use({ expected: ["400"] });
  test("a fault in the course's form leads to its field, in its text to its line", async ({ ui, page, demo }) => {
  await office(demo, "editore");
  await ui.signInAs("/courses/editore/edit", await ui.person("progettista", "designer"));
  await page.getByLabel("Ore", { exact: true }).first().fill("-3");
  await page.getByLabel("Ore", { exact: true }).first().blur();
  const check = page.getByRole("complementary");
  await check.getByRole("button", { name: /^Riga/ }).first().click();
  await expect(page.getByLabel("Titolo in italiano").first()).toBeFocused();
  await page.getByRole("link", { name: "Testo" }).click();
  const line = check.getByRole("button", { name: /^Riga/ }).first();
  const number = Number((await line.innerText()).match(/\d+/)[0]);
  await line.click();
  const area = page.getByLabel("File del corso (TOML)");
  await expect(area).toBeFocused();
  const chosen = await area.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  const lines = (await area.inputValue()).split("\n");
  expect(chosen).toBe(lines[number - 1]);
});
});
