// @ts-check

// A clock of its own: browsers slow down the timers of pages that are not looked at, but not these.
// An agent who works in another window has to hear of an offer, too.

const pauseMs = Number(new URL(location.href).searchParams.get("ms")) || 1_000;
setInterval(() => postMessage("tick"), pauseMs);
