// Statements as a file: those of a search, page after page.

import { statements } from './api';
import {
  actorName,
  actorOf,
  identifier,
  idOf,
  objectName,
  objectOf,
  outcome,
  timestampOf,
  verbId,
  verbName,
} from './statement';

/** The most statements of a file; more are taken by a program. */
export const MOST = 10_000;

/** The statements of an address and of the pages behind it, at most [`MOST`]; hears how many came. */
export async function gather(
  address: string,
  came: (count: number) => void,
): Promise<{ all: unknown[]; isCut: boolean }> {
  const all: unknown[] = [];
  for (let next: string | undefined = address; next;) {
    const page: Awaited<ReturnType<typeof statements>> = await statements(next);
    all.push(...page.statements);
    came(Math.min(all.length, MOST));
    if (all.length >= MOST)
      return { all: all.slice(0, MOST), isCut: Boolean(page.more) || all.length > MOST };
    next = page.more || undefined;
  }
  return { all, isCut: false };
}

const COLUMNS = [
  'id',
  'timestamp',
  'actor',
  'identifier',
  'verb',
  'verb_id',
  'object',
  'object_id',
  'score_scaled',
  'success',
  'completion',
  'duration',
] as const;

/** Statements as CSV in UTF-8 (RFC 4180), one a row. */
export function csv(all: unknown[], language: string): string {
  const rows = all.map((statement) => row(statement, language).map(cell).join(','));
  return `\uFEFF${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

type Value = string | number | boolean | null;

function row(statement: unknown, language: string): Value[] {
  const actor = actorOf(statement);
  const object = objectOf(statement);
  const { scaled, success, completion, duration } = outcome(statement);
  const id = (object as { id?: unknown } | undefined)?.id;
  return [
    idOf(statement),
    timestampOf(statement),
    actorName(actor),
    identifier(actor),
    verbName(statement, language),
    verbId(statement),
    objectName(object, language),
    typeof id === 'string' ? id : '',
    scaled,
    success,
    completion,
    duration,
  ];
}

/** A value in a cell. A text that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
