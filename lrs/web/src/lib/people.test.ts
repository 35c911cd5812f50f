import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { actionMessage, ACTIONS, named } from './people';
import { sayIfKnown, speak } from './texts';
import { get } from 'svelte/store';

test.each([
  [{ regions: ['Umbria'] }, ['Umbria']],
  [{ bodies: ['Comune di Terni'] }, ['Comune di Terni']],
  [{ regions: ['Umbria'], bodies: ['Comune di Terni'] }, ['Umbria', 'Comune di Terni']],
  [{}, []],
  [null, []],
  [undefined, []],
])('of %j are named %j', (bounds, names) => {
  expect(named(bounds)).toEqual(names);
});

/** The Rust files of the server's endpoints and of what they note. */
function sources(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return entry.name.endsWith('.rs') ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

test('the actions to choose from are those that the server notes, each with its words', async () => {
  const code = sources(join(import.meta.dirname, '../../../http/src'));
  const service = sources(join(import.meta.dirname, '../../../service/src'));
  const noted = [
    ...code.matchAll(/\bAs\("([a-z_.]+)"\)/g),
    ...code.matchAll(/\.note\(Actor::[^"]*"([a-z_]+\.[a-z_]+)"/g),
    ...service.matchAll(/\/\/\/ The action of entries [^\n]*\npub const \w+: &str = "([a-z_.]+)"/g),
  ].map(([, action]) => action ?? '');
  expect([...ACTIONS].sort()).toEqual([...new Set(noted)].sort());
  for (const language of ['it', 'en'] as const) {
    await speak(language);
    const unsaid = ACTIONS.filter((one) => get(sayIfKnown)(actionMessage(one)) === undefined);
    expect(unsaid, language).toEqual([]);
  }
});
