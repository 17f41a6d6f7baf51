// The buttons on pages that play a recording:
// <button data-play="/voicemails/1/recordings/0" data-title="who" data-page="/voicemails/1">
// with data-at where it begins at a moment; and <button data-play-all>, which
// plays all that the page has, one after another.
import { advance, begin, trackOf } from "./queue.js";
import { cue, isCurrent, isOn, player, playing, rename, toggle } from "./player.js";
import { enhance } from "./page.js";

const startOf = (button) => Number(button.dataset.at) || 0;

// press plays what the button is of, or pauses it.
export function press(button) {
  if (isCurrent(button.dataset.play)) toggle();
  else begin(button, startOf(button));
}

function playAll() {
  const first = document.querySelector("main [data-play]");
  if (!first) return;
  advance(true);
  begin(first, 0);
}

const icon = (on) => document.querySelector(`#dock .${on ? "stop" : "start"} svg`)?.cloneNode(true);

function show(button) {
  const on = isCurrent(button.dataset.play) && isOn();
  if (button.dataset.state === (on ? "playing" : "")) return;
  button.dataset.state = on ? "playing" : "";
  button.setAttribute("aria-pressed", String(on));
  const icons = button.querySelectorAll("svg");
  if (icons.length === 1) icons[0].replaceWith(icon(on)); // with two of them the style chooses
}

if (document.getElementById("dock")) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play], [data-play-all]");
    if (!button) return;
    if ("play" in button.dataset) press(button);
    else playAll();
  });
  player.addEventListener("change", () => document.querySelectorAll("[data-play]").forEach(show));
  enhance("[data-play]", (button) => {
    show(button);
    // An address with a moment in it: the recording waits there to be played.
    if (startOf(button) && playing().state === "idle") cue(trackOf(button), startOf(button));
    // On the message's own page what was searched counts that led there.
    else if (new URL(button.dataset.page, location.href).pathname === location.pathname) rename(trackOf(button));
  });
}
