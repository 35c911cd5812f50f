import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live } from './live.svelte';

const problem = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ detail: 'Too many.' }, { status, headers });
/** A stream with these events, which is cut off then where `isCut`. */
const stream = (text: string, isCut: boolean) =>
  new Response(
    new ReadableStream({
      start(control) {
        control.enqueue(new TextEncoder().encode(text));
        if (isCut) control.close();
      },
    }),
  );

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a stream that was cut off is taken up again, however long the server asks to wait', async () => {
  const answers = [
    stream('id: 1\nevent: statement\ndata: {"id":"a"}\n\n', true),
    problem(429, { 'retry-after': '20' }),
    stream('', false),
  ];
  const fetch = vi.fn((address: string, { headers }: { headers: Record<string, string> }) =>
    Promise.resolve(answers.shift() ?? problem(500, { address, ...headers })),
  );
  vi.stubGlobal('fetch', fetch);
  const live = new Live();
  live.start({});
  await vi.advanceTimersByTimeAsync(0);
  expect(live.count).toBe(1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect([live.way, live.fault?.detail]).toEqual(['broken', 'Too many.']);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(fetch, 'not before the time').toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(fetch.mock.lastCall?.[1].headers['Last-Event-ID']).toBe('1');
  expect([live.way, live.fault]).toEqual(['open', null]);
  live.stop();
});

test('what is refused otherwise is not asked for again', async () => {
  const fetch = vi.fn(() => Promise.resolve(problem(403, { 'retry-after': '1' })));
  vi.stubGlobal('fetch', fetch);
  const live = new Live();
  live.start({});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect([live.way, live.fault?.status]).toEqual(['stopped', 403]);
});
