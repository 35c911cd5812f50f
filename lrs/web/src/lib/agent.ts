// What a browser says of itself, in words that people know.

/** Browsers, and the systems that they run on: the first that fits is meant. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Such as `Firefox, Windows`; the text itself where it is of no browser that is known. */
export function inWords(agent: string): string {
  const named = (all: [RegExp, string][]) => all.find(([sign]) => sign.test(agent))?.[1];
  const browser = named(BROWSERS);
  if (!browser) return agent;
  return [browser, named(SYSTEMS)].filter((name) => name !== undefined).join(', ');
}
