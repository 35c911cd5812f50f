import { mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { speak } from '../lib/texts';
import Analysis from './Analysis.svelte';

// The library that draws is large: a test would end before it is there.
vi.mock('../lib/charts', () => ({ draw: () => ({ dispose: () => {} }) }));

const column = (key: string) => ({ key, heading: key, kind: 'text' });
const TABLE = {
  title: '',
  columns: [column('module'), column('activity'), column('part')],
  notes: [],
  through: null,
  time_zone: 'Europe/Rome',
};

afterEach(() => vi.unstubAllGlobals());

test('the tables of questions and content come in pages, each with its own place in the address', async () => {
  const asked: URL[] = [];
  vi.stubGlobal('fetch', (address: string | Request) => {
    const url = new URL(typeof address === 'string' ? address : address.url, location.href);
    asked.push(url);
    const rows = [{ module: 'm', activity: 'a', part: 'p' }];
    const table = { ...TABLE, rows, found: 250 };
    return Promise.resolve(Response.json(table));
  });
  await speak('it');
  const page = document.createElement('div');
  const mounted = mount(Analysis, { target: page });
  await vi.waitFor(() => expect(page.querySelectorAll('nav.row').length).toBe(2));
  const [questions, content] = ['questions', 'content'].map((name) => {
    const url = asked.find((one) => one.pathname.endsWith(`/${name}`));
    return [url?.searchParams.get('limit'), url?.searchParams.get('offset')];
  });
  expect([questions, content]).toEqual([
    ['100', '0'],
    ['100', '0'],
  ]);
  const next = [...page.querySelectorAll<HTMLAnchorElement>('nav.row a')].map((it) => it.search);
  expect(next).toEqual(['?offset=100', '?content-offset=100']);
  await unmount(mounted);
});

test('a question is called by its name and leads to its statements, an activity as a whole is said to be one', async () => {
  const question = { module: 'm', activity: 'a', activity_title: 'Verifica', enrolled: 9 };
  const answers = { wrong_1: 'b', wrong_1_learners: 7, wrong_2: 'c', wrong_2_learners: null };
  const rows = {
    questions: [
      { ...question, ...answers, question: 'https://c.example/1', question_title: 'Domanda 1' },
      { ...question, question: 'https://c.example/2', question_title: null },
    ],
    content: [{ ...question, part: null, part_title: null }],
  };
  const keys = {
    questions: ['module', 'activity', 'activity_title', 'question', 'question_title', 'wrong_1'],
    content: ['module', 'activity', 'activity_title', 'part', 'part_title'],
  };
  vi.stubGlobal('fetch', (address: string | Request) => {
    const url = new URL(typeof address === 'string' ? address : address.url, location.href);
    const name = url.pathname.endsWith('/questions') ? 'questions' : 'content';
    const columns = [...keys[name], 'wrong_1_learners', 'wrong_2', 'wrong_2_learners'].map(column);
    return Promise.resolve(Response.json({ ...TABLE, columns, rows: rows[name] }));
  });
  await speak('it');
  const page = document.createElement('div');
  const mounted = mount(Analysis, { target: page });
  await vi.waitFor(() => expect(page.querySelectorAll('table').length).toBeGreaterThan(1));
  const [questions, content] = [...page.querySelectorAll('table')];
  const texts = (table: Element | undefined, row: number) =>
    [...(table?.querySelectorAll(`tbody tr:nth-child(${row}) td`) ?? [])].map((cell) =>
      cell.textContent.replace(/\s+/g, ' ').trim(),
    );
  expect(texts(questions, 1)).toEqual(['Domanda 1', 'Verifica', 'b (7)c']);
  expect(texts(questions, 2)[0], 'no statement names it').toBe('https://c.example/2');
  expect(texts(content, 1).slice(0, 2)).toEqual(['tutta l’attività', 'Verifica']);
  await unmount(mounted);
});
