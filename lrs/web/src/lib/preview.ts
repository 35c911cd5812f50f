// What a package that is previewed does: its calls, as the player tells them, and the statements that
// Traccia would keep. The statements are made by the code that packages carry into other platforms,
// which is held to the same table of sessions as the server's runtime (lrs/package/tests/runtime).

import { Session, type Said } from 'virtual:session';

/** A call of the content, as the player posts it. */
export interface Call {
  from: 'traccia-player';
  /** The item of the SCO, and its title. */
  sco: string;
  title: string;
  call: string;
  given: string[];
  answer: string;
}

/** Whether a message is a call of the player. */
export function isCall(data: unknown): data is Call {
  const it = (data ?? {}) as Partial<Call>;
  return (
    it.from === 'traccia-player' &&
    [it.call, it.answer, it.sco, it.title].every((text) => typeof text === 'string') &&
    Array.isArray(it.given)
  );
}

/** A call, and what follows of it. */
export interface Step {
  at: number;
  call: Call;
  statements: unknown[];
}

/** Who is looking: the learner of a preview is nobody in particular. */
const ACTOR = {
  objectType: 'Agent',
  account: { homePage: 'urn:traccia:preview', name: 'preview' },
};

/** Follows a package's calls. */
export class Follower {
  #session: Session | null = null;
  #sco = '';

  constructor(
    private readonly course: string,
    private readonly courseTitle: string,
    private readonly registration: string,
    private readonly name: string,
  ) {}

  /** What a call made Traccia keep, had it been a learner's. */
  step(call: Call, now: number): Step {
    const statements = this.#said(call, now).map((said) => ({
      ...said,
      actor: { ...ACTOR, name: this.name },
    }));
    return { at: now, call, statements };
  }

  #said(call: Call, now: number): Said[] {
    const is12 = call.call.startsWith('LMS');
    const name = call.call.replace(/^LMS/, '');
    const isTrue = call.answer === 'true';
    const [first = '', second = ''] = call.given;
    if (name === 'Initialize' && isTrue) return this.#begin(call, is12, now);
    const session = this.#session;
    if (!session || this.#sco !== call.sco) return [];
    switch (name) {
      case 'GetValue':
        session.know(first, call.answer);
        return [];
      case 'SetValue':
        return isTrue ? session.set(first, second, now) : [];
      case 'Commit':
        return session.commit(now);
      case 'Finish':
      case 'Terminate':
        this.#session = null;
        return isTrue ? session.end(now) : [];
      default:
        return [];
    }
  }

  #begin(call: Call, is12: boolean, now: number): Said[] {
    const about = {
      course: this.course,
      courseTitle: this.courseTitle,
      sco: `${this.course}/${encodeURIComponent(call.sco)}`,
      title: call.title,
    };
    this.#session = new Session(about, is12, this.registration, now);
    this.#sco = call.sco;
    return [this.#session.statement('initialized', now)];
  }
}
