package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	waits "afterbeep/measure"
	"afterbeep/store"
)

// asking finds a request in a message, as the machine would: of words that are in
// it, with numbers to call.
func asking(words string, numbers ...store.FoundNumber) func(store.Voicemail) store.Finding {
	return func(v store.Voicemail) store.Finding {
		f := store.Finding{Requested: true, Confidence: 0.97, Words: []store.Span{spanIn(v.Text, words)}, About: store.Span{End: len(v.Text)}}
		for _, n := range numbers {
			if said := spanIn(v.Text, n.Digits); said.End > 0 {
				n.Spans = []store.Span{said}
			}
			f.Numbers = append(f.Numbers, n)
		}
		return f
	}
}

func spanIn(text, words string) store.Span {
	at := strings.Index(text, words)
	if at < 0 {
		return store.Span{}
	}
	return store.Span{Start: at, End: at + len(words)}
}

// request is a message that asks for a call.
func request(bot, session, caller string) message {
	return message{bot: bot, session: session, caller: caller, left: noon.Add(-3 * time.Hour), segments: said("please call me back about my refund"),
		recordings: wav(), find: asking("call me back")}
}

// callback reads one from the store.
func (b *bench) callback(id int64) store.Callback {
	b.t.Helper()
	c, err := b.store.Callback(b.t.Context(), store.AllBots(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// rows are the cases of a page of the list.
func rows(t *testing.T, a answer) []string {
	t.Helper()
	var out []string
	for _, row := range all(a.doc(t), "ol", "class=hits") {
		for _, li := range all(row, "li") {
			out = append(out, text(li))
		}
	}
	return out
}

// A message whose text may still come isn't said to have waited for it in vain.
func TestNoTextYet(t *testing.T) {
	pending := store.Callback{Listen: store.ListenNoText, NextAt: noon.Add(time.Hour)}
	for at, want := range map[time.Time]string{noon: "no text yet", noon.Add(time.Hour): "no text after an hour"} {
		if got := listenWords(pending, at); got != want {
			t.Errorf("at %v: got %q, want %q", at, got, want)
		}
	}
}

func TestCallbacksList(t *testing.T) {
	b := newBench(t)
	late := request("st-a", "late", "+4930901820")
	late.find = func(v store.Voicemail) store.Finding {
		f := asking("call me back")(v)
		f.DueAt, f.Urgency, f.Name = noon.Add(-time.Hour), 1, "Ms Sato"
		return f
	}
	odd := request("st-a", "odd", "+14155550177")
	odd.find = func(store.Voicemail) store.Finding { return store.Finding{Listen: store.ListenFewWords} }
	b.archive(request("st-a", "first", "+14155550123"), late, odd, request("st-b", "other", "+14155550199"),
		message{bot: "st-a", session: "none", left: noon.Add(-time.Hour), segments: said("thank you, all is well")})
	bea := b.person("bea", store.RoleAgent, "st-a")
	tests := []struct {
		name, path string
		want       []string // what each row says, in order
	}{
		{"requests, the one that can't wait first", "/callbacks", []string{"Ms Sato", "+1 415-555-0123"}},
		{"overdue", "/callbacks?overdue=1", []string{"overdue"}},
		{"mine", "/callbacks?mine=1", nil},
		{"done", "/callbacks?status=done", nil},
		{"needs a listen", "/callbacks?lane=listen", []string{"few words for its length"}},
		{"another language", "/callbacks?lang=de", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := rows(t, b.get(tt.path, bea))
			if len(got) != len(tt.want) {
				t.Fatalf("got %d rows %q, want %d", len(got), got, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("row %d is %q, want it to say %q", i, got[i], want)
				}
			}
		})
	}
	page := text(b.get("/callbacks", bea).main(t))
	for _, words := range []string{"Open 2", "Mine 0", "Claimed 0", "Overdue 1", "Done 0", "Needs a listen 1", "Waiting 3 hours"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	for path, want := range map[string]int{"/callbacks?lane=nonsense": 400, "/callbacks?status=nonsense": 400, "/callbacks?cursor=nonsense": 400} {
		if got := b.get(path, bea); got.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, got.StatusCode, want)
		}
	}
}

func TestCallbacksPaging(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		b.archive(request("st-a", fmt.Sprint(i), fmt.Sprintf("+1415555012%d", i)))
	}
	ada := b.person("ada", store.RoleAdmin)
	seen := map[string]bool{}
	path := "/callbacks?limit=2"
	for range 3 {
		got := b.get(path, ada)
		for _, row := range all(got.doc(t), "li", "class=hit case") {
			seen[attr(row, "data-voicemail")] = true
		}
		next := all(got.doc(t), "a", "rel=next")
		if len(next) == 0 {
			break
		}
		path = attr(next[0], "href")
	}
	if len(seen) != 5 {
		t.Errorf("saw %d callers, want 5", len(seen))
	}
}

func TestWorkingOnACallback(t *testing.T) {
	b := newBench(t)
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	bea, cal := b.person("bea", store.RoleAgent), b.person("cal", store.RoleAgent)
	at := callbackHref(id)
	steps := []struct {
		name   string
		who    *http.Cookie
		path   string
		form   url.Values
		status int
		want   store.CallbackStatus
		by     string
		says   string // the page that follows
	}{
		{"claim", bea, "/claim", nil, away, store.CallbackClaimed, "bea", "yours"},
		{"claimed by another", cal, "/claim", nil, clash, store.CallbackClaimed, "bea", "bea holds it until 12:15"},
		{"close what another holds", cal, "/close", url.Values{"outcome": {"reached"}}, clash, store.CallbackClaimed, "bea", "bea holds it"},
		{"hold it longer", bea, "/claim", nil, away, store.CallbackClaimed, "bea", ""},
		{"give it to nobody", bea, "/assign", url.Values{"to": {"nobody"}}, unfit, store.CallbackClaimed, "bea", "may work on this callback"},
		{"give it to a colleague", bea, "/assign", url.Values{"to": {"cal"}}, away, store.CallbackClaimed, "cal", "given to your colleague"},
		{"give it back", cal, "/release", nil, away, store.CallbackOpen, "", "given back"},
		{"a note", cal, "/note", url.Values{"note": {"card 4111 1111 1111 1111, rings twice"}}, away, store.CallbackOpen, "", "rings twice"},
		{"an unknown result", bea, "/attempt", url.Values{"result": {"rang"}}, unfit, store.CallbackOpen, "", "Say how the call ended"},
		{"an attempt", bea, "/attempt", url.Values{"result": {"busy"}, "note": {"try later"}}, away, store.CallbackOpen, "", "busy"},
		{"undo", bea, "/undo", nil, away, store.CallbackOpen, "", "undone"},
		{"snooze until what is over", bea, "/snooze", url.Values{"until": {"2025-02-12T11:00"}}, unfit, store.CallbackOpen, "", "is over"},
		{"snooze", bea, "/snooze", url.Values{"for": {"tomorrow"}}, away, store.CallbackOpen, "", "put it off until Thu 13 Feb 2025, 08:00"},
		{"an unknown outcome", bea, "/close", url.Values{"outcome": {"bored"}}, unfit, store.CallbackOpen, "", "one of the outcomes"},
		{"close", bea, "/close", url.Values{"outcome": {"reached"}, "note": {"all is well"}}, away, store.CallbackDone, "bea", "Reached the caller"},
		{"claim what is done", cal, "/claim", nil, clash, store.CallbackDone, "bea", "done already"},
		{"reopen", cal, "/reopen", nil, away, store.CallbackOpen, "", "open again"},
		{"it is no request", cal, "/correct", url.Values{"request": {"no"}}, away, store.CallbackDone, "cal", "nothing to do"},
		{"it is", cal, "/correct", url.Values{"request": {"yes"}}, away, store.CallbackOpen, "", "asks to be called back"},
		{"a number that can't be", cal, "/correct", url.Values{"number": {"12"}}, unfit, store.CallbackOpen, "", "can’t be called"},
		{"another number", cal, "/correct", url.Values{"number": {"(415) 555-0188"}}, away, store.CallbackOpen, "", "+1 415-555-0188"},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			got := b.post(at+tt.path, tt.form, tt.who)
			if got.StatusCode != tt.status {
				t.Fatalf("got %d, want %d: %s", got.StatusCode, tt.status, text(got.main(t)))
			}
			c := b.callback(id)
			if c.StatusAt(noon) != tt.want || c.Assignee != tt.by {
				t.Errorf("it is %s of %q, want %s of %q", c.StatusAt(noon), c.Assignee, tt.want, tt.by)
			}
			if got.StatusCode == away {
				to, _, _ := strings.Cut(got.Header.Get("Location"), "#")
				got = b.get(to, tt.who)
			}
			if page := text(got.main(t)); !strings.Contains(page, tt.says) || strings.Contains(page, "4111") {
				t.Errorf("the page does not say %q: %s", tt.says, page)
			}
		})
	}
	if b.callback(id).Number != "+14155550188" {
		t.Errorf("the number is %q", b.callback(id).Number)
	}
}

// A message that asks not to be called where it comes from leads to the other
// number first, and says what is different.
func TestCardLeadsToTheRightNumber(t *testing.T) {
	b := newBench(t)
	m := message{bot: "st-a", session: "s1", caller: "+14155550123", left: noon.Add(-time.Hour), recordings: wav(),
		segments: said("please call my daughter at 617 555 0188 extension 12 after three, not this number, account 12345678")}
	m.find = func(v store.Voicemail) store.Finding {
		f := asking("please call my daughter", store.FoundNumber{Kind: store.NumberCall, E164: "+16175550188", Digits: "617 555 0188", Label: "my daughter", Ext: "12", Valid: true},
			store.FoundNumber{Kind: store.NumberNot, E164: "+14155550123", CallerID: true}, store.FoundNumber{Kind: store.NumberAccount, Digits: "12345678"})(v)
		f.When, f.DueAt, f.Urgency, f.Urgent = []store.Span{spanIn(v.Text, "after three")}, noon.Add(8*time.Hour), 2, []string{"says it is urgent"}
		return f
	}
	id := b.archive(m)[0]
	doc := b.get(callbackHref(id), b.person("bea", store.RoleAgent)).main(t)
	calls := all(doc, "a", "data-key=t")
	if len(calls) != 1 || attr(calls[0], "href") != "tel:+16175550188;ext=12" {
		t.Fatalf("got first calls %v", calls)
	}
	page := text(doc)
	for _, words := range []string{"my daughter", "+1 617-555-0188 ext. 12", "Not the number that the call came from", "The caller asks not to be called here",
		"after three", "says it is urgent", "It is 07:00 there: too early or too late to call", "Of an account, an order or the like"} {
		if !strings.Contains(page, words) {
			t.Errorf("the card does not say %q: %s", words, page)
		}
	}
	asks := all(doc, "strong", "class=asks")
	if got := text(asks...); got != "please call my daughter after three" {
		t.Errorf("highlighted are %q", got)
	}
}

func TestCaseIsOneRow(t *testing.T) {
	b := newBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550123"), request("st-a", "s3", "+14155550199"))
	bea := b.person("bea", store.RoleAgent)
	got := rows(t, b.get("/callbacks", bea))
	if len(got) != 2 || !strings.Contains(got[0], "2 messages") {
		t.Fatalf("got rows %q", got)
	}
	b.post(callbackHref(ids[1])+"/claim", nil, bea)
	if c := b.callback(ids[0]); c.Assignee != "bea" {
		t.Errorf("the other message of the caller is held by %q", c.Assignee)
	}
	page := text(b.get(callbackHref(ids[1]), bea).main(t))
	if !strings.Contains(page, "Close all of this caller’s 2 messages") {
		t.Errorf("the card does not offer to close all: %s", page)
	}
	b.post(callbackHref(ids[1])+"/close", url.Values{"outcome": {"reached"}, "of_case": {"1"}}, bea)
	if one, other := b.callback(ids[1]).Status, b.callback(ids[0]).Status; one != store.CallbackDone || other == store.CallbackDone {
		t.Errorf("closed alone: %s and %s", one, other)
	}
	b.post(callbackHref(ids[0])+"/close", url.Values{"outcome": {"reached"}, "of_case": {"1"}, "whole": {"1"}}, bea)
	if got := rows(t, b.get("/callbacks", bea)); len(got) != 1 {
		t.Errorf("left are %q", got)
	}
}

// What a later message of the caller says counts on the row of the case, and on the
// card of the first: how pressing it is and why, by when, and the number to call.
func TestCaseSaysWhatItsMessagesSay(t *testing.T) {
	b := newBench(t)
	first := request("st-a", "s1", "+14155550123")
	first.find = asking("call me back")
	first.segments = said("please call me back")
	later := request("st-a", "s2", "+14155550123")
	later.left = first.left.Add(time.Minute)
	later.segments = said("call me at 617 555 0188 before five, it is an emergency")
	later.find = func(v store.Voicemail) store.Finding {
		f := asking("call me", store.FoundNumber{Kind: store.NumberCall, E164: "+16175550188", Digits: "617 555 0188", Valid: true})(v)
		f.Name, f.DueAt, f.Urgency, f.Urgent = "Marta Kowalski", noon.Add(5*time.Hour), 2, []string{"says it is an emergency"}
		return f
	}
	ids := b.archive(first, later)
	bea := b.person("bea", store.RoleAgent)
	got := rows(t, b.get("/callbacks", bea))
	if len(got) != 1 {
		t.Fatalf("got rows %q", got)
	}
	for _, words := range []string{"Marta Kowalski", "2 messages", "urgent", "wanted 5 hours from now", "+1 617-555-0188 not the caller id"} {
		if !strings.Contains(got[0], words) {
			t.Errorf("the row does not say %q: %s", words, got[0])
		}
	}
	card := b.get(callbackHref(ids[0]), bea).main(t)
	for _, words := range []string{"Callback for Marta Kowalski", "urgent: says it is an emergency, has left more than one message", "To call, as another message says +1 617-555-0188", "5 hours"} {
		if !strings.Contains(text(card), words) {
			t.Errorf("the card does not say %q: %s", words, text(card))
		}
	}
	for id, want := range map[int64]string{ids[0]: "Wanted in another message: ", ids[1]: "(with an earlier message: "} {
		if got := text(b.get(callbackHref(id), bea).main(t)); !strings.Contains(got, want) {
			t.Errorf("the card of %d does not say %q: %s", id, want, got)
		}
	}
	if calls := all(card, "a", "data-key=t"); len(calls) != 1 || attr(calls[0], "href") != "tel:+16175550188" {
		t.Errorf("got first calls %v", calls)
	}
	b.post(callbackHref(ids[1])+"/close", url.Values{"outcome": {"gave_up"}, "of_case": {"1"}}, bea)
	if got := text(b.get(callbackHref(ids[0]), bea).main(t)); strings.Contains(got, "it is an emergency, has") {
		t.Errorf("what is done still presses: %s", got)
	}
}

// A request that the machine doubts is judged on its card, as whatever needs a listen.
func TestDoubtfulRequestIsJudged(t *testing.T) {
	b := newBench(t)
	m := request("st-a", "s1", "+14155550123")
	m.find = func(v store.Voicemail) store.Finding {
		f := asking("call me back")(v)
		f.Confidence, f.Listen = 0.6, store.ListenDoubtful
		return f
	}
	id := b.archive(m)[0]
	bea := b.person("bea", store.RoleAgent)
	card := b.get(callbackHref(id), bea).main(t)
	if len(all(card, "button", "data-key=b")) != 1 || len(all(card, "button", "data-key=d")) != 1 {
		t.Fatalf("the card has no way to judge: %s", text(card))
	}
	b.post(callbackHref(id)+"/correct", url.Values{"request": {"yes"}}, bea)
	if card := b.get(callbackHref(id), bea).main(t); strings.Contains(text(card), "Needs a listen") || len(all(card, "button", "data-key=b")) != 0 {
		t.Errorf("judged, it still asks: %s", text(card))
	}
	b.post(callbackHref(id)+"/undo", nil, bea)
	b.post(callbackHref(id)+"/correct", url.Values{"request": {"no"}}, bea)
	if c := b.callback(id); c.Status != store.CallbackDone || c.Lane != store.LaneNone {
		t.Errorf("nothing to do: got %q in lane %q", c.Status, c.Lane)
	}
}

// What was typed is there again when it can't be done, in the form that it was typed in.
func TestRefusedWorkKeepsWhatWasTyped(t *testing.T) {
	b := newBench(t)
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	bea, cal := b.person("bea", store.RoleAgent), b.person("cal", store.RoleAgent)
	type opened struct{ form, field, value string }
	for name, tt := range map[string]struct {
		path string
		form url.Values
		want opened
	}{
		"attempt": {"/attempt", url.Values{"result": {"rang"}, "note": {"rings twice"}}, opened{"trying", "attempt-note", "rings twice"}},
		"close":   {"/close", url.Values{"outcome": {"bored"}, "note": {"all is well"}}, opened{"closing", "close-note", "all is well"}},
		"snooze":  {"/snooze", url.Values{"until": {"2025-02-12T11:00"}}, opened{"snoozing", "until", "2025-02-12T11:00"}},
		"number":  {"/correct", url.Values{"number": {"12"}}, opened{"correcting", "number", "12"}},
		"held":    {"/close", url.Values{"outcome": {"reached"}, "note": {"half an hour of talk"}}, opened{"noting", "note", "half an hour of talk"}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "held" {
				b.post(callbackHref(id)+"/claim", nil, cal)
				defer b.post(callbackHref(id)+"/release", nil, cal)
			}
			var got []opened
			a := b.post(callbackHref(id)+tt.path+"?queue=sales", tt.form, bea)
			if at := a.Header.Get("HX-Push-Url"); at != callbackHref(id)+"?queue=sales" {
				t.Errorf("its address is %q, want the card's", at)
			}
			doc := a.main(t)
			for _, box := range all(doc, "details", "class=doing") {
				if !has(box, "open") {
					continue
				}
				for _, field := range append(all(box, "textarea"), all(box, "input", "id="+tt.want.field)...) {
					got = append(got, opened{attr(box, "id"), attr(field, "id"), attr(field, "value") + text(field)})
				}
			}
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("open are %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Pages say when they are others by themselves.
func TestPagesOfWorkTurn(t *testing.T) {
	b := newBench(t)
	b.saveDesk(func(d *store.Desk) { d.Overdue = 5 * time.Hour }) // in two hours
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	bea := b.person("bea", store.RoleAgent)
	turns := func(path, want string) {
		t.Helper()
		if got := attr(append(all(b.get(path, bea).doc(t), "div", "id=work"), all(b.get(path, bea).doc(t), "section", "id=work")...)[0], "data-turns"); got != want {
			t.Errorf("%s turns in %q ms, want %q", path, got, want)
		}
	}
	turns("/callbacks", "7201000")
	b.post(callbackHref(id)+"/claim", nil, bea)
	turns("/callbacks?mine=1", "901000")
	turns(callbackHref(id), "901000")
	b.post(callbackHref(id)+"/snooze", url.Values{"for": {"hour"}}, bea)
	turns("/callbacks", "3601000")
	b.post(callbackHref(id)+"/close", url.Values{"outcome": {"reached"}}, bea)
	turns(callbackHref(id), "")
}

func TestNextOne(t *testing.T) {
	b := newBench(t)
	spanish := request("st-a", "es", "+34612345678")
	spanish.segments[0].Lang = "es"
	spanish.left = noon.Add(-time.Hour)
	ids := b.archive(request("st-a", "en", "+14155550123"), spanish)
	bea, cal := b.person("bea", store.RoleAgent), b.person("cal", store.RoleAgent)
	if got := b.post("/me/settings", url.Values{"langs": {"es, EN"}}, bea); got.StatusCode != away {
		t.Fatalf("languages: got %d", got.StatusCode)
	}
	if got := b.user("bea").Settings.Langs; got != "es en" {
		t.Errorf("languages are %q", got)
	}
	b.post("/me/settings", url.Values{"langs": {"es"}}, bea)
	if got := b.post("/me/settings", url.Values{"langs": {"klingonese"}}, bea); got.StatusCode != unfit {
		t.Errorf("an unknown language: got %d", got.StatusCode)
	}
	for _, tt := range []struct {
		who  *http.Cookie
		want string
	}{{bea, callbackHref(ids[1])}, {cal, callbackHref(ids[0])}, {cal, "/callbacks?done=none"}} {
		got := b.post("/callbacks/next", nil, tt.who)
		if to := got.Header.Get("Location"); got.StatusCode != away || !strings.HasPrefix(to, tt.want) {
			t.Errorf("got %d to %q, want %q", got.StatusCode, to, tt.want)
		}
	}
}

// Who works through a part of the list stays in it: the next one is of it, and cards
// lead back to it, whatever was done on them.
func TestWorkingThroughAQueue(t *testing.T) {
	b := newBench(t)
	for i, queue := range []string{"sales", "billing", "sales", "billing"} {
		m := request("st-a", fmt.Sprint("s", i), fmt.Sprintf("+1415555012%d", i))
		m.queue, m.left = queue, noon.Add(time.Duration(i-9)*time.Hour)
		b.archive(m)
	}
	bea := b.person("bea", store.RoleAgent)
	path := attr(all(b.get("/callbacks?queue=billing&status=open", bea).main(t), "a", "id=open-"+fmt.Sprint(store.VoicemailID("st-a", "s1")))[0], "href")
	for _, session := range []string{"s1", "s3"} {
		id := store.VoicemailID("st-a", session)
		if want := callbackHref(id) + "?queue=billing"; !strings.HasPrefix(path, callbackHref(id)) || !strings.Contains(path, "queue=billing") {
			t.Fatalf("the card is at %q, want %q", path, want)
		}
		card := b.get(path, bea).main(t)
		forms := map[string]string{}
		for _, form := range all(card, "form") {
			at, query, _ := strings.Cut(attr(form, "action"), "?")
			forms[at] = query
		}
		if back := all(card, "a", "href=/callbacks?queue=billing"); len(back) != 1 {
			t.Errorf("the card of %s leads back to elsewhere", session)
		}
		got := b.post(callbackHref(id)+"/close?"+forms[callbackHref(id)+"/close"], url.Values{"outcome": {"reached"}}, bea)
		path, _, _ = strings.Cut(got.Header.Get("Location"), "#")
		got = b.post(nextPath, filled(b.get(path, bea).main(t), nextPath), bea)
		path, _, _ = strings.Cut(got.Header.Get("Location"), "#")
	}
	if !strings.HasPrefix(path, "/callbacks?") || !strings.Contains(path, "queue=billing") || !strings.Contains(path, "done=none") {
		t.Errorf("behind the last one of the queue is %q", path)
	}
}

func TestBulk(t *testing.T) {
	b := newBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550199"), request("st-b", "s3", "+14155550177"))
	bea, cal := b.person("bea", store.RoleAgent, "st-a"), b.person("cal", store.RoleAgent)
	b.post(callbackHref(ids[1])+"/claim", nil, cal)
	form := url.Values{"do": {"close:not_needed"}, "status": {"open"}}
	for _, id := range ids {
		form.Add("id", fmt.Sprint(id))
	}
	got := b.post("/callbacks/bulk", form, bea)
	if to := got.Header.Get("Location"); got.StatusCode != away || !strings.Contains(to, "n=1") || !strings.Contains(to, "refused=2") || !strings.Contains(to, "status=open") {
		t.Errorf("got %d to %q, want one done and two refused", got.StatusCode, to)
	}
	if a, c := b.callback(ids[0]), b.callback(ids[2]); a.Status != store.CallbackDone || c.Status != store.CallbackOpen {
		t.Errorf("one's own is %s, another bot's %s", a.Status, c.Status)
	}
	if got := b.post("/callbacks/bulk", url.Values{"do": {"close:reached"}}, bea); !strings.Contains(got.Header.Get("Location"), "done=chose") {
		t.Errorf("without any: got %q", got.Header.Get("Location"))
	}
}

// Every voicemail is new, seen or done; who looks on marks nothing.
func TestEveryVoicemailIsNewSeenOrDone(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("thank you, all is well"), recordings: wav()})[0]
	ana, bea := b.person("ana", store.RoleAnalyst), b.person("bea", store.RoleAgent)
	state := func(who *http.Cookie) string {
		t.Helper()
		return text(all(b.get(voicemailPath(id), who).main(t), "div", "class=row work-state")...)
	}
	b.get(recordingPath(id, 0), ana)
	if got := state(ana); !strings.HasPrefix(got, "new ") {
		t.Errorf("an analyst sees %q", got)
	}
	if got := state(bea); !strings.HasPrefix(got, "seen First opened by bea") {
		t.Errorf("after it was opened: %q", got)
	}
	b.get(recordingPath(id, 0), bea)
	if c := b.callback(id); c.HeardBy != "bea" || c.SeenBy != "bea" {
		t.Errorf("heard by %q, seen by %q", c.HeardBy, c.SeenBy)
	}
	got := b.post(callbackHref(id)+"/close", url.Values{"outcome": {"not_needed"}, "next": {voicemailPath(id)}}, bea)
	if to := got.Header.Get("Location"); !strings.HasPrefix(to, voicemailPath(id)) {
		t.Errorf("sent to %q", to)
	}
	if got := state(bea); !strings.HasPrefix(got, "done No call needed, by bea") {
		t.Errorf("after it was done: %q", got)
	}
}

// Where the house has set hours, waiting is told in them, too.
func TestWaitingInBusinessHours(t *testing.T) {
	b := newBench(t)
	b.archive(request("st-a", "s1", "+14155550123"))
	desk := store.DefaultDesk()
	desk.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{3: "10:30-17:00"}}} // noon is on a Wednesday
	if err := b.store.SaveDesk(t.Context(), desk); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, b.get("/callbacks", b.person("bea", store.RoleAgent))); len(got) != 1 || !strings.Contains(got[0], "Waiting 3 hours, 1 h 30 min of it in business hours") {
		t.Errorf("got %q", got)
	}
}

// Business time is never told in days: those of 24 hours are not the ones that people work.
func TestWaitingForLong(t *testing.T) {
	m := store.Callback{BotID: "st-a", LeftAt: noon.AddDate(0, 0, -10)}
	desk := store.DefaultDesk()
	desk.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{"00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00"}}}
	business, err := waits.NewClock(desk)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := waitingWords(m, business, noon), "10 days, 240 h of it in business hours"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCallLink(t *testing.T) {
	tests := []struct{ template, ext, want string }{
		{"", "", "tel:+14155550123"},
		{"", "12", "tel:+14155550123;ext=12"},
		{"https://dial.example/?to={number}", "", "https://dial.example/?to=%2B14155550123"},
		{"https://dial.example/{digits}", "", "https://dial.example/14155550123"},
		{"sip:{number}@pbx.example", "", "sip:+14155550123@pbx.example"},
		{"javascript:alert({digits})", "", "tel:+14155550123"},
		{"//evil.example/{digits}", "", "tel:+14155550123"},
	}
	for _, tt := range tests {
		if got := callLink(store.Desk{CallLink: tt.template}, "+14155550123", tt.ext); string(got) != tt.want {
			t.Errorf("%q: got %q, want %q", tt.template, got, tt.want)
		}
	}
	if got := callLink(store.Desk{}, `"><script>`, ""); got != "" {
		t.Errorf("of what is no number: %q", got)
	}
}

// Everybody who looks is told of a claim, and of who listens; whoever may not see
// the bot of neither.
func TestWorkIsToldLive(t *testing.T) {
	b := newLiveBench(t)
	b.Player, b.Ingest = &tape{}, running("st-a")
	id := b.archive(request("st-a", "s1", "+14155550123"))[0]
	theirs := b.archive(request("st-b", "s2", "+14155550199"))[0]
	srv := b.live()
	bea, cal, dan := b.person("bea", store.RoleAgent), b.person("cal", store.RoleAgent), b.person("dan", store.RoleAgent, "st-b")
	colleague, stranger := hears(b.asked(srv, "/events", cal)), hears(b.asked(srv, "/events", dan))
	if got := colleague(); got.name != "ready" || !strings.Contains(got.data, `"work":`) {
		t.Fatalf("got %+v", got)
	}
	stranger()
	b.post(callbackHref(id)+"/claim", nil, bea)
	got := colleague()
	if want := fmt.Sprintf(`"changes":[{"id":%d,"case":%d,"status":"claimed","assignee":"bea"}]`, id, id); got.name != "work" || !strings.Contains(got.data, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
	b.get(recordingPath(id, 0), bea)
	heard := ""
	for !strings.Contains(heard, `"listening":"bea"`) {
		e := colleague()
		if heard = e.data; e.name != "work" {
			t.Fatalf("got %+v, want to hear who listens", e)
		}
	}
	b.post(callbackHref(theirs)+"/claim", nil, bea)
	if got := stranger(); !strings.Contains(got.data, fmt.Sprintf(`"id":%d`, theirs)) || strings.Contains(got.data, fmt.Sprint(id)) {
		t.Errorf("who may see one bot hears %+v", got)
	}
	b.stop()
}
