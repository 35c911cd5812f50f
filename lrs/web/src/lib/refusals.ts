// Requests that were refused, and what is wrong with a statement.

import type { Schemas } from './api';
import { api, ask } from './ask';

/** A request that was refused, masked by the server. */
export type Refusal = Schemas['ShownRefusal'];

/** A rule that a statement breaks. */
export type Violation = Schemas['FoundViolation'];

export const VERSIONS = ['1.0.3', '2.0.0'] as const;
export type Version = (typeof VERSIONS)[number];

/** What a check of statements says. */
export type Checked = Schemas['CheckedStatements'];

export const refusal = (id: string, signal?: AbortSignal) =>
  ask<Refusal>(api('refusals', id), { signal });

/** The kept body, checked again: what it would be answered now. */
export const testAgain = (id: string) =>
  ask<Schemas['TestedRefusal']>(api('refusals', id, 'test'), { method: 'POST' });

/** Checks a text as statements; nothing is kept. The text goes as it is, faults of JSON included. */
export const checkStatements = (text: string, version: Version) =>
  ask<Checked>(api('statements', 'check'), {
    method: 'POST',
    file: new Blob([text]),
    query: { version },
  });

/** The pointer of a violation in what was sent: in a list it stands below the statement's place. */
export function pointerIn(
  text: string,
  { index, pointer }: Pick<Violation, 'index' | 'pointer'>,
): string {
  const isList = text.trimStart().startsWith('[');
  return isList && index !== null ? `/${index}${pointer}` : pointer;
}

let draft = '';

/** Gives a text to the page that checks statements. */
export const handOver = (text: string): void => void (draft = text);

/** Takes the text that another page gave, once. */
export function handedOver(): string {
  const text = draft;
  draft = '';
  return text;
}
