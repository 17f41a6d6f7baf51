package web

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"afterbeep/store"
)

// What somebody does on the page of a message, by keys alone where there are
// some.
func TestVoicemailInTheBrowser(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", caller: "+14155550123", left: noon,
		segments: said("A refund, please. My number is 415 555 0199. I said refund, and I mean a refund.")})[0]
	r := b.reads(t, 1280, 900)
	r.do(chromedp.Navigate(r.url+voicemailPath(id)+"?q=refund"), chromedp.WaitVisible(chromedp.CSS(".marks .join")))

	const here = `[...document.querySelectorAll("mark.here")].map((m) => m.id).join() + " " + document.querySelector(".marks-count").textContent`
	for _, step := range []struct{ key, want string }{
		{"n", "match-1 1 of 3 matches"}, {"n", "match-2 2 of 3 matches"}, {"p", "match-1 1 of 3 matches"}, {"p", "match-3 3 of 3 matches"}, {"n", "match-1 1 of 3 matches"},
	} {
		r.types(step.key)
		awaits(r, here, step.want)
	}
	r.clicks(`[data-step="1"]`)
	awaits(r, here, "match-2 2 of 3 matches")
	awaits(r, `document.getElementById("said").textContent`, "Match 2 of 3: refund")

	// A number of the text leads to what can be done with it.
	r.clicks(`a.number`)
	awaits(r, `document.querySelector("#number-2:target .digits")?.textContent.trim() ?? ""`, "+1 415-555-0199")
	if got := says[int](r, `document.querySelectorAll("[data-copy]:not([hidden])").length`); got != 2 {
		t.Errorf("got %d buttons that copy, want 2", got)
	}
	// The link to the message, without what was searched, is copied by a click.
	says[bool](r, `(window.same = true, navigator.clipboard.writeText = async (text) => { window.copied = text; }, true)`)
	awaits(r, `document.querySelector(".message-head .permalink").innerText.trim()`, "Copy the link to this message")
	r.clicks(`.permalink`)
	awaits(r, `window.copied ?? ""`, r.url+voicemailPath(id))
	awaits(r, `document.getElementById("said").textContent`, "Copied")
	if at := says[string](r, `location.search`); at != "?q=refund" || !says[bool](r, `window.same`) {
		t.Errorf("copying led to %q", at)
	}

	// Notes and tags come without leaving the page, and focus stays where one
	// writes.
	r.do(chromedp.Focus(chromedp.CSS("#note-text")))
	r.types("Called her, all is well.")
	says[bool](r, `(window.same = true)`)
	r.clicks(".remark-form button")
	awaits(r, `document.querySelector(".remark-text")?.textContent ?? ""`, "Called her, all is well.")
	awaits(r, focused, "note-text")
	r.do(chromedp.Focus(chromedp.CSS("#tag-name")))
	r.types("Call Back" + kb.Enter)
	awaits(r, `document.querySelector(".tags .chip span")?.textContent ?? ""`, "call-back")
	awaits(r, focused, "tag-name")
	r.clicks(".tags .chip button")
	awaits(r, `document.querySelectorAll(".tags .chip").length`, 0)
	if !says[bool](r, `window.same === true`) {
		t.Error("the page was left, and what is heard with it")
	}
	// Where the page is long for the screen, too, one stays where one writes.
	r.do(chromedp.EmulateViewport(390, 500), chromedp.Focus(chromedp.CSS("#tag-name")))
	awaits(r, `innerWidth`, 390)
	const top = `Math.round(document.getElementById("tag-name").getBoundingClientRect().top)`
	for _, tag := range []string{"vip", "again"} {
		before := says[int](r, `document.getElementById("tag-name").scrollIntoView({block: "center", behavior: "instant"}), `+top)
		r.types(tag + kb.Enter)
		awaits(r, `[...document.querySelectorAll(".tags .chip span")].some(s => s.textContent === "`+tag+`")`, true)
		awaits(r, top, before)
	}
	notes, err := b.store.Notes(t.Context(), store.AllBots(), id)
	if err != nil || len(notes) != 1 {
		t.Errorf("got %v, %v", notes, err)
	}
}

// What is heard for the first time has its waveform as soon as it is archived.
func TestWaveformComesWithTheArchive(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
	r := b.reads(t, 1280, 900)
	r.do(chromedp.Navigate(r.url + voicemailPath(id)))
	r.clicks("main [data-play]")
	awaits(r, `document.querySelector("#dock").hidden`, false)
	b.keep(id, 0, store.Kept{Digest: digest, Bytes: 198444, Type: "audio/flac", Duration: 12 * time.Second, Peaks: []byte{0, 128, 255}})
	awaits(r, `document.querySelectorAll(".dock-strip.drawn").length`, 1)
}
