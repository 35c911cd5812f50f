// A report's value as people read it.

import type { Column, Row, Value } from './api';
import { day, instant, number, share } from './format';
import type { Language } from './texts';

/** What stands where a group is too small to show its figure. */
export const SUPPRESSED = '<5';

const NUMBERS = ['count', 'hours', 'score', 'share'];

/** Whether a column holds numbers, which stand to the right. */
export const isNumber = (column: Column): boolean => NUMBERS.includes(column.kind);

/** A value in words; `name` knows the texts of words for programs. */
export function shown(
  column: Column,
  row: Row,
  language: Language,
  name: (id: string) => string | undefined,
  zone?: string,
): string {
  const value: Value = row[column.key] ?? null;
  if (value === null) return row.suppressed && isNumber(column) ? SUPPRESSED : '';
  if (Array.isArray(value)) return value.join('; ');
  switch (column.kind) {
    case 'count':
      return number(language, Number(value));
    case 'hours':
    case 'score':
      return number(language, Number(value), 2, true);
    case 'share':
      return share(language, Number(value));
    case 'date':
      return day(language, String(value));
    case 'instant':
      return instant(language, String(value), zone);
    case 'state':
      return name(`state-${String(value)}`) ?? String(value);
    case 'flag':
      return name(value ? 'yes' : 'no') ?? String(value);
    default:
      return column.key === 'kind'
        ? (name(`kind-${String(value)}`) ?? String(value))
        : String(value);
  }
}
