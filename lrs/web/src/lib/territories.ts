// The regions and bodies that the courses know, to choose among.

import { courses, Refused, report } from './api';

export interface Territories {
  regions: string[];
  bodies: string[];
}

/** So many courses are asked, and so many groups of each. */
const COURSES = 10;
const GROUPS = 500;

/** What the lists of learners name, over all courses. A course that cannot be asked now is passed over. */
export async function territories(signal?: AbortSignal): Promise<Territories> {
  const all = (await courses(signal)).slice(0, COURSES);
  const named = async (by: 'region' | 'body') => {
    const found = await Promise.all(all.map((course) => groups(course, by, signal)));
    return [...new Set(found.flat())].sort((one, other) => one.localeCompare(other, 'it'));
  };
  const [regions, bodies] = await Promise.all([named('region'), named('body')]);
  return { regions, bodies };
}

async function groups(
  course: string,
  by: 'region' | 'body',
  signal?: AbortSignal,
): Promise<string[]> {
  try {
    const table = await report(course, 'hours', { by, limit: String(GROUPS) }, signal);
    return table.rows.map((row) => String(row[by] ?? '')).filter((name) => name !== '');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}
