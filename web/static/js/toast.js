// Short words about what just happened, for a moment, below what one reads.
// Nothing that must be seen is said here alone.
import { enhance } from "./page.js";

const stay = 6000; // ms

function cross() {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon";
  close.setAttribute("aria-label", "Close");
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "glyph");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", "M6 6l12 12M18 6L6 18");
  drawing.append(line);
  close.append(drawing);
  return close;
}

// toast says the words. bad stays until it is closed, as does what offers
// something to do: { text, href } or { text, act }, with apart for a link that
// leaves the page where it is. It returns a function that takes the toast away.
export function toast(words, { bad = false, offer = null } = {}) {
  const item = document.createElement("div");
  item.className = bad ? "toast bad" : "toast";
  const text = document.createElement("p");
  text.textContent = words;
  item.append(text);
  const end = () => item.remove();
  if (offer) {
    const doing = document.createElement(offer.href ? "a" : "button");
    doing.textContent = offer.text;
    if (offer.href) doing.href = offer.href;
    if (offer.apart) doing.target = "_blank";
    else doing.type = "button";
    doing.addEventListener("click", () => { if (!offer.apart) end(); offer.act?.(); });
    item.append(doing);
    if (offer.href) window.htmx?.process(item);
  }
  const close = cross();
  close.addEventListener("click", end);
  item.append(close);
  document.getElementById("toasts").append(item);
  if (!bad && !offer) {
    const wait = () => setTimeout(() => { if (!item.matches(":hover, :focus-within")) end(); else wait(); }, stay);
    wait();
  }
  return end;
}

// The server says it with an answer: HX-Trigger: {"toast": "words"}.
document.addEventListener("toast", (event) => {
  const { value, words = value, bad } = event.detail ?? {};
  if (words) toast(words, { bad });
});

// The page of components shows them.
enhance("[data-toast]", (button) => {
  button.addEventListener("click", () => toast(button.dataset.toast, { bad: "bad" in button.dataset }));
});
