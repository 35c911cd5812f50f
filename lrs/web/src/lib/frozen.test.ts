import { expect, test } from 'vitest';
import { checked } from './frozen';

const whole = {
  course: 'c',
  title: { en: 'C', it: 'C' },
  date: '2026-10-31',
  rule: { it: '', en: '' },
  time_zone: 'Europe/Rome',
  through: null,
  frozen: 1,
  people: [
    line({
      learner: 'l1',
      name: 'Anna Rossi',
      region: 'Umbria',
      body: 'B',
      online: 5,
      salt: 'salt1',
    }),
    line({ learner: 'l2', name: 'B', region: '', body: '', online: 0, salt: 'salt2' }),
  ],
  hash: '7683f31649894472c0a0490d2491837975029765038b938c141a568388e3c287',
  salted: true,
};

/** What of a line the tests change, in the order in which the server writes it. */
interface Line {
  learner: string;
  name: string;
  region: string;
  body: string;
  online: number;
  salt?: string;
  digest?: string;
}

function line({ learner, name, region, body, online, ...rest }: Line) {
  const work = { region, province: '', body, istat: '', role: '', office: '', edition: '' };
  return { learner, name, ...work, since: '2026-10-01', online, presence: 0, score: null, ...rest };
}

/** The list after the server has erased its first line. */
const erased = {
  ...whole,
  people: [
    line({
      learner: 'erased',
      name: '',
      region: 'Umbria',
      body: 'B',
      online: 5,
      digest: 'f4df82be7a35e0723be04376dbda53aee51cef3eac507687949773795e29fbe5',
    }),
    whole.people[1],
  ],
  erased: {
    lines: [{ line: 1, erasure: 'e', at: 9 }],
    hash: 'cec579f546aef6274d9de71af91ef280b1d931940c5f9174c7f80e8669c36e23',
  },
};

const isGood = async (list: unknown) => {
  const found = await checked(JSON.stringify(list));
  return found !== null && found.said === found.computed;
};

test('a list is good as it was frozen, and after a line was erased', async () => {
  expect(await isGood(whole)).toBe(true);
  expect(await isGood(erased)).toBe(true);
});

test('a list in which something else was changed is not', async () => {
  const other = { ...whole.people[1], name: 'C' };
  expect(await isGood({ ...whole, people: [whole.people[0], other] })).toBe(false);
  expect(await isGood({ ...erased, people: [erased.people[0], other] })).toBe(false);
  expect(await isGood({ ...erased, people: [{ ...erased.people[0], name: 'C' }, other] })).toBe(
    false,
  );
  expect(await isGood({ ...erased, erased: undefined })).toBe(false);
  expect(await isGood({ ...erased, salted: undefined })).toBe(false);
});

test('a list of an earlier release has its lines in the hash as they stand', async () => {
  const bare = { course: 'c', people: [{ learner: 'l1', name: 'A' }], hash: '' };
  const found = await checked(JSON.stringify(bare));
  expect(await isGood({ ...bare, hash: found?.computed })).toBe(true);
  expect(await isGood({ ...bare, course: 'd', hash: found?.computed })).toBe(false);
});

test('what is no list is nothing', async () => {
  for (const text of ['', '[]', '{}', '{"hash":"x"}']) expect(await checked(text)).toBeNull();
});
