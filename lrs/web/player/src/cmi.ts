// The data model as JSON.

import type { Cmi } from "./wire.ts";

const isObject = (value: unknown): value is Cmi => typeof value === "object" && value !== null && !Array.isArray(value);

/** What of `now` is other than in `before`. */
export function difference(before: Cmi, now: Cmi): Cmi {
  const changed: Cmi = {};
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (isObject(value)) {
      const inside = difference(isObject(old) ? old : {}, value);
      if (Object.keys(inside).length > 0) changed[name] = inside;
    } else if (value !== old && !(value === "" && old === undefined && name !== "pattern")) {
      changed[name] = value;
    }
  }
  return changed;
}

/** Without empty texts and objects, which say what is so anyway; an empty correct response is one. */
export function full(value: Cmi): Cmi {
  const kept: Cmi = {};
  for (const [name, inside] of Object.entries(value)) {
    const filled = isObject(inside) ? full(inside) : inside;
    if (
      (filled !== "" || name === "pattern") &&
      filled !== null &&
      !(isObject(filled) && Object.keys(filled).length === 0)
    )
      kept[name] = filled;
  }
  return kept;
}
