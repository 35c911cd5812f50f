// Who is using the page, and what they may do. This file alone knows how one signs in.
//
// A person signs in with a password (`POST /api/v1/sessions`), or comes back from an identity provider:
// then the browser holds a cookie that scripts cannot read. A key's name and secret are held in the
// memory of this page alone and go with each request as HTTP Basic: a page that is loaded anew asks
// for them again. `GET /api/v1/session` says of both who they are and what they may do.

import { derived, get, writable } from 'svelte/store';
import { BASE } from './base';

/** What a person is to Traccia; the server says what each of them may do. */
export const ROLES = [
  'administrator',
  'national_coordinator',
  'regional_coordinator',
  'designer',
  'data_reader',
  'learner',
] as const;
export type Role = (typeof ROLES)[number];

/** The only regions and bodies that are seen. */
export interface Bounds {
  regions: string[];
  bodies: string[];
}

/** Who signed in, and what they may do. */
export interface Session {
  /** What it signs in with. */
  name: string;
  /** The name to show. */
  label: string;
  kind: 'person' | 'key';
  /** Of a person. */
  role: Role | null;
  /** xAPI scope names. */
  scopes: string[];
  /** The operations that are allowed, such as `courses.read`. */
  operations: string[];
  /** None where all regions and bodies are seen. */
  bounds: Bounds | null;
  /** The identifiers of a learner, who sees nothing but their own. */
  learner: string[] | null;
  /** Whether a code of an app is asked for at the sign-in. */
  totp: boolean;
  /** The identity provider at which the person signs in, and so has no password here. */
  provider: string | null;
}

/** Why somebody who comes back from an identity provider is not signed in, as the address says it. */
const PROVIDER_FAULTS = [
  'down',
  'state',
  'cancelled',
  'answer',
  'insecure',
  'nameless',
  'role',
  'territory',
  'identifier',
  'taken',
  'disabled',
  'failed',
  'busy',
] as const;

/** Why nobody is signed in. `code`: the password is right, and a code is wanted with it. */
export interface SignInFault {
  kind:
    | 'wrong'
    | 'code'
    | 'wrong-code'
    | 'too-many'
    | 'no-server'
    | 'refused'
    | `provider-${(typeof PROVIDER_FAULTS)[number]}`;
  /** What the server says of a refusal, and what to do. */
  detail: string;
  remedy: string;
}

const current = writable<Session | null>(null);
const over = writable(false);
const kept = writable(false);
let header: string | null = null;

/** The session; null where nobody is signed in. */
export const session = { subscribe: current.subscribe };

/** Whether a session ended by itself, or by somebody else's hand. */
export const hasEnded = { subscribe: over.subscribe };

/** Whether the password of an invitation is kept, and the second factor is asked for at the sign-in. */
export const isPasswordKept = { subscribe: kept.subscribe };

/** What is allowed to whoever may do one of these: the server asks for no right of its own. */
const ALLOWED_WITH: Record<string, string[]> = {
  'statements.read': ['statements.read', 'statements.read_own'],
  'statements.check': ['statements.write', 'statements.read', 'statements.read_own'],
  'refusals.read': ['statements.write', 'statements.read', 'statements.read_own'],
};

const allowed = (session: Session | null, operation: string): boolean =>
  (ALLOWED_WITH[operation] ?? [operation]).some(
    (one) => session?.operations.includes(one) ?? false,
  );

/** Whether the session that is signed in may do this, such as `courses.read`. */
export const can = (operation: string): boolean => allowed(get(current), operation);

/** [`can`] for what outlives a session: it is told anew with each. */
export const allows = derived(
  current,
  (session) => (operation: string) => allowed(session, operation),
);

/** What goes with each request. */
export function authorization(): Record<string, string> {
  return header ? { Authorization: header } : {};
}

/** What requests say of cookies: none with a key, whose header is all there is. */
export function credentials(): RequestCredentials {
  return header ? 'omit' : 'same-origin';
}

// Without a cookie a browser writes the refusal of `GET /api/v1/session` into its console, so it is asked
// only where somebody signed in before. This mark is no secret.
const MARK = 'traccia.signed-in';

function mark(isSignedIn: boolean): void {
  try {
    if (isSignedIn) localStorage.setItem(MARK, 'yes');
    else localStorage.removeItem(MARK);
  } catch {
    // Storage is forbidden: the next visit begins with the sign-in.
  }
}

function isMarked(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

// Where somebody was who went to an identity provider, for their way back.
const PLACE = 'traccia.place';

/** Notes where somebody is before they are sent to an identity provider, which leads them back to the first page. */
export function leaveForProvider(): void {
  try {
    sessionStorage.setItem(PLACE, location.pathname + location.search + location.hash);
  } catch {
    // Storage is forbidden: they come to the first page.
  }
}

function place(): string {
  try {
    const kept = sessionStorage.getItem(PLACE) ?? '';
    sessionStorage.removeItem(PLACE);
    // An address of this UI, and no other host's: two slashes begin one.
    if (kept.startsWith(`${BASE}/`) && !/^[/\\]{2}/.test(kept)) return kept;
  } catch {
    // As without one.
  }
  return `${BASE}/`;
}

const providerFault = writable<SignInFault | null>(null);

/** Why the identity provider that led the browser back here has signed nobody in. */
export const faultOfProvider = { subscribe: providerFault.subscribe };

/** Takes what the address says of a sign-in at an identity provider, and leads back to where it began. */
export function comeFromProvider(): void {
  const said = new URLSearchParams(location.search).get('sign-in');
  if (said === null) return;
  const known = PROVIDER_FAULTS.find((fault) => fault === said);
  providerFault.set(known ? { kind: `provider-${known}`, detail: '', remedy: '' } : null);
  // Whether it is true the server says.
  if (said === 'done') mark(true);
  history.replaceState(history.state, '', place());
}

/** Takes up the session that the browser has already. */
export async function resume(): Promise<void> {
  comeFromProvider();
  if (!isMarked()) return;
  try {
    const answer = await fetch(`${BASE}/api/v1/session`, {
      headers: { Accept: 'application/json' },
      credentials: 'same-origin',
    });
    if (answer.ok) current.set(told(await answer.json()));
    else if (answer.status === 401) mark(false);
  } catch {
    // No server: the sign-in says so.
  }
}

/** Signs a person in, or says why not. */
export const signIn = (name: string, password: string, code?: string) =>
  enter('sessions', { name, password, ...(code ? { code } : {}) }, code !== undefined);

/** Makes the first administrator with what the server printed, and signs in. */
export const setUp = (token: string, name: string, password: string) =>
  enter('setup', { token, name, password });

/** Takes an invitation with a password of one's own, and signs in: with a second factor at the sign-in alone. */
export async function accept(token: string, password: string): Promise<SignInFault | null> {
  const fault = await enter('invitations', { token, password });
  kept.set(fault?.kind === 'code');
  return fault;
}

async function enter(
  path: string,
  body: Record<string, string>,
  hasCode = false,
): Promise<SignInFault | null> {
  header = null;
  return begin(
    () =>
      fetch(`${BASE}/api/v1/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...language() },
        credentials: 'same-origin',
        body: JSON.stringify(body),
      }),
    hasCode,
  ).then((fault) => {
    if (!fault) mark(true);
    return fault;
  });
}

/** Signs in with a key, or says why not. */
export async function signInWithKey(name: string, secret: string): Promise<SignInFault | null> {
  const tried = basic(name, secret);
  const fault = await begin(() =>
    fetch(`${BASE}/api/v1/session`, {
      headers: { Authorization: tried, Accept: 'application/json', ...language() },
      credentials: 'omit',
    }),
  );
  if (!fault) header = tried;
  return fault;
}

async function begin(ask: () => Promise<Response>, hasCode = false): Promise<SignInFault | null> {
  let answer: Response;
  try {
    answer = await ask();
  } catch {
    return { kind: 'no-server', detail: '', remedy: '' };
  }
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (answer.ok) {
    current.set(told(body));
    over.set(false);
    kept.set(false);
    providerFault.set(null);
    return null;
  }
  const [detail, remedy] = [text(body.detail), text(body.remedy)];
  const of = (kind: SignInFault['kind']) => ({ kind, detail, remedy });
  if (answer.status === 429) return of('too-many');
  if (answer.status === 401 && body.code_needed === true)
    return of(hasCode ? 'wrong-code' : 'code');
  // Also a link that was used, or has expired.
  if (answer.status === 401 || answer.status === 410) return of('wrong');
  return of(answer.status >= 500 ? 'no-server' : 'refused');
}

/**
 * Ends the session, on the server first: where that fails it is not over, which is the answer. Somebody of an identity
 * provider goes on to its page, which signs them out there.
 */
export async function signOut(): Promise<boolean> {
  let page = '';
  if (get(current)?.kind === 'person') {
    try {
      const answer = await fetch(`${BASE}/api/v1/session`, {
        method: 'DELETE',
        headers: { Accept: 'application/json' },
        credentials: 'same-origin',
      });
      // 401: it was over before.
      if (!answer.ok && answer.status !== 401) return false;
      if (answer.status === 200) {
        const told = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
        page = text(told.provider);
      }
    } catch {
      return false;
    }
  }
  forget();
  over.set(false);
  if (page !== '') location.assign(page);
  return true;
}

/** The server does not take the session any more: whoever it was signs in again where they are. */
export function expire(): void {
  if (get(current)) over.set(true);
  forget();
}

/** Asks anew who is signed in, after a change of one's own account. */
export async function refresh(): Promise<void> {
  const answer = await fetch(`${BASE}/api/v1/session`, {
    headers: { ...authorization(), Accept: 'application/json' },
    credentials: credentials(),
  }).catch(() => null);
  if (answer?.ok) current.set(told(await answer.json()));
  else if (answer?.status === 401) expire();
}

function forget(): void {
  header = null;
  mark(false);
  current.set(null);
}

/** Whether one of these scopes is among what the session may do. */
export function may(session: Session | null, ...scopes: string[]): boolean {
  return !!session && [...scopes, 'all'].some((scope) => session.scopes.includes(scope));
}

/** Whether the courses' pages are for this session. */
export const seesCourses = (session: Session | null): boolean => allowed(session, 'courses.read');

/** Whether the statements' pages are for this session. */
export const seesStatements = (session: Session | null): boolean =>
  allowed(session, 'statements.read');

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((it): it is string => typeof it === 'string') : [];

/** What the server says of a session, whatever else it says. */
function told(body: unknown): Session {
  const said = (body ?? {}) as Record<string, unknown>;
  const name = text(said.name);
  const bounds = (said.bounds ?? {}) as Record<string, unknown>;
  const [regions, bodies] = [texts(bounds.regions), texts(bounds.bodies)];
  return {
    name,
    label: text(said.label) || name,
    kind: said.kind === 'key' ? 'key' : 'person',
    role: ROLES.find((role) => role === said.role) ?? null,
    scopes: texts(said.scopes),
    operations: texts(said.may),
    bounds: regions.length + bodies.length > 0 ? { regions, bodies } : null,
    learner: Array.isArray(said.learner) ? texts(said.learner) : null,
    totp: said.totp === true,
    provider: text(said.provider) || null,
  };
}

/** The language that is shown, for what the server says of a refusal. */
const language = (): Record<string, string> => ({
  'Accept-Language': document.documentElement.lang || 'it',
});

/** HTTP Basic in UTF-8 (RFC 7617). */
export function basic(name: string, secret: string): string {
  const bytes = new TextEncoder().encode(`${name}:${secret}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
