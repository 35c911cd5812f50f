// One's own account.

import type { Schemas } from './api';
import { api, ask } from './ask';

export const changePassword = (old: string, wanted: string) =>
  ask<undefined>(api('session', 'password'), { method: 'PUT', body: { old, new: wanted } });

/** Begins with codes of an app: they are asked for once one of them was given. */
export const beginTotp = () =>
  ask<Schemas['NewFactor']>(api('session', 'totp'), { method: 'POST' });

/** The password is asked for as well: a browser that was left open turns nothing on. */
export const confirmTotp = (code: string, password: string) =>
  ask<undefined>(api('session', 'totp'), { method: 'PUT', body: { code, password } });

export const endTotp = (password: string) =>
  ask<undefined>(api('session', 'totp'), { method: 'DELETE', body: { password } });

/** How long a password is, in characters: the server refuses others, and the commonest ones. */
export const PASSWORD = { least: 12, most: 256 };
