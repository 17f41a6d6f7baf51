// Pages come in pieces: as a whole at first, then by swaps. enhance calls
// begin with each element of the selector once, whenever it appears.
const begun = new WeakMap();
const wishes = [];

function look(root, { selector, begin }) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const seen = begun.get(element) ?? new Set();
    if (seen.has(begin)) continue;
    begun.set(element, seen.add(begin));
    begin(element);
  }
}

export function enhance(selector, begin) {
  const wish = { selector, begin };
  wishes.push(wish);
  look(document, wish);
}

// appeared begins with what is wished for in a piece that came to the page.
export function appeared(piece) {
  for (const wish of wishes) look(piece, wish);
}

document.addEventListener("htmx:load", (event) => appeared(event.target));

// say tells those who listen to the page instead of looking at it.
export function say(words) {
  const status = document.getElementById("said");
  if (!status) return;
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = words; });
}

// looked comes after the milliseconds, and once somebody looks at the page.
export const looked = (ms) => new Promise((come) => {
  setTimeout(() => {
    if (document.visibilityState === "visible") come();
    else document.addEventListener("visibilitychange", come, { once: true });
  }, ms);
});

// typing reports whether keys belong to what is focused.
export function typing(element = document.activeElement) {
  return Boolean(element?.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]"));
}
