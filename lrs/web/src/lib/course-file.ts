// A course file as text whose values can be changed one by one: what is not changed stays as its
// author wrote it, comments and order too.

import { parseTOML, type AST } from 'toml-eslint-parser';

/** Where a value is: keys, and the places of tables of which there are several. */
export type Path = (string | number)[];

/** A value of the file. */
interface Leaf {
  path: Path;
  node: AST.TOMLKeyValue;
  /** The inline table that it stands in. */
  within: Leaf | null;
}

/** A table under a header of its own. */
interface Part {
  path: Path;
  node: AST.TOMLTable;
  /** Where its own lines end. */
  end: number;
}

const same = (one: Path, other: Path) =>
  one.length === other.length && one.every((step, at) => step === other[at]);
const begins = (path: Path, start: Path) => same(path.slice(0, start.length), start);

/** A text as TOML writes it. */
export const quoted = (value: string): string =>
  JSON.stringify(value).replaceAll('\u007f', '\\u007f');

/** Texts as TOML writes them: alone where there is one. */
export function quotedList(values: string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? quoted(only)
    : `[\n${values.map((value) => `  ${quoted(value)},\n`).join('')}]`;
}

/** A key as TOML writes it. */
const bare = (key: string) => (/^[\w-]+$/.test(key) ? key : quoted(key));

const keys = (key: AST.TOMLKey): string[] =>
  key.keys.map((it) => (it.type === 'TOMLBare' ? it.name : it.value));

export class CourseFile {
  readonly #leaves: Leaf[] = [];
  readonly #parts: Part[] = [];

  private constructor(readonly text: string) {
    const [root] = parseTOML(text).body;
    for (const node of root.body) {
      if (node.type === 'TOMLKeyValue') this.#enter(node, [], null);
      else this.#table(node);
    }
  }

  /** The file of a text; nothing where the text is not TOML. */
  static of(text: string): CourseFile | null {
    try {
      return new CourseFile(text);
    } catch {
      return null;
    }
  }

  #table(node: AST.TOMLTable): void {
    const path = [...node.resolvedKey];
    const last = node.body.at(-1);
    this.#parts.push({ path, node, end: last ? last.range[1] : this.#headerEnd(node) });
    for (const value of node.body) this.#enter(value, path, null);
  }

  #enter(node: AST.TOMLKeyValue, before: Path, within: Leaf | null): void {
    const leaf = { path: [...before, ...keys(node.key)], node, within };
    this.#leaves.push(leaf);
    if (node.value.type === 'TOMLInlineTable') {
      for (const value of node.value.body) this.#enter(value, leaf.path, leaf);
    }
  }

  /** Where the header of a table ends. */
  #headerEnd(node: AST.TOMLTable): number {
    const end = this.text.indexOf(']', node.key.range[1]);
    return this.text.startsWith(']]', end) ? end + 2 : end + 1;
  }

  #leaf(path: Path): Leaf | undefined {
    return this.#leaves.find((leaf) => same(leaf.path, path));
  }

  /** A value as people write it: a text without its quotes, all else as it stands; empty where there is none. */
  read(path: Path): string {
    const value = this.#leaf(path)?.node.value;
    if (!value) return '';
    return value.type === 'TOMLValue' && value.kind === 'string'
      ? value.value
      : this.text.slice(...value.range);
  }

  /** A list of texts, or a text alone; nothing where the value is something else. */
  list(path: Path): string[] {
    const value = this.#leaf(path)?.node.value;
    if (value?.type === 'TOMLValue' && value.kind === 'string') return [value.value];
    if (value?.type !== 'TOMLArray') return [];
    return value.elements.flatMap((it) =>
      it.type === 'TOMLValue' && it.kind === 'string' ? [it.value] : [],
    );
  }

  /** Whether a value can be changed as one: a text, a number, a day, a time, or nothing yet. */
  isPlain(path: Path): boolean {
    const value = this.#leaf(path)?.node.value;
    return !value || value.type === 'TOMLValue';
  }

  /** How many tables of a name there are below a place. */
  tables(parent: Path, name: string): Path[] {
    const start = [...parent, name];
    return this.#parts
      .map((part) => part.path)
      .filter((path) => path.length === start.length + 1 && begins(path, start));
  }

  /** The text with this value, written as TOML; without it where it is null. */
  set(path: Path, literal: string | null): string {
    const leaf = this.#leaf(path);
    if (leaf && literal !== null) return this.#replaced(leaf.node.value.range, literal);
    if (leaf) return this.#without(leaf);
    return literal === null ? this.text : this.#with(path, literal);
  }

  #replaced([from, to]: readonly [number, number], by: string): string {
    return this.text.slice(0, from) + by + this.text.slice(to);
  }

  #with(path: Path, literal: string): string {
    const parent = path.slice(0, -1);
    const line = `${bare(String(path.at(-1)))} = ${literal}`;
    const inline = this.#leaf(parent)?.node.value;
    if (inline?.type === 'TOMLInlineTable') {
      const inside = inline.body.map((it) => this.text.slice(...it.range));
      return this.#replaced(inline.range, `{ ${[...inside, line].join(', ')} }`);
    }
    const part = this.#parts.find((it) => same(it.path, parent));
    if (part) return this.#inserted(part.end, `\n${line}`);
    if (parent.length > 0) return this.#with(parent, `{ ${line} }`);
    const own = this.#leaves.filter((it) => it.path.length > 0 && this.#isOfRoot(it));
    const last = own.at(-1);
    return last ? this.#inserted(last.node.range[1], `\n${line}`) : `${line}\n${this.text}`;
  }

  #isOfRoot(leaf: Leaf): boolean {
    const first = this.#parts[0]?.node.range[0] ?? Infinity;
    return leaf.within === null && leaf.node.range[1] <= first;
  }

  /** Puts something at the end of the line in which a place is. */
  #inserted(at: number, what: string): string {
    const end = this.#lineEnd(at);
    return this.text.slice(0, end) + what + this.text.slice(end);
  }

  #lineEnd(at: number): number {
    const found = this.text.indexOf('\n', at);
    const end = found < 0 ? this.text.length : found;
    return this.text[end - 1] === '\r' && end > at ? end - 1 : end;
  }

  #without(leaf: Leaf): string {
    const table = leaf.within?.node.value;
    if (leaf.within && table?.type === 'TOMLInlineTable') {
      const others = table.body.filter((it) => it !== leaf.node);
      if (others.length === 0) return this.#without(leaf.within);
      const inside = others.map((it) => this.text.slice(...it.range)).join(', ');
      return this.#replaced(table.range, `{ ${inside} }`);
    }
    const [from, to] = leaf.node.range;
    return this.#replaced([this.#lineBegin(from), this.#next(to)], '');
  }

  #lineBegin(at: number): number {
    return this.text.lastIndexOf('\n', at - 1) + 1;
  }

  /** Where the line after a place begins. */
  #next(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end < 0 ? this.text.length : end + 1;
  }

  /** The text with one more table of a name at the end of those of `parent`. */
  add(parent: Path, name: string, values: [string, string][]): string {
    const below = this.#parts.filter((part) => begins(part.path, parent));
    const at = parent.length === 0 ? this.text.trimEnd().length : (below.at(-1)?.end ?? 0);
    const header = [...parent.filter((step) => typeof step === 'string'), name].map(bare).join('.');
    const lines = values.map(([key, literal]) => `${bare(key)} = ${literal}`);
    return this.#inserted(at, `\n\n[[${header}]]\n${lines.join('\n')}`);
  }

  /** The text without a table and all below it. */
  remove(path: Path): string {
    const gone = this.#parts.filter((part) => begins(part.path, path));
    const [first, last] = [gone[0], gone.at(-1)];
    if (!first || !last) return this.text;
    const before = this.text.slice(0, this.#lineBegin(first.node.range[0])).trimEnd();
    const after = this.text.slice(this.#next(last.end)).replace(/^\s*\n/, '');
    return after.trim() === '' ? `${before}\n` : `${before}\n\n${after}`;
  }

  /** The path of the table in which a line is, from 1; the longest there is. */
  at(line: number): Path {
    const place = this.text.split('\n').slice(0, line).join('\n').length;
    return this.#parts.filter((part) => part.node.range[0] <= place).at(-1)?.path ?? [];
  }
}
