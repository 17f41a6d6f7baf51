// Filters offered while somebody types one: a combobox as ARIA has it, over the
// box that works without it. Nothing is chosen until an arrow key says so, so
// that Enter searches for what was typed.
import { enhance } from "./page.js";

const most = 8;
let asked = null;

// operators are asked for once, when the box is first used.
function operators() {
  asked ??= fetch("/search/operators", { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .catch(() => { asked = null; return []; });
  return asked;
}

// beginning is what is being typed: from the last space outside quotes to the
// caret, without a minus sign or parenthesis before it.
function beginning(input) {
  const before = input.value.slice(0, input.selectionStart);
  let at = 0;
  let quoted = false;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === '"') quoted = !quoted;
    else if (/\s/.test(before[i]) && !quoted) at = i + 1;
  }
  while (at < before.length && "-(".includes(before[at])) at++;
  return { at, text: before.slice(at) };
}

// offers are what may be meant: names of filters, then values of one.
function offers(list, text) {
  const typed = text.toLowerCase();
  const colon = typed.indexOf(":");
  if (colon > 0) {
    const name = typed.slice(0, colon + 1);
    const one = list.find((o) => o.name === name || o.also.includes(name));
    if (!one) return [];
    const part = typed.slice(colon + 1).replaceAll('"', "");
    const value = (v) => v.text.slice(one.name.length).replaceAll('"', "").toLowerCase();
    return one.values
      .filter((v) => value(v) !== part && (value(v).includes(part) || v.means.toLowerCase().startsWith(part)))
      .map((v) => ({ text: name + v.text.slice(one.name.length), means: v.means, whole: true }));
  }
  if (typed.length < 2) return [];
  return list
    .map((o) => ({ ...o, shown: [o.name, ...o.also].find((name) => name.startsWith(typed)) }))
    .filter((o) => o.shown)
    .map((o) => ({ text: o.shown, means: `${o.sample}: ${o.means}`, whole: false }));
}

enhance("form#search", (form) => {
  const input = form.querySelector("#q");
  const list = document.createElement("ul");
  list.id = "operators";
  list.className = "operators";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Filters");
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  let shown = [];
  let at = -1;
  let start = 0;
  let chosen = false; // by the Enter that is still down

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  close();

  function point(to) {
    at = to;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(i) {
    const { text, whole } = shown[i];
    input.setRangeText(text + (whole ? " " : ""), start, input.selectionStart, "end");
    close();
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(found) {
    shown = found.slice(0, most);
    if (!shown.length) return close();
    list.replaceChildren(...shown.map(({ text, means }, i) => {
      const option = document.createElement("li");
      option.id = `operator-${i}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("code");
      name.textContent = text;
      const words = document.createElement("span");
      words.textContent = means;
      option.append(name, " ", words);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault(); // the focus stays in the box
        choose(i);
      });
      return option;
    }));
    list.hidden = false;
    point(-1);
    input.setAttribute("aria-expanded", "true");
  }

  async function look(all = false) {
    const known = await operators();
    if (document.activeElement !== input) return;
    const { at: from, text } = beginning(input);
    start = from;
    show(all && !text ? known.map((o) => ({ text: o.name, means: `${o.sample}: ${o.means}`, whole: false })) : offers(known, text));
  }

  input.addEventListener("focus", operators);
  input.addEventListener("input", () => look());
  input.addEventListener("blur", close);
  // Who takes an offer by Enter has not searched yet, also where the character
  // comes as an event of its own.
  input.addEventListener("keypress", (event) => {
    if (chosen && event.key === "Enter") event.preventDefault();
  });
  input.addEventListener("keyup", () => { chosen = false; });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return look(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      point(((at + by + 1 + shown.length + 1) % (shown.length + 1)) - 1);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (open && event.key === "Enter" && at >= 0) {
      event.preventDefault();
      chosen = true;
      choose(at);
    } else if (event.key === "Enter") {
      close();
    }
  });
});
