import { afterEach, expect, test, vi } from 'vitest';
import { download } from './ask';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['attachment; filename="corso.csv"', 'corso.csv'],
  ['', 'mine.csv'],
])('a file with the header %j is saved as %s, once', async (disposition, name) => {
  const headers = { 'content-disposition': disposition, 'content-type': 'text/csv' };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('a,b', { headers })));
  const make = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
  const drop = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  expect(await download('/file', 'mine.csv')).toBe(name);
  expect((make.mock.calls[0]?.[0] as Blob).type).toBe('text/csv');
  expect((click.mock.contexts[0] as HTMLAnchorElement).download).toBe(name);
  expect(drop).toHaveBeenCalledExactlyOnceWith('blob:x');
  vi.restoreAllMocks();
});
