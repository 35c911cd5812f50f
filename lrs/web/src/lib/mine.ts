// "My data": what a learner sees of themselves.

import type { Schemas } from './api';
import { api, ask, download } from './ask';

export const myCourses = (signal?: AbortSignal) =>
  ask<Schemas['MyCourses']>(api('my', 'courses'), { signal });

/** Everything that is kept of the learner, as a file; gives its name. */
export const myExport = () => download(api('my', 'export'), 'traccia.json');
