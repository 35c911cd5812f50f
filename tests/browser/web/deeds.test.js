// What is done on a course's pages: registers, certificates, learners, the course file.

import { readFile } from "node:fs/promises";
import { fitsTelephone, isClean, isReached } from "./everybody.js";
import { did, file, LIST, NAMES, office, present, rows, test } from "./office.js";
import { JSON_1_0_3 } from "../traccia.js";
import { expect, said } from "./ui.js";

/** The name of a field about somebody: around the name stand marks that keep its direction apart. */
const about = (name, what) => new RegExp(`${name}.?: ${what}$`);
const text = async (page) => (await page.locator("main").innerText()).replaceAll(/[\u2068\u2069]/g, "");

test("a register is entered, looked at before it is saved, and corrected", async ({ ui, page, demo }) => {
  await office(demo, "registro");
  await ui.signIn("/courses/registro/registers");
  await page.getByRole("region", { name: "Date passate" }).getByRole("link").click();
  await ui.loaded();
  await expect(page.getByText(said("0 persone presenti."))).toBeVisible();

  // Whole presence by a tick alone; half of it with hours and a note.
  await page.getByRole("checkbox", { name: NAMES[0] }).check();
  await page.getByRole("textbox", { name: about(NAMES[1], "ore") }).fill("1,5");
  await page.getByRole("textbox", { name: about(NAMES[1], "ore") }).press("Tab");
  await page.getByRole("textbox", { name: about(NAMES[1], "annotazioni") }).fill("uscito prima");
  await page.getByRole("textbox", { name: about(NAMES[1], "annotazioni") }).press("Tab");
  await expect(page.getByText(said("2 modifiche da salvare"))).toBeVisible();
  await page.getByRole("button", { name: "Controlla e salva…" }).click();
  const dialog = page.getByRole("dialog", { name: "Salvare il registro?" });
  await expect(dialog.getByText(said("2 presenze scritte"))).toBeVisible();
  await expect(dialog.getByText(said("0 presenze annullate"))).toBeVisible();
  // Nothing is written before that is said.
  expect(await present(demo, "registro", "perugia")).toEqual({});
  await dialog.getByRole("button", { name: "Salva il registro" }).click();
  await expect(page.getByText(/Registro salvato: presenze scritte/)).toBeVisible();
  await expect(page.getByText(said("2 persone presenti."))).toBeVisible();
  await expect.poll(() => present(demo, "registro", "perugia")).toEqual({ [NAMES[0]]: 4, [NAMES[1]]: 1.5 });

  // The page shows what was saved, when it is opened anew too; a correction voids what was said.
  await ui.go("/courses/registro/registers");
  await ui.go("/courses/registro/registers/seminario/perugia?show=present");
  await expect(page.getByRole("checkbox")).toHaveCount(2);
  await expect(page.getByRole("textbox", { name: about(NAMES[1], "annotazioni") })).toHaveValue("uscito prima");
  await page.getByRole("checkbox", { name: NAMES[1] }).uncheck();
  await page.getByRole("button", { name: "Controlla e salva…" }).click();
  await expect(dialog.getByText(said("1 presenza annullata"))).toBeVisible();
  await dialog.getByRole("button", { name: "Salva il registro" }).click();
  await expect(page.getByText(said("1 persona presente."))).toBeVisible();
  await expect.poll(() => present(demo, "registro", "perugia")).toEqual({ [NAMES[0]]: 4 });
});

test("hours that are none are told before anything is sent, those that are too many are warned of", async ({ ui, page, demo }) => {
  await office(demo, "ore");
  await ui.signIn("/courses/ore/registers/seminario/perugia");
  const hours = page.getByRole("textbox", { name: about(NAMES[0], "ore") });
  await hours.fill("tante");
  await hours.press("Tab");
  await expect(page.getByRole("alert")).toContainText(NAMES[0]);
  await expect(page.getByRole("button", { name: "Controlla e salva…" })).toBeDisabled();
  await hours.fill("9:00");
  await hours.press("Tab");
  await page.getByRole("button", { name: "Controlla e salva…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Più lunghe dell’incontro");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await present(demo, "ore", "perugia")).toEqual({});
});

test("people check in with the code that is shown, and the sheet is printed", async ({ ui, page, demo, context }) => {
  await office(demo, "codice");
  await ui.signIn("/courses/codice/registers/seminario/oggi");
  await page.getByRole("link", { name: "Codice e QR per la presenza" }).click();
  await ui.loaded();
  await expect(page.getByRole("img", { name: "Codice QR che apre la pagina delle presenze" })).toBeVisible();
  const code = (await page.locator(".code").innerText()).trim();
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const phone = await context.newPage();
  await phone.goto(`${demo.at()}/check-in/codice?code=${code}&lang=it`);
  await phone.locator("#learner").fill("p3@example.it");
  await phone.getByRole("button").click();
  await expect(phone.getByRole("status")).toBeVisible();
  await phone.close();
  await expect.poll(() => present(demo, "codice", "oggi")).toEqual({ [NAMES[2]]: 4 });

  await ui.go("/courses/codice/registers/seminario/oggi/sheet");
  await expect(page.getByRole("columnheader", { name: "Firma" })).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(NAMES.length + 1);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation").first()).toBeHidden();
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("cell", { name: NAMES[0] })).toBeVisible();
});

test("who may not keep registers reads them, and who sees Umbria alone has no frozen lists", async ({ ui, page, demo }) => {
  await office(demo, "lettura");
  await ui.signIn("/courses/lettura/registers/seminario/perugia", await ui.key(["progress/read"], { regions: ["Umbria"] }));
  await expect(page.getByRole("checkbox").first()).toBeDisabled();
  await expect(page.getByRole("button", { name: "Controlla e salva…" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Modifica del corso" })).toHaveCount(0);
  await page.getByRole("link", { name: "Attestati" }).click();
  await ui.loaded();
  await expect(page.getByRole("heading", { name: "Elenchi congelati" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Congela questo elenco…" })).toHaveCount(0);
});

test("a certificate list is frozen after it was looked at, and a copy of it is verified", async ({ ui, page, demo }) => {
  await office(demo, "attestati");
  const keep = await demo.ask("PUT", "/api/v1/courses/attestati/events/seminario/sessions/perugia/register", {
    headers: { "Content-Type": "text/csv" },
    body: "learner\np1\np2\n",
  });
  expect(keep.status).toBe(200);
  await expect.poll(async () => (await rows(demo, "attestati", "certificates")).length).toBe(2);
  await ui.signIn("/courses/attestati/certificates");
  await expect(page.getByText("Nessun elenco congelato")).toBeVisible();
  await page.getByRole("button", { name: "Congela questo elenco…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(/Sarà congelato l’elenco di .{0,2}2.{0,2} persone/);
  await expect(dialog).toContainText("almeno 4 ore");
  await dialog.getByRole("button", { name: "Congela l’elenco" }).click();
  await expect(page.getByText(/^Elenco congelato: .?2.? persone/)).toBeVisible();
  await ui.loaded();

  const lists = page.getByRole("region", { name: "Elenchi congelati" }).last();
  await lists.getByRole("link").first().click();
  await ui.loaded();
  await expect(page.getByRole("cell", { name: NAMES[0] })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Scarica la copia da verificare (JSON)" }).click(),
  ]);
  const copy = await readFile(await download.path(), "utf8");
  const hash = JSON.parse(copy).hash;
  await ui.go(`/courses/attestati/certificates/${new URL(page.url()).pathname.split("/").at(-1)}?view=paper`);
  await expect(page.getByRole("button", { name: "Stampa" })).toBeVisible();

  await ui.go("/courses/attestati/certificates");
  await page.getByText("Verifica un elenco").click();
  const given = (content) =>
    page.getByLabel("La copia scaricata (JSON)").setInputFiles({ name: "copia.json", mimeType: "application/json", buffer: Buffer.from(content) });
  await given(copy);
  await expect(page.getByText(/^Buona: è l’elenco al/)).toBeVisible();
  await given(copy.replace(NAMES[0], NAMES[5]));
  await expect(page.getByText("Non buona: il contenuto è cambiato dopo il congelamento.")).toBeVisible();
  await page.getByLabel(/Oppure l’impronta stampata/).fill(hash.slice(0, 12));
  await expect(page.getByText(/^Buona: è l’elenco al/)).toBeVisible();
  await page.getByLabel(/Oppure l’impronta stampata/).fill("0123456789ab");
  await expect(page.getByText("Nessun elenco di questo corso ha questa impronta.")).toBeVisible();
});

test.describe("with a list that is refused", () => {
  // The browser itself tells of the refused request.
  test.use({ expected: ["status of 400"] });

  test("learners are imported after what would change was shown", async ({ ui, page, demo }) => {
    await office(demo, "elenco");
    await ui.signIn("/courses/elenco/import");
    const given = (list) =>
      page.getByLabel("L’elenco (CSV)", { exact: true }).last().setInputFiles({ name: "elenco.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
    await given(`${LIST}\np9,Senza indirizzo,pippo,Umbria,Perugia,Comune di Perugia,official`);
    await expect(page.getByText("L’elenco ha errori: niente è stato cambiato. Correggi queste righe:")).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("8");
    const [head, ...people] = LIST.split("\n");
    await given([head, ...people.slice(0, 5), "p7,Gino Iacono,mailto:p7@example.it,Umbria,Perugia,Comune di Perugia,official"].join("\n"));
    await expect(page.getByText(said("1 persona si aggiunge"))).toBeVisible();
    await expect(page.getByText(said("1 iscritto non è nell’elenco e resta"))).toBeVisible();
    await page.getByRole("radio", { name: /^Sostituisce/ }).check();
    await expect(page.getByText(/^Attenzione: .?1.? persona esce dal corso/)).toBeVisible();
    await page.getByRole("radio", { name: /^Aggiunge/ }).check();
    await expect(page.getByText(said("1 iscritto non è nell’elenco e resta"))).toBeVisible();
    await page.getByRole("button", { name: "Carica l’elenco" }).click();
    await expect(page.getByText(said("Elenco caricato. Ora gli iscritti sono 7."))).toBeVisible();
  });
});

test("activity of somebody unknown becomes somebody’s", async ({ ui, page, demo }) => {
  await office(demo, "ignoti");
  await did(demo, "ignoti", [
    { mbox: "mailto:zoe@example.it", name: "Zoe Neri" },
    { mbox: "mailto:anna.privata@example.it", name: "Anna Bianchi" },
  ]);
  const unknown = async () => (await (await demo.ask("GET", "/api/v1/courses/ignoti/unassigned")).json()).actors;
  await expect.poll(unknown).toBe(2);
  await ui.signIn("/courses/ignoti/unassigned");
  await page.getByRole("button", { name: /^Iscrivi….*zoe@example.it/ }).click();
  const enrol = page.getByRole("dialog", { name: /Iscrivere .?Zoe Neri.?\?/ });
  await enrol.getByLabel("Regione").fill("Umbria");
  await enrol.getByRole("button", { name: "Iscrivi", exact: true }).click();
  await expect(page.getByText(said("Zoe Neri ora è fra gli iscritti."))).toBeVisible();
  await page.getByRole("button", { name: /^È un iscritto….*anna.privata@example.it/ }).click();
  const merge = page.getByRole("dialog", { name: /Chi è .?Anna Bianchi.?\?/ });
  await merge.getByRole("radio", { name: /Anna Bianchi/ }).check();
  await merge.getByRole("button", { name: "È questa persona" }).click();
  await expect(page.getByText(said("Fatto: le attività ora sono di Anna Bianchi."))).toBeVisible();
  await expect.poll(unknown).toBe(0);
  await expect.poll(async () => (await rows(demo, "ignoti", "matrix", { learner: "p1" }))[0]?.state).toBe("in_progress");

  // It can be taken back on her page.
  await ui.go("/courses/ignoti/learners?search=bianchi");
  await page.getByRole("link", { name: "Anna Bianchi" }).first().click();
  await ui.loaded();
  await page.getByRole("button", { name: /^Separa/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Separa" }).click();
  await expect(page.getByText(/è di nuovo una persona a sé\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Unisci un doppione…" }).click();
  const again = page.getByRole("dialog", { name: /Chi è la stessa persona di .?Anna Bianchi/ });
  await again.getByLabel("Cerca il doppione").fill("zoe");
  await again.getByRole("radio", { name: /Zoe Neri/ }).check();
  await again.getByRole("button", { name: "Unisci", exact: true }).click();
  await expect(page.getByText(said("Zoe Neri è ora la stessa persona."))).toBeVisible();
  await expect(page.getByText(/^Unita a .?Zoe Neri/)).toBeVisible();
});

test("an activity that belongs to no module gets one with a click", async ({ ui, page, demo }) => {
  await office(demo, "collegare");
  const activity = "https://collegare.example.org/dispensa";
  const answer = await demo.ask("POST", "/xapi/statements", {
    headers: JSON_1_0_3,
    body: JSON.stringify({
      actor: { mbox: "mailto:p1@example.it" },
      verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
      object: { id: activity, definition: { name: { it: "Dispensa" } } },
    }),
  });
  expect(answer.status).toBe(200);
  await ui.signIn("/courses/collegare/mapping");
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Dispensa" }) });
  await card.getByLabel("Modulo").selectOption({ label: "Primo soccorso" });
  await card.getByRole("button", { name: "Aggiungi al modulo" }).click();
  const dialog = page.getByRole("dialog", { name: /^Contare «.?Dispensa.?» in «.?Primo soccorso.?»\?$/ });
  await expect(dialog.getByRole("heading", { name: "Che cosa succede se salvi" })).toBeVisible();
  await dialog.getByRole("button", { name: "Aggiungi al modulo" }).click();
  await expect(page.getByText(/^«.?Dispensa.?» ora conta in «.?Primo soccorso.?»\.$/)).toBeVisible();
  await expect(page.getByText("Tutto è collegato")).toBeVisible();
  const kept = await (await demo.ask("GET", "/api/v1/courses/collegare")).text();
  expect(kept).toContain(activity);
  // The rest of the file is as it was.
  expect(kept).toContain("# Kept by the office.");
});

test.describe("the course file", () => {
  test.use({ expected: ["status of 400"] });

  test("is changed field by field, and stays as it is otherwise", async ({ ui, page, demo }) => {
    await office(demo, "campi");
    await ui.signIn("/courses/campi/edit");
    await page.getByLabel("Titolo in italiano").first().fill("Corso nuovo");
    await page.getByLabel("Titolo in italiano").first().press("Tab");
    await page.getByText(/^Modulo .?1.?: .?Primo soccorso/).click();
    await page.getByText(/^Evento: .?Seminario in aula/).click();
    await page.getByRole("button", { name: "Aggiungi una data" }).click();
    await page.getByRole("group", { name: /^Data «.?s3.?»/ }).getByLabel("Giorno").fill("2026-12-01");
    await page.getByRole("group", { name: /^Data «.?s3.?»/ }).getByLabel("Giorno").press("Tab");
    await expect(page.getByText("Che cosa succede se salvi")).toBeVisible();
    await page.getByRole("button", { name: "Salva il corso" }).click();
    await expect(page.getByText("Corso salvato. I dati si ricalcolano in qualche secondo.")).toBeVisible();
    const kept = await (await demo.ask("GET", "/api/v1/courses/campi")).text();
    const wanted = file("campi")
      .replace("Corso dell'ufficio", "Corso nuovo")
      .replace('place = "Terni"\n', 'place = "Terni"\n\n[[module.event.session]]\nid = "s3"\ndate = 2026-12-01\n');
    expect(kept).toBe(wanted);
  });

  test("as text has its faults at their lines, and nobody’s change is overwritten", async ({ ui, page, demo }) => {
    await office(demo, "testo");
    await ui.signIn("/courses/testo/edit?view=text");
    const area = page.getByLabel("File del corso (TOML)");
    await area.fill(file("testo").replace("hours = 6", 'hours = "sei"'));
    await page.getByRole("button", { name: /^Riga .?6/ }).first().click();
    await expect(area).toBeFocused();
    expect(await area.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd))).toBe('hours = "sei"');
    await expect(page.getByRole("button", { name: "Salva il corso" })).toBeDisabled();

    await area.fill(file("testo").replace("Primo soccorso", "Secondo soccorso"));
    await expect(page.getByText("Il file è corretto.")).toBeVisible();
    // Another page may be looked at meanwhile.
    await ui.go("/courses/testo/registers");
    await ui.go("/courses/testo/edit?view=text");
    await expect(area).toHaveValue(/Secondo soccorso/);
    const other = file("testo").replace("[certificate]", "at_risk_days = 20\n\n[certificate]");
    const put = await demo.ask("PUT", "/api/v1/courses/testo", { headers: { "Content-Type": "application/toml" }, body: other });
    expect(put.status).toBe(200);
    await expect(page.getByText("Il file è corretto.")).toBeVisible();
    await page.getByRole("button", { name: "Salva il corso" }).click();
    const dialog = page.getByRole("dialog", { name: "Qualcun altro ha cambiato il corso" });
    await expect(dialog).toContainText("at_risk_days = 20");
    expect(await (await demo.ask("GET", "/api/v1/courses/testo")).text()).toBe(other);
    await dialog.getByRole("button", { name: "Riparto dal testo dell’altra persona" }).click();
    await expect(area).toHaveValue(/at_risk_days = 20/);
    expect(await text(page)).toContain("Nessuna modifica.");
  });
});

test("the text of the course and the check-in code: clean, reached by keyboard, fit a telephone", async ({ ui, page, demo }) => {
  await office(demo, "tutti");
  await ui.signIn("/courses/tutti/edit?view=text");
  for (const path of ["/courses/tutti/edit?view=text", "/courses/tutti/registers/seminario/oggi/code"]) {
    await ui.go(path);
    await isClean(ui, page);
    await isReached(page);
    await fitsTelephone(ui, page);
    await page.setViewportSize({ width: 1280, height: 720 });
  }
});
