// Results while typing. The form does the asking (htmx): at once when nothing is
// asked, else when the answer to what was asked has come, so that one request is
// under way at most and answers come in order. This shows the answer: what one
// waits for first, and what can wait, links that htmx knows and the address of the
// page, once it is on the screen. An answer that comes too late is not shown, and
// what was found is told.
import { appeared, enhance, say } from "./page.js";

const pause = 700; // ms without a key after which the count is read out
let telling = 0;
let leaving = false;

const box = () => document.getElementById("q");
const results = () => document.getElementById("results");

// What is asked for the whole page makes what was asked for its results void.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "main") return;
  leaving = true;
  const input = box();
  if (input) window.htmx.trigger(input, "htmx:abort");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target?.id === "main") leaving = false;
});

enhance("form#search", (form) => {
  const input = form.querySelector("#q");
  input.addEventListener("htmx:configRequest", (event) => {
    if (leaving) event.preventDefault();
  });
  input.addEventListener("htmx:beforeRequest", () => results()?.setAttribute("aria-busy", "true"));
  input.addEventListener("htmx:afterRequest", () => results()?.removeAttribute("aria-busy"));
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

// put shows results in the place of those that are there, and reports whether
// there are any in the answer.
function put(xhr) {
  const answer = document.createElement("template");
  answer.innerHTML = xhr.responseText;
  const fresh = answer.content.querySelector("#results");
  const old = results();
  if (!fresh || !old) return false;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  appeared(fresh);
  fresh.dispatchEvent(new CustomEvent("results:shown", { bubbles: true }));
  const title = answer.content.querySelector("title")?.textContent;
  const address = xhr.getResponseHeader("HX-Replace-Url");
  requestAnimationFrame(() => setTimeout(() => {
    if (!fresh.isConnected) return;
    window.htmx.process(fresh);
    if (title) document.title = title;
    if (address) history.replaceState({ ...history.state, htmx: true }, "", address);
    document.dispatchEvent(new CustomEvent("results:settled"));
  }));
  tell();
  return true;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (detail.shouldSwap && detail.requestConfig.elt === box() && put(detail.xhr)) detail.shouldSwap = false;
});
