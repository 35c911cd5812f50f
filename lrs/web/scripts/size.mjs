// Holds the size of the first load: what the page and its static imports weigh in gzip, with styles
// and fonts that Latin text needs. Charts come later, in a chunk of their own.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { files } from './compress.mjs';

const LIMIT = 112_000;
const DIST = join(import.meta.dirname, '../dist');

const all = new Map(files(DIST).map((path) => [basename(path), path]));
const weight = (name) => {
  const bytes = readFileSync(all.get(name));
  return name.endsWith('.woff2') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
};

const seen = new Set();
function follow(name) {
  if (seen.has(name) || !all.has(name)) return;
  seen.add(name);
  if (!/\.(js|html)$/.test(name)) return;
  const text = readFileSync(all.get(name), 'utf8');
  // Only static imports: `import(` loads later.
  const imports = name.endsWith('.html')
    ? [...text.matchAll(/(?:src|href)="\/?([^"]+)"/g)]
    : [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)];
  for (const [, path] of imports) follow(basename(path));
}
follow('index.html');
// The catalogue of one language, and the page that opens first, are waited for as well.
for (const begin of ['it-', 'Courses-', 'Glance-', 'CourseFrame-']) {
  for (const name of all.keys()) if (name.startsWith(begin) && name.endsWith('.js')) follow(name);
}
for (const name of all.keys()) {
  if (/titillium-web-latin-(400|600)-normal.*\.woff2$/.test(name)) seen.add(name);
}

let sum = 0;
for (const name of seen) {
  const bytes = weight(name);
  sum += bytes;
  console.log(`${String(bytes).padStart(8)} ${name}`);
}
console.log(`${String(sum).padStart(8)} bytes of the first load in gzip; at most ${LIMIT}`);
const heavy = [...seen].filter((name) => /^charts-/.test(name));
if (heavy.length) console.error(`charts are in the first load: ${heavy.join(', ')}`);
process.exit(sum > LIMIT || heavy.length ? 1 : 0);
