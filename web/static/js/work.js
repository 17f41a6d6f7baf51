// The work list and its cards: keys, and what others do meanwhile. A part of the
// page with data-work says up to which change of callbacks it knows; when others
// change more it is asked for again, in its place, and who is in it stays there.
import { addKey } from "./keys.js";
import { enhance, say, typing } from "./page.js";
import { calmly, pressing } from "./press.js";

const listening = 60_000; // ms for which somebody is said to listen
let asking = false; // for the part, right now
let old = false; // it is, and could not be asked for yet
let leaving = 0; // requests for another page, which need what sent them to stay

const part = () => document.getElementById("work");
const inside = () => part()?.contains(document.activeElement);

// Something is being written or chosen: that is not taken from under anybody.
const busy = () => leaving > 0 || Boolean(inside() && (typing() || document.activeElement.closest("details.menu[open]")));

function again() {
  if (pressing()) {
    calmly("work", again);
    return;
  }
  if (asking || busy()) {
    old = true;
    return;
  }
  old = false;
  window.htmx?.trigger("#again", "again");
}

// concerns reports whether what changed shows in the part: in a list all may.
function concerns(work, news) {
  if (Number(work.dataset.work) >= news.seq && !news.changes.some((change) => change.listening)) return false;
  if ("list" in work.dataset) return true;
  return news.more || news.changes.some((change) => String(change.case) === work.dataset.case);
}

document.addEventListener("work", ({ detail }) => {
  const work = part();
  if (work && concerns(work, detail)) again();
});

document.addEventListener("focusout", () => setTimeout(() => { if (old) again(); }));

// What was chosen stays so, and who was on a row that is gone is on the next one.
let chosen = new Set();
let row = -1;
let standing = "";
const links = () => [...document.querySelectorAll("#work .case h3 a")];
const isPart = (event) => event.detail.target?.id === "work";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isPart(event)) asking = true;
  else leaving += 1;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isPart(event)) asking = false;
  else leaving = Math.max(0, leaving - 1);
  if (old) again();
});
enhance("#work", () => { old = false; });
// What runs out by itself, as a claim does, is told by nobody.
enhance("#work[data-turns]", (work) => setTimeout(() => { if (work.isConnected) again(); }, Number(work.dataset.turns)));

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isPart(event)) return;
  const { xhr } = event.detail;
  const meant = busy() || pressing(); // what is pressed stays where it is
  if (meant || !(xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html") || !xhr.response.includes('id="work"')) {
    event.detail.shouldSwap = false;
    old = meant;
    return;
  }
  chosen = new Set([...document.querySelectorAll("#work .choose:checked")].map((box) => box.value));
  row = links().findIndex((link) => link.closest(".case").contains(document.activeElement));
  standing = document.getElementById("holding")?.textContent ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isPart(event) && event.detail.elt?.id !== "work") return;
  for (const box of document.querySelectorAll("#work .choose")) if (chosen.has(box.value)) box.checked = true;
  if (row >= 0 && !inside()) (links()[Math.min(row, links().length - 1)] ?? document.getElementById("main")).focus({ preventScroll: true });
  const now = document.getElementById("holding")?.textContent ?? "";
  if (now !== standing) say(now.trim());
});

// Who began to listen a minute ago is not said to listen any more.
enhance("[data-ears]", (tag) => setTimeout(() => tag.remove(), listening));

// press does what stands beside the key: in the row that one is in, else on the
// page. What opens is opened, and one is in it.
function press(key) {
  const here = document.activeElement?.closest?.(".case")?.querySelector(`[data-key="${key}"]`);
  const found = here ?? document.querySelector(`main [data-key="${key}"]:not(.case *)`);
  if (!found) return false;
  const box = found.closest("details.doing");
  if (!box || found.localName !== "summary") {
    found.click();
    return true;
  }
  box.open = !box.open;
  (box.open ? box.querySelector("[data-first]") ?? found : found).focus();
  return true;
}

const keys = {
  n: "Claim the next one",
  c: "Claim it, or hold it longer",
  t: "Call the number",
  e: "Close it with an outcome",
  a: "Write down a call that reached nobody",
  s: "Put it off",
  r: "Give it back",
  u: "Undo what you did last",
  w: "Write a note",
  b: "Of what needs a listen: call back; of what is old: take it up",
  d: "Of what needs a listen: nothing to do",
  h: "Close it: a call since has settled it",
  x: "Choose the caller in the list, or not",
};
for (const [key, words] of Object.entries(keys)) addKey(key, words, () => press(key), "Callbacks");
enhance("main [data-key]", (element) => element.setAttribute("aria-keyshortcuts", element.dataset.key));

// One of the ways of doing something is open at a time.
enhance("details.doing", (box) => {
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    for (const other of document.querySelectorAll("details.doing[open]")) if (other !== box) other.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary").focus();
    event.stopPropagation();
  });
});
