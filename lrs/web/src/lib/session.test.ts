import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  accept,
  allows,
  authorization,
  can,
  credentials,
  expire,
  faultOfProvider,
  hasEnded,
  isPasswordKept,
  leaveForProvider,
  resume,
  session,
  signIn,
  signInWithKey,
  signOut,
} from './session';

const answer = (status: number, body: unknown = {}) => {
  const fetch = vi.fn(() =>
    Promise.resolve(
      status === 204 ? new Response(null, { status }) : Response.json(body, { status }),
    ),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
};
const asked = (fetch: ReturnType<typeof answer>, at = 0) =>
  fetch.mock.calls[at] as unknown as [string, RequestInit];

const KEY = {
  name: 'umbria',
  label: 'Umbria',
  kind: 'key',
  role: null,
  scopes: ['progress/read'],
  may: ['courses.read'],
  bounds: { regions: ['Umbria'] },
  learner: null,
};
const PERSON = {
  name: 'maria.rossi',
  label: 'Maria Rossi',
  kind: 'person',
  role: 'data_reader',
  scopes: [],
  may: ['statements.read_own', 'statements.read'],
  bounds: null,
  learner: null,
  totp: true,
};

beforeEach(async () => {
  answer(204);
  await signOut();
  localStorage.clear();
});
afterEach(() => vi.unstubAllGlobals());

test('a good key is held in memory alone, and says what it may do', async () => {
  const fetch = answer(200, KEY);
  expect(await signInWithKey('umbria', 'perché')).toBeNull();
  expect(asked(fetch)[1].credentials).toBe('omit');
  expect(authorization()).toEqual({ Authorization: 'Basic dW1icmlhOnBlcmNow6k=' });
  expect(credentials()).toBe('omit');
  expect(get(session)?.bounds).toEqual({ regions: ['Umbria'], bodies: [] });
  expect(can('courses.read')).toBe(true);
  expect(can('statements.read')).toBe(false);
  const kept = [localStorage, sessionStorage].map((storage) => Object.entries(storage));
  expect(JSON.stringify(kept) + document.cookie).not.toContain('dW1i');
  await signOut();
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(authorization()).toEqual({});
  expect(get(session)).toBeNull();
});

test('a person has a cookie and no header, and the next visit takes the session up', async () => {
  answer(201, PERSON);
  expect(await signIn('maria.rossi', 'four words of one s own')).toBeNull();
  expect(authorization()).toEqual({});
  expect(credentials()).toBe('same-origin');
  expect(get(session)).toMatchObject({ label: 'Maria Rossi', role: 'data_reader', totp: true });
  // Nothing of the sign-in is kept but that there was one.
  expect(Object.entries(localStorage)).toEqual([['traccia.signed-in', 'yes']]);
  const fetch = answer(200, { ...PERSON, label: 'Maria R.' });
  await resume();
  expect(asked(fetch)[0]).toMatch(/\/api\/v1\/session$/);
  expect(get(session)?.label).toBe('Maria R.');
  answer(204);
  await signOut();
  const none = answer(401);
  await resume();
  expect(none, 'who never signed in asks for no session').not.toHaveBeenCalled();
});

test('what is allowed with one of several rights is allowed', async () => {
  answer(201, { ...PERSON, may: ['statements.write'] });
  await signIn('a', 'b');
  expect(['statements.check', 'refusals.read', 'statements.read'].map(can)).toEqual([
    true,
    true,
    false,
  ]);
  expect(get(allows)('statements.check')).toBe(true);
});

test('a session that the server ended says so until somebody signs in', async () => {
  answer(201, PERSON);
  await signIn('maria.rossi', 'x');
  expire();
  expect(get(session)).toBeNull();
  expect(get(hasEnded)).toBe(true);
  await signIn('maria.rossi', 'x');
  expect(get(hasEnded)).toBe(false);
  await signOut();
  expect(get(hasEnded), 'who leaves knows it').toBe(false);
});

test.each([
  [401, {}, undefined, 'wrong'],
  [410, { detail: 'Used.' }, undefined, 'wrong'],
  [401, { code_needed: true }, undefined, 'code'],
  [401, { code_needed: true }, '123456', 'wrong-code'],
  [403, { detail: 'Not over plain HTTP.', remedy: 'Use HTTPS.' }, undefined, 'refused'],
  [429, {}, undefined, 'too-many'],
  [503, {}, undefined, 'no-server'],
])('status %i with %j and the code %s is said as %s', async (status, body, code, kind) => {
  answer(status, body);
  expect(await signIn('a', 'b', code)).toMatchObject({ kind });
  expect(get(session)).toBeNull();
  expect(authorization()).toEqual({});
});

test('without a server that is said', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.reject(new TypeError('failed'))),
  );
  expect(await signInWithKey('a', 'b')).toMatchObject({ kind: 'no-server' });
});

test.each([
  ['no server', () => Promise.reject(new TypeError('failed'))],
  ['a refusal', () => Promise.resolve(Response.json({}, { status: 503 }))],
])('with %s the session is not over, until the server says so', async (_, fails) => {
  answer(201, PERSON);
  await signIn('maria.rossi', 'x');
  vi.stubGlobal('fetch', vi.fn(fails));
  expect(await signOut()).toBe(false);
  expect(get(session)?.name).toBe('maria.rossi');
  expect(localStorage.getItem('traccia.signed-in'), 'the next visit asks for it').toBe('yes');
  answer(401);
  expect(await signOut(), 'over before').toBe(true);
  expect(get(session)).toBeNull();
});

test('a password that was kept is said until somebody signs in', async () => {
  answer(401, { code_needed: true });
  expect(await accept('secret', 'x')).toMatchObject({ kind: 'code' });
  expect(get(isPasswordKept)).toBe(true);
  answer(201, PERSON);
  await signIn('maria.rossi', 'x', '123456');
  expect(get(isPasswordKept)).toBe(false);
  answer(410);
  await accept('secret', 'x');
  expect(get(isPasswordKept), 'a link that was used keeps nothing').toBe(false);
});

/** The page is loaded at an address to which an identity provider led the browser. */
async function ledBackTo(address: string) {
  history.replaceState(null, '', address);
  await resume();
  return { fault: get(faultOfProvider)?.kind, at: location.pathname + location.search };
}

test('who comes back from an identity provider is signed in, and is where they were', async () => {
  answer(200, { ...PERSON, provider: 'Ente' });
  history.replaceState(null, '', '/courses/c?day=2026-11-29');
  leaveForProvider();
  const led = await ledBackTo('/?sign-in=done');
  expect(led).toEqual({ fault: undefined, at: '/courses/c?day=2026-11-29' });
  expect(get(session)).toMatchObject({ name: 'maria.rossi', provider: 'Ente' });
  expect((await ledBackTo('/?sign-in=done')).at, 'once').toBe('/');
  sessionStorage.setItem('traccia.place', '//evil.example/');
  expect((await ledBackTo('/?sign-in=done')).at).toBe('/');
});

test('the address says why an identity provider has signed nobody in, in words that are known', async () => {
  answer(401);
  expect(await ledBackTo('/?sign-in=disabled')).toEqual({ fault: 'provider-disabled', at: '/' });
  expect(await ledBackTo('/?sign-in=busy')).toEqual({ fault: 'provider-busy', at: '/' });
  for (const other of ['/?sign-in=', '/?sign-in=<b>', '/?sign-in=hint']) {
    expect(await ledBackTo(other)).toEqual({ fault: undefined, at: '/' });
  }
  expect((await ledBackTo('/people?role=learner')).at).toBe('/people?role=learner');
  expect(get(session)).toBeNull();
});

test('who signs out goes on to the page of their identity provider', async () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  answer(200, PERSON);
  await signIn('maria.rossi', 'x');
  answer(200, { provider: 'https://idp.example/end?client_id=traccia' });
  expect(await signOut()).toBe(true);
  expect(assign.mock.calls).toEqual([['https://idp.example/end?client_id=traccia']]);
  expect(get(session)).toBeNull();
  assign.mockClear();
  answer(200, PERSON);
  await signIn('maria.rossi', 'x');
  answer(204);
  await signOut();
  expect(assign, 'a person with a password').not.toHaveBeenCalled();
});
