import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { compress } from './scripts/compress.mjs';
import { catalogue, LANGUAGES } from './scripts/catalogue.mjs';

/** `virtual:texts/it` is the catalogue of a language as one text. */
const texts = () => ({
  name: 'texts',
  resolveId: (id: string) => (id.startsWith('virtual:texts/') ? `\0${id}` : undefined),
  load(id: string) {
    const language = LANGUAGES.find((it: string) => id === `\0virtual:texts/${it}`);
    return language ? `export default ${JSON.stringify(catalogue(language))};` : undefined;
  },
});

export default defineConfig({
  plugins: [svelte(), texts(), compress()],
  define: {
    __VERSION__: JSON.stringify(
      (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
    ),
  },
  // The server writes where its files are: see http/src/web.rs.
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
  },
});
