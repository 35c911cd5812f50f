// Which learners and which day a view is of, as the address says. The names are those of the API.

import type { Query } from './router';

/** The filters, in the order in which they are shown. */
export const FILTERS = ['region', 'province', 'body', 'role', 'office', 'edition', 'at'] as const;

export type Filter = (typeof FILTERS)[number];

/** The filters of an address, without all else. */
export function filters(query: Query): Query {
  const given = FILTERS.map((name): [string, string] => [name, query[name] ?? '']);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}
