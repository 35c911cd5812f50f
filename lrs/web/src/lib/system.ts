// How the server is: who sends, who follows, what is running, how much room there is.

import type { Schemas } from './api';
import { api, ask } from './ask';

export type Health = Schemas['SystemHealth'];

export const JOB_STATES = ['running', 'done', 'failed'] as const;

/** Something long that the server does by itself. None that runs is stopped half-way. */
export type Job = Schemas['ShownJob'];

export const health = (signal?: AbortSignal) => ask<Health>(api('health'), { signal });
export const jobs = (signal?: AbortSignal) => ask<Schemas['JobList']>(api('jobs'), { signal });

/** Days until the disk is full at the present growth; nothing where it does not fill. */
export function daysLeft({
  free_bytes: free,
  growth_bytes_per_day: growth,
}: Health['disk']): number | null {
  if (free === null || growth === null || growth <= 0) return null;
  return Math.floor(free / growth);
}
