// What people see in a browser.

import { expect, logIn, test } from "./traccia.js";

test("the page of addresses leads to what a key may do", async ({ page, traccia }) => {
  await logIn(page, traccia, "127.0.0.1");
  await page.goto(`${traccia.at()}/server`);
  await page.getByRole("link", { name: "/whoami" }).click();
  await expect(page.locator("body")).toContainText('"scopes":["all"]');
});
