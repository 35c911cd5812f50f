// Who was at a session, as its register says.

import { report, type Row } from './api';

/** Somebody who was there. */
export interface Presence {
  row: Row;
  hours: number;
  note: string;
}

/** How many are read at once, and at most: a page of a register says where there are more. */
const PAGE = 500;
export const MOST = 2_000;

/** Everybody who was at a session, by learner, and how many there are in all. */
export async function presences(
  course: string,
  event: string,
  session: string,
  signal?: AbortSignal,
): Promise<{ people: Map<string, Presence>; found: number }> {
  const people = new Map<string, Presence>();
  let found = 0;
  for (let offset = 0; offset < MOST; offset += PAGE) {
    const query = {
      only: `event=${event},session=${session},present=true`,
      limit: String(PAGE),
      offset: String(offset),
    };
    const page = await report(course, 'register', query, signal);
    found = page.found ?? page.rows.length;
    for (const row of page.rows) {
      const hours = typeof row.hours === 'number' ? row.hours : 0;
      const note = typeof row.note === 'string' ? row.note : '';
      people.set(String(row.learner), { row, hours, note });
    }
    if (offset + PAGE >= found) break;
  }
  return { people, found };
}

/** A person of a register by name; with body and id where another row has the same name. */
export function personOf(row: Row, others: Row[]): string {
  const name = String(row.name || row.learner);
  const isAlone = others.every((it) => it.learner === row.learner || it.name !== row.name);
  if (isAlone) return name;
  const apart = [row.body, row.learner].map((it) => String(it ?? '')).filter((it) => it !== '');
  return `${name} (${apart.join(', ')})`;
}

/** Whether something says still that a person was there, once these statements are voided: a register voids no statement of other senders. */
export function remains(row: Row, voided: string[]): boolean {
  const told = Array.isArray(row.statements) ? row.statements.map(String) : [];
  const listed = typeof row.statements === 'string' ? row.statements.split(/[\s,;]+/) : told;
  return listed.some((id) => id !== '' && !voided.includes(id));
}

/** Hours as people write them: `2,5`, `2.5`, `2:30` or `2h30`; nothing where they are none. */
export function hoursOf(written: string): number | null {
  const given = written.trim().replace(',', '.');
  const clock = /^(\d+)(?::|h)(\d{2})$/.exec(given);
  if (clock) return Number(clock[1]) + Number(clock[2]) / 60;
  return /^\d+(\.\d+)?$/.test(given) ? Number(given) : null;
}
