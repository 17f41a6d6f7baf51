package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store/storetest"
)

// TestTwoProgramsOneDatabase has two programs serve one PostgreSQL: what an agent
// claims through one leaves the open list of a colleague whose page the other
// serves, by itself.
func TestTwoProgramsOneDatabase(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	in := install(t)
	in.env["DATABASE_URL"] = storetest.Postgres(t)
	plain := koresim.Documented()
	upstream := in.connect(koresim.Config{Quirks: &plain, Seed: 3, Voicemails: 1, Other: -1, Trouble: -1, Until: lately(), Span: time.Hour})
	for i := range 2 {
		upstream.Sim.Add(koresim.NewVoicemail{Texts: []string{"hello, please call me back about my refund, thank you"}, Lang: "en", Queue: "billing",
			Caller: fmt.Sprintf("+1415555013%d", i), Start: lately().Add(-time.Duration(i) * time.Minute)})
	}
	token := in.token("bea", "agent")
	in.token("cal", "agent")
	one := in.serve()
	one.awaitTotal(token, 3)
	beside := *in
	beside.env, beside.dir = maps.Clone(in.env), filepath.Join(t.TempDir(), "beside")
	beside.env["DATA_DIR"] = beside.dir
	other := beside.serve()

	type list struct {
		Callbacks []struct {
			ID     int64  `json:"id"`
			Status string `json:"status"`
			Caller string `json:"caller"`
		} `json:"callbacks"`
		Counts struct{ Open, Claimed int }
	}
	open := func() (l list) {
		t.Helper()
		status, body := one.get("/api/v1/callbacks?status=open&queue=billing", token)
		if err := json.Unmarshal([]byte(body), &l); status != http.StatusOK || err != nil {
			t.Fatalf("got %d, %v: %s", status, err, body)
		}
		return l
	}
	one.await("both requests are found", func() (bool, string) { n := len(open().Callbacks); return n == 2, fmt.Sprint(n, " are") })
	do(t, ctx,
		chromedp.Navigate(other.url+"/login?next=%2Fcallbacks%3Fqueue%3Dbilling"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "cal"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), testPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
	)
	v := &visitor{t: t, ctx: ctx, server: other}
	const rows = `document.querySelectorAll("#work .case").length`
	v.until(rows + ` === 2`)
	// The mark is gone when the page is loaded anew: it has to change in place.
	value(t, ctx, chromedp.Evaluate[bool](`window.marked = true`))
	id := open().Callbacks[0].ID
	if status, body, _ := one.send(fmt.Sprintf("/api/v1/callbacks/%d/claim", id), "Bearer "+token, "application/json", "{}"); status != http.StatusOK {
		t.Fatalf("claiming: got %d: %s", status, body)
	}
	v.until(rows + ` === 1`)
	if said := v.reads(`(window.marked ? "in place " : "") + document.querySelector("#part-Claimed .n").textContent`); said != "in place 1" {
		t.Errorf("the page says %q, want it to count one claimed, in place", said)
	}
	if n := open(); len(n.Callbacks) != 1 {
		t.Errorf("open are %+v", n)
	}
	if status, _, _ := other.send(fmt.Sprintf("/api/v1/callbacks/%d/claim", id), "Bearer "+in.token("dan", "agent"), "application/json", "{}"); status != http.StatusConflict {
		t.Errorf("claiming it through the other program: got %d, want 409", status)
	}
	one.stop()
	other.stop()
}
