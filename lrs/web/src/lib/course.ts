// The course whose pages are shown.

import { getContext, setContext } from 'svelte';
import type { Course, Row, Table } from './api';

const KEY = Symbol('course');

/** Gives the course to the pages below. */
export const giveCourse = (course: () => Course): void => void setContext(KEY, course);

/** The course that the page is of; reactive. */
export const theCourse = (): (() => Course) => getContext(KEY);

/** The course that the page is of, where it is of one; reactive. */
export function anyCourse(): () => Course | undefined {
  const course = getContext<(() => Course) | undefined>(KEY);
  return () => course?.();
}

/** A name in a language, else in any. */
export function titled(title: Record<string, string>, language: string): string {
  return title[language] ?? Object.values(title)[0] ?? '';
}

/** What the course file calls a value of the learner list, such as «Funzionario» for `official`; else the value itself. */
export function worded(course: Course | undefined, key: string, value: string, language: string) {
  const names = key === 'role' || key === 'office' ? course?.names[key][value] : undefined;
  return names ? titled(names, language) : value;
}

/** A table for a chart: with the names of roles and offices in place of their values. */
export function inWords(course: Course, table: Table, language: string): Table {
  const named = (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        typeof value === 'string' ? worded(course, key, value, language) : value,
      ]),
    );
  return { ...table, rows: table.rows.map(named) };
}

const LAST = 'traccia.course';

/** Notes which course was looked at, to open it the next time. */
export function remember(course: string): void {
  try {
    localStorage.setItem(LAST, course);
  } catch {
    // Storage is forbidden: the next visit begins with the list.
  }
}

/** The course that was looked at last. */
export function remembered(): string | null {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}
