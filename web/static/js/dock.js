// The player's dock at the foot of every page: what is heard, where in it, and
// the buttons.
import { habits, keep } from "./habits.js";
import { advance, hasNext, hasPrevious, place, step } from "./queue.js";
import { isMarked, mark } from "./marks.js";
import { close, isOn, player, playing, seconds, seek, seekBy, speed, toggle, volume } from "./player.js";
import { say } from "./page.js";
import { toast } from "./toast.js";

const dock = document.getElementById("dock");
const part = (name) => dock.querySelector(`.dock-${name}`);
const button = (name) => dock.querySelector(`[data-do=${name}]`);
const lead = 0.5; // s before what is said about there, for it is about

// clock is a time as players show it.
export function clock(of) {
  const whole = Math.floor(of + 0.05);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// seekAbout goes to what is said about at.
export const seekAbout = (at) => seek(Math.max(0, at - lead));

function title(track) {
  const link = document.createElement("a");
  link.href = track.page;
  link.dir = "auto";
  link.textContent = track.title;
  part("title").replaceChildren(link);
  window.htmx?.process(link); // it knows links that were there when it looked
  const download = part("download");
  download.hidden = false;
  download.href = `${track.url}?download=1`;
}

function press(name, on) {
  button(name).setAttribute("aria-pressed", String(on));
}

function change() {
  const { track, state, words, picture } = playing();
  if (!track && dock.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
  dock.hidden = !track;
  document.documentElement.classList.toggle("docked", Boolean(track));
  if (!track) return;
  if (part("title").querySelector("a")?.getAttribute("href") !== track.page || part("title").textContent !== track.title) title(track);
  dock.dataset.state = state;
  part("hear").setAttribute("aria-label", isOn() ? "Pause" : "Play");
  part("trouble").textContent = words;
  part("trouble").hidden = !words;
  const at = place();
  part("place").textContent = at ? `${at.at} of ${at.of}${at.more ? " and more" : ""}` : "";
  for (const name of ["previous", "next", "advance"]) button(name).hidden = !at;
  button("previous").disabled = !hasPrevious();
  button("next").disabled = !hasNext();
  press("advance", habits.advance);
  press("skip", habits.skip);
  press("mark", isMarked());
  button("skip").disabled = Boolean(picture && !picture.voiced.length);
  dock.querySelector("#dock-speed").value = String(habits.speed);
  if (!picture) part("marks").replaceChildren();
  time();
}

function time() {
  const { at, length } = seconds();
  const bar = part("seek");
  bar.max = length || 1;
  bar.disabled = !length;
  bar.value = at;
  bar.setAttribute("aria-valuetext", length ? `${clock(at)} of ${clock(length)}` : clock(at));
  part("at").textContent = clock(at);
  part("length").textContent = length ? `/ ${clock(length)}` : "";
}

function marks() {
  const { marks: list, length } = playing().picture;
  part("marks").replaceChildren(...list.map(({ at, text }) => {
    const mark = document.createElement("li");
    mark.title = `${text}, about ${clock(at)}`;
    mark.dataset.at = at;
    mark.style.setProperty("--at", length ? at / length : 0);
    const words = document.createElement("span");
    words.className = "unseen";
    words.textContent = mark.title;
    mark.append(words);
    return mark;
  }));
  for (const name of ["previous-match", "next-match"]) button(name).hidden = !list.length;
  change();
}

// match goes to the next match from here, or to the one before.
export function match(by) {
  const { track, picture } = playing();
  if (!track || !picture?.marks.length) return false;
  const { at } = seconds();
  const near = lead + 0.2; // one goes on from a match that one was just brought to
  const all = [...picture.marks].sort((a, b) => a.at - b.at);
  const goal = by > 0 ? all.find((mark) => mark.at > at + near) ?? all[0] : all.findLast((mark) => mark.at < at + lead - 0.2 - (isOn() ? 1 : 0)) ?? all.at(-1);
  seekAbout(goal.at);
  say(`${goal.text}, about ${clock(goal.at)}`);
  return true;
}

export function skipSilence() {
  keep({ skip: !habits.skip });
  change();
  player.dispatchEvent(new Event("change"));
  say(habits.skip ? "Silence is skipped" : "Silence is heard");
}

// link copies the address of what is heard now.
async function link() {
  const { track } = playing();
  const address = new URL(new URL(track.page, location.href).pathname, location.href);
  const { at } = seconds();
  if (at >= 1) address.searchParams.set("t", Math.floor(at));
  try {
    await navigator.clipboard.writeText(address.href);
    toast("The link to this moment is copied.");
  } catch {
    toast(`The link could not be copied: ${address.href}`, { bad: true });
  }
}

const speeds = () => [...dock.querySelectorAll("#dock-speed option")].map(({ value }) => Number(value));

// faster goes to the next speed, or to the one before.
export function faster(by) {
  const all = speeds();
  const at = all.indexOf(habits.speed);
  const rate = all[Math.min(all.length - 1, Math.max(0, at + by))];
  speed(rate);
  say(`Speed ${rate}`);
}

// unfold shows the rest of the buttons, where a small window has no room for them.
function unfold() {
  button("unfold").setAttribute("aria-expanded", String(dock.classList.toggle("unfolded")));
}

// size keeps room below the page for the dock as high as it is: by how much text is
// enlarged, what goes wrong, and what is unfolded, no style sheet knows.
const size = () => document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`);

const deeds = {
  toggle,
  close,
  back: () => seekBy(-10),
  on: () => seekBy(10),
  previous: () => step(-1),
  next: () => step(1),
  "previous-match": () => match(-1),
  "next-match": () => match(1),
  skip: skipSilence,
  mark,
  link,
  unfold,
  advance: () => advance(!habits.advance),
};

if (dock) {
  dock.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do]");
    if (pressed) deeds[pressed.dataset.do]?.();
    const mark = event.target.closest("[data-at]");
    if (mark) seekAbout(Number(mark.dataset.at));
  });
  part("seek").addEventListener("input", (event) => seek(Number(event.target.value)));
  dock.querySelector("#dock-speed").addEventListener("change", (event) => speed(Number(event.target.value)));
  const choice = dock.querySelector("#dock-speed");
  if (!speeds().includes(habits.speed)) {
    const own = new Option(`${habits.speed}×`, habits.speed);
    choice.add(own, [...choice.options].find(({ value }) => Number(value) > habits.speed) ?? null);
  }
  const level = dock.querySelector("#dock-volume");
  level.value = habits.volume;
  level.addEventListener("input", () => volume(Number(level.value)));
  new ResizeObserver(size).observe(dock);
  player.addEventListener("change", change);
  player.addEventListener("picture", marks);
  player.addEventListener("time", time);
}
