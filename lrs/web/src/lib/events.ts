// Server-sent events (HTML Living Standard, 9.2) out of a stream that is asked for with `fetch`, because
// `EventSource` sends no key.

/** An event as it came. */
export interface Event {
  name: string;
  id: string;
  data: string;
}

/** Makes events of the text of a stream, whatever pieces it comes in. */
export class EventParser {
  #rest = '';
  #name = '';
  #id = '';
  #data: string[] = [];

  /** The events that are whole with this piece. */
  push(piece: string): Event[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => this.#take(line)).filter((event) => event !== null);
  }

  #take(line: string): Event | null {
    if (line === '') return this.#dispatch();
    // A comment: the server says that it is there.
    if (line.startsWith(':')) return null;
    const at = line.indexOf(':');
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (field === 'event') this.#name = value;
    if (field === 'id' && !value.includes('\0')) this.#id = value;
    if (field === 'data') this.#data.push(value);
    return null;
  }

  #dispatch(): Event | null {
    const event = { name: this.#name || 'message', id: this.#id, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return isEmpty ? null : event;
  }
}
