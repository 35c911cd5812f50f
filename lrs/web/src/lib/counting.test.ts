import { afterEach, expect, test, vi } from 'vitest';
import { counting } from './counting';

afterEach(() => vi.unstubAllGlobals());

test('every course is looked through, a few at a time', async () => {
  const ids = Array.from({ length: 60 }, (_, at) => `c${at}`);
  let open = 0;
  let most = 0;
  vi.stubGlobal('fetch', async (asked: Request | string) => {
    const [, id = '', part = ''] =
      /\/courses\/(\w+)\/?(\w*)/.exec(typeof asked === 'string' ? asked : asked.url) ?? [];
    if (id === '') return Response.json(ids);
    open += 1;
    most = Math.max(most, open);
    await Promise.resolve();
    open -= 1;
    // A course that is gone meanwhile is passed over.
    if (id === 'c3') return Response.json({}, { status: 404 });
    if (part === 'summary')
      return Response.json({ title: { it: id }, module_list: [{ id: 'm', title: { it: 'M' } }] });
    const activity = id === 'c59' || id === 'c2' ? 'package = "corso"' : '';
    return new Response(`id = "${id}"\n[[module]]\nid = "m"\n[[module.activity]]\n${activity}\n`);
  });
  const found = await counting('corso');
  expect(found.map(({ course, module }) => `${course} ${module}`)).toEqual(['c2 m', 'c59 m']);
  expect(most).toBeLessThanOrEqual(6);
});
