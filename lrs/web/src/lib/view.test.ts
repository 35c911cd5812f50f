import { describe, expect, test } from 'vitest';
import type { Column, Row, Table } from './api';
import { shown, SUPPRESSED } from './cell';
import { filters } from './filters';
import { day, earlier, number, share, today } from './format';
import { groupKeys, summed } from './series';

const column = (key: string, kind: Column['kind']): Column => ({ key, heading: key, kind });
const nothing = () => undefined;

describe('numbers and days', () => {
  test('are written as the language writes them', () => {
    expect(number('it', 1234.5, 2)).toBe('1.234,5');
    expect(number('en', 1234.5, 2, true)).toBe('1,234.50');
    expect(share('it', 0.0556)).toBe('5,6%');
    expect(day('it', '2026-05-04')).toBe('4 mag 2026');
    expect(day('it', 'domani')).toBe('domani');
  });

  test('end where the day ends in the time zone', () => {
    const late = new Date('2026-01-11T23:30:00Z');
    expect(today('Europe/Rome', late)).toBe('2026-01-12');
    expect(today('UTC', late)).toBe('2026-01-11');
    expect(earlier('2026-03-01', 6)).toBe('2026-02-23');
  });
});

describe('a cell', () => {
  test('without a figure is empty, or hidden where the row says so', () => {
    const hours = column('hours', 'hours');
    expect(shown(hours, { hours: null }, 'it', nothing)).toBe('');
    expect(shown(hours, { hours: null, suppressed: true }, 'it', nothing)).toBe(SUPPRESSED);
    expect(shown(column('name', 'text'), { name: null, suppressed: true }, 'it', nothing)).toBe('');
    expect(shown(hours, { hours: 0 }, 'it', nothing)).toBe('0,00');
  });

  test('is in words where programs have a word of their own', () => {
    const name = (id: string) => ({ 'state-completed': 'completato', yes: 'sì' })[id];
    expect(shown(column('m1', 'state'), { m1: 'completed' }, 'it', name)).toBe('completato');
    expect(shown(column('next', 'flag'), { next: true }, 'it', name)).toBe('sì');
    expect(shown(column('kind', 'text'), { kind: 'unheard-of' }, 'it', name)).toBe('unheard-of');
    expect(shown(column('all', 'text'), { all: ['a', 'b'] }, 'it', name)).toBe('a; b');
  });
});

test('filters are those of the address and nothing else', () => {
  expect(filters({ region: 'Umbria', at: '2026-05-04', sort: '-hours', body: '' })).toEqual({
    region: 'Umbria',
    at: '2026-05-04',
  });
});

test('rows of one module add up', () => {
  const rows: Row[] = [
    { module: 'm1', region: 'Umbria', completed: 2 },
    { module: 'm1', region: 'Sicilia', completed: 3 },
    { module: 'm2', region: 'Umbria', completed: null },
  ];
  expect(summed(rows, 'module', ['completed']).map((row) => row.completed)).toEqual([5, 0]);
  const table = { columns: ['module', 'region', 'enrolled'].map((key) => column(key, 'text')) };
  expect(groupKeys(table as Table)).toEqual(['module', 'region']);
});
