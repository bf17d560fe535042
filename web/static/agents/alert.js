// @ts-check

// How an agent is told of an offer: by sound, by the title of the page, and outside it where that is allowed.

const RING_AGAIN_MS = 3_000;
const TONES_HZ = [660, 880];

export class Alert {
  /** @type {AudioContext | null} */
  #sound = null;
  #isLoud = true;
  #lastRangMs = 0;
  #title = document.title;
  /** @type {Notification | null} */
  #notification = null;

  /** Somebody has clicked or pressed a key: from now on the page may sound. */
  allow() {
    this.#sound ??= new AudioContext();
    void this.#sound.resume();
  }

  /** Whether it could sound if it had to. @returns {boolean} */
  get maySound() {
    return this.#sound?.state === "running";
  }

  /** @param {boolean} isLoud */
  set isLoud(isLoud) {
    this.#isLoud = isLoud;
  }

  /** A new offer. @param {string} about @param {boolean} isLooked Whether somebody looks at the page. */
  begin(about, isLooked) {
    if (isLooked || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      this.#notification = new Notification("A caller wants a human", { body: about, tag: "antiphon-offer" });
      this.#notification.onclick = () => window.focus();
    } catch {
      // some phones want a service worker for it: the sound and the title remain
    }
  }

  /** As long as offers are open. @param {number} offers @param {number} nowMs */
  tell(offers, nowMs) {
    const title = offers ? `${offers > 1 ? `(${offers}) ` : ""}A caller wants a human` : this.#title;
    if (document.title !== title) document.title = title;
    if (!offers) {
      this.#notification?.close();
      this.#notification = null;
      this.#lastRangMs = 0;
    } else if (this.#isLoud && this.maySound && nowMs - this.#lastRangMs >= RING_AGAIN_MS) {
      this.#lastRangMs = nowMs;
      this.#ring();
    }
  }

  #ring() {
    const context = this.#sound;
    if (!context) return;
    TONES_HZ.forEach((hertz, index) => {
      const begins = context.currentTime + 0.3 * index;
      const tone = new OscillatorNode(context, { frequency: hertz });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, begins);
      gain.gain.linearRampToValueAtTime(0.2, begins + 0.02);
      gain.gain.linearRampToValueAtTime(0, begins + 0.28);
      tone.connect(gain).connect(context.destination);
      tone.start(begins);
      tone.stop(begins + 0.3);
    });
  }
}
