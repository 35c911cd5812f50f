// All rows of a list for paper, where there are not too many.

import type { Table } from './api';

/** How many rows are asked for at once, and how many paper is to hold at most. */
const PAGE = 200;
export const MOST_ON_PAPER = 2_000;

/** A table with all its rows, or with the first of them: `found` says how many there are. */
export async function every(
  load: (part: { limit: string; offset: string }) => Promise<Table>,
): Promise<Table> {
  const first = await load({ limit: String(PAGE), offset: '0' });
  const found = first.found ?? first.rows.length;
  const rows = [...first.rows];
  while (rows.length < Math.min(found, MOST_ON_PAPER)) {
    const { rows: more } = await load({ limit: String(PAGE), offset: String(rows.length) });
    if (more.length === 0) break;
    rows.push(...more);
  }
  return { ...first, found, rows };
}
