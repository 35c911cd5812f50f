import { defineConfig } from "@playwright/test";

// Each test, or each worker, starts a server of its own, so files run beside each other; more than two would find the
// machine busy with the servers of the others.
export default defineConfig({
  testDir: ".",
  workers: 2,
  projects: [
    // Made by one worker, while the other goes on with what does not need it.
    { name: "demo", testMatch: "**/web/demo.setup.js" },
    { name: "web", testMatch: "**/web/*.test.js", dependencies: ["demo"] },
    { name: "players", testMatch: "**/*.test.js", testIgnore: "**/web/**" },
  ],
  forbidOnly: true,
  timeout: 60_000,
  reporter: "list",
  outputDir: "../../target/browser",
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Names for the tests' own servers, without which a browser tells a page on plain HTTP more
      // about it than it would on the Internet. Root in a container has no sandbox.
      args: ["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"],
    },
  },
});
