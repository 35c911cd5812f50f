// A list that the server gives page by page, each of which names the next.

import { Refused } from './api';
import { ask, type Page } from './ask';

const LIMIT = '50';

/** The items of a list so far; asked anew where the address or the query changes. */
export class Listing<T> {
  items = $state.raw<T[] | null>(null);
  fault = $state.raw<Refused | null>(null);
  busy = $state(false);
  #next = $state<string | null>(null);
  #asked: { path: string; query: Record<string, string> } = { path: '', query: {} };
  #again = $state(0);
  #control = new AbortController();

  /** `address` is read in an effect: the list begins anew when the state that it reads changes. */
  constructor(address: () => { path: string; query: Record<string, string> }) {
    $effect(() => {
      if (this.#again < 0) return;
      this.#asked = address();
      this.#control = new AbortController();
      void this.#load(null, this.#control.signal);
      return () => this.#control.abort();
    });
  }

  /** Whether there are more than came so far. */
  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Asks for the next page. */
  more = (): void => void this.#load(this.#next, this.#control.signal);

  /** Begins anew. */
  retry = (): void => {
    this.#again += 1;
  };

  async #load(after: string | null, signal: AbortSignal): Promise<void> {
    this.busy = true;
    const { path, query } = this.#asked;
    try {
      const given = { ...query, limit: LIMIT, after: after ?? '' };
      const page = await ask<Page<T>>(path, { query: given, signal });
      if (signal.aborted) return;
      this.items = after === null ? page.items : [...(this.items ?? []), ...page.items];
      this.#next = page.next;
      this.fault = null;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Refused)) throw error;
      if (after === null) this.items = null;
      this.fault = error;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }
}
