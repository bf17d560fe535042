// @ts-check

// Before a call, and after it: which assistant, in which language, and what kept one from talking.

import { part } from "./parts.js";
import { asProblem, endOf, lacking } from "./problems.js";
import * as signalling from "./signalling.js";

/** @typedef {import("./signalling.js").Language} Language */
/** @typedef {{iceServers: RTCIceServer[], assistant: string, language: string, languages: Language[]}} Choice */

/** The part of the page that begins calls. */
export class Lobby {
  #place = part("lobby", HTMLElement);
  #problem = part("problem", HTMLElement);
  #after = part("after", HTMLElement);
  #start = part("start", HTMLButtonElement);
  #assistants = part("assistants", HTMLSelectElement);
  #languages = part("first-language", HTMLSelectElement);
  /** @type {signalling.Settings | null} */
  #settings = null;

  /** @param {(choice: Choice) => Promise<void>} begin */
  constructor(begin) {
    this.#assistants.addEventListener("change", () => this.#chosen());
    this.#start.addEventListener("click", async () => {
      if (!this.#settings) await this.open(); // it did not answer before
      const choice = this.#choice();
      if (choice) await begin(choice);
    });
  }

  /** Ask who can be talked to. */
  async open() {
    const lack = lacking();
    if (lack) return this.tell(lack);
    this.#start.disabled = false;
    try {
      this.#settings = await signalling.settings();
    } catch (error) {
      return this.tell(asProblem(error));
    }
    const { assistants } = this.#settings;
    this.#assistants.replaceChildren(...assistants.map((each) => new Option(nameOf(each), each.name)));
    this.#assistants.value = this.#settings.default;
    part("assistants-label", HTMLElement).hidden = assistants.length < 2;
    this.#chosen();
  }

  /** A call begins. */
  leave() {
    this.#problem.replaceChildren();
    this.#after.hidden = true;
    this.#place.hidden = true;
  }

  /** None is up. */
  enter() {
    this.#place.hidden = false;
  }

  /** Say what keeps one from talking. @param {import("./problems.js").Problem} problem */
  tell(problem) {
    const words = document.createElement("p");
    words.className = "problem";
    words.textContent = problem.message;
    if (problem.link) {
      const way = document.createElement("a");
      way.href = problem.link.url;
      way.textContent = problem.link.text;
      words.append(" ", way);
    }
    this.#problem.replaceChildren(words);
    if (!this.#start.disabled) this.#start.focus();
  }

  /** @param {string} reason @param {string} callId Empty: there was none. */
  callIsOver(reason, callId) {
    part("after-words", HTMLElement).textContent = endOf(reason);
    const report = part("after-report", HTMLAnchorElement);
    report.hidden = !callId;
    report.href = `/report/${encodeURIComponent(callId)}`;
    part("start-words", HTMLElement).textContent = "Start another call";
    this.#after.hidden = false;
    this.#after.focus();
  }

  /** @returns {Choice | null} */
  #choice() {
    if (!this.#settings) return null;
    return {
      iceServers: this.#settings.ice_servers,
      assistant: this.#assistants.value,
      language: this.#languages.value,
      languages: this.#assistant?.languages ?? [],
    };
  }

  get #assistant() {
    return this.#settings?.assistants.find((each) => each.name === this.#assistants.value);
  }

  /** Another assistant speaks other languages. */
  #chosen() {
    const languages = this.#assistant?.languages ?? [];
    const options = languages.map((each) => new Option(each.name, each.tag));
    this.#languages.replaceChildren(new Option("As configured", ""), ...options);
    part("first-language-label", HTMLElement).hidden = languages.length < 2;
    part("offers", HTMLElement).hidden = languages.length < 2 && this.#assistants.options.length < 2;
    const only = this.#assistants.options.length < 2 && this.#assistant;
    part("who", HTMLElement).textContent = only ? `You will talk to ${nameOf(only)}.` : "";
  }
}

/** @param {signalling.Assistant} assistant */
const nameOf = (assistant) => (assistant.company ? `${assistant.name}, ${assistant.company}` : assistant.name);
