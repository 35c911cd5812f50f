import { defineConfig } from "@playwright/test";

// Each test starts a server of its own, so files may run beside each other; one worker is enough
// for what they ask, and leaves the machine to the servers.
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.test.js",
  workers: 1,
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
