// A data reader's day: filter statements, see them arrive, find out why something was refused, check a statement, take files.

import { readFile } from "node:fs/promises";
import { JSON_1_0_3 } from "../traccia.js";
import { expect, said, test } from "./ui.js";

const statement = (name, more = {}) => ({
  actor: { mbox: "mailto:diretta@example.it", name },
  verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
  object: { id: "https://corso.example.it/diretta" },
  ...more,
});
const post = (demo, body) => demo.ask("POST", "/xapi/statements", { headers: JSON_1_0_3, body: JSON.stringify(body) });

test("statements are filtered and taken along", async ({ ui, page }) => {
  await ui.signInAs("/statements?agent=%7B%22account%22%3A%7B%22homePage%22%3A%22https%3A%2F%2Fformazione.example.it%22%2C%22name%22%3A%221520%22%7D%7D", await ui.person("lettura", "data_reader"));
  await expect(page.getByRole("article").first()).toContainText("Fabio Bianchi");
  const take = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFile(await file.path(), "utf8");
  };
  const all = JSON.parse(await take("Scarica JSON"));
  expect(all.length).toBeGreaterThan(25);
  const rows = (await take("Scarica CSV")).trim().split("\r\n");
  expect(rows).toHaveLength(all.length + 1);
  expect(rows[1]).toContain("Fabio Bianchi");
});

test("statements are seen as they arrive, those of a filter alone", async ({ ui, page, demo }) => {
  await ui.signInAs("/statements/live?activity=https%3A%2F%2Fcorso.example.it%2Fdiretta", await ui.person("diretta", "data_reader"));
  await expect(page.getByText("In ascolto")).toBeVisible();
  const name = `<img src=x onerror="window.ran=1"> \u202eissoR 👩‍🏫`;
  expect((await post(demo, [statement(name), statement("altrove", { object: { id: "https://corso.example.it/altro" } })])).status).toBe(200);
  await expect(page.getByRole("article").first()).toContainText(name);
  await expect(page.getByRole("article").first()).toContainText("ha completato");
  await expect(page.getByText(said("1 statement arrivato"))).toBeVisible();
  expect(await page.evaluate(() => window.ran)).toBeUndefined();
  await page.getByRole("button", { name: "Ferma" }).click();
  await expect(page.getByText("Fermo", { exact: true })).toBeVisible();
});

test("a refused request is explained, and would be good once it is mended", async ({ ui, page, demo }) => {
  const key = await ui.key(["statements/write"]);
  const [name, secret] = key.split(/:(.*)/s);
  const sent = await fetch(`${demo.at()}/xapi/statements`, {
    method: "POST",
    headers: { ...JSON_1_0_3, Authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` },
    body: JSON.stringify([statement("Bene"), statement("Male", { result: { score: { scaled: 1.5 } } })]),
  });
  expect(sent.status).toBe(400);
  await ui.signInAs(`/statements/refused?key=${name}`, await ui.person("rifiuti", "data_reader"));
  const row = page.getByRole("listitem").filter({ hasText: name });
  await expect(row.getByText(said("Statement numero 2 /result/score/scaled"))).toBeVisible();
  await row.getByRole("link").click();
  await expect(page.getByRole("region", { name: "Che cosa è stato mandato" }).locator(".noted")).toContainText("1.5");
  await page.getByRole("button", { name: "Prova di nuovo" }).click();
  await expect(page.getByText(/Ancora rifiutato/)).toBeVisible();
  await expect(page.locator("main")).not.toContainText(secret);

  // Into the check, mended there.
  await page.getByRole("button", { name: "Apri nel controllo" }).click();
  const field = page.getByLabel("Statement in JSON");
  await expect(field).toHaveValue(/1\.5/);
  await page.getByRole("button", { name: "Controlla", exact: true }).click();
  await expect(page.getByText(said("1 regola violata"))).toBeVisible();
  await page.getByRole("button", { name: /^Vai al punto/ }).click();
  await expect(field).toBeFocused();
  expect(await field.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd))).toBe("1.5");
  await field.fill((await field.inputValue()).replace("1.5", "0.5"));
  await page.getByRole("button", { name: "Controlla", exact: true }).click();
  await expect(page.getByText(/Va bene: tutti i/)).toBeVisible();
});

test("an attachment is taken as a file and never opened", async ({ ui, page, demo }) => {
  const { createHash } = await import("node:crypto");
  const html = Buffer.from("<script>window.ran=1</script>");
  const sha2 = createHash("sha256").update(html).digest("hex");
  const attachment = {
    usageType: "https://corso.example.it/prova",
    display: { it: "<b>prova</b>.html" },
    contentType: "text/html",
    length: html.length,
    sha2,
  };
  const one = { id: crypto.randomUUID(), ...statement("Con allegato", { attachments: [attachment] }) };
  const mixed = Buffer.concat([
    Buffer.from(`--x\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(one)}\r\n--x\r\nContent-Type: text/html\r\n` +
      `Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: ${sha2}\r\n\r\n`),
    html,
    Buffer.from("\r\n--x--\r\n"),
  ]);
  const headers = { "Content-Type": "multipart/mixed; boundary=x", "X-Experience-API-Version": "1.0.3" };
  const sent = await demo.ask("POST", "/xapi/statements", { headers, body: mixed });
  expect(sent.status, await sent.text()).toBe(200);
  await ui.signInAs(`/statements?statementId=${one.id}`, await ui.person("allegati", "data_reader"));
  await page.getByText("Dettagli").click();
  await expect(page.getByText("<b>prova</b>.html").first()).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Scarica ?:/ }).click()]);
  expect(await readFile(await file.path())).toEqual(html);
  expect(await page.evaluate(() => window.ran)).toBeUndefined();
});
