// @ts-check

// What can keep one from talking, in a sentence that says what to do about it.

import { Refused } from "./signalling.js";

/** Something that the user has to know, in their words. */
export class Problem extends Error {
  /** @param {string} words @param {{text: string, url: string} | null} [link] What leads out of it. */
  constructor(words, link = null) {
    super(words);
    this.link = link;
  }
}

/** What this browser lacks for a call. @returns {Problem | null} */
export function lacking() {
  if (!isSecureContext) {
    const local = `http://localhost${location.port ? `:${location.port}` : ""}/talk`;
    return new Problem(
      `Browsers give the microphone only to pages that come by https, or from this machine itself. Open this page by https; on the machine that the server runs on, open ${local}`,
    );
  }
  if (typeof RTCPeerConnection === "undefined") {
    return new Problem(
      "This browser has no WebRTC, or it is switched off (by an extension, or in Firefox by media.peerconnection.enabled). Switch it on, or open this page in a current Firefox, Chromium, Edge or Safari.",
    );
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    return new Problem("This browser cannot use a microphone. Open this page in a current Firefox, Chromium, Edge or Safari.");
  }
  return null;
}

/** @type {Record<string, string>} By the name of the browser's error. */
const MICROPHONE = {
  NotAllowedError:
    "The microphone was refused. Allow it for this address (at the icon beside the address, or in the browser's settings, and in those of the system), then start the call again.",
  SecurityError:
    "The microphone is forbidden for this page by the browser's settings, or by those who administer it. Allow it for this address, then start the call again.",
  NotFoundError: "No microphone was found. Plug one in, or switch it on in the system's settings, then start the call again.",
  NotReadableError:
    "The microphone cannot be opened: another program may be using it. Close that program, or choose another microphone, then start the call again.",
};
MICROPHONE.OverconstrainedError = MICROPHONE.NotFoundError;

/** Why there is no microphone. @param {unknown} error Of getUserMedia. @returns {Problem} */
export function noMicrophone(error) {
  const name = error instanceof DOMException ? error.name : "";
  return new Problem(MICROPHONE[name] ?? "The microphone cannot be opened. Look at the system's sound settings, then start the call again.");
}

/** Why a call did not begin. @param {unknown} error @returns {Problem} */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  if (!(error instanceof Refused)) return new Problem("The call could not be started. Load this page again and try once more.");
  switch (error.status) {
    case 0:
      return new Problem("The server cannot be reached. See that it runs and that you are on its network, then try again.");
    case 401:
      return new Problem("You are not signed in any more.", { text: "Sign in again", url: "/login?next=/talk" });
    case 404:
      return new Problem("The server does not know this assistant any more. Load this page again and choose another.");
    case 503: {
      const after = error.retryAfterS ? `in ${error.retryAfterS} seconds` : "in a moment";
      return new Problem(`All lines are taken, or the server is about to stop. Try again ${after}.`);
    }
    default:
      return new Problem(`The server did not take the call${error.said ? ` (${error.said})` : ""}. Load this page again and try once more.`);
  }
}

/** @type {Record<string, string>} By the reason that the call is kept with; `no_way` is the page's own. */
const ENDS = {
  caller_hung_up: "You have hung up.",
  assistant_hung_up: "The assistant has hung up.",
  line_lost: "The connection was lost: the call is over. Start another when your network is back.",
  no_media: "No sound came through, so the call was ended. Start another; if that happens again, name a TURN server (webrtc.ice_servers).",
  transferred: "You were handed over to a human.",
  drained: "The server has stopped, and the call with it. Start another in a moment.",
  no_way:
    "No way was found for the sound between this browser and the server: a firewall, or another network, lies between them. Try from the server's network, or name a TURN server in its configuration (webrtc.ice_servers).",
  failed: "Something went wrong on the server, and the call was ended. Its log says what; start another.",
};

/** Why a call is over. @param {string} reason @returns {string} */
export const endOf = (reason) => ENDS[reason] ?? "The call is over.";
