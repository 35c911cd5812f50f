// The parts of a multipart body (RFC 2046): a statement comes with its attachments in one.

export interface Part {
  /** By their names in small letters. */
  headers: Record<string, string>;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Latin letters for bytes, one for one, so that places in the text are places in the bytes. */
function letters(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** The parts of a body of this media type; none where it is not one. */
export function parts(contentType: string, body: ArrayBuffer): Part[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (!mark) return [];
  const text = `\r\n${letters(new Uint8Array(body))}`;
  const between = `\r\n--${mark}`;
  const found: Part[] = [];
  let at = text.indexOf(between);
  while (at >= 0) {
    const start = at + between.length;
    const end = text.indexOf(between, start);
    if (end < 0 || text.startsWith('--', start)) break;
    found.push(part(text, text.indexOf('\r\n', start) + 2, end, body));
    at = end;
  }
  return found;
}

function part(text: string, start: number, end: number, body: ArrayBuffer): Part {
  const gap = text.indexOf('\r\n\r\n', start - 2);
  const head = gap < 0 || gap > end ? start : gap;
  const lines = text.slice(start, head).split('\r\n');
  const headers = lines
    .map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    })
    .filter(([name]) => name !== '');
  // Two letters were put before the text.
  const from = Math.min(head + 4, end) - 2;
  return { headers: Object.fromEntries(headers), bytes: new Uint8Array(body.slice(from, end - 2)) };
}
