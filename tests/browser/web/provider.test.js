// Sign-in at an identity provider: oidc-provider, an OpenID Connect server that was written apart from Traccia. It is seen as
// localhost and Traccia as 127.0.0.1, so that browsers tell the two apart as they do an organisation's provider and a server.

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Provider from "oidc-provider";
import { Traccia } from "../traccia.js";
import { isClean } from "./everybody.js";
import { expect, test as base } from "./ui.js";

const SECRET = "the-secret-of-the-tests";
const TITLE = "Ente di prova";

/** What the provider knows of people by the name that they type. */
const PEOPLE = {
  dora: { name: "Dora Neri", roles: ["traccia-designer"] },
  elio: { name: "Elio Verdi", roles: ["other"] },
};

/** A provider at `issuer` for a server at `traccia`, with the login page that it has for trials. */
function provider(issuer, traccia) {
  const client = {
    client_id: "traccia",
    client_secret: SECRET,
    redirect_uris: [`${traccia}/api/v1/oidc/ente/callback`],
    post_logout_redirect_uris: [`${traccia}/`],
  };
  return new Provider(issuer, {
    clients: [client],
    // Beside the ID token, at the userinfo endpoint.
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "roles"], email: ["email"] },
    pkce: { required: () => true },
    cookies: { keys: ["of the tests"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: `id-of-${id}`, preferred_username: id, ...PEOPLE[id] }),
    }),
  });
}

/** A server whose people sign in at a provider. */
async function withProvider({}, use) {
  let answer;
  const server = createServer((request, response) => answer(request, response));
  server.listen(0, "localhost");
  await once(server, "listening");
  const issuer = `http://localhost:${server.address().port}`;
  const folder = await mkdtemp(join(tmpdir(), "traccia-provider-"));
  const [secret, config] = [join(folder, "secret"), join(folder, "traccia.toml")];
  await writeFile(secret, SECRET);
  await writeFile(
    config,
    `[[oidc]]\nid = "ente"\ntitle = "${TITLE}"\nissuer = "${issuer}"\nclient_id = "traccia"
client_secret_file = "${secret}"\nuserinfo = true\nroles = { traccia-designer = "designer" }\n`,
  );
  const traccia = await Traccia.start({}, { flags: ["--config", config] });
  answer = provider(issuer, traccia.at()).callback();
  await use(traccia);
  await traccia.stop();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
}

const test = base.extend({ demo: [withProvider, { scope: "worker" }] });

// The provider's own page asks for a font of another host, and may be told by the browser that it has none.
test.use({ expected: ["fonts.googleapis.com", "localhost:"] });

/** Signs in on the pages of the provider. */
async function atProvider(page, name) {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("x");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** A text with the provider's title in it, which the catalogue of texts holds apart with marks that are not seen. */
const named = (before) => new RegExp(`${before} \u2068?${TITLE}`);

const button = (page) => page.getByRole("link", { name: named("Entra con") });

test("a person signs in at a provider, comes back to where they were, and is signed out in both places", async ({
  page,
  ui,
  demo,
}) => {
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await page.goto(demo.at() + "/account?from=here");
  await isClean(ui, page);
  await button(page).click();
  await atProvider(page, "dora");
  await expect(page).toHaveURL(demo.at() + "/account?from=here");
  await expect(page.getByText("Dora Neri").first()).toBeVisible();
  await expect(page.getByText(named("Entri con"))).toBeVisible();
  await expect(page.getByLabel("Password")).toHaveCount(0);
  await isClean(ui, page);
  await page.reload();
  await expect(page.getByText(named("Entri con")), "the session is there").toBeVisible();

  await page.getByRole("button", { name: "Esci" }).click();
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await expect(page).toHaveURL(demo.at() + "/");
  await button(page).click();
  await expect(page.getByPlaceholder("Enter any login"), "the provider asks again who it is").toBeVisible();
});

test("who is not let in reads why", async ({ page, ui, demo }) => {
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await page.goto(demo.at());
  await button(page).click();
  await atProvider(page, "elio");
  await expect(page.getByText("Non hai un ruolo in Traccia")).toBeVisible();
  await expect(page).toHaveURL(demo.at() + "/");
  await isClean(ui, page);
  await page.context().clearCookies();
  await button(page).click();
  await page.getByText("[ Cancel ]").click();
  await expect(page.getByText("L’accesso è stato interrotto")).toBeVisible();
  await expect(page.getByLabel("Nome utente")).toBeVisible();
});

test("an administrator sees who signs in by which provider", async ({ page, browser, ui, demo }) => {
  const other = await browser.newPage();
  await other.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await other.goto(demo.at());
  await other.getByRole("link", { name: TITLE }).click();
  await atProvider(other, "dora");
  await expect(other).toHaveURL(demo.at() + "/");
  await other.close();
  await ui.signIn("/people");
  await expect(page.getByRole("row").filter({ hasText: "dora" })).toContainText(named("entra con"));
  await isClean(ui, page);
  await page.getByRole("link", { name: "Dora Neri" }).click();
  await expect(page.getByText(named("Questa persona entra con"))).toBeVisible();
  await expect(page.getByText("Password dimenticata")).toHaveCount(0);
  await isClean(ui, page);
});
