// Global objectives as the server keeps them for the next attempt.

import type { Known } from "./sn/activity.ts";
import type { Globals } from "./sn/tracking.ts";

/** A global objective of scorm-again's engine, which players up to 0.1.0 kept. A part counts where it is known. */
interface Former {
  satisfiedStatus?: boolean;
  normalizedMeasure?: number;
  completionStatus?: string;
  progressMeasure?: number;
  rawScore?: string;
  minScore?: string;
  maxScore?: string;
}

const COMPLETION: Record<string, boolean> = { completed: true, incomplete: false };

const FORMER: Record<keyof Former, (value: never) => Known> = {
  satisfiedStatus: (satisfied: boolean) => ({ satisfied }),
  normalizedMeasure: (measure: number) => ({ measure }),
  completionStatus: (status: string) => (status in COMPLETION ? { completed: COMPLETION[status] === true } : {}),
  progressMeasure: (progress: number) => ({ progress }),
  rawScore: (raw: string) => ({ raw }),
  minScore: (min: string) => ({ min }),
  maxScore: (max: string) => ({ max }),
};

/** Reads global objectives, those of scorm-again's engine among them. */
export function objectivesIn(kept: Record<string, object>): Globals {
  return Object.fromEntries(Object.entries(kept).map(([id, objective]) => [id, knownOf(objective)]));
}

function knownOf(objective: object): Known {
  const parts = Object.entries(objective);
  const isFormer = parts.some(([name]) => name in FORMER);
  if (!isFormer) return objective;
  const told = parts.filter(([name]) => name in FORMER && Reflect.get(objective, `${name}Known`) === true);
  return Object.assign({}, ...told.map(([name, value]) => FORMER[name as keyof Former](value as never))) as Known;
}
