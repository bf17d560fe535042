// @ts-check

// What the page asks of the server. It knows addresses and answers: no sound, nothing of the page.

/**
 * @typedef {{tag: string, name: string}} Language
 * @typedef {{name: string, company: string, languages: Language[]}} Assistant
 * @typedef {{ice_servers: RTCIceServer[], assistants: Assistant[], default: string}} Settings
 * @typedef {{call_id: string, sdp: string, type: RTCSdpType}} Answer
 */

/**
 * A call as the API shows it; more is in it.
 * @typedef {object} History
 * @property {boolean} in_progress
 * @property {string} end_reason
 * @property {{claim: {name: string, type: string, description: string, required: boolean}[]}} initiate
 * @property {Record<string, string>[]} claims
 * @property {{persona: string, content: string, action: string, was_interrupted: boolean}[]} messages
 * @property {import("./waterfall.js").Measured[]} turns
 */

/** The server has said no, or nothing. */
export class Refused extends Error {
  /** @param {number} status 0: it did not answer. @param {string} said Its own words. @param {number} retryAfterS 0: it did not say. */
  constructor(status, said = "", retryAfterS = 0) {
    super(said || `status ${status}`);
    this.status = status;
    this.said = said;
    this.retryAfterS = retryAfterS;
  }
}

/** @param {string} callId @param {string} [what] */
const place = (callId, what = "") => `/talk/calls/${encodeURIComponent(callId)}${what}`;

/** @returns {Promise<Settings>} */
export const settings = async () => (await ask("GET", "/talk/settings")).json();

/**
 * Place a call.
 * @param {RTCSessionDescription} offer With all its candidates. @param {string} assistant @param {string} language Empty: as configured.
 * @returns {Promise<Answer>}
 */
export const begin = async (offer, assistant, language) =>
  (await ask("POST", "/talk/calls", { sdp: offer.sdp, type: offer.type, assistant, language })).json();

/** What is known of a call so far. @param {string} callId @returns {Promise<History>} */
export const history = async (callId) => (await ask("GET", `/call/${encodeURIComponent(callId)}`)).json();

/** @param {string} callId @param {string} digits */
export const press = (callId, digits) => ask("POST", place(callId, "/keys"), { digits });

/** @param {string} callId @param {string} language */
export const speak = (callId, language) => ask("POST", place(callId, "/language"), { language });

/** @param {string} callId */
export const askForHuman = (callId) => ask("POST", place(callId, "/hand-over"));

/** @param {string} callId */
export const end = (callId) => ask("POST", place(callId, "/end"));

/** The same when the page goes and can wait for nothing. @param {string} callId */
export const leave = (callId) => navigator.sendBeacon(place(callId, "/end"));

/** @param {"GET" | "POST"} method @param {string} url @param {object} [body] @returns {Promise<Response>} */
async function ask(method, url, body) {
  const headers = { accept: "application/json", ...(body && { "content-type": "application/json" }) };
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(url, { method, headers, cache: "no-store", body: body && JSON.stringify(body) });
  } catch {
    throw new Refused(0);
  }
  if (answer.ok) return answer;
  throw new Refused(answer.status, await reasonOf(answer), Number(answer.headers.get("retry-after")) || 0);
}

/** @param {Response} answer @returns {Promise<string>} */
async function reasonOf(answer) {
  try {
    const { error } = await answer.json();
    return [error.message, ...(error.details ?? [])].join(": ");
  } catch {
    return ""; // a proxy's page
  }
}
