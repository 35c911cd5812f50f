// Course files that are being edited, until the page is left: one may look at another page meanwhile.

/** A file as it is edited. */
export interface Draft {
  /** As it is now. */
  text: string;
  /** As it was when it was read. */
  base: string;
  /** The number of the course's last change at that time, where the server tells it. */
  revision: number | null;
}

export const drafts = new Map<string, Draft>();

/** The lines that a text has and another one has not, in order; at most so many. */
export function only(of: string, not: string, most: number): string[] {
  const known = new Set(not.split('\n').map((line) => line.trim()));
  return of
    .split('\n')
    .filter((line) => line.trim() !== '' && !known.has(line.trim()))
    .slice(0, most);
}
