// Results while typing. The form does the asking (htmx): at once when nothing is
// asked, else when the answer to what was asked has come, so that one request is
// under way at most and answers come in order. This adds what surrounds it: an
// answer that comes too late is not shown, and what was found is told.
import { enhance, say } from "./page.js";

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

enhance("#search", (form) => {
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

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "results") return;
  clearTimeout(telling);
  telling = setTimeout(() => {
    const found = results()?.querySelector(".count, [role=alert]");
    if (found) say(found.textContent.trim().replace(/\s+/g, " "));
  }, pause);
});
