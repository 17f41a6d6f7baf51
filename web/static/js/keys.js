// The keys of all pages, and the list of them that "?" shows. A key is added
// with words, so that none is secret. Keys of two strokes ("g s") wait a moment
// for the second. Who speaks to the machine, or hits keys by accident, turns
// them off in the list.
import { enhance, typing } from "./page.js";

const keys = new Map();
const patience = 1200; // ms between the strokes of one key
const setting = "afterbeep-keys";
const everywhere = "Everywhere";
const helping = "F1"; // how to search is asked while one writes what to search for, too
let first = "";
let forget = 0;

// addKey makes the key do act; where says under which heading it is listed.
// Where act returns false, the key was not for it and is offered to who added it
// before, and at last to the browser.
export function addKey(key, words, act, where = key.startsWith("g ") ? "Go to" : everywhere) {
  const takers = keys.get(key) ?? [];
  keys.set(key, [{ words, act, where }, ...takers.filter((t) => t.words !== words)]);
}

const off = () => localStorage.getItem(setting) === "off";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
  if (typing() && !(event.key === helping && document.activeElement.id === "q") || document.querySelector("dialog[open]")) return;
  const stroke = (event.shiftKey && event.key.length > 1 ? "Shift+" : "") + event.key;
  const takers = keys.get(first ? `${first} ${stroke}` : stroke);
  const leads = !first && [...keys.keys()].some((name) => name.startsWith(`${stroke} `));
  clearTimeout(forget);
  first = "";
  if (takers) {
    if (takers.some(({ act }) => act(event) !== false)) event.preventDefault();
  } else if (leads) {
    first = stroke;
    forget = setTimeout(() => { first = ""; }, patience);
  }
});

function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const names = { " ": "space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

function row(key, words) {
  const line = made("div");
  const term = made("dt");
  for (const stroke of key === " " ? [key] : key.split(" ")) {
    const shift = stroke.startsWith("Shift+");
    if (shift) term.append(made("kbd", "Shift"), " ");
    const bare = shift ? stroke.slice("Shift+".length) : stroke;
    term.append(made("kbd", names[bare] ?? bare), " ");
  }
  line.append(term, made("dd", words));
  return line;
}

// switchOff is the switch that turns the keys off and on.
function switchOff() {
  const line = made("p", "", { class: "switch" });
  const box = made("input", "", { type: "checkbox", role: "switch", id: "keys-on" });
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(setting, box.checked ? "on" : "off"));
  line.append(box, made("label", "Keys work in this browser", { for: "keys-on" }));
  return line;
}

function show() {
  const dialog = made("dialog", "", { class: "keys wide", "aria-labelledby": "keys-title" });
  // With the focus on a field at its end, a list longer than the window would open at its end.
  dialog.append(made("h2", "Keys", { id: "keys-title", tabindex: "-1", autofocus: "" }));
  const groups = Map.groupBy([...keys].flatMap(([key, takers]) => takers.map((t) => ({ key, ...t }))), (t) => t.where);
  for (const [where, rows] of groups) {
    const list = made("dl");
    list.append(...rows.map((t) => row(t.key, t.words)));
    dialog.append(made("h3", where), list);
  }
  const form = made("form", "", { method: "dialog", class: "acts" });
  form.append(made("button", "Close"));
  dialog.append(switchOff(), form);
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
addKey(helping, "How to search", () => visit("/help/search"));

enhance("[data-show-keys]", (item) => {
  item.hidden = false;
  item.querySelector("button").addEventListener("click", show);
});

// visit goes to a page of ours as a link in it would.
export function visit(path) {
  const link = [...document.querySelectorAll("#top a[href]")].find((a) => a.getAttribute("href") === path);
  if (link) link.click();
  else location.assign(path);
}

// The places of the navigation say their keys themselves.
enhance("#top a[data-keys]", (link) => {
  addKey(link.dataset.keys, link.dataset.words, () => visit(link.getAttribute("href")));
});
