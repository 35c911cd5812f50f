// The rows of a long report, page by page as they come into view.

import { SvelteMap } from 'svelte/reactivity';
import { Refused, report, type Query, type Row, type Table } from './api';

/** How many rows a page has. */
export const PAGE = 100;

export class Pages {
  /** Why a page did not come; the next one that is looked at asks again. */
  fault = $state.raw<Refused | null>(null);
  readonly #pages = new SvelteMap<number, Row[]>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #asked = new Set<number>();
  readonly #control = new AbortController();

  constructor(
    private readonly course: string,
    private readonly name: string,
    private readonly query: Query,
    first: Table,
  ) {
    this.#pages.set(0, first.rows);
    this.#asked.add(0);
  }

  /** A row by its place; nothing while it is on its way. */
  row(at: number): Row | undefined {
    return this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  /** Asks for the pages of these rows that were not asked for yet. */
  need(from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) {
      if (!this.#asked.has(page)) void this.#load(page);
    }
  }

  /** Gives up what is on its way. */
  stop(): void {
    this.#control.abort();
  }

  async #load(page: number): Promise<void> {
    this.#asked.add(page);
    const part = { ...this.query, offset: String(page * PAGE), limit: String(PAGE) };
    try {
      const table = await report(this.course, this.name, part, this.#control.signal);
      this.#pages.set(page, table.rows);
      this.fault = null;
    } catch (error) {
      if (this.#control.signal.aborted) return;
      if (!(error instanceof Refused)) throw error;
      this.#asked.delete(page);
      this.fault = error;
    }
  }
}
