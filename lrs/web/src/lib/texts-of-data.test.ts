// What is made of names and files that anybody may have given.

import { describe, expect, test } from 'vitest';
import { csv } from './download';
import { bytes } from './format';
import { testStatement } from './keys';
import { modulesOf, suggestedName } from './packages';
import { suggestedName as userName } from './people';
import { pointerIn } from './refusals';
import { daysLeft } from './system';

test.each([
  ['Sicurezza sul Lavoro (v2).zip', 'sicurezza-sul-lavoro-v2'],
  ['perché.ZIP', 'perche'],
  ['<script>.zip', 'script'],
  ['مرحبا.zip', ''],
])('the file %s becomes the package %s', (file, name) => {
  expect(suggestedName(file)).toBe(name);
});

test.each([
  ['Maria Rossi', 'maria.rossi'],
  ["Niccolò D'Àngelo", 'niccolo.d.angelo'],
  ['', ''],
])('%s signs in as %s', (label, name) => {
  expect(userName(label)).toBe(name);
});

describe('modules that count a package', () => {
  const file = `id = "c"
[[module]]
id = "m1"
title = { it = "package = \\"corso\\"" }
[[module.activity]]
package = "corso"
[[module]]
id = 'm2'
[[module.activity]]
id = "urn:traccia:package:corso/I2"
[[module.activity]]
prefix = "urn:traccia:package:corso-2"
[[edition]]
id = "e"
package = "corso"
`;
  test('are those whose activities name it', () => {
    expect(modulesOf(file, 'corso')).toEqual([
      { module: 'm1', item: null },
      { module: 'm2', item: 'I2' },
    ]);
    expect(modulesOf(file, 'corso-2')).toEqual([{ module: 'm2', item: null }]);
    expect(modulesOf('no [[ toml', 'corso')).toEqual([]);
  });
});

test('no cell of a CSV file is a formula, and commas stay in their cell', () => {
  const statement = {
    id: '1',
    actor: { name: '=HYPERLINK("x")', mbox: 'mailto:a@example.it' },
    verb: { id: 'https://v.example/did', display: { it: 'fece, "bene"' } },
    object: { id: 'https://o.example', definition: { name: { it: '-1' } } },
    result: { score: { scaled: -0.5 }, success: false },
  };
  const [head, row] = csv([statement], 'it').split('\r\n');
  expect(head?.split(',')).toHaveLength(12);
  expect(row).toContain(`"'=HYPERLINK(""x"")"`);
  expect(row).toContain('"fece, ""bene"""');
  expect(row).toContain(`,'-1,`);
  // A number is a number.
  expect(row).toContain(',-0.5,false,');
});

test('amounts of bytes have the unit that suits them', () => {
  expect([0, 999, 1000, 1_550_000, 2e12].map((amount) => bytes('it', amount))).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1,6 MB',
    '2 TB',
  ]);
});

test('a disk that does not fill lasts for ever', () => {
  const disk = { used_bytes: 1, free_bytes: 1000, growth_bytes_per_day: 100 };
  expect(daysLeft(disk)).toBe(10);
  expect(daysLeft({ ...disk, growth_bytes_per_day: 0 })).toBeNull();
  expect(daysLeft({ ...disk, free_bytes: null })).toBeNull();
});

test('the place of a violation is below that of its statement', () => {
  expect(pointerIn(' [{}]', { index: 2, pointer: '/verb' })).toBe('/2/verb');
  expect(pointerIn('{}', { index: 0, pointer: '/verb' })).toBe('/verb');
});

test('a test statement is within the bounds of its key', () => {
  const words = { actor: 'A', object: 'O' };
  const free = testStatement('1', words, {});
  expect(free.object.definition).toEqual({ name: { und: 'O' } });
  const bound = testStatement('1', words, {
    activities: ['https://m.example/7'],
    home_pages: ['https://m.example'],
  });
  expect(bound.actor.account.homePage).toBe('https://m.example');
  expect(bound.object).toEqual({ objectType: 'Activity', id: 'https://m.example/7' });
});
