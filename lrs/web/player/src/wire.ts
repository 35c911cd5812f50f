// The way to the server. What cannot be sent waits in this page, in order, and is sent when the server is back; while
// the page is being left it is handed to the browser as beacons. The server knows a message by session and sequence, so
// one that arrives twice changes nothing.

import type { Kept, Standing } from "./launch.ts";

export type Cmi = Record<string, unknown>;

export interface Message {
  session: string;
  sequence: number;
  sco: string;
  at: string;
  begin?: boolean;
  /** The last message of the page that was in this tab before, which may still be on its way. */
  after?: Sequel;
  cmi?: Cmi;
  partial?: boolean;
  terminate?: boolean;
  sequencing?: Kept;
}

export interface Sequel {
  session: string;
  sequence: number;
}

/** Where the next page in this tab finds the last message of this one. It is worth nothing without the launch's token. */
const LAST = "traccia-last";

/** The last message that the page before this one sent while the page was left. */
export function last(): Sequel | undefined {
  try {
    const text = sessionStorage.getItem(LAST);
    return text === null ? undefined : (JSON.parse(text) as Sequel);
  } catch {
    return undefined;
  }
}

export interface Answer {
  result: string;
  reason?: string;
  status?: Standing;
  cmi?: Cmi;
}

/** `superseded`, `expired` and `removed` are for good: nothing is sent any more. */
export type Way = "open" | "away" | "superseded" | "expired" | "removed";

/** The way that a status closes for good. */
const CLOSING: Partial<Record<number, Way>> = { 403: "expired", 404: "expired", 409: "superseded", 410: "removed" };

/** What became of a message: the server's answer, or nothing while it waits. */
export type Sent = { answer: Answer; isKept: boolean } | null;

/** The most messages that wait; those in the middle go first, for each one holds what came before. */
const MOST = 40;
/** Bytes of a beacon: browsers give 64 KiB to all that are on their way. */
export const BEACON = 60_000;
/** Milliseconds until a message that waits is tried again, at most. */
const LATEST = 20_000;

const bytes = (text: string): number => new TextEncoder().encode(text).length;

export class Wire {
  readonly waiting: Message[] = [];
  /** Whether the page is being left. */
  isLeaving = false;
  way: Way = "open";
  #failures = 0;
  #timer: number | undefined;
  #isBusy = false;
  /** When the server answered last. */
  #answered = 0;

  constructor(
    private readonly url: string,
    /** Hears of a change of the way, and of the end of the queue. */
    private readonly changed: () => void,
    /** Hears of each answer. */
    private readonly answered: (message: Message, answer: Answer, isKept: boolean) => void,
    /** A message with less in it, where it is too large for a beacon; nothing where it cannot have less. */
    private readonly lessen: (message: Message) => Message | null,
  ) {}

  get isClosed(): boolean {
    return this.way !== "open" && this.way !== "away";
  }

  /** Sends and waits for the answer, for the page's own questions. Tries until there is an answer. */
  async ask(message: Message): Promise<Sent> {
    for (;;) {
      if (this.isClosed) return null;
      // What waits comes first, so that the server hears things in order.
      if (this.waiting.length === 0) {
        const sent = await this.#fetch(message);
        if (sent) return sent;
      }
      await new Promise((done) => setTimeout(done, this.#pause()));
    }
  }

  /** Sends now and gives the answer; where that is not possible the message waits. For calls of content that wants an
   * answer at once. */
  now(message: Message): Sent {
    if (this.isClosed) return null;
    if (this.isLeaving) {
      this.#beacon(message);
      return null;
    }
    if (this.way === "away") return this.later(message);
    const request = new XMLHttpRequest();
    try {
      request.open("POST", this.url, false);
      request.setRequestHeader("Content-Type", "application/json");
      request.send(JSON.stringify(message));
    } catch {
      // No server, or content that is being left, where browsers refuse such requests.
      return this.later(message);
    }
    const sent = this.#settle(message, request.status, request.responseText);
    if (!sent) return this.later(message);
    // What was on its way before says no more than this.
    const isOlder = ({ session, sco }: Message) => session === message.session && sco === message.sco;
    this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((it) => !isOlder(it)));
    return sent;
  }

  /** Asks whether a session is still that of the attempt, unless the server has answered within so many milliseconds. The
   * message is one that the server has already: nothing changes by it, and no answer changes nothing. */
  async look(message: Message, since: number): Promise<void> {
    if (this.isClosed || this.isLeaving || this.waiting.length > 0 || Date.now() - this.#answered < since) return;
    this.#answered = Date.now();
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(this.url, { method: "POST", headers, body: JSON.stringify(message) });
      const { reason } = (await response.json()) as Answer;
      const way = CLOSING[response.status];
      if (way && reason !== "not-begun") this.#become(way);
    } catch {
      // The next message finds out.
    }
  }

  /** Sends soon. */
  later(message: Message): null {
    if (this.isClosed) return null;
    this.waiting.push(message);
    if (this.waiting.length > MOST) this.waiting.splice(1, 1);
    if (this.isLeaving) this.leave();
    else void this.#drain();
    return null;
  }

  /** Hands over what waits, because the page is being left. What becomes of it is not known here. */
  leave(): void {
    this.isLeaving = true;
    const all = this.waiting.map((message) => JSON.stringify(message));
    // Each message holds what came before it.
    const isTooMuch = all.reduce((sum, text) => sum + bytes(text), 0) > BEACON;
    const fitting = isTooMuch ? this.waiting.filter(({ sco }) => sco !== "").slice(-1) : this.waiting;
    for (const message of fitting) this.#beacon(message);
    this.waiting.length = 0;
  }

  /** Tries again at once, for the network is said to be back. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#drain();
  }

  #beacon(message: Message): void {
    const { session, sequence, sco } = message;
    try {
      if (sco !== "") sessionStorage.setItem(LAST, JSON.stringify({ session, sequence }));
    } catch {
      // Without storage the next page does not wait.
    }
    const text = JSON.stringify(message);
    // A browser refuses what has no room beside the beacons that are on their way.
    if (bytes(text) <= BEACON && navigator.sendBeacon(this.url, text)) return;
    const small = this.lessen(message);
    if (small) navigator.sendBeacon(this.url, JSON.stringify(small));
  }

  async #drain(): Promise<void> {
    if (this.#isBusy || this.#timer !== undefined) return;
    this.#isBusy = true;
    for (let first = this.waiting[0]; first && !this.isClosed; first = this.waiting[0]) {
      const sent = await this.#fetch(first);
      if (!sent) {
        this.#timer = window.setTimeout(() => {
          this.#timer = undefined;
          void this.#drain();
        }, this.#pause());
        break;
      }
      if (this.waiting[0] === first) this.waiting.shift();
    }
    this.#isBusy = false;
    if (this.waiting.length === 0) this.changed();
  }

  #pause(): number {
    return Math.min(500 * 2 ** this.#failures, LATEST);
  }

  async #fetch(message: Message): Promise<Sent> {
    const body = JSON.stringify(message);
    const headers = { "Content-Type": "application/json" };
    try {
      // Without `keepalive`, which would leave less room for the beacons of a page that is left.
      const response = await fetch(this.url, { method: "POST", headers, body });
      return this.#settle(message, response.status, await response.text());
    } catch {
      return this.#settle(message, 0, "");
    }
  }

  /** What an answer means; nothing where the server is away. */
  #settle(message: Message, status: number, text: string): Sent {
    let answer: Answer | null = null;
    try {
      answer = JSON.parse(text) as Answer;
    } catch {
      // Not from Traccia.
    }
    if (status === 0 || status === 429 || status >= 500 || !answer) {
      this.#failures += 1;
      this.#become("away");
      return null;
    }
    this.#failures = 0;
    this.#answered = Date.now();
    const isKept = status < 300;
    // 409 is for a session of this page that another page has ended.
    this.#become(CLOSING[status] ?? "open");
    this.answered(message, answer, isKept);
    return { answer, isKept };
  }

  #become(way: Way): void {
    if (this.way === way) return;
    this.way = way;
    if (this.isClosed) this.waiting.length = 0;
    this.changed();
  }
}
