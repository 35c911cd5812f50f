// The texts of the UI: `web.LANGUAGE.ftl` and, by pages, `web-PART.LANGUAGE.ftl`; and from the server's
// `reports.LANGUAGE.ftl` what both say.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, serialize } from '@fluent/syntax';

export const LANGUAGES = ['it', 'en'];

const FOLDER = join(import.meta.dirname, '../../texts/src');
/** Beginnings of the ids that are taken from the server's catalogue. */
const SHARED = ['kind-', 'state-'];

const read = (name) => parse(readFileSync(join(FOLDER, name), 'utf8'), { withSpans: false });

/** The names of the files that the UI's own texts stand in. */
export const ownFiles = (language) =>
  readdirSync(FOLDER)
    .filter((name) => new RegExp(`^web(-[a-z]+)?[.]${language}[.]ftl$`).test(name))
    .sort();

/** The resource of the UI's own texts. */
export function own(language) {
  const [first, ...others] = ownFiles(language).map(read);
  first.body.push(...others.flatMap((resource) => resource.body));
  return first;
}

/** The messages that the server's catalogue gives. */
export const shared = (language) =>
  read(`reports.${language}.ftl`).body.filter(
    (entry) => entry.type === 'Message' && SHARED.some((begin) => entry.id.name.startsWith(begin)),
  );

/** All texts of a language, without comments. */
export function catalogue(language) {
  const resource = own(language);
  resource.body = [...resource.body, ...shared(language)].filter(
    (entry) => entry.type === 'Message' || entry.type === 'Term',
  );
  for (const entry of resource.body) entry.comment = null;
  return serialize(resource);
}
