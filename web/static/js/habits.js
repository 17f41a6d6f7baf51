// How somebody likes to listen, remembered by this browser: speed, volume,
// whether silence is left out and whether one recording follows another. The
// speed begins as the one that is set on one's own page, until it is changed in
// the player; set there anew, it counts again.
const place = "afterbeep.player";

const start = () => Number(document.getElementById("dock")?.dataset.speed) || 1;

function read() {
  try {
    return JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {
    return {}; // somebody else's, or no storage
  }
}

const kept = read();

export const habits = {
  speed: kept.set === start() ? kept.speed ?? start() : start(),
  volume: kept.volume ?? 1,
  skip: kept.skip ?? false,
  advance: kept.advance ?? false,
};

export function keep(change) {
  Object.assign(habits, change);
  try {
    localStorage.setItem(place, JSON.stringify({ ...habits, set: start() }));
  } catch {
    // Then it is remembered until the page is left.
  }
}
