// Something that a person asks for by a button: whether it is on its way, and why it was refused.

import { Refused } from './api';

export class Task {
  busy = $state(false);
  fault = $state.raw<Refused | null>(null);
  /** What was done last, in words. */
  done = $state('');

  /** Does it, one at a time, and keeps the words that it gives; says whether it was done. */
  async run(what: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = null;
    this.done = '';
    try {
      const said = await what();
      this.done = typeof said === 'string' ? said : '';
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.fault = error;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
