// What people read, by language: Fluent messages of lrs/texts, typed by their ids and values.

import {
  FluentBundle,
  FluentDateTime,
  FluentNumber,
  FluentResource,
  type FluentVariable,
} from '@fluent/bundle';
import { derived, get, writable } from 'svelte/store';
import type { Messages, Value } from '../generated/messages';

export type Language = 'it' | 'en';

const KEPT = 'traccia.language';
const chosen = writable<Language>('it');
const bundle = writable<FluentBundle>(new FluentBundle('it'));

/** The language that is shown. */
export const language = { subscribe: chosen.subscribe };

/** Loads a language and shows it from then on. */
export async function speak(wanted: Language): Promise<void> {
  const texts =
    wanted === 'it' ? await import('virtual:texts/it') : await import('virtual:texts/en');
  const made = new FluentBundle(wanted);
  made.addResource(new FluentResource(texts.default));
  bundle.set(made);
  chosen.set(wanted);
  document.documentElement.lang = wanted;
}

/** [`speak`], also at the next visit. */
export async function choose(wanted: Language): Promise<void> {
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // Storage is forbidden: then it holds until the page is left.
  }
  await speak(wanted);
}

/** The language chosen before, else the one of Italian and English that the browser puts first. */
export function preferred(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // See `choose`.
  }
  if (kept === 'it' || kept === 'en') return kept;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => tag === 'it' || tag === 'en') === 'it' ? 'it' : 'en';
}

type Given<Id extends keyof Messages> = Messages[Id] extends undefined ? [] : [Messages[Id]];

/** Says a message; the id where there is no such message, which `npm run generate` excludes. */
export type Say = <Id extends keyof Messages>(id: Id, ...values: Given<Id>) => string;

function saying(bundle: FluentBundle): Say {
  return (id, ...values) => written(bundle, id, values[0]) ?? id;
}

function written(
  bundle: FluentBundle,
  id: string,
  values?: Record<string, Value>,
): string | undefined {
  const pattern = bundle.getMessage(id)?.value;
  if (!pattern) return undefined;
  const given = Object.entries(values ?? {}).map(([name, value]): [string, FluentVariable] => [
    name,
    value instanceof Date
      ? new FluentDateTime(value, { dateStyle: 'long', timeZone: 'Europe/Rome' })
      : typeof value === 'number'
        ? new FluentNumber(value, { maximumFractionDigits: 2, useGrouping: true })
        : value,
  ]);
  return bundle.formatPattern(pattern, Object.fromEntries(given), []);
}

/** Says messages in the language that is shown. */
export const say = derived(bundle, saying);

/** Says a message whose id is made of data; nothing where there is none. */
export const sayIfKnown = derived(
  bundle,
  (bundle) => (id: string) => (bundle.hasMessage(id) ? written(bundle, id) : undefined),
);

/** [`say`] outside of components. */
export const sayNow: Say = (id, ...values) => get(say)(id, ...values);
