// @ts-check

// What happens in a call, as the server tells of it. It knows how a stream is kept open, not what is in it.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * A record; each kind has some of these fields.
 * @typedef {object} CallRecord
 * @property {number} turn
 * @property {string} text
 * @property {boolean} is_final
 * @property {string} unheard_text
 * @property {string} field
 * @property {string} new_value
 * @property {number} claim_number
 * @property {string} name
 * @property {string} arguments
 * @property {string} result
 * @property {string} language
 * @property {string} stage
 * @property {string} reason
 * @property {{title: string}} reminder
 */

/** The stream of one call, however often the connection is lost. */
export class Records {
  #url;
  #takes;
  #events;
  /** @type {EventSource | null} */
  #stream = null;
  #pauseMs = FIRST_PAUSE_MS;
  #timer = 0;
  #isClosed = false;
  /** @type {() => void} */
  #opened = () => undefined;

  /**
   * @param {string} callId
   * @param {Record<string, (record: any) => void>} takes What is done with each kind of record; others are not looked at.
   * @param {{gap: () => void, state: (isOpen: boolean) => void}} events A gap: something may have happened that was not told.
   */
  constructor(callId, takes, events) {
    this.#url = `/live/${encodeURIComponent(callId)}`;
    this.#takes = takes;
    this.#events = events;
  }

  /** Begin to listen. Done when the stream is open, or this time is over: it goes on trying. @param {number} withinMs */
  open(withinMs) {
    return /** @type {Promise<void>} */ (
      new Promise((done) => {
        this.#opened = done;
        setTimeout(done, withinMs);
        this.#connect();
      })
    );
  }

  /** Listen no more. Idempotent. */
  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stream?.close();
  }

  #connect() {
    const stream = new EventSource(this.#url);
    this.#stream = stream;
    stream.addEventListener("open", () => {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#opened();
      this.#events.state(true);
      this.#events.gap();
    });
    stream.addEventListener("error", () => {
      if (this.#isClosed) return;
      this.#events.state(false);
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      this.#timer = setTimeout(() => this.#connect(), this.#pauseMs);
      this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    });
    stream.addEventListener("RecordsDropped", () => this.#events.gap());
    for (const [name, take] of Object.entries(this.#takes)) {
      stream.addEventListener(name, (event) => {
        if (!this.#isClosed) take(JSON.parse(/** @type {MessageEvent<string>} */ (event).data));
      });
    }
  }
}
