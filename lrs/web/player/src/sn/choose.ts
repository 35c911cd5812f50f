// Whether the learner may choose an activity, and what that delivers (SCORM 2004 SN SB.2.4, SB.2.6, SB.2.8, SB.2.9).

import { type Activity, pathTo } from "./activity.ts";
import type { Flow, Found, Way } from "./flow.ts";
import { firstAction } from "./rules.ts";
import type { Tracking } from "./tracking.ts";

const isWithin = (activity: Activity, cluster: Activity): boolean => pathTo(activity).includes(cluster);

/** The lowest activity that both are in, or are. */
export function commonAncestor(a: Activity, b: Activity): Activity {
  const ofB = new Set(pathTo(b));
  return (
    pathTo(a)
      .reverse()
      .find((it) => ofB.has(it)) ?? a
  );
}

/** Whether `a` comes before `b` where a cluster comes before its children. */
function isBefore(a: Activity, b: Activity): boolean {
  const common = commonAncestor(a, b);
  if (common === a) return a !== b;
  if (common === b) return false;
  const [inA, inB] = [pathTo(a)[common.depth + 1], pathTo(b)[common.depth + 1]];
  return common.available.findIndex((it) => it === inA) < common.available.findIndex((it) => it === inB);
}

export class Choices {
  constructor(
    private readonly tracking: Tracking,
    private readonly flow: Flow,
  ) {}

  /** What the choice of an activity delivers; nothing where it may not be chosen (SB.2.9). */
  choose(target: Activity, current: Activity | null): Found {
    for (const activity of pathTo(target)) {
      const { parent } = activity;
      if (parent && !parent.available.includes(activity)) return null;
      if (firstAction(this.tracking, activity, activity.pre, "hiddenFromChoice") !== null) return null;
    }
    if (target.parent && !target.parent.choice) return null;
    if (!this.#isReachable(target, current)) return null;
    if (target.children.length === 0) return { deliver: target };
    const found = this.flow.walk(target, "forward", true);
    // Beyond the cluster nothing is delivered that was not chosen.
    return found !== null && found !== "end" ? found : null;
  }

  #isReachable(target: Activity, current: Activity | null): boolean {
    if (current === target) return true;
    if (current?.parent && current.parent === target.parent) return this.#crosses(current, target);
    const common = current ? commonAncestor(current, target) : (pathTo(target)[0] ?? target);
    if (!current || common === current) return this.#descends(common, target, true);
    const left = pathTo(current).slice(common.depth + 1);
    if (left.some(({ choiceExit }) => !choiceExit)) return false;
    if (common === target) return true;
    const constrained = left.reverse().find(({ constrainChoice, children }) => constrainChoice && children.length > 0);
    if (constrained && !this.#isAllowed(target, constrained)) return false;
    return this.#descends(common, target, isBefore(current, target));
  }

  /** From one child of a cluster to another one. */
  #crosses(current: Activity, target: Activity): boolean {
    const list = current.parent?.available ?? [];
    const [from, to] = [list.indexOf(current), list.indexOf(target)];
    const way: Way = from < to ? "forward" : "backward";
    const between = way === "forward" ? list.slice(from, to) : list.slice(to + 1, from + 1);
    return between.every((it) => this.#isPassed(it, way));
  }

  /** From a cluster down to what is in it. */
  #descends(common: Activity, target: Activity, isForward: boolean): boolean {
    return pathTo(target)
      .slice(common.depth, -1)
      .every((it) => {
        if (isForward && !this.#isPassed(it, "forward")) return false;
        return it.isActive || it === common || !it.preventActivation;
      });
  }

  /** SB.2.4. */
  #isPassed(activity: Activity, way: Way): boolean {
    if (way === "forward") return firstAction(this.tracking, activity, activity.pre, "stopForwardTraversal") === null;
    return activity.parent !== null && !activity.parent.forwardOnly;
  }

  /** Whether an activity that constrains choices lets the target be: what comes next to it, before or after (SB.2.6, SB.2.8). */
  #isAllowed(target: Activity, constrained: Activity): boolean {
    const way: Way = isBefore(constrained, target) ? "forward" : "backward";
    const beside = this.#beside(constrained, way) ?? constrained;
    return isWithin(target, beside) || target === constrained;
  }

  #beside(activity: Activity, way: Way): Activity | null {
    const { parent } = activity;
    if (!parent) return null;
    const at = parent.available.indexOf(activity) + (way === "forward" ? 1 : -1);
    return parent.available[at] ?? this.#beside(parent, way);
  }
}
