// What the page says, in the learner's language.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import catalogue from "virtual:texts";

let bundle = new FluentBundle("it");
let isPreview = false;

/** What is said otherwise in a preview, of which nothing is kept. */
const IN_PREVIEW: Partial<Record<string, string>> = {
  "player-exit": "player-preview-exit",
  "player-away": "player-preview-away",
  "player-back": "player-preview-back",
  "player-expired": "player-preview-expired",
  "player-part-ended": "player-preview-part-ended",
  "player-ended": "player-preview-ended",
  "player-ended-text": "player-preview-ended-text",
  "player-ended-waiting": "player-preview-ended-text",
};

/** Chooses a language; Italian where it is none of ours. */
export function speak(language: string, preview = false): void {
  isPreview = preview;
  const chosen = language.startsWith("en") ? "en" : "it";
  // Values are titles, read aloud as they are: no marks of direction around them.
  bundle = new FluentBundle(chosen, { useIsolating: false });
  bundle.addResource(new FluentResource(catalogue[chosen]));
  document.documentElement.lang = chosen;
}

export function say(id: string, values: Record<string, FluentVariable> = {}): string {
  const said = isPreview ? (IN_PREVIEW[id] ?? id) : id;
  const pattern = bundle.getMessage(said)?.value;
  return pattern == null ? id : bundle.formatPattern(pattern, values);
}
