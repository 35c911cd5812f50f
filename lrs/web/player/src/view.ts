// What the learner sees around the content.

import { isDone, leaves, type Item, type Launch, type Standing } from "./launch.ts";
import { say } from "./texts.ts";

/** What the view asks for. */
export interface Asks {
  open: (identifier: string) => void;
  previous: () => void;
  next: () => void;
  exit: () => void;
  again: () => void;
}

/** What can be done now. */
export interface Can {
  current: string | null;
  previous: boolean;
  next: boolean;
  /** Whether an item can be opened. */
  open: (identifier: string) => boolean;
  /** Whether a SCO may ask to jump to an item; the menu does not. */
  jump?: (identifier: string) => boolean;
  /** Whether the menu shows an item; all that the manifest shows without it. */
  isShown?: (identifier: string) => boolean;
  hide: readonly string[];
}

type Attributes = Record<string, string | boolean | (() => void)>;

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (typeof value === "string") element.setAttribute(name, value);
    else element.toggleAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export class View {
  readonly #main = make("main", { id: "content", tabindex: "-1" });
  readonly #notice = make("div", { id: "notice", role: "status" });
  readonly #progress = make("p", { id: "progress" });
  readonly #previous: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #exit: HTMLButtonElement;
  readonly #menu: HTMLElement | null;
  readonly #toggle: HTMLButtonElement;
  readonly #buttons = new Map<string, { button: HTMLButtonElement; item: Item; standing: HTMLElement }>();
  readonly #leaves: Item[];
  /** Whether the menu is wanted: it is seen where it has entries as well. */
  #isMenuOpen = false;
  frame: HTMLIFrameElement | null = null;

  constructor(
    private readonly launch: Launch,
    private readonly asks: Asks,
  ) {
    const { contents } = launch;
    this.#leaves = leaves(contents.items);
    const isCourse = this.#leaves.length > 1;
    this.#previous = make(
      "button",
      { type: "button", click: asks.previous, hidden: !isCourse },
      say("player-previous"),
    );
    this.#next = make("button", { type: "button", click: asks.next, hidden: !isCourse }, say("player-next"));
    this.#exit = make("button", { type: "button", click: asks.exit, class: "quiet" }, say("player-exit"));
    this.#toggle = make("button", {
      type: "button",
      class: "quiet",
      hidden: !isCourse,
      "aria-controls": "menu",
      click: () => {
        this.#showMenu(!this.#isMenuOpen);
      },
    });
    this.#menu = isCourse
      ? make("nav", { id: "menu", "aria-label": say("player-menu") }, this.#list(contents.items))
      : null;
    const title = launch.title || contents.title || (this.#leaves[0]?.title ?? "");
    document.title = title;
    document.body.append(
      make("a", { href: "#content", class: "skip" }, say("player-skip")),
      make(
        "header",
        {},
        make("h1", {}, title),
        ...this.#labels(),
        this.#progress,
        make("div", { class: "controls" }, this.#toggle, this.#previous, this.#next, this.#exit),
      ),
      this.#notice,
      make("div", { id: "layout" }, ...(this.#menu ? [this.#menu] : []), this.#main),
    );
    this.#showMenu(isCourse && matchMedia("(min-width: 48rem)").matches);
  }

  #labels(): HTMLElement[] {
    const { preview, mode } = this.launch;
    if (preview) return [make("p", { class: "label" }, say("player-preview"))];
    return (mode ?? "normal") === "normal" ? [] : [make("p", { class: "label" }, say("player-review"))];
  }

  #showMenu(isShown: boolean): void {
    this.#isMenuOpen = isShown;
    // A menu of which no entry is shown would be an empty column, as after the end of a session.
    const isEmpty = this.#menu !== null && !this.#menu.querySelector("li:not([hidden]) > button");
    if (this.#menu) this.#menu.hidden = !isShown || isEmpty;
    this.#toggle.hidden = this.#menu === null || isEmpty;
    this.#toggle.setAttribute("aria-expanded", String(isShown));
    this.#toggle.textContent = say(isShown ? "player-menu-close" : "player-menu-open");
  }

  #list(items: readonly Item[]): HTMLElement {
    const entries = items
      .filter((item) => item.isVisible)
      .map((item) => {
        const inside = item.items?.length ? [this.#list(item.items)] : [];
        if (item.launch === undefined) return make("li", {}, make("span", { class: "group" }, item.title), ...inside);
        const standing = make("span", { class: "standing" });
        const button = make(
          "button",
          {
            type: "button",
            click: () => {
              if (button.getAttribute("aria-disabled") !== "true") this.asks.open(item.identifier);
            },
          },
          make("span", {}, item.title),
          standing,
        );
        this.#buttons.set(item.identifier, { button, item, standing });
        return make("li", {}, button, ...inside);
      });
    return make("ol", {}, ...entries);
  }

  /** Shows where the learner stands and what can be done. */
  update(can: Can, standing: (identifier: string) => Standing): void {
    const hides = (token: string) => can.hide.includes(token);
    this.#set(this.#previous, can.previous, hides("previous"));
    this.#set(this.#next, can.next, hides("continue"));
    this.#exit.hidden = !this.frame || (hides("exitAll") && hides("exit") && hides("suspendAll"));
    for (const [identifier, { button, item, standing: label }] of this.#buttons) {
      const { status, score } = standing(identifier);
      const percent = score === undefined ? "" : `, ${say("player-score", { percent: Math.round(score * 100) })}`;
      label.textContent = say(`player-status-${status.replace(" ", "-")}`) + percent;
      label.dataset.status = status;
      const isOpen = can.open(identifier);
      if (button.parentElement) button.parentElement.hidden = !(can.isShown?.(identifier) ?? true);
      button.setAttribute("aria-disabled", String(!isOpen));
      button.title = isOpen ? "" : say("player-locked", { title: item.title });
      if (identifier === can.current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    this.#showMenu(this.#isMenuOpen);
    if (this.#leaves.length > 1) {
      const done = this.#leaves.filter(({ identifier }) => isDone(standing(identifier).status)).length;
      this.#progress.textContent = say("player-progress", { done, all: this.#leaves.length });
    }
  }

  #set(button: HTMLButtonElement, isOpen: boolean, isHidden: boolean): void {
    if (this.#leaves.length < 2) return;
    button.hidden = isHidden;
    button.disabled = !isOpen;
  }

  /** Says something above the content; nothing with no text. */
  say(text: string | null, kind: "plain" | "warning" = "plain"): void {
    this.#notice.textContent = text ?? "";
    this.#notice.className = text === null ? "" : kind;
  }

  /** An empty frame for an item, in place of what was there. */
  show(title: string): HTMLIFrameElement {
    const frame = make("iframe", { title: say("player-content", { title }), allow: "autoplay; fullscreen" });
    this.#main.replaceChildren(frame);
    this.frame = frame;
    this.#exit.hidden = false;
    if (matchMedia("(max-width: 48rem)").matches) this.#showMenu(false);
    return frame;
  }

  loading(): void {
    this.frame = null;
    this.#main.replaceChildren(make("p", { class: "card" }, say("player-loading")));
  }

  /** Shows a page of its own words. */
  tell(heading: string, text: string, isAgain: boolean): void {
    this.frame = null;
    this.#exit.hidden = true;
    const again = isAgain ? [make("button", { type: "button", click: this.asks.again }, say("player-again"))] : [];
    this.#main.replaceChildren(
      make("section", { class: "card" }, make("h2", {}, heading), make("p", {}, text), ...again),
    );
    this.#main.focus();
  }
}
