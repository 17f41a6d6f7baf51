// New messages, told by a note that lies over the page and moves nothing in it.
// One tab of a browser holds the stream, one that is looked at, and tells the
// others; where nobody looks, nothing is held.
import { enhance, say } from "./page.js";

const patience = 60_000; // ms until a stream that was refused is tried again
const signedIn = document.body.hasAttribute("hx-boost");
const number = new Intl.NumberFormat(document.documentElement.dataset.locale);

// What was told and is not on the page, and the last that was told.
let unseen = [];
let told = -1;
let note = null;

// A page of results says up to what it was made: that is seen.
function seen(seq) {
  told = Math.max(told, seq);
  unseen = unseen.filter((news) => news.seq > seq);
  show();
}

// take is what one event of the stream, from here or from another tab, does.
function take(news) {
  if (news.seq <= told) return;
  told = news.seq;
  if (news.count === 0 && !news.more) return;
  if (!unseen.length) say("New voicemails have arrived.");
  unseen.push(news);
  show();
}

// receive is what one message of the stream does, from here or from another tab:
// what changed in callbacks is told to whoever shows them.
function receive(message) {
  if (message.work) document.dispatchEvent(new CustomEvent("work", { detail: message.work }));
  else take(message);
}

// where is the search that shows what is new: the one that is looked at, from
// its first page on.
function where() {
  if (location.pathname !== "/") return "/";
  const search = new URLSearchParams(location.search);
  search.delete("cursor");
  const query = search.toString();
  return query ? `/?${query}` : "/";
}

function words() {
  const count = unseen.reduce((sum, news) => sum + news.count, 0);
  if (unseen.some((news) => news.more)) return count ? `${number.format(count)} or more new voicemails` : "There are new voicemails";
  return count === 1 ? "1 new voicemail" : `${number.format(count)} new voicemails`;
}

function made() {
  const box = document.createElement("aside");
  box.className = "toasts news";
  box.setAttribute("aria-label", "New voicemails");
  const line = document.createElement("div");
  line.className = "toast";
  const text = document.createElement("p");
  const link = document.createElement("a");
  link.textContent = "Show";
  const away = document.createElement("button");
  away.type = "button";
  away.textContent = "Not now";
  away.addEventListener("click", () => {
    const inside = box.contains(document.activeElement);
    seen(told);
    if (inside) document.getElementById("main")?.focus({ preventScroll: true });
  });
  line.append(text, link, away);
  box.append(line);
  document.body.append(box);
  return box;
}

function show() {
  if (!unseen.length) {
    if (note) note.hidden = true;
    return;
  }
  note ??= made();
  note.hidden = false;
  note.querySelector("p").textContent = words();
  const link = note.querySelector("a");
  if (link.getAttribute("href") === where()) return;
  // A link that htmx knows is one whose address it has seen.
  const fresh = link.cloneNode(true);
  fresh.setAttribute("href", where());
  link.replaceWith(fresh);
  window.htmx?.process(fresh);
}

// hold holds the stream until the signal says that it is enough.
function hold(channel, signal) {
  return new Promise((release) => {
    let stream = null;
    let again = 0;
    const open = () => {
      stream = new EventSource(told >= 0 ? `/events?after=${told}` : "/events");
      const share = (message) => {
        channel?.postMessage(message);
        receive(message);
      };
      stream.addEventListener("ready", (event) => {
        told = Math.max(told, Number(event.lastEventId));
        share({ work: { seq: JSON.parse(event.data).work, more: true, changes: [] } });
      });
      stream.addEventListener("work", (event) => share({ work: JSON.parse(event.data) }));
      stream.addEventListener("voicemails", (event) => share({ seq: Number(event.lastEventId), ...JSON.parse(event.data) }));
      stream.addEventListener("error", () => {
        if (stream.readyState !== EventSource.CLOSED) return; // it comes again by itself
        again = setTimeout(open, patience);
      });
    };
    signal.addEventListener("abort", () => {
      clearTimeout(again);
      stream?.close();
      release();
    }, { once: true });
    open();
  });
}

function begin() {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("afterbeep-live") : null;
  channel?.addEventListener("message", (event) => receive(event.data));
  let looking = null;
  const follow = () => {
    if (looking) return;
    looking = new AbortController();
    const { signal } = looking;
    if (!navigator.locks) { // without https, each tab that is looked at has its own
      hold(null, signal);
      return;
    }
    navigator.locks.request("afterbeep-live", { signal }, () => (signal.aborted ? null : hold(channel, signal))).catch(() => {});
  };
  const leave = () => {
    looking?.abort();
    looking = null;
  };
  const look = () => (document.visibilityState === "visible" ? follow() : leave());
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", look);
  document.addEventListener("htmx:pushedIntoHistory", show);
  document.addEventListener("htmx:replacedInHistory", show);
  document.addEventListener("results:settled", show);
  look();
}

if (signedIn && "EventSource" in window) {
  enhance("[data-live]", (results) => seen(Number(results.dataset.live)));
  begin();
}
