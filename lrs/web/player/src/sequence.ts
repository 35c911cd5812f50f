// scorm-again's sequencing engine: one API for the whole package, whose state is kept on the server.

import type { Scorm2004API } from "scorm-again";
import type { Api } from "./session.ts";
import type { ActivitySettings, SequencingSettings } from "./settings.ts";
import type { Can } from "./view.ts";

/** What is read of the engine's state. */
interface Left {
  currentActivity?: string | null;
  suspendedActivity?: string | null;
  activityStates?: Record<string, { isActive?: boolean }>;
}

/** The activity to deliver, or the end of the sequencing session. */
export type Sequenced = string;

interface Validity {
  continue: boolean;
  previous: boolean;
  choice: Record<string, unknown>;
  hideLmsUi: string[];
}

export class Sequence {
  readonly #api: Scorm2004API;
  #validity: Validity = { continue: false, previous: false, choice: {}, hideLmsUi: [] };
  #isDelivered = false;
  readonly #delivers: (found: Sequenced) => void;

  constructor(
    make: (settings: SequencingSettings) => Scorm2004API,
    tree: ActivitySettings,
    delivers: (found: Sequenced) => void,
    changed: () => void,
    /** Hears that the engine has made of a SCO's end what comes of it. */
    settled: () => void,
  ) {
    this.#delivers = delivers;
    this.#api = make({
      activityTree: tree,
      ...(tree.hideLmsUi ? { hideLmsUi: tree.hideLmsUi } : {}),
      eventListeners: {
        onActivityDelivery: (activity) => {
          this.#isDelivered = true;
          delivers(activity.id);
        },
        onNavigationValidityUpdate: (data) => {
          this.#validity = data;
          changed();
        },
        onSequencingSessionEnd: () => {
          this.#isDelivered = true;
          delivers("ended");
        },
      },
    });
    this.#api.Terminate = (parameter?: string) => {
      const answer = this.#api.lmsFinish(parameter);
      settled();
      return answer;
    };
  }

  /** Goes on where the kept state ends, or begins. */
  start(state: string | undefined): boolean {
    const left = state === undefined ? null : this.#restore(state);
    if (left?.suspended && this.#request("resumeAll")) return true;
    if (left?.active) {
      // It was not left in order: shown again as it was.
      this.#delivers(left.active);
      return true;
    }
    if (left?.current && this.#request("choice", left.current)) return true;
    return this.#request("start");
  }

  /** Where the engine was left: the activity that was suspended, that is active, or that was the last one. */
  #restore(state: string): { suspended?: string; active?: string; current?: string } | null {
    if (!this.#api.deserializeSequencingState(state)) return null;
    const { sequencing } = JSON.parse(state) as { sequencing?: Left | null };
    const { suspendedActivity, currentActivity, activityStates } = sequencing ?? {};
    const isActive = currentActivity != null && activityStates?.[currentActivity]?.isActive === true;
    return {
      ...(suspendedActivity == null ? {} : { suspended: suspendedActivity }),
      ...(currentActivity == null ? {} : { current: currentActivity }),
      ...(isActive ? { active: currentActivity } : {}),
    };
  }

  #request(request: string, target?: string): boolean {
    this.#isDelivered = false;
    return this.#api.processNavigationRequest(request, target) && this.#isDelivered;
  }

  state(): string {
    return this.#api.serializeSequencingState();
  }

  /** What SCOs share. */
  shared(): string {
    return JSON.stringify(this.#api.captureSharedDataSnapshot());
  }

  /** The API for the activity that was delivered, empty. */
  renew(): Api {
    this.#api.reset();
    return this.#api;
  }

  can(current: string | null): Can {
    const { continue: next, previous, choice, hideLmsUi: hide } = this.#validity;
    // The engine's own list does not know what the SCO has set since.
    const isBlocked = (request: "continue" | "previous") =>
      this.#api.previewNavigationRequest(request).outcome === "blocked";
    return {
      current,
      previous: previous && !isBlocked("previous"),
      next: next && !isBlocked("continue"),
      hide,
      open: (identifier) => String(choice[identifier]) === "true",
    };
  }

  /** What the SCO's end is to lead to, unless the SCO asks for something else; nothing with `_none_`. */
  ask(request: string): void {
    this.#isDelivered = false;
    if (this.#api.isInitialized()) this.#api.adl.nav.request = request;
  }

  /** Goes on where the SCO's own end has not. False where the engine refuses. */
  leave(request: string, isOpen: boolean): boolean {
    if (isOpen) this.#api.Terminate("");
    if (this.#isDelivered) return true;
    const target = /^\{target=(?<target>[^}]+)\}choice$/.exec(request)?.groups?.target;
    return this.#request(target === undefined ? request : "choice", target);
  }
}
