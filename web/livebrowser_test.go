package web

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// count is how many streams of events are.
func (t *streams) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}

// await waits until something is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(browserPatience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come true", what)
		}
	}
}

// A message that arrives is told in every tab by one stream, moves nothing that
// is read, and is shown when that is wanted; who does not look holds no stream.
func TestLiveInTheBrowser(t *testing.T) {
	b := newLiveBench(t)
	b.archive(fresh("st-a", "there before"))
	r := b.reads(t, 1280, 800)
	await(t, "one stream", func() bool { return b.streams.count() == 1 })

	second, done := chromedp.NewContext(r.ctx)
	defer done()
	other := &reader{t: t, ctx: second, url: r.url}
	other.do(chromedp.Navigate(r.url+"/help/search"), chromedp.WaitVisible(chromedp.CSS("h1")))

	const top = `JSON.stringify([...document.querySelectorAll(".hit")].map(e => e.getBoundingClientRect().top))`
	before := evaluated[string](t, r.ctx, top)
	b.archive(fresh("st-a", "new"))
	for name, tab := range map[string]context.Context{"the tab with the stream": r.ctx, "the other tab": second} {
		t.Run(name, func(t *testing.T) {
			await(t, "the note", func() bool {
				return evaluated[string](t, tab, `document.querySelector(".news:not([hidden]) p")?.textContent ?? ""`) == "1 new voicemail"
			})
		})
	}
	if after := evaluated[string](t, r.ctx, top); after != before {
		t.Errorf("what was read moved from %s to %s", before, after)
	}
	await(t, "one stream for two tabs", func() bool { return b.streams.count() == 1 })
	r.clicks(".news a")
	await(t, "both messages", func() bool { return evaluated[int](t, r.ctx, `document.querySelectorAll(".hit").length`) == 2 })
	await(t, "the note to leave what it told of", func() bool { return evaluated[bool](t, r.ctx, `document.querySelector(".news").hidden`) })

	// Who looks elsewhere holds no stream, and is told what came meanwhile.
	look := func(tab context.Context, state string) {
		evaluated[bool](t, tab, `Object.defineProperty(document, "visibilityState", { value: "`+state+`", configurable: true }), document.dispatchEvent(new Event("visibilitychange"))`)
	}
	look(r.ctx, "hidden")
	look(second, "hidden")
	await(t, "no stream", func() bool { return b.streams.count() == 0 })
	b.archive(fresh("st-a", "while nobody looked"))
	look(r.ctx, "visible")
	await(t, "the note of what was missed", func() bool {
		return evaluated[string](t, r.ctx, `document.querySelector(".news:not([hidden]) p")?.textContent ?? ""`) == "1 new voicemail"
	})
}

func evaluated[T any](t *testing.T, tab context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(tab, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
