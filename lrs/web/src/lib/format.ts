// Numbers, shares, days and instants as a language writes them.

import type { Language } from './texts';

const LOCALE: Record<Language, string> = { it: 'it-IT', en: 'en-GB' };

/** A number with at most so many decimals, or exactly so many, and a mark at each thousand. */
export function number(language: Language, value: number, decimals = 0, exact = false): string {
  return new Intl.NumberFormat(LOCALE[language], {
    minimumFractionDigits: exact ? decimals : 0,
    maximumFractionDigits: decimals,
    useGrouping: 'always' as unknown as boolean,
  }).format(value);
}

/** A share from 0 to 1 in percent. */
export function share(language: Language, value: number): string {
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(value);
}

/** A day such as 2026-05-04; what is no day as it is. */
export function day(language: Language, text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(at.getTime())) return text;
  const shape: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(LOCALE[language], shape).format(at);
}

/** A month of a day such as 2026-05-04, for axes. */
export function month(language: Language, text: string): string {
  const shape: Intl.DateTimeFormatOptions = { month: 'short', year: '2-digit', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(LOCALE[language], shape).format(new Date(`${text}T00:00:00Z`));
}

/** An instant of RFC 3339 on the clocks of a time zone; what is none as it is. */
export function instant(language: Language, text: string, zone = 'Europe/Rome'): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const shape: Intl.DateTimeFormatOptions = {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  };
  return new Intl.DateTimeFormat(LOCALE[language], shape).format(at);
}

/** Today in a time zone, such as 2026-05-04. */
export function today(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: zone }).format(now);
}

/** A day so many days earlier. */
export function earlier(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - days);
  return at.toISOString().slice(0, 10);
}

/** An amount of bytes in the unit that suits it, in steps of a thousand. */
export function bytes(language: Language, amount: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(Math.abs(amount), 1)) / 3)),
  );
  const value = amount / 1000 ** step;
  return `${number(language, value, step === 0 || Math.abs(value) >= 100 ? 0 : 1)} ${units[step] ?? ''}`;
}
