// The texts of the UI: `web.LANGUAGE.ftl`, and from the server's `LANGUAGE.ftl` what both say.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, serialize } from '@fluent/syntax';

export const LANGUAGES = ['it', 'en'];

const FOLDER = join(import.meta.dirname, '../../texts/src');
/** Beginnings of the ids that are taken from the server's catalogue. */
const SHARED = ['kind-', 'state-'];

const read = (name) => parse(readFileSync(join(FOLDER, name), 'utf8'), { withSpans: false });

/** The resource of the UI's own texts. */
export const own = (language) => read(`web.${language}.ftl`);

/** The messages that the server's catalogue gives. */
export const shared = (language) =>
  read(`${language}.ftl`).body.filter(
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
