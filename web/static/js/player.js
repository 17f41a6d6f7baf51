// The one recording that is being heard. It lives outside of the pages, so that
// it goes on while somebody looks around. Whoever shows it listens for "change"
// (another recording, or another state of it), "time" and "ended".
export const player = new EventTarget();

const audio = new Audio();
audio.preload = "none"; // each request for a recording is a listen
document.getElementById("dock")?.append(audio);
let track = null; // { url, title, page }
let state = "idle"; // idle, cued, waiting, playing, paused, failed
let words = ""; // why it failed

// A recording's address is where it is heard, without a moment in it.
const addressOf = (url) => url.split("#")[0];

function become(next, why = "") {
  state = next;
  words = why;
  player.dispatchEvent(new Event("change"));
}

export const playing = () => ({ track, state, words });

export const isCurrent = (url) => Boolean(track) && track.url === addressOf(url);

// seconds are where one is, and of how many; 0 of a recording whose length
// nobody knows yet.
export function seconds() {
  const length = Number.isFinite(audio.duration) ? audio.duration : 0;
  return { at: audio.currentTime, length: length || track?.length || 0 };
}

function load(next, at) {
  track = { ...next, url: addressOf(next.url) };
  audio.src = track.url;
  if (at > 0) audio.currentTime = at;
}

// cue puts a recording in without playing it: nothing is heard that nobody
// asked to hear.
export function cue(next, at = 0) {
  load(next, at);
  become("cued");
}

// play plays a recording from at seconds, or goes on with it.
export function play(next, at = -1) {
  if (!isCurrent(next.url)) load(next, at);
  else if (at >= 0) audio.currentTime = at;
  resume();
}

export function resume() {
  if (!track) return;
  if (state === "failed") {
    const at = audio.currentTime;
    audio.load();
    audio.currentTime = at;
  }
  become("waiting");
  // Refused by the browser: then it waits for a press. Overtaken by another
  // recording: then that one tells.
  audio.play().catch((error) => { if (error.name === "NotAllowedError") become("paused"); });
}

export const pause = () => audio.pause();

export function toggle() {
  if (!track) return false;
  if (state === "playing" || state === "waiting") pause();
  else resume();
  return true;
}

export function seek(at) {
  if (!track) return;
  const { length } = seconds();
  audio.currentTime = Math.max(0, length ? Math.min(at, length - 0.05) : at);
  player.dispatchEvent(new Event("time"));
}

export const seekBy = (by) => seek(audio.currentTime + by);

// close forgets the recording.
export function close() {
  track = null;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  become("idle");
}

export const sound = audio;

// Browsers don't say why a recording can't be had, the server does.
async function fail() {
  const of = track;
  if (!of) return;
  let why = "It can’t be played now.";
  try {
    const answer = await fetch(of.url, { headers: { Accept: "application/json", Range: "bytes=0-0" } });
    if (!answer.ok) why = (await answer.json()).error.message;
    else why = "This browser can’t play it.";
  } catch {
    // No answer either: what was said is all there is to say.
  }
  if (track === of) become("failed", why);
}

for (const [event, next] of [["playing", "playing"], ["waiting", "waiting"], ["pause", "paused"]]) {
  audio.addEventListener(event, () => {
    if (track && state !== "failed" && state !== "cued") become(next);
  });
}
audio.addEventListener("error", () => { if (track) fail(); });
audio.addEventListener("ended", () => { if (track) player.dispatchEvent(new Event("ended")); });
for (const event of ["timeupdate", "durationchange", "seeked"]) {
  audio.addEventListener(event, () => { if (track) player.dispatchEvent(new Event("time")); });
}
