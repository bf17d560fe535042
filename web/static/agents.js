// @ts-check

// The page of human agents without this script shows all that was known when it was loaded. With it the
// page asks again every second or so, counts the seconds, tells of offers, and does what its buttons say.

import { Alert } from "./agents/alert.js";
import { Regions } from "./agents/regions.js";

const page = /** @type {HTMLElement} */ (document.getElementById("agents"));
const regions = new Regions();
const alert = new Alert();
/** @type {Set<string>} Offers that were told. */
let told = new Set();
/** How far the server's clock is ahead of ours. */
let aheadMs = 0;
/** @type {Promise<void> | null} */
let asking = null;
let isWanted = false;

/** @param {string} id @returns {HTMLElement | null} */
const byId = (id) => document.getElementById(id);

/** @param {string} id @param {boolean} isShown */
function show(id, isShown) {
  const found = byId(id);
  if (found) found.hidden = !isShown;
}

/** @param {number} seconds @returns {string} 5 s, 1:05 */
const span = (seconds) => (seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);

/** @param {string} moment */
function heard(moment) {
  if (moment) aheadMs = Date.parse(moment) - Date.now();
}

/** Write how long each has waited, and how long is left. */
function count() {
  const nowMs = Date.now() + aheadMs;
  for (const each of document.querySelectorAll("[data-since], [data-until]")) {
    const { since, until } = /** @type {HTMLElement} */ (each).dataset;
    const seconds = Math.max(0, Math.round((since ? nowMs - Date.parse(since) : Date.parse(until ?? "") - nowMs) / 1_000));
    const text = since ? span(seconds) : `${span(seconds)} left`;
    if (each.textContent !== text) each.textContent = text;
  }
}

/** Tell of offers as long as they are open. */
function tellOffers() {
  const offers = Array.from(document.querySelectorAll("[data-offer]"), (each) => /** @type {HTMLElement} */ (each).dataset);
  const fresh = offers.filter((each) => !told.has(each.offer ?? ""));
  told = new Set(offers.map((each) => each.offer ?? ""));
  for (const each of fresh) alert.begin(each.about ?? "", document.hasFocus());
  const announced = byId("announce");
  if (announced && (fresh.length || !offers.length)) {
    announced.textContent = fresh.length ? `A caller wants a human. ${fresh[0]?.about ?? ""}` : "";
  }
  alert.tell(offers.length, performance.now());
  show("silent", !alert.maySound && byId("sound")?.getAttribute("aria-pressed") === "true");
}

/** The address keeps the call that one has: when the router is done with it, one may talk still. */
function remember() {
  const call = /** @type {HTMLElement | null} */ (document.querySelector("[data-call]"))?.dataset.call;
  const address = new URL(location.href);
  if (!call || address.searchParams.get("call") === call) return;
  address.searchParams.set("call", call);
  history.replaceState(null, "", address);
}

/** Ask for the page and take it over. @returns {Promise<void>} Until what is shown was asked for after this. */
function ask() {
  isWanted = true;
  asking ??= askAsLongAsWanted();
  return asking;
}

async function askAsLongAsWanted() {
  try {
    while (isWanted) {
      isWanted = false;
      const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = fresh.getElementById("agents");
      if (!now && (answer.ok || answer.status === 401)) return location.reload(); // the session is over
      if (!now) throw new Error(`somebody on the way answers ${answer.status}`);
      heard(now.dataset.now ?? "");
      if (!regions.takeOver(fresh)) return location.reload();
      show("connection", false);
    }
  } catch {
    show("connection", true); // the network, which comes back
  } finally {
    asking = null;
    remember();
    count();
    tellOffers();
  }
}

/** @param {string} text Empty: all is well. */
function tell(text) {
  const problem = byId("problem");
  if (!problem) return;
  problem.textContent = text;
  problem.hidden = !text;
}

/** Do what a button says. @param {HTMLButtonElement} button */
async function act(button) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true"; // a disabled one would lose the focus
  tell("");
  try {
    const answer = await fetch(button.dataset.post ?? "", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: button.dataset.body ?? "{}",
    });
    if (!answer.ok) tell(await refusal(answer));
  } catch {
    tell("The server could not be reached. Look whether it was done before you try again.");
  }
  await ask();
  button.ariaDisabled = null;
  // Who works by keyboard goes on with what comes next.
  if (document.activeElement !== document.body || button.isConnected) return;
  const next = document.querySelector("[data-region=offers] button, [data-region=calls] button") ?? byId("sign");
  if (next instanceof HTMLElement) next.focus();
}

/** @param {Response} answer @returns {Promise<string>} */
async function refusal(answer) {
  try {
    const { message, details } = (await answer.json()).error;
    return [message, ...details].map((each) => `${each}.`).join(" ");
  } catch {
    return `The server refused (${answer.status}).`;
  }
}

/** @param {Event} event */
function clicked(event) {
  alert.allow();
  const button = /** @type {Element} */ (event.target).closest("button");
  if (!button) return;
  if (button.dataset.post) void act(button);
  if (button.id === "sound") {
    const isLoud = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isLoud));
    alert.isLoud = isLoud;
  }
  if (button.id === "notify") void Notification.requestPermission().then(() => show("notify", false));
}

document.addEventListener("click", clicked);
document.addEventListener("keydown", () => alert.allow());
show("notify", "Notification" in window && Notification.permission === "default");
heard(page.dataset.now ?? "");
remember();
count();
tellOffers();
const ticker = new Worker(`${page.dataset.ticker}&ms=${page.dataset.askMs}`);
ticker.addEventListener("message", () => {
  if (!asking) void ask();
});
