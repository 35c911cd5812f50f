// What clusters know by what their children know (SCORM 2004 SN 4.6, RB.1).

import { type Activity, everyOf, pathTo, type RollupRule } from "./activity.ts";
import { combined, evaluate, firstAction, type Truth } from "./rules.ts";
import type { Tracking } from "./tracking.ts";

const ANY_SATISFIED = { name: "satisfied", isNegated: false, threshold: 0 };

/** The rules of a cluster that has none for a kind of status (RB.1.2b, RB.1.3b). */
function implied(action: string, name: string): RollupRule {
  const conditions = [{ ...ANY_SATISFIED, name }];
  return { action, isAny: true, conditions, children: "all", count: 0, percent: 0 };
}
const OBJECTIVE = [implied("notSatisfied", "objectiveStatusKnown"), implied("satisfied", "satisfied")];
const PROGRESS = [implied("incomplete", "activityProgressKnown"), implied("completed", "completed")];

/** Rolls up from an activity, and from all that read the global objectives that were written since (RB.1.5). */
export function rollUp(tracking: Tracking, root: Activity, from: Activity): void {
  const clusters = new Set(pathTo(from));
  for (let turn = 0; turn < everyOf(root).length; turn += 1) {
    const isRead = ({ objectives }: Activity) =>
      objectives.some(({ maps }) => maps.some(({ target }) => tracking.written.has(target)));
    for (const activity of everyOf(root)) if (isRead(activity)) for (const it of pathTo(activity)) clusters.add(it);
    tracking.written.clear();
    const ordered = [...clusters].filter(({ children }) => children.length > 0).sort((a, b) => b.depth - a.depth);
    for (const cluster of ordered) one(tracking, cluster);
    clusters.clear();
    if (tracking.written.size === 0) return;
  }
}

function one(tracking: Tracking, cluster: Activity): void {
  const { primary } = cluster;
  const writtenBefore = new Set(tracking.written);
  const before = { ...cluster.known[primary.id] };
  tracking.set(cluster, primary, "measure", measureOf(tracking, cluster));
  tracking.set(cluster, primary, "progress", progressOf(tracking, cluster));
  if (!primary.isSatisfiedByMeasure)
    apply(tracking, cluster, OBJECTIVE, (action) => {
      tracking.set(cluster, primary, "satisfied", action === "satisfied");
    });
  if (!cluster.isCompletedByMeasure)
    apply(tracking, cluster, PROGRESS, (action) => {
      tracking.set(cluster, primary, "completed", action === "completed");
    });
  if (JSON.stringify(before) !== JSON.stringify(cluster.known[primary.id])) return;
  // The cluster has written what it wrote before: its readers know that. What other clusters have written in this turn stays.
  for (const target of tracking.written) if (!writtenBefore.has(target)) tracking.written.delete(target);
}

const contributing = (cluster: Activity) => cluster.available.filter(({ isTracked }) => isTracked);

/** RB.1.1a. */
function measureOf(tracking: Tracking, cluster: Activity): number | undefined {
  return weighed(contributing(cluster).map((it) => [tracking.get(it, it.primary, "measure", true), it.weight]));
}

/** RB.1.1b. */
function progressOf(tracking: Tracking, cluster: Activity): number | undefined {
  return weighed(
    contributing(cluster).map((it) => [tracking.get(it, it.primary, "progress", true), it.progressWeight]),
  );
}

/** A mean of what is known, by the weight of all. */
function weighed(measures: [number | undefined, number][]): number | undefined {
  const whole = measures.reduce((sum, [, weight]) => sum + weight, 0);
  if (whole <= 0 || measures.every(([measure]) => measure === undefined)) return undefined;
  return measures.reduce((sum, [measure, weight]) => sum + (measure ?? 0) * weight, 0) / whole;
}

/** The last of the rules that hold decides; those for the worse status come first. */
function apply(tracking: Tracking, cluster: Activity, rules: RollupRule[], set: (action: string) => void): void {
  const actions = rules.map(({ action }) => action);
  const own = cluster.rollups.filter(({ action }) => actions.includes(action));
  // Decided before anything is written: a child may read the global objective that the cluster writes.
  const met = actions.filter((action) =>
    (own.length > 0 ? own : rules).some((rule) => rule.action === action && holds(tracking, cluster, rule)),
  );
  const decided = met.at(-1);
  if (decided !== undefined) set(decided);
}

/** RB.1.4. */
function holds(tracking: Tracking, cluster: Activity, rule: RollupRule): boolean {
  const children = contributing(cluster).filter((it) => isIncluded(tracking, it, rule.action));
  // A rule of the manifest about all children holds where none counts.
  if (children.length === 0) return cluster.rollups.includes(rule) && ["all", "none"].includes(rule.children);
  const truths: Truth[] = children.map((it) =>
    combined(
      rule.conditions.map((condition) => evaluate(tracking, it, condition, true)),
      rule.isAny,
    ),
  );
  const met = truths.filter((it) => it === true).length;
  switch (rule.children) {
    case "any":
      return met > 0;
    case "none":
      return truths.every((it) => it === false);
    case "atLeastCount":
      return met >= rule.count;
    case "atLeastPercent":
      return met / truths.length >= rule.percent;
    default:
      return met === truths.length;
  }
}

/** Whether a child counts for a rule with this action (RB.1.4.2). */
function isIncluded(tracking: Tracking, activity: Activity, action: string): boolean {
  const isObjective = action === "satisfied" || action === "notSatisfied";
  if (!(isObjective ? activity.rollsUpObjective : activity.rollsUpProgress)) return false;
  switch (activity.required[action]) {
    case "ifNotSuspended":
      return activity.attempts > 0 && !activity.isSuspended;
    case "ifAttempted":
      return activity.attempts > 0;
    case "ifNotSkipped":
      return firstAction(tracking, activity, activity.pre, "skip") === null;
    default:
      return true;
  }
}
