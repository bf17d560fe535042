// @ts-check

// The page where one talks to the assistant: its parts, put together. Nothing is asked of the
// microphone before the button is pressed; what is said, done and measured comes as records.

import { Call } from "./talk/call.js";
import { Claim } from "./talk/claim.js";
import { Controls } from "./talk/controls.js";
import { Lobby } from "./talk/lobby.js";
import { Meter } from "./talk/meter.js";
import { part } from "./talk/parts.js";
import { asProblem, lacking } from "./talk/problems.js";
import { Transcript } from "./talk/transcript.js";
import { Waterfall } from "./talk/waterfall.js";

/** @typedef {import("./talk/records.js").CallRecord} CallRecord */

const state = part("state", HTMLElement);
const clock = part("clock", HTMLElement);
const voice = part("voice", HTMLAudioElement);
const ownLevel = new Meter(part("own-level", HTMLElement));
const otherLevel = new Meter(part("other-level", HTMLElement));
const transcript = new Transcript(part("talk", HTMLElement), part("silence", HTMLElement), part("announce", HTMLElement));
const claim = new Claim({
  claims: part("claims", HTMLElement),
  count: part("claim-count", HTMLElement),
  none: part("no-claim", HTMLElement),
});
const waterfall = new Waterfall({
  list: part("turns", HTMLElement),
  sums: part("sums", HTMLElement),
  legend: part("legend", HTMLElement),
  none: part("no-turns", HTMLElement),
  p50: part("p50", HTMLElement),
  last: part("last", HTMLElement),
  count: part("answers", HTMLElement),
});
const lobby = new Lobby(start);
const controls = new Controls({
  mute: (isMuted) => call?.mute(isMuted),
  press: (digit) => void attempt(call?.press(digit), "The key did not get through."),
  human: () => void askForHuman(),
  speak: (language) => void attempt(call?.speak(language), "The language could not be changed."),
  hangUp: () => call?.hangUp(),
});

/** @type {Call | null} The one that is up or about to be. */
let call = null;
/** @type {Call | null} The one whose words are on the page. */
let shown = null;
/** @type {AudioContext | null} */
let levels = null;
let ticking = 0;

/** @type {Record<string, (record: any) => void>} What is done with each kind of record. */
const takes = {
  CallerHeard: (record) => transcript.heard(record),
  AssistantSpeaking: (record) => transcript.speaking(record),
  AssistantSaid: (record) => transcript.said(record),
  ToolCalled: (record) => transcript.tool(record),
  ClaimValueSet: (record) => claim.set(record),
  AnswerMeasured: (record) => waterfall.add(record),
  SpeechChanged(/** @type {CallRecord} */ record) {
    if (record.language) controls.speaks(record.language);
  },
  ReminderSet: (/** @type {CallRecord} */ record) => transcript.note(`To be done later: ${record.reminder.title}`),
  TakenOver() {
    withColleague(true);
    tell("A colleague is speaking with you.");
    transcript.note("A colleague is speaking with you.");
  },
  GivenBack() {
    withColleague(false);
    tell("The assistant is back with you: speak whenever you like.");
    transcript.note("The assistant is back with you.");
  },
  StageFailed: (/** @type {CallRecord} */ record) =>
    transcript.note(`Trouble with ${record.stage} (${record.reason}); the call goes on.`),
};

/** Place a call with what was chosen. @param {import("./talk/lobby.js").Choice} choice @returns {Promise<void>} */
async function start(choice) {
  const lack = lacking();
  if (lack) return lobby.tell(lack);
  lobby.leave();
  shown?.forget();
  for (const each of [transcript, claim, waterfall]) each.clear();
  show("line", true);
  show("call", true);
  show("unseen-words", false);
  clock.textContent = "0:00";
  withColleague(false);
  levels = new AudioContext(); // a click made it: it may sound
  const placed = new Call(choice, takes, {
    state: tell,
    microphone: (stream) => levels && ownLevel.watch(levels, stream),
    voice: hear,
    connected: tick,
    history(history) {
      claim.merge(history);
      transcript.merge(history.messages);
      waterfall.merge(history.turns);
    },
    stream: (isOpen) => show("unseen-words", !isOpen),
    over(reason, callId) {
      stop();
      lobby.callIsOver(reason, callId);
    },
    told() {
      transcript.end();
      show("unseen-words", false);
    },
  });
  call = shown = placed;
  controls.begin(choice.languages, choice.language);
  try {
    await placed.begin();
  } catch (error) {
    stop();
    show("call", false);
    lobby.tell(asProblem(error));
  }
}

/** No call is up any more; what was said stays to be read. */
function stop() {
  call = null;
  clearInterval(ticking);
  for (const each of [ownLevel, otherLevel]) each.stop();
  voice.srcObject = null;
  void levels?.close();
  levels = null;
  show("line", false);
  lobby.enter();
}

/** @param {MediaStream} sound */
function hear(sound) {
  voice.srcObject = sound;
  voice.play().catch(() => tell("Your browser holds the sound back: allow sound for this page, and start another call.", true));
  if (levels) otherLevel.watch(levels, sound);
}

/** The call is up: count its time. */
function tick() {
  const beganAt = Date.now();
  ticking = setInterval(() => {
    const seconds = Math.floor((Date.now() - beganAt) / 1_000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }, 500);
}

/** @param {string} words @param {boolean} [isBad] */
function tell(words, isBad = false) {
  state.textContent = words;
  state.classList.toggle("bad", isBad);
}

/** Who is on the other side. @param {boolean} isColleague */
function withColleague(isColleague) {
  part("other-level-name", HTMLElement).textContent = isColleague ? "Colleague" : "Assistant";
}

async function askForHuman() {
  if (await attempt(call?.askForHuman(), "Nobody could be asked for.")) transcript.note("You have asked for a human.");
}

/** @param {Promise<unknown> | undefined} deed @param {string} otherwise What is told when it fails. @returns {Promise<boolean>} */
async function attempt(deed, otherwise) {
  try {
    await deed;
    return true;
  } catch {
    transcript.note(otherwise);
    return false;
  }
}

/** @param {string} id @param {boolean} isShown */
function show(id, isShown) {
  part(id, HTMLElement).hidden = !isShown;
}

addEventListener("pagehide", () => call?.leave());
void lobby.open();
