import { describe, expect, test } from 'vitest';
import { lineAt, lineOf, placeOf, places } from './places';

const TEXT = `{
  "actor": { "mbox": "x\\"y" },
  "a/b~c": [1, { "d": null }],
  "\\u0061ctor2": true
}`;

describe('a value is found by its pointer', () => {
  test.each([
    ['/actor', '{ "mbox": "x\\"y" }'],
    ['/actor/mbox', '"x\\"y"'],
    ['/a~1b~0c/0', '1'],
    ['/a~1b~0c/1/d', 'null'],
    ['/actor2', 'true'],
    ['', TEXT],
  ])('%s is %s', (pointer, value) => {
    const place = placeOf(places(TEXT), pointer);
    expect(TEXT.slice(place?.from, place?.to)).toBe(value);
  });

  test('what is missing is where it should be', () => {
    const place = placeOf(places(TEXT), '/actor/account/name');
    expect(lineOf(TEXT, place?.from ?? 0)).toBe(2);
    expect(placeOf(places(TEXT), '/nowhere')?.from).toBe(0);
  });
});

test.each(['', '{', '{"a"', '{"a": ', '[1,', '{"a": "b', '{]', 'nonsense', '[[[['])(
  'a text that is no JSON has places as far as it goes: %j',
  (text) => {
    expect(placeOf(places(text), '/a/b')).toBeTruthy();
  },
);

test('what is nested without end is given up', () => {
  expect(places('['.repeat(100_000)).size).toBeLessThan(2000);
});

test.each([
  [1, 'one'],
  [2, 'two'],
  [9, 'two'],
])('line %i of a text is %s', (line, words) => {
  const { from, to } = lineAt('one\ntwo', line);
  expect('one\ntwo'.slice(from, to)).toBe(words);
});
