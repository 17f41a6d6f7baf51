// The one recording that is being heard. It lives outside of the pages, so that
// it goes on while somebody looks around. Whoever shows it listens for "change"
// (another recording, or another state of it), "picture", "time" and "ended".
import { habits, keep } from "./habits.js";
import { pictureOf } from "./picture.js";

export const player = new EventTarget();

const audio = new Audio();
audio.preload = "none"; // each request for a recording is a listen
document.getElementById("dock")?.append(audio);

let track = null; // { url, title, page }
let state = "idle"; // idle, cued, waiting, playing, paused, failed
let words = ""; // why it failed
let picture = null;

const tell = (what) => player.dispatchEvent(new Event(what));

// addressOf is where a recording is heard, without a moment in it.
const addressOf = (url) => url.split("#")[0];

function become(next, why = "") {
  state = next;
  words = why;
  tell("change");
}

// playing is what is heard: its track and state, why it failed, and its picture
// once that has come.
export const playing = () => ({ track, state, words, picture });

export const isOn = () => state === "playing" || state === "waiting";

export const isCurrent = (url) => Boolean(track) && track.url === addressOf(url);

// seconds are where one is, and of how many; 0 of a recording whose length
// nobody knows yet.
export function seconds() {
  const length = Number.isFinite(audio.duration) ? audio.duration : 0;
  return { at: audio.currentTime, length: length || picture?.length || 0 };
}

async function look() {
  const of = track;
  const found = await pictureOf(of);
  if (track !== of) return;
  picture = found;
  tell("picture");
}

// What is heard for the first time is archived meanwhile, and has a picture then.
// It is asked for again, less and less often.
const soonest = 2000, latest = 16000;
let expected = ""; // the recording whose picture is asked for again

function expectPicture() {
  if (expected === track.url) return;
  expected = track.url;
  lookAgain(track.url, soonest);
}

function lookAgain(url, after) {
  if (after > latest) return;
  setTimeout(async () => {
    if (!isCurrent(url)) return;
    if (!picture?.peaks.length) await look();
    if (isCurrent(url) && !picture?.peaks.length) lookAgain(url, after * 2);
  }, after);
}

function load(next, at) {
  track = { ...next, url: addressOf(next.url) };
  picture = null;
  audio.src = track.url;
  audio.defaultPlaybackRate = habits.speed;
  audio.playbackRate = habits.speed;
  audio.volume = habits.volume;
  if (at > 0) audio.currentTime = at;
  look();
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

// rename takes over where a recording is shown and what was searched there.
export function rename(next) {
  if (!isCurrent(next.url) || track.page === next.page) return;
  track = { ...track, ...next, url: track.url };
  tell("change");
  look();
}

export function resume() {
  if (!track) return;
  if (state === "failed") {
    const at = audio.currentTime;
    audio.load();
    audio.currentTime = at;
  }
  become("waiting");
  if (!picture?.peaks.length) expectPicture();
  // Refused by the browser: then it waits for a press. Overtaken by another
  // recording: then that one tells.
  audio.play().catch((error) => { if (error.name === "NotAllowedError") become("paused"); });
}

export const pause = () => audio.pause();

export function toggle() {
  if (!track) return false;
  if (isOn()) pause();
  else resume();
  return true;
}

export function seek(at) {
  if (!track) return;
  const { length } = seconds();
  audio.currentTime = Math.max(0, length ? Math.min(at, length) : at);
  tell("time");
}

export const seekBy = (by) => seek(audio.currentTime + by);

export function speed(rate) {
  keep({ speed: rate });
  audio.defaultPlaybackRate = rate;
  audio.playbackRate = rate;
  tell("change");
}

export function volume(level) {
  keep({ volume: level });
  audio.volume = level;
}

// close forgets the recording.
export function close() {
  track = null;
  picture = null;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  become("idle");
}

// Browsers don't say why a recording can't be had, the server does. Asked for a
// part, it takes this for the same listen.
async function fail() {
  const of = track;
  let why = "It can’t be played now.";
  try {
    const answer = await fetch(of.url, { headers: { Accept: "application/json", Range: "bytes=0-0" } });
    why = answer.ok ? "This browser can’t play it." : (await answer.json()).error.message;
  } catch {
    // No answer either: what was said is all there is to say.
  }
  if (track === of) become("failed", why);
}

for (const [event, next] of [["playing", "playing"], ["waiting", "waiting"], ["pause", "paused"]]) {
  audio.addEventListener(event, () => {
    if (track && state !== "failed" && state !== "cued" && state !== next) become(next);
  });
}
audio.addEventListener("error", () => { if (track) fail(); });
audio.addEventListener("ended", () => { if (track) tell("ended"); });
for (const event of ["timeupdate", "durationchange", "seeked"]) {
  audio.addEventListener(event, () => { if (track) tell("time"); });
}
