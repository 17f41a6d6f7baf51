// From a message to the next one of the list that it was opened in, as from hit to
// hit. What the list held is kept by this tab.
import { addKey } from "./keys.js";
import { enhance } from "./page.js";

const place = "afterbeep.list";
const hits = '.hit h3 a[href^="/voicemails/"]';

document.addEventListener("click", (event) => {
  if (!event.target.closest?.(hits)) return;
  const list = [...document.querySelectorAll(hits)].map((link) => link.getAttribute("href"));
  try {
    sessionStorage.setItem(place, JSON.stringify(list));
  } catch { /* then there is no next one */ }
});

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(place)) ?? [];
  } catch {
    return [];
  }
}

enhance("nav.beside", (nav) => {
  const list = kept();
  const at = list.findIndex((address) => new URL(address, location.href).pathname === location.pathname);
  if (at < 0 || list.length < 2) return;
  for (const link of nav.querySelectorAll("[data-by]")) {
    const to = list[at + Number(link.dataset.by)];
    if (!to) {
      link.setAttribute("aria-disabled", "true");
      continue;
    }
    const fresh = link.cloneNode(true); // htmx knows links that had an address when it looked
    fresh.href = to;
    link.replaceWith(fresh);
  }
  nav.hidden = false;
  window.htmx?.process(nav);
});

function go(by) {
  const link = document.querySelector(`nav.beside a[href][data-by="${by}"]`);
  if (!link) return false;
  link.click();
  return true;
}

addKey("j", "On a message: the next of the results", () => go(1));
addKey("k", "On a message: the one before in the results", () => go(-1));
