import { defineConfig } from "vitest/config";
import { texts } from "./texts.ts";

// The page is /launch/TOKEN/, its files are below /launch-assets/.
export default defineConfig({
  plugins: [texts()],
  base: "/launch-assets/",
  publicDir: false,
  test: { include: ["src/**/*.test.ts"] },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "third-party.md" },
    rolldownOptions: { output: { assetFileNames: "assets/[name]-[hash][extname]" } },
  },
});
