// scorm-again's sequencing engine: one API for the whole package, whose state is kept on the server.

import type { Scorm2004API } from "scorm-again";
import type { Api } from "./session.ts";
import type { ActivitySettings, SequencingSettings } from "./settings.ts";
import type { Can } from "./view.ts";

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

  constructor(
    make: (settings: SequencingSettings) => Scorm2004API,
    tree: ActivitySettings,
    delivers: (found: Sequenced) => void,
    changed: () => void,
  ) {
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
  }

  /** Goes on where the kept state ends, or begins. */
  start(state: string | undefined): boolean {
    const service = this.#api.getSequencingService();
    if (!service) return false;
    service.initialize();
    if (state !== undefined && this.#api.deserializeSequencingState(state)) {
      if (this.#request("resumeAll")) return true;
      const { currentActivity } = service.getSequencingState() as {
        currentActivity?: { id: string; children?: unknown[] } | null;
      };
      if (currentActivity && this.#request("choice", currentActivity.id)) return true;
    }
    return this.#request("start");
  }

  #request(request: string, target?: string): boolean {
    this.#isDelivered = false;
    return this.#api.processNavigationRequest(request, target) && this.#isDelivered;
  }

  state(): string {
    return this.#api.serializeSequencingState();
  }

  /** The API for the activity that was delivered, empty. */
  renew(): Api {
    this.#api.reset();
    return this.#api;
  }

  can(current: string | null): Can {
    const { continue: next, previous, choice, hideLmsUi: hide } = this.#validity;
    return { current, previous, next, hide, open: (identifier) => String(choice[identifier]) === "true" };
  }

  /** What the SCO's end is to lead to, unless the SCO asks for something else. */
  ask(request: string): void {
    this.#isDelivered = false;
    if (this.#api.isInitialized()) this.#api.adl.nav.request = request;
  }

  /** Goes on where the SCO's own end has not. */
  leave(request: string, isOpen: boolean): void {
    if (isOpen) this.#api.Terminate("");
    if (this.#isDelivered) return;
    const target = /^\{target=(?<target>[^}]+)\}choice$/.exec(request)?.groups?.target;
    this.#api.processNavigationRequest(target === undefined ? request : "choice", target);
  }
}
