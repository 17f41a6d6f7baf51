// Stepping through the matches of a message: buttons and the keys n and p in the
// place of a row of links.
import { addKey } from "./keys.js";
import { enhance, say } from "./page.js";

let steps = null; // of the page that is shown

class Steps {
  constructor(nav) {
    this.nav = nav;
    this.at = -1;
    this.count = nav.querySelector(".marks-count");
    this.all = this.count.textContent;
    nav.querySelector("ol").hidden = true;
    nav.querySelector(".join").hidden = false;
    nav.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) this.step(Number(button.dataset.step));
    });
    const asked = /^#match-(\d+)$/.exec(location.hash);
    if (asked) this.go(Number(asked[1]) - 1);
  }

  get marks() { return [...document.querySelectorAll(".transcript mark[id^=match-]")]; }

  step(by) {
    const { length } = this.marks;
    if (!length) return;
    this.go(this.at < 0 ? (by > 0 ? 0 : length - 1) : (this.at + by + length) % length);
  }

  go(at) {
    const { marks } = this;
    if (!marks[at]) return;
    marks[this.at]?.classList.remove("here");
    this.at = at;
    marks[at].classList.add("here");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    marks[at].scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
    this.count.textContent = `${at + 1} of ${this.all}`;
    say(`Match ${at + 1} of ${marks.length}: ${marks[at].textContent}`);
  }
}

enhance("nav.marks", (nav) => { steps = new Steps(nav); });

const step = (by) => () => {
  if (!steps?.nav.isConnected) return false;
  return steps.step(by);
};
addKey("n", "Next match in a message", step(1));
addKey("p", "Previous match in a message", step(-1));
