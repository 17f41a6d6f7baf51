// The keys of the player.
import { faster, match, skipSilence } from "./dock.js";
import { step } from "./queue.js";
import { addKey } from "./keys.js";
import { mark } from "./marks.js";
import { isCurrent, isOn, playing, seekBy, toggle } from "./player.js";
import { press } from "./plays.js";

const focused = () => document.activeElement;

// A hit that one has gone to is what one wants to hear; else what is in the
// player; else the first that the page has.
function space(event) {
  if (focused()?.closest("button, summary, [role=button], input, select, audio")) return false;
  if (event.repeat) return true;
  const here = focused()?.closest(".hit")?.querySelector("[data-play]");
  if (here && !isCurrent(here.dataset.play)) return press(here);
  // On the page of a message it is that one, unless something is on that can be stopped.
  const own = [...document.querySelectorAll("main .recording [data-play]")];
  if (own.length && !isOn() && !own.some((button) => isCurrent(button.dataset.play))) return press(own[0]);
  if (toggle()) return true;
  const first = document.querySelector("main [data-play]");
  if (!first) return false;
  press(first);
  return true;
}

// during makes a key act while something is in the player, and leave arrows to
// what has a use for them.
function during(act) {
  return () => {
    if (!playing().track || focused()?.closest("input, select, [role=slider], [role=tablist], [role=listbox], [role=grid], svg")) return false;
    return act();
  };
}

if (document.getElementById("dock")) {
  addKey(" ", "Play or pause", space);
  addKey("ArrowLeft", "Back 5 seconds", during(() => seekBy(-5)));
  addKey("ArrowRight", "On 5 seconds", during(() => seekBy(5)));
  addKey("Shift+ArrowLeft", "Back 10 seconds", during(() => seekBy(-10)));
  addKey("Shift+ArrowRight", "On 10 seconds", during(() => seekBy(10)));
  addKey("<", "Play slower", during(() => faster(-1)));
  addKey(">", "Play faster", during(() => faster(1)));
  addKey("z", "Skip silence, or hear it", during(skipSilence));
  addKey(".", "Hear the next match", during(() => match(1)));
  addKey(",", "Hear the match before", during(() => match(-1)));
  addKey("m", "Mark what is played, or take the mark off", during(() => { mark(); }));
  addKey("N", "Play the next of the list", during(() => { step(1); }));
  addKey("P", "Play the one before in the list", during(() => { step(-1); }));
}
