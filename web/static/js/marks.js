// Marking a message while one listens: it gets the tag "marked", which everybody
// sees who may see the message, and which can be searched and taken off there.
import { say } from "./page.js";
import { player, playing } from "./player.js";

const changed = new Map(); // what was done here, by message

const messageOf = (track) => track.url.split("/recordings/")[0];

export function isMarked() {
  const { track, picture } = playing();
  return Boolean(track) && (changed.get(messageOf(track)) ?? picture?.marked ?? false);
}

export async function mark() {
  const { track } = playing();
  if (!track) return;
  const message = messageOf(track);
  const on = !isMarked();
  let words = on ? "Marked" : "No longer marked";
  try {
    const answer = await fetch(`/api/v1${message}/tags/marked`, { method: on ? "PUT" : "DELETE" });
    if (!answer.ok && !(answer.status === 404 && !on)) throw new Error((await answer.json()).error.message);
    changed.set(message, on);
  } catch (error) {
    words = `It could not be marked: ${error.message}`;
  }
  say(words);
  player.dispatchEvent(new Event("change"));
}
