// Packages as tests write them, and a learner who goes through one.

import type { Contents, Element, Item } from "../../launch.ts";
import { type Activity, activityTree, everyOf, type Known, type Part } from "../activity.ts";
import { Engine, type Led } from "../engine.ts";

type Attributes = Record<string, string>;

export const element = (name: string, attributes: Attributes = {}, ...children: Element[]): Element => ({
  name,
  attributes,
  children,
});

export const controls = (attributes: Attributes): Element => element("controlMode", attributes);
/** A cluster whose children follow one another. */
export const FLOW = controls({ flow: "true" });

/** A condition as `not satisfied`, `completed` or `satisfied of OBJECTIVE`. */
function condition(text: string, name: string): Element {
  const [, not, what, objective] = /^(not )?(\S+?)(?: of (\S+))?$/.exec(text) ?? [];
  return element(name, {
    condition: what ?? "",
    ...(not ? { operator: "not" } : {}),
    ...(objective === undefined ? {} : { referencedObjective: objective }),
  });
}

/** Sequencing rules, each as `pre skip satisfied`: kind, action and condition. */
export function rules(...texts: string[]): Element {
  const made = texts.map((text) => {
    const [kind = "", action = "", ...rest] = text.split(" ");
    return element(
      `${kind}ConditionRule`,
      {},
      element("ruleConditions", {}, condition(rest.join(" "), "ruleCondition")),
      element("ruleAction", { action }),
    );
  });
  return element("sequencingRules", {}, ...made);
}

/** Rollup rules, each as `satisfied any completed`: action, which children, and condition; further attributes apart. */
export function rollups(attributes: Attributes, ...found: [text: string, attributes?: Attributes][]): Element {
  const made = found.map(([text, more = {}]) => {
    const [action = "", childActivitySet = "", ...rest] = text.split(" ");
    return element(
      "rollupRule",
      { childActivitySet, ...more },
      element("rollupConditions", {}, condition(rest.join(" "), "rollupCondition")),
      element("rollupAction", { action }),
    );
  });
  return element("rollupRules", attributes, ...made);
}

/** The primary objective, with its map to a global one. */
export function objective(map: Attributes | null, attributes: Attributes = {}, minimum?: number): Element {
  const maps = map ? [element("mapInfo", { targetObjectiveID: "G", ...map })] : [];
  const least = minimum === undefined ? [] : [{ ...element("minNormalizedMeasure"), text: String(minimum) }];
  return element(
    "objectives",
    {},
    element("primaryObjective", { objectiveID: "own", ...attributes }, ...maps, ...least),
  );
}
export const WRITES = objective({ writeSatisfiedStatus: "true", readSatisfiedStatus: "false" });
export const READS = objective({ readSatisfiedStatus: "true" });

export const item = (
  identifier: string,
  sequencing: Element[] = [],
  items: Item[] = [],
  asks: Element[] = [],
): Item => ({
  ...{ identifier, title: identifier, isVisible: true, isSco: items.length === 0, asks },
  sequencing: element("sequencing", {}, ...sequencing),
  ...(items.length === 0 ? { launch: `${identifier}.html` } : { items }),
});

export const course = (sequencing: Element[], ...items: Item[]): Contents => ({
  ...{ standard: "scorm-2004-4", identifier: "root", title: "root", items },
  sequencing: element("sequencing", {}, ...sequencing),
});

/** What a learner does: a request with its target, and what it leads to; or what the current SCO says of itself. */
export type Step = [request: string, led: string | null] | (Known & { isSuspended?: boolean });

export class Played {
  readonly engine: Engine;
  readonly #activities: ReadonlyMap<string, Activity>;

  constructor(contents: Contents, random: () => number = () => 0.5) {
    const root = activityTree(contents);
    this.#activities = new Map(everyOf(root).map((it) => [it.id, it]));
    this.engine = new Engine(root, random, contents.objectivesGlobalToSystem ?? true);
  }

  /** The activity that is delivered, `end`, or nothing. */
  ask(text: string): string | null {
    const [request = "", target] = text.split(" ");
    const led: Led = this.engine.request(request, target);
    return led === null || led === "end" ? led : led.deliver;
  }

  says({ isSuspended = false, ...known }: Known & { isSuspended?: boolean }): void {
    this.engine.track(isSuspended, (activity, tracking) => {
      for (const part of Object.keys(known) as Part[]) tracking.set(activity, activity.primary, part, known[part]);
    });
  }

  activity(id: string): Activity {
    const found = this.#activities.get(id);
    if (!found) throw new Error(`no activity ${id}`);
    return found;
  }

  /** What is known of the primary objective of an activity. */
  known(id: string): Known {
    return this.engine.known(this.activity(id), 0);
  }

  /** Takes steps. Gives what they led to, beside what they were to lead to. */
  take(steps: readonly Step[]): { found: (string | null)[]; wanted: (string | null)[] } {
    const [found, wanted]: [(string | null)[], (string | null)[]] = [[], []];
    for (const step of steps) {
      if (!Array.isArray(step)) this.says(step);
      else {
        found.push(`${step[0]}: ${String(this.ask(step[0]))}`);
        wanted.push(`${step[0]}: ${String(step[1])}`);
      }
    }
    return { found, wanted };
  }
}
