package storetest

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

func callbackActRows() []row {
	return []row{
		{"a claim runs out, is prolonged, and never cut short", actLease},
		{"an attempt rests, and a day has so many", actAttempt},
		{"attempts of other cases with the number count, undone ones don't", actAttemptNumber},
		{"assigned, and taken from somebody", actAssign},
		{"snoozed", actSnooze},
		{"corrected: no request, a request, a number", actCorrect},
		{"a correction wins over every analysis", actCorrectSurvives},
		{"undone: one's own last action, within a while", actUndo},
		{"what makes no sense is refused", actInvalid},
		{"text is cleaned at the door", actCleaned},
		{"goes with its voicemail's texts and sessions", followsVoicemail},
		{"an analysis moves only what nobody has touched", followsAnalysis},
		{"without text: to be heard after an hour, unless it comes", followsNoText},
		{"how the house works comes back whole", deskRoundTrip},
	}
}

// ask is a bench with one open request, s1, of ann.
func (b *bench) ask(t *testing.T) {
	t.Helper()
	b.archive(t, from("s1", ann), asks("call me"))
}

func actLease(t *testing.T, b *bench) {
	b.ask(t)
	claim := func(by string, lease time.Duration) {
		b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: by, Lease: lease})
	}
	claim("ada", 0)
	equal(t, "as the house has it", b.callback(t, "s1").LeaseUntil, b.clock.at(store.DefaultDesk().Lease))
	claim("ada", time.Hour)
	equal(t, "prolonged", b.callback(t, "s1").LeaseUntil, b.clock.at(time.Hour))
	claim("ada", time.Minute)
	equal(t, "not cut short", b.callback(t, "s1").LeaseUntil, b.clock.at(time.Hour))
	b.clock.move(time.Hour - time.Microsecond)
	b.actErr(t, "s1", store.Action{Verb: store.VerbClaim, By: "bob"}, store.ErrHeld)
	equal(t, "claimed", b.list(t, store.WorkQuery{Status: store.CallbackClaimed, Limit: 9}), "s1 ")
	equal(t, "open", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Limit: 9}), "")
	b.clock.move(time.Microsecond)
	equal(t, "claimed", b.list(t, store.WorkQuery{Status: store.CallbackClaimed, Limit: 9}), "")
	equal(t, "open", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Limit: 9}), "s1 ")
	equal(t, "ada's", b.list(t, store.WorkQuery{Assignee: "ada", Limit: 9}), "")
	c := b.callback(t, "s1")
	equal(t, "reads as open", []any{c.Status, c.Assignee, c.LeaseUntil}, []any{store.CallbackOpen, "", time.Time{}})
	claim("bob", 0)
	equal(t, "history", b.history(t, "s1"), ":found:open>open ada:claim:open>claimed ada:claim:claimed>claimed :lapse:claimed>open bob:claim:open>claimed ")
}

func actAttempt(t *testing.T, b *bench) {
	b.ask(t)
	day := b.clock.at(-8 * time.Hour)
	try := store.Action{Verb: store.VerbAttempt, By: "ada", Result: store.AttemptBusy, DayStart: day, DayEnd: day.Add(24 * time.Hour)}
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"})
	b.act(t, "s1", try)
	c := b.callback(t, "s1")
	equal(t, "rests", []any{c.Status, c.Assignee, c.Attempts, c.NextAt}, []any{store.CallbackOpen, "", 1, b.clock.at(15 * time.Minute)})
	equal(t, "not ready", b.list(t, store.WorkQuery{Ready: true, Limit: 9}), "")
	equal(t, "open", b.list(t, store.WorkQuery{Limit: 9}), "s1 ")
	b.clock.move(15 * time.Minute)
	equal(t, "ready", b.list(t, store.WorkQuery{Ready: true, Limit: 9}), "s1 ")
	try.Next = b.clock.at(time.Minute)
	b.act(t, "s1", try)
	equal(t, "when asked for", b.callback(t, "s1").NextAt, try.Next)
	b.clock.move(time.Minute)
	try.Next = time.Time{}
	b.act(t, "s1", try)
	equal(t, "the day's last rests until the next", b.callback(t, "s1").NextAt, store.Cut(day.Add(24*time.Hour)))
	b.actErr(t, "s1", try, store.ErrTooOften)
	b.clock.move(24 * time.Hour)
	try.DayStart, try.DayEnd = try.DayEnd, day.Add(48*time.Hour)
	b.act(t, "s1", try)
	equal(t, "attempts", b.callback(t, "s1").Attempts, 4)
	try.DayStart = time.Time{}
	b.act(t, "s1", try)
	d := store.DefaultDesk()
	d.MaxAttempts, d.Retry = 0, map[store.AttemptResult]time.Duration{store.AttemptBusy: time.Hour}
	must(t, b.SaveDesk(t.Context(), d))
	for range 3 {
		b.clock.move(time.Second)
		b.act(t, "s1", try)
	}
	equal(t, "without a limit", b.callback(t, "s1").NextAt, b.clock.at(time.Hour))
}

func actAttemptNumber(t *testing.T, b *bench) {
	b.ask(t)
	b.leaves(t, "s2", ann, time.Minute)
	other := from("s3", ann)
	other.AccountID, other.BotID = "another", "st-other"
	b.archive(t, other, asks("call me"))
	try := store.Action{Verb: store.VerbAttempt, By: "ada", Result: store.AttemptNoAnswer, Whole: true}
	b.act(t, "s1", try) // one attempt, of two messages
	b.clock.move(time.Minute)
	b.act(t, "s2", try)
	b.clock.move(time.Minute)
	b.act(t, "s2", store.Action{Verb: store.VerbUndo, By: "ada", Whole: true})
	equal(t, "undone", b.callback(t, "s1").Attempts, 1)
	b.clock.move(time.Minute)
	at := store.VoicemailID("st-other", "s3")
	_, err := b.Act(t.Context(), store.AllBots(), at, try)
	must(t, err)
	b.clock.move(time.Minute)
	b.act(t, "s2", try)
	b.clock.move(time.Minute)
	b.actErr(t, "s1", try, store.ErrTooOften)
	_, err = b.Act(t.Context(), store.AllBots(), at, try)
	wantErr(t, "in the other case", err, store.ErrTooOften)
}

func actAssign(t *testing.T, b *bench) {
	b.ask(t)
	b.act(t, "s1", store.Action{Verb: store.VerbAssign, By: "ada", Assignee: "bob"})
	equal(t, "bob's", b.list(t, store.WorkQuery{Assignee: "bob", Limit: 9}), "s1 ")
	b.actErr(t, "s1", store.Action{Verb: store.VerbAssign, By: "cy", Assignee: "cy"}, store.ErrHeld)
	b.act(t, "s1", store.Action{Verb: store.VerbAssign, By: "bob", Assignee: "cy"})
	b.act(t, "s1", store.Action{Verb: store.VerbAssign, By: "ada", Assignee: "dee", Force: true})
	b.act(t, "s1", store.Action{Verb: store.VerbRelease, By: "ada", Force: true})
	equal(t, "history", b.history(t, "s1"), ":found:open>open ada:assign:open>claimed bob:assign:claimed>claimed ada:assign:claimed>claimed ada:release:claimed>open ")
}

func actSnooze(t *testing.T, b *bench) {
	b.ask(t)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"})
	b.act(t, "s1", store.Action{Verb: store.VerbSnooze, By: "ada", Next: b.clock.at(time.Hour)})
	c := b.callback(t, "s1")
	equal(t, "rests", []any{c.Status, c.Assignee, c.NextAt}, []any{store.CallbackOpen, "", b.clock.at(time.Hour)})
	b.actErr(t, "s1", store.Action{Verb: store.VerbSnooze, By: "ada", Next: b.clock.at(0)}, store.ErrInvalid)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "bob"})
	equal(t, "claimed while it rested", b.callback(t, "s1").NextAt, time.Time{})
}

func yes(is bool) *bool { return &is }

func actCorrect(t *testing.T, b *bench) {
	b.ask(t)
	b.archive(t, from("s2", ben), asks("", func(f *store.Finding) { *f = store.Finding{Listen: store.ListenDoubtful} }))
	equal(t, "to be heard", b.list(t, store.WorkQuery{Lane: store.LaneListen, Limit: 9}), "s2 ")
	b.act(t, "s1", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: yes(false)}})
	c := b.callback(t, "s1")
	equal(t, "nothing to do", []any{c.Lane, c.Status, c.Outcome, c.Corrected, c.Requested}, []any{store.LaneNone, store.CallbackDone, "not_needed", true, false})
	b.act(t, "s2", store.Action{Verb: store.VerbCorrect, By: "bob", Correction: store.Correction{Requested: yes(true)}})
	b.act(t, "s2", store.Action{Verb: store.VerbCorrect, By: "cy", Correction: store.Correction{Number: ann}})
	c = b.callback(t, "s2")
	equal(t, "call back", []any{c.Lane, c.Status, c.Number, c.Listen}, []any{store.LaneRequests, store.CallbackOpen, ann, store.ListenReason("")})
	list, err := b.Corrections(t.Context(), store.AllBots(), 0, 10)
	must(t, err)
	want := []store.Correction{{VoicemailID: vm("s1"), Requested: yes(false), By: "ada", At: b.clock.at(0)},
		{VoicemailID: vm("s2"), Requested: yes(true), Number: ann, By: "cy", At: b.clock.at(0)}}
	if want[0].VoicemailID > want[1].VoicemailID {
		want[0], want[1] = want[1], want[0]
	}
	equal(t, "corrections", list, want)
	list, err = b.Corrections(t.Context(), store.AllBots(), want[0].VoicemailID, 1)
	must(t, err)
	equal(t, "the second", list, want[1:])
	b.act(t, "s1", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: yes(true)}})
	equal(t, "a request after all", b.callback(t, "s1").Status, store.CallbackOpen)
	b.act(t, "s1", store.Action{Verb: store.VerbUndo, By: "ada"})
	equal(t, "nothing to do after all", b.callback(t, "s1").Lane, store.LaneNone)
	list, err = b.Corrections(t.Context(), store.OnlyBots(bot), 0, 10)
	must(t, err)
	equal(t, "corrections again", list, want)
}

func actCorrectSurvives(t *testing.T, b *bench) {
	b.ask(t)
	b.act(t, "s1", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: yes(false), Number: ben}})
	had := b.callback(t, "s1")
	r := asks("call me", calling(ann), named("Ann"))
	r.AnalysisVersion = 2
	equal(t, "changed", b.reanalyse(t, r), true)
	had.Name, had.Seq = "Ann", 3
	equal(t, "callback", b.callback(t, "s1"), had)
}

func actUndo(t *testing.T, b *bench) {
	b.ask(t)
	undo := store.Action{Verb: store.VerbUndo, By: "ada"}
	b.actErr(t, "s1", undo, store.ErrInvalid)
	had := b.callback(t, "s1")
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	b.act(t, "s1", store.Action{Verb: store.VerbNote, By: "bob", Note: "well done"})
	b.act(t, "s1", store.Action{Verb: store.VerbSeen, By: "bob"})
	b.actErr(t, "s1", store.Action{Verb: store.VerbUndo, By: "bob"}, store.ErrConflict)
	b.act(t, "s1", undo)
	c := b.callback(t, "s1")
	had.SeenAt, had.SeenBy, had.Seq = c.SeenAt, c.SeenBy, c.Seq
	equal(t, "as before", c, had)
	b.actErr(t, "s1", undo, store.ErrInvalid)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada", Lease: time.Hour})
	b.act(t, "s1", store.Action{Verb: store.VerbRelease, By: "ada"})
	b.act(t, "s1", undo)
	equal(t, "held again", b.callback(t, "s1").Assignee, "ada")
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	b.clock.move(store.UndoWithin + time.Microsecond)
	b.actErr(t, "s1", undo, store.ErrConflict)
	equal(t, "history", b.history(t, "s1"), ":found:open>open ada:close:open>done bob:note:done>done bob:seen:done>done ada:undo:done>open "+
		"ada:claim:open>claimed ada:release:claimed>open ada:undo:open>claimed ada:close:claimed>done ")
}

func actInvalid(t *testing.T, b *bench) {
	b.ask(t)
	for name, a := range map[string]store.Action{
		"nobody": {Verb: store.VerbClaim, By: "\x00"}, "no verb": {By: "ada"}, "the program's": {Verb: store.VerbFound, By: "ada"},
		"no note": {Verb: store.VerbNote, By: "ada"}, "no result": {Verb: store.VerbAttempt, By: "ada"}, "made up": {Verb: store.VerbAttempt, By: "ada", Result: "made up"},
		"no outcome": {Verb: store.VerbClose, By: "ada"}, "to nobody": {Verb: store.VerbAssign, By: "ada"}, "no end": {Verb: store.VerbSnooze, By: "ada"},
		"nothing": {Verb: store.VerbCorrect, By: "ada"}, "no number": {Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Number: "617"}},
		"not done": {Verb: store.VerbReopen, By: "ada"}, "lease": {Verb: store.VerbClaim, By: "ada", Lease: -1},
	} {
		_, err := b.Act(t.Context(), store.AllBots(), vm("s1"), a)
		wantErr(t, name, err, store.ErrInvalid)
	}
	equal(t, "history", b.history(t, "s1"), ":found:open>open ")
}

func actCleaned(t *testing.T, b *bench) {
	const odd, clean = "a\x00b\xff", "ab\ufffd"
	one := from("s1", ann)
	one.QueueName = odd
	b.archive(t, one, asks("call me", named(odd), func(f *store.Finding) { f.Urgent = []string{odd} }))
	b.act(t, "s1", store.Action{Verb: store.VerbAssign, By: odd, Assignee: odd, Note: odd})
	c := b.callback(t, "s1")
	equal(t, "callback", []string{c.Name, c.Queue, c.Assignee}, []string{clean, clean, clean})
	list, err := b.CallbackEvents(t.Context(), store.AllBots().InQueues(odd), vm("s1"))
	must(t, err)
	equal(t, "events", len(list), 2)
	equal(t, "event", list[len(list)-1], store.CallbackEvent{ID: list[len(list)-1].ID, VoicemailID: vm("s1"), At: b.clock.at(0), By: clean, Verb: store.VerbAssign,
		From: store.CallbackOpen, To: store.CallbackClaimed, Detail: clean, Note: clean, Number: ann})
	cases, _, err := b.Work(t.Context(), store.AllBots(), store.WorkQuery{Assignee: odd, Queues: []string{odd}, Langs: []string{"EN-us"}, Bots: []string{bot}})
	must(t, err)
	equal(t, "work", len(cases), 1)
	n, err := b.CountWork(t.Context(), store.AllBots(), odd, nil)
	must(t, err)
	equal(t, "mine", n.Mine, 1)
}

func followsVoicemail(t *testing.T, b *bench) {
	b.ask(t)
	b.leaves(t, "s2", ben, time.Minute)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"})
	one := from("s1", ben)
	one.QueueName = "Billing"
	b.save(t, one)
	c := b.callback(t, "s1")
	equal(t, "as the session has it", []any{c.Caller, c.Queue, c.Status, c.CaseID}, []any{ben, "Billing", store.CallbackClaimed, vm("s1")})
	equal(t, "the other", b.callback(t, "s2").CaseID, vm("s1"))
	equal(t, "to be read again", b.outdated(t, 1, 10), []int64{vm("s1")})
	r := asks("later words")
	r.Segments[0].MessageID, r.AnalysisVersion = "m2", 1
	r.Find = func(v store.Voicemail) store.Finding {
		return store.Finding{Requested: true, Name: fmt.Sprint(len(v.Segments), " ", v.Caller)}
	}
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: r})
	equal(t, "found in what is stored", b.callback(t, "s1").Name, "2 "+ben)
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: modified("m1", "no machine", time.Hour)})
	equal(t, "without a finder", b.callback(t, "s1").Name, "2 "+ben)
}

func followsAnalysis(t *testing.T, b *bench) {
	for _, id := range []string{"s1", "s2", "s3", "s4"} {
		b.archive(t, wanted(id), asks("call me"))
	}
	b.archive(t, wanted("s5"), idle("call me"))
	b.act(t, "s2", store.Action{Verb: store.VerbSeen, By: "ada"})
	b.act(t, "s3", store.Action{Verb: store.VerbNote, By: "ada", Note: "x"})
	b.act(t, "s4", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	b.act(t, "s5", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	seq := b.head(t)
	for _, id := range []string{"s1", "s2", "s3", "s4"} {
		r := idle("call me")
		r.AnalysisVersion = 2
		changed, err := b.Reanalyse(t.Context(), vm(id), *r)
		must(t, err)
		equal(t, "changed", changed, true)
	}
	r := asks("call me")
	r.AnalysisVersion = 2
	_, err := b.Reanalyse(t.Context(), vm("s5"), *r)
	must(t, err)
	var got string
	for _, id := range []string{"s1", "s2", "s3", "s4", "s5"} {
		c := b.callback(t, id)
		got += fmt.Sprintf("%s:%s:%s ", id, c.Lane, c.Status)
	}
	equal(t, "lanes", got, "s1::open s2::open s3:requests:open s4:requests:done s5::done ")
	equal(t, "each with a change", b.head(t), seq+5)
	f, err := b.Finding(t.Context(), store.AllBots(), vm("s4"))
	must(t, err)
	equal(t, "finding", f.Requested, false)
	r = idle("call me")
	r.AnalysisVersion = 3
	_, err = b.Reanalyse(t.Context(), vm("s1"), *r)
	must(t, err)
	equal(t, "the same finding changes nothing", b.head(t), seq+5)
	r = asks("call me")
	r.AnalysisVersion = 4
	_, err = b.Reanalyse(t.Context(), vm("s1"), *r)
	must(t, err)
	equal(t, "found again", b.history(t, "s1"), ":found:open>open :found:open>open ")
}

func followsNoText(t *testing.T, b *bench) {
	silent := func(r *store.Reply) *store.Reply {
		r.Find = func(v store.Voicemail) store.Finding {
			if v.Text == "" {
				return store.Finding{Listen: store.ListenNoText}
			}
			return store.Finding{Requested: true}
		}
		return r
	}
	b.save(t, wanted("s1"), wanted("s2"))
	for _, id := range []string{"s1", "s2"} {
		b.fetch(t, id, store.Outcome{State: store.StateWaiting, Reply: silent(file())})
	}
	left := b.voicemail(t, "s1").LeftAt
	equal(t, "rests", b.callback(t, "s1").NextAt, left.Add(time.Hour))
	equal(t, "nothing to hear yet", b.list(t, store.WorkQuery{Lane: store.LaneListen, Ready: true, Limit: 9}), "")
	b.fetch(t, "s2", store.Outcome{State: store.StateStored, Reply: silent(said("call me"))})
	c := b.callback(t, "s2")
	equal(t, "its text has come", []any{c.Lane, c.NextAt}, []any{store.LaneRequests, time.Time{}})
	b.clock.move(time.Hour)
	equal(t, "after an hour", b.list(t, store.WorkQuery{Lane: store.LaneListen, Ready: true, Limit: 9}), "s1 ")
	n, err := b.CountWork(t.Context(), store.AllBots(), "ada", nil)
	must(t, err)
	equal(t, "counted", []int{n.Listen, n.Open}, []int{1, 1})
}

func deskRoundTrip(t *testing.T, b *bench) {
	d, err := b.Desk(t.Context())
	must(t, err)
	equal(t, "of nobody", d, store.DefaultDesk())
	d.Dispositions = []store.Disposition{{Key: "sold", Label: "Sold\x00 one", Reached: true}}
	d.Lease, d.MaxAttempts, d.Overdue, d.CallLink = time.Minute, 9, 4*time.Hour, "sip:{number}@pbx.example"
	d.Shared = []string{ben, ann, ann}
	d.Hours = []store.Hours{{Zone: "Europe/Berlin", Week: [7]string{1: "09:00-12:00, 13:00-17:00"}, Holidays: []string{"12-25", "2026-01-02"}}}
	must(t, b.SaveDesk(t.Context(), d))
	want, err := d.Clean()
	must(t, err)
	got, err := b.Desk(t.Context())
	must(t, err)
	equal(t, "desk", got, want)
	equal(t, "outcomes", len(got.Dispositions), 5)
	d.Lease = 0
	wantErr(t, "no lease", b.SaveDesk(t.Context(), d), store.ErrInvalid)
	b.ask(t)
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "sold"})
}
