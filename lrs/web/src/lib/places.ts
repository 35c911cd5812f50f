// Where in a text of JSON the value of a JSON Pointer (RFC 6901) stands. The text is read as far as it
// is JSON: what is behind a fault has no place.

/** From the first letter of a value to behind its last. */
export interface Place {
  from: number;
  to: number;
}

const SPACE = /\s/;
const SCALAR = /[^\s,\]}]/;
/** The longest pointer that is followed: what is nested deeper has no place. */
const LONGEST = 2000;

class Reader {
  readonly places = new Map<string, Place>();
  #at = 0;

  constructor(private readonly text: string) {}

  #skip(): void {
    while (SPACE.test(this.text[this.#at] ?? '')) this.#at += 1;
  }

  /** Takes a mark where it is next. */
  #takes(mark: string): boolean {
    this.#skip();
    const is = this.text[this.#at] === mark;
    if (is) this.#at += 1;
    return is;
  }

  /** Reads a value, and says whether it was one. */
  value(pointer: string): boolean {
    if (pointer.length > LONGEST) return false;
    this.#skip();
    const from = this.#at;
    const first = this.text[from];
    const isWhole =
      first === '{' ? this.#object(pointer) : first === '[' ? this.#list(pointer) : this.#scalar();
    this.places.set(pointer, { from, to: this.#at });
    return isWhole;
  }

  #object(pointer: string): boolean {
    this.#at += 1;
    if (this.#takes('}')) return true;
    do {
      this.#skip();
      const from = this.#at;
      if (this.text[from] !== '"' || !this.#string()) return false;
      const name = this.text.slice(from, this.#at);
      if (!this.#takes(':') || !this.value(`${pointer}/${escaped(named(name))}`)) return false;
    } while (this.#takes(','));
    return this.#takes('}');
  }

  #list(pointer: string): boolean {
    this.#at += 1;
    if (this.#takes(']')) return true;
    let index = 0;
    do {
      if (!this.value(`${pointer}/${index}`)) return false;
      index += 1;
    } while (this.#takes(','));
    return this.#takes(']');
  }

  #scalar(): boolean {
    if (this.text[this.#at] === '"') return this.#string();
    const from = this.#at;
    while (SCALAR.test(this.text[this.#at] ?? '')) this.#at += 1;
    return this.#at > from;
  }

  #string(): boolean {
    this.#at += 1;
    for (; this.#at < this.text.length; this.#at += 1) {
      const letter = this.text[this.#at];
      if (letter === '\\') this.#at += 1;
      else if (letter === '"') {
        this.#at += 1;
        return true;
      }
    }
    return false;
  }
}

/** A name as it is meant: `"a\u0062"` is `ab`. */
function named(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Where each value of a text stands, by its pointer. */
export function places(text: string): Map<string, Place> {
  const reader = new Reader(text);
  reader.value('');
  return reader.places;
}

/** Where a pointer leads: to its value, or to the nearest around it where that is missing. */
export function placeOf(all: Map<string, Place>, pointer: string): Place | null {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const place = all.get(at);
    if (place) return place;
    if (at === '' || !at.includes('/')) return all.get('') ?? null;
  }
}

/** The line of a place in the text, from 1. */
export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** A line of a text, from 1; its last one where it has fewer. */
export function lineAt(text: string, line: number): Place {
  const lines = text.split('\n');
  const at = Math.min(line, lines.length) - 1;
  const from = lines.slice(0, at).reduce((sum, before) => sum + before.length + 1, 0);
  return { from, to: from + (lines[at]?.length ?? 0) };
}
