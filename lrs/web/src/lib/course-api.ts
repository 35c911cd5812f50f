// What the course's pages ask of the server beside reports: registers, certificates, learners, the
// course file. Each function throws [`Refused`].

import {
  raw,
  request,
  type Course,
  type Query,
  type Refused,
  type Schemas,
  type Table,
} from './api';
import { BASE } from './base';

/** Rows of a list that the server gives in pages. */
export interface Paged<T> {
  items: T[];
  /** Where the next page begins; null where there is none. */
  next: string | null;
  /** How many there are in all, where that is known. */
  found: number | null;
}

/** The address of something of a course in the API. */
export function courseAddress(course: string, rest: string[] = [], query: Query = {}): string {
  const path = [course, ...rest].map(encodeURIComponent).join('/');
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  const search = given.toString();
  return `${BASE}/api/v1/courses/${path}${search ? `?${search}` : ''}`;
}

async function read<T>(address: string, signal?: AbortSignal): Promise<T> {
  return (await raw(address, {}, signal)).json() as Promise<T>;
}

async function change<T>(
  method: string,
  address: string,
  type: string,
  body: BodyInit,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await request(address, {
    method,
    headers: { 'Content-Type': type },
    body,
    signal,
  });
  return (answer.status === 204 ? null : await answer.json()) as T;
}

const JSON_TYPE = 'application/json';

// Registers of presence.

/** Where a session is in the API. */
const sessionPath = (event: string, id: string) => ['events', event, 'sessions', id];

/** What is to be noted of somebody at a session; hours 0 say that they were not there. */
export type Entry = Schemas['RegisterEntry'];

/** Corrects a register: those who are not named stay as they are. */
export const keepRegister = (
  course: string,
  event: string,
  id: string,
  entries: Entry[],
  dryRun: boolean,
) =>
  change<Schemas['KeptRegister']>(
    'POST',
    courseAddress(course, [...sessionPath(event, id), 'register'], { dry_run: String(dryRun) }),
    JSON_TYPE,
    JSON.stringify({ entries }),
  );

/** The code with which people check in to a session. */
export const checkInCode = (course: string, event: string, id: string, signal?: AbortSignal) =>
  read<Schemas['SessionCode']>(courseAddress(course, [...sessionPath(event, id), 'code']), signal);

// Certificates.

export type FrozenList = Schemas['FrozenList'];

/** The frozen lists, the newest first. */
export const frozenLists = (course: string, signal?: AbortSignal) =>
  read<FrozenList[]>(courseAddress(course, ['certificates']), signal);

/** Freezes the list of a day. */
export const freeze = (course: string, at: string) =>
  change<FrozenList>('POST', courseAddress(course, ['certificates'], { at }), JSON_TYPE, '');

/** A page of the people of a frozen list. */
export const frozenPeople = (course: string, list: string, query: Query, signal?: AbortSignal) =>
  read<Table>(courseAddress(course, ['certificates', list, 'people'], query), signal);

/** Where a frozen list is as a file. */
export const frozenFile = (course: string, list: string, format: string, lang: string) =>
  courseAddress(course, ['certificates', list], { format, lang });

// Learners.

/** A learner as they stand in the list: `identifiers` as lists write them. */
export interface Learner extends Pick<
  Schemas['ShownLearner'],
  'id' | 'name' | 'region' | 'province' | 'body' | 'istat' | 'role' | 'office' | 'edition'
> {
  identifiers: string[];
  /** Those who were merged into this learner. */
  merged: Pick<Schemas['MergedLearner'], 'id' | 'name'>[];
  /** Into whom this learner was merged. */
  mergedInto: string | null;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** An identifier as lists write it: a text already, or a member of an Agent of xAPI. */
export function writtenIdentifier(value: unknown): string {
  if (typeof value === 'string') return value;
  const agent = (value ?? {}) as Record<string, unknown>;
  const account = agent.account as Record<string, unknown> | undefined;
  if (account) return `account:${text(account.homePage)}|${text(account.name)}`;
  return text(agent.mbox) || text(agent.openid) || text(agent.mbox_sha1sum);
}

/** An identifier of the server's reports, such as `account::NAME@HOMEPAGE`, as lists write it. */
export function listedIdentifier(actor: string): string {
  const [, kind = '', rest = ''] = /^(\w+)::(.*)$/s.exec(actor) ?? [];
  if (kind === 'mbox') return rest;
  if (kind !== 'account') return kind === '' ? actor : `${kind}:${rest}`;
  // A name may be an address of mail.
  const at = rest.lastIndexOf('@');
  return `account:${rest.slice(at + 1)}|${rest.slice(0, at)}`;
}

function learner(told: unknown): Learner {
  const of = (told ?? {}) as Record<string, unknown>;
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return {
    id: text(of.id) || text(of.learner),
    name: text(of.name),
    identifiers: list(of.identifiers).map(writtenIdentifier),
    region: text(of.region),
    province: text(of.province),
    body: text(of.body),
    istat: text(of.istat),
    role: text(of.role),
    office: text(of.office),
    edition: text(of.edition),
    merged: list(of.merged).map((it) => {
      const one = (it ?? {}) as Record<string, unknown>;
      return { id: text(one.id), name: text(one.name) };
    }),
    mergedInto: text(of.merged_into) || null,
  };
}

interface ToldPage {
  items?: unknown[];
  next?: string | null;
  found?: number;
}

/** A page of the learners of a course. */
export async function learners(
  course: string,
  query: Query,
  signal?: AbortSignal,
): Promise<Paged<Learner>> {
  const told = await read<ToldPage>(courseAddress(course, ['learners'], query), signal);
  return {
    items: (told.items ?? []).map(learner),
    next: told.next ?? null,
    found: told.found ?? null,
  };
}

/** One learner, with who was merged into them. */
export const oneLearner = async (course: string, id: string, signal?: AbortSignal) =>
  learner(await read<unknown>(courseAddress(course, ['learners', id]), signal));

/** Takes a list of learners, or says what it would change. */
export const importLearners = (course: string, csv: BodyInit, mode: string, dryRun: boolean) =>
  change<Schemas['ImportedLearners']>(
    'PUT',
    courseAddress(course, ['learners'], { mode, dry_run: String(dryRun) }),
    'text/csv',
    csv,
  );

/** Where the list of learners is as a file. */
export const learnersFile = (course: string, lang: string) =>
  courseAddress(course, ['learners'], { format: 'csv', lang });

/** Notes that a learner is the same person as another one. */
export const merge = (course: string, id: string, into: string) =>
  change<null>(
    'PUT',
    courseAddress(course, ['learners', id, 'merge']),
    JSON_TYPE,
    JSON.stringify({ into }),
  );

/** Takes a merge back. */
export const unmerge = (course: string, id: string) =>
  request(courseAddress(course, ['learners', id, 'merge']), { method: 'DELETE' });

/** A page of what a learner did, the newest first. */
export async function timeline(
  course: string,
  id: string,
  after: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Paged<unknown>> {
  const query = { limit: String(limit), after, descending: 'true' };
  const address = courseAddress(course, ['learners', id, 'statements'], query);
  const told = await read<ToldPage | unknown[]>(address, signal);
  if (Array.isArray(told)) return { items: told.reverse(), next: null, found: told.length };
  return { items: told.items ?? [], next: told.next ?? null, found: told.found ?? null };
}

export type Unassigned = Schemas['UnassignedActor'];

/** The actors whom no learner is, those with most statements first. */
export const unassigned = (course: string, signal?: AbortSignal) =>
  read<Schemas['UnassignedActors']>(courseAddress(course, ['unassigned']), signal);

/** A line of a list of learners, with its head, for the columns that are given. */
export function learnerList(values: Record<string, string>): string {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return `${given.map(([name]) => name).join(',')}\n${given.map(([, it]) => quoted(it)).join(',')}\n`;
}

// The course file.

/** A fault of a course file, or a warning, at its place; line 0 where it is of the whole file. */
export type Fault = Schemas['CourseWarning'];

/** What would change for learners. */
export type Effect = Schemas['CourseEffect'];

/** What a course file would do. */
export interface Preview {
  faults: Fault[];
  warnings: Fault[];
  modules: number | null;
  activities: number | null;
  effect: Effect | null;
}

/** The course file, and the number of the course's last change, on which another one is based. */
export async function courseFile(
  course: string,
  signal?: AbortSignal,
): Promise<{ text: string; revision: number | null }> {
  // A change between the two is taken for one of somebody else's, and looked at again.
  const summary = await read<Partial<Pick<Course, 'revision'>>>(
    courseAddress(course, ['summary']),
    signal,
  );
  const answer = await raw(courseAddress(course), {}, signal);
  return { text: await answer.text(), revision: summary.revision ?? null };
}

/** The faults that a refusal of a course file tells: as such, or a line each, `3:9: what is wrong`. */
export function faultsOf({ detail, problem }: Refused): Fault[] {
  if (Array.isArray(problem.faults)) return problem.faults as Fault[];
  const lines = detail.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const found = /^\s*(\d+):(\d+):\s*(.*)$/.exec(line);
    return found
      ? { line: Number(found[1]), column: Number(found[2]), message: found[3] ?? '' }
      : { line: 0, column: 0, message: line };
  });
}

/** Takes a course file, or says what it would do. */
export async function putCourse(
  course: string,
  file: string,
  dryRun: boolean,
  basedOn: number | null = null,
  signal?: AbortSignal,
): Promise<Preview> {
  const query = {
    dry_run: dryRun ? 'true' : '',
    based_on: basedOn === null ? '' : String(basedOn),
  };
  const address = courseAddress(course, [], query);
  return previewed(
    await change<Schemas['LoadedCourse']>('PUT', address, 'application/toml', file, signal),
  );
}

const previewed = (told: Schemas['LoadedCourse']): Preview => ({
  faults: [],
  warnings: told.warnings ?? [],
  modules: told.modules,
  activities: told.activities,
  effect: told.effect ?? null,
});

/** An activity that arrives and belongs to no module. The description leaves open how its name is told. */
export type Unmapped = Omit<Schemas['UnmappedActivity'], 'name'> & {
  name: string | Record<string, string>;
};

/** The activities that arrive and belong to no module, and the change that they were looked at after. */
export const unmapped = (course: string, signal?: AbortSignal) =>
  read<Omit<Schemas['UnmappedList'], 'items'> & { items: Unmapped[] }>(
    courseAddress(course, ['unmapped'], { limit: '100' }),
    signal,
  );

/** Adds an activity to a module of the course file, or says what that would do. */
export async function map(
  course: string,
  activity: string,
  module: string,
  basedOn: number | null,
  dryRun: boolean,
): Promise<Preview> {
  const address = courseAddress(course, ['mappings'], { dry_run: String(dryRun) });
  const body: Schemas['NewMapping'] = {
    activity,
    module,
    ...(basedOn === null ? {} : { based_on: basedOn }),
  };
  return previewed(
    await change<Schemas['LoadedCourse']>('POST', address, JSON_TYPE, JSON.stringify(body)),
  );
}
