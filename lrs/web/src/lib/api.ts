// Requests to Traccia's public API, typed by its description.

import createClient, { type Middleware } from 'openapi-fetch';
import { derived, get, writable } from 'svelte/store';
import type { components, paths } from '../generated/api';
import { BASE } from './base';
import { authorization, credentials, expire, session } from './session';
import { language, say, sayIfKnown } from './texts';

export type Schemas = components['schemas'];

/** Why a request has no answer: what a problem document says, or that there is no server. */
export class Refused extends Error {
  constructor(
    /** The status of HTTP; 0 where no answer came. */
    readonly status: number,
    /** What happened. */
    readonly detail: string,
    /** What to do. */
    readonly remedy: string,
    /** The problem document. */
    readonly problem: Record<string, unknown> = {},
    /** After how many seconds it may be asked again, where the server says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }
}

/** What every request says. */
function headers(): Record<string, string> {
  return { ...authorization(), 'Accept-Language': get(language) };
}

const always: Middleware = {
  onRequest({ request }) {
    const asked = new Request(request, { credentials: credentials() });
    for (const [name, value] of Object.entries(headers())) asked.headers.set(name, value);
    return asked;
  },
};

const waits = writable(0);

/** Whether the server asked for patience, and is asked again in a moment. */
export const isWaiting = derived(waits, (count) => count > 0);

/** How often a server that asks for patience is asked again, and how long at most between, in seconds. */
const PATIENCE = { times: 15, most: 10 };

/**
 * Asks again as long as the server says when to: a course that was changed is read from the log
 * first, and a report that many ask for has its turn.
 */
async function patiently(
  ask: () => Promise<Response>,
  signal?: AbortSignal | null,
): Promise<Response> {
  for (let time = 0; ; time += 1) {
    const answer = await ask();
    const seconds = Number(answer.headers.get('retry-after') ?? 'none');
    const isOver = answer.status !== 503 || time === PATIENCE.times || !(seconds <= PATIENCE.most);
    if (isOver || signal?.aborted) return answer;
    waits.update((count) => count + 1);
    await new Promise((resolve) => setTimeout(resolve, Math.max(seconds, 1) * 1000));
    waits.update((count) => count - 1);
  }
}

// `fetch` is looked up at each call, so that tests can stand in for it.
const client = createClient<paths>({
  baseUrl: BASE,
  fetch: (request) => patiently(() => globalThis.fetch(request.clone()), request.signal),
});
client.use(always);

/** The data of an answer. Throws [`Refused`]. */
async function data<T>(answer: Promise<{ data?: T; response: Response; error?: unknown }>) {
  let got: Awaited<typeof answer>;
  try {
    got = await answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, '', '');
  }
  if (got.data === undefined) throw refused(got.response, got.error);
  return got.data;
}

function refused(response: Response, problem: unknown): Refused {
  // The session is over, or the key was revoked.
  if (response.status === 401) expire();
  const said = (problem ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const seconds = Number(response.headers.get('retry-after') ?? 'none');
  const retryAfter = Number.isFinite(seconds) ? Math.max(seconds, 1) : null;
  const { detail, remedy } = forPeople(text(said.rule), text(said.detail), text(said.remedy));
  return new Refused(response.status, detail, remedy, said, retryAfter);
}

/** What a refusal says to somebody who signed in as a person: the server speaks of keys and scopes, which are for programs. */
function forPeople(rule: string, detail: string, remedy: string) {
  const own =
    get(session)?.kind === 'person' ? get(sayIfKnown)(`person-refused-${rule}`) : undefined;
  if (own === undefined) return { detail, remedy };
  return { detail: own, remedy: get(say)('person-refused-remedy') };
}

/** A report's table. */
export type Table = Schemas['ReportTable'];
export type Column = Schemas['ReportColumn'];
export type Row = Table['rows'][number];
export type Value = Row[string];
export type Course = Schemas['SummarisedCourse'];

/** The ids of all courses. */
export const courses = (signal?: AbortSignal) =>
  data(client.GET('/api/v1/courses', { signal })) as Promise<string[]>;

export type ListedCourse = Schemas['CourseInList'];

/** What there is of each course. */
export const listedCourses = async (signal?: AbortSignal): Promise<ListedCourse[]> => {
  const params = { query: { details: true } };
  const told = await data(client.GET('/api/v1/courses', { params, signal }));
  return (told as Schemas['CourseList']).items;
};

/** What there is of a course. */
export const course = (id: string, signal?: AbortSignal) =>
  data(client.GET('/api/v1/courses/{id}/summary', { params: { path: { id } }, signal }));

/** The parameters of a report, as they stand in addresses. */
export type Query = Record<string, string>;

/** A report on a course. */
export const report = (id: string, report: string, query: Query, signal?: AbortSignal) =>
  data(
    client.GET('/api/v1/courses/{id}/reports/{report}', {
      params: { path: { id, report }, query },
      signal,
    }),
  );

/** Where a report is as a file. */
export function reportFile(id: string, report: string, query: Query, format: string): string {
  const given = new URLSearchParams({ ...query, format, lang: get(language) });
  return `${BASE}/api/v1/courses/${encodeURIComponent(id)}/reports/${report}?${given.toString()}`;
}

/** Where statements are read: by people at Traccia's own API, for no cookie counts at /xapi. */
export const statementsAt = (): string =>
  get(session)?.kind === 'person' ? `${BASE}/api/v1/statements` : `${BASE}/xapi/statements`;

/** A page of statements: xAPI is described by its own standard. */
export async function statements(
  address: string,
  signal?: AbortSignal,
): Promise<{ statements: unknown[]; more?: string }> {
  const answer = await raw(address, { 'X-Experience-API-Version': '1.0.3' }, signal);
  const body = (await answer.json()) as { statements?: unknown[]; more?: string };
  // With `statementId` the answer is the statement alone.
  return body.statements
    ? { statements: body.statements, more: body.more }
    : { statements: [body] };
}

/** Any GET with the session's rights. Throws [`Refused`]. */
export const raw = (
  address: string,
  more: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> => request(address, { headers: more, signal });

/** Any request with the session's rights. Throws [`Refused`]. */
export async function request(
  address: string,
  { headers: more, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
): Promise<Response> {
  let answer: Response;
  try {
    const asked = { ...init, headers: { ...headers(), ...more }, credentials: credentials() };
    answer = await patiently(() => globalThis.fetch(address, asked), init.signal);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, '', '');
  }
  if (!answer.ok) throw refused(answer, await answer.json().catch(() => null));
  return answer;
}
