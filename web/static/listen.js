// @ts-check
"use strict";

// Beside a call that is up: a supervisor listens to it, tells its assistant what the caller does not
// hear, and speaks to the caller in the assistant's place. To listen needs no microphone, and none is
// asked for; to take over begins a connection of its own, with the microphone, and gives both up again.

(() => {
  const CANDIDATES_WITHIN_MS = 3_000; // what is not found by then would hardly have been the way

  /** @param {string} id @returns {HTMLElement} */
  const byId = (id) => {
    const found = document.getElementById(id);
    if (!found) throw new Error(`the page has no ${id}`);
    return found;
  };

  const home = byId("supervising").dataset.supervise ?? "";
  const listenButton = /** @type {HTMLButtonElement} */ (byId("listen"));
  const takeButton = /** @type {HTMLButtonElement} */ (byId("take-over"));
  const form = /** @type {HTMLFormElement} */ (byId("whisper"));
  const words = /** @type {HTMLInputElement} */ (byId("whisper-text"));
  const sound = /** @type {HTMLAudioElement} */ (byId("heard"));

  /** @typedef {{peer: RTCPeerConnection, id: string, microphone: MediaStream | null}} Connection */

  /** @type {Connection | null} */
  let connection = null;
  let isSpeaking = false;
  let isBusy = false;

  /** @param {string} text @param {boolean} [isBad] */
  function tell(text, isBad = false) {
    const line = byId("supervise-status");
    line.textContent = text;
    line.classList.toggle("bad", isBad);
  }

  function draw() {
    listenButton.textContent = connection ? "Stop listening" : "Listen";
    takeButton.textContent = isSpeaking ? "Give back" : "Take over";
    listenButton.classList.toggle("on", Boolean(connection));
    byId("supervising").classList.toggle("speaking", isSpeaking);
  }

  /** Why something did not happen, in words. */
  class Refusal extends Error {}

  /** @param {string} path @param {unknown} [body] @returns {Promise<any>} What the server answered; null: nothing. */
  async function post(path, body) {
    /** @type {RequestInit} */
    const request = { method: "POST", headers: { accept: "application/json" } };
    if (body !== undefined) {
      request.headers = { accept: "application/json", "content-type": "application/json" };
      request.body = JSON.stringify(body);
    }
    let answer;
    try {
      answer = await fetch(`${home}/${path}`, request);
    } catch {
      throw new Refusal("The server cannot be reached. Try again in a moment.");
    }
    if (answer.status === 204) return null;
    const told = await answer.json().catch(() => null);
    if (answer.ok) return told;
    if (answer.status === 401) throw new Refusal("You are signed out: load the page again.");
    const reasons = [told?.error?.message ?? "That did not work", ...(told?.error?.details ?? [])];
    throw new Refusal(`${reasons.join(": ")}.`);
  }

  /** @returns {Promise<MediaStream>} */
  async function microphone() {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Refusal("This browser gives pages a microphone over https alone: open the page by https to take a call over.");
    }
    try {
      return await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotAllowedError") {
        throw new Refusal("The microphone was refused. Allow it for this page (in the browser's address bar) to take the call over.");
      }
      if (name === "NotFoundError") throw new Refusal("No microphone was found: connect one to take the call over.");
      throw new Refusal("The microphone cannot be used. Perhaps another program has it.");
    }
  }

  /** @param {RTCPeerConnection} peer Until its offer is complete. @returns {Promise<void>} */
  function gathered(peer) {
    return new Promise((done) => {
      if (peer.iceGatheringState === "complete") return done();
      setTimeout(done, CANDIDATES_WITHIN_MS);
      peer.addEventListener("icegatheringstatechange", () => {
        if (peer.iceGatheringState === "complete") done();
      });
    });
  }

  /** @param {MediaStream | null} voice Of the supervisor; null: they only listen. @returns {Promise<Connection>} */
  async function connect(voice) {
    const settings = await fetch("/talk/settings").then((answer) => answer.json()).catch(() => null);
    const peer = new RTCPeerConnection({ iceServers: settings?.ice_servers ?? [] });
    try {
      if (voice) for (const track of voice.getTracks()) peer.addTrack(track, voice);
      else peer.addTransceiver("audio", { direction: "recvonly" });
      peer.addEventListener("track", (event) => {
        sound.srcObject = event.streams[0] ?? new MediaStream([event.track]);
        sound.play().catch(() => tell("The browser keeps the sound back: click into the page once.", true));
      });
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const answer = await post("listen", { sdp: peer.localDescription?.sdp, type: "offer" });
      const made = { peer, id: answer.listener_id, microphone: voice };
      await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      peer.addEventListener("connectionstatechange", () => {
        if (["failed", "closed"].includes(peer.connectionState)) lost(made);
      });
      // The server says goodbye here alone: the connection counts as up until ICE gives up, half a minute later.
      const transport = peer.getReceivers()[0]?.transport;
      transport?.addEventListener("statechange", () => {
        if (["failed", "closed"].includes(transport.state)) lost(made);
      });
      return made;
    } catch (error) {
      peer.close();
      for (const track of voice?.getTracks() ?? []) track.stop();
      throw error;
    }
  }

  /** End a connection, and let go of the microphone. @param {Connection | null} old */
  function leave(old) {
    if (!old) return;
    if (connection === old) connection = null;
    navigator.sendBeacon(`${home}/listeners/${old.id}/end`);
    for (const track of old.microphone?.getTracks() ?? []) track.stop();
    old.peer.close();
  }

  /** @param {Connection} gone */
  function lost(gone) {
    if (connection !== gone) return;
    const wasSpeaking = isSpeaking;
    isSpeaking = false;
    leave(gone);
    draw();
    tell(`The connection to the call was lost.${wasSpeaking ? " The assistant has the call again." : ""}`, true);
  }

  /** Do one thing at a time, and say why it failed. @param {() => Promise<void>} deed */
  async function doing(deed) {
    if (isBusy) return;
    isBusy = true;
    try {
      await deed();
    } catch (error) {
      tell(error instanceof Refusal ? error.message : "That did not work in this browser.", true);
    } finally {
      isBusy = false;
      draw();
    }
  }

  async function listen() {
    tell("Connecting…");
    const made = await connect(null);
    connection = made;
    tell("You hear the call. Nobody hears you.");
  }

  async function takeOver() {
    tell("Asking for the microphone…");
    const voice = await microphone();
    const made = await connect(voice);
    try {
      await post("take-over", { listener_id: made.id });
    } catch (error) {
      leave(made);
      throw error;
    }
    leave(connection);
    connection = made;
    isSpeaking = true;
    tell("You speak to the caller. The assistant is silent, and writes down what the caller says.");
  }

  async function giveBack() {
    await post("give-back");
    isSpeaking = false;
    leave(connection);
    tell("The assistant has the call again.");
    await listen();
    tell("The assistant has the call again. You hear it; nobody hears you.");
  }

  async function stop() {
    const wasSpeaking = isSpeaking;
    if (wasSpeaking) await post("give-back");
    isSpeaking = false;
    leave(connection);
    tell(wasSpeaking ? "You have left the call to the assistant." : "You do not hear the call any more.");
  }

  listenButton.addEventListener("click", () => void doing(connection ? stop : listen));
  takeButton.addEventListener("click", () => void doing(isSpeaking ? giveBack : takeOver));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    void doing(async () => {
      await post("whisper", { text });
      words.value = "";
      tell("Told: the assistant goes by it from its next answer on.");
    });
  });

  // What report.js hears of the call.
  document.addEventListener("Whispered", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.is_understood === false) {
      tell('A script leads this call. It understands only "hand over", "end the call" and "ask for" with the name of a field.', true);
    }
  });
  document.addEventListener("ConversationEnded", () => {
    isSpeaking = false;
    leave(connection);
    draw();
    for (const each of [listenButton, takeButton, words, ...form.querySelectorAll("button")]) each.disabled = true;
    tell("The call is over.");
  });
  addEventListener("pagehide", () => leave(connection));
})();
