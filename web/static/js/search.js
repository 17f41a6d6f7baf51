// Results while typing. The form does the asking (htmx): at once when nothing is
// asked, else when the answer to what was asked has come, so that one request is
// under way at most and answers come in order. This shows the answer: what one
// waits for first, then the hits below the screen, and once typing rests what the
// next answer would undo: links that htmx knows, the title and the address of the
// page. An answer that comes too late is not shown, and what was found is told.
import { appeared, enhance, say } from "./page.js";
import { calmly } from "./press.js";

const pause = 700; // ms without a key after which the count is read out
const above = 200; // px at least that are above the first hit
const lowest = 80; // px at least that a hit is high
const patience = 250; // ms after which an answer is seen to be on its way
const rest = 300; // ms without a key after which what is shown is taken to stay
let telling = 0;
let resting = 0;
let kept = null; // what is still to be done with the results that are shown
let leaving = false;

const box = () => document.getElementById("q");
const results = () => document.getElementById("results");

// What is asked for the whole page makes what was asked for its results void.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "main") return;
  stay();
  leaving = true;
  const input = box();
  if (input) window.htmx.trigger(input, "htmx:abort");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target?.id === "main") leaving = false;
});

// To change the address costs a browser nearly as much as to draw the results. So
// it waits while letters come, and is done before anything else that somebody does.
function stay() {
  clearTimeout(resting);
  removeEventListener("beforeunload", stay);
  const act = kept;
  kept = null;
  act?.();
}

function rests() {
  clearTimeout(resting);
  if (kept) resting = setTimeout(stay, rest);
}

const written = /^(.|Backspace|Delete|Process|Unidentified)$/u; // the last two by what puts letters together
const writes = ({ key, target, altKey, ctrlKey, metaKey }) => target === box() && written.test(key) && !altKey && !ctrlKey && !metaKey;
for (const name of ["pointerdown", "click", "focusout"]) document.addEventListener(name, stay, { capture: true });
document.addEventListener("keydown", (event) => { if (!writes(event)) stay(); }, { capture: true });
addEventListener("popstate", () => { kept = null; }); // the address is another one's by now

enhance("form#search", (form) => {
  const input = form.querySelector("#q");
  input.addEventListener("input", rests);
  input.addEventListener("htmx:configRequest", (event) => {
    if (leaving) event.preventDefault();
  });
  // Of what comes at once nothing is seen: to draw it would take as long as the answer.
  let waiting = 0;
  input.addEventListener("htmx:beforeRequest", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      form.classList.add("slow");
      results()?.setAttribute("aria-busy", "true");
    }, patience);
  });
  input.addEventListener("htmx:afterRequest", () => {
    clearTimeout(waiting);
    form.classList.remove("slow");
    results()?.removeAttribute("aria-busy");
  });
  // Of what can't be reached the last results stay, and it is said.
  const unreached = form.querySelector(".unreached");
  input.addEventListener("htmx:sendError", () => { unreached.hidden = false; });
  input.addEventListener("htmx:beforeOnLoad", () => { unreached.hidden = true; });
  for (const field of form.querySelectorAll("select")) {
    field.addEventListener("change", () => form.requestSubmit());
  }
});

// tell reads out what was found once nothing is typed for a while.
function tell() {
  clearTimeout(telling);
  telling = setTimeout(() => {
    const found = results()?.querySelector(".count, [role=alert]");
    if (found) say(found.textContent.trim().replace(/\s+/g, " "));
  }, pause);
}

// below takes out of results what is sure to be below the screen of who is at the
// top of the page: hits, and what comes after them. It returns a function that
// puts it back.
function below(fresh) {
  const list = fresh.querySelector(".hits");
  const most = Math.max(Math.ceil((innerHeight - above) / lowest), 1);
  if (scrollY > 0 || !list || list.children.length <= most) return () => {};
  const hits = document.createDocumentFragment();
  const rest = document.createDocumentFragment();
  hits.append(...[...list.children].slice(most));
  while (list.nextSibling) rest.append(list.nextSibling);
  return () => {
    list.append(hits);
    list.after(rest);
    appeared(fresh);
  };
}

// put shows the results of an answer in the place of those that are there.
function put(xhr, answer) {
  const fresh = answer.querySelector("#results");
  const old = results();
  if (leaving || !old) return;
  const complete = below(fresh);
  const here = location.href;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  appeared(fresh);
  fresh.dispatchEvent(new CustomEvent("results:shown", { bubbles: true }));
  const title = answer.querySelector("title")?.textContent;
  const address = xhr.getResponseHeader("HX-Replace-Url");
  requestAnimationFrame(() => setTimeout(() => {
    if (!fresh.isConnected) return;
    complete();
    kept = () => {
      // Another page may have put its address here, and be about to put its contents.
      if (!fresh.isConnected || location.href !== here) return;
      window.htmx.process(fresh);
      if (title) document.title = title;
      if (address) history.replaceState({ ...history.state, htmx: true }, "", address);
      document.dispatchEvent(new CustomEvent("results:settled"));
    };
    addEventListener("beforeunload", stay); // no longer than needed: some browsers keep no page that listens to it
    rests();
  }));
  tell();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!detail.shouldSwap || detail.requestConfig.elt !== box()) return;
  const answer = document.createElement("template");
  answer.innerHTML = detail.xhr.responseText;
  if (!results() || !answer.content.querySelector("#results")) return;
  detail.shouldSwap = false;
  calmly("results", () => put(detail.xhr, answer.content));
});
