// The sessions of a course's events.

import type { Course } from './api';

type Module = Course['module_list'][number];
type Event = Module['activities'][number];
type Session = NonNullable<Event['sessions']>[number];

export interface Place {
  module: Module;
  event: Event;
  session: Session;
}

/** Every session, by day. */
export const sessions = (course: Course): Place[] =>
  course.module_list
    .flatMap((module) =>
      module.activities.flatMap((event) =>
        (event.sessions ?? []).map((session) => ({ module, event, session })),
      ),
    )
    .sort((one, other) => one.session.date.localeCompare(other.session.date));

/** A session by its event's key and its id. */
export const sessionOf = (course: Course, event: string, id: string): Place | undefined =>
  sessions(course).find((it) => it.event.key === event && it.session.id === id);

/** From when to when, such as 09:30–13:30; empty where that is unknown. */
export const times = ({ from, to }: Session): string => (from && to ? `${from}–${to}` : '');

/** When and where a session is held, as far as that is known, each after a point. */
export const facts = ({ session }: Place): string =>
  [times(session), session.place, session.region]
    .filter((it) => it !== '')
    .map((it) => ` · ${it}`)
    .join('');

/** How long it lasts, in hours; nothing where that is unknown. */
export function length({ session, event }: Place): number | null {
  const minutes = (time: string) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 60 + minute;
  };
  const { from, to } = session;
  if (!from || !to) return event.hours ?? null;
  const lasted = minutes(to) - minutes(from);
  return (lasted > 0 ? lasted : lasted + 24 * 60) / 60;
}
