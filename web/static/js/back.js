// What can't be had while the database is away, or Afterbeep itself, comes by itself
// once it is back. What is asked meanwhile is small, ever more seldom, and only while
// somebody looks.
import { enhance, looked } from "./page.js";

const first = 1000; // ms
const last = 60_000;

async function answers() {
  try {
    const answer = await fetch("/readyz");
    return (await answer.json()).store === "ok";
  } catch {
    return false;
  }
}

const waiting = new WeakSet();

// whenBack does act once the database answers, where what waits for it is still
// seen. What was tried in vain before makes it wait for longer.
async function whenBack(part, act, tried = 0) {
  if (waiting.has(part)) return;
  waiting.add(part);
  const waits = () => part.isConnected && !part.hidden;
  for (let wait = first * 2 ** tried; ; wait *= 2) {
    await looked(Math.min(wait, last));
    if (!waits() || await answers()) break;
  }
  waiting.delete(part);
  if (waits()) act();
}

// The results alone: what is in the box is asked for again.
const again = () => window.htmx?.trigger("#q", "again");
enhance("#results [data-away]", (part) => whenBack(part, again));
document.addEventListener("htmx:sendError", ({ target }) => {
  const told = target.id === "q" && document.querySelector(".unreached:not([hidden])");
  if (told) whenBack(told, again);
});

// The page as a whole. Where it is away again all the same, it is waited for from
// there on: pages that load themselves over and over help nobody.
const { tried = 0, ...state } = history.state ?? {};
const page = document.querySelector("#main > [data-away]");
if (page) {
  whenBack(page, () => {
    history.replaceState({ ...state, tried: tried + 1 }, "");
    location.reload();
  }, tried);
} else if (tried) {
  history.replaceState(state, "");
}
