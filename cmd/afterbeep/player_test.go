package main

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"afterbeep/ingest/kore/koresim"
)

// listening is a server whose voicemails are archived, so that they have
// waveforms, and a browser in which somebody is signed in.
type listening struct {
	t      *testing.T
	ctx    context.Context
	server *process
	token  string
}

func listen(t *testing.T, voicemails int) *listening {
	t.Helper()
	in := install(t)
	plain := koresim.Documented()
	in.connect(koresim.Config{Quirks: &plain, Seed: 8, Voicemails: voicemails, Other: -1, Until: lately(), Span: 24 * time.Hour})
	l := &listening{t: t, server: in.serve()}
	l.token = in.token("ann", "admin")
	l.server.awaitTotal(l.token, voicemails)
	l.server.await("all audio is kept", func() (bool, string) {
		a, err := l.server.search(l.token, url.Values{"limit": {"200"}})
		kept := 0
		for _, h := range a.Hits {
			if len(h.Recordings) > 0 && h.Recordings[0].Archived {
				kept++
			}
		}
		return kept == voicemails, fmt.Sprintf("%d of %d, error %v", kept, voicemails, err)
	})
	l.ctx = browser(t)
	do(t, l.ctx,
		chromedp.Navigate(l.server.url+"/"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "ann"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), testPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
		chromedp.WaitVisible(chromedp.CSS("#q")),
	)
	return l
}

// until waits until the expression is true in the page.
func (l *listening) until(expression string) {
	l.t.Helper()
	const wait = `(async () => {
		const start = performance.now();
		while (!(%s)) {
			if (performance.now() - start > 20000) return document.getElementById("dock")?.outerHTML ?? "no dock";
			await new Promise(done => setTimeout(done, 20));
		}
		return "";
	})()`
	if seen := value(l.t, l.ctx, chromedp.Evaluate[string](fmt.Sprintf(wait, expression), chromedp.EvalAwaitPromise)); seen != "" {
		l.t.Fatalf("waited in vain until %s; the player is %s", expression, seen)
	}
}

// number is a number in the page.
func (l *listening) number(expression string) float64 {
	l.t.Helper()
	return value(l.t, l.ctx, chromedp.Evaluate[float64](expression))
}

// text is a text in the page.
func (l *listening) text(expression string) string {
	l.t.Helper()
	return value(l.t, l.ctx, chromedp.Evaluate[string](expression))
}

func (l *listening) click(selector string) {
	l.t.Helper()
	do(l.t, l.ctx, chromedp.Click(chromedp.CSS(selector)))
}

// heard is the audio element that plays.
const heard = `document.querySelector("#dock audio")`

// TestPlayerGoesOn starts a recording on a voicemail's page, and looks around
// while it plays.
func TestPlayerGoesOn(t *testing.T) {
	t.Parallel()
	l := listen(t, 4)
	l.click(`.hit a[href^="/voicemails/"]`)
	l.click(`main [data-play]`)
	l.until(heard + `.currentTime > 0.2`)
	l.text(`(() => { window.stops = 0; ` + heard + `.addEventListener("pause", () => { window.stops++; }); return ""; })()`)
	title := l.text(`document.querySelector("#dock .dock-title").textContent`)
	page := l.text(`location.pathname`)

	l.click(`#top a[href="/"]`)
	l.until(`document.querySelector("main .hit")`)
	before := l.number(heard + `.currentTime`)
	l.until(heard + fmt.Sprintf(`.currentTime > %v`, before+0.1))
	if stops := l.number(`window.stops`); stops != 0 {
		t.Errorf("the recording stopped %v times", stops)
	}
	if got := l.text(`document.querySelector("#dock .dock-title").textContent`); got != title {
		t.Errorf("the player says %q, want %q", got, title)
	}
	// Its title leads back to the message.
	l.click(`#dock .dock-title a`)
	l.until(fmt.Sprintf(`location.pathname === %q && document.querySelector("main [data-play]")?.dataset.state === "playing"`, page))
	l.click(`#dock [data-do=toggle]`)
	l.until(heard + `.paused && document.querySelector("main [data-play]").dataset.state === ""`)
	l.click(`#dock [data-do=close]`)
	l.until(`document.getElementById("dock").hidden`)
	if stops := l.number(`window.stops`); stops != 1 {
		t.Errorf("after one press the recording stopped %v times", stops)
	}
}

// watch collects what the page complains of from now on.
func (l *listening) watch() {
	l.t.Helper()
	l.text(`(() => {
		window.faults = [];
		for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) {
			addEventListener(kind, (event) => window.faults.push(kind + ": " + (event.message ?? event.reason ?? event.violatedDirective)));
		}
		return "";
	})()`)
}

// silent fails the test where the page complained.
func (l *listening) silent() {
	l.t.Helper()
	if faults := l.text(`window.faults.join("\n")`); faults != "" {
		l.t.Errorf("the page complains: %s", faults)
	}
}
