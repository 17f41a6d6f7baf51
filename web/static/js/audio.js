// Says so where a recording does not play.
import { enhance } from "./page.js";

enhance("audio", (audio) => {
  const words = audio.parentElement.querySelector("[role=alert]");
  if (!words) return;
  audio.addEventListener("error", () => { words.hidden = false; });
  audio.addEventListener("playing", () => { words.hidden = true; });
});
