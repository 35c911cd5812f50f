import { describe, expect, test } from 'vitest';
import {
  actorName,
  agentFrom,
  agentQuery,
  agentShown,
  curl,
  duration,
  objectName,
  outcome,
  verbMessage,
} from './statement';

describe('an agent', () => {
  const account = JSON.stringify({ account: { homePage: 'https://m.example', name: '1|042' } });

  test.each([
    ['maria@example.it', { mbox: 'mailto:maria@example.it' }],
    [' mailto:maria@example.it ', { mbox: 'mailto:maria@example.it' }],
    ['https://m.example|1042', { account: { homePage: 'https://m.example', name: '1042' } }],
    [
      'account:https://m.example|1042',
      { account: { homePage: 'https://m.example', name: '1042' } },
    ],
    ['https://openid.example/maria', { openid: 'https://openid.example/maria' }],
    ['a'.repeat(40), { mbox_sha1sum: 'a'.repeat(40) }],
  ])('written as %s becomes what the standard asks with', (written, agent) => {
    expect(JSON.parse(agentFrom(written))).toEqual(agent);
    expect(agentFrom(agentShown(agentFrom(written)))).toBe(agentFrom(written));
  });

  test('as JSON stays as it is', () => {
    expect(agentFrom(account)).toBe(account);
    expect(agentFrom('')).toBe('');
  });

  test('of a statement is asked for by its identifier alone', () => {
    const actor = { name: 'Maria', account: { homePage: 'https://m.example', name: '7' } };
    expect(JSON.parse(agentQuery(actor))).toEqual({ account: actor.account });
    expect(agentQuery({ objectType: 'Group', member: [] })).toBe('');
  });
});

describe('what has not the shape of the standard', () => {
  test.each([null, 7, 'text', [], {}, { actor: 1, verb: [], object: null, result: 'x' }])(
    'is shown without a fault: %j',
    (statement) => {
      expect(actorName(statement)).toBe('?');
      expect(objectName(statement, 'it')).toBe('?');
      expect(verbMessage(statement)).toBe('verb-');
      expect(outcome(statement)).toEqual({
        scaled: null,
        success: null,
        completion: null,
        duration: null,
      });
    },
  );
});

test('names are in the language of the reader, else in any', () => {
  const object = {
    id: 'https://a.example/1',
    definition: { name: { 'en-US': 'Test', it: 'Prova' } },
  };
  expect(objectName(object, 'it')).toBe('Prova');
  expect(objectName(object, 'en')).toBe('Test');
  expect(objectName({ ...object, definition: { name: { de: 'Probe' } } }, 'it')).toBe('Probe');
  expect(objectName({ id: object.id }, 'it')).toBe(object.id);
});

test.each([
  ['PT1H2M3.6S', { hours: 1, minutes: 2, seconds: 4 }],
  ['PT90M', { hours: 1, minutes: 30, seconds: 0 }],
  ['P1DT1H', { hours: 25, minutes: 0, seconds: 0 }],
  ['PT', null],
  ['1 hour', null],
])('%s lasts so long', (iso, parts) => {
  expect(duration(iso)).toEqual(parts);
});

test('a line for a shell has nothing that the shell would take apart', () => {
  const line = curl("https://t.example/xapi/statements?verb='$(rm)'", "o'brien");
  expect(line).toContain(`-u 'o'\\''brien'`);
  expect(line).toContain(`verb='\\''$(rm)'\\'''`);
});
