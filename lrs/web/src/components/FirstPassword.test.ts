import { mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { speak } from '../lib/texts';
import Invitation from '../pages/Invitation.svelte';
import SignIn from './SignIn.svelte';

afterEach(() => vi.unstubAllGlobals());

test('who has a second factor comes from the invitation to the sign-in, and hears what was kept', async () => {
  vi.stubGlobal('fetch', (address: string) =>
    Promise.resolve(
      address.endsWith('/invitations')
        ? Response.json({ code_needed: true }, { status: 401 })
        : Response.json({ password: true, oidc: [], needed: false }),
    ),
  );
  await speak('it');
  history.replaceState(null, '', '/invitation#token=secret');
  const page = document.createElement('div');
  document.body.append(page);
  const invitation = mount(Invitation, { target: page });
  const field = page.querySelector('input');
  if (!field) throw new Error('no field');
  field.value = 'quattro parole senza senso';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await vi.waitFor(() => expect(location.pathname).toBe('/'));
  await unmount(invitation);
  const signIn = mount(SignIn, { target: page });
  await vi.waitFor(() =>
    expect(page.querySelector('[role=alert]')?.textContent).toContain('La password è salvata.'),
  );
  await unmount(signIn);
});
