// The waveform in the dock, drawn by wavesurfer from what the server made of the
// recording: nothing is decoded in the browser. The library is asked for when
// there is something to draw.
import { isOn, player, playing, seconds } from "./player.js";

const strip = document.querySelector("#dock .dock-strip");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let wave = null;
let coming = null;

// A canvas knows no tokens, so they are read where they are resolved.
function colours() {
  return {
    waveColor: getComputedStyle(strip.querySelector(".dock-drawing")).color,
    progressColor: getComputedStyle(strip).color,
  };
}

function make() {
  coming ??= import("../vendor/wavesurfer.esm.js").then(({ default: WaveSurfer }) => {
    wave = WaveSurfer.create({
      container: strip.querySelector(".dock-drawing"),
      cspNonce: document.querySelector("meta[name=csp-nonce]")?.content,
      media: new Audio(), // what is heard is the player's affair
      interact: false, cursorWidth: 0, height: 40, normalize: true,
      barWidth: 2, barGap: 1, barRadius: 1, hideScrollbar: true,
      ...colours(),
    });
  });
  return coming;
}

async function draw() {
  const { picture } = playing();
  strip.classList.toggle("drawn", Boolean(picture?.peaks.length));
  if (!picture?.peaks.length) return;
  try {
    await make();
    if (playing().picture !== picture) return;
    await wave.load("", [picture.peaks.map((p) => p / 255)], picture.length);
    follow();
  } catch {
    coming = null; // overtaken, or not to be had: the bar below serves
    if (!wave) strip.classList.remove("drawn");
  }
}

function follow() {
  if (strip.classList.contains("drawn")) wave?.setTime(seconds().at);
}

let running = 0;
function run() {
  running = 0;
  follow();
  if (isOn() && !still.matches) running = requestAnimationFrame(run);
}

function recolour() {
  wave?.setOptions(colours());
  follow();
}

if (strip) {
  player.addEventListener("picture", draw);
  player.addEventListener("time", follow);
  player.addEventListener("change", () => {
    if (!playing().picture) strip.classList.remove("drawn");
    if (!running) run();
  });
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", recolour);
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
