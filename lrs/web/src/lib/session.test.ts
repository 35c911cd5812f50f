import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { authorization, may, session, signIn, signOut } from './session';

const answer = (status: number, body: unknown = {}) =>
  vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })));

beforeEach(() => signOut());
afterEach(() => vi.unstubAllGlobals());

test('a good key is held in memory alone, and says what it may do', async () => {
  const told = {
    key: 'umbria',
    label: 'Umbria',
    scopes: ['progress/read'],
    bounds: { regions: ['Umbria'] },
  };
  const fetch = answer(200, told);
  vi.stubGlobal('fetch', fetch);
  expect(await signIn({ name: 'umbria', password: 'perché' })).toBeNull();
  const [, init] = fetch.mock.calls[0] as unknown as [string, RequestInit];
  expect(init.credentials).toBe('omit');
  expect(authorization()).toEqual({ Authorization: 'Basic dW1icmlhOnBlcmNow6k=' });
  expect(get(session)?.bounds).toEqual({ regions: ['Umbria'], bodies: [] });
  expect(may(get(session), 'progress/read')).toBe(true);
  expect(may(get(session), 'statements/read')).toBe(false);
  const kept = [localStorage, sessionStorage].map((storage) => Object.entries(storage));
  expect(JSON.stringify(kept) + document.cookie).not.toContain('dW1i');
  signOut();
  expect(authorization()).toEqual({});
  expect(get(session)).toBeNull();
});

test.each([
  [401, 'wrong'],
  [429, 'too-many'],
  [503, 'no-server'],
])('status %i is said as %s, and nobody is signed in', async (status, fault) => {
  vi.stubGlobal('fetch', answer(status));
  expect(await signIn({ name: 'a', password: 'b' })).toBe(fault);
  expect(authorization()).toEqual({});
});

test('without a server that is said', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new TypeError('failed'))),
  );
  expect(await signIn({ name: 'a', password: 'b' })).toBe('no-server');
});
