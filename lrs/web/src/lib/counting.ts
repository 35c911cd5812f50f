// Which modules of which courses count a package.

import { course, courses, raw, Refused } from './api';
import { api } from './ask';
import { modulesOf } from './packages';

/** A module that counts a package, or one SCO of it. */
export interface CountingModule {
  course: string;
  /** The titles, by language. */
  courseTitle: Record<string, string>;
  module: string;
  title: Record<string, string>;
  /** The SCO alone, where not the whole package. */
  item: string | null;
}

/** So many courses are looked through at a time. */
const AT_A_TIME = 6;

/** The modules that name a package, over all courses that may be read. */
export async function counting(name: string, signal?: AbortSignal): Promise<CountingModule[]> {
  const all = await courses(signal);
  const found: CountingModule[] = [];
  for (let at = 0; at < all.length; at += AT_A_TIME) {
    const some = all.slice(at, at + AT_A_TIME).map((id) => inCourse(id, name, signal));
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

async function inCourse(id: string, name: string, signal?: AbortSignal): Promise<CountingModule[]> {
  try {
    const file = await (await raw(api('courses', id), {}, signal)).text();
    const found = modulesOf(file, name);
    if (found.length === 0) return [];
    const { title, module_list } = await course(id, signal);
    return found.map(({ module, item }) => ({
      course: id,
      courseTitle: title,
      module,
      title: module_list.find((it) => it.id === module)?.title ?? {},
      item,
    }));
  } catch (error) {
    // A course that was removed meanwhile, or that this session may not read.
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}
