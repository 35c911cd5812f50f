// What may be opened, and what comes next: in the order of the manifest, with prerequisites.

import type { Item, Status } from "./launch.ts";
import { isDone, leaves } from "./launch.ts";
import { areMet } from "./prerequisites.ts";

export class Order {
  readonly #leaves: Item[];

  constructor(
    private readonly items: readonly Item[],
    private readonly status: (identifier: string) => Status,
  ) {
    this.#leaves = leaves(items);
  }

  /** Where to begin: with what was shown last, else with the first part that is not done. */
  first(last: string | undefined): Item | undefined {
    const open = this.#leaves.filter((item) => this.mayOpen(item.identifier));
    return (
      open.find(({ identifier }) => identifier === last) ??
      open.find(({ identifier, isVisible }) => isVisible && !isDone(this.status(identifier))) ??
      open[0]
    );
  }

  item(identifier: string): Item | undefined {
    return this.#leaves.find((item) => item.identifier === identifier);
  }

  mayOpen(identifier: string): boolean {
    const item = this.item(identifier);
    return item !== undefined && areMet(item.prerequisites ?? "", (other) => this.#statusOf(other));
  }

  /** The next part that may be opened, or with -1 the one before. */
  beside(identifier: string, step: 1 | -1): Item | undefined {
    const at = this.#leaves.findIndex((item) => item.identifier === identifier);
    const rest = step === 1 ? this.#leaves.slice(at + 1) : this.#leaves.slice(0, Math.max(at, 0)).reverse();
    return rest.find((item) => item.isVisible && this.mayOpen(item.identifier));
  }

  /** The status of an item; of a group, what its parts say together. */
  #statusOf(identifier: string): Status | undefined {
    const found = find(this.items, identifier);
    if (!found) return undefined;
    if (found.launch !== undefined) return this.status(identifier);
    const inside = leaves(found.items ?? []).map((item) => this.status(item.identifier));
    if (inside.every((status) => status === "passed" || status === "completed")) return "completed";
    return inside.every((status) => status === "not attempted") ? "not attempted" : "incomplete";
  }
}

function find(items: readonly Item[], identifier: string): Item | undefined {
  for (const item of items) {
    const found = item.identifier === identifier ? item : find(item.items ?? [], identifier);
    if (found) return found;
  }
  return undefined;
}
