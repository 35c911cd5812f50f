// Light or dark: the system's choice until the person makes one. `public/first.js` sets it before
// anything is shown.

export type Theme = 'auto' | 'light' | 'dark';

const KEPT = 'traccia.theme';

function kept(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === 'light' || set === 'dark' ? set : 'auto';
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

class Scheme {
  chosen = $state<Theme>(kept());
  #system = $state(dark.matches);

  constructor() {
    dark.addEventListener('change', (event) => (this.#system = event.matches));
  }

  /** Whether the page is dark now. */
  get isDark(): boolean {
    return this.chosen === 'auto' ? this.#system : this.chosen === 'dark';
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === 'auto') localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, theme);
    } catch {
      // Storage is forbidden: it holds until the page is left.
    }
  }
}

export const scheme = new Scheme();
