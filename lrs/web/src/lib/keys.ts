// Keys: with what programs and packages come.

import type { Schemas } from './api';
import { api, ask } from './ask';
import { BASE } from './base';
import { basic } from './session';

/** What a key is bound to: whom it may see, or what it may say. */
export type KeyBounds = Schemas['KeyBounds'];

/** A key as the list shows it. */
export type Key = Schemas['ShownKey'];

/** The uses of keys that there are words for, in the order in which they are offered. */
export const BUNDLES = ['moodle', 'storyline', 'content_package', 'reader', 'coordinator'] as const;
export type BundleId = (typeof BUNDLES)[number];

/** What a key of a use may do, and to what it must be bound: to what its key says, or to whom it sees. */
export type Bundle = Omit<Schemas['ShownBundle'], 'id' | 'bounds_needed'> & {
  id: BundleId;
  bounds_needed: 'activities' | 'territory' | null;
};

export const keys = (signal?: AbortSignal) => ask<Key[]>(api('keys'), { signal });
export const bundles = (signal?: AbortSignal) => ask<Bundle[]>(api('keys', 'bundles'), { signal });
export const revokeKey = (key: string) => ask<undefined>(api('keys', key), { method: 'DELETE' });

/** Makes a key; its secret is in the answer and never again. */
export const makeKey = (wanted: { bundle: BundleId; label: string; bounds?: KeyBounds }) =>
  ask<Key & { secret: string }>(api('keys'), { method: 'POST', body: wanted });

const NO_STANDARD = { 'X-Experience-API-Version': '1.0.3' };

/** What an answer to a key's own request was. */
export interface Tried {
  status: number;
  /** The ids of statements that were kept, or what the problem document says. */
  said: unknown;
}

/** Sends a statement with a key, as what will use it does. */
export async function sendWith(key: string, secret: string, statement: unknown): Promise<Tried> {
  return tried(
    await fetch(`${BASE}/xapi/statements`, {
      method: 'POST',
      headers: {
        ...NO_STANDARD,
        Authorization: basic(key, secret),
        'Content-Type': 'application/json',
      },
      credentials: 'omit',
      body: JSON.stringify(statement),
    }),
  );
}

/** Asks with a key for what it may read. */
export async function readWith(key: string, secret: string, scopes: string[]): Promise<Tried> {
  const reads = scopes.some(
    (scope) => scope.startsWith('statements/read') || scope.startsWith('all'),
  );
  const path = reads ? '/xapi/statements?limit=1' : '/api/v1/courses';
  return tried(
    await fetch(BASE + path, {
      headers: { ...NO_STANDARD, Authorization: basic(key, secret) },
      credentials: 'omit',
    }),
  );
}

const tried = async (answer: Response): Promise<Tried> => ({
  status: answer.status,
  said: await answer.json().catch(() => null),
});

/** A statement that says of itself that it is a test. `bounds` are those of its key. */
export function testStatement(
  id: string,
  words: { actor: string; object: string },
  bounds: KeyBounds,
) {
  const homePage = bounds.home_pages?.[0] ?? 'https://traccia.example/test';
  const activity = bounds.activities?.[0] ?? 'https://traccia.example/test';
  return {
    id,
    actor: { objectType: 'Agent', name: words.actor, account: { homePage, name: 'test' } },
    verb: {
      id: 'http://adlnet.gov/expapi/verbs/experienced',
      display: { it: 'ha seguito', en: 'experienced' },
    },
    object: {
      objectType: 'Activity',
      id: activity,
      ...(bounds.activities?.length ? {} : { definition: { name: { und: words.object } } }),
    },
  };
}

/** The label of the key that the server makes of its setting at the start: access to the server comes by it. */
export const SEED = 'made at start from TRACCIA_SEED_KEY';

/** What a key is called: its label, in the language of the page where the server gave it, else its name. */
export const called = (key: { label: string; key: string }, ofSeed: string): string =>
  key.label === SEED ? ofSeed : key.label || key.key;
