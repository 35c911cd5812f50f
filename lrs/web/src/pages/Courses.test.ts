import { mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { speak } from '../lib/texts';
import Courses from './Courses.svelte';

afterEach(() => vi.unstubAllGlobals());

test('all courses come with one request, and one that cannot be read is listed as well', async () => {
  const good = { title: { it: 'Sicurezza' }, begins: null, ends: null, learners: 3, modules: 1 };
  const bad = { title: null, begins: null, ends: null, learners: null, modules: null };
  const fetch = vi.fn<(asked: Request) => Promise<Response>>(() =>
    Promise.resolve(
      Response.json({
        items: [
          { id: 'a', ...good },
          { id: 'b', ...bad },
        ],
        next: null,
      }),
    ),
  );
  vi.stubGlobal('fetch', fetch);
  await speak('it');
  const page = document.createElement('div');
  const mounted = mount(Courses, { target: page });
  await vi.waitFor(() => expect(page.querySelectorAll('.card')).toHaveLength(2));
  expect(fetch.mock.calls.map(([asked]) => new URL(asked.url).search)).toEqual(['?details=true']);
  const [first, second] = [...page.querySelectorAll('.card')].map((it) =>
    it.textContent.replace(/[\u2068\u2069]/g, '').replace(/\s+/g, ' '),
  );
  expect(first).toContain('Sicurezza 3 iscritti, 1 modulo.');
  expect(second).toContain('b Questa versione di Traccia non sa leggere');
  await unmount(mounted);
});
