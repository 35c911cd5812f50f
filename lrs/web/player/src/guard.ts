// The API as content sees it: scorm-again's, but for what scorm-again takes or refuses otherwise than the standard.

import { isAllowed, placeholder } from "./values.ts";
import type { Cmi } from "./wire.ts";

/** What the guard asks of either API of scorm-again. */
export interface Guarded {
  cmi: object;
  lastErrorCode: string;
  isInitialized(): boolean;
  throwSCORMError(element: string, code: number, message?: string): void;
  processListeners(call: string, element?: string, value?: unknown): void;
}

/** "Undefined data model element" of SCORM 2004, "not implemented" of SCORM 1.2. */
const UNDEFINED = 401;
/** "Data model element value not initialized" of SCORM 2004. */
const UNSET = 403;
/** "General get failure" of SCORM 2004, for an index beyond a collection. */
const BEYOND = 301;
/** "General set failure" of SCORM 2004, for an index that leaves a gap in a collection. */
const GAP = 351;
/** "Data model element type mismatch" of SCORM 2004. */
const MISMATCH = 406;
/** "Data model element value out of range" of SCORM 2004. */
const RANGE = 407;
/** "Data model dependency not established" of SCORM 2004. */
const DEPENDENCY = 408;
const LOCATION = "cmi.location";
const VALID = "adl.nav.request_valid.";

/** Whether an identifier says that it is a URN and is none (RFC 8141, 2). Others are taken as they are. */
const isNoUrn = (value: unknown): boolean =>
  typeof value === "string" && /^urn:/i.test(value) && !/^urn:[a-z0-9][a-z0-9-]{0,31}:\S+$/i.test(value);

/** What stands at a name: a value, a part of the data model that holds others, or nothing beyond the end of a collection. */
type Place = "value" | "whole" | "beyond";

function place(api: object, name: string): Place {
  let of: unknown = api;
  try {
    for (const part of name.split(".")) {
      if (typeof of !== "object" || of === null) return "value";
      const list: unknown = Reflect.get(of, "childArray");
      if (Array.isArray(list) && /^\d+$/.test(part)) {
        if (Number(part) >= list.length) return "beyond";
        of = list[Number(part)];
      } else of = Reflect.get(of, part);
    }
  } catch {
    // A value that cannot be read now is a value.
    return "value";
  }
  return typeof of === "object" && of !== null ? "whole" : "value";
}

/** Takes back the entry of a collection that a refused value has made: the next entry has its index still. */
function remembered(api: object, element: string): () => void {
  const lists: { list: unknown[]; length: number }[] = [];
  try {
    let of: unknown = api;
    for (const part of element.split(".")) {
      if (typeof of !== "object" || of === null) break;
      const list: unknown = Reflect.get(of, "childArray");
      if (Array.isArray(list)) lists.push({ list, length: list.length });
      of = Array.isArray(list) && /^\d+$/.test(part) ? list[Number(part)] : Reflect.get(of, part);
    }
  } catch {
    // What cannot be read holds no entries.
  }
  return () => {
    for (const { list, length } of lists) list.length = Math.min(list.length, length);
  };
}

/** What stands at a name, `cmi.interactions.0` for instance; nothing where nothing does. */
function at(api: object, name: string): object | undefined {
  let of: unknown = api;
  for (const part of name.split(".")) {
    if (typeof of !== "object" || of === null) return undefined;
    const list: unknown = Reflect.get(of, "childArray");
    of = Array.isArray(list) ? list[Number(part)] : Reflect.get(of, part);
  }
  return typeof of === "object" && of !== null ? of : undefined;
}

/** A value of SCORM 2004 that is being written. */
interface Written {
  api: object;
  element: string;
  value: string;
}

/** The error with which SCORM 2004 refuses a value that scorm-again may take; nothing where there is none. */
function fault({ api, element, value }: Written): number | undefined {
  const parts = element.split(".");
  for (const [n, part] of parts.entries()) {
    const list: unknown = /^\d+$/.test(part) && Reflect.get(at(api, parts.slice(0, n).join(".")) ?? {}, "childArray");
    if (!Array.isArray(list) || Number(part) < list.length) continue;
    // What SCOs share is named by the manifest alone.
    if (Number(part) > list.length || parts[0] === "adl") return GAP;
    // An interaction has its identifier before all else (RTE 4.2.9).
    if (n === 2 && parts[1] === "interactions" && parts[3] !== "id") return DEPENDENCY;
  }
  return isAllowed(element, value, typeOf(api, element)) === false ? MISMATCH : undefined;
}

function typeOf(api: object, element: string): string {
  const interaction = /^cmi\.interactions\.\d+/.exec(element)?.[0];
  const type: unknown = interaction && Reflect.get(at(api, interaction) ?? {}, "type");
  return typeof type === "string" ? type : "";
}

/** Writes a value that the standard lets be, and that scorm-again has refused for its form alone. */
function forced(api: Guarded, { element, value }: Written, set: (value: string) => unknown): boolean {
  const code = Number(api.lastErrorCode);
  // An interaction may be renamed (RTE 4.2.9), an objective may not.
  const isRenamed = /^cmi\.interactions\.\d+\.id$/.test(element) && value !== "" && code === GAP;
  const type = typeOf(api, element);
  const isForm = [MISMATCH, RANGE].includes(code) && isAllowed(element, value, type) === true;
  if (!isRenamed && !isForm) return false;
  const isMade = at(api, element.slice(0, element.lastIndexOf("."))) !== undefined;
  if (!isMade && set(placeholder(element, type)) !== "true") return false;
  if (!put(api, element, value)) return false;
  api.lastErrorCode = "0";
  api.processListeners("SetValue", element, value);
  return true;
}

/** Writes past scorm-again's formats. */
function put(api: object, element: string, value: string): boolean {
  const dot = element.lastIndexOf(".");
  const of = at(api, element.slice(0, dot));
  return of !== undefined && Reflect.set(of, `_${element.slice(dot + 1)}`, value);
}

/** Gives an API of SCORM 2004 the data model of a session before, with what {@link guarded} has written past scorm-again's formats. */
export function restore(api: Guarded & { loadFromJSON(json: object, element: string): void }, cmi: Cmi): void {
  const past: [string, string][] = [];
  const types = (cmi.interactions ?? {}) as Record<string, { type?: string } | undefined>;
  const taken = (of: Cmi, name: string): Cmi =>
    Object.fromEntries(
      Object.entries(of).map(([part, value]) => {
        const element = `${name}.${part}`;
        if (typeof value === "object" && value !== null && !Array.isArray(value))
          return [part, taken(value as Cmi, element)];
        const type = types[element.split(".")[2] ?? ""]?.type ?? "";
        if (typeof value !== "string" || isAllowed(element, value, type) !== true) return [part, value];
        past.push([element, value]);
        return [part, placeholder(element, type)];
      }),
    );
  api.loadFromJSON(taken(cmi, "cmi"), "cmi");
  for (const [element, value] of past) put(api, element, value);
}

/** What is valid now, of what a SCO may ask for. */
export interface Valid {
  next: boolean;
  previous: boolean;
  open?: (identifier: string) => boolean;
  jump?: (identifier: string) => boolean;
}

/** What `adl.nav.request_valid` says of a request; nothing where that is scorm-again's to say. */
function valid(request: string, can: Valid): string | undefined {
  if (request === "continue") return String(can.next);
  if (request === "previous") return String(can.previous);
  const { kind, target = "" } = /^(?<kind>choice|jump)\.\{target=(?<target>[^}]*)\}$/.exec(request)?.groups ?? {};
  const asks = kind === "choice" ? can.open : kind === "jump" ? can.jump : undefined;
  return asks && String(asks(target));
}

/** The API where what holds others is neither read nor written (SCORM 2004 RTE 3.1.4.2; a write would put a text in the place
 * of all that is in it), an index beyond a collection fails (RTE 3.1.7.4), a location can be emptied (RTE 4.2.13), values have
 * the standard's forms, and no request is valid that the sequencing, `can`, would refuse. */
export function guarded<T extends Guarded>(api: T, can?: () => Valid): T {
  let isEmptied = false;
  const refuse = (element: string, code: number, answer: string) => {
    api.throwSCORMError(element, code);
    return answer;
  };
  const empty = () => {
    Reflect.set(Reflect.get(api.cmi, "content") as object, "_location", "");
    isEmptied = true;
    api.lastErrorCode = "0";
    api.processListeners("SetValue", LOCATION, "");
    return "true";
  };
  /** The answer in place of the API's; nothing where the API answers. */
  const answer = (call: string, element: string, value: unknown): string | undefined => {
    if (!api.isInitialized() || element === "") return undefined;
    const isRead = call.endsWith("GetValue");
    const found = place(api, element);
    if (found === "whole") return refuse(element, UNDEFINED, isRead ? "" : "false");
    if (found === "beyond" && call === "GetValue") return refuse(element, BEYOND, "");
    if (call === "SetValue" && element.endsWith(".id") && isNoUrn(value)) return refuse(element, MISMATCH, "false");
    if (call === "SetValue") {
      const code = fault({ api, element, value: String(value) });
      if (code !== undefined) return refuse(element, code, "false");
    }
    if (element !== LOCATION || call.startsWith("LMS")) return undefined;
    if (!isRead && value === "") return empty();
    if (!isRead) isEmptied = false;
    if (!isRead || !isEmptied) return undefined;
    api.lastErrorCode = "0";
    return "";
  };
  return new Proxy(api, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name, target);
      if (typeof call !== "function") return call;
      if (typeof name !== "string" || !/^(?:LMS)?[GS]etValue$/.test(name)) return call.bind(target) as unknown;
      return (...given: unknown[]): unknown => {
        const element = typeof given[0] === "string" ? given[0] : "";
        const own = answer(name, element, given[1]);
        if (own !== undefined) return own;
        const undo = name === "SetValue" ? remembered(target, element) : undefined;
        const said: unknown = Reflect.apply(call, target, given);
        if (can && name === "GetValue" && target.lastErrorCode === "0" && element.startsWith(VALID))
          return valid(element.slice(VALID.length), can()) ?? said;
        if (said === "" && target.lastErrorCode === "0" && /^adl\.data\.\d+\.store$/.test(element))
          return refuse(element, UNSET, "");
        if (said !== "false") return said;
        undo?.();
        const set = (value: string): unknown => Reflect.apply(call, target, [element, value]);
        const isForced = undo && forced(target, { api: target, element, value: String(given[1]) }, set);
        return isForced ? "true" : said;
      };
    },
  });
}
