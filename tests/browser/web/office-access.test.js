// The pages of people, content, statements and set-up, for everybody: see everybody.js. Each is opened once.

import { hosted } from "../hosting.js";
import { fitsTelephone, isClean, isReached } from "./everybody.js";
import { expect, test } from "./ui.js";

/** Ids of texts that stand in no text. */
const IDS = /\b(sign-in|person|people|role|bounds|audit|keys?|bundle|snippet|content|findings?|launch|preview|live|check|refused|disk|sources?|jobs?|my|totp|sessions?|version|scope)-[a-z]+[a-z-]*\b/;

async function everything(ui, page) {
  await isClean(ui, page);
  await isReached(page);
  await fitsTelephone(ui, page);
  await expect(page.locator("main")).not.toContainText(IDS);
}

const PAGES = {
  people: "/people",
  invite: "/invite",
  audit: "/audit",
  keys: "/keys",
  "a new key": "/keys/new",
  content: "/content",
  "a package": "/content/prova",
  "a file to check": "/content/check",
  statements: "/statements?limit=10",
  live: "/statements/live",
  "the check": "/statements/check",
  refused: "/statements/refused",
  system: "/system",
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: clean, reached by keyboard, fits a telephone`, async ({ ui, page, demo }) => {
    if (path === "/content/prova") {
      const headers = { "Content-Type": "application/zip" };
      const answer = await demo.ask("POST", "/api/v1/packages?name=prova", { headers, body: await hosted("1.2") });
      expect(answer.status).toBe(201);
    }
    await ui.signIn(path);
    await everything(ui, page);
  });
}

test("one's own account: clean, reached by keyboard, fits a telephone", async ({ ui, page }) => {
  await ui.signInAs("/account", await ui.person("conto", "data_reader"));
  await page.getByRole("button", { name: "Attiva il codice" }).click();
  await expect(page.getByRole("img", { name: "Codice QR per l’app" })).toBeVisible();
  await everything(ui, page);
});

test("somebody else's page, and a part that is for others: clean, reached by keyboard, fit a telephone", async ({ ui, page }) => {
  const { name, password } = await ui.person("coordina", "regional_coordinator", { bounds: { regions: ["Umbria"] } });
  await ui.signIn(`/people/${name}`);
  await everything(ui, page);
  await page.getByRole("button", { name: /^(Esci|Sign out)$/ }).click();
  await ui.signInAs("/people", { name, password });
  await expect(page.locator("h1")).toHaveText("Questa pagina non è per il tuo ruolo");
  await expect(page.getByLabel("Cerca un nome"), "nothing is offered that would be refused").toHaveCount(0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await everything(ui, page);
});

test("my data: clean, reached by keyboard, fit a telephone", async ({ ui, page }) => {
  const learner = ["account:https://formazione.example.it|1520"];
  await ui.signInAs("/my", await ui.person("partecipante", "learner", { learner }));
  await everything(ui, page);
  await page.setViewportSize({ width: 1280, height: 720 });
  await ui.go("/my/statements");
  await everything(ui, page);
});

test("signing in and choosing a password: clean, by keyboard alone, fit a telephone", async ({ ui, page, demo }) => {
  for (const path of ["/", "/invitation#token=none", "/setup#token=none"]) {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(demo.at() + path);
    await expect(page.locator("h1")).toBeVisible();
    await isClean(ui, page);
    await isReached(page);
    await fitsTelephone(ui, page);
  }
});
