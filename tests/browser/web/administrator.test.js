// An administrator's day: the first start, a key and its first statement, a coordinator who sees Umbria alone, who changed what.

import { COURSE, expect, said, test } from "./ui.js";
import { Traccia } from "../traccia.js";

const PASSWORD = "quattro parole senza senso";

test.describe("the first start", () => {
  test.use({ expected: ["status of 410", "status of 409"] });

  test("prints a link that makes the first administrator, once", async ({ ui, page }) => {
    const traccia = await Traccia.start({ TRACCIA_SEED_KEY: undefined });
    try {
      const printed = () => Buffer.concat(traccia.stderr).toString() + traccia.stdout.join("\n");
      await expect.poll(printed).toMatch(/\/setup#token=\S+/);
      const token = printed().match(/\/setup#token=(\S+)/)[1];
      ui.traccia = traccia;
      await page.goto(`${traccia.at()}/`);
      await expect(page.getByText("Questo server non ha ancora nessuna persona.")).toBeVisible();
      await page.goto(`${traccia.at()}/setup#token=${token}`);
      await page.goto(`${traccia.at()}/setup#token=${token}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Il primo amministratore");
      await expect(page, "the secret is out of the address").not.toHaveURL(/token/);
      await page.getByLabel("Nome utente").fill("anna");
      await page.getByLabel("Nuova password").fill(PASSWORD);
      await page.getByRole("button", { name: "Crea ed entra" }).click();
      await expect(page.getByRole("link", { name: "Chiavi", exact: true })).toBeVisible();
      // The session outlives the page.
      await page.reload();
      await expect(page.getByRole("link", { name: "Chiavi", exact: true })).toBeVisible();
      await page.getByRole("button", { name: "Esci" }).click();
      await page.goto(`${traccia.at()}/server`);
      await page.goto(`${traccia.at()}/setup#token=${token}`);
      await page.getByLabel("Nome utente").fill("altra");
      await page.getByLabel("Nuova password").fill(PASSWORD);
      await page.getByRole("button", { name: "Crea ed entra" }).click();
      await expect(page.getByRole("alert")).not.toBeEmpty();
    } finally {
      await page.goto("about:blank");
      await traccia.stop();
    }
  });
});

test("a key for Moodle is made, tried, heard, and revoked", async ({ ui, page, demo }) => {
  await ui.signInAs("/", await ui.person("chiavi", "administrator"));
  await page.getByRole("link", { name: "Chiavi", exact: true }).click();
  await page.getByRole("link", { name: "Nuova chiave" }).click();
  await expect(page.getByRole("radio", { name: "Moodle", exact: true })).toBeChecked();
  await page.getByLabel("Come la chiami").fill("Moodle di Perugia");
  await page.getByRole("button", { name: "Crea la chiave" }).click();
  await expect(page.getByText(said("La chiave «Moodle di Perugia» è pronta."))).toBeVisible();
  const value = async (label) => page.locator(".copy").filter({ hasText: label }).locator("code").innerText();
  const [name, secret] = [await value("Nome della chiave"), await value("Segreto della chiave")];
  expect(await value("Indirizzo (endpoint)")).toBe(`${demo.at()}/xapi`);

  await page.getByRole("button", { name: "Manda uno statement di prova" }).click();
  await expect(page.getByText("Arrivato: lo statement di prova è in Traccia.")).toBeVisible();
  await expect(page.getByRole("article")).toContainText("Prova di Traccia");
  await expect(page.getByText(/In attesa del primo statement/)).toBeVisible();
  // Now Moodle itself.
  const sent = await fetch(`${demo.at()}/xapi/statements`, {
    method: "POST",
    headers: {
      Authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`,
      "Content-Type": "application/json",
      "X-Experience-API-Version": "1.0.3",
    },
    body: JSON.stringify({
      actor: { mbox: "mailto:prima@example.it", name: "Prima Persona" },
      verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
      object: { id: "https://moodle.example.it/mod/quiz/view.php?id=1" },
    }),
  });
  expect(sent.status).toBe(200);
  await expect(page.getByText("È arrivato da questa chiave:")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("article").filter({ hasText: "Prima Persona" })).toBeVisible();

  await page.getByRole("link", { name: "Vai all’elenco delle chiavi" }).click();
  const mine = page.getByRole("listitem").filter({ hasText: "Moodle di Perugia" });
  await expect(mine).toContainText("mandare statement");
  await mine.getByRole("button", { name: /^Revoca/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoca", exact: true }).click();
  await expect(page.getByText(said("La chiave «Moodle di Perugia» è revocata."))).toBeVisible();
  await expect(mine).toHaveCount(0);
});

test("a coordinator of Umbria is invited, and sees Umbria alone", async ({ ui, page, demo, browser }) => {
  await ui.signInAs("/people", await ui.person("inviti", "administrator"));
  await page.getByRole("navigation", { name: "Persone" }).getByRole("link", { name: "Invita una persona" }).click();
  await page.getByLabel("Nome e cognome").fill("Lucia Bianchi");
  await page.getByRole("radio", { name: "Coordinatore regionale" }).check();
  await expect(page.getByLabel("Nome utente")).toHaveValue("lucia.bianchi");
  // Without a territory nobody is invited, and that is said.
  await page.getByRole("button", { name: "Crea l’invito" }).click();
  await expect(page.getByLabel("Enti")).toHaveAccessibleDescription(/Scegli almeno una regione o un ente\./);
  await page.getByRole("checkbox", { name: "Umbria" }).check();
  await page.getByRole("button", { name: "Crea l’invito" }).click();
  const link = await page.locator(".copy").filter({ hasText: "Link di invito" }).locator("code").innerText();
  const token = link.split("#token=")[1];

  const other = await browser.newContext({ locale: "it-IT" });
  const theirs = await other.newPage();
  await theirs.goto(`${demo.at()}/invitation#token=${token}`);
  await theirs.getByLabel("Nuova password").fill(PASSWORD);
  await theirs.getByRole("button", { name: "Salva la password ed entra" }).click();
  await expect(theirs.getByText(said("Vedi solo le persone di: Umbria."))).toBeVisible({ timeout: 20_000 });
  await expect(theirs.getByRole("link", { name: /^127\s*Iscritti$/ })).toBeVisible();
  const places = theirs.getByRole("navigation", { name: "Navigazione principale" }).getByRole("link");
  await expect(places).toHaveText(["Corsi"]);
  await expect(theirs.getByRole("link", { name: "Lucia Bianchi" })).toBeVisible();

  // Suspended: at the next step she is asked to sign in, and is refused.
  await page.getByRole("link", { name: "Apri la scheda" }).click();
  await page.getByLabel("Sospesa").check();
  await page.getByRole("button", { name: "Salva" }).click();
  await expect(page.getByText("Salvato.")).toBeVisible();
  await theirs.getByRole("link", { name: "Moduli", exact: true }).click();
  await expect(theirs.getByText("La sessione è finita. Entra di nuovo: torni dove eri.")).toBeVisible();
  expect(new URL(theirs.url()).pathname).toBe(`/courses/${COURSE}/funnel`);
  await other.close();

  // Who changed what.
  await ui.go("/audit");
  const log = page.getByRole("region", { name: "Registro delle modifiche" });
  await expect(log.getByRole("row").filter({ hasText: "lucia.bianchi" }).first()).toContainText("inviti");
});

test.describe("a password and a code", () => {
  test.use({ expected: ["status of 401", "status of 403", "status of 400"] });

  test("are both asked for, once the code is turned on", async ({ ui, page }) => {
    const who = await ui.person("codice", "data_reader");
    await ui.signInAs("/account", who);
    await page.getByRole("button", { name: "Attiva il codice" }).click();
    const secret = await page.locator(".copy").filter({ hasText: "Segreto" }).locator("code").innerText();
    await page.getByLabel("Password", { exact: true }).fill(who.password);
    await page.getByLabel("Codice che l’app mostra").fill("000000");
    await page.getByRole("button", { name: "Conferma" }).click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await page.getByLabel("Codice che l’app mostra").fill(await totp(secret));
    await page.getByRole("button", { name: "Conferma" }).click();
    await expect(page.getByText("Fatto: da ora in poi il codice è richiesto.")).toBeVisible();
    await page.getByRole("button", { name: "Esci" }).click();
    await page.getByLabel("Nome utente").fill(who.name);
    await page.getByLabel("Password", { exact: true }).fill("sbagliata davvero");
    await page.getByRole("button", { name: "Entra", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Non corretto.");
    await page.getByLabel("Password", { exact: true }).fill(who.password);
    await page.getByRole("button", { name: "Entra", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("La password è corretta.");
    await expect(page.getByLabel("Codice dell’app")).toBeFocused();
    // A code is taken once: the next one is of the next half minute.
    await page.getByLabel("Codice dell’app").fill(await totp(secret, 1));
    await page.getByRole("button", { name: "Entra", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Il mio profilo");
    await expect(page.getByText("questa", { exact: true })).toBeVisible();
  });
});

/** The code of an app (RFC 6238, SHA-1, six digits), so many half minutes ahead. */
async function totp(secret, ahead = 0) {
  const { createHmac } = await import("node:crypto");
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[= ]/g, "")].map((it) => letters.indexOf(it).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", key).update(counter).digest();
  const code = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, "0");
}
