// What a page loads: whether it is on its way, what came, or why nothing did.

import { fromStore } from 'svelte/store';
import { Refused } from './api';
import { language } from './texts';

// The server says names and refusals in the language that is asked in.
const spoken = fromStore(language);

/** Something that is loaded again whenever what it is asked by changes, the language among it. */
export class Resource<T> {
  value = $state.raw<T | null>(null);
  fault = $state.raw<Refused | null>(null);
  loading = $state(true);
  #again = $state(0);

  /** `load` is run in an effect: it is run anew when the state that it reads changes. */
  constructor(load: (signal: AbortSignal) => Promise<T>) {
    $effect(() => {
      if (this.#again < 0 || spoken.current.length === 0) return;
      const control = new AbortController();
      this.loading = true;
      load(control.signal)
        .then((value) => {
          if (control.signal.aborted) return;
          this.value = value;
          this.fault = null;
          this.loading = false;
        })
        .catch((error: unknown) => {
          if (control.signal.aborted) return;
          if (!(error instanceof Refused)) throw error;
          this.value = null;
          this.fault = error;
          this.loading = false;
        });
      return () => control.abort();
    });
  }

  /** Loads it once more. */
  retry = (): void => {
    this.#again += 1;
  };
}
