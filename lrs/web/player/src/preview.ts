// In a preview the app that shows this page in a frame is told each call of the content.

import type { Item } from "./launch.ts";

/** The API of a SCO, with each call told to the app's page; the API itself where there is none. */
export function told<T extends object>(api: T, app: Window | null, origins: string, of: Item): T {
  const [sco, title] = [of.identifier, of.title];
  // Firefox does not know it.
  const ancestors = location.ancestorOrigins as DOMStringList | undefined;
  const origin = origins.split(" ").find((it) => it === ancestors?.[0]) ?? origins.split(" ")[0];
  if (!app || !origin) return api;
  return new Proxy(api, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof name !== "string" || !/^(LMS)?[A-Z]/.test(name) || typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(value, target, given);
        app.postMessage(
          { from: "traccia-player", sco, title, call: name, given: given.map(String), answer: String(answer) },
          origin,
        );
        return answer;
      };
    },
  });
}
