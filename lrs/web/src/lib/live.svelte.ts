// Statements as they arrive: `GET /api/v1/statements/live`, taken up again where it was broken off.

import { raw, Refused } from './api';
import { api } from './ask';
import { EventParser, type Event } from './events';

/** The most that are shown: older ones are found by the search. */
const MOST = 200;
/** Milliseconds until a stream that was broken off is asked for again. */
const PAUSE = 3000;

/** A statement that arrived; one that is too large to be sent along has its id and its size alone. */
export interface Arrived {
  id: string;
  statement: unknown;
  large: { id: string; bytes: number } | null;
}

/** What came of late, the newest first. */
export class Live {
  statements = $state.raw<Arrived[]>([]);
  /** How many came in all. */
  count = $state(0);
  way = $state<'opening' | 'open' | 'broken' | 'stopped'>('stopped');
  fault = $state.raw<Refused | null>(null);
  #control: AbortController | null = null;
  #last = '';

  /** Listens, for those of this query. */
  start(query: Record<string, string>): void {
    this.stop();
    this.#control = new AbortController();
    this.#last = '';
    this.statements = [];
    this.count = 0;
    void this.#listen(query, this.#control.signal);
  }

  stop(): void {
    this.#control?.abort();
    this.#control = null;
    this.way = 'stopped';
  }

  async #listen(query: Record<string, string>, signal: AbortSignal): Promise<void> {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
    const address = `${api('statements', 'live')}?${new URLSearchParams(given).toString()}`;
    this.way = 'opening';
    for (;;) {
      let pause = PAUSE;
      try {
        const headers: Record<string, string> = { Accept: 'text/event-stream' };
        if (this.#last) headers['Last-Event-ID'] = this.#last;
        const answer = await raw(address, headers, signal);
        this.way = 'open';
        this.fault = null;
        if (answer.body) await this.#read(answer.body, signal);
      } catch (error) {
        if (signal.aborted) return;
        // What is refused is refused the next time too; what was cut off is not, nor what is asked for
        // too often, as where the server has not yet heard that the stream before was cut off.
        if (error instanceof Refused && error.status >= 400 && error.status < 500) {
          this.fault = error;
          if (error.status !== 429) {
            this.stop();
            return;
          }
          pause = error.retryAfter === null ? PAUSE : error.retryAfter * 1000;
        }
      }
      if (signal.aborted) return;
      this.way = 'broken';
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        this.#last = event.id || this.#last;
        if (event.name === 'statement' || event.name === 'large') this.#add(event);
      }
    }
  }

  #add({ id, name, data }: Event): void {
    let told: unknown;
    try {
      told = JSON.parse(data);
    } catch {
      // Half a line of a stream that was cut off.
      return;
    }
    this.count += 1;
    const isLarge = name === 'large';
    const arrived = {
      id: id || String(this.count),
      statement: isLarge ? null : told,
      large: isLarge ? (told as { id: string; bytes: number }) : null,
    };
    this.statements = [arrived, ...this.statements].slice(0, MOST);
  }
}
