// From page to page by swapping what differs: who listens goes on listening, and
// focus and screen readers are told that there is another page.
import { say } from "./page.js";

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "main" || !event.detail.boosted) return;
  const main = document.getElementById("main");
  // Who was on something that the new page has too stays there.
  const kept = document.activeElement !== main && main.contains(document.activeElement);
  if (!kept && !main.querySelector("[autofocus]")) main.focus({ preventScroll: true });
  say(document.title);
});

document.addEventListener("htmx:historyRestore", () => {
  document.getElementById("main").focus({ preventScroll: true });
  say(document.title);
});

// A page that can't be brought is asked for as without scripts, so that the
// browser says why.
document.addEventListener("htmx:sendError", (event) => {
  const { boosted, requestConfig } = event.detail;
  if (boosted && requestConfig?.verb === "get") location.assign(requestConfig.path);
});
