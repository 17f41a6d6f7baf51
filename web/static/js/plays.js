// The buttons on pages that play a recording:
// <button data-play="/voicemails/1/recordings/0" data-title="who" data-page="/voicemails/1">
// with data-at where it begins at a moment.
import { cue, isCurrent, play, player, playing, toggle } from "./player.js";
import { enhance } from "./page.js";

export const trackOf = (button) => ({ url: button.dataset.play, title: button.dataset.title, page: button.dataset.page });

const startOf = (button) => Number(button.dataset.at) || 0;

function press(button) {
  if (isCurrent(button.dataset.play)) toggle();
  else play(trackOf(button), startOf(button));
}

function show(button) {
  const { state } = playing();
  const on = isCurrent(button.dataset.play) && (state === "playing" || state === "waiting");
  button.dataset.state = on ? "playing" : "";
  button.setAttribute("aria-pressed", String(on));
}

if (document.getElementById("dock")) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play]");
    if (button) press(button);
  });
  player.addEventListener("change", () => document.querySelectorAll("[data-play]").forEach(show));
  enhance("[data-play]", (button) => {
    show(button);
    // An address with a moment in it: the recording waits there to be played.
    if (startOf(button) && playing().state === "idle") cue(trackOf(button), startOf(button));
  });
}
