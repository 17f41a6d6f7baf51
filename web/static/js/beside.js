// From a message to the next one of the list that it was opened in, as from hit to
// hit, and on to the next page of the list. What the list held is kept by this tab.
import { addKey } from "./keys.js";
import { enhance } from "./page.js";
import { follow } from "./travel.js";

const place = "afterbeep.list";
const hits = '.hit h3 a[href^="/voicemails/"]';

// listOf is the list of a page of results: its messages, and its neighbours.
function listOf(page) {
  const href = (link) => link?.getAttribute("href") ?? "";
  return {
    list: [...page.querySelectorAll(hits)].map(href),
    "-1": href(page.querySelector(".pager a[rel=prev]")),
    1: href(page.querySelector(".pager a[rel=next]")),
  };
}

function keep(list) {
  try {
    sessionStorage.setItem(place, JSON.stringify(list));
  } catch { /* then there is no next one */ }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(place)) ?? {};
  } catch {
    return {};
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.(hits)) keep(listOf(document));
});

// turn goes to the message of the next page that comes first, or of the page
// before that comes last. What can't be read so is gone to itself.
async function turn(nav, link, by) {
  if (nav.ariaBusy) return;
  nav.ariaBusy = "true";
  const page = link.href;
  let to = page;
  try {
    const answer = await fetch(page, { headers: { Accept: "text/html" } });
    const next = listOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (answer.ok && next.list.length) {
      keep(next);
      to = next.list.at(by > 0 ? 0 : -1);
    }
  } catch { /* travelling there says why */ }
  nav.ariaBusy = null;
  if (nav.isConnected) follow(to, nav);
}

// lead has a link lead to the message by places further, or to the page that it
// is on.
function lead(nav, link, { list, ...pages }, at) {
  const by = Number(link.dataset.by);
  const to = list[at + by];
  if (!to && !pages[by]) {
    link.setAttribute("aria-disabled", "true");
    return;
  }
  const fresh = link.cloneNode(true); // htmx knows links that had an address when it looked
  fresh.href = to ?? pages[by];
  if (!to) {
    fresh.setAttribute("hx-boost", "false");
    fresh.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      turn(nav, fresh, by);
    });
  }
  link.replaceWith(fresh);
}

enhance("nav.beside", (nav) => {
  const known = kept();
  const at = known.list?.findIndex((address) => new URL(address, location.href).pathname === location.pathname) ?? -1;
  if (at < 0 || known.list.length < 2 && !known[1] && !known[-1]) return;
  for (const link of nav.querySelectorAll("[data-by]")) lead(nav, link, known, at);
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
