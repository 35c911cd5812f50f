// Which activity comes next where the content flows (SCORM 2004 SN 4.8, SB.2.1 to SB.2.3).

import type { Activity } from "./activity.ts";
import { arrange } from "./arrange.ts";
import { firstAction, isBarred } from "./rules.ts";
import type { Tracking } from "./tracking.ts";

export type Way = "forward" | "backward";

/** Where a walk ends: at an activity to deliver, beyond the last one, or nowhere. */
export type Found = { deliver: Activity } | "end" | null;

interface Step {
  to: Activity;
  way: Way;
}

export class Flow {
  /** Whether the last walk ended at an activity that a rule or a limit keeps from being delivered. */
  isBarred = false;

  constructor(
    private readonly tracking: Tracking,
    private readonly random: () => number,
  ) {}

  /** The activity that the walk from `from` delivers (SB.2.3). */
  walk(from: Activity, way: Way, isInside: boolean): Found {
    this.isBarred = false;
    const step = this.#step(from, way, isInside);
    return step === null || step === "end" ? step : this.#check(step.to, way, step.way === way ? undefined : way);
  }

  /** SB.2.1. */
  #step(from: Activity, asked: Way, isInside: boolean, before?: Way): Step | "end" | null {
    const { parent } = from;
    let [at, way] = [from, asked];
    let isReversed = false;
    if (before === "backward" && parent && parent.available.at(-1) === from) {
      // A walk that came backwards into a cluster that goes forward alone ends at its end.
      at = parent.available[0] ?? from;
      way = "backward";
      isReversed = true;
    }
    const isIn = isInside && at.children.length > 0;
    if (isIn) return this.#into(at, way);
    return way === "forward" ? this.#forward(at) : this.#backward(at, isReversed);
  }

  #into(cluster: Activity, way: Way): Step | null {
    arrange(cluster, this.random);
    const first = cluster.available[0];
    const last = cluster.available.at(-1);
    if (!first || !last) return null;
    return way === "forward" || cluster.forwardOnly ? { to: first, way: "forward" } : { to: last, way };
  }

  #forward(at: Activity): Step | "end" | null {
    const { parent } = at;
    if (!parent) return "end";
    const next = parent.available[parent.available.indexOf(at) + 1];
    return next ? { to: next, way: "forward" } : this.#forward(parent);
  }

  #backward(at: Activity, isReversed: boolean): Step | null {
    const { parent } = at;
    if (!parent || (parent.forwardOnly && !isReversed)) return null;
    const previous = parent.available[parent.available.indexOf(at) - 1];
    return previous ? { to: previous, way: "backward" } : this.#backward(parent, false);
  }

  /** SB.2.2. */
  #check(at: Activity, way: Way, before?: Way): Found {
    if (at.parent && !at.parent.flow) return null;
    const isSkipped = firstAction(this.tracking, at, at.pre, "skip") !== null;
    if (isSkipped) {
      const next = this.#step(at, way, false, before);
      if (next === null || next === "end") return next;
      const isBack = before === "backward" && next.way === "backward";
      return this.#check(next.to, isBack ? "backward" : way, isBack ? undefined : before);
    }
    this.isBarred = isBarred(this.tracking, at);
    if (this.isBarred) return null;
    if (at.children.length === 0) return { deliver: at };
    const inside = this.#step(at, way, true);
    if (inside === null || inside === "end") return inside;
    const isTurned = way === "backward" && inside.way === "forward";
    return this.#check(inside.to, isTurned ? "forward" : way, isTurned ? "backward" : undefined);
  }
}
