// What the page says, in the learner's language.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import catalogue from "virtual:texts";

let bundle = new FluentBundle("it");

/** Chooses a language; Italian where it is none of ours. */
export function speak(language: string): void {
  const chosen = language.startsWith("en") ? "en" : "it";
  // Values are titles, read aloud as they are: no marks of direction around them.
  bundle = new FluentBundle(chosen, { useIsolating: false });
  bundle.addResource(new FluentResource(catalogue[chosen]));
  document.documentElement.lang = chosen;
}

export function say(id: string, values: Record<string, FluentVariable> = {}): string {
  const pattern = bundle.getMessage(id)?.value;
  return pattern == null ? id : bundle.formatPattern(pattern, values);
}
