// Buttons that copy: <button data-copy="what" hidden>, or with data-copy-link the
// address of the page without what was searched. They show where this browser can
// copy.
import { enhance, say } from "./page.js";

const shown = 1600; // ms that a button says that it did

function done(button, words) {
  say(words);
  button.dataset.done = words;
  setTimeout(() => delete button.dataset.done, shown);
}

async function copy(button) {
  const text = button.dataset.copy ?? new URL(location.pathname, location.href).href;
  try {
    await navigator.clipboard.writeText(text);
    done(button, "Copied");
  } catch {
    done(button, "This browser does not let it be copied");
  }
}

if (navigator.clipboard) {
  enhance("[data-copy], [data-copy-link]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
} else {
  enhance("[data-copy], [data-copy-link]", (button) => button.remove());
}
