// One time that a SCO is shown: its API, and what is committed of it.

import type { ResultObject, Settings } from "scorm-again";
import { difference, full } from "./cmi.ts";
import type { Guarded } from "./guard.ts";
import type { Item, Standard } from "./launch.ts";
import { uuid } from "./uuid.ts";
import { type Cmi, last, type Message, type Wire } from "./wire.ts";

/** What both APIs of scorm-again have. */
export interface Api extends Guarded {
  on(listener: string, callback: (element?: string, value?: unknown) => void): void;
  loadFromJSON(json: object, element: string): void;
  reset(settings?: Settings): void;
  renderCommitCMI(isEnd: boolean): unknown;
  settings: Settings;
}

/** How often, and after how many milliseconds, a session is begun again that is to begin after a message on its way. */
const TRIES = 30;
const PAUSE = 100;
/** Milliseconds after a SetValue until what was set is sent, unless the SCO commits before. */
const SOON = 10_000;
/** The same for data of at least so many characters: a beacon could not take much of them. */
const SOONER = 1_500;
const LARGE = 8_000;

export const is12 = (standard: Standard): boolean => standard === "scorm-1.2";

export class Session {
  readonly id = uuid();
  #sequence = 0;
  #acknowledged: Cmi = {};
  #timer: number | undefined;
  #due = 0;
  #isKnown = false;
  hasBegun = false;
  hasEnded = false;
  /** `adl.nav.request`, as the SCO set it last. */
  request: string | undefined;
  api: Api | undefined;

  constructor(
    private readonly standard: Standard,
    private readonly wire: Wire,
    private readonly clock: () => string,
    readonly item: Item,
    /** Hears that the SCO has ended its session. */
    private readonly ended: (session: Session) => void,
  ) {}

  get #is12(): boolean {
    return is12(this.standard);
  }

  message(more: Partial<Message> = {}): Message {
    this.#sequence += 1;
    return { session: this.id, sequence: this.#sequence, sco: this.item.identifier, at: this.clock(), ...more };
  }

  /** The data model with which the SCO begins; nothing where the server refuses. */
  async begin(): Promise<Cmi | null> {
    // What reports nothing begins for the attempt as a whole.
    const sco = this.item.isSco ? this.item.identifier : "";
    const message = { session: this.id, sequence: 0, sco, at: this.clock(), begin: true };
    const after = last();
    let sent = await this.wire.ask({ ...message, ...(after ? { after } : {}) });
    for (let tries = 0; sent?.answer.reason === "not-yet" && tries < TRIES; tries += 1) {
      await new Promise((done) => setTimeout(done, PAUSE));
      // In the end it is given up.
      sent = await this.wire.ask({ ...message, ...(after && tries < TRIES - 1 ? { after } : {}) });
    }
    if (!sent?.isKept) return null;
    this.#isKnown = true;
    this.#acknowledged = sent.answer.cmi ?? {};
    return this.#acknowledged;
  }

  /** A message that the server has already, by which it says whether this session is still that of the attempt; nothing
   * where there is no session of a SCO. */
  question(): Message | null {
    if (!this.#isKnown || !this.item.isSco) return null;
    return { session: this.id, sequence: 0, sco: this.item.identifier, at: this.clock(), partial: true, cmi: {} };
  }

  /** Listens to an API that has its data model. */
  attend(api: Api): void {
    this.api = api;
    const names = this.#is12
      ? { begin: "LMSInitialize", set: "LMSSetValue", end: "LMSFinish" }
      : { begin: "Initialize", set: "SetValue", end: "Terminate" };
    api.on(names.begin, () => {
      this.hasBegun = true;
      this.flush();
    });
    api.on(`${names.set}.cmi.*`, (element, value) => {
      this.#changed(element ?? "", value);
    });
    if (!this.#is12) {
      api.on("SetValue.adl.nav.request", (_, value) => {
        this.request = String(value);
      });
    }
    api.on(names.end, () => {
      this.#end();
    });
  }

  #end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#quiet();
    this.ended(this);
  }

  #changed(element: string, value: unknown): void {
    if (this.#is12 && element === "cmi.core.exit" && this.api) {
      // A SCO that is suspended and says no status has not completed.
      this.api.settings = { ...this.api.settings, autoCompleteLessonStatus: value !== "suspend" };
    }
    const isLarge = typeof value === "string" && value.length >= LARGE;
    const due = Date.now() + (isLarge ? SOONER : SOON);
    if (this.#timer !== undefined && this.#due <= due) return;
    this.#quiet();
    this.#due = due;
    this.#timer = window.setTimeout(() => {
      this.flush();
    }, due - Date.now());
  }

  #quiet(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Sends what the SCO has set, without waiting. */
  flush(): void {
    this.#quiet();
    if (!this.api || !this.hasBegun || this.hasEnded) return;
    this.wire.later(this.#committed(this.api.renderCommitCMI(false), false));
  }

  /** Ends what the SCO has begun and not ended: it is suspended. */
  cut(): void {
    this.#quiet();
    if (!this.hasBegun || this.hasEnded) return;
    this.hasEnded = true;
    const before = this.api ? full(model(this.api.renderCommitCMI(false))) : {};
    const exit = this.#is12 ? { core: { ...(before.core as Cmi | undefined), exit: "suspend" } } : { exit: "suspend" };
    this.wire.later(this.#committed({ cmi: { ...before, ...exit } }, true));
  }

  /** The server has this. */
  acknowledge(message: Message): void {
    if (message.session === this.id && message.cmi && !message.partial) this.#acknowledged = message.cmi;
  }

  /** The same with what changed alone; large data that do not fit at all are left out. */
  lessen(message: Message, most: number): Message {
    const changed = difference(this.#acknowledged, message.cmi ?? {});
    const small = { ...message, partial: true, cmi: changed };
    if (JSON.stringify(small).length <= most) return small;
    return { ...small, cmi: Object.fromEntries(Object.entries(changed).filter(([name]) => name !== "suspend_data")) };
  }

  #committed(commit: unknown, terminate: boolean): Message {
    const cmi = full(model(commit));
    return this.message({ cmi, ...(terminate ? { terminate } : {}) });
  }

  /** What the SCO is answered to a commit. */
  commit(commit: unknown, isEnd: boolean): ResultObject {
    this.#quiet();
    const sent = this.wire.now(this.#committed(commit, isEnd));
    // What waits is safe as long as this page is; the page says so.
    const isGood = sent ? sent.isKept : !this.wire.isClosed;
    return isGood ? { result: "true", errorCode: 0 } : { result: "false", errorCode: this.#is12 ? 101 : 391 };
  }
}

/** The data model in what scorm-again commits. */
export function model(commit: unknown): Cmi {
  const whole = commit as { cmi?: Cmi; runtimeData?: { cmi?: Cmi } };
  return whole.cmi ?? whole.runtimeData?.cmi ?? {};
}
