// The list of hits: j and k go through it, Enter opens as of any link. What was
// opened here before is marked, as browsers mark links, but by the voicemail and
// not by the whole address.
import { addKey } from "./keys.js";
import { enhance } from "./page.js";

const most = 2000; // voicemails that are remembered

const links = () => [...document.querySelectorAll(".hits .hit h3 a")];

function go(by) {
  const all = links();
  if (!all.length) return false;
  const at = all.findIndex((link) => link.closest(".hit").contains(document.activeElement));
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  if (to < 0) {
    document.getElementById("q")?.focus();
    return true;
  }
  if (to >= all.length) {
    document.querySelector(".pager a[rel=next]")?.focus();
    return true;
  }
  all[to].focus({ preventScroll: true });
  all[to].closest(".hit").scrollIntoView({ block: "nearest" });
  return true;
}

addKey("j", "Next result", () => go(1));
addKey("k", "Result before", () => go(-1));
addKey("o", "Open the result", () => {
  const link = document.activeElement?.closest?.(".hit")?.querySelector("h3 a");
  if (!link) return false;
  link.click();
  return true;
});

// What can't be kept, in a private window or a full one, is not.
function opened(reader) {
  try {
    return JSON.parse(localStorage.getItem(`opened ${reader}`)) ?? [];
  } catch {
    return [];
  }
}

function keep(reader, id) {
  try {
    localStorage.setItem(`opened ${reader}`, JSON.stringify([id, ...opened(reader).filter((other) => other !== id)].slice(0, most)));
  } catch { /* then it is forgotten */ }
}

let known = null; // of the hits that come to the page together
enhance(".hits .hit", (hit) => {
  const { reader } = hit.closest(".hits").dataset;
  const { voicemail } = hit.dataset;
  if (!known) {
    known = new Set(opened(reader));
    queueMicrotask(() => { known = null; });
  }
  if (known.has(voicemail)) mark(hit);
  hit.querySelector("h3 a")?.addEventListener("click", () => {
    keep(reader, voicemail);
    mark(hit);
  });
});

function mark(hit) {
  if (hit.classList.contains("opened")) return;
  hit.classList.add("opened");
  const word = document.createElement("span");
  word.className = "before";
  word.textContent = "opened";
  hit.querySelector("h3").append(word);
}

// Further values of a facet, which are looked through by their names.
enhance(".rarer", (rest) => {
  const look = rest.querySelector(".look");
  look.hidden = false;
  look.querySelector("input").addEventListener("input", (event) => {
    const part = event.target.value.trim().toLocaleLowerCase();
    for (const value of rest.querySelectorAll(".facet")) {
      value.hidden = !value.textContent.toLocaleLowerCase().includes(part);
    }
  });
});

// What narrows is folded away on a phone. Who has opened it finds it open with
// the next results, too, and is on what they chose: htmx could not go there while
// it was folded.
let unfolded = false;
let chosen = "";
enhance("#narrow", (narrow) => {
  narrow.open = unfolded;
  if (unfolded && chosen && document.activeElement === document.body) document.getElementById(chosen)?.focus({ preventScroll: true });
  chosen = "";
  narrow.addEventListener("toggle", () => { unfolded = narrow.open; });
  narrow.addEventListener("click", (event) => { chosen = event.target.closest("a")?.id ?? ""; });
});
