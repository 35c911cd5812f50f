// A frozen certificate list as a file: whether anything in it was changed since its hash was made.

/** The hash that a list says it has, and the one that it must have; nothing for what is no such list. */
export async function checked(text: string): Promise<{ said: string; computed: string } | null> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return null;
  }
  if (!list || typeof list !== 'object' || Array.isArray(list)) return null;
  const said = (list as Record<string, unknown>).hash;
  if (typeof said !== 'string' || !('people' in list)) return null;
  // The hash is of all members in their order, without spaces, with an empty hash, and without what was erased since.
  const bare: Record<string, unknown> = { ...list, hash: '' };
  const { erased } = bare;
  delete bare.erased;
  const people = Array.isArray(bare.people) ? (bare.people as unknown[]) : [];
  if (!says(people, erased)) return { said, computed: '' };
  if (bare.salted === true) {
    bare.people = await Promise.all(people.map(digestOf));
  } else if (erased !== undefined) {
    // Of an earlier release: what the hash was made of is there no more.
    return { said, computed: '' };
  }
  const computed = await sha256(bare);
  const isIntact = erased === undefined || (await isSealed(list, erased));
  return { said, computed: isIntact ? computed : '' };
}

/** Whether the lines that have a digest in place of a salt are those that were erased, and name nobody. */
function says(people: unknown[], erased: unknown): boolean {
  const lines = (erased as { lines?: { line?: unknown }[] } | undefined)?.lines ?? [];
  const gone = new Set(Array.isArray(lines) ? lines.map((it) => it.line) : []);
  return people.every((line, at) => {
    const { digest, name, salt } = (line ?? {}) as Record<string, unknown>;
    const isErased = typeof digest === 'string' && digest !== '';
    return isErased === gone.has(at + 1) && (!isErased || (name === '' && !salt));
  });
}

/** The digest of a line as it was frozen: of one that was erased since, the line says it. */
async function digestOf(line: unknown): Promise<string> {
  const digest = (line as Record<string, unknown> | null)?.digest;
  return typeof digest === 'string' && digest !== '' ? digest : sha256(line);
}

/** Whether nothing was changed since lines were erased: a second hash is over the list as it is. */
async function isSealed(list: object, erased: unknown): Promise<boolean> {
  if (!erased || typeof erased !== 'object' || !('hash' in erased)) return false;
  return erased.hash === (await sha256({ ...list, erased: { ...erased, hash: '' } }));
}

/** SHA-256 of a value's JSON text, in hexadecimal. */
async function sha256(value: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(value));
  const digest = await crypto.subtle.digest('SHA-256', text);
  return [...new Uint8Array(digest)].map((it) => it.toString(16).padStart(2, '0')).join('');
}
