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
  // The hash is of all members in their order, without spaces, with an empty hash.
  const bare = JSON.stringify({ ...list, hash: '' });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bare));
  const computed = [...new Uint8Array(digest)]
    .map((it) => it.toString(16).padStart(2, '0'))
    .join('');
  return { said, computed };
}
