// @ts-check

// The buttons of a call, its keypad and its languages. What they do is done by others.

import { part, within } from "./parts.js";

/** @typedef {import("./signalling.js").Language} Language */

/**
 * @typedef {object} Wishes
 * @property {(isMuted: boolean) => void} mute
 * @property {(digit: string) => void} press
 * @property {() => void} human
 * @property {(language: string) => void} speak
 * @property {() => void} hangUp
 */

/** What is pressed while a call is up. */
export class Controls {
  #mute = part("mute", HTMLButtonElement);
  #keypad = part("keypad", HTMLButtonElement);
  #pad = part("pad", HTMLElement);
  #pressed = part("pressed", HTMLOutputElement);
  #language = part("language", HTMLSelectElement);
  #wishes;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#mute.addEventListener("click", () => this.#muted(!this.#isMuted));
    this.#keypad.addEventListener("click", () => this.#opened(this.#pad.hidden));
    this.#pad.addEventListener("click", (event) => {
      const key = /** @type {Element} */ (event.target).closest("[data-key]");
      if (key instanceof HTMLElement) this.#press(key.dataset.key ?? "");
    });
    document.addEventListener("keydown", (event) => this.#typed(event));
    part("human", HTMLButtonElement).addEventListener("click", () => wishes.human());
    this.#language.addEventListener("change", () => wishes.speak(this.#language.value));
    part("hang-up", HTMLButtonElement).addEventListener("click", () => wishes.hangUp());
  }

  /** A call begins. @param {Language[]} languages That it can be held in. @param {string} language Empty: the first. */
  begin(languages, language) {
    this.#muted(false);
    this.#opened(false);
    this.#pressed.value = "";
    part("language-label", HTMLElement).hidden = languages.length < 2;
    this.#language.replaceChildren(...languages.map((each) => new Option(each.name, each.tag)));
    this.speaks(language);
    this.#mute.focus(); // the button that was pressed is gone; this one does no harm
  }

  /** The call is held in this language now. @param {string} language BCP 47 */
  speaks(language) {
    if (Array.from(this.#language.options).some((each) => each.value === language)) this.#language.value = language;
  }

  get #isMuted() {
    return this.#mute.getAttribute("aria-pressed") === "true";
  }

  /** @param {boolean} isMuted */
  #muted(isMuted) {
    this.#mute.setAttribute("aria-pressed", String(isMuted));
    this.#wishes.mute(isMuted);
  }

  /** @param {boolean} isOpen */
  #opened(isOpen) {
    this.#pad.hidden = !isOpen;
    this.#keypad.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) within(this.#pad, "[data-key]", HTMLElement).focus();
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    const isElsewhere = event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLSelectElement;
    if (this.#pad.offsetParent === null || isElsewhere) return;
    if (event.key === "Escape") {
      this.#opened(false);
      this.#keypad.focus();
    } else if (/^[0-9*#]$/.test(event.key) && !event.repeat) {
      this.#press(event.key);
    }
  }

  /** @param {string} digit */
  #press(digit) {
    this.#pressed.value = `${this.#pressed.value}${digit}`.slice(-24);
    this.#wishes.press(digit);
  }
}
