// Packages: what a check finds, versions, launches, and which modules count them.

import type { Schemas } from './api';
import { api, ask, send } from './ask';
import type { Language } from './texts';

export type Package = Schemas['ShownPackage'];
export type Version = Schemas['ShownVersion'];
export type Launch = Schemas['ListedLaunch'];
export type MadeLaunch = Schemas['MadeLaunch'];
export type WantedLaunch = Omit<Partial<Schemas['WantedLaunch']>, 'actor'> & { actor?: object };

/** A part of a package's structure. */
export type Part = Schemas['PackagePart'];

/** Something that a check found. */
export type Finding = Schemas['PackageFinding'];

/** What a check says of a package. */
export type Check = Schemas['CheckedPackage'];

const ZIP = 'application/zip';

/** The standards by their ids: their names are the same in all languages. */
const STANDARDS: Record<string, string> = {
  'scorm-1.2': 'SCORM 1.2',
  'scorm-2004-2': 'SCORM 2004 2nd Edition',
  'scorm-2004-3': 'SCORM 2004 3rd Edition',
  'scorm-2004-4': 'SCORM 2004 4th Edition',
};
export const standardOf = (id: string): string => STANDARDS[id] ?? id;

export const packages = (signal?: AbortSignal) => ask<Package[]>(api('packages'), { signal });
export const onePackage = (name: string, signal?: AbortSignal) =>
  ask<Package>(api('packages', name), { signal });

export const check = (file: File, lang: Language, signal?: AbortSignal) =>
  ask<Check>(api('packages', 'check'), {
    method: 'POST',
    file,
    type: file.name.toLowerCase().endsWith('.xml') ? 'application/xml' : ZIP,
    query: { lang, name: file.name },
    signal,
  });

export const importAs = (name: string, file: File) =>
  ask<Package>(api('packages'), { method: 'POST', file, type: ZIP, query: { name } });

export const choose = (name: string, current: number) =>
  ask<Package>(api('packages', name), { method: 'PUT', body: { current } });

export const removePackage = (name: string, query: { version?: string; force?: string } = {}) =>
  ask<undefined>(api('packages', name), { method: 'DELETE', query });

export const launches = (name: string, signal?: AbortSignal) =>
  ask<Launch[]>(api('packages', name, 'launches'), { signal });

export const launch = (name: string, wanted: WantedLaunch) =>
  ask<MadeLaunch>(api('packages', name, 'launches'), { method: 'POST', body: wanted });

export const revokeLaunch = (name: string, id: string) =>
  ask<undefined>(api('packages', name, 'launches', id), { method: 'DELETE' });

/** The package as it reports to Traccia from another platform. */
export async function shim(
  file: File,
  wanted: { activity: string; home_page: string },
): Promise<{ bytes: Blob; name: string }> {
  const asked = { method: 'POST', file, type: ZIP, query: { ...wanted, name: file.name } } as const;
  const answer = await send(api('packages', 'shim'), asked);
  const stem = file.name.replace(/\.zip$/i, '');
  return { bytes: await answer.blob(), name: `${stem}-traccia.zip` };
}

/** A name that a package can have, out of a file's. */
export function suggestedName(file: string): string {
  return file
    .replace(/\.[a-z0-9]+$/i, '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

/** A module of a course file that counts a package. */
export interface Counted {
  module: string;
  /** The SCO alone, where not the whole package. */
  item: string | null;
}

const IRI = 'urn:traccia:package:';

/** The modules of a course file, in its text, that name a package by `package`, `id` or `prefix`. */
export function modulesOf(toml: string, name: string): Counted[] {
  const found: Counted[] = [];
  let table = '';
  let module = '';
  for (const line of toml.split('\n')) {
    const head = /^\s*\[\[?\s*([\w.-]+)\s*\]?\]/.exec(line)?.[1];
    if (head !== undefined) table = head;
    const [, key, value] = /^\s*(\w+)\s*=\s*["']([^"']*)["']/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (table === 'module' && key === 'id') module = value;
    if (!table.startsWith('module.')) continue;
    const rest = value.startsWith(IRI + name) ? value.slice(IRI.length + name.length) : null;
    if (key === 'package' && value === name) found.push({ module, item: null });
    else if ((key === 'id' || key === 'prefix') && rest !== null && /^(\/|$)/.test(rest)) {
      found.push({ module, item: rest.replace(/^\//, '') || null });
    }
  }
  return found;
}
