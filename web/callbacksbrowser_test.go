package web

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"afterbeep/store"
	"afterbeep/store/sqlite"
	"afterbeep/web/pagetest"
)

// agent opens a window of its own on the server and signs an agent in.
func (b *bench) agent(t *testing.T, url, name string) *reader {
	t.Helper()
	b.person(name, store.RoleAgent)
	r := &reader{t: t, ctx: chromium(t), url: url}
	r.do(
		chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(url+"/login?next=/callbacks"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), name),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), goodPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
	)
	r.sees("the work list", `document.querySelector("#work .case")`)
	return r
}

// sees waits until the expression is true in the window, and the page has its
// scripts: a key a moment before would be the browser's.
func (r *reader) sees(what, expression string) {
	r.t.Helper()
	for end := time.Now().Add(browserPatience); !r.saw(expression); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("never sees %s: %s", what, evaluated[string](r.t, r.ctx, `location.pathname + " | " + document.activeElement.outerHTML.slice(0, 120) + " | " + document.getElementById("main").innerText.slice(0, 800)`))
		}
	}
}

// saw reports whether the expression is true in the window. The page may be on its
// way out while it is asked.
func (r *reader) saw(expression string) bool {
	ok, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool](pagetest.Whole+` && Boolean(`+expression+`)`))
	return ok && err == nil
}

// goes presses a key of two strokes, which are for each other only when they follow
// soon: again where this machine had no time for it.
func (r *reader) goes(keys, where, expression string) {
	r.t.Helper()
	var pressed time.Time
	await(r.t, where, func() bool {
		if time.Since(pressed) > browserPatience/20 {
			r.types(keys)
			pressed = time.Now()
		}
		return r.saw(expression)
	})
}

// fetched is how long the window takes to ask for its page once more.
func (r *reader) fetched() time.Duration {
	r.t.Helper()
	ms, err := chromedp.Run(r.ctx, chromedp.Evaluate[float64](`(async () => {
		const began = performance.now();
		await (await fetch(location.href)).text();
		return performance.now() - began;
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		r.t.Fatal(err)
	}
	return time.Duration(ms * float64(time.Millisecond))
}

func countIs(part, n string) string {
	return `document.querySelector("#part-` + part + ` .n")?.textContent === "` + n + `"`
}

// Two agents in two windows, by keys alone: what one claims the other sees within
// a second; it is closed with an outcome, and the counts fall in both.
func TestTwoAgentsInTwoWindows(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	b.eventsPause = eventsPause
	for i, caller := range []string{"+14155550123", "+14155550124", "+14155550125"} {
		m := request("st-a", caller, caller)
		m.left = noon.Add(time.Duration(i-9) * time.Hour)
		b.archive(m)
	}
	srv := httptest.NewServer(b.Server)
	t.Cleanup(srv.Close)
	t.Cleanup(b.stop)
	bea, cal := b.agent(t, srv.URL, "bea"), b.agent(t, srv.URL, "cal")
	await(t, "two streams", func() bool { return b.streams.count() == 2 })

	var took []time.Duration // less what is the machine’s affair: it may have no time just now
	for i, left := range []string{"2", "1", "0"} {
		bea.do(chromedp.KeyEvent("j"))
		bea.sees("a row with focus", `document.activeElement.closest(".case")`)
		bea.do(chromedp.KeyEvent("c"))
		start := time.Now()
		cal.sees("that it is claimed", countIs("Open", left)+" && "+countIs("Claimed", "1"))
		took = append(took, time.Since(start)-5*cal.fetched())
		bea.sees("its card", `document.querySelector("#holding")?.textContent.includes("yours")`)
		if i == 0 {
			cal.do(chromedp.KeyEvent("n")) // the other one takes another
			cal.sees("the next one", `location.pathname !== "/callbacks" && document.querySelector("#holding")?.textContent.includes("yours")`)
			cal.do(chromedp.KeyEvent("r"))
			cal.sees("that it is given back", `document.querySelector("#holding")?.textContent.includes("open")`)
			cal.goes("gc", "to the list", countIs("Claimed", "1"))
		}
		bea.do(chromedp.KeyEvent("e"))
		bea.sees("the outcomes", `document.activeElement.value === "reached"`)
		bea.do(chromedp.KeyEvent(kb.Enter))
		bea.sees("that it is done", `document.querySelector("#holding .tag")?.textContent === "done"`)
		cal.sees("that it is done", countIs("Claimed", "0")+" && "+countIs("Done", []string{"1", "2", "3"}[i]))
		bea.goes("gc", "to the list and its counts", countIs("Open", left)+" && "+countIs("Claimed", "0"))
	}
	t.Logf("the other window saw it after %v", took)
	if slices.Min(took) > time.Second { // of three, as a busy machine may have no time for one
		t.Errorf("the other window saw claims after %v, want within a second", took)
	}
}

// Who writes a note is not disturbed by what others do; who chose rows keeps them.
func TestOthersDisturbNobody(t *testing.T) {
	b := newLiveBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550124"))
	srv := httptest.NewServer(b.Server)
	t.Cleanup(srv.Close)
	t.Cleanup(b.stop)
	bea := b.agent(t, srv.URL, "bea")
	cal := b.person("cal", store.RoleAgent)
	await(t, "a stream", func() bool { return b.streams.count() == 1 })

	bea.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("x"))
	bea.sees("a chosen row", `document.querySelectorAll(".choose:checked").length === 1`)
	here := evaluated[string](t, bea.ctx, `document.activeElement.id`)
	b.post(callbackHref(ids[0])+"/note", map[string][]string{"note": {"rings twice"}}, cal)
	b.post(callbackHref(ids[0])+"/claim", nil, cal)
	bea.sees("the claim", countIs("Claimed", "1"))
	if n := evaluated[int](t, bea.ctx, `document.querySelectorAll(".choose:checked").length`); n > 1 {
		t.Errorf("%d rows are chosen", n)
	}
	if !strings.HasPrefix(here, "open-") {
		t.Errorf("focus is on %s, want a row", here)
	}
	bea.sees("the row that is left in focus", `document.activeElement.id.startsWith("open-")`)

	bea.do(chromedp.Navigate(srv.URL+callbackHref(ids[1])), chromedp.WaitVisible(chromedp.CSS("#work")))
	await(t, "a stream", func() bool { return b.streams.count() == 1 })
	// Not by the browser's protocol, which would send the letter to the field as well.
	evaluated[bool](t, bea.ctx, `document.dispatchEvent(new KeyboardEvent("keydown", {key: "w", bubbles: true}))`)
	bea.sees("the note", `document.activeElement.id === "note"`)
	bea.do(chromedp.KeyEvent("half a no"))
	b.post(callbackHref(ids[1])+"/claim", nil, cal)
	await(t, "the claim", func() bool { return b.callback(ids[1]).Assignee == "cal" })
	bea.do(chromedp.KeyEvent("te"))
	if got := evaluated[string](t, bea.ctx, `document.activeElement.value`); got != "half a note" {
		t.Errorf("the note is %q", got)
	}
	bea.do(chromedp.KeyEvent(kb.Escape))
	bea.sees("who holds it, once nothing is written", `document.querySelector("#holding").textContent.includes("held by cal")`)
}

// Who is pressing a button while others change the list has pressed it.
func TestPressesOutlastNews(t *testing.T) {
	b := newLiveBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550124"))
	srv := httptest.NewServer(b.Server)
	t.Cleanup(srv.Close)
	t.Cleanup(b.stop)
	bea := b.agent(t, srv.URL, "bea")
	cal := b.person("cal", store.RoleAgent)
	await(t, "a stream", func() bool { return b.streams.count() == 1 })

	button := fmt.Sprintf("#claim-%d", ids[1])
	evaluated[bool](t, bea.ctx, `document.addEventListener("work", ({ detail }) => { window.told ||= detail.changes.length > 0; }) ?? true`)
	let := bea.presses(button)
	b.post(callbackHref(ids[0])+"/claim", nil, cal)
	bea.sees("the news", `window.told`)
	bea.fetched() // as the list would be
	if !evaluated[bool](t, bea.ctx, `window.pressed.isConnected`) {
		t.Error("what is pressed was taken away")
	}
	let()
	bea.sees("its card", `document.querySelector("#holding")?.textContent.includes("yours")`)
	if c := b.callback(ids[1]); c.Assignee != "bea" {
		t.Errorf("it is held by %q", c.Assignee)
	}
}

// A claim that runs out is told by nobody: pages ask by themselves.
func TestClaimRunsOutOnAnOpenCard(t *testing.T) {
	b := newLiveBench(t)
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	srv := httptest.NewServer(b.Server)
	t.Cleanup(srv.Close)
	t.Cleanup(b.stop)
	bea := b.agent(t, srv.URL, "bea")
	b.act(id, store.Action{Verb: store.VerbClaim, By: "bea", Lease: time.Second})
	bea.do(chromedp.Navigate(srv.URL + callbackHref(id)))
	bea.sees("that it is hers", `document.querySelector("#holding").textContent.includes("yours")`)
	b.tick(time.Minute)
	bea.sees("that it is open", `document.querySelector("#holding").textContent.includes("open")`)
}

// A claim in one process is told in another.
func TestWorkIsToldAcrossProcesses(t *testing.T) {
	b := newLiveBench(t)
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	next := hears(b.asked(b.live(), "/events", b.person("cal", store.RoleAgent)))
	next()
	elsewhere, err := sqlite.Open(t.Context(), sqlite.Config{Path: b.path, Now: b.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = elsewhere.Close() })
	if _, err := elsewhere.Act(t.Context(), store.AllBots(), id, store.Action{Verb: store.VerbClaim, By: "bea", Whole: true}); err != nil {
		t.Fatal(err)
	}
	if got := next(); got.name != "work" || !strings.Contains(got.data, `"assignee":"bea"`) {
		t.Errorf("got %+v", got)
	}
	err = elsewhere.Audit(t.Context(), store.AuditEntry{Actor: "bea", Action: store.AuditPlay, Allowed: true, VoicemailID: id, Detail: "recording 0"})
	if err != nil {
		t.Fatal(err)
	}
	if got := next(); !strings.Contains(got.data, `"listening":"bea"`) {
		t.Errorf("got %+v, want to hear who listens", got)
	}
}
