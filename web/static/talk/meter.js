// @ts-check

// How loud a voice is, as a bar.

const QUIETEST_DB = -60;
const LOUDEST_DB = -6;
const TOLD_EVERY_MS = 500; // to those who do not see the bar

/** A bar that follows a stream. */
export class Meter {
  #element;
  #bar;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  #frame = 0;

  /** @param {HTMLElement} element With role "meter" and the bar in it. */
  constructor(element) {
    this.#element = element;
    this.#bar = /** @type {HTMLElement} */ (element.firstElementChild);
  }

  /** @param {AudioContext} context @param {MediaStream} stream */
  watch(context, stream) {
    this.stop();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    try {
      this.#source = context.createMediaStreamSource(stream);
      this.#source.connect(analyser);
    } catch {
      return; // not every browser joins every rate; a call needs no bar
    }
    const samples = new Float32Array(analyser.fftSize);
    let toldAt = 0;
    const look = (/** @type {number} */ now) => {
      analyser.getFloatTimeDomainData(samples);
      const level = levelOf(samples);
      this.#bar.style.transform = `scaleX(${level.toFixed(3)})`;
      if (now - toldAt > TOLD_EVERY_MS) {
        toldAt = now;
        this.#element.setAttribute("aria-valuenow", String(Math.round(level * 100)));
      }
      this.#frame = requestAnimationFrame(look);
    };
    this.#frame = requestAnimationFrame(look);
  }

  /** Show silence. Idempotent. */
  stop() {
    cancelAnimationFrame(this.#frame);
    this.#source?.disconnect();
    this.#source = null;
    this.#bar.style.transform = "scaleX(0)";
    this.#element.setAttribute("aria-valuenow", "0");
  }
}

/** 0 for silence, 1 for as loud as speech gets. @param {Float32Array} samples @returns {number} */
function levelOf(samples) {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  const db = 10 * Math.log10(power / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (db - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}
