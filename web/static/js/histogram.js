// The histogram as a filter: its bars are links anyway. Arrow keys go from bar to
// bar, with Shift they take several, Enter searches in these; a pointer that is
// drawn over bars takes them, too. Escape lets go.
import { enhance } from "./page.js";
import { follow } from "./travel.js";

const column = 10; // width of a bar's column, in units of the drawing

enhance(".histogram", (figure) => {
  const drawing = figure.querySelector("svg");
  const bars = [...figure.querySelectorAll("a[data-at]")];
  const said = figure.querySelector(".stretch");
  if (!bars.length) return;
  let first = -1; // where a stretch was begun; -1 where none is
  let last = -1;

  const ends = () => [Math.min(first, last), Math.max(first, last)];
  const name = (bar) => bar.getAttribute("aria-label").replace(/: [^:]*$/, "");

  function take(a, b) {
    [first, last] = [a, b];
    const [from, to] = ends();
    bars.forEach((bar, i) => bar.classList.toggle("taken", first >= 0 && i >= from && i <= to));
    said.textContent = first < 0 || first === last ? "" : `${name(bars[from])} to ${name(bars[to])}`;
  }
  const letGo = () => take(-1, -1);

  function search() {
    const [from, to] = ends();
    const address = new URL(figure.dataset.anywhen, location.href);
    address.searchParams.set("from", bars[from].dataset.from);
    address.searchParams.set("to", bars[to].dataset.to);
    follow(address.pathname + address.search, figure);
  }

  function focus(at) {
    for (const bar of bars) bar.setAttribute("tabindex", "-1");
    bars[at].setAttribute("tabindex", "0");
    bars[at].focus({ preventScroll: true });
  }

  bars.at(-1).setAttribute("tabindex", "0");
  drawing.addEventListener("keydown", (event) => {
    const at = bars.indexOf(event.target.closest("a"));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (event.key === "Escape" && first >= 0) {
      letGo();
    } else if (event.key === "Enter" && first !== last) {
      search();
    } else if (to !== undefined) {
      const next = Math.min(Math.max(to, 0), bars.length - 1);
      if (event.shiftKey) take(first < 0 ? at : first, next);
      else letGo();
      focus(next);
    } else {
      return;
    }
    event.preventDefault();
  });

  // nearest is the bar below a place, or the one next to it where nothing was left.
  function nearest(x) {
    const { left, width } = drawing.getBoundingClientRect();
    const at = ((x - left) / width) * (drawing.viewBox.baseVal.width / column) - 0.5;
    const far = (bar) => Math.abs(bar.dataset.at - at);
    return bars.reduce((best, bar, i) => (far(bar) < far(bars[best]) ? i : best), 0);
  }

  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  drawing.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return; // fingers scroll, and tap on bars
    const began = event.clientX;
    const end = new AbortController();
    const move = (moved) => {
      if (first >= 0 || Math.abs(moved.clientX - began) > 4) take(nearest(began), nearest(moved.clientX));
    };
    const stop = (stopped) => {
      end.abort();
      if (stopped.type === "pointerup" && first !== last) search(); // on one bar it is a click
      else letGo();
    };
    letGo();
    document.addEventListener("pointermove", move, { signal: end.signal });
    document.addEventListener("pointerup", stop, { signal: end.signal });
    document.addEventListener("pointercancel", stop, { signal: end.signal });
  });
});
