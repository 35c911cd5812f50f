import { mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { signIn, signOut } from '../lib/session';
import { speak } from '../lib/texts';
import System from './System.svelte';

const HEALTH = {
  sources: [],
  follower: [],
  disk: { used_bytes: 1, free_bytes: 2, growth_bytes_per_day: null },
  warnings: [
    { warning: 'disk_low', subject: '', message: 'Resta poco spazio: 2 byte.' },
    { warning: 'source_silent', subject: 'moodle', message: 'moodle tace da due giorni.' },
  ],
};
const JOB = {
  id: '1',
  kind: 'rebuild',
  course: 'prog-2796',
  state: 'running',
  progress: 0.5,
  started: '2026-01-01T00:00:00Z',
  ended: null,
  error: null,
  result: {},
};

/** The page for somebody who may do this, and what it asks for. */
async function opened(...may: string[]): Promise<{ page: HTMLElement; asked: string[] }> {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string, { method = 'GET' }: RequestInit) => {
    const path = address.replace(/^.*\/api\/v1\//, '');
    if (method !== 'GET')
      return Promise.resolve(Response.json({ name: 'anna', kind: 'person', may }));
    asked.push(path);
    const answer = path === 'health' ? HEALTH : { items: [JOB], next: null };
    return Promise.resolve(Response.json(answer));
  });
  await speak('it');
  await signIn('anna', 'x');
  const page = document.createElement('div');
  const mounted = mount(System, { target: page });
  opened.end = () => unmount(mounted);
  await vi.waitFor(() => expect(page.textContent).not.toContain('Caricamento'));
  return { page, asked };
}
opened.end = (): Promise<void> => Promise.resolve();

afterEach(async () => {
  await opened.end();
  await signOut();
  vi.unstubAllGlobals();
});

test('warnings are said in their words, and a job that runs has no button', async () => {
  const { page, asked } = await opened('statements.read', 'courses.read', 'courses.write');
  const warnings = [...page.querySelectorAll('.warnings li')].map((it) => it.textContent);
  expect(warnings).toEqual(HEALTH.warnings.map(({ message }) => message));
  expect(page.textContent).toContain('Ricalcolo del corso');
  expect(page.querySelector('progress')?.value).toBe(0.5);
  expect(page.querySelectorAll('button')).toHaveLength(0);
  expect(asked.sort()).toEqual(['health', 'jobs']);
});

test('without a right to statements the jobs are seen alone', async () => {
  const { page, asked } = await opened('courses.read', 'courses.write');
  expect(asked).toEqual(['jobs']);
  expect(page.textContent).toContain('prog-2796');
});
