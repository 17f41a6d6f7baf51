// The keys of all pages, and the list of them that "?" shows. A key is added
// with words, so that none is secret. Keys of two strokes ("g s") wait a moment
// for the second.
import { typing } from "./page.js";

const keys = new Map();
const patience = 1200; // ms between the strokes of one key
let first = "";
let forget = 0;

// addKey makes the key do act. Where act returns false, the key was not for it
// and the browser does what it always does. The last one added wins.
export function addKey(key, words, act) {
  keys.set(key, { words, act });
}

function held(event) {
  const stroke = event.key.length === 1 ? event.key : event.key;
  return (event.shiftKey && event.key.length > 1 ? "Shift+" : "") + stroke;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing() || document.querySelector("dialog[open]")) return;
  const stroke = held(event);
  const key = keys.get(first ? `${first} ${stroke}` : stroke);
  const leads = !first && [...keys.keys()].some((name) => name.startsWith(`${stroke} `));
  clearTimeout(forget);
  first = "";
  if (key) {
    if (key.act(event) !== false) event.preventDefault();
  } else if (leads) {
    first = stroke;
    forget = setTimeout(() => { first = ""; }, patience);
  }
});

function row(name, words) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  for (const stroke of name.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = stroke === "" ? "space" : stroke;
    term.append(cap, " ");
  }
  const meaning = document.createElement("dd");
  meaning.textContent = words;
  line.append(term, meaning);
  return line;
}

function show() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  const list = document.createElement("dl");
  for (const [name, { words }] of keys) list.append(row(name === " " ? "" : name, words));
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.textContent = "Close";
  form.append(close);
  dialog.append(title, list, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

addKey("/", "Search", () => {
  const box = document.getElementById("q");
  if (!box) return visit("/");
  box.focus();
  box.select();
});
addKey("?", "Show this list", show);

// visit goes to a page of ours as a link in it would.
export function visit(path) {
  const link = [...document.querySelectorAll("#top a[href]")].find((a) => a.getAttribute("href") === path);
  if (link) link.click();
  else location.assign(path);
}

for (const [key, words, path] of [
  ["g s", "Go to search", "/"],
  ["g l", "Go to the ledger", "/ledger"],
  ["g b", "Go to the bots", "/bots"],
  ["g t", "Go to the status", "/status"],
]) {
  if (document.querySelector(`#top a[href="${path}"]`)) addKey(key, words, () => visit(path));
}
