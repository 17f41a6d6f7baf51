// Words of a transcript are heard by a click on them, and marked while they are
// said: both about, for nobody wrote down when a word was said.
import { seekAbout } from "./dock.js";
import { begin, trackOf } from "./queue.js";
import { pictureOf } from "./picture.js";
import { isCurrent, isOn, player, playing, resume, seconds } from "./player.js";

const nextTo = 1; // words around the one that is marked, for it is about there

// offsetAt is how many letters of the element stand before a point of the page,
// -1 where the point is in none of them.
function offsetAt(element, x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const old = caret ? null : document.caretRangeFromPoint?.(x, y);
  const node = caret?.offsetNode ?? old?.startContainer;
  if (!node || !element.contains(node)) return -1;
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(node, caret?.offset ?? old.startOffset);
  return before.toString().length;
}

const wordAt = (words, segment, offset) => words.findLast((word) => word[0] === segment && word[1] <= offset);

const buttons = () => [...document.querySelectorAll("main [data-play]")];

// hear plays what is said about a place of the transcript, in the first
// recording that has it.
async function hear(segment, offset) {
  const list = buttons().sort((a, b) => isCurrent(b.dataset.play) - isCurrent(a.dataset.play));
  for (const button of list) {
    const word = wordAt((await pictureOf(trackOf(button))).words, segment, offset);
    if (!word) continue;
    if (!isCurrent(button.dataset.play)) begin(button, Math.max(0, word[3] - 0.5));
    else {
      seekAbout(word[3]);
      if (!isOn()) resume();
    }
    return;
  }
}

// rangeOf is a part of an element's text.
function rangeOf(element, from, to) {
  const range = document.createRange();
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let at = 0;
  let begun = false;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const end = at + node.data.length;
    if (!begun && from < end) {
      range.setStart(node, from - at);
      begun = true;
    }
    if (begun && to <= end) {
      range.setEnd(node, to - at);
      return range;
    }
    at = end;
  }
  return null;
}

let marked = -1;

function follow() {
  if (!globalThis.CSS?.highlights) return;
  const { picture, track, state } = playing();
  const here = track && buttons().some((button) => isCurrent(button.dataset.play));
  const at = here && picture && state !== "cued" ? picture.words.findLastIndex((word) => word[3] <= seconds().at) : -1;
  if (at < 0) {
    marked = -1;
    CSS.highlights.delete("spoken");
    return;
  }
  if (at === marked && CSS.highlights.has("spoken")) return;
  marked = at;
  const word = picture.words[at];
  const near = picture.words.slice(Math.max(0, at - nextTo), at + nextTo + 1).filter((other) => other[0] === word[0]);
  const element = document.querySelector(`main [data-segment="${word[0]}"]`);
  const range = element && rangeOf(element, near[0][1], near.at(-1)[2]);
  if (range) CSS.highlights.set("spoken", new Highlight(range));
}

if (document.getElementById("dock")) {
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("main [data-segment]");
    if (!element || event.target.closest("a, button, input, summary") || !getSelection().isCollapsed) return;
    const offset = offsetAt(element, event.clientX, event.clientY);
    if (offset >= 0) hear(Number(element.dataset.segment), offset);
  });
  for (const event of ["time", "change", "picture"]) player.addEventListener(event, follow);
  document.addEventListener("htmx:afterSettle", () => { marked = -1; follow(); });
}
