// `adlcp:prerequisites` of SCORM 1.2, in the language of AICC scripts (CMI001, 4.2.6): identifiers, `&`, `|`, `~`, `=`, `<>`,
// parentheses, `n*{…}`. What cannot be read holds nothing up.

import type { Status } from "./launch.ts";

type Look = (identifier: string) => Status | undefined;

/** Statuses by the letters that scripts may abbreviate them to. */
const LETTERS: Record<string, Status> = {
  p: "passed",
  c: "completed",
  f: "failed",
  i: "incomplete",
  b: "browsed",
  n: "not attempted",
};

/** Whether an item may be opened. */
export function areMet(script: string, look: Look): boolean {
  if (script.trim() === "") return true;
  try {
    return new Reading(script, look).all();
  } catch {
    return true;
  }
}

class Reading {
  readonly #tokens: string[];
  #at = 0;

  constructor(
    script: string,
    private readonly look: Look,
  ) {
    this.#tokens = script.match(/"[^"]*"|<>|[&|~=(){},*]|[^\s&|~=<>(){},*"]+/g) ?? [];
  }

  all(): boolean {
    const met = this.#either();
    if (this.#at < this.#tokens.length) throw new Error("more than a script");
    return met;
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error("less than a script");
    this.#at += 1;
    return token;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #either(): boolean {
    let met = this.#both();
    while (this.#takes("|")) {
      const other = this.#both();
      met ||= other;
    }
    return met;
  }

  #both(): boolean {
    let met = this.#one();
    while (this.#takes("&")) {
      const other = this.#one();
      met &&= other;
    }
    return met;
  }

  #one(): boolean {
    if (this.#takes("~")) return !this.#one();
    if (this.#takes("(")) {
      const met = this.#either();
      if (!this.#takes(")")) throw new Error("no )");
      return met;
    }
    const word = this.#next();
    if (this.#takes("*")) return this.#some(Number(word));
    if (this.#takes("=")) return this.#status(word) === this.#value();
    if (this.#takes("<>")) return this.#status(word) !== this.#value();
    const status = this.#status(word);
    return status === "passed" || status === "completed";
  }

  /** `n*{A,B}`: at least so many of them. */
  #some(least: number): boolean {
    if (!this.#takes("{") || !Number.isInteger(least)) throw new Error("no set");
    let met = 0;
    do {
      met += this.#either() ? 1 : 0;
    } while (this.#takes(","));
    if (!this.#takes("}")) throw new Error("no }");
    return met >= least;
  }

  #status(identifier: string): Status {
    const status = this.look(identifier);
    if (status === undefined) throw new Error("no such item");
    return status;
  }

  #value(): Status | undefined {
    const text = this.#next().replaceAll('"', "").trim().toLowerCase();
    return LETTERS[text.charAt(0)];
  }
}
