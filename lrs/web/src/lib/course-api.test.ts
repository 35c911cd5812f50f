// What the course's pages send, and how they read what comes.

import { afterEach, expect, test, vi } from 'vitest';
import { Refused } from './api';
import {
  courseAddress,
  faultsOf,
  keepRegister,
  learnerList,
  listedIdentifier,
  learners,
  map,
  putCourse,
  timeline,
  writtenIdentifier,
} from './course-api';
import { only } from './drafts';
import { checked } from './frozen';

afterEach(() => vi.unstubAllGlobals());

/** Answers every request with this, and notes what was asked. */
function server(body: unknown, status = 200) {
  const asked: [string, RequestInit][] = [];
  vi.stubGlobal('fetch', (address: string, request: RequestInit) => {
    asked.push([address, request]);
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  return asked;
}

test('segments of addresses are encoded, and empty values left out', () => {
  expect(courseAddress('a/b', ['learners', 'x y'], { search: 'è', after: '' })).toBe(
    '/api/v1/courses/a%2Fb/learners/x%20y?search=%C3%A8',
  );
});

test('a register is sent as JSON, as a try where that is wanted', async () => {
  const asked = server({ written: ['1'], voided: [], unchanged: 0, dry_run: true });
  const kept = await keepRegister('c', 'e', 's', [{ learner: 'p1', hours: 0 }], true);
  expect(kept.written).toEqual(['1']);
  const [address, request] = asked[0] ?? [];
  expect(address).toBe('/api/v1/courses/c/events/e/sessions/s/register?dry_run=true');
  expect(request?.method).toBe('POST');
  expect(request?.body).toBe('{"entries":[{"learner":"p1","hours":0}]}');
});

test('a course that would be kept says what it does; one with faults is refused with their places', async () => {
  const effect = { learners_changed: 3 };
  const asked = server({ course: 'c', modules: 2, activities: 5, dry_run: true, effect });
  expect(await putCourse('c', 'id = "c"', true)).toEqual({
    faults: [],
    warnings: [],
    modules: 2,
    activities: 5,
    effect,
  });
  expect(asked[0]?.[0]).toBe('/api/v1/courses/c?dry_run=true');
  await putCourse('c', 'id = "c"', false, 7);
  expect(asked[1]?.[0]).toBe('/api/v1/courses/c?based_on=7');

  server({ rule: 'course-file', detail: '3:9: wrong', faults: [] }, 400);
  await expect(putCourse('c', '', true)).rejects.toMatchObject({
    status: 400,
    problem: { rule: 'course-file' },
  });
});

test('a mapping is tried without a change, and made on the change that was tried', async () => {
  const effect = { learners_changed: 3, completed_before: 1, completed_after: 2 };
  const asked = server({ course: 'c', modules: 2, activities: 6, dry_run: true, effect });
  expect((await map('c', 'https://e.it/a', 'm1', 7, true)).effect).toEqual(effect);
  await map('c', 'https://e.it/a', 'm1', 7, false);
  expect(asked.map(([address]) => address)).toEqual([
    '/api/v1/courses/c/mappings?dry_run=true',
    '/api/v1/courses/c/mappings?dry_run=false',
  ]);
  expect(asked[1]?.[1].body).toBe('{"activity":"https://e.it/a","module":"m1","based_on":7}');
});

test('faults are read as members of a problem, else from its lines', () => {
  const fault = { line: 3, column: 9, message: 'wrong' };
  expect(faultsOf(new Refused(400, '3:9: wrong\nall of it', ''))).toEqual([
    fault,
    { line: 0, column: 0, message: 'all of it' },
  ]);
  expect(faultsOf(new Refused(400, 'other', '', { faults: [fault] }))).toEqual([fault]);
});

test('learners come in pages; what is wanting is empty', async () => {
  server({
    items: [{ id: 'p1', name: 'Anna', identifiers: [{ mbox: 'mailto:a@e.it' }] }],
    next: 'x',
  });
  const page = await learners('c', { search: 'a' });
  expect(page).toMatchObject({ next: 'x', found: null });
  expect(page.items[0]).toMatchObject({
    id: 'p1',
    identifiers: ['mailto:a@e.it'],
    region: '',
    merged: [],
    mergedInto: null,
  });
});

test('a timeline has the newest first, from a server without pages too', async () => {
  server([{ id: 'old' }, { id: 'new' }]);
  const { items, next } = await timeline('c', 'p1', '', 25);
  expect([items, next]).toEqual([[{ id: 'new' }, { id: 'old' }], null]);
});

test('a list of learners has the columns that are given, quoted', () => {
  expect(learnerList({ learner: 'p1', name: 'De "Luca", Carla', region: '' })).toBe(
    'learner,name\n"p1","De ""Luca"", Carla"\n',
  );
  expect(listedIdentifier('mbox::mailto:a@e.it')).toBe('mailto:a@e.it');
  expect(listedIdentifier('account::a@e.it@https://h')).toBe('account:https://h|a@e.it');
  expect(listedIdentifier('openid::https://o')).toBe('openid:https://o');
  expect(writtenIdentifier({ account: { homePage: 'https://h', name: '7' } })).toBe(
    'account:https://h|7',
  );
});

test('a frozen list has the hash of all its members', async () => {
  const bare = '{"course":"c","people":[{"name":"Zoë \\"Z\\"","since":"2026-03-05"}],"hash":""}';
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bare));
  const hash = Buffer.from(digest).toString('hex');
  const list = JSON.stringify({ ...(JSON.parse(bare) as object), hash }, null, 2);
  expect(await checked(list)).toEqual({ said: hash, computed: hash });
  const other = await checked(list.replace('03-05', '03-06'));
  expect(other?.computed).not.toBe(hash);
  for (const text of ['', '[]', '{}', '{"hash":1,"people":[]}'])
    expect(await checked(text)).toBeNull();
});

test('the lines of one text that another one has not are told', () => {
  expect(only('a\n  b\nc\n', 'b\na', 5)).toEqual(['c']);
});
