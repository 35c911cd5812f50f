// Who is using the page. This file alone knows how one signs in.
//
// Today: with a key of Traccia, whose name and secret are held in the memory of this page and go with
// each request as HTTP Basic. They are in no storage and no cookie, so a page that is loaded anew asks
// for them again. `GET /whoami` says what the key may do.
//
// Later: `POST /api/v1/sessions {name, password, code?}` sets a cookie that scripts cannot read,
// `GET /api/v1/session` says who it is of, `DELETE` ends it. Then `signIn` posts, `resume` asks
// for the session that the browser has already, `authorization` gives nothing, and `CREDENTIALS` is
// `same-origin`; no page changes.

import { get, writable } from 'svelte/store';
import { BASE } from './base';

/** Who signed in, and what they may do. */
export interface Session {
  /** The name to show. */
  name: string;
  /** What it is for. */
  label: string;
  /** xAPI scope names. */
  scopes: string[];
  /** The only regions and bodies that are seen; none where all are. */
  bounds: { regions: string[]; bodies: string[] } | null;
}

/** What stands in the sign-in form. */
export interface Credentials {
  name: string;
  password: string;
  /** A one-time code, once people have accounts. */
  code?: string;
}

/** Why nobody is signed in. */
export type SignInFault = 'wrong' | 'too-many' | 'no-server';

/** What requests say of cookies: a key's header is all there is, and no dialog of the browser's. */
export const CREDENTIALS: RequestCredentials = 'omit';

const current = writable<Session | null>(null);
let header: string | null = null;

/** The session; null where nobody is signed in. */
export const session = { subscribe: current.subscribe };

/** What goes with each request. */
export function authorization(): Record<string, string> {
  return header ? { Authorization: header } : {};
}

/** The session that the browser has already: none today. */
export function resume(): Promise<Session | null> {
  return Promise.resolve(get(current));
}

/** Signs in, or says why not. */
export async function signIn({ name, password }: Credentials): Promise<SignInFault | null> {
  const tried = basic(name, password);
  let answer: Response;
  try {
    answer = await fetch(`${BASE}/whoami`, {
      headers: { Authorization: tried, Accept: 'application/json' },
      credentials: CREDENTIALS,
    });
  } catch {
    return 'no-server';
  }
  if (answer.status === 429) return 'too-many';
  if (answer.status === 401 || answer.status === 403) return 'wrong';
  if (!answer.ok) return 'no-server';
  const told = (await answer.json()) as Told;
  header = tried;
  current.set({
    name: told.key,
    label: told.label ?? '',
    scopes: told.scopes,
    bounds:
      told.bounds && (told.bounds.regions || told.bounds.bodies)
        ? { regions: told.bounds.regions ?? [], bodies: told.bounds.bodies ?? [] }
        : null,
  });
  return null;
}

/** Forgets who was signed in. */
export function signOut(): void {
  header = null;
  current.set(null);
}

/** Whether one of these scopes is among what the session may do. */
export function may(session: Session | null, ...scopes: string[]): boolean {
  return !!session && [...scopes, 'all'].some((scope) => session.scopes.includes(scope));
}

/** Whether the courses' pages are for this session. */
export const seesCourses = (session: Session | null): boolean =>
  may(session, 'progress/read', 'all/read');

/** Whether the statements' page is for this session. */
export const seesStatements = (session: Session | null): boolean =>
  may(session, 'statements/read', 'statements/read/mine', 'all/read');

interface Told {
  key: string;
  label?: string;
  scopes: string[];
  bounds?: { regions?: string[]; bodies?: string[] } | null;
}

/** HTTP Basic in UTF-8 (RFC 7617). */
function basic(name: string, secret: string): string {
  const bytes = new TextEncoder().encode(`${name}:${secret}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
