// @ts-check

// The sound: the microphone, and the connection that carries both voices and the keys.

import { noMicrophone } from "./problems.js";

const LONGEST_GATHERING_MS = 3_000; // a STUN server that does not answer shall not hold the call up

/**
 * The microphone, after the browser has asked. Raises a Problem.
 * The server takes away what it hears of itself, but a loudspeaker beside a microphone is best heard here.
 * Noise is left as it is: taking it away makes speech harder to recognise.
 * @returns {Promise<MediaStream>}
 */
export async function openMicrophone() {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, autoGainControl: true, noiseSuppression: false, channelCount: 1 },
    });
  } catch (error) {
    throw noMicrophone(error);
  }
}

/**
 * @typedef {object} PeerEvents
 * @property {() => void} connected
 * @property {() => void} interrupted It may come back by itself.
 * @property {() => void} lost It will not. After it nothing is told any more.
 * @property {(sound: MediaStream) => void} heard The other side's voice.
 */

/** One connection. */
export class Peer {
  #connection;
  #keys;
  /** @type {PeerEvents | null} Nobody is told any more without it. */
  #events;

  /** @param {RTCIceServer[]} iceServers @param {MediaStream} microphone @param {PeerEvents} events */
  constructor(iceServers, microphone, events) {
    this.#events = events;
    this.#connection = new RTCPeerConnection({ iceServers });
    this.#keys = this.#connection.createDataChannel("keys");
    this.#keys.addEventListener("close", () => this.#lost());
    for (const track of microphone.getAudioTracks()) this.#connection.addTrack(track, microphone);
    this.#connection.addEventListener("track", (event) => events.heard(event.streams[0] ?? new MediaStream([event.track])));
    this.#connection.addEventListener("connectionstatechange", () => this.#changed());
  }

  /** The offer with all its candidates: none is sent later. @returns {Promise<RTCSessionDescription>} */
  async offer() {
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    await this.#gathered();
    const offer = this.#connection.localDescription;
    if (!offer) throw new Error("the connection was closed");
    return offer;
  }

  /** @param {RTCSessionDescriptionInit} answer */
  accept(answer) {
    return this.#connection.setRemoteDescription({ type: answer.type, sdp: answer.sdp });
  }

  /** Press a key. @param {string} digit @returns {boolean} Whether it is on its way. */
  press(digit) {
    if (this.#keys.readyState !== "open") return false;
    this.#keys.send(digit);
    return true;
  }

  /** Nothing is told of it any more. */
  close() {
    this.#events = null;
    this.#connection.close();
  }

  #changed() {
    switch (this.#connection.connectionState) {
      case "connected":
        this.#events?.connected();
        break;
      case "disconnected":
        this.#events?.interrupted();
        break;
      case "failed":
      case "closed":
        this.#lost();
        break;
      default:
    }
  }

  #lost() {
    const events = this.#events;
    this.#events = null;
    events?.lost();
  }

  /** @returns {Promise<void>} */
  #gathered() {
    const connection = this.#connection;
    return new Promise((done) => {
      const look = () => {
        if (connection.iceGatheringState === "complete") done();
      };
      connection.addEventListener("icegatheringstatechange", look);
      setTimeout(done, LONGEST_GATHERING_MS);
      look();
    });
  }
}
