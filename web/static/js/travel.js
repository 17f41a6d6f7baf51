// From page to page by swapping what differs: who listens goes on listening, and
// focus and screen readers are told that there is another page. Whatever comes
// that is no page of this very program is loaded by the browser itself.
import { say } from "./page.js";
import { toast } from "./toast.js";

const rest = 150; // ms without scrolling after which the place is kept
let latest = null; // the request whose answer will be the page
let returning = null; // where one was on the page that is being gone back to
let left = ""; // the page that is left by its own link back
let staying = null; // what one is on, and where on the screen, while the page comes again round it

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

// The place that a form's address names is where to see why it was refused. The
// page that tells that it was carried out is seen from its top.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const { pathInfo, requestConfig, xhr } = detail;
  const there = ({ pathname, search }) => pathname + search;
  const went = there(new URL(xhr.responseURL || location.href)) !== there(new URL(pathInfo.finalRequestPath, location.href));
  if (isPage(detail) && requestConfig.verb !== "get" && went) delete pathInfo.anchor;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!isPage(detail) || !detail.shouldSwap) return;
  const { xhr } = detail;
  if (xhr !== latest?.xhr) {
    detail.shouldSwap = false;
  } else if (refused(detail)) {
    detail.shouldSwap = false;
    returning = null;
  } else if (!fits(xhr)) {
    detail.shouldSwap = false;
    location.assign(xhr.responseURL || detail.pathInfo.requestPath);
  }
  const on = document.activeElement;
  staying = detail.shouldSwap && on?.id && stays(detail.requestConfig.elt) ? { id: on.id, top: on.getBoundingClientRect().top } : null;
});

// stays reports whether what was pressed leaves one where one is on the page.
const stays = (elt) => elt.closest("[hx-swap]")?.getAttribute("hx-swap").includes("show:none");

// stay brings what one is on to where it was on the screen: what stands above it
// may have become longer or shorter.
function stay({ id, top }) {
  const on = document.getElementById(id);
  if (on && on === document.activeElement) scrollBy({ top: on.getBoundingClientRect().top - top, behavior: "instant" });
}

// refused says why a form came to nothing, or why there is no page at all now,
// where another page tells that. It does not take the place of this one: what was
// typed stays, to be sent again, and who listens goes on listening.
function refused({ xhr, requestConfig, pathInfo }) {
  const came = new URL(xhr.responseURL, location.href);
  const sent = requestConfig.verb !== "get";
  if (sent && came.pathname === "/login" && !came.search) { // with a page to go on to it was carried out before
    toast("You are not signed in any more, so nothing was changed. Sign in in another tab, then send this again.",
      { bad: true, offer: { text: "Sign in", href: "/login", apart: true } });
    return true;
  }
  if (fits(xhr) && !(sent && came.pathname === new URL(pathInfo.requestPath, location.href).pathname)) return false;
  const fault = new DOMParser().parseFromString(xhr.response, "text/html").querySelector("main [data-fault]");
  if (!fault) return false;
  toast([...fault.querySelectorAll("h1, [data-words]")].map((part) => part.textContent.trim().replace(/[^.!?]$/, "$&.")).join(" "), { bad: true });
  return true;
}

// wanting is what of a page wants attention before all else: the first field that
// was not taken, or the words that say why nothing was.
const wanting = (main) => main.querySelector("form[method=post] [aria-invalid=true]") ?? main.querySelector(".note[role=alert]");

// reach brings the focus to what may not take it by itself.
function reach(place) {
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

// Focus goes to where one was, to what asks for it, to what is wrong, to what the
// address names, or to the page. It returns what is then to be seen, null where
// that is the page from its top.
function focus(main, { status }, { anchor }, found) {
  const link = found ?? (returning?.link && [...main.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === returning.link));
  const own = main.querySelector("[autofocus]");
  const wrong = status >= 400 && !own ? wanting(main) : null;
  const named = !returning && anchor ? document.getElementById(anchor) : null;
  // Who was on something that the new page has too stays there.
  const kept = document.activeElement !== main && main.contains(document.activeElement);
  if (link) {
    reach(link);
  } else if (wrong) {
    reach(wrong);
    return wrong;
  } else if (!kept && !own) {
    reach(named ?? main);
  }
  return named === main ? null : named;
}

// hitOf is the hit of a list that is the page of the path.
const hitOf = (main, path) => [...main.querySelectorAll(".hit h3 a")].find((a) => a.pathname === path);

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isPage(event.detail)) return;
  const main = document.getElementById("main");
  const place = returning;
  const kept = staying;
  const found = place || !left ? null : hitOf(main, left);
  const seen = focus(main, event.detail.xhr, event.detail.pathInfo, found);
  returning = staying = null;
  queueMicrotask(() => { // htmx scrolls to the top before
    if (kept) stay(kept);
    else if (place) scrollTo(0, place.scroll ?? 0);
    else if (found) found.closest(".hit").scrollIntoView({ block: "center" });
    else seen?.scrollIntoView({ block: seen.contains(document.activeElement) && seen.matches("input, select, textarea") ? "center" : "start" });
  });
  say(document.title);
});

// A page that was loaded anew because of a field says so, too.
if (!document.querySelector("main [autofocus]")) document.querySelector("main form[method=post] [aria-invalid=true]")?.focus();

// The links of drawings are none to htmx: one of the page goes in their place.
export function follow(address, near) {
  const link = document.createElement("a");
  link.href = address;
  link.hidden = true;
  near.append(link);
  window.htmx?.process(link);
  link.click();
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("svg a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  follow(link.getAttribute("href"), link.closest("figure"));
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
