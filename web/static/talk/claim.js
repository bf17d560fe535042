// @ts-check

// The claim: every field of its schema, filled as the call goes on.

import { copyOf, inWords, within } from "./parts.js";

/** @typedef {import("./signalling.js").History["initiate"]["claim"][number]} Field */

/** @type {Record<string, string>} Types of fields as people call them, where that is another word. */
const KINDS = { datetime: "date and time", phone_number: "phone number" };

/** All claims of a call. */
export class Claim {
  #parts;
  /** @type {Field[]} */
  #fields = [];
  /** @type {Map<string, string>[]} Values of each claim, by field. */
  #claims = [];

  /** @param {{claims: HTMLElement, count: HTMLElement, none: HTMLElement}} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Forget the call before. */
  clear() {
    this.#fields = [];
    this.#claims = [];
    this.#parts.claims.replaceChildren();
    this.#parts.count.textContent = "";
    this.#parts.none.hidden = true;
  }

  /** What is kept of the call: its schema, and values that were missed. @param {import("./signalling.js").History} history */
  merge(history) {
    this.#fields = history.initiate.claim;
    history.claims.forEach((values, number) => {
      for (const [field, value] of Object.entries(values)) this.#claim(number).set(field, value);
    });
    this.#claim(0);
    this.#draw();
    this.#parts.none.hidden = this.#fields.length > 0 || this.#claim(0).size > 0;
  }

  /** A value was set. @param {{field: string, new_value: string, claim_number: number}} record */
  set(record) {
    this.#claim(record.claim_number).set(record.field, record.new_value);
    this.#parts.none.hidden = true;
    this.#draw({ field: record.field, number: record.claim_number });
  }

  /** @param {number} number @returns {Map<string, string>} */
  #claim(number) {
    while (this.#claims.length <= number) this.#claims.push(new Map());
    return this.#claims[number];
  }

  /** @param {{field: string, number: number} | null} [fresh] What has just come. */
  #draw(fresh = null) {
    const drawn = this.#claims.map((values, number) => {
      const list = document.createElement("dl");
      list.className = "claim";
      for (const field of this.#shown(values)) {
        const isFresh = fresh !== null && fresh.number === number && fresh.field === field.name;
        list.append(row(field, values.get(field.name), isFresh));
      }
      return list;
    });
    const heads = this.#claims.map((_, number) => {
      const head = document.createElement("h3");
      head.textContent = `Claim ${number + 1}`;
      return head;
    });
    const isOne = drawn.length === 1;
    this.#parts.claims.replaceChildren(...drawn.flatMap((list, number) => (isOne ? [list] : [heads[number], list])));
    const filled = this.#fields.filter((field) => this.#claims[this.#claims.length - 1]?.has(field.name)).length;
    this.#parts.count.textContent = this.#fields.length ? `${filled} of ${this.#fields.length}` : "";
  }

  /** The fields of the schema, then what else was set. @param {Map<string, string>} values @returns {Field[]} */
  #shown(values) {
    const known = new Set(this.#fields.map((field) => field.name));
    const others = Array.from(values.keys()).filter((name) => !known.has(name));
    return [...this.#fields, ...others.map((name) => ({ name, type: "", description: "", required: true }))];
  }
}

/** @param {Field} field @param {string | undefined} value @param {boolean} isFresh @returns {HTMLElement} */
function row(field, value, isFresh) {
  const line = copyOf("field");
  line.dataset.field = field.name;
  within(line, ".name", HTMLElement).textContent = inWords(field.name);
  within(line, ".kind", HTMLElement).textContent = `${KINDS[field.type] ?? field.type}${field.required ? "" : ", optional"}`;
  const hint = within(line, ".hint", HTMLElement);
  if (field.description) hint.textContent = field.description;
  else hint.remove();
  const held = document.createElement("span");
  held.className = value === undefined ? "missing" : "value";
  held.textContent = value === undefined ? "Not known yet" : shown(value, field.type);
  held.dir = "auto";
  within(line, ".held", HTMLElement).append(held);
  line.classList.toggle("filled", value !== undefined);
  line.classList.toggle("fresh", isFresh);
  return line;
}

/** A value as people write it. @param {string} value Its normal form. @param {string} type @returns {string} */
function shown(value, type) {
  const [, year, month, day, time] = (type === "datetime" && /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(value)) || [];
  if (!time) return value;
  // The hour is that of the place where it happened, which the value names: no clock of the reader's changes it.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })}, ${time}`;
}
