// By what the rows of a view are told apart, as the address says.

import type { Column, Row } from './api';
import { filters, FILTERS } from './filters';
import { to, type Query } from './router';

/** What a view can be grouped by; `none` for no grouping. */
export const GROUPS = ['region', 'province', 'body', 'role', 'office', 'edition', 'none'] as const;

/** The grouping of an address; nothing where none is wanted. */
export function grouping(query: Query, usual: string): string {
  const by = query.by ?? usual;
  return by === 'none' ? '' : by;
}

/** Where the name of a group leads: to another view, of this group alone. */
export function narrowed(
  course: string,
  page: string,
  query: Query,
  row: Row,
  column: Column,
): string | null {
  const value = row[column.key];
  const isGroup = (FILTERS as readonly string[]).includes(column.key) && column.key !== 'at';
  if (!isGroup || typeof value !== 'string' || value === '') return null;
  return to(['courses', course, page], { ...filters(query), [column.key]: value });
}

const STATES = ['not_started', 'in_progress', 'completed'];

/** Where a number of people of a module leads: to these very people. */
export function peopleOf(course: string, query: Query, row: Row, column: Column): string | null {
  if (typeof row.module !== 'string' || typeof row[column.key] !== 'number') return null;
  const only = STATES.includes(column.key)
    ? `${row.module}=${column.key}`
    : column.key === 'enrolled'
      ? `${row.module}!=`
      : null;
  if (only === null) return null;
  const groups = FILTERS.filter((name) => name !== 'at' && typeof row[name] === 'string');
  const narrowed = Object.fromEntries(groups.map((name) => [name, String(row[name])]));
  return to(['courses', course, 'matrix'], { ...filters(query), ...narrowed, only });
}
