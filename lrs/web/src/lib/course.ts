// The course whose pages are shown.

import { getContext, setContext } from 'svelte';
import type { Course } from './api';

const KEY = Symbol('course');

/** Gives the course to the pages below. */
export const giveCourse = (course: () => Course): void => void setContext(KEY, course);

/** The course that the page is of; reactive. */
export const theCourse = (): (() => Course) => getContext(KEY);

/** A name in a language, else in any. */
export function titled(title: Record<string, string>, language: string): string {
  return title[language] ?? Object.values(title)[0] ?? '';
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
