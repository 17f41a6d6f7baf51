// From page to page by swapping what differs: who listens goes on listening, and
// focus and screen readers are told that there is another page. Whatever comes
// that is no page of this very program is loaded by the browser itself.
import { say } from "./page.js";
import { toast } from "./toast.js";

const rest = 150; // ms without scrolling after which the place is kept
let latest = null; // the request whose answer will be the page
let returning = null; // where one was on the page that is being gone back to
let left = ""; // the page that is left by its own link back

const isPage = (detail) => detail.target?.id === "main";

// Of two pages that were asked for, the later one is meant.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, xhr, requestConfig } = event.detail;
  if (!isPage(event.detail)) return;
  if (latest?.verb === "get" && latest.elt !== elt) window.htmx.trigger(latest.elt, "htmx:abort");
  latest = { elt, xhr, verb: requestConfig.verb };
  left = elt.closest(".back") ? location.pathname : "";
  document.body.classList.add("travelling");
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr === latest?.xhr) document.body.classList.remove("travelling");
});

// fits reports whether the answer is a page of the program that made this one,
// for somebody who is signed in.
function fits(xhr) {
  const style = document.querySelector("link[rel=stylesheet]").getAttribute("href");
  return (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html") &&
    xhr.response.includes(style) && xhr.response.includes('name="csp-nonce"');
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!isPage(detail) || !detail.shouldSwap) return;
  if (detail.xhr !== latest?.xhr) {
    detail.shouldSwap = false;
  } else if (!fits(detail.xhr)) {
    detail.shouldSwap = false;
    location.assign(detail.xhr.responseURL || detail.pathInfo.requestPath);
  }
});

// Focus goes to where one was, to what asks for it, or to the page.
function focus(main, path) {
  const link = path && [...main.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === path);
  // Who was on something that the new page has too stays there.
  const kept = document.activeElement !== main && main.contains(document.activeElement);
  if (link) link.focus({ preventScroll: true });
  else if (!kept && !main.querySelector("[autofocus]")) main.focus({ preventScroll: true });
}

// find goes to the hit of a list that is the page.
function find(main, path) {
  const link = [...main.querySelectorAll(".hit h3 a")].find((a) => a.pathname === path);
  if (!link) return;
  link.focus({ preventScroll: true });
  queueMicrotask(() => link.closest(".hit").scrollIntoView({ block: "center" })); // htmx goes to the top before
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isPage(event.detail)) return;
  const main = document.getElementById("main");
  focus(main, returning?.link);
  if (returning) scrollTo(0, returning.scroll ?? 0);
  else if (left) find(main, left);
  returning = null;
  say(document.title);
});

// A page that can't be brought is asked for as without scripts, so that the
// browser says why; what was sent with a form is not lost.
document.addEventListener("htmx:sendError", (event) => {
  if (!isPage(event.detail)) return;
  const { verb, path } = event.detail.requestConfig;
  if (verb === "get") location.assign(path);
  else toast("Afterbeep can’t be reached, so nothing was changed. Try again in a moment.", { bad: true });
});

// Back and forward bring the page as any link does, and lead to the place on it
// that was left. htmx would swap the content alone.
let popped = null; // htmx forgets what the step of the history knew
addEventListener("popstate", (event) => { popped = event.state; }, { capture: true });
document.addEventListener("htmx:historyCacheMiss", (event) => {
  event.preventDefault();
  returning = popped ?? {};
  window.htmx.ajax("GET", event.detail.path, {
    source: document.body, target: "#main", select: "#main", selectOOB: "#top", swap: "outerHTML swap:0ms settle:0ms",
    headers: { "HX-History-Restore-Request": "true" },
  });
});

// keep writes where one is into the step of the history that the page is.
function keep() {
  const link = document.activeElement?.closest?.("#main a[href]")?.getAttribute("href");
  history.replaceState({ ...history.state, htmx: true, scroll: scrollY, link }, "");
}

let still = 0;
addEventListener("scroll", () => {
  clearTimeout(still);
  still = setTimeout(keep, rest);
}, { passive: true });
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  clearTimeout(still);
  if (event.detail.history?.type === "push") keep();
});

// What is given up for something else is no error: htmx would write it to the
// console. Of one that failed its own event tells.
if (window.htmx) {
  window.htmx.logger = (_, name, detail) => {
    if (name === "htmx:sendAbort" || name === "htmx:afterRequest") delete detail.error;
  };
}

if (window.htmx) {
  history.scrollRestoration = "manual";
  if (history.state?.scroll) scrollTo(0, history.state.scroll);
}

// A page that the browser kept aside is asked for again when one comes back to
// it: who signed out shall not be seen signed in.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname !== "/logout") return;
  addEventListener("pagehide", () => document.body.replaceChildren(), { once: true });
});
