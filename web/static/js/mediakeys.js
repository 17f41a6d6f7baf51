// The keys of keyboards, headphones and locked phones that are for players. No
// caller is named there: a locked screen is anybody's to see.
import { hasNext, hasPrevious, step } from "./queue.js";
import { isOn, pause, player, playing, resume, seek, seekBy } from "./player.js";

const session = navigator.mediaSession;

function handle(action, act) {
  try {
    session.setActionHandler(action, act);
  } catch {
    // A key that this browser doesn't know.
  }
}

if (session && document.getElementById("dock")) {
  player.addEventListener("change", () => {
    const { track } = playing();
    session.metadata = track ? new MediaMetadata({ title: "Voicemail", artist: "Afterbeep" }) : null;
    session.playbackState = track ? (isOn() ? "playing" : "paused") : "none";
    handle("play", track ? resume : null);
    handle("pause", track ? pause : null);
    handle("seekbackward", track ? () => seekBy(-10) : null);
    handle("seekforward", track ? () => seekBy(10) : null);
    handle("seekto", track ? ({ seekTime }) => seek(seekTime) : null);
    handle("previoustrack", hasPrevious() ? () => step(-1) : null);
    handle("nexttrack", hasNext() ? () => step(1) : null);
  });
}
