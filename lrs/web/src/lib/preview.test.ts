// What a preview shows is what packages say: the table of sessions that holds the server's runtime too.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Follower, isCall } from './preview';

interface Row {
  name: string;
  version: string;
  sco: string;
  sessions: string[][][];
  statements: { verb: string; object: string }[];
}

const FILE = '../../../package/tests/runtime/sessions.json';
const rows = JSON.parse(readFileSync(join(import.meta.dirname, FILE), 'utf8')) as Row[];
/** Rows of one session, whose SCO the platform knows nothing of before. */
const single = rows.filter(({ sessions }) => sessions.length === 1);

/** A step of the table as the calls of content. */
function calls(is12: boolean, [what, ...given]: string[]) {
  const named = (name: string) => (is12 ? `LMS${name}` : name);
  if (what === 'set') return [{ call: named('SetValue'), given, answer: 'true' }];
  if (what === 'get')
    return [{ call: named('GetValue'), given: given.slice(0, 1), answer: given[1] ?? '' }];
  if (what === 'commit') return [{ call: named('Commit'), given: [''], answer: 'true' }];
  if (what === 'end') {
    const name = is12 ? 'LMSFinish' : 'Terminate';
    return [
      { call: named('Commit'), given: [''], answer: 'true' },
      { call: name, given: [''], answer: 'true' },
    ];
  }
  return [];
}

describe('a preview', () => {
  const ended = single.filter(({ sessions }) =>
    sessions[0]?.every(([what = '']) => ['set', 'commit', 'end'].includes(what)),
  );
  test('has rows to be held to', () => expect(ended.length).toBeGreaterThan(3));

  test.each(ended.map((row): [string, Row] => [row.name, row]))('shows %s', (_, row) => {
    const is12 = row.version === '1.2';
    const follower = new Follower('https://traccia.example/p/corso', 'Corso', 'r', 'somebody');
    const first = { call: is12 ? 'LMSInitialize' : 'Initialize', given: [''], answer: 'true' };
    const all = [first, ...(row.sessions[0] ?? []).flatMap((step) => calls(is12, step))];
    const said = all.flatMap((call, at) => {
      const told = { from: 'traccia-player', sco: row.sco, title: 'Uno', ...call } as const;
      return follower.step(told, at * 1000).statements as {
        verb: { id: string };
        object: { id: string };
      }[];
    });
    const verbs = said.map(({ verb }) => verb.id.split('/').pop());
    // The package as a whole is rolled up by the server, out of all of its SCOs.
    const wanted = row.statements.filter(
      ({ object }) => object !== 'https://traccia.example/p/corso',
    );
    expect(verbs.toSorted()).toEqual(wanted.map(({ verb }) => verb).toSorted());
  });

  test('hears calls of the player and nothing else', () => {
    const call = { from: 'traccia-player', sco: 'I', title: 'T', call: 'c', given: [], answer: '' };
    expect(isCall(call)).toBe(true);
    for (const other of [null, 'text', {}, { ...call, from: 'x' }, { ...call, given: 1 }]) {
      expect(isCall(other)).toBe(false);
    }
  });
});
