package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/dustin/go-humanize"

	"afterbeep/ingest/kore/koresim"
)

// What is said once in all the archive, the newest first.
var saidOnce = []string{
	"Hello, this is Margaret Ashdown. The copper kettle that I ordered for the vestry leaks. Please send another copper kettle. My number is six one seven five five five zero one eight eight. Goodbye.",
	"The weathervane is bent.",
	"The weathervane squeaks.",
	"The weathervane is rusty.",
}

// TestDaysInALargeArchive goes through the days of people who use it, on
// PostgreSQL with a hundred thousand voicemails, at a desk by keys alone and on a
// phone by its screen: what they look for is there, focus is where one expects it
// after each step, and the browser has nothing to complain of.
func TestDaysInALargeArchive(t *testing.T) {
	t.Parallel()
	c := gather(t, saidOnce)
	for _, tt := range []struct {
		name  string
		phone bool
		day   func(*visitor)
	}{
		{"looking for one message, at a desk", false, looksForOneByKeys},
		{"looking for one message, on a phone", true, looksForOneByTouch},
		{"an analyst at a desk", false, analysesByKeys},
		{"an analyst on a phone", true, analysesByTouch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := &visitor{t: t, server: c.server, ctx: browser(t)}
			v.watch()
			v.beforeEachPage(`addEventListener("securitypolicyviolation", e => console.error("policy: " + e.violatedDirective + " " + e.blockedURI))`)
			if tt.phone {
				do(t, v.ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
			} else {
				v.look(1280, 800, "light")
			}
			v.signIn()
			tt.day(v)
			v.silent()
		})
	}
	t.Run("what comes meanwhile", func(t *testing.T) { c.arrives(t) })
}

// silent fails the test where the browser complained.
func (v *visitor) silent() {
	v.t.Helper()
	if got := v.complaints(); len(got) > 0 {
		v.t.Errorf("the browser complains: %q", got)
	}
}

// finds waits until so many are found for all that stands in the search box: what
// is found for its beginning may be as many, and is replaced.
func (v *visitor) finds(count string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`document.querySelector("#results .count strong")?.textContent === %q && !document.querySelector("#results").ariaBusy
		&& [document.querySelector("#q").value.trim(), document.querySelector("#q").value.trim() + "*"].includes(new URLSearchParams(location.search).get("q") ?? "")`, count))
}

// tabTo goes to what is looked for by the tab key, as somebody who sees where it
// is, with no more strokes than so many.
func (v *visitor) tabTo(selector string, most int) {
	v.t.Helper()
	for range most {
		if value(v.t, v.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement.matches(%q)`, selector))) {
			return
		}
		v.press("\t")
	}
	v.t.Fatalf("%s is not reached with %d tabs; focus is on %s", selector, most, v.reads(`document.activeElement.outerHTML.slice(0, 200)`))
}

// fits fails the test where a page is wider than the phone.
func (v *visitor) fits() {
	v.t.Helper()
	if wide := value(v.t, v.ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`)); wide > 360 {
		v.t.Errorf("%s is %v wide", v.reads(`location.href`), wide)
	}
}

const (
	inBox = `document.activeElement.id === "q"`
	audio = `document.querySelector("#dock audio")`
)

// looksForOneByKeys remembers two words, types until they are there, opens and
// hears the message, writes a note, and comes back; then all is looked for by the
// number that was said.
func looksForOneByKeys(v *visitor) {
	v.until(inBox)
	v.reads(`window.same = true, ""`)
	v.press("copper kettl")
	v.finds("1 voicemail")
	v.until(inBox + ` && document.querySelector(".hit mark")`)
	v.press("e\r")
	v.until(`location.search === "?q=copper+kettle" && ` + inBox)
	v.finds("1 voicemail")

	v.tabTo(".hit h3 a", 40)
	v.press("\r")
	v.until(`location.pathname.startsWith("/voicemails/") && ` + atMain + ` && document.querySelectorAll(".said mark").length >= 2 && ` + sameStill)
	v.press("n")
	v.until(`document.querySelector("mark.here") && document.querySelector(".marks-count").textContent.startsWith("1 of ")`)
	v.press(" ")
	v.until(audio + `?.currentTime > 0.1`)
	v.press(" ")
	v.until(audio + `.paused`)
	v.tabTo("#note-text", 60)
	v.press("Kettle sent again.")
	v.press("\t\r")
	v.until(`document.querySelector(".remark-text")?.textContent === "Kettle sent again." && document.activeElement.closest("main") && ` + sameStill)
	v.reads(`history.go(-2), ""`) // the page before the note, and the one before that
	v.until(`location.pathname === "/" && document.activeElement.matches(".hit h3 a") && document.querySelector(".hit.opened")`)

	v.press("/")
	v.until(inBox)
	v.reads(`document.getElementById("q").select(), ""`) // of the key, this browser's driver sends the character as well
	v.press("617 555 0188\r")
	v.until(`location.search === "?q=617+555+0188" && document.querySelector(".hit .snippet")?.textContent.includes("Margaret")`)
	v.press("nobody says zyzzyva\r")
	v.until(`document.querySelector("#results").textContent.includes("No voicemail matches") && ` + inBox)
	v.tabTo("#top summary", 200)
	v.press("\r")
	v.tabTo(`form[action="/logout"] button`, 12)
	v.press("\r")
	v.until(`location.pathname === "/login" && document.activeElement.name === "name"`)
}

func looksForOneByTouch(v *visitor) {
	v.click("#q")
	v.press("copper kettle")
	v.finds("1 voicemail")
	v.fits()
	v.click(".hit h3 a")
	v.until(`location.pathname.startsWith("/voicemails/") && ` + atMain)
	v.fits()
	v.click(`main .recording button[data-play]`)
	v.until(audio + `?.currentTime > 0.1`)
	v.click(`#dock [data-do=toggle]`)
	v.until(audio + `.paused`)
	v.fits()
	v.click(`.back a`)
	v.until(`location.pathname === "/" && document.querySelector(".hit.opened")`)

	// All of them, by filters; the next page, and what was filtered for is gone.
	v.click(`#top .menu-button`)
	v.click(`#places a[href="/"]`)
	v.until(`location.pathname === "/" && location.search === "" && document.querySelector(".hit")`)
	v.finds(humanize.Comma(crowded) + " voicemails")
	v.click(`form.search details.filters summary`)
	v.reads(`{ const s = document.querySelector("#lang"); s.value = "de"; s.dispatchEvent(new Event("change", {bubbles: true})); }; ""`)
	v.until(`location.search.includes("lang=de") && document.querySelector(".chips .chip") && document.querySelector(".hit .snippet[lang=de]")`)
	first := v.reads(`document.querySelector(".hit").dataset.voicemail`)
	v.fits()
	v.click(`.pager a[rel=next]`)
	v.until(fmt.Sprintf(`location.search.includes("cursor=") && document.querySelector(".hit").dataset.voicemail !== %q && scrollY < 4`, first))
	v.click(`.chips a.chip`)
	v.finds(humanize.Comma(crowded) + " voicemails")
	v.fits()
	v.click(`#top details.menu summary`)
	v.click(`form[action="/logout"] button`)
	v.until(`location.pathname === "/login"`)
	v.fits()
}

// analysesByKeys narrows what is found by time and queue, hears hits one after
// another, saves the search, asks to be told, counts, and takes the rows along.
func analysesByKeys(v *visitor) {
	v.until(inBox)
	v.press("please call\r")
	v.until(`location.search === "?q=please+call" && document.querySelector(".hit")`)
	v.reads(`window.same = true, ""`)
	v.tabTo(`.histogram a`, 40)
	v.press(kb.ArrowLeft)
	do(v.t, v.ctx, chromedp.KeyEvent(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift)))
	v.press("\r")
	v.until(`location.search.includes("from=") && document.querySelector(".chips a.chip") && !document.body.classList.contains("travelling")`)
	v.tabTo(`#facet-queue-Billing, .facet[href*="queue"]`, 60)
	facet := v.reads(`document.activeElement.id`)
	v.press("\r")
	v.until(fmt.Sprintf(`document.querySelectorAll(".chips a.chip").length === 2 && document.activeElement.id === %q && document.activeElement.ariaCurrent === "true" && %s`, facet, sameStill))
	many := v.reads(`document.querySelector("#results .count strong").textContent`)
	v.reads(`document.getElementById("main").focus(), ""`)
	v.tabTo(`#sort-oldest`, 40)
	v.press("\r")
	v.until(`location.search.includes("sort=oldest") && document.activeElement.id === "sort-oldest"`)

	v.tabTo(`.play-hits`, 5)
	v.press("\r")
	v.until(audio + `?.currentTime > 0.1`)
	first := v.reads(audio + `.src`)
	v.press("N")
	v.until(fmt.Sprintf(`%s.src !== %q && %[1]s.currentTime > 0.1`, audio, first))
	v.reads(`document.querySelector("#dock [data-do=close]").focus(), ""`)
	v.press("\r")
	v.until(`document.getElementById("dock").hidden && !document.activeElement.closest("#dock")`)

	rows := v.exportsByKeys()
	if got := fmt.Sprint(rows); !strings.HasPrefix(strings.ReplaceAll(many, ",", ""), got+" ") {
		v.t.Errorf("%d rows are exported of %s", rows, many)
	}

	v.reads(`document.getElementById("main").focus(), ""`)
	v.tabTo(`.save-search summary`, 40)
	v.press("\r")
	v.tabTo(`#save-name`, 3)
	v.press("Billing, told again")
	v.tabTo(`.save-search button`, 4)
	v.press("\r")
	v.until(`location.pathname === "/saved" && ` + atMain + ` && document.querySelector("main .note.good") && document.querySelector("main .saved h3")`)
	v.tabTo(`main .saved a[href^="/alerts"]`, 12)
	v.press("\r")
	v.until(`location.pathname === "/alerts" && document.querySelector("#search option:checked")`)
	v.strokes("gi", `location.pathname === "/insights" && `+atMain+` && document.querySelector("main .stat b")`)
	v.tabTo(`main table.bars a`, 120)
	count := v.reads(`document.activeElement.textContent`)
	v.press("\r")
	v.until(`location.pathname === "/" && ` + atMain)
	v.finds(count + " voicemails")
}

// exportsByKeys downloads what is found and returns how many rows the file has.
func (v *visitor) exportsByKeys() int {
	v.t.Helper()
	v.reads(`document.getElementById("main").focus(), ""`)
	v.tabTo(`a#export`, 40)
	v.press("\r")
	v.until(`location.pathname.startsWith("/export") && ` + atMain)
	v.tabTo(`form.export button`, 8)
	rows := v.downloads(func() { v.press("\r") })
	v.until(`document.querySelector("#export-words").textContent.endsWith("are written.") && document.activeElement.matches("form.export button")`)
	v.reads(`history.back(), ""`)
	v.until(`location.pathname === "/" && document.querySelector(".hit")`)
	return len(rows) - 1
}

// downloads takes the table that somebody downloads.
func (v *visitor) downloads(act func()) [][]string {
	v.t.Helper()
	folder := v.t.TempDir()
	do(v.t, v.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder})
		return err
	}))
	act()
	var rows [][]string
	for deadline := time.Now().Add(patience); rows == nil; <-time.After(15 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
		if err != nil || time.Now().After(deadline) {
			v.t.Fatalf("no file came: %v, %v", files, err)
		}
		if len(files) == 1 {
			f, err := os.Open(files[0])
			if err != nil {
				v.t.Fatal(err)
			}
			defer f.Close()
			if rows, err = csv.NewReader(f).ReadAll(); err != nil {
				v.t.Fatal(err)
			}
		}
	}
	return rows
}

func analysesByTouch(v *visitor) {
	v.click("#q")
	v.press("weathervane")
	v.finds("3 voicemails")
	v.click(`.play-hits`)
	v.until(audio + `?.currentTime > 0.1 && document.querySelector(".dock-place").textContent.startsWith("1 of 3")`)
	v.fits()
	v.click(`#dock [data-do=next]`)
	v.until(`document.querySelector(".dock-place").textContent.startsWith("2 of 3") && ` + audio + `.currentTime > 0.1`)
	v.click(`#dock [data-do=mark]`)
	v.until(`document.querySelector("#dock [data-do=mark]").ariaPressed === "true"`)
	v.click(`#dock [data-do=close]`)
	v.click(`.save-search summary`)
	v.fits()
	v.click(`.save-search button`)
	v.until(`location.pathname === "/saved" && document.querySelector("main .note.good")`)
	v.fits()
	v.click(`#top .menu-button`)
	v.click(`#places a[href="/insights"]`)
	v.until(`location.pathname === "/insights" && document.querySelector("main .stat b")`)
	v.fits()
	v.click(`main nav.tabs a:last-child`)
	v.until(`document.querySelector("main nav.tabs a:last-child").ariaCurrent === "true"`)
	v.fits()
	count := v.reads(`document.querySelector("main a.stat b").textContent`)
	v.click(`main a.stat`)
	v.finds(count + " voicemails")
}

// TestDayWithoutScripts signs in, searches, filters, goes on, opens, plays, saves
// a search, exports and signs out in a browser that runs no scripts of pages.
func TestDayWithoutScripts(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	v.ctx = browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	v.watch()
	do(t, v.ctx, chromedp.EmulateViewport(1280, 800))
	v.open("/login")
	v.enter()
	do(t, v.ctx, chromedp.SendKeys(chromedp.CSS("#q"), "please\r"))
	v.until(`location.search.includes("q=please") && document.querySelector(".hit mark") && document.readyState === "complete"`)
	v.click(`form.search details.filters summary`)
	do(t, v.ctx, chromedp.SetValue(chromedp.CSS("#lang"), "en"))
	v.click(`form.search .fields button`)
	v.until(`location.search.includes("lang=en") && document.querySelector(".chips a.chip")`)
	v.click(`.chips a.chip`)
	v.until(`location.search.includes("q=please") && !location.search.includes("lang=en")`)
	v.open("/")
	first := v.reads(`document.querySelector(".hit").dataset.voicemail`)
	v.click(`.pager a[rel=next]`)
	v.until(fmt.Sprintf(`location.search.includes("cursor=") && document.querySelector(".hit")?.dataset.voicemail !== %q`, first))
	v.click(`.hit h3 a`)
	v.until(`location.pathname.startsWith("/voicemails/") && document.querySelector("main audio[controls]")?.checkVisibility()`)
	v.reads(`document.querySelector("main audio").focus(), ""`)
	v.press(" ")
	v.until(`document.querySelector("main audio").currentTime > 0.1`)

	v.open("/?q=please")
	v.click(`.save-search summary`)
	v.click(`.save-search button`)
	v.until(`location.pathname === "/saved" && document.querySelector("main .note.good")`)
	v.click(`main .saved h3 a`)
	v.until(`location.pathname === "/" && location.search.includes("q=please")`)
	v.click(`a#export`)
	v.until(`location.pathname === "/export" && document.querySelector("form.export")`)
	file := v.downloads(func() { v.click(`form.export button`) })
	if len(file) < 2 {
		t.Errorf("the file has %d rows", len(file))
	}
	v.click(`#top details.menu summary`)
	v.click(`form[action="/logout"] button`)
	v.until(`location.pathname === "/login"`)
	v.silent()
}

// arrives is told of a message that comes while somebody reads: nothing moves
// until they ask to see it.
func (c *crowd) arrives(t *testing.T) {
	v := &visitor{t: t, server: c.server, ctx: browser(t)}
	v.watch()
	v.look(1280, 800, "light")
	v.signIn()
	v.until(`document.querySelector(".hit")`)
	first := v.reads(`document.querySelector(".hit").dataset.voicemail`)
	c.upstream.Sim.Add(koresim.NewVoicemail{Texts: []string{"The sundial has come."}, Lang: "en"})
	c.in.must("", "ingest", "--since", "1h")
	v.until(`document.querySelector(".news:not([hidden])")`)
	if got := v.reads(`document.querySelector(".hit").dataset.voicemail`); got != first {
		t.Error("what one reads was moved")
	}
	v.click(`.news a`)
	v.until(`document.querySelector(".hit .snippet").textContent.includes("sundial")`)
	v.silent()
}
