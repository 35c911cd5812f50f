import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { get } from 'svelte/store';
import { isWaiting, raw, Refused, report } from './api';

const answers = (...all: [number, unknown, Record<string, string>?][]) => {
  let at = 0;
  const fetch = vi.fn(() => {
    const [status, body, headers = {}] = all[Math.min(at, all.length - 1)] ?? [200, {}];
    at += 1;
    const typed = { 'content-type': 'application/json', ...headers };
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: typed }));
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a server that asks for patience is asked again', async () => {
  const fetch = answers([503, {}, { 'retry-after': '2' }], [200, { rows: [] }]);
  const asked = raw('/api/v1/courses');
  await vi.advanceTimersByTimeAsync(1000);
  expect(get(isWaiting)).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(get(isWaiting)).toBe(false);
  expect((await asked).status).toBe(200);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a server that says no time is not asked again', async () => {
  const fetch = answers([503, { detail: 'Not now.', remedy: 'Later.' }]);
  await expect(raw('/api/v1/courses')).rejects.toMatchObject({ status: 503, detail: 'Not now.' });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a refusal says what the problem document says', async () => {
  answers([400, { detail: '`by` does not take `x`.', remedy: 'Write module.' }]);
  const refused = await report('c', 'funnel', { by: 'x' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect(refused).toMatchObject({ detail: '`by` does not take `x`.', remedy: 'Write module.' });
});

test('no answer at all is a refusal of its own', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new TypeError('failed'))),
  );
  await expect(raw('/api/v1/courses')).rejects.toMatchObject({ status: 0 });
});
