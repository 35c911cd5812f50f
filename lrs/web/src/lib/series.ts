// Reports as charts: pure functions of their tables.

import type { Row, Table } from './api';
import type { Option } from './charts';

const number = (row: Row, key: string): number | null => {
  const value = row[key];
  return typeof value === 'number' ? value : null;
};
const text = (row: Row, key: string): string => {
  const value = row[key];
  return typeof value === 'string' ? value : '';
};

/** More bars than these do not fit on a page: then the chart shows the modules alone. */
export const MOST_BARS = 40;

/** The columns by which the rows of a grouped report are told apart: those before `enrolled`. */
export function groupKeys(table: Table): string[] {
  const keys = table.columns.map((column) => column.key);
  const at = keys.indexOf('enrolled');
  return at < 0 ? [] : keys.slice(0, at);
}

/** The sums of the rows that are equal in a column. */
export function summed(rows: Row[], by: string, keys: string[]): Row[] {
  const groups = new Map<string, Row>();
  for (const row of rows) {
    const group = groups.get(text(row, by)) ?? {
      ...row,
      ...Object.fromEntries(keys.map((key) => [key, 0])),
    };
    for (const key of keys) group[key] = (number(group, key) ?? 0) + (number(row, key) ?? 0);
    groups.set(text(row, by), group);
  }
  return [...groups.values()];
}

/** The words of a chart. */
export interface Words {
  (key: string): string;
}

/** The grid is as large as the labels of its axes leave room for. */
const LABELS = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const;

const STATES = ['completed', 'in_progress', 'not_started'];

/** Stacked bars of where people are, a bar for each row; `name` writes it beside the axis. */
export function funnel(rows: Row[], name: (row: Row) => string, words: Words): Option {
  return bars(rows, name, STATES, words, 'all');
}

/** Bars for each row: one for each key, or all keys on top of each other. */
export function bars(
  rows: Row[],
  name: (row: Row) => string,
  keys: string[],
  words: Words,
  stack?: string,
  write?: (value: number) => string,
): Option {
  return {
    grid: { left: 8, right: 24, top: 56, bottom: 8, ...LABELS },
    xAxis: {
      type: 'value',
      splitNumber: 5,
      ...(write ? { axisLabel: { formatter: (value: number) => write(value) } } : {}),
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(name),
      axisLabel: { width: 200, overflow: 'truncate' },
      axisTick: { show: false },
    },
    series: keys.map((key) => ({
      type: 'bar' as const,
      name: words(key),
      ...(stack ? { stack } : {}),
      barMaxWidth: stack ? 26 : 14,
      itemStyle: { borderWidth: 1, borderColor: 'transparent' },
      data: rows.map((row) => number(row, key)),
      ...(write
        ? {
            tooltip: {
              valueFormatter: (value: unknown) => (typeof value === 'number' ? write(value) : ''),
            },
          }
        : {}),
    })),
  };
}

const MARKS = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow'];
/** More lines than these cannot be told apart. */
export const MOST_LINES = 6;
/** The days of a curve are no more than these: the ends of ten years of months, and the day of the report. */
export const MOST_POINTS = 121;

/** Hours a head by month: as planned, and as they are in each group. */
export function curve(
  table: Table,
  group: string | null,
  words: Words,
  month: (day: string) => string,
): Option {
  const days = [...new Set(table.rows.map((row) => text(row, 'date')))];
  const names = group ? [...new Set(table.rows.map((row) => text(row, group)))] : [''];
  const at = (name: string, day: string) =>
    table.rows.find((row) => text(row, 'date') === day && (!group || text(row, group) === name));
  const first = names[0] ?? '';
  const planned = days.map((day) => {
    const row = at(first, day);
    return row ? number(row, 'planned') : null;
  });
  const real = names.slice(0, MOST_LINES - 1).map((name, place) => ({
    type: 'line' as const,
    name: group ? name : words('real'),
    symbol: MARKS[place % MARKS.length],
    symbolSize: 8,
    lineStyle: { width: 2 },
    data: days.map((day) => {
      const row = at(name, day);
      return row ? number(row, 'hours_mean') : null;
    }),
  }));
  return {
    grid: { left: 8, right: 16, top: names.length > 2 ? 84 : 56, bottom: 8, ...LABELS },
    xAxis: { type: 'category', data: days.map(month) },
    yAxis: { type: 'value', name: words('hours'), nameLocation: 'end' },
    series: [
      ...real,
      {
        type: 'line' as const,
        name: words('planned'),
        symbol: 'none',
        color: 'gray',
        lineStyle: { width: 3, type: 'dashed' as const },
        data: planned,
      },
    ],
  };
}
