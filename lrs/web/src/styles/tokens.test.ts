// The contrast of WCAG 2.1 AA, of every pair of colours that stand on each other, in both schemes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const declared = (css: string) =>
  new Map(
    [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
const ITALIA = declared(read('../../node_modules/design-tokens-italia/dist/css/variables.css'));
const OWN = declared(read('tokens.css'));

/** The colour of a token in a scheme, as red, green and blue from 0 to 255. */
function colour(name: string, scheme: 'light' | 'dark'): [number, number, number] {
  let value = OWN.get(name) ?? ITALIA.get(name) ?? '';
  const pair = /^light-dark\((.+),\s*([^,]+)\)$/.exec(value);
  if (pair) value = (scheme === 'light' ? pair[1] : pair[2]) ?? '';
  const reference = /^var\((--[\w-]+)\)$/.exec(value.trim());
  if (reference?.[1]) return colour(reference[1], scheme);
  const hex = /^#([0-9a-f]{6})$/i.exec(value.trim())?.[1];
  if (!hex) throw new Error(`${name} is no colour: ${value}`);
  const at = (place: number) => parseInt(hex.slice(place, place + 2), 16);
  return [at(0), at(2), at(4)];
}

function luminance(rgb: [number, number, number]): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, scheme: 'light' | 'dark'): number {
  const both = [one, other].map((name) => luminance(colour(name, scheme)));
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}

const TEXTS: [string, string[]][] = [
  [
    '--text',
    ['--ground', '--surface', '--raised', '--bad-ground', '--good-ground', '--warning-ground'],
  ],
  ['--text-soft', ['--ground', '--surface', '--raised', '--bad-ground']],
  ['--link', ['--ground', '--surface', '--raised', '--bad-ground']],
  ['--on-primary', ['--primary']],
  ['--on-brand', ['--brand']],
  ['--bad', ['--bad-ground']],
  ['--good', ['--surface', '--raised']],
  ['--warning', ['--surface', '--raised']],
];
/** What is no text: borders of fields, focus, parts of charts (WCAG 1.4.11). */
const SHAPES: [string, string[]][] = [
  ['--border', ['--surface', '--ground']],
  ['--focus', ['--surface', '--ground', '--raised']],
  ...[1, 2, 3, 4, 5, 6].map((number): [string, string[]] => [`--series-${number}`, ['--surface']]),
];

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  for (const [least, pairs] of [
    [4.5, TEXTS],
    [3, SHAPES],
  ] as const) {
    for (const [name, grounds] of pairs) {
      test.each(grounds)(`${name} on %s is at least ${least}`, (ground) => {
        expect(contrast(name, ground, scheme)).toBeGreaterThanOrEqual(least);
      });
    }
  }
});

describe('reports as pages have the colours of the UI', () => {
  const page = read('../../../report/src/export/print.css');
  const roots = [...page.matchAll(/:root \{([^}]*)\}/g)].map(([, inside]) =>
    declared(inside ?? ''),
  );

  test.each([
    ['light', roots[0]],
    ['dark', roots[1]],
  ] as const)('%s', (scheme, colours) => {
    expect(colours?.size).toBe(8);
    for (const [name, value] of colours ?? []) {
      const full = value.replace(/^#(\w)(\w)(\w)$/, '#$1$1$2$2$3$3');
      const own = colour(name, scheme).map((part) => part.toString(16).padStart(2, '0'));
      expect(`${name}: ${full}`).toBe(`${name}: #${own.join('')}`);
    }
  });

  test('and none beside them, but on paper', () => {
    const rules = page
      .replace(/:root \{[^}]*\}/g, '')
      .replace(/@(page|media print) [\s\S]*?\n\}/g, '');
    expect(rules).not.toMatch(/#[0-9a-f]{3}/i);
  });
});

test('black on white is 21', () => {
  ITALIA.set('--black', '#000000').set('--white', '#ffffff');
  expect(contrast('--black', '--white', 'light')).toBeCloseTo(21);
});
