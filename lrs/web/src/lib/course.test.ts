import { expect, test } from 'vitest';
import type { Course } from './api';
import { worded } from './course';

const course = {
  names: { role: { official: { it: 'Funzionario', en: 'official' } }, office: {} },
} as unknown as Course;

test('roles and offices are called as the course file calls them, all else as it is', () => {
  expect(worded(course, 'role', 'official', 'it')).toBe('Funzionario');
  expect(worded(course, 'role', 'official', 'en')).toBe('official');
  expect(worded(course, 'role', 'mayor', 'it')).toBe('mayor');
  expect(worded(course, 'office', 'official', 'it')).toBe('official');
  expect(worded(course, 'name', 'official', 'it')).toBe('official');
  expect(worded(undefined, 'role', 'official', 'it')).toBe('official');
});
