// @ts-check
"use strict";

// The report pages without this script show all that was known when they were loaded. With it,
// a line of the conversation plays the recording from there, the line that plays is marked, and a
// call that is up is shown as it goes on. What the server knows is drawn by the server alone: after
// news this script asks for the page again and takes over the parts that have changed.

(() => {
  const BEHIND_MS = 700; // the server writes what has happened a little after it tells of it
  const ASK_AGAIN_MS = 10_000; // a call on another replica tells nothing here
  const LONGEST_PAUSE_MS = 15_000;
  const SCROLLING_KEYS = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "];
  const AFTER_THE_END_MS = [1_000, 1_000, 2_000, 3_000, 5_000, 8_000, 13_000, 21_000, 34_000, 55_000, 89_000];

  /** @param {string} id @returns {HTMLElement | null} */
  const byId = (id) => document.getElementById(id);

  /** @returns {boolean} Whether the reader's machine wants no movement. */
  const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // -- the recording and its words ------------------------------------------------------

  let lastScrolledByHand = 0;

  /** @returns {HTMLAudioElement | null} */
  const player = () => /** @type {HTMLAudioElement | null} */ (byId("player"));

  /** @returns {HTMLElement[]} The lines that are part of the recording, in order. */
  const lines = () => Array.from(document.querySelectorAll("#talk > [data-at]"), (line) => /** @type {HTMLElement} */ (line));

  /** Mark the line that plays. */
  function follow() {
    const audio = player();
    if (!audio) return;
    const started = lines().filter((line) => Number(line.dataset.at) <= audio.currentTime + 0.05);
    const playing = audio.currentTime > 0 || !audio.paused ? started[started.length - 1] : undefined;
    const before = document.querySelector("#talk > .playing");
    if (playing === before) return;
    before?.classList.remove("playing");
    before?.removeAttribute("aria-current");
    if (!playing) return;
    playing.classList.add("playing");
    playing.setAttribute("aria-current", "true");
    if (Date.now() - lastScrolledByHand > 4_000) {
      playing.scrollIntoView({ block: "nearest", behavior: isStill() ? "auto" : "smooth" });
    }
  }

  /** Play from a line. @param {HTMLElement} line */
  function playFrom(line) {
    const audio = player();
    if (!audio) return;
    audio.currentTime = Number(line.dataset.at);
    audio.play().catch(() => undefined); // the browser may want another click
    follow();
  }

  /** @param {MouseEvent} event */
  function clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const line = /** @type {HTMLElement | null} */ (target.closest("#talk > [data-at]"));
    if (!line || !player() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!target.closest(".at") && (target.closest("a, summary") || !getSelection()?.isCollapsed)) return;
    event.preventDefault();
    playFrom(line);
  }

  /** The player may have come just now. */
  function listen() {
    const audio = player();
    if (!audio || audio.dataset.isFollowed) return;
    audio.dataset.isFollowed = "yes";
    byId("talk")?.classList.add("playable");
    for (const name of ["timeupdate", "seeked", "play", "ended"]) audio.addEventListener(name, follow);
  }

  // -- what the server knows ------------------------------------------------------------

  /** @type {Map<string, string>} The parts of the page as the server drew them last. */
  const drawn = new Map();
  /** Whether nothing more is made of the call, as far as is known. */
  let isJudged = true;
  let isAsking = false;
  let isAskingSoon = false;
  let wantedAt = 0;

  /** @param {Document} page @returns {HTMLElement[]} */
  const regions = (page) => Array.from(page.querySelectorAll("[data-region]"), (part) => /** @type {HTMLElement} */ (part));

  /** Take over the parts that differ, but none in which the reader is. @param {Document} page */
  function takeOver(page) {
    for (const fresh of regions(page)) {
      const name = fresh.dataset.region ?? "";
      const old = /** @type {HTMLElement | null} */ (document.querySelector(`[data-region="${name}"]`));
      if (!old || drawn.get(name) === fresh.innerHTML) continue;
      if (name !== "talk" && old.contains(document.activeElement)) continue;
      drawn.set(name, fresh.innerHTML);
      const open = Array.from(old.querySelectorAll("details[open]"), (each) => /** @type {HTMLElement} */ (each).dataset.keep);
      const unsettled = Array.from(old.querySelectorAll("#talk > [data-local]"));
      old.replaceChildren(...Array.from(document.importNode(fresh, true).childNodes));
      for (const each of Array.from(old.querySelectorAll("details"))) {
        if (open.includes(each.dataset.keep)) each.open = true;
      }
      for (const line of unsettled) keepUnlessDrawn(/** @type {HTMLElement} */ (line));
    }
    listen();
  }

  /** What came while the server was writing stays at the end. @param {HTMLElement} line */
  function keepUnlessDrawn(line) {
    const isCaller = line.classList.contains("caller");
    const said = line.dataset.text;
    const isDrawn = Array.from(document.querySelectorAll("#talk > .said:not([data-local])")).some(
      (each) => each.classList.contains("caller") === isCaller && /** @type {HTMLElement} */ (each).dataset.text === said,
    );
    if (line.classList.contains("partial") || !isDrawn) append(line);
  }

  /** Ask for the page and take it over. @returns {Promise<boolean>} Whether the call is still up, as far as is known. */
  async function ask() {
    if (isAsking) return true;
    isAsking = true;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) return true;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      takeOver(page);
      const now = page.getElementById("page");
      isJudged = !now || !("working" in now.dataset);
      return Boolean(now?.dataset.live);
    } catch {
      return true; // the network, which comes back
    } finally {
      isAsking = false;
    }
  }

  /** Ask soon, once for all that happens meanwhile. @param {number} [inMs] */
  function askSoon(inMs = BEHIND_MS) {
    wantedAt = Math.max(wantedAt, Date.now() + inMs);
    if (!isAskingSoon) void askWhenWanted(inMs);
  }

  /** News that came too late for one answer are in the next. @param {number} inMs */
  async function askWhenWanted(inMs) {
    isAskingSoon = true;
    for (let pauseMs = inMs; pauseMs >= 0; pauseMs = wantedAt - Date.now()) {
      await new Promise((done) => setTimeout(done, pauseMs));
      await ask();
    }
    isAskingSoon = false;
  }

  // -- a call that is up ----------------------------------------------------------------

  /** @param {string} text @param {boolean} [isBad] */
  function tell(text, isBad = false) {
    const line = byId("connection");
    if (!line || line.textContent === text) return;
    line.textContent = text;
    line.classList.toggle("bad", isBad);
  }

  /** @param {HTMLElement} line */
  function append(line) {
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 160;
    byId("talk")?.append(line);
    document.querySelector(".silence")?.remove();
    if (isAtEnd) line.scrollIntoView({ block: "nearest", behavior: isStill() ? "auto" : "smooth" });
  }

  /** The line of somebody who is speaking in this turn. @param {"caller" | "assistant"} who @param {number} turn */
  function speaking(who, turn) {
    const known = /** @type {HTMLElement | null} */ (document.querySelector(`#talk > [data-local="${who}-${turn}"].partial`));
    if (known) return known;
    const skeleton = /** @type {HTMLTemplateElement | null} */ (byId(`said-by-${who}`));
    const line = /** @type {HTMLElement} */ (skeleton?.content.firstElementChild?.cloneNode(true) ?? document.createElement("li"));
    line.dataset.local = `${who}-${turn}`;
    append(line);
    return line;
  }

  /** @param {HTMLElement} line @param {string} text */
  function show(line, text) {
    const bubble = line.querySelector(".bubble");
    if (bubble && bubble.textContent !== text) bubble.textContent = text;
  }

  /** @param {HTMLElement} line @param {string} who @param {string} text @param {string} [unheard] */
  function settle(line, who, text, unheard = "") {
    show(line, text);
    line.dataset.text = text;
    line.classList.remove("partial");
    if (unheard.trim()) {
      const cut = document.createElement("del");
      cut.className = "unheard";
      cut.textContent = unheard.trim();
      line.querySelector(".bubble")?.append(" ", cut);
      line.classList.add("cut");
    }
    const announced = byId("announce");
    if (announced) announced.textContent = `${who}: ${text}`;
  }

  /**
   * @typedef {object} LiveRecord
   * @property {number} [turn]
   * @property {string} [text]
   * @property {boolean} [is_final]
   * @property {string} [unheard_text]
   * @property {number} [count]
   */

  /** What listen.js wants to know, too; the server draws it. @param {LiveRecord} record @param {string} name */
  function pass(record, name) {
    document.dispatchEvent(new CustomEvent(name, { detail: record }));
    askSoon();
  }

  /** @type {Record<string, (record: LiveRecord, name: string) => void>} What is done with each kind of record. */
  const takes = {
    CallerHeard(record) {
      if (!record.text) return;
      const line = speaking("caller", record.turn ?? 0);
      if (record.is_final) settle(line, "Caller", record.text);
      else show(line, record.text);
      if (record.is_final) askSoon();
    },
    AssistantSpeaking(record) {
      const line = speaking("assistant", record.turn ?? 0);
      const before = line.querySelector(".bubble")?.textContent ?? "";
      show(line, `${before} ${(record.text ?? "").trim()}`.trim());
    },
    AssistantSaid(record) {
      const line = speaking("assistant", record.turn ?? 0);
      if (record.text) settle(line, "Assistant", record.text, record.unheard_text);
      else line.remove();
      askSoon();
    },
    RecordsDropped(record) {
      const number = record.count ?? 0;
      tell(`${number === 1 ? "1 record" : `${number} records`} came too fast and were dropped; all that is kept was loaded again.`, true);
      askSoon(0);
    },
    Whispered: pass,
    TakenOver: pass,
    GivenBack: pass,
    ConversationEnded(record) {
      pass(record, "ConversationEnded");
      tell("The call is over.");
      void watchTheEnd();
    },
  };
  const TELLING = ["ClaimValueSet", "ReminderSet", "ToolCalled", "ModelAsked", "AnswerMeasured", "LanguageIdentified", "ExperimentsJoined"];

  let isOver = false;

  /** The last words, the recording and what is made of the call come after its end. */
  async function watchTheEnd() {
    if (isOver) return;
    isOver = true;
    for (const pause of AFTER_THE_END_MS) {
      await new Promise((done) => setTimeout(done, pause));
      const isUp = await ask();
      if (isUp) continue;
      for (const line of Array.from(document.querySelectorAll("#talk > .partial"))) line.remove();
      if (isJudged) break;
    }
  }

  /** Listen until the call is over, however often the connection is lost. @param {string} url */
  function watch(url) {
    let pauseMs = 1_000;
    let wasLost = false;

    function connect() {
      const stream = new EventSource(url);
      stream.addEventListener("open", () => {
        pauseMs = 1_000;
        tell("Connected: what is said appears as it is said.");
        if (wasLost) void ask(); // what happened meanwhile
        wasLost = false;
      });
      stream.addEventListener("error", () => {
        if (isOver) {
          stream.close();
          return;
        }
        wasLost = true;
        tell("The connection was lost. Trying again…", true);
        if (stream.readyState === EventSource.CLOSED) {
          setTimeout(connect, pauseMs);
          pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        }
      });
      for (const [name, take] of Object.entries(takes)) {
        stream.addEventListener(name, (event) => {
          take(JSON.parse(/** @type {MessageEvent<string>} */ (event).data), name);
          if (isOver) stream.close();
        });
      }
      for (const name of TELLING) stream.addEventListener(name, () => askSoon());
    }

    connect();
    const asking = setInterval(async () => {
      if (document.hidden || isOver) return;
      if (!(await ask())) {
        clearInterval(asking);
        tell("The call is over.");
        void watchTheEnd();
      }
    }, ASK_AGAIN_MS);
  }

  // -- the list -------------------------------------------------------------------------

  /** Calls come and go: take the list over now and again, unless the reader is in it. @param {HTMLElement} list */
  function refresh(list) {
    let known = list.innerHTML;
    setInterval(async () => {
      if (document.hidden || list.contains(document.activeElement)) return;
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(list.id);
        if (!answer.ok || !fresh || fresh.innerHTML === known) return;
        known = fresh.innerHTML;
        list.replaceChildren(...Array.from(document.importNode(fresh, true).childNodes));
      } catch {
        // the network, which comes back
      }
    }, ASK_AGAIN_MS);
  }

  for (const part of regions(document)) drawn.set(part.dataset.region ?? "", part.innerHTML);
  document.addEventListener("click", clicked);
  for (const name of ["wheel", "touchmove"]) {
    addEventListener(name, () => (lastScrolledByHand = Date.now()), { passive: true });
  }
  addEventListener("keydown", (event) => {
    if (SCROLLING_KEYS.includes(event.key)) lastScrolledByHand = Date.now();
  });
  listen();
  const page = byId("page");
  if (page?.dataset.live) watch(page.dataset.live);
  else if (page && "working" in page.dataset) void watchTheEnd();
  const list = document.querySelector("[data-refresh]");
  if (list instanceof HTMLElement) refresh(list);
})();
