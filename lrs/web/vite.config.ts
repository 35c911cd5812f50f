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

/** `virtual:session` is what makes statements of a SCO's calls in packages, as a module. */
const STATEMENTS = '../package/src/shim/statements.js';
const session = () => ({
  name: 'session',
  resolveId: (id: string) => (id === 'virtual:session' ? '\0virtual:session' : undefined),
  load(id: string) {
    if (id !== '\0virtual:session') return undefined;
    return `${readFileSync(STATEMENTS, 'utf8')}\nexport { Session };`;
  },
});

/** Of Italy's design tokens, those that this UI names, and not the hundreds of others. */
const tokens = () => ({
  name: 'tokens',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (!id.includes('design-tokens-italia')) return undefined;
    const named = readFileSync('src/styles/tokens.css', 'utf8');
    const used = [...named.matchAll(/var\((--it-[\w-]+)\)/g)].map(([, name]) => name);
    const values = used.map((name) => {
      const value = new RegExp(`${name}:\\s*([^;]+);`).exec(code)?.[1];
      if (value === undefined) throw new Error(`design-tokens-italia has no ${name}`);
      return `${name}: ${value};`;
    });
    return `:root { ${[...new Set(values)].join(' ')} }`;
  },
});

/** The typeface under names that do not change, for the server's own pages: see http/src/home.css. */
const fonts = () => ({
  name: 'fonts',
  generateBundle(this: { emitFile: (file: object) => void }) {
    for (const weight of ['400', '600']) {
      const file = `@fontsource/titillium-web/files/titillium-web-latin-${weight}-normal.woff2`;
      this.emitFile({
        type: 'asset',
        fileName: `fonts/titillium-web-${weight}.woff2`,
        source: readFileSync(`node_modules/${file}`),
      });
    }
  },
});

export default defineConfig({
  plugins: [tokens(), svelte(), texts(), session(), fonts(), compress()],
  define: {
    __VERSION__: JSON.stringify(
      (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
    ),
  },
  // The server writes where its files are: see http/src/web.rs.
  base: './',
  server: {
    // `npm run dev` beside a running program.
    proxy: Object.fromEntries(
      ['/api', '/xapi', '/whoami', '/server', '/problems', '/check-in'].map((path) => [
        path,
        process.env.TRACCIA ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // Pages are mounted in tests as browsers do, not made into text as servers do.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
  },
});
