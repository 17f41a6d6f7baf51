package web

import (
	"testing"

	"github.com/chromedp/chromedp"

	"afterbeep/store"
)

// outside lists the menus within main that, opened one after the other, reach out
// of the window.
const outside = `[...document.querySelectorAll("main .menu")].filter((menu) => {
	menu.open = true;
	const { left, right } = menu.lastElementChild.getBoundingClientRect();
	menu.open = false;
	return left < 0 || right > document.documentElement.clientWidth;
}).map((menu) => menu.querySelector("summary").textContent).join()`

// covered lists the tags of hits that lie over others.
const covered = `[...document.querySelectorAll(".hit .put")].filter((tag, i, tags) => {
	const box = tag.getBoundingClientRect();
	return tags.slice(0, i).some((other) => {
		const { left, right, top, bottom } = other.getBoundingClientRect();
		return box.left < right - .5 && box.right > left + .5 && box.top < bottom - .5 && box.bottom > top + .5;
	});
}).map((tag) => tag.textContent).join()`

// Whatever row of a narrow page a menu's button has come to stand in, the menu opens
// within the window.
func TestMenusOpenWithinThePage(t *testing.T) {
	b := newBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550124"))
	for _, name := range []string{"vip", "complaint", "angry", "solved", "returns", "night-shift", "follow-up-with-the-insurer-in-munich"} {
		if _, err := b.store.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: ids[0], Name: name, By: "ada"}); err != nil {
			t.Fatal(err)
		}
	}
	r := b.reads(t, 320, 800)
	tabsStandInALine(t, r)
	for _, path := range []string{"/?q=refund", "/callbacks"} {
		for _, width := range []int64{320, 360, 390, 430, 540, 768} {
			r.do(chromedp.EmulateViewport(width, 800), chromedp.Navigate(r.url+path))
			if menus := says[int](r, `document.querySelectorAll("main .menu").length`); menus == 0 {
				t.Fatalf("%s has no menus", path)
			}
			if got := says[string](r, outside); got != "" {
				t.Errorf("%s, %d wide: %s opens outside of the window", path, width, got)
			}
			if got := says[string](r, covered); got != "" {
				t.Errorf("%s, %d wide: over other tags lies %s", path, width, got)
			}
		}
	}
}

// tabsStandInALine: on a phone no tab stands below another, and the chosen one is
// seen.
func tabsStandInALine(t *testing.T, r *reader) {
	t.Helper()
	for _, path := range []string{"/callbacks", "/callbacks?lane=old", "/callbacks?status=done"} {
		r.do(chromedp.Navigate(r.url + path))
		for _, row := range []string{".tabs", ".parts"} {
			awaits(r, `[...document.querySelectorAll("#work `+row+` a")].every((tab, _, [first]) => tab.offsetTop === first.offsetTop)`, true)
			awaits(r, `(() => {
				const chosen = document.querySelector("#work `+row+` [aria-current]")?.getBoundingClientRect();
				return !chosen || chosen.left >= 0 && chosen.right <= document.documentElement.clientWidth;
			})()`, true)
		}
	}
	if says[bool](r, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page is wider than the window")
	}
}
