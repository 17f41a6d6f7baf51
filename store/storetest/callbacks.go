package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

func callbackRows() []row {
	return []row{
		{"a request comes into the work, and comes back whole", callbackRoundTrip},
		{"what asks for nothing is no work, until somebody sees it", callbackIdle},
		{"claim, release, claim by another, close, reopen", callbackWay},
		{"the scope holds on every method, queues too", callbackScope},
		{"numbers are in order, each callback once", callbackNumbers},
	}
}

// asks makes a reply of which the machine finds a request.
func asks(text string, more ...func(*store.Finding)) *store.Reply {
	r := said(text)
	r.AnalysisVersion = 1
	r.Find = func(v store.Voicemail) store.Finding {
		f := store.Finding{Requested: true, Confidence: 0.9, Words: []store.Span{{Start: 0, End: min(4, len(v.Text))}}}
		for _, change := range more {
			change(&f)
		}
		return f
	}
	return r
}

// idle makes a reply in which there is nothing to do.
func idle(text string) *store.Reply {
	return asks(text, func(f *store.Finding) { *f = store.Finding{Confidence: 0.8} })
}

// calling says the number to call.
func calling(number string) func(*store.Finding) {
	return func(f *store.Finding) {
		f.Numbers = append(f.Numbers, store.FoundNumber{Kind: store.NumberCall, E164: number, Digits: number[1:], Valid: true})
	}
}

// named says who calls.
func named(name string) func(*store.Finding) { return func(f *store.Finding) { f.Name = name } }

// from is a wanted session of a caller.
func from(id, caller string) store.Session {
	s := wanted(id)
	s.CallerE164 = caller
	return s
}

func vm(session string) int64 { return store.VoicemailID(bot, session) }

func (b *bench) callback(t *testing.T, session string) store.Callback {
	t.Helper()
	c, err := b.Callback(t.Context(), store.AllBots(), vm(session))
	must(t, err)
	return c
}

func (b *bench) act(t *testing.T, session string, a store.Action) []store.Callback {
	t.Helper()
	changed, err := b.Act(t.Context(), store.AllBots(), vm(session), a)
	must(t, err)
	return changed
}

func (b *bench) actErr(t *testing.T, session string, a store.Action, want error) {
	t.Helper()
	_, err := b.Act(t.Context(), store.AllBots(), vm(session), a)
	wantErr(t, string(a.Verb)+" by "+a.By, err, want)
}

// history is a voicemail's in one line: who did what, and what it became.
func (b *bench) history(t *testing.T, session string) string {
	t.Helper()
	list, err := b.CallbackEvents(t.Context(), store.AllBots(), vm(session))
	must(t, err)
	var s string
	for _, e := range list {
		s += fmt.Sprintf("%s:%s:%s>%s ", e.By, e.Verb, e.From, e.To)
	}
	return s
}

// list is a page of the work list in one line: the sessions of each case.
func (b *bench) list(t *testing.T, q store.WorkQuery) string {
	t.Helper()
	cases, _, err := b.Work(t.Context(), store.AllBots(), q)
	must(t, err)
	var s string
	for _, c := range cases {
		for i, m := range c.Messages {
			if i > 0 {
				s += "+"
			}
			v, err := b.Voicemail(t.Context(), store.AllBots(), m.VoicemailID)
			must(t, err)
			s += v.SessionID
		}
		s += " "
	}
	return s
}

func callbackRoundTrip(t *testing.T, b *bench) {
	due := created.Add(time.Hour)
	v := b.archive(t, from("s1", "+16175550123"), asks("call me", calling("+16175550188"), named("Ann"), func(f *store.Finding) {
		f.Urgency, f.Urgent, f.DueAt = 1, []string{"says so"}, due
	}))
	want := store.Callback{VoicemailID: v.ID, BotID: bot, Lang: "en", LeftAt: v.LeftAt, CaseID: v.ID, Lane: store.LaneRequests, Requested: true,
		Confidence: 0.9, Caller: "+16175550123", Number: "+16175550188", Name: "Ann", Urgency: 1, Found: 1, DueAt: due, Status: store.CallbackOpen,
		CreatedAt: b.clock.at(0), Seq: 1}
	equal(t, "callback", b.callback(t, "s1"), want)
	byID, err := b.CallbacksOf(t.Context(), store.AllBots(), []int64{v.ID, 17, v.ID})
	must(t, err)
	equal(t, "of", byID, map[int64]store.Callback{v.ID: want})
	f, err := b.Finding(t.Context(), store.AllBots(), v.ID)
	must(t, err)
	equal(t, "finding", f, asks("", calling("+16175550188"), named("Ann"), func(f *store.Finding) {
		f.Urgency, f.Urgent, f.DueAt = 1, []string{"says so"}, due
	}).Find(v))
	equal(t, "history", b.history(t, "s1"), ":found:open>open ")
	equal(t, "changes", b.head(t), int64(1))
}

func callbackIdle(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), idle("thanks"))
	_, err := b.Callback(t.Context(), store.AllBots(), v.ID)
	wantErr(t, "no work", err, store.ErrNotFound)
	b.actErr(t, "s2", store.Action{Verb: store.VerbSeen, By: "ada"}, store.ErrNotFound)
	equal(t, "seen", len(b.act(t, "s1", store.Action{Verb: store.VerbSeen, By: "ada"})), 1)
	b.clock.move(time.Minute)
	equal(t, "seen again", len(b.act(t, "s1", store.Action{Verb: store.VerbSeen, By: "bob"})), 0)
	b.act(t, "s1", store.Action{Verb: store.VerbHeard, By: "bob"})
	c := b.callback(t, "s1")
	equal(t, "seen by", c.SeenBy+" "+c.HeardBy, "ada bob")
	equal(t, "seen at", c.SeenAt, b.clock.at(-time.Minute))
	equal(t, "lane", c.Lane, store.LaneNone)
	equal(t, "acted", c.Acted, false)
	equal(t, "work", b.list(t, store.WorkQuery{Limit: 10}), "")
	equal(t, "history", b.history(t, "s1"), "ada:seen:open>open bob:heard:open>open ")
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "bob", Outcome: "not_needed"})
	equal(t, "done", b.list(t, store.WorkQuery{Status: store.CallbackDone, Limit: 10}), "s1 ")
}

func callbackWay(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), asks("call me"))
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada", Lease: time.Minute})
	c := b.callback(t, "s1")
	equal(t, "held", []any{c.Status, c.Assignee, c.LeaseUntil}, []any{store.CallbackClaimed, "ada", b.clock.at(time.Minute)})
	b.actErr(t, "s1", store.Action{Verb: store.VerbClaim, By: "bob"}, store.ErrHeld)
	b.actErr(t, "s1", store.Action{Verb: store.VerbRelease, By: "bob"}, store.ErrHeld)
	b.act(t, "s1", store.Action{Verb: store.VerbRelease, By: "ada"})
	b.actErr(t, "s1", store.Action{Verb: store.VerbRelease, By: "ada"}, store.ErrInvalid)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "bob"})
	equal(t, "claimed", b.list(t, store.WorkQuery{Status: store.CallbackClaimed, Limit: 10}), "s1 ")
	equal(t, "bob's", b.list(t, store.WorkQuery{Assignee: "bob", Limit: 10}), "s1 ")
	b.actErr(t, "s1", store.Action{Verb: store.VerbClose, By: "bob", Outcome: "made up"}, store.ErrInvalid)
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "bob", Outcome: "reached", Note: "all well"})
	b.actErr(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"}, store.ErrClosed)
	c = b.callback(t, "s1")
	equal(t, "done", []any{c.Status, c.Assignee, c.Outcome, c.ClosedAt}, []any{store.CallbackDone, "bob", "reached", b.clock.at(0)})
	b.act(t, "s1", store.Action{Verb: store.VerbReopen, By: "ada"})
	equal(t, "open", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Limit: 10}), "s1 ")
	equal(t, "history", b.history(t, "s1"), ":found:open>open ada:claim:open>claimed ada:release:claimed>open bob:claim:open>claimed "+
		"bob:close:claimed>done ada:reopen:done>open ")
}

func callbackScope(t *testing.T, b *bench) {
	billing := from("s1", "+16175550123")
	billing.QueueName = "Billing"
	b.archive(t, billing, asks("call me"))
	b.act(t, "s1", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Number: "+16175550199"}})
	in := []store.Scope{store.AllBots(), store.AllBots().InQueues("Billing"), store.OnlyBots(bot), store.OnlyBots(bot).InQueues("Billing", "Sales")}
	out := []store.Scope{{}, store.OnlyBots("st-other"), store.AllBots().InQueues("Sales"), store.OnlyBots(bot).InQueues("Sales")}
	for i, s := range append(in, out...) {
		var wantErr error
		want := 1
		if i >= len(in) {
			wantErr, want = store.ErrNotFound, 0
		}
		for name, err := range b.scopeErrs(t, s) {
			if !sameErr(err, wantErr) {
				t.Errorf("%s in scope %d: got %v, want %v", name, i, err, wantErr)
			}
		}
		for name, n := range b.scopeCounts(t, s) {
			equal(t, fmt.Sprint(name, " in scope ", i), n, want)
		}
	}
}

func (b *bench) scopeErrs(t *testing.T, s store.Scope) map[string]error {
	id, ctx := vm("s1"), t.Context()
	errs := map[string]error{}
	_, errs["Callback"] = b.Callback(ctx, s, id)
	_, errs["Finding"] = b.Finding(ctx, s, id)
	_, errs["Act"] = b.Act(ctx, s, id, store.Action{Verb: store.VerbNote, By: "ada", Note: "x"})
	_, errs["ClaimNext"] = b.ClaimNext(ctx, s, store.WorkQuery{}, store.Action{By: "ada"})
	if errs["ClaimNext"] == nil {
		b.act(t, "s1", store.Action{Verb: store.VerbRelease, By: "ada"})
	}
	return errs
}

func (b *bench) scopeCounts(t *testing.T, s store.Scope) map[string]int {
	byID, err := b.CallbacksOf(t.Context(), s, []int64{vm("s1")})
	must(t, err)
	cases, _, err := b.Work(t.Context(), s, store.WorkQuery{Limit: 10})
	must(t, err)
	counts, err := b.CountWork(t.Context(), s, "ada", nil)
	must(t, err)
	events, err := b.CallbackEvents(t.Context(), s, vm("s1"))
	must(t, err)
	corrections, err := b.Corrections(t.Context(), s, 0, 10)
	must(t, err)
	return map[string]int{"CallbacksOf": len(byID), "Work": len(cases), "CountWork": counts.Open, "queues": counts.Queues["Billing"],
		"CallbackEvents": min(len(events), 1), "Corrections": len(corrections)}
}

func sameErr(got, want error) bool {
	return want == nil && got == nil || want != nil && ignore(got, want) == nil && got != nil
}

func callbackNumbers(t *testing.T, b *bench) {
	b.lastChange(t, "with no callback", 0)
	for _, id := range []string{"s1", "s2", "s3"} {
		b.archive(t, wanted(id), asks(id))
	}
	b.lastChange(t, "of three that came", 3)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"})
	b.lastChange(t, "after a claim", 4)
	list, err := b.CallbackChanges(t.Context(), 0, 10)
	must(t, err)
	var got string
	for _, c := range list {
		got += fmt.Sprintf("%d:%d ", c.Seq, c.VoicemailID)
	}
	equal(t, "changes", got, fmt.Sprintf("2:%d 3:%d 4:%d ", vm("s2"), vm("s3"), vm("s1")))
	list, err = b.CallbackChanges(t.Context(), 3, 0)
	must(t, err)
	equal(t, "after 3", len(list), 1)
	equal(t, "callback", b.callback(t, "s1"), list[0])
}

func (b *bench) lastChange(t *testing.T, of string, want int64) {
	t.Helper()
	got, err := b.LastCallbackChange(t.Context())
	must(t, err)
	equal(t, "last change "+of, got, want)
}

// callbackCalls has each method about work, for calls.
func callbackCalls(b *bench) map[string]func(context.Context) error {
	scope, id := store.AllBots(), vm("stored")
	return map[string]func(context.Context) error{
		"Callback":    func(ctx context.Context) error { _, err := b.Callback(ctx, scope, id); return err },
		"CallbacksOf": func(ctx context.Context) error { _, err := b.CallbacksOf(ctx, scope, []int64{id}); return err },
		"Work":        func(ctx context.Context) error { _, _, err := b.Work(ctx, scope, store.WorkQuery{}); return err },
		"CountWork":   func(ctx context.Context) error { _, err := b.CountWork(ctx, scope, "ada", nil); return err },
		"Act": func(ctx context.Context) error {
			_, err := b.Act(ctx, scope, id, store.Action{Verb: store.VerbClaim, By: "ada"})
			return err
		},
		"ClaimNext": func(ctx context.Context) error {
			_, err := b.ClaimNext(ctx, scope, store.WorkQuery{}, store.Action{By: "ada"})
			return err
		},
		"CaseOf":             func(ctx context.Context) error { _, err := b.CaseOf(ctx, scope, id); return err },
		"FindingsOf":         func(ctx context.Context) error { _, err := b.FindingsOf(ctx, scope, []int64{id}); return err },
		"Finding":            func(ctx context.Context) error { _, err := b.Finding(ctx, scope, id); return err },
		"CallbackEvents":     func(ctx context.Context) error { _, err := b.CallbackEvents(ctx, scope, id); return err },
		"Corrections":        func(ctx context.Context) error { _, err := b.Corrections(ctx, scope, 0, 1); return err },
		"CallbackChanges":    func(ctx context.Context) error { _, err := b.CallbackChanges(ctx, 0, 1); return err },
		"LastCallbackChange": func(ctx context.Context) error { _, err := b.LastCallbackChange(ctx); return err },
		"Desk":               func(ctx context.Context) error { _, err := b.Desk(ctx); return err },
		"SaveDesk":           func(ctx context.Context) error { return b.SaveDesk(ctx, store.DefaultDesk()) },
	}
}
