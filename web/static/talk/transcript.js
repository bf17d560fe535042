// @ts-check

// The conversation as lines: grey while it is uncertain, struck out what was cut off, tools and notes between.

import { copyOf, inWords, within } from "./parts.js";

/** @typedef {"you" | "assistant"} Who */
/** @typedef {import("./records.js").CallRecord} CallRecord */

const STILL_SCROLLING_PX = 400; // lines that come fast are farther than what is in sight
const NAMES = { you: "You", assistant: "Assistant" };

/** The list of lines. */
export class Transcript {
  #list;
  #silence;
  #announced;

  /** @param {HTMLElement} list @param {HTMLElement} silence Shown while it is empty. @param {HTMLElement} announced What is read aloud. */
  constructor(list, silence, announced) {
    this.#list = list;
    this.#silence = silence;
    this.#announced = announced;
  }

  /** Forget the call before. */
  clear() {
    this.#list.replaceChildren();
    this.#silence.hidden = false;
    this.#announced.textContent = "";
  }

  /** What the caller says, so far or whole. @param {CallRecord} record */
  heard(record) {
    if (!record.text) return;
    const line = this.#speaking("you", record.turn);
    if (record.is_final) this.#settle(line, "you", record.text);
    else show(line, record.text);
  }

  /** A piece of a reply is on its way to the caller. @param {CallRecord} record */
  speaking(record) {
    this.#strikeOutBefore(record.turn);
    const line = this.#speaking("assistant", record.turn);
    show(line, `${wordsOf(line)} ${record.text.trim()}`.trim());
  }

  /** What was heard of a reply. @param {CallRecord} record */
  said(record) {
    this.#strikeOutBefore(record.turn);
    this.#settle(this.#speaking("assistant", record.turn), "assistant", record.text, record.unheard_text.trim());
  }

  /** @param {CallRecord} record */
  tool(record) {
    const line = copyOf("tool");
    within(line, "b", HTMLElement).textContent = inWords(record.name);
    const given = within(line, "dl", HTMLElement);
    for (const [name, value] of argumentsOf(record.arguments)) {
      const [row, key, held] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      key.textContent = name;
      held.textContent = value;
      held.dir = "auto";
      row.append(key, held);
      given.append(row);
    }
    if (!given.childElementCount) given.remove();
    within(line, "p", HTMLElement).textContent = record.result;
    this.#append(line);
  }

  /** Something beside the words. @param {string} text */
  note(text) {
    const line = copyOf("noted");
    line.textContent = text;
    this.#append(line);
  }

  /** Put in what was missed; what is here already stays as it is. @param {import("./signalling.js").History["messages"]} messages */
  merge(messages) {
    const settled = all(this.#list, "[data-text]");
    /** @type {HTMLElement | null} */
    let last = null;
    for (const { persona, content } of messages.filter((each) => each.action === "talk" && each.content)) {
      const who = persona === "assistant" ? "assistant" : "you";
      const at = settled.findIndex((line) => line.dataset.who === who && line.dataset.text === content);
      if (at >= 0) {
        last = settled.splice(0, at + 1)[at];
        continue;
      }
      let line = this.#unsettled(who).find((each) => isBeginningOf(wordsOf(each), content));
      if (!line) {
        line = copyOf(`said-by-${who}`);
        if (last) last.after(line);
        else this.#list.prepend(line);
        this.#silence.hidden = true;
      }
      this.#fill(line, who, content);
      last = line;
    }
    // What was uncertain when the connection broke, and came out otherwise, is among what was put in.
    for (const line of this.#unsettled("you")) {
      if (last && line.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING) line.remove();
    }
  }

  /** Nothing more comes: what is uncertain stays so no longer. */
  end() {
    this.#strikeOutBefore(Infinity);
    for (const line of this.#unsettled("you")) this.#fill(line, "you", wordsOf(line));
  }

  /** A reply of which nothing was heard is not told of again: a later one follows it. @param {number} turn */
  #strikeOutBefore(turn) {
    for (const line of this.#unsettled("assistant")) {
      if (Number(line.dataset.turn) < turn) this.#fill(line, "assistant", "", wordsOf(line));
    }
  }

  /** The line of somebody who is speaking in this turn. @param {Who} who @param {number} turn */
  #speaking(who, turn) {
    const known = this.#unsettled(who).find((line) => line.dataset.turn === String(turn));
    if (known) return known;
    const line = copyOf(`said-by-${who}`);
    line.dataset.who = who;
    line.dataset.turn = String(turn);
    // Keys are told of when their answer is being spoken already.
    const answer = who === "you" && all(this.#list, `[data-who=assistant][data-turn="${turn}"]`)[0];
    if (answer) answer.before(line);
    else this.#append(line);
    return line;
  }

  /** @param {Who} who @returns {HTMLElement[]} */
  #unsettled(who) {
    return all(this.#list, `.partial[data-who=${who}]`);
  }

  /** @param {HTMLElement} line @param {Who} who @param {string} text @param {string} [unheard] */
  #settle(line, who, text, unheard = "") {
    this.#fill(line, who, text, unheard);
    this.#announced.textContent = `${NAMES[who]}: ${text}`;
  }

  /** @param {HTMLElement} line @param {Who} who @param {string} text @param {string} [unheard] */
  #fill(line, who, text, unheard = "") {
    line.dataset.who = who;
    line.dataset.text = text;
    line.classList.remove("partial");
    show(line, text);
    if (!unheard) return;
    const cut = document.createElement("del");
    cut.className = "unheard";
    cut.textContent = unheard;
    within(line, ".bubble", HTMLElement).append(text ? " " : "", cut);
    line.classList.add("cut");
  }

  /** At the end; in sight, if the end was. @param {HTMLElement} line */
  #append(line) {
    const last = this.#list.lastElementChild?.getBoundingClientRect();
    const isFollowed = !last || (last.bottom > 0 && last.top < innerHeight + STILL_SCROLLING_PX);
    this.#list.append(line);
    this.#silence.hidden = true;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isFollowed) line.scrollIntoView({ block: "nearest", behavior: isStill ? "auto" : "smooth" });
  }
}

/** @param {HTMLElement} list @param {string} selector @returns {HTMLElement[]} */
const all = (list, selector) => Array.from(list.querySelectorAll(selector), (line) => /** @type {HTMLElement} */ (line));

/** Whether words may have become this text. @param {string} words @param {string} text */
const isBeginningOf = (words, text) => text.toLowerCase().startsWith(words.slice(0, 8).toLowerCase());

/** @param {HTMLElement} line */
const wordsOf = (line) => within(line, ".bubble", HTMLElement).textContent ?? "";

/** @param {HTMLElement} line @param {string} text */
function show(line, text) {
  const bubble = within(line, ".bubble", HTMLElement);
  if (bubble.textContent !== text) bubble.textContent = text;
}

/** What a tool was given, name by name. @param {string} json @returns {[string, string][]} */
function argumentsOf(json) {
  try {
    const given = JSON.parse(json);
    if (given === null || typeof given !== "object") return [["Given", String(given)]];
    return Object.entries(given).map(([name, value]) => [inWords(name), typeof value === "string" ? value : JSON.stringify(value)]);
  } catch {
    return json ? [["Given", json]] : []; // a model may write anything
  }
}
