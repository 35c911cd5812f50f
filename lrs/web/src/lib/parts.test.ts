import { expect, test } from 'vitest';
import { isFor } from './parts';

const allows = (operation: string) => ['courses.read', 'refusals.read'].includes(operation);

test.each([
  ['/courses/corso/matrix', true],
  ['/statements/refused', true],
  ['/people/anna', false],
  ['/peopleware', true],
  ['/my', false],
  ['/account', true],
  ['/', true],
])('%s is for somebody who reads courses and refusals: %s', (path, expected) => {
  expect(isFor(path, allows)).toBe(expected);
});
