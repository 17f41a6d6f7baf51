// Buttons that copy: <button data-copy="what" hidden>. They show where this browser
// can copy. A link with data-copy-link is copied by a click, and stays a link to
// whoever wants another tab, and where nothing can be copied.
import { enhance, say } from "./page.js";

const shown = 1600; // ms that a button says that it did

function done(button, words) {
  say(words);
  button.dataset.done = words;
  setTimeout(() => delete button.dataset.done, shown);
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    done(button, "Copied");
  } catch {
    done(button, "This browser does not let it be copied");
  }
}

if (navigator.clipboard) {
  enhance("[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, button.dataset.copy));
  });
  enhance("[data-copy-link]", (link) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // htmx would go there
      copy(link, link.href);
    }, { capture: true });
  });
} else {
  enhance("[data-copy]", (button) => button.remove());
  enhance("[data-copy-link]", (link) => link.removeAttribute("data-copy-link"));
}
