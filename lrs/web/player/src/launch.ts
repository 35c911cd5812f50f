// What the server writes into the page.

import type { Globals } from "./sn/tracking.ts";

export type Standard = "scorm-1.2" | "scorm-2004-2" | "scorm-2004-3" | "scorm-2004-4";

/** An XML element of the manifest as JSON. */
export interface Element {
  name: string;
  attributes?: Record<string, string>;
  text?: string;
  children: Element[];
}

/** An item of the package's organization. */
export interface Item {
  identifier: string;
  title: string;
  isVisible: boolean;
  launch?: string;
  isSco: boolean;
  prerequisites?: string;
  hide?: string[];
  sequencing?: Element;
  asks?: Element[];
  launchData?: string;
  timeLimitAction?: string;
  passingScore?: number;
  completionThreshold?: number;
  items?: Item[];
}

export interface Contents {
  objectivesGlobalToSystem?: boolean;
  standard: Standard;
  identifier: string;
  title: string;
  sequencing?: Element;
  items: Item[];
}

export const STATUSES = ["not attempted", "browsed", "incomplete", "completed", "passed", "failed"] as const;
export type Status = (typeof STATUSES)[number];

/** Where the learner stands with a SCO. */
export interface Standing {
  status: Status;
  score?: number;
  seconds?: number;
}

/** Global objectives by their id. */
export type Objectives = Globals;

/** What this page keeps on the server for the attempt as a whole. */
export interface Kept {
  /** The item that was shown last. */
  current?: string;
  /** The items that report nothing and were shown. */
  visited?: string[];
  /** The engine's state, as it writes it. */
  engine?: string;
  /** The global objectives, with which the next attempt begins. */
  objectives?: Objectives;
  /** What SCOs share (`adl.data`), with which the next attempt begins. */
  shared?: Record<string, string>;
}

export interface Launch {
  /** The title that the package was imported with. */
  title: string;
  language: string;
  contents: Contents;
  /** Where the learner stands with the SCOs that were opened. */
  status: Record<string, Standing>;
  sequencing: Kept | null;
  learner: { id: string; name: string };
  mode?: "normal" | "browse" | "review";
  preview: boolean;
  /** The origins of the app, which may show this page in a frame, with blanks between them. */
  app: string;
  /** The server's clock when it made the page. */
  now?: string;
  /** Where commits go, and where the package's files are. */
  commit: string;
  files: string;
}

/** Reads the launch from the page; nothing where the server wrote none. */
export function readLaunch(): Launch | null {
  const text = document.getElementById("launch")?.textContent;
  return text ? (JSON.parse(text) as Launch) : null;
}

/** The items that show something, in the order of the manifest. */
export function leaves(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [...(item.launch === undefined ? [] : [item]), ...leaves(item.items ?? [])]);
}

export const isDone = (status: Status): boolean => status === "completed" || status === "passed" || status === "failed";
