package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func (b *bench) listed(path string, who *http.Cookie) (a CallbacksAnswer) {
	b.t.Helper()
	got := b.get(path, who)
	if err := json.Unmarshal([]byte(got.body), &a); got.StatusCode != ok || err != nil {
		b.t.Fatalf("%s: got %d %s, %v", path, got.StatusCode, got.body, err)
	}
	return a
}

// Years of old voicemails fill a tab of their own, and are found; they are open
// work only when somebody takes them up.
func TestOldRequestsStandApart(t *testing.T) {
	b := newBench(t)
	const years = 700 * 24 * time.Hour
	var old []int64
	for i := range 3 {
		old = append(old, b.requested(fmt.Sprint("old", i), "st-a", "billing", fmt.Sprintf("+4930901820%d", i), years+time.Duration(i)*time.Hour))
	}
	fresh := b.requested("new", "st-a", "billing", "+14155550123", time.Hour)
	b.catchUp()
	bea := b.person("bea", store.RoleAgent)
	if got := rows(t, b.get("/callbacks", bea)); len(got) != 1 || !strings.Contains(got[0], "+1 415-555-0123") {
		t.Errorf("open are %q", got)
	}
	page := b.get("/callbacks?lane=old", bea)
	got := rows(t, page)
	if len(got) != 3 || !strings.Contains(got[0], "+49 30 9018200") || strings.Contains(strings.Join(got, ""), "aiting") || strings.Contains(strings.Join(got, ""), "overdue") {
		t.Errorf("old are %q", got)
	}
	for _, words := range []string{"Old 3", "Requests 1", "left more than 14 days before", "Not done 3", "Take up"} {
		if page := text(page.main(t)); !strings.Contains(page, words) {
			t.Errorf("the tab does not say %q: %s", words, page)
		}
	}
	for _, path := range []string{callbackHref(fresh), "/callbacks?done=none"} {
		got := b.post("/callbacks/next", url.Values{"lane": {"old"}}, bea)
		if to := got.Header.Get("Location"); !strings.HasPrefix(to, path) {
			t.Errorf("the next one leads to %q, want %q", to, path)
		}
	}
	for query, want := range map[string]int{"q=is:open": 0, "q=is:old": 3, "q=has:callback": 4, "callback=old": 3, "callback=none": 0, "q=-is:old": 1} {
		if got := b.found(query, "bea").Total; got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	if said := text(b.get("/?q=call&sort=newest", bea).main(t)); !strings.Contains(said, "old: found too late") {
		t.Errorf("the facet does not say it: %s", said)
	}
	card := text(b.get(callbackHref(old[0]), bea).main(t))
	if !strings.Contains(card, "Old: it was left 700 days before Afterbeep found it") || strings.Contains(card, "overdue") {
		t.Errorf("the card says %s", card)
	}
	if got := b.post(callbackHref(old[0])+"/take", nil, bea); got.StatusCode != away {
		t.Fatalf("taking it up: got %d", got.StatusCode)
	}
	if got := b.post(callbackHref(old[0])+"/take", nil, bea); got.StatusCode != unfit {
		t.Errorf("taking it up again: got %d", got.StatusCode)
	}
	if card := text(b.get(callbackHref(old[0])+"?done=take", bea).main(t)); strings.Contains(card, "Old: it was") || !strings.Contains(card, "It is open work now.") || !strings.Contains(card, "took it up") {
		t.Errorf("taken up, the card says %s", card)
	}
	a := b.listed("/api/v1/callbacks?lane=old&status=open", bea)
	if len(a.Callbacks) != 2 || a.Callbacks[0].Lane != "old" || a.Counts.Old != 2 || a.Counts.Open != 1 {
		t.Errorf("the API has %d, counts %+v", len(a.Callbacks), a.Counts)
	}
	form := url.Values{"do": {"close:not_needed"}, "lane": {"old"}, "id": {fmt.Sprint(old[1]), fmt.Sprint(old[2])}}
	if got := b.post("/callbacks/bulk", form, bea); !strings.Contains(got.Header.Get("Location"), "n=2") {
		t.Errorf("closing them: to %q", got.Header.Get("Location"))
	}
	if got := rows(t, b.get("/callbacks?lane=old&status=done", bea)); len(got) != 2 {
		t.Errorf("done are %q", got)
	}
	// The measure tells of what was found in time or taken up, and leads to as many.
	b.catchUp()
	for query, want := range map[string]int{"q=is:old": 0, "callback=old": 0, "q=has:callback": 4, "callback=timely": 2, "q=is:done": 2} {
		if got := b.found(query, "bea").Total; got != want {
			t.Errorf("closed, %s finds %d, want %d", query, got, want)
		}
	}
	stat := all(b.get(measurePath+"?from=2020-01-01", bea).main(t), "a", "class=stat")[0]
	if found := text(all(b.get(attr(stat, "href"), bea).main(t), "p", "class=count")...); !strings.HasPrefix(text(stat), "2 asked") || !strings.HasPrefix(found, "2 ") {
		t.Errorf("the measure says %q, its search %q", text(stat), found)
	}
}

// A row says the sentence that matters, else how the message begins.
func TestRowSaysWhatItIsAbout(t *testing.T) {
	b := newBench(t)
	m, other := request("st-a", "s1", "+4930901820"), request("st-a", "s2", "+14155550123")
	m.segments = said("hello hello it is me. the boiler leaks. call me back")
	m.find = func(v store.Voicemail) store.Finding {
		f := asking("call me back")(v)
		f.About = spanIn(v.Text, "the boiler leaks")
		return f
	}
	other.find = func(v store.Voicemail) store.Finding {
		f := asking("call me back")(v)
		f.About = store.Span{}
		return f
	}
	b.archive(m, other)
	page := b.get("/callbacks", b.person("bea", store.RoleAgent))
	got := map[string]bool{}
	for _, one := range all(page.doc(t), "p", "class=snippet") {
		got[text(one)] = true
	}
	if len(got) != 2 || !got["the boiler leaks"] || !got["please call me back about my refund"] {
		t.Errorf("the rows say %v", got)
	}
}

// Messages that only the said number links are on the card, and a later call
// closes all of them by one key.
func TestCaseByTheNumberThatWasSaid(t *testing.T) {
	b := newBench(t)
	m := request("st-a", "s1", "+4930901820")
	m.segments = said("call me back at 415 555 0123")
	m.find = asking("call me back", store.FoundNumber{Kind: store.NumberCall, E164: "+14155550123", Digits: "415 555 0123", Valid: true})
	ids := b.archive(m, request("st-a", "s2", "+14155550123"))
	bea := b.person("bea", store.RoleAgent)
	card := text(b.get(callbackHref(ids[1]), bea).main(t))
	if !strings.Contains(card, "The same caller, the same case") || !strings.Contains(card, "call me back at 415") {
		t.Errorf("the card says %s", card)
	}
	call := store.Session{AccountID: "acc", BotID: "st-a", SessionID: "call", FoundBy: store.FoundByCallDetails, Voicemail: store.FlagNo, StartedAt: noon.Add(-time.Hour),
		CallerE164: "+14155550123", Direction: "Inbound", Agents: []store.Agent{{ID: "u-7", Status: "Answered", Seconds: 180}}}
	if _, err := b.store.SaveSessions(t.Context(), []store.Session{call}); err != nil {
		t.Fatal(err)
	}
	path := callbackHref(ids[1])
	note := all(b.get(path, bea).doc(t), "div", "class=note warn evidence")
	if !strings.Contains(text(note...), "Close all of this caller’s 2 messages") {
		t.Fatalf("the evidence says %s", text(note...))
	}
	form := filled(note[0], path+"/close")
	form.Set("outcome", "reached")
	if got := b.post(path+"/close", form, bea); got.StatusCode != away {
		t.Fatalf("closing: got %d", got.StatusCode)
	}
	for _, id := range ids {
		if c := b.callback(id); c.Status != store.CallbackDone {
			t.Errorf("%d is %s", id, c.Status)
		}
	}
}

// A call settles no message that was left after it: such a one is closed with the
// others only where somebody says so.
func TestLaterMessagesAreNotSettled(t *testing.T) {
	b := newBench(t)
	first, later := request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550123")
	later.left = noon.Add(-time.Minute)
	ids := b.archive(first, later)
	call := store.Session{AccountID: "acc", BotID: "st-a", SessionID: "call", FoundBy: store.FoundByCallDetails, Voicemail: store.FlagNo, StartedAt: noon.Add(-time.Hour),
		CallerE164: "+14155550123", Direction: "Inbound", Agents: []store.Agent{{ID: "u-7", Status: "Answered", Seconds: 180}}}
	if _, err := b.store.SaveSessions(t.Context(), []store.Session{call}); err != nil {
		t.Fatal(err)
	}
	bea := b.person("bea", store.RoleAgent)
	note := all(b.get(callbackHref(ids[0]), bea).doc(t), "div", "class=note warn evidence")
	if !strings.Contains(text(note...), "also what was left after that call") {
		t.Fatalf("the evidence says %s", text(note...))
	}
	form := filled(note[0], callbackHref(ids[0])+"/close")
	form.Set("outcome", "reached")
	b.post(callbackHref(ids[0])+"/close", form, bea)
	if settled, waits := b.callback(ids[0]), b.callback(ids[1]); settled.Status != store.CallbackDone || waits.Status != store.CallbackOpen {
		t.Errorf("the first is %s, the one left later %s", settled.Status, waits.Status)
	}
}

// Overdue is one thing: in the tab, its count, the API, the measure and the metrics.
func TestOverdueIsOneThing(t *testing.T) {
	b := newBench(t)
	b.saveDesk(nineToFive)
	due := func(session string, left time.Duration, at time.Time) message {
		m := request("st-a", session, "+1415555012"+session[1:])
		m.left = noon.Add(-left)
		m.find = func(v store.Voicemail) store.Finding {
			f := asking("call me back")(v)
			f.DueAt = at
			return f
		}
		return m
	}
	b.archive(
		due("s1", time.Hour, noon.Add(-time.Minute)),     // its time has passed
		due("s2", 5*24*time.Hour, noon.Add(time.Minute)), // it has not, though it waits for long
		due("s3", 20*time.Hour, time.Time{}),             // Tuesday 16:00: 4 h
		due("s4", 19*time.Hour, time.Time{}),             // Tuesday 17:00: 3 h
	)
	analyst := b.person("carl", store.RoleAnalyst)
	a := b.listed("/api/v1/callbacks?overdue=1&status=open", analyst)
	var m MeasureAnswer
	if err := json.Unmarshal([]byte(b.get(apiMeasurePath, analyst).body), &m); err != nil {
		t.Fatal(err)
	}
	tagged := 0
	for _, row := range rows(t, b.get("/callbacks", analyst)) {
		tagged += strings.Count(row, "overdue")
	}
	if tab := rows(t, b.get("/callbacks?overdue=1", analyst)); len(a.Callbacks) != 2 || !a.Callbacks[0].Overdue || a.Counts.Overdue != 2 || m.All.Overdue != 2 ||
		len(tab) != 2 || tagged != 2 || metric(b.get("/metrics", nil), metricOverdue) != "2" {
		t.Errorf("the API lists %d and counts %d, the measure %d, the tab has %d, the list tags %d, the metric is %s; want 2",
			len(a.Callbacks), a.Counts.Overdue, m.All.Overdue, len(tab), tagged, metric(b.get("/metrics", nil), metricOverdue))
	}
}
