// The player's texts, from the catalogue that all of Traccia shares, as the module `virtual:texts`. A build fails where
// the two languages differ in messages or values, where a message is used that they lack, or where none uses one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Message, type Pattern, parse, Visitor, type VariableReference } from "@fluent/syntax";
import type { Plugin } from "vite";

const FOLDER = join(import.meta.dirname, "../../texts/src");
const SOURCES = join(import.meta.dirname, "src");
const file = (language: string) => join(FOLDER, `player.${language}.ftl`);

/** The values that each message of a file wants. */
function messages(language: string): Map<string, string> {
  const resource = parse(readFileSync(file(language), "utf8"), {});
  const junk = resource.body.find((entry) => entry.type === "Junk");
  if (junk) throw new Error(`${file(language)} is no Fluent: ${junk.content}`);
  const found = resource.body.filter((entry): entry is Message => entry.type === "Message");
  return new Map(found.map((message) => [message.id.name, values(message.value)]));
}

function values(pattern: Pattern | null): string {
  const names = new Set<string>();
  const visitor = new (class extends Visitor {
    override visitVariableReference(reference: VariableReference) {
      names.add(reference.id.name);
    }
  })();
  if (pattern) visitor.visit(pattern);
  return [...names].sort().join(" ");
}

/** What is wrong with the texts. */
function faults(): string[] {
  const [it, en] = [messages("it"), messages("en")];
  const files = readdirSync(SOURCES).filter((name) => name.endsWith(".ts"));
  const sources = files.map((name) => readFileSync(join(SOURCES, name), "utf8"));
  const used = new Set(
    sources.flatMap((text) => [...text.matchAll(/"(player-[a-z-]*[a-z])"/g)].map((one) => one[1] ?? "")),
  );
  // Put together from a status of the run-time.
  for (const id of en.keys()) if (id.startsWith("player-status-")) used.add(id);
  const ids = new Set([...it.keys(), ...en.keys(), ...used]);
  return [...ids].flatMap((id) => {
    const [italian, english] = [it.get(id), en.get(id)];
    if (italian === undefined) return [`player.it.ftl lacks ${id}`];
    if (english === undefined) return [`player.en.ftl lacks ${id}`];
    if (italian !== english) return [`${id} has other values in Italian than in English`];
    return used.has(id) ? [] : [`nothing uses ${id}`];
  });
}

export function texts(): Plugin {
  const id = "virtual:texts";
  return {
    name: "texts",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      const wrong = faults();
      if (wrong.length > 0) this.error(wrong.join("\n"));
      for (const language of ["it", "en"]) this.addWatchFile(file(language));
      const [it, en] = [readFileSync(file("it"), "utf8"), readFileSync(file("en"), "utf8")];
      return `export default ${JSON.stringify({ it, en })};`;
    },
  };
}
