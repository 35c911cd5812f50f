// What a value of SCORM 2004's data model may be (RTE 4.1.1, 4.2.9) where scorm-again's formats are wider or narrower.

const SEPARATOR = "[,]";
const PAIR = "[.]";

/** A time, `time(second,10,0)`: of the years 1970 to 2038, to a hundredth of a second (RTE 4.1.1.7). */
const isTime = (value: string): boolean => {
  const year = Number(/^\d{4}/.exec(value)?.[0] ?? Number.NaN);
  return year >= 1970 && year <= 2038 && !/\.\d{3}/.test(value);
};

/** A duration, `timeinterval(second,10,2)`: hours, minutes and seconds behind a `T`, and no `T` without them (RTE 4.1.1.8). */
const isInterval = (value: string): boolean => !value.endsWith("T") && (value.includes("T") || !/[HS]/.test(value));

const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/** A language of ISO 639-1 or 639-2, and what may stand behind it (RTE 4.1.1.3). */
function isLanguage(tag: string): boolean {
  const [language = "", ...more] = tag.split("-");
  if (!/^[a-z]{2,3}$/i.test(language)) return /^[ix]$/i.test(language) && more.length > 0;
  try {
    return languages.of(language) !== undefined;
  } catch {
    return false;
  }
}

const isIdentifier = (value: string): boolean => value !== "" && !/[\s{}[\]]/.test(value);

/** A text behind its language, if it has one. */
function isLocalized(value: string): boolean {
  const language = /^\{lang=(?<tag>[^}]*)\}/.exec(value)?.groups?.tag;
  return language === undefined || isLanguage(language);
}

/** What is behind the delimiters `{name=true}` and `{name=false}`, each once and in any order; nothing where one of them says
 * anything else. */
function behind(value: string, ...names: string[]): string | undefined {
  const delimiter = /^\{(?<name>order_matters|case_matters)=(?<said>[^}]*)\}/.exec(value);
  const name = delimiter?.groups?.name;
  if (!delimiter || name === undefined || !names.includes(name)) return value;
  if (!/^(?:true|false)$/.test(delimiter.groups?.said ?? "")) return undefined;
  return behind(value.slice(delimiter[0].length), ...names.filter((it) => it !== name));
}

function isLongText(value: string): boolean {
  const first = behind(value, "case_matters");
  if (first === undefined || !isLocalized(first)) return false;
  if (first !== value) return true;
  // The language may come before `case_matters` too.
  return behind(value.replace(/^\{lang=[^}]*\}/, ""), "case_matters") !== undefined;
}

function isStep(value: string): boolean {
  const [name = "", answer, ...more] = value.split(PAIR);
  return answer !== undefined && more.length === 0 && (name === "" ? answer !== "" : isIdentifier(name));
}

/** A range from its least number to its greatest one, of which either may be missing. */
function isRange(value: string): boolean {
  const [least = "", most = ""] = value.split("[:]");
  return least === "" || most === "" || Number(least) <= Number(most);
}

/** The correct responses that the standard lets be, by the type of the interaction (RTE 4.2.9.1). */
const PATTERNS: Record<string, (value: string) => boolean> = {
  choice(value) {
    const chosen = value === "" ? [] : value.split(SEPARATOR);
    return chosen.every(isIdentifier) && new Set(chosen).size === chosen.length;
  },
  "fill-in": (value) => behind(value, "order_matters", "case_matters")?.split(SEPARATOR).every(isLocalized) ?? false,
  "long-fill-in": isLongText,
  matching: (value) =>
    value.split(SEPARATOR).every((pair) => pair.split(PAIR).length === 2 && pair.split(PAIR).every(isIdentifier)),
  sequencing: (value) => value.split(SEPARATOR).every(isIdentifier),
  other: () => true,
  performance: (value) => behind(value, "order_matters")?.split(SEPARATOR).every(isStep) ?? false,
};

/** The same for what the learner answers. */
const RESPONSES: Record<string, (value: string) => boolean> = {
  choice: (value) => PATTERNS.choice?.(value) ?? false,
  "fill-in": (value) => value.split(SEPARATOR).every(isLocalized),
  "long-fill-in": isLocalized,
};

const SPEED = "cmi.learner_preference.delivery_speed";
const EMPTIED = /^cmi\.(?:comments_from_learner\.\d+\.location|learner_preference\.language)$/;

/** Whether an element may have a value; nothing where that is scorm-again's to say.
 * `type` is `cmi.interactions.n.type`, for an element in `cmi.interactions.n`. */
export function isAllowed(element: string, value: string, type: string): boolean | undefined {
  if (/^cmi\.(?:interactions|comments_from_learner)\.\d+\.timestamp$/.test(element))
    return isTime(value) ? undefined : false;
  if (element.endsWith(".latency") || element === "cmi.session_time") return isInterval(value) ? undefined : false;
  if (element === SPEED) return /^0+(?:\.0+)?$/.test(value) ? true : undefined;
  // Both may be emptied.
  if (EMPTIED.test(element)) return value === "" ? true : undefined;
  if (/^cmi\.interactions\.\d+\.learner_response$/.test(element)) return RESPONSES[type]?.(value);
  if (!/^cmi\.interactions\.\d+\.correct_responses\.\d+\.pattern$/.test(element)) return undefined;
  // There is one alone, whose range scorm-again does not look at.
  if (type === "numeric") return isRange(value) || !element.endsWith(".0.pattern") ? undefined : false;
  return PATTERNS[type]?.(value);
}

/** A value that scorm-again takes for an element whose value it would refuse; another one for each correct response. */
export function placeholder(element: string, type: string): string {
  if (element === SPEED) return "1";
  const index = /\d+(?=\.pattern$)/.exec(element)?.[0] ?? "";
  return type === "matching" || type === "performance" ? `a${index}[.]a` : `a${index}`;
}
