// How far a download is. The download itself is the browser's own: this only
// asks beside it, by a key that both know.
import { enhance, say } from "./page.js";

const number = new Intl.NumberFormat(document.documentElement.dataset.locale);

enhance("form.export", (form) => {
  const box = form.querySelector(".progress");
  const bar = box.querySelector("progress");
  const words = box.querySelector(".words");
  const button = form.querySelector("button");
  const key = document.createElement("input");
  key.type = "hidden";
  key.name = "progress";
  form.append(key);
  let stream = null;

  const end = (sentence) => {
    stream?.close();
    stream = null;
    words.textContent = sentence;
    say(sentence);
  };

  form.addEventListener("submit", () => {
    stream?.close();
    const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID is not there without https
    key.value = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    box.hidden = false;
    bar.removeAttribute("value");
    words.textContent = "Beginning…";
    stream = new EventSource(`/export/progress?key=${key.value}`);
    const mine = stream;
    let told = false;
    mine.addEventListener("progress", (event) => {
      const { written, total, state } = JSON.parse(event.data);
      told = true;
      bar.max = Math.max(total, 1);
      bar.value = state === "whole" ? bar.max : written;
      if (state === "whole") end(`All ${number.format(written)} are written.`);
      else if (state === "broken") end(`It broke off after ${number.format(written)} of ${number.format(total)}. The file is not whole: download it again.`);
      else words.textContent = `${number.format(written)} of ${number.format(total)}`;
    });
    mine.addEventListener("error", () => {
      if (mine !== stream) return;
      // The download goes on without being watched, or its own page says why not.
      end(told ? "The browser shows how far the download is." : "");
      box.hidden = !told;
    });
  });
  // Left for another page: nobody watches any more.
  document.addEventListener("htmx:beforeSwap", () => { if (!form.isConnected) stream?.close(); });
  window.addEventListener("pagehide", () => stream?.close());
});
