// What a statement says, in a sentence. Statements are data that anybody may have sent: everything
// here is text, and nothing is taken to have the shape that the standard asks for.

/** An object of JSON. */
export type Json = Record<string, unknown>;

const object = (value: unknown): Json =>
  value && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A text of a language map: in the language, else in any. */
export function inLanguage(map: unknown, language: string): string {
  const texts = object(map);
  const of = Object.entries(texts).filter(([, value]) => typeof value === 'string');
  const found = of.find(([tag]) => tag.toLowerCase().split('-')[0] === language) ?? of[0];
  return text(found?.[1]);
}

/** The last part of an IRI that says something. */
export function tail(iri: string): string {
  const parts = iri.split(/[/#]/).filter((part) => part !== '');
  return parts.at(-1) ?? iri;
}

/** The identifier of an actor, as people write it. */
export function identifier(actor: unknown): string {
  const { mbox, mbox_sha1sum, openid, account } = object(actor);
  if (text(mbox)) return text(mbox).replace(/^mailto:/, '');
  const { homePage, name } = object(account);
  if (text(name)) return `${text(name)} (${text(homePage)})`;
  return text(openid) || text(mbox_sha1sum);
}

/** Who did it. */
export function actorName(actor: unknown): string {
  return text(object(actor).name) || identifier(actor) || '?';
}

/** What it was done to. */
export function objectName(thing: unknown, language: string): string {
  const { objectType, id, definition } = object(thing);
  if (objectType === 'Agent' || objectType === 'Group') return actorName(thing);
  if (objectType === 'SubStatement') return objectName(object(thing).object, language);
  return inLanguage(object(definition).name, language) || text(id) || '?';
}

/** The verb's IRI. */
export const verbId = (statement: unknown): string => text(object(object(statement).verb).id);

/** The name of the message with a sentence for a verb, where there may be one. */
export function verbMessage(statement: unknown): string {
  return `verb-${tail(verbId(statement))
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')}`;
}

/** The verb as the statement shows it. */
export function verbName(statement: unknown, language: string): string {
  const verb = object(object(statement).verb);
  return inLanguage(verb.display, language) || tail(text(verb.id)) || '?';
}

/** What came of it: a share of the score, whether it was passed, a duration. */
export interface Outcome {
  scaled: number | null;
  success: boolean | null;
  completion: boolean | null;
  duration: string | null;
}

export function outcome(statement: unknown): Outcome {
  const result = object(object(statement).result);
  const { scaled } = object(result.score);
  const flag = (value: unknown) => (typeof value === 'boolean' ? value : null);
  return {
    scaled: typeof scaled === 'number' ? scaled : null,
    success: flag(result.success),
    completion: flag(result.completion),
    duration: text(result.duration) || null,
  };
}

/** The parts of an ISO 8601 duration in hours, minutes and seconds; nothing for what is none. */
export function duration(iso: string): { hours: number; minutes: number; seconds: number } | null {
  const found = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(iso);
  if (!found || iso === 'P' || iso === 'PT') return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (
    found.slice(1) as (string | undefined)[]
  ).map((part) => Number(part ?? 0));
  const all = Math.round(days * 86400 + hours * 3600 + minutes * 60 + seconds);
  return {
    hours: Math.floor(all / 3600),
    minutes: Math.floor((all % 3600) / 60),
    seconds: all % 60,
  };
}

export const idOf = (statement: unknown): string => text(object(statement).id);
export const timestampOf = (statement: unknown): string => text(object(statement).timestamp);
export const actorOf = (statement: unknown): unknown => object(statement).actor;
export const objectOf = (statement: unknown): unknown => object(statement).object;

/** The IRI of the activity that a statement is about; nothing where it is about something else. */
export function activityOf(statement: unknown): string {
  const { objectType, id } = object(objectOf(statement));
  return objectType === undefined || objectType === 'Activity' ? text(id) : '';
}

/** An actor's identifier as the query of the standard takes it. */
export function agentQuery(actor: unknown): string {
  const { mbox, mbox_sha1sum, openid, account } = object(actor);
  if (mbox) return JSON.stringify({ mbox });
  if (account) return JSON.stringify({ account });
  if (openid) return JSON.stringify({ openid });
  return mbox_sha1sum ? JSON.stringify({ mbox_sha1sum }) : '';
}

/** An agent as people write it, as JSON: an address, `HOMEPAGE|NAME`, an OpenID, or JSON as it is. */
export function agentFrom(written: string): string {
  // Lists of learners write before some identifiers what they are.
  const given = written.trim().replace(/^(?:openid|mbox_sha1sum):/, '');
  if (given === '' || given.startsWith('{')) return given;
  const account = given.replace(/^account:/, '').split('|');
  if (account.length === 2) {
    return JSON.stringify({ account: { homePage: account[0], name: account[1] } });
  }
  if (/^https?:/.test(given)) return JSON.stringify({ openid: given });
  if (/^[0-9a-f]{40}$/.test(given)) return JSON.stringify({ mbox_sha1sum: given });
  return JSON.stringify({ mbox: given.startsWith('mailto:') ? given : `mailto:${given}` });
}

/** An agent of a query as people write it. */
export function agentShown(query: string): string {
  try {
    const { mbox, mbox_sha1sum, openid, account } = object(JSON.parse(query));
    const { homePage, name } = object(account);
    if (text(name)) return `${text(homePage)}|${text(name)}`;
    return text(mbox).replace(/^mailto:/, '') || text(openid) || text(mbox_sha1sum) || query;
  } catch {
    return query;
  }
}

/** The request as a line for a shell; curl asks for the secret. */
export function curl(url: string, key: string): string {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  return [`curl -u ${quoted(key)}`, `-H 'X-Experience-API-Version: 1.0.3'`, quoted(url)].join(
    ' \\\n  ',
  );
}
