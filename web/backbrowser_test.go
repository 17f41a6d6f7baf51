package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// What was asked for while the database was away comes by itself once it is back,
// with what was typed: the results of a page, and a page as a whole.
func TestComesBackWithTheDatabase(t *testing.T) {
	t.Parallel()
	b, f := newFlakyBench(t)
	b.archive(kettles()...)
	r := b.reads(t, 1000, 800)
	r.opens("/")
	awaits(r, count, "6 voicemails")
	says[bool](r, `(window.same = true)`)
	f.away.Store(true)
	r.types("k")
	awaits(r, `document.querySelector("#results [role=alert] h2")?.textContent ?? ""`, "The database can’t be reached")
	// It is asked for by what is no search.
	const probes = `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/readyz")).length`
	awaits(r, probes+` > 0`, true)
	if diff := cmp.Diff([]string{"k"}, r.gate.seen()); diff != "" {
		t.Errorf("asked while it is away (-want +got):\n%s", diff)
	}
	f.away.Store(false)
	awaits(r, count, "5 voicemails")
	awaits(r, focused, "q")
	awaits(r, address, "/?q=k*")
	if diff := cmp.Diff([]string{"k", "k"}, r.gate.seen()); diff != "" || !says[bool](r, `window.same`) {
		t.Errorf("the page was left, or asked (-want +got):\n%s", diff)
	}

	// So where nothing answers at all: the last results stay meanwhile.
	r.gate.cut.Store(true)
	r.types("e")
	awaits(r, `document.querySelector(".unreached").checkVisibility()`, true)
	if got := says[string](r, count); got != "5 voicemails" {
		t.Errorf("meanwhile there are %q", got)
	}
	r.gate.cut.Store(false)
	awaits(r, address, "/?q=ke*")
	awaits(r, count, "4 voicemails")
	awaits(r, `document.querySelector(".unreached").checkVisibility()`, false)

	f.away.Store(true)
	r.do(chromedp.Navigate(r.url + "/?q=kettle"))
	awaits(r, `document.querySelector("#main h1").textContent`, "The database can’t be reached")
	f.away.Store(false)
	awaits(r, count, "2 voicemails")
	awaits(r, `history.state?.tried ?? 0`, 0)
}
