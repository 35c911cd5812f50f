// The folder with the demo programme, of which the servers of all workers begin.

import { demoFolder, test } from "./ui.js";

test("the demo programme is loaded and followed", async () => {
  test.setTimeout(300_000);
  await demoFolder();
});
