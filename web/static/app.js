// All pages work without this file. It lets "/" bring the search box, and says
// so where a recording does not play.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("q");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

for (const audio of document.querySelectorAll("audio")) {
  const words = audio.parentElement.querySelector("[role=alert]");
  if (!words) continue;
  audio.addEventListener("error", () => { words.hidden = false; });
  audio.addEventListener("playing", () => { words.hidden = true; });
}
