// @ts-check

// One call, from the microphone to its end: it knows in which order things are done, and draws nothing.

import { Peer, openMicrophone } from "./peer.js";
import { Records } from "./records.js";
import * as signalling from "./signalling.js";

const STREAM_WITHIN_MS = 2_000; // without it the call is held all the same
const CONNECTED_WITHIN_MS = 20_000;
const LAST_WORDS_WITHIN_MS = 5_000; // after the end; what is said last is told last
const ASK_AFTER_MS = [250, 500, 1_000, 2_000, 4_000]; // the server writes what happens a little after it tells of it
const LOST_AFTER_MS = [0, 400, 800]; // so long it is asked why the connection is gone

/**
 * @typedef {object} Order
 * @property {RTCIceServer[]} iceServers
 * @property {string} assistant
 * @property {string} language Empty: as configured.
 *
 * @typedef {object} CallEvents
 * @property {(words: string, isBad?: boolean) => void} state
 * @property {(microphone: MediaStream) => void} microphone
 * @property {(sound: MediaStream) => void} voice
 * @property {() => void} connected Once.
 * @property {(history: signalling.History) => void} history What is kept of the call so far.
 * @property {(isOpen: boolean) => void} stream Whether records come; the call does not need them.
 * @property {(reason: string, callId: string) => void} over Once. What was said last may still be told of.
 * @property {() => void} told Once, after it: no more records come.
 */

/** A call of this page. */
export class Call {
  #order;
  #events;
  #takes;
  #callId = "";
  /** @type {MediaStream | null} */
  #microphone = null;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Records | null} */
  #records = null;
  #isOver = false;
  #wasConnected = false;
  #isAsking = false;
  #isForgotten = false;
  #lastWords = 0;

  /** @param {Order} order @param {Record<string, (record: any) => void>} takes What is done with records. @param {CallEvents} events */
  constructor(order, takes, events) {
    this.#order = order;
    this.#events = events;
    this.#takes = { ...takes, ConversationEnded: (/** @type {import("./records.js").CallRecord} */ record) => this.#ended(record.reason) };
  }

  get callId() {
    return this.#callId;
  }

  /** Place it. Done when the answer has been accepted, or it was hung up meanwhile; raises what kept it from that. */
  async begin() {
    try {
      await this.#begin();
    } catch (error) {
      if (this.#isOver) return; // hung up: it fails for that
      this.#isOver = true;
      this.#close();
      this.forget();
      if (this.#callId) void this.#tellEnd();
      throw error;
    }
  }

  /** The caller hangs up; also while it begins. */
  hangUp() {
    this.#over("caller_hung_up");
  }

  /** The page goes. */
  leave() {
    if (this.#callId && !this.#isOver) signalling.leave(this.#callId);
    this.#close();
    this.forget();
  }

  /** Nothing is told of it any more. Idempotent. */
  forget() {
    clearTimeout(this.#lastWords);
    this.#records?.close();
    this.#isForgotten = true;
  }

  /** @param {boolean} isMuted */
  mute(isMuted) {
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !isMuted;
  }

  /** @param {string} digit */
  async press(digit) {
    if (!this.#peer?.press(digit)) await signalling.press(this.#callId, digit);
  }

  /** @param {string} language */
  speak(language) {
    return signalling.speak(this.#callId, language);
  }

  askForHuman() {
    return signalling.askForHuman(this.#callId);
  }

  async #begin() {
    this.#events.state("Waiting for the microphone: answer your browser’s question.");
    const microphone = await openMicrophone();
    this.#microphone = microphone;
    if (this.#isOver) return this.#close();
    for (const track of microphone.getAudioTracks()) {
      track.addEventListener("ended", () => this.#events.state("The microphone was taken away: plug it in and start another call.", true));
    }
    this.#events.microphone(microphone);
    this.#events.state("Preparing the line…");
    const peer = new Peer(this.#order.iceServers, microphone, {
      connected: () => this.#connected(),
      interrupted: () => this.#events.state("The connection is interrupted. Waiting for it to come back…", true),
      lost: () => void this.#lost(),
      heard: (sound) => this.#events.voice(sound),
    });
    this.#peer = peer;
    const offer = await peer.offer();
    this.#events.state("Calling…");
    const answer = await signalling.begin(offer, this.#order.assistant, this.#order.language);
    this.#callId = answer.call_id;
    if (this.#isOver) return void this.#tellEnd();
    this.#records = new Records(answer.call_id, this.#takes, {
      gap: () => void this.#askHistory(),
      state: (isOpen) => this.#events.stream(isOpen),
    });
    // Whatever is said first shall be seen: the sound may flow when somebody listens.
    await this.#records.open(STREAM_WITHIN_MS);
    if (this.#isOver) return;
    await peer.accept(answer);
    setTimeout(() => {
      if (!this.#wasConnected) void this.#lost();
    }, CONNECTED_WITHIN_MS);
  }

  #connected() {
    this.#events.state("Connected: speak whenever you like.");
    if (!this.#wasConnected) this.#events.connected();
    this.#wasConnected = true;
  }

  /** The connection is gone: the other side has hung up, or the network is away. */
  async #lost() {
    if (this.#isOver) return;
    for (const pauseMs of LOST_AFTER_MS) {
      await new Promise((done) => setTimeout(done, pauseMs));
      if (this.#isOver) return;
      const history = await this.#history();
      if (history && !history.in_progress) return this.#over(history.end_reason);
    }
    this.#over(this.#wasConnected ? "line_lost" : "no_way");
  }

  /** @param {string} reason */
  #ended(reason) {
    this.#over(reason);
    this.#told();
  }

  #told() {
    if (this.#isForgotten) return;
    this.forget();
    this.#events.told();
  }

  /** @param {string} reason */
  #over(reason) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close();
    if (this.#callId) void this.#tellEnd();
    this.#lastWords = setTimeout(() => this.#told(), LAST_WORDS_WITHIN_MS);
    this.#events.over(reason, this.#callId);
  }

  async #tellEnd() {
    try {
      await signalling.end(this.#callId);
    } catch {
      // The server sees by itself that nobody is there.
    }
  }

  /** The microphone is let go, and no sound flows. Idempotent. */
  #close() {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#peer?.close();
  }

  /** Ask for what is kept; again and again while the call is not written yet. */
  async #askHistory() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (const pauseMs of ASK_AFTER_MS) {
      await new Promise((done) => setTimeout(done, pauseMs));
      const history = await this.#history();
      if (this.#isForgotten) break;
      if (!history) continue;
      this.#events.history(history);
      break;
    }
    this.#isAsking = false;
  }

  /** @returns {Promise<signalling.History | null>} */
  async #history() {
    try {
      return await signalling.history(this.#callId);
    } catch {
      return null;
    }
  }
}
