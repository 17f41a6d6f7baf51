// While something is pressed, by a pointer or by a key, nothing takes its place: a
// click goes to what is there at its end, and to nobody when that is another than at
// its beginning. What comes meanwhile waits here.
import { typing } from "./page.js";

const grace = 300; // ms within which the click of a pointer comes that was lifted

const waiting = new Map();
let key = ""; // the last that is held down
let pointer = false;
let lifted = 0;

export const pressing = () => pointer || key !== "";

// calmly does act once nothing is pressed: at once mostly. Of what waits under one
// name the last alone is done.
export function calmly(name, act) {
  waiting.set(name, act);
  settle();
}

function settle() {
  if (pressing()) return;
  const acts = [...waiting.values()];
  waiting.clear();
  for (const act of acts) act();
}

function letGo() {
  clearTimeout(lifted);
  pointer = false;
  settle();
}

// After those who were waiting for the event itself.
const soon = (act) => setTimeout(act);

addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  clearTimeout(lifted);
  pointer = true;
}, { capture: true });
addEventListener("pointerup", () => {
  clearTimeout(lifted);
  lifted = setTimeout(letGo, grace);
}, { capture: true });
addEventListener("click", () => { if (pointer) soon(letGo); }, { capture: true });
addEventListener("pointercancel", letGo, { capture: true });
addEventListener("contextmenu", letGo, { capture: true });

// Of keys that belong to what is written nothing is lost. With others held, some
// systems never tell that a key was let go of; of one that scripts send, nobody does.
addEventListener("keydown", (event) => {
  if (event.isTrusted && !typing() && !event.metaKey && !event.ctrlKey && !event.altKey) key = event.code;
}, { capture: true });
addEventListener("keyup", (event) => {
  if (event.code !== key) return;
  key = "";
  soon(settle);
}, { capture: true });
addEventListener("blur", () => {
  key = "";
  letGo();
});
