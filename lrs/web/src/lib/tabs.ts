// The pages of a part of the UI that stand beside each other, as far as the session may see them.

import { inside, to } from './router';
import { can } from './session';
import type { Say } from './texts';

interface Tab {
  href: string;
  title: string;
  here: boolean;
}

const tab = (segments: string[], title: string, begins = `/${segments.join('/')}`): Tab => ({
  href: to(segments),
  title,
  here: inside() === `/${segments.join('/')}` || inside().startsWith(`${begins}/`),
});

/** The pages of people. */
export const peopleTabs = (say: Say): Tab[] => [
  ...(can('server.manage') ? [tab(['people'], say('nav-people'))] : []),
  ...(can('server.manage') ? [tab(['invite'], say('people-invite'))] : []),
  ...(can('server.manage') ? [tab(['audit'], say('audit-title'))] : []),
];

/** The pages of statements. */
export const statementTabs = (say: Say): Tab[] => [
  ...(can('statements.read')
    ? [
        tab(['statements'], say('tab-search'), '/none'),
        tab(['statements', 'live'], say('tab-live')),
      ]
    : []),
  ...(can('statements.check') ? [tab(['statements', 'check'], say('tab-check'))] : []),
  ...(can('refusals.read') ? [tab(['statements', 'refused'], say('tab-refused'))] : []),
];

/** The pages of "my data". */
export const myTabs = (say: Say): Tab[] => [
  tab(['my'], say('my-courses'), '/none'),
  tab(['my', 'statements'], say('my-statements')),
];
