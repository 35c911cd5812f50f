import { expect, test } from 'vitest';
import type { Row } from './api';
import { hoursOf, personOf, remains } from './presences';
import { length } from './sessions';

test.each([
  ['2,5', 2.5],
  [' 2.5 ', 2.5],
  ['2:30', 2.5],
  ['2h30', 2.5],
  ['0', 0],
  ['', null],
  ['-1', null],
  ['two', null],
  ['1e3', null],
])('“%s” are %s hours', (written, hours) => {
  expect(hoursOf(written)).toBe(hours);
});

test.each([
  [['a', 'b'], ['a', 'b'], false],
  [['a', 'b'], ['a'], true],
  ['a b', ['a'], true],
  ['a', ['a', 'c'], false],
  [undefined, [], false],
])('a presence of statements %j without %j remains: %s', (statements, voided, isSo) => {
  expect(remains({ learner: 'p1', statements } as unknown as Row, voided)).toBe(isSo);
});

test('a session lasts from its beginning to its end, over midnight too, else as long as its event', () => {
  const place = (from: string | null, to: string | null) =>
    length({
      module: { id: 'm', title: {}, activities: [] },
      event: { key: 'e', title: {}, kind: 'seminar', hours: 3 },
      session: { id: 's', date: '2026-05-04', from, to, place: '', region: '' },
    });
  expect(place('09:30', '13:00')).toBe(3.5);
  expect(place('22:00', '01:00')).toBe(3);
  expect(place(null, null)).toBe(3);
});

test('namesakes are told apart by their body and id, others are called by their name', () => {
  const person = (learner: string, name: string, body: string): Row => ({ learner, name, body });
  const anna = person('p1', 'Anna Rossi', 'Comune di Terni');
  const other = person('p2', 'Anna Rossi', 'Comune di Perugia');
  const bruno = person('p3', 'Bruno Conti', 'Comune di Terni');
  const all = [anna, other, bruno];
  expect(personOf(anna, all)).toBe('Anna Rossi (Comune di Terni, p1)');
  expect(personOf(other, all)).toBe('Anna Rossi (Comune di Perugia, p2)');
  expect(personOf(bruno, all)).toBe('Bruno Conti');
});
