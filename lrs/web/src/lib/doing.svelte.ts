// Something that a button does: why it was refused, and what came of it.

import { Refused } from './api';

export class Doing {
  fault = $state.raw<Refused | null>(null);
  busy = $state(false);
  /** What came of it, in words. */
  told = $state('');

  /** Does it; whether it was done. */
  async run(work: () => Promise<string | undefined>): Promise<boolean> {
    this.busy = true;
    this.fault = null;
    this.told = '';
    try {
      this.told = (await work()) ?? '';
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.fault = error;
      return false;
    } finally {
      this.busy = false;
    }
  }

  clear = (): void => {
    this.fault = null;
    this.told = '';
  };
}
