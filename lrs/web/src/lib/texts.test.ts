// What texts owe to the server's own lists, and to their language.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SEED } from './keys';
import { ownFiles } from '../../scripts/catalogue.mjs';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');
const [italian, english] = ['it', 'en'].map((it) =>
  ownFiles(it)
    .map((name: string) => read(`texts/src/${name}`))
    .join('\n'),
) as [string, string];

test.each([
  ['scope', 'access/src/scope.rs', /Self::\w+ => "([a-z/]+)"/g],
  ['role', 'access/src/role.rs', /Self::\w+ => "([a-z_]+)"/g],
])('every %s of the server has its words', (kind, path, pattern) => {
  const names = [...read(path).matchAll(pattern)].map(([, name = '']) => name.replaceAll('/', '-'));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    expect(italian).toContain(`\n${kind}-${name} = `);
    expect(english).toContain(`\n${kind}-${name} = `);
  }
});

test('quotation marks are those of the language', () => {
  expect(italian.match(/.*[“”].*/g) ?? []).toEqual([]);
  expect(english.match(/.*[«»].*/g) ?? []).toEqual([]);
});

test('the label that the server gives its first key is the one that has words here', () => {
  expect(read('service/src/keys.rs')).toContain(`"${SEED}"`);
});
