// Play the hits: what a list holds, one after another. The list is the one in
// which play was pressed; it goes on through the next pages of results.
import { habits, keep } from "./habits.js";
import { play, player, playing } from "./player.js";
import { say } from "./page.js";

const patience = 3000; // ms for which it is shown why a recording was passed over
let list = []; // tracks
let more = ""; // address of the next page of the list; "" at its end
let fetching = null;
let passing = 0;

export function trackOf(button) {
  const { play: url, title, page } = button.dataset;
  return { url, title, page };
}

function tracksIn(root) {
  return [...root.querySelectorAll("[data-play]")].map(trackOf);
}

const moreIn = (root) => root.querySelector("main a[rel=next]")?.getAttribute("href") ?? "";

// begin plays the track of a button, and remembers the list around it.
export function begin(button, at) {
  list = tracksIn(document.getElementById("main"));
  more = moreIn(document);
  play(trackOf(button), at);
}

const placeOf = () => list.findIndex(({ url }) => url === playing().track?.url);

// place says where in the list one is: { at, of, more }, or null for a list of
// one.
export function place() {
  const at = placeOf();
  if (at < 0 || list.length < 2 && !more) return null;
  return { at: at + 1, of: list.length, more: Boolean(more) };
}

export const hasNext = () => placeOf() >= 0 && (placeOf() + 1 < list.length || Boolean(more));
export const hasPrevious = () => placeOf() > 0;

// turn brings the next page of the list.
async function turn() {
  const address = more;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("no page");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (more !== address) return;
  const known = new Set(list.map(({ url }) => url));
  list.push(...tracksIn(page.querySelector("main")).filter(({ url }) => !known.has(url)));
  more = moreIn(page);
}

async function reach(at) {
  while (at >= list.length && more) {
    fetching ??= turn().finally(() => { fetching = null; });
    await fetching;
  }
}

// step goes to the next track or the one before. It reports whether there is one.
export async function step(by) {
  clearTimeout(passing);
  const { track } = playing();
  const at = placeOf() + by;
  if (placeOf() < 0 || at < 0) return false;
  try {
    await reach(at);
  } catch {
    say("The next page of the list can’t be had now.");
    return false;
  }
  if (playing().track !== track || !list[at]) return false;
  play(list[at], 0);
  const { of } = place();
  say(`${at + 1} of ${of}: ${list[at].title}`);
  return true;
}

export function advance(on) {
  keep({ advance: on });
  player.dispatchEvent(new Event("change"));
}

player.addEventListener("ended", async () => {
  if (habits.advance && placeOf() >= 0 && !(await step(1)) && !hasNext()) say("That was the last one.");
});
player.addEventListener("change", () => {
  clearTimeout(passing);
  if (habits.advance && playing().state === "failed" && hasNext()) passing = setTimeout(() => step(1), patience);
});
