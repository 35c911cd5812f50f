// Which page stands at which address. The only file that knows the router.

import { createRouter, searchParams } from 'sv-router';
import { BASE } from './base';

export { Router } from 'sv-router';

// eslint-disable-next-line @typescript-eslint/unbound-method -- the router has no `this`
const { navigate, route } = createRouter({
  '/': () => import('../pages/Start.svelte'),
  '/courses': () => import('../pages/Courses.svelte'),
  '/courses/:course': {
    layout: () => import('../pages/CourseFrame.svelte'),
    '/': () => import('../pages/Glance.svelte'),
    '/funnel': () => import('../pages/Funnel.svelte'),
    '/curve': () => import('../pages/Curve.svelte'),
    '/hours': () => import('../pages/Hours.svelte'),
    '/at-risk': () => import('../pages/AtRisk.svelte'),
    '/matrix': () => import('../pages/Matrix.svelte'),
    '/comparison': () => import('../pages/Comparison.svelte'),
    '/analysis': () => import('../pages/Analysis.svelte'),
    '/learners/:learner': () => import('../pages/Learner.svelte'),
    // The course's pages that change something, and those for paper.
    '/learners': () => import('../pages/Learners.svelte'),
    '/import': () => import('../pages/LearnersImport.svelte'),
    '/unassigned': () => import('../pages/Unassigned.svelte'),
    '/registers': () => import('../pages/Registers.svelte'),
    '/registers/:event/:session': () => import('../pages/Register.svelte'),
    '/registers/:event/:session/code': () => import('../pages/RegisterCode.svelte'),
    '/registers/:event/:session/sheet': () => import('../pages/RegisterSheet.svelte'),
    '/certificates': () => import('../pages/Certificates.svelte'),
    '/certificates/:list': () => import('../pages/CertificateList.svelte'),
    '/edit': () => import('../pages/CourseEditor.svelte'),
    '/mapping': () => import('../pages/Mapping.svelte'),
    '/report': () => import('../pages/Report.svelte'),
  },
  '/statements': () => import('../pages/Statements.svelte'),
  // People, content, statements, set-up.
  '/setup': () => import('../pages/Setup.svelte'),
  '/invitation': () => import('../pages/Invitation.svelte'),
  '/account': () => import('../pages/Account.svelte'),
  '/my': () => import('../pages/Mine.svelte'),
  '/my/statements': () => import('../pages/MyStatements.svelte'),
  '/people': () => import('../pages/People.svelte'),
  '/people/:person': () => import('../pages/Person.svelte'),
  '/invite': () => import('../pages/Invite.svelte'),
  '/audit': () => import('../pages/Audit.svelte'),
  '/keys': () => import('../pages/Keys.svelte'),
  '/keys/new': () => import('../pages/NewKey.svelte'),
  '/content': () => import('../pages/Packages.svelte'),
  // No package can be called so.
  '/content/check': () => import('../pages/CheckPackage.svelte'),
  '/content/:package': () => import('../pages/Package.svelte'),
  '/content/:package/preview': () => import('../pages/Preview.svelte'),
  '/statements/live': () => import('../pages/Live.svelte'),
  '/statements/check': () => import('../pages/Validator.svelte'),
  '/statements/refused': () => import('../pages/Refusals.svelte'),
  '/statements/refused/:refusal': () => import('../pages/Refusal.svelte'),
  '/system': () => import('../pages/System.svelte'),
  '*': () => import('../pages/NotFound.svelte'),
});

/** The query of an address, without what is empty. */
export type Query = Record<string, string>;

/** An address of the UI: segments are encoded, empty values left out. */
export function to(segments: string[], query: Query = {}): string {
  const path = `${BASE}/${segments.map(encodeURIComponent).join('/')}`;
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given).toString();
  return search ? `${path}?${search}` : path;
}

/** A part of the address, as the routes name it; reactive. */
export function parameter(
  name: 'course' | 'learner' | 'event' | 'session' | 'list' | 'person' | 'package' | 'refusal',
): string {
  return (route.params as Partial<Record<string, string>>)[name] ?? '';
}

/** Whether the page is for people who have not signed in: it is what gives them a password. */
export const isForEverybody = (): boolean => ['/setup', '/invitation'].includes(inside());

/** The path of the address below where the UI is; reactive. */
export const inside = (): string => below(route.pathname);

/** The path of the address; reactive. */
export const path = (): string => route.pathname;

/** The query of the address; reactive. */
export const query = (): Query => Object.fromEntries(searchParams.toURLSearchParams());

/** A path without what stands before all of them: the router puts that there itself. */
function below(path: string): '/' {
  const rest = BASE !== '' && path.startsWith(`${BASE}/`) ? path.slice(BASE.length) : path;
  return rest as '/';
}

/** Goes to the same page with these values in the query; an empty one goes out of it. */
export async function view(changes: Query, replace = false): Promise<void> {
  const given = Object.entries({ ...query(), ...changes }).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given).toString();
  await navigate(below(location.pathname), { search, replace, scrollToTop: false });
}

/** Goes to an address of the UI. */
export async function go(address: string, replace = false): Promise<void> {
  const url = new URL(address, location.origin);
  await navigate(below(url.pathname), { search: url.search, hash: url.hash, replace });
}

// The router takes every click on a link; with these keys a click is for a new tab or window.
window.addEventListener(
  'click',
  (event) => {
    const link = (event.target as Element | null)?.closest('a');
    if (link && (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      event.stopImmediatePropagation();
    }
  },
  true,
);
