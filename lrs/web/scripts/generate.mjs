// Writes the types that are made of other files: those of the API from `openapi.json`, those of the
// texts from the Fluent files. They are in no commit, and made before they are read. Refuses texts
// that one language lacks, that differ in their values, or that nothing shows.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTypes, { astToString } from 'openapi-typescript';
import { files } from './compress.mjs';
import { LANGUAGES, own, shared } from './catalogue.mjs';

const ROOT = join(import.meta.dirname, '..');
const faults = [];

/** The names of the values that a message takes. */
function values(node, found = new Set()) {
  if (node && typeof node === 'object') {
    if (node.type === 'VariableReference') found.add(node.id.name);
    for (const child of Object.values(node)) values(child, found);
  }
  return found;
}

/** Ids and the values that each takes; faults of syntax are noted. */
function messages(language, entries) {
  const all = new Map();
  for (const entry of entries) {
    if (entry.type === 'Junk') faults.push(`${language}: no Fluent: ${entry.content}`);
    if (entry.type !== 'Message') continue;
    if (all.has(entry.id.name)) faults.push(`${language}: ${entry.id.name} stands there twice`);
    all.set(entry.id.name, [...values(entry)].sort());
  }
  return all;
}

const [first, second] = LANGUAGES.map((language) => messages(language, own(language).body));
for (const id of new Set([...first.keys(), ...second.keys()])) {
  const [one, other] = [first.get(id), second.get(id)].map((it) => it && it.join(' '));
  if (one !== other)
    faults.push(`${id}: takes “${one}” in ${LANGUAGES[0]}, “${other}” in ${LANGUAGES[1]}`);
}
// Ids whose ends are data stand in code as their beginnings, in a template.
const code = files(join(ROOT, 'src'))
  .filter(
    (path) =>
      /\.(svelte|ts)$/.test(path) && !path.includes('generated') && !path.includes('.test.'),
  )
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
for (const id of first.keys()) {
  const beginnings = [...id.matchAll(/-/g)].map((match) => id.slice(0, match.index + 1));
  const isMade = beginnings.some((begin) => code.includes('`' + begin + '${'));
  if (!isMade && !code.includes(`'${id}'`)) faults.push(`${id}: nothing shows it`);
}

const all = new Map([...first, ...messages(LANGUAGES[0], shared(LANGUAGES[0]))]);
const shape = (names) =>
  names.length ? `{ ${names.map((name) => `${name}: Value`).join('; ')} }` : 'undefined';
const texts = `// Made by scripts/generate.mjs of the Fluent files.

export type Value = string | number | Date;

/** Each text of the UI, and the values that it takes. */
export interface Messages {
${[...all].map(([id, names]) => `  '${id}': ${shape(names)};`).join('\n')}
}
`;

const api = `// Made by scripts/generate.mjs of openapi.json.\n\n${astToString(
  await openapiTypes(JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'))),
)}`;

for (const [name, text] of [
  ['src/generated/messages.ts', texts],
  ['src/generated/api.ts', api],
]) {
  const path = join(ROOT, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
