// People: who may sign in, as what, and what was changed by whom.

import type { Schemas } from './api';
import { api, ask } from './ask';
import type { Bounds, Role } from './session';

/** What the description of the API leaves open of a person. A list of territories that names nothing is left out. */
type Described<T> = Omit<T, 'role' | 'bounds'> & { role: Role; bounds?: Partial<Bounds> | null };

/** A person as the list shows them. */
export type Person = Described<Schemas['ShownPerson']>;

/** A link with which somebody chooses a password. */
export type Invitation = Schemas['ShownInvitation'];

/** A sign-in that is good. */
export type OpenSession = Schemas['ListedSession'];

/** A change of something, and who made it. */
export type AuditEntry = Schemas['ShownChange'];

/** What the audit log can have in it: a test holds these to what the server notes. */
export const ACTIONS = [
  'person.created',
  'person.changed',
  'person.removed',
  'person.invited',
  'person.accepted',
  'person.set_up',
  'person.password_changed',
  'person.totp_on',
  'person.totp_off',
  'session.begun',
  'session.refused',
  'session.revoked',
  'key.created',
  'key.revoked',
  'key.rotated',
  'course.changed',
  'course.mapped',
  'course.deleted',
  'course.rebuilt',
  'learners.changed',
  'learner.merged',
  'learner.unmerged',
  'register.replaced',
  'register.extended',
  'certificates.frozen',
  'package.imported',
  'package.chosen',
  'package.removed',
  'package.shimmed',
  'launch.revoked',
  'reaction.changed',
  'reaction.removed',
  'retention.applied',
  'retention.changed',
  'pipe.created',
  'pipe.erasure_done',
  'pipe.erasure_told_again',
  'pipe.secret_rotated',
  'pipe.changed',
  'pipe.removed',
  'pipe.paused',
  'pipe.resumed',
  'pipe.replayed',
  'pipe.letter_retried',
  'pipe.letter_dropped',
  'person.erased',
  'person.exported',
  'learners.exported',
  'learner.read',
  'report.exported',
  'certificates.read',
  'statements.exported',
  'statements.read',
  'data.exported',
  'own.exported',
] as const;

/** The name of the message that says an action. */
export const actionMessage = (action: string): string =>
  `action-${action.replace(/[^a-z]+/gi, '-')}`;

/** The regions and then the bodies that are named, of which either may be left out. */
export const named = (bounds: Partial<Bounds> | null | undefined): string[] => [
  ...(bounds?.regions ?? []),
  ...(bounds?.bodies ?? []),
];

/** The role whose people see some regions and bodies alone. */
export const BOUND_ROLE: Role = 'regional_coordinator';

export const person = (name: string, signal?: AbortSignal) =>
  ask<Person>(api('people', name), { signal });

export const invite = (wanted: Described<Schemas['NewPerson']>) =>
  ask<Schemas['InvitedPerson']>(api('people'), { method: 'POST', body: given(wanted) });

export const change = (name: string, changed: Described<Schemas['ChangedPerson']>) =>
  ask<Person>(api('people', name), { method: 'PUT', body: given(changed) });

export const remove = (name: string) => ask<undefined>(api('people', name), { method: 'DELETE' });

/** A new link, also for who forgot their password. */
export async function newLink(name: string): Promise<Invitation> {
  const asked = { method: 'POST' } as const;
  const made = await ask<Schemas['InvitedPerson']>(api('people', name, 'invitation'), asked);
  return made.invitation;
}

/** The sessions of a person; one's own without a name. */
export const sessions = (person: string, signal?: AbortSignal) =>
  ask<Schemas['ListedSessions']>(api('sessions'), { query: { person }, signal });

export const revoke = (session: string) =>
  ask<undefined>(api('sessions', session), { method: 'DELETE' });

/** Without what is not given: the server refuses null where something is left out. */
function given<T extends object>(body: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null),
  ) as Partial<T>;
}

/** A name to sign in with, out of a person's: `Maria Rossi` is `maria.rossi`. */
export function suggestedName(label: string): string {
  return label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .join('.');
}
