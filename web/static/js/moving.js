// A part of the page that tells how far something is, while that goes on: it is
// asked for again in its place, at first soon and then ever more seldom, for each
// time is written down as a look. Who is in it stays there.
import { appeared, enhance, looked, say } from "./page.js";
import { calmly } from "./press.js";

const first = 2000; // ms
const last = 60_000;
let wait = first;
let asked = null; // the part that came by asking

async function again(part) {
  if (!part.isConnected) return;
  try {
    const answer = await fetch(part.dataset.moving, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (answer.ok && fresh) calmly("moving", () => put(part, document.importNode(fresh, true)));
    else later(part);
  } catch {
    later(part);
  }
}

function later(part) {
  looked(wait).then(() => again(part));
  wait = Math.min(wait * 2, last);
}

function put(part, fresh) {
  if (!part.isConnected) return;
  if (part.querySelector("details[open]")) {
    later(part);
    return;
  }
  const within = part.contains(document.activeElement);
  const on = document.activeElement?.id;
  asked = fresh;
  part.replaceWith(fresh);
  if (within) (document.getElementById(on) ?? document.getElementById("main")).focus({ preventScroll: true });
  window.htmx?.process(fresh);
  appeared(fresh);
  if ("moving" in fresh.dataset) later(fresh);
  else say(fresh.querySelector("p").textContent);
}

enhance("[data-moving]", (part) => {
  if (part === asked) return;
  wait = first;
  later(part);
});
