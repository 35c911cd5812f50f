declare module 'virtual:texts/it' {
  const text: string;
  export default text;
}
declare module 'virtual:texts/en' {
  const text: string;
  export default text;
}
/** What one session of a SCO says: see lrs/package/src/shim/statements.js. */
declare module 'virtual:session' {
  export type Said = Record<string, unknown>;
  export class Session {
    constructor(
      about: { course: string; courseTitle: string; sco: string; title: string },
      is12: boolean,
      attempt: string,
      now: number,
    );
    statement(verb: string, now: number, result?: unknown, object?: unknown): Said;
    set(name: string, value: string, now: number): Said[];
    know(name: string, value: string): void;
    commit(now: number): Said[];
    end(now: number): Said[];
  }
}
