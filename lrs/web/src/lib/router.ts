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
    '/learners/:learner': () => import('../pages/Learner.svelte'),
  },
  '/statements': () => import('../pages/Statements.svelte'),
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
export function parameter(name: 'course' | 'learner'): string {
  return route.params[name] ?? '';
}

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
