// Which children of a cluster there are, and in which order (SCORM 2004 SN 4.7, SR.1, SR.2).

import type { Activity } from "./activity.ts";

/** Selects and orders the children for the attempt that is about to begin; nothing where that has been done. `random` gives
 * numbers from 0 up to 1, exclusively. */
export function arrange(cluster: Activity, random: () => number): void {
  if (cluster.isArranged || cluster.isActive || cluster.isSuspended || cluster.children.length === 0) return;
  cluster.isArranged = true;
  const isDue = (timing: string) => timing === "onEachNewAttempt" || (timing === "once" && cluster.attempts === 0);
  if (isDue(cluster.selection) && cluster.selects !== null && cluster.selects < cluster.children.length) {
    const chosen = new Set(shuffled(cluster.children, random).slice(0, cluster.selects));
    cluster.available = cluster.children.filter((it) => chosen.has(it));
  }
  if (isDue(cluster.randomization) && cluster.reorders) cluster.available = shuffled(cluster.available, random);
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((it) => [random(), it] as const)
    .sort(([a], [b]) => a - b)
    .map(([, it]) => it);
}
