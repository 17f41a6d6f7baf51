// The player's dock at the foot of every page: what is heard, where in it, and
// the buttons.
import { close, player, playing, seconds, seek, toggle } from "./player.js";

const dock = document.getElementById("dock");
const part = (name) => dock.querySelector(`.${name}`);

// clock is a time as players show it.
export function clock(of) {
  const whole = Math.floor(of + 0.05);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

let shown = null;

// A link that htmx knows is one that was there when htmx looked.
function title(track) {
  const link = document.createElement("a");
  link.href = track.page;
  link.dir = "auto";
  link.textContent = track.title;
  part("title").replaceChildren(link);
  window.htmx?.process(link);
}

function change() {
  const { track, state, words } = playing();
  dock.hidden = !track;
  document.documentElement.classList.toggle("docked", Boolean(track));
  if (!track) {
    shown = null;
    return;
  }
  if (shown !== track) {
    shown = track;
    title(track);
  }
  const on = state === "playing" || state === "waiting";
  dock.dataset.state = state;
  part("hear").setAttribute("aria-label", on ? "Pause" : "Play");
  part("trouble").textContent = words;
  part("trouble").hidden = !words;
  time();
}

function time() {
  const { at, length } = seconds();
  const bar = part("seek");
  bar.max = length || 1;
  bar.disabled = !length;
  bar.value = at;
  bar.setAttribute("aria-valuetext", length ? `${clock(at)} of ${clock(length)}` : clock(at));
  part("at").textContent = clock(at);
  part("length").textContent = length ? `/ ${clock(length)}` : "";
}

const deeds = { toggle, close: () => { close(); document.getElementById("main").focus({ preventScroll: true }); } };

export function addDeed(name, act) { deeds[name] = act; }

if (dock) {
  dock.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) deeds[button.dataset.do](button);
  });
  part("seek").addEventListener("input", (event) => seek(Number(event.target.value)));
  player.addEventListener("change", change);
  player.addEventListener("time", time);
}
