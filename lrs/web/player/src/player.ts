// The page: one SCO at a time, what comes before and after, and how all of it ends.

import type { IHttpService, ResultObject, Settings } from "scorm-again";
import { guarded, restore, type Valid } from "./guard.ts";
import { Order } from "./guide.ts";
import { type Item, type Kept, type Launch, leaves, type Standing } from "./launch.ts";
import { told } from "./preview.ts";
import { Sequence, type Sequenced } from "./sequence.ts";
import { type Api, is12, Session } from "./session.ts";
import { isSequenced, sharesData } from "./sn/activity.ts";
import { say } from "./texts.ts";
import { type Can, View } from "./view.ts";
import { BEACON, Wire } from "./wire.ts";

/** Milliseconds for content to go when it is asked to. */
const PATIENCE = 3_000;
/** Milliseconds between two looks at whether another page has taken the attempt over; a page that comes to the front looks
 * sooner. */
const LOOKS = 15_000;
const SOONER = 1_000;

export class Player {
  readonly #view: View;
  readonly #wire: Wire;
  readonly #standings: Map<string, Standing>;
  readonly #order: Order;
  readonly #clock: () => string;
  readonly #kept: Kept;
  #session: Session | null = null;
  #sequence: Sequence | null = null;
  /** What the engine delivers as soon as the SCO's call is over. */
  #due: Sequenced | null = null;
  /** The latest message that was answered. */
  #heard = { session: "", sequence: 0 };
  /** What SCOs shared when it was kept last. */
  #shared = "{}";
  #isMoving = false;
  #hasEnded = false;
  #wasAway = false;

  constructor(
    private readonly launch: Launch,
    private readonly app: Window | null,
  ) {
    const ahead = launch.now === undefined ? 0 : Date.parse(launch.now) - Date.now();
    this.#clock = () => new Date(Date.now() + ahead).toISOString();
    this.#kept = launch.sequencing ?? {};
    this.#standings = new Map(Object.entries(launch.status));
    for (const identifier of this.#kept.visited ?? []) this.#standings.set(identifier, { status: "completed" });
    this.#order = new Order(launch.contents.items, (identifier) => this.#standing(identifier).status);
    this.#view = new View(launch, {
      open: (identifier) => void this.#move({ to: identifier }),
      previous: () => void this.#move({ step: -1 }),
      next: () => void this.#move({ step: 1 }),
      exit: () => void this.#exit(),
      again: () => void this.#again(),
    });
    this.#wire = new Wire(
      launch.commit,
      () => {
        this.#tell();
      },
      (message, answer, isKept) => {
        if (isKept) this.#session?.acknowledge(message);
        else if (!message.begin && !this.#wire.isClosed) this.#view.say(say("player-refused"), "warning");
        // Answers do not come in the order of the messages.
        const { session, sequence } = message;
        const isLate = session === this.#heard.session && sequence < this.#heard.sequence;
        if (!isLate) this.#heard = { session, sequence };
        if (answer.status && message.sco && !isLate) this.#standings.set(message.sco, answer.status);
        this.#update();
      },
      (message) => (message.sco === "" ? null : (this.#session?.lessen(message, BEACON) ?? message)),
    );
    this.#listen();
  }

  async start(): Promise<void> {
    this.#view.loading();
    const { contents } = this.launch;
    const isCourse = leaves(contents.items).length > 1 && isSequenced(contents);
    if (!is12(contents.standard) && (isCourse || sharesData(contents.items))) {
      await this.#startSequence();
      return;
    }
    const first = this.#order.first(this.#kept.current);
    if (first) await this.#deliver(first);
  }

  #listen(): void {
    setInterval(() => {
      this.#look(LOOKS);
    }, LOOKS);
    addEventListener("focus", () => {
      this.#look(SOONER);
    });
    addEventListener("online", () => {
      this.#wire.hurry();
    });
    addEventListener("beforeunload", (event) => {
      if (this.#wire.way === "away" && this.#wire.waiting.length > 0) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#session?.flush();
      else this.#look(SOONER);
    });
    addEventListener("beforeunload", () => {
      // The SCO may end its session now; where the learner stays after all, it ends as it wants to.
      this.#sequence?.ask("suspendAll");
      setTimeout(() => this.#sequence?.ask("_none_"));
    });
    addEventListener("pagehide", () => {
      this.#sequence?.ask("suspendAll");
      this.#wire.leave();
      // The content goes after this page, and may say its last words then.
      const inside = this.#view.frame?.contentWindow;
      if (inside)
        inside.addEventListener("unload", () => {
          this.#cut();
        });
      else this.#cut();
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  /** Finds out whether this page still has the attempt, which its next commit may be too late for. */
  #look(since: number): void {
    const question = document.visibilityState === "visible" && !this.launch.preview && this.#session?.question();
    if (question) void this.#wire.look(question, since);
  }

  /** The page goes, and the SCO has not ended its session. */
  #cut(): void {
    const session = this.#session;
    if (this.#sequence && session?.hasBegun && !session.hasEnded) this.#sequence.leave("suspendAll", true);
    else session?.cut();
  }

  #standing(identifier: string): Standing {
    return this.#standings.get(identifier) ?? { status: "not attempted" };
  }

  /** What stands above the content. */
  #tell(): void {
    const { way } = this.#wire;
    if (this.#wire.isClosed) {
      const known = { superseded: "player-superseded", removed: "player-removed" } as const;
      const why = way === "superseded" || way === "removed" ? known[way] : "player-expired";
      // Not within the SCO's own call.
      setTimeout(() => {
        this.#view.say(null);
        this.#view.tell(say("player-ended"), say(why), false);
      });
      return;
    }
    if (way === "away") this.#view.say(say("player-away"), "warning");
    else if (this.#wasAway) this.#view.say(say("player-back"));
    this.#wasAway = way === "away";
    if (this.#hasEnded) this.#showEnd();
  }

  #update(): void {
    this.#view.update(this.#can(), (identifier) => this.#standing(identifier));
  }

  #can(): Can {
    const current = this.#session?.item.identifier ?? null;
    if (this.#sequence) return this.#sequence.can(current);
    const beside = (step: 1 | -1) => current !== null && this.#order.beside(current, step) !== undefined;
    const hide = this.#session?.item.hide ?? [];
    return { current, previous: beside(-1), next: beside(1), open: (it) => this.#order.mayOpen(it), hide };
  }

  async #move(where: { to: string } | { step: 1 | -1 }): Promise<void> {
    if (this.#isMoving || this.#wire.isClosed) return;
    if (this.#sequence) {
      await this.#sequenced(where);
      return;
    }
    const current = this.#session?.item.identifier ?? "";
    const item = "to" in where ? this.#order.item(where.to) : this.#order.beside(current, where.step);
    if (!item || !this.#order.mayOpen(item.identifier)) return;
    await this.#alone(async () => {
      await this.#leave();
      await this.#deliver(item);
    });
  }

  /** One move at a time. */
  async #alone(move: () => Promise<void>): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    try {
      await move();
    } finally {
      this.#isMoving = false;
    }
  }

  /** Lets the content go, and say its last words. */
  async #leave(): Promise<void> {
    await this.#blank();
    this.#session?.cut();
  }

  async #blank(): Promise<void> {
    const frame = this.#view.frame;
    if (!frame) return;
    await new Promise<void>((done) => {
      const isBlank = () => {
        try {
          return frame.contentWindow?.location.href === "about:blank";
        } catch {
          return false;
        }
      };
      frame.addEventListener("load", () => {
        if (isBlank()) done();
      });
      setTimeout(done, PATIENCE);
      frame.src = "about:blank";
    });
  }

  /** Shows an item: a session of its own, then the content. */
  async #deliver(item: Item): Promise<void> {
    this.#hasEnded = false;
    this.#view.say(null);
    this.#view.loading();
    const session = new Session(this.launch.contents.standard, this.#wire, this.#clock, item, (it) => {
      this.#ended(it);
    });
    this.#session = session;
    const cmi = await session.begin();
    if (!cmi || this.#session !== session) {
      if (!this.#wire.isClosed) this.#view.tell(say("player-ended"), say("player-failed"), false);
      return;
    }
    if (item.isSco) {
      const api = this.#sequence?.renew() ?? (await this.#newApi());
      if (is12(this.launch.contents.standard)) api.loadFromJSON(cmi, "cmi");
      else restore(api, this.#sequence?.begin(cmi) ?? cmi);
      session.attend(api);
      this.#expose(api, item);
    } else {
      this.#kept.visited = [...new Set([...(this.#kept.visited ?? []), item.identifier])];
      this.#standings.set(item.identifier, { status: "completed" });
    }
    this.#kept.current = item.identifier;
    this.#keep();
    const frame = this.#view.show(item.title);
    frame.addEventListener("load", () => {
      this.#dress(frame);
    });
    frame.src = new URL(item.launch ?? "", new URL(this.launch.files, location.href)).href;
    this.#update();
  }

  /** What the page keeps on the server for the attempt. */
  #keep(): void {
    const session = this.#session;
    if (!session || (leaves(this.launch.contents.items).length < 2 && !this.#sequence)) return;
    if (this.#sequence) {
      this.#kept.engine = this.#sequence.state();
      this.#kept.objectives = this.#sequence.objectives();
      this.#kept.shared = this.#sequence.shared();
      this.#shared = JSON.stringify(this.#kept.shared);
    }
    this.#wire.later({ ...session.message(), sco: "", sequencing: { ...this.#kept } });
  }

  #dress(frame: HTMLIFrameElement): void {
    try {
      const inside = frame.contentWindow;
      // Content that was a window of its own may close itself.
      if (inside) inside.close = () => void this.#exit();
    } catch {
      // Content that led its frame to another site.
    }
  }

  /** What scorm-again is set to: it commits through this page, and the server decides what mastery means. */
  #settings(): Settings {
    const httpService: IHttpService = {
      processHttpRequest: (_url, commit, isImmediate, _log, _listeners, metadata) =>
        this.#commit(commit, metadata?.isTerminateCommit ?? isImmediate),
      updateSettings: () => undefined,
    };
    return {
      lmsCommitUrl: this.launch.commit,
      httpService,
      logLevel: 5,
      sendFullCommit: true,
      mastery_override: false,
      autoCompleteLessonStatus: true,
    };
  }

  #commit(commit: unknown, isEnd: boolean): ResultObject {
    const answer = this.#session?.commit(commit, isEnd) ?? { result: "false", errorCode: 101 };
    // What SCOs share is kept for the attempt, and not with one of them.
    if (!isEnd && this.#sequence && JSON.stringify(this.#sequence.shared()) !== this.#shared) this.#keep();
    return answer;
  }

  async #newApi(): Promise<Api> {
    if (is12(this.launch.contents.standard)) {
      const { Scorm12API } = await import("scorm-again/scorm12");
      return new Scorm12API(this.#settings());
    }
    const { Scorm2004API } = await import("scorm-again/scorm2004");
    return new Scorm2004API(this.#settings());
  }

  /** Whether the SCO may ask for the next and the last part: without a word of the manifest there is no flow (SCORM 2004 SN
   * 3.2.3), whatever the page's own buttons do. */
  #valid(): Valid {
    const can = this.#can();
    return isSequenced(this.launch.contents) ? can : { ...can, next: false, previous: false };
  }

  #expose(api: Api, item: Item): void {
    const preview = this.launch.preview ? this.launch.app : "";
    const shown = told(guarded(api, this.#sequence ? () => this.#valid() : undefined), this.app, preview, item);
    const name = is12(this.launch.contents.standard) ? "API" : "API_1484_11";
    Object.assign(window, { [name]: shown });
  }

  /** The SCO has ended its session by itself. */
  #ended(session: Session): void {
    if (this.#session !== session || this.#isMoving) return;
    // The engine goes on by itself.
    if (this.#sequence) return;
    this.#keep();
    // Not within the SCO's own call.
    setTimeout(() => void this.#follow(session));
  }

  async #follow(session: Session): Promise<void> {
    const request = session.request ?? "_none_";
    const target = /^\{target=(?<target>[^}]+)\}(?:choice|jump)$/.exec(request)?.groups?.target;
    const isCourse = leaves(this.launch.contents.items).length > 1;
    if (target !== undefined) await this.#move({ to: target });
    else if (isCourse && request === "continue") await this.#move({ step: 1 });
    else if (isCourse && request === "previous") await this.#move({ step: -1 });
    else if (/^(exit|abandon|suspend)All$/.test(request)) await this.#exit();
    else if (this.#session === session && this.#wire.way === "open") {
      this.#view.say(isCourse ? say("player-part-ended") : `${say("player-ended")}. ${say("player-ended-text")}`);
    }
  }

  async #exit(): Promise<void> {
    if (this.#wire.isClosed) return;
    await this.#alone(async () => {
      if (this.#sequence) await this.#leaveTo("suspendAll");
      else await this.#leave();
      this.#end();
    });
  }

  #end(): void {
    this.#hasEnded = true;
    this.#showEnd();
    // Where a script opened this page, it may close itself.
    if (this.#wire.waiting.length === 0) window.close();
  }

  #showEnd(): void {
    const isWaiting = this.#wire.waiting.length > 0;
    this.#view.tell(say("player-ended"), say(isWaiting ? "player-ended-waiting" : "player-ended-text"), !isWaiting);
    this.#update();
  }

  async #again(): Promise<void> {
    if (this.#sequence) location.reload();
    else
      await this.#alone(async () => {
        const item = this.#session?.item ?? this.#order.first(this.#kept.current);
        if (item) await this.#deliver(item);
      });
  }

  // What is sequenced.

  async #startSequence(): Promise<void> {
    const { Scorm2004API } = await import("scorm-again/scorm2004");
    const delivers = (found: Sequenced) => {
      const isDue = this.#due !== null;
      this.#due = found;
      // Not within the SCO's own call; the last of several counts.
      if (!isDue) setTimeout(() => void this.#sequencedTo());
    };
    const make = () => new Scorm2004API(this.#settings());
    const settled = () => {
      this.#keep();
      const isNext = this.#due !== null || this.#isMoving;
      if (!isNext && this.#wire.way === "open") this.#view.say(say("player-part-ended"));
    };
    this.#sequence = new Sequence(make, this.launch.contents, delivers, settled);
    const { engine, objectives, shared } = this.#kept;
    if (!this.#sequence.start(engine, objectives, shared))
      this.#view.tell(say("player-ended"), say("player-failed-sequencing"), false);
    this.#update();
  }

  async #sequencedTo(): Promise<void> {
    const found = this.#due;
    this.#due = null;
    if (found === null) return;
    if (found === "end") {
      await this.#blank();
      this.#keep();
      this.#end();
      return;
    }
    const item = this.#order.item(found.deliver);
    if (!item) return;
    await this.#blank();
    await this.#deliver(item);
  }

  async #sequenced(where: { to: string } | { step: 1 | -1 }): Promise<void> {
    const request = "to" in where ? `{target=${where.to}}choice` : where.step === 1 ? "continue" : "previous";
    await this.#alone(() => this.#leaveTo(request));
  }

  /** Lets the SCO end its session with a request of navigation, or ends it. */
  async #leaveTo(request: string): Promise<void> {
    const session = this.#session;
    this.#sequence?.insist(request);
    await this.#blank();
    const isOpen = session !== null && session.hasBegun && !session.hasEnded;
    const isLed = this.#sequence?.leave(request, isOpen) ?? false;
    this.#keep();
    if (isLed || request === "suspendAll" || !session) return;
    // The engine leads nowhere from here: the same again.
    await this.#deliver(session.item);
    this.#view.say(say("player-failed-sequencing"), "warning");
  }
}
