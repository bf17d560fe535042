// @ts-check

// Where the time of each answer went.

import { copyOf, within } from "./parts.js";

const WIDTH = 380; // of a bar, in its own units
/** @type {("end_of_turn_ms" | "recognition_ms" | "first_words_ms" | "first_sound_ms")[]} In the order of the page's legend. */
const STAGES = ["end_of_turn_ms", "recognition_ms", "first_words_ms", "first_sound_ms"];

/**
 * The latency of one answer, in milliseconds.
 * @typedef {object} Measured
 * @property {number} turn
 * @property {number} answer_latency_ms
 * @property {number} end_of_turn_ms
 * @property {number} recognition_ms
 * @property {number} first_words_ms
 * @property {number} first_sound_ms
 * @property {number | null} [content_latency_ms] To the answer itself, where a short word came before it.
 */

/** The answers of a call, one below the other. */
export class Waterfall {
  #parts;
  /** @type {Map<number, Measured>} By turn, in order. */
  #turns = new Map();

  /** @param {{list: HTMLElement, sums: HTMLElement, legend: HTMLElement, none: HTMLElement, p50: HTMLElement, last: HTMLElement, count: HTMLElement}} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Forget the call before. */
  clear() {
    this.#turns.clear();
    this.#draw();
  }

  /** @param {Measured} measured */
  add(measured) {
    this.#turns.set(measured.turn, measured);
    this.#draw();
  }

  /** Put in what was missed. @param {Measured[]} turns */
  merge(turns) {
    const missed = turns.filter((each) => !this.#turns.has(each.turn));
    if (!missed.length) return;
    const all = [...this.#turns.values(), ...missed].sort((one, other) => one.turn - other.turn);
    this.#turns = new Map(all.map((each) => [each.turn, each]));
    this.#draw();
  }

  #draw() {
    const turns = Array.from(this.#turns.values());
    const { list, sums, legend, none, p50, last, count } = this.#parts;
    none.hidden = turns.length > 0;
    sums.hidden = legend.hidden = turns.length === 0;
    list.replaceChildren();
    if (!turns.length) return;
    const totals = turns.map((each) => each.answer_latency_ms);
    const median = percentile(totals, 50);
    p50.textContent = milliseconds(median);
    last.textContent = milliseconds(totals[totals.length - 1]);
    count.textContent = String(turns.length);
    const endMs = Math.max(...turns.map(toContent), 1);
    list.append(...turns.map((each) => row(each, endMs, median)).reverse());
  }
}

/** @param {Measured} measured @param {number} endMs What the whole width stands for. @param {number} median @returns {HTMLElement} */
function row(measured, endMs, median) {
  const line = copyOf("turn");
  const first = milliseconds(measured.answer_latency_ms);
  const hasOpener = toContent(measured) - measured.answer_latency_ms > 1;
  within(line, ".head b", HTMLElement).textContent = `Turn ${measured.turn}`;
  within(line, ".head span", HTMLElement).textContent = hasOpener
    ? `${first}, the answer itself ${milliseconds(toContent(measured))}`
    : first;
  const bars = line.querySelectorAll("rect:not(.lp-track)");
  const numbers = line.querySelectorAll("dd");
  let startMs = 0;
  STAGES.forEach((stage, at) => {
    const lengthMs = Math.max(0, measured[stage]);
    bars[at].setAttribute("x", ((startMs / endMs) * WIDTH).toFixed(1));
    bars[at].setAttribute("width", Math.max(1, (lengthMs / endMs) * WIDTH).toFixed(1));
    numbers[at].textContent = milliseconds(measured[stage]);
    startMs += lengthMs;
  });
  within(line, ".lp-mark", SVGPathElement).setAttribute("d", `M${((median / endMs) * WIDTH).toFixed(1)} 0v22`);
  return line;
}

/** @param {Measured} measured */
const toContent = (measured) => measured.content_latency_ms ?? measured.answer_latency_ms;

/** The nearest rank: a value that was really measured. @param {number[]} values At least one. @param {number} percent */
function percentile(values, percent) {
  const ordered = [...values].sort((one, other) => one - other);
  return ordered[Math.max(0, Math.ceil((percent / 100) * ordered.length) - 1)];
}

/** @param {number} value */
const milliseconds = (value) => `${Math.round(value).toLocaleString("en-GB")} ms`;
