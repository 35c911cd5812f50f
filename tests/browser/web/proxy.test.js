// Behind a proxy that shows the server under a path of its own.

import { once } from "node:events";
import { createServer, request } from "node:http";
import { COURSE, demoFolder, expect, test, Traccia } from "./ui.js";

/** A server under `/lrs` of a proxy, which strips that path; gives the proxy's address. */
const behind = test.extend({
  address: async ({}, use) => {
    let port;
    const proxy = createServer((asked, answered) => {
      const path = asked.url.match(/^\/lrs(?=\/|$)(.*)$/)?.[1];
      if (path === undefined) return void answered.writeHead(404).end();
      const { method, headers } = asked;
      const on = request({ port, host: "127.0.0.1", path: path || "/", method, headers }, (answer) => {
        answered.writeHead(answer.statusCode, answer.headers);
        answer.pipe(answered);
      });
      on.on("error", () => answered.destroy());
      asked.pipe(on);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const address = `http://127.0.0.1:${proxy.address().port}/lrs`;
    const traccia = await Traccia.start({ TRACCIA__BASE_URL: address }, { of: await demoFolder() });
    port = traccia.port;
    await use(address);
    await traccia.stop();
    proxy.closeAllConnections();
    proxy.close();
  },
});

behind("the UI works under the path of a proxy", async ({ ui, page, address }) => {
  ui.traccia = { at: () => address, key: ui.traccia.key };
  await ui.signIn("/");
  await expect(page).toHaveURL(`${address}/courses/${COURSE}`);
  await page.locator('a[href$="/matrix"]', { hasText: "Persone" }).first().click();
  await expect(page).toHaveURL(`${address}/courses/${COURSE}/matrix`);
  await ui.loaded();
  await page.getByRole("link", { name: "Regione", exact: true }).click();
  await expect(page).toHaveURL(`${address}/courses/${COURSE}/matrix?sort=region`);
  await page.getByRole("link", { name: "Statement" }).click();
  await ui.loaded();
  await page.getByRole("button", { name: "Mostra altro" }).click();
  await expect(page.getByRole("article")).toHaveCount(50);
  // An address of the UI opens by itself.
  await ui.signIn(`/courses/${COURSE}/funnel`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moduli");
});
