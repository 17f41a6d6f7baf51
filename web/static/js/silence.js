// Leaves out silence where somebody wants that: what is loud is told by the
// waveform, and pauses within speech are no silence.
import { habits } from "./habits.js";
import { isOn, player, playing, seconds, seek } from "./player.js";

const least = 0.7; // s; a shorter gap is heard
const rest = 0.25; // s of each silence that stay, before and behind

// leap is where to go on from at seconds; at where something is to be heard.
export function leap(voiced, at, length) {
  if (!voiced.length) return at;
  let quiet = 0;
  for (const [from, to] of [...voiced, [length, length]]) {
    if (at < from) {
      const goal = from === length ? length : from - rest;
      return from - quiet > least && at > quiet + (quiet ? rest : 0) && at < goal - 0.1 ? goal : at;
    }
    quiet = to;
    if (at < to) return at;
  }
  return at;
}

function listen() {
  const { picture, state } = playing();
  if (!habits.skip || state !== "playing" || !picture) return;
  const { at, length } = seconds();
  const goal = leap(picture.voiced, at, length);
  if (goal !== at) seek(goal);
}

let watching = 0;
function watch() {
  watching = 0;
  listen();
  if (isOn() && habits.skip) watching = requestAnimationFrame(watch);
}

player.addEventListener("time", listen); // in a tab that nobody sees there are no frames
player.addEventListener("change", () => { if (!watching) watch(); });
