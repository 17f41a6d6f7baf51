package storetest

import (
	"slices"
	"testing"
	"time"

	"afterbeep/store"
)

func oldRows() []row {
	return []row{
		{"what is found late is old: neither open nor next", oldApart},
		{"what was found in time never gets old, what is old stays so when it is read anew", oldReadAnew},
		{"the desk says how old", oldLimit},
		{"work on what is old takes it up, and an undo puts it back", oldTakenUp},
		{"a new message of the caller makes no old one open", oldRepeat},
		{"old ones page by page, and closed together", oldPages},
		{"the case of a message, by whatever number", caseMessages},
		{"a correction is told to followers, and no other act", correctionTold},
		{"numbers that many people use are evidence of nothing", evidenceShared},
		{"overdue is one thing in the list, the counts and the sums", overdueOnce},
	}
}

const (
	day  = 24 * time.Hour
	ages = -100 * day
)

func (b *bench) counts(t *testing.T, late ...store.Late) store.WorkCounts {
	t.Helper()
	n, err := b.CountWork(t.Context(), store.AllBots(), "ada", late)
	must(t, err)
	return n
}

// listen is a finding of what a person has to listen to.
func listen(f *store.Finding) { *f = store.Finding{Listen: store.ListenFewWords} }

func oldApart(t *testing.T, b *bench) {
	b.leaves(t, "old", "", ages, urgent(2), due(created.Add(ages+time.Hour)))
	b.leaves(t, "unheard", "", ages+time.Hour, listen)
	b.leaves(t, "edge", "", -14*day)
	b.leaves(t, "new", "", 0)
	b.archive(t, from("idle", ""), idle("thanks"))
	c := b.callback(t, "old")
	equal(t, "lane, urgency", []any{c.Lane, c.Urgency, c.Requested}, []any{store.LaneOld, 0, true})
	equal(t, "listen", b.callback(t, "unheard").Listen, store.ListenFewWords)
	equal(t, "all but old ones", b.list(t, store.WorkQuery{Limit: 9}), "new ")
	equal(t, "open", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Lane: store.LaneRequests, Limit: 9}), "new ")
	equal(t, "listen lane", b.list(t, store.WorkQuery{Lane: store.LaneListen, Limit: 9}), "")
	equal(t, "overdue", b.list(t, store.WorkQuery{Overdue: true, Late: []store.Late{{LeftBy: created.Add(-time.Hour)}}, Limit: 9}), "")
	equal(t, "old, the last first", b.list(t, store.WorkQuery{Lane: store.LaneOld, Limit: 9}), "edge unheard old ")
	equal(t, "old, to be claimed", b.list(t, store.WorkQuery{Lane: store.LaneOld, Ready: true, Limit: 9}), "")
	n := b.counts(t, store.Late{LeftBy: created.Add(-time.Hour)})
	equal(t, "counts", n, store.WorkCounts{Open: 1, Old: 3, Bots: map[string]int{bot: 1}, Queues: map[string]int{"": 1}, Langs: map[string]int{"en": 1}})
	sums, err := b.OpenRequests(t.Context(), store.AllBots(), nil)
	must(t, err)
	equal(t, "sums", sums, []store.OpenRequests{{BotID: bot, Open: 1, Oldest: created}})
	equal(t, "waits", b.waitIDs(t, store.AllBots(), store.WaitQuery{Limit: 9}), bot+"/+0s ")
	for _, want := range []error{nil, store.ErrNotFound} {
		_, err := b.ClaimNext(t.Context(), store.AllBots(), store.WorkQuery{}, store.Action{By: "ada"})
		wantErr(t, "next", err, want)
	}
}

func oldReadAnew(t *testing.T, b *bench) {
	b.leaves(t, "new", "", 0)
	b.leaves(t, "old", "", ages)
	b.archive(t, from("idle", ""), idle("thanks"))
	b.clock.move(30 * day)
	version := 1
	again := func(id string, r *store.Reply) store.Lane {
		t.Helper()
		version++
		r.AnalysisVersion = version
		_, err := b.Reanalyse(t.Context(), vm(id), *r)
		must(t, err)
		c, err := b.Callback(t.Context(), store.AllBots(), vm(id))
		if ignore(err, store.ErrNotFound) != nil {
			t.Fatal(err)
		}
		return c.Lane
	}
	surer := func(f *store.Finding) { f.Confidence = 0.95 }
	equal(t, "found in time", again("new", asks("call me", surer)), store.LaneRequests)
	equal(t, "found late", again("old", asks("call me", surer)), store.LaneOld)
	equal(t, "found by now", again("idle", asks("thanks, call me")), store.LaneOld)
	equal(t, "nothing any more", again("old", idle("call me")), store.LaneNone)
	equal(t, "not listed", b.list(t, store.WorkQuery{Lane: store.LaneOld, Limit: 9}), "idle ")
	b.act(t, "idle", store.Action{Verb: store.VerbTake, By: "ada"})
	equal(t, "taken up", again("idle", asks("thanks, call me", surer)), store.LaneRequests)
}

func oldLimit(t *testing.T, b *bench) {
	for i, x := range []struct {
		limit time.Duration
		age   time.Duration
		want  store.Lane
	}{{time.Hour, -time.Hour, store.LaneOld}, {400 * day, ages, store.LaneRequests}, {0, -9000 * day, store.LaneRequests}} {
		d := store.DefaultDesk()
		d.Old = x.limit
		must(t, b.SaveDesk(t.Context(), d))
		id := string(rune('a' + i))
		b.leaves(t, id, "", x.age)
		equal(t, id, b.callback(t, id).Lane, x.want)
	}
}

func oldTakenUp(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, ages, urgent(1))
	b.leaves(t, "s2", ann, ages+day, listen)
	lanes := func() string { return string(b.callback(t, "s1").Lane) + " " + string(b.callback(t, "s2").Lane) }
	for _, a := range []store.Action{
		{Verb: store.VerbTake}, {Verb: store.VerbClaim}, {Verb: store.VerbAssign, Assignee: "bob"}, {Verb: store.VerbAttempt, Result: store.AttemptBusy},
		{Verb: store.VerbSnooze, Next: b.clock.at(day)},
	} {
		a.By, a.Whole = "ada", true
		b.act(t, "s1", a)
		equal(t, string(a.Verb), lanes(), "requests listen")
		equal(t, "urgency", b.callback(t, "s1").Urgency, 1)
		equal(t, "counts", b.counts(t).Old, 0)
		b.clock.move(time.Second)
		b.act(t, "s1", store.Action{Verb: store.VerbUndo, By: "ada", Whole: true})
		equal(t, "undone", lanes(), "old old")
		equal(t, "counts", b.counts(t), store.WorkCounts{Old: 1, Bots: map[string]int{bot: 0}, Queues: map[string]int{"": 0}, Langs: map[string]int{"en": 0}})
		b.clock.move(time.Second)
	}
	b.act(t, "s1", store.Action{Verb: store.VerbNote, By: "ada", Note: "hm"})
	equal(t, "a note takes nothing up", lanes(), "old old")
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached", Whole: true})
	equal(t, "closed, it is none of what was asked in time", b.waitIDs(t, store.AllBots(), store.WaitQuery{Limit: 9}), "")
	b.actErr(t, "s1", store.Action{Verb: store.VerbTake, By: "ada"}, store.ErrClosed)
	b.act(t, "s1", store.Action{Verb: store.VerbReopen, By: "ada", Whole: true})
	equal(t, "reopened", lanes(), "old old")
	yes := true
	b.act(t, "s2", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: &yes}})
	equal(t, "a person says that it is a request", lanes(), "old requests")
	b.actErr(t, "s2", store.Action{Verb: store.VerbTake, By: "ada"}, store.ErrInvalid)
}

func oldRepeat(t *testing.T, b *bench) {
	b.leaves(t, "old", ann, ages)
	b.leaves(t, "old2", ann, ages+day)
	b.leaves(t, "new", ann, 0)
	equal(t, "one case", b.caseOf(t, "old", "old2", "new"), "old old old ")
	equal(t, "no repeat", []int{b.callback(t, "new").Repeats, b.callback(t, "old2").Repeats}, []int{0, 0})
	equal(t, "open", b.list(t, store.WorkQuery{Limit: 9}), "new ")
	equal(t, "not twice in the list", b.list(t, store.WorkQuery{Lane: store.LaneOld, Limit: 9}), "")
	n := b.counts(t)
	equal(t, "counts", []int{n.Open, n.Old}, []int{1, 0})
	b.leaves(t, "new2", ann, time.Hour)
	equal(t, "a repeat", []int{b.callback(t, "new").Repeats, b.callback(t, "old").Repeats}, []int{1, 0})
	b.act(t, "new", store.Action{Verb: store.VerbClaim, By: "ada", Whole: true})
	equal(t, "an old one stays where it is", []any{b.callback(t, "old").Lane, b.callback(t, "old").Status}, []any{store.LaneOld, store.CallbackOpen})
	b.actErr(t, "old", store.Action{Verb: store.VerbClaim, By: "bob"}, store.ErrHeld)
	b.act(t, "new", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached", Whole: true})
	equal(t, "closed with the case", []any{b.callback(t, "old").Status, b.callback(t, "old").Lane}, []any{store.CallbackDone, store.LaneOld})
	b.leaves(t, "other", ben, ages)
	b.leaves(t, "other2", ben, 0)
	b.act(t, "other2", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	equal(t, "when nothing else waits", b.list(t, store.WorkQuery{Lane: store.LaneOld, Status: store.CallbackOpen, Limit: 9}), "other ")
	equal(t, "and is counted", b.counts(t).Old, 1)
}

func oldPages(t *testing.T, b *bench) {
	for i := range 7 {
		id, caller := string(rune('a'+i)), ""
		if i%3 == 0 {
			caller = ann
		}
		b.leaves(t, id, caller, ages-time.Duration(i)*time.Hour)
	}
	const want = "g+d+a b c e f "
	equal(t, "all", b.list(t, store.WorkQuery{Lane: store.LaneOld, Limit: 20}), want)
	q, got := store.WorkQuery{Lane: store.LaneOld, Limit: 2}, ""
	for {
		got += b.list(t, q)
		_, next, err := b.Work(t.Context(), store.AllBots(), q)
		must(t, err)
		if next == (store.WorkKey{}) {
			break
		}
		q.After = next
	}
	equal(t, "by pages", got, want)
}

func caseMessages(t *testing.T, b *bench) {
	queue := func(id, caller, queue string, r *store.Reply) {
		one := from(id, caller)
		one.QueueName = queue
		b.archive(t, one, r)
	}
	queue("s1", ann, "billing", asks("call me"))
	queue("s2", ben, "billing", asks("call me", calling(ann)))
	queue("s3", ann, "claims", asks("call me"))
	queue("s4", "+14155559999", "billing", asks("call me"))
	of := func(s store.Scope, id string) (got string) {
		t.Helper()
		list, err := b.CaseOf(t.Context(), s, vm(id))
		must(t, err)
		for _, c := range list {
			got += c.Caller + " "
		}
		return got
	}
	equal(t, "by the number that was said", len(of(store.AllBots(), "s1")), len(ann+" "+ann+" "+ben+" "))
	equal(t, "the same of each", of(store.AllBots(), "s2"), of(store.AllBots(), "s3"))
	equal(t, "in a queue", len(of(store.AllBots().InQueues("claims"), "s2")), len(ann+" "))
	equal(t, "alone", of(store.AllBots(), "s4"), "+14155559999 ")
	equal(t, "of nothing", of(store.AllBots(), "none"), "")
	equal(t, "for nobody", of(store.Scope{}, "s1"), "")
}

func correctionTold(t *testing.T, b *bench) {
	b.archive(t, from("s1", ann), idle("thanks"))
	yes, head := true, b.head(t)
	for _, x := range []struct {
		a    store.Action
		told int64
	}{
		{store.Action{Verb: store.VerbSeen}, 0},
		{store.Action{Verb: store.VerbCorrect, Correction: store.Correction{Requested: &yes}}, 1},
		{store.Action{Verb: store.VerbUndo}, 1},
		{store.Action{Verb: store.VerbCorrect, Correction: store.Correction{Number: ben}}, 0},
		{store.Action{Verb: store.VerbClaim}, 0},
	} {
		x.a.By = "ada"
		b.act(t, "s1", x.a)
		b.clock.move(time.Second)
		equal(t, string(x.a.Verb), b.head(t)-head, x.told)
		head = b.head(t)
	}
}

func evidenceShared(t *testing.T, b *bench) {
	const house, set = "+14155550100", "+14155550101"
	for i := range store.SharedNames {
		b.archive(t, from(string(rune('a'+i)), house), asks("call me", named("Ann "+string(rune('a'+i)))))
		if i == store.SharedNames-2 {
			b.save(t, talked("call", house, created.Add(time.Hour), 9), talked("other", set, created.Add(time.Hour), 9))
			equal(t, "of few names", b.evidence(t, store.AllBots(), created, 9, house), "call "+house+" by u-1 for 9s; ")
		}
	}
	equal(t, "of many names", b.evidence(t, store.AllBots(), created, 9, house), "")
	equal(t, "of one", b.evidence(t, store.AllBots(), created, 9, house, set), "other "+set+" by u-1 for 9s; ")
	d := store.DefaultDesk()
	d.Shared = []string{set}
	must(t, b.SaveDesk(t.Context(), d))
	equal(t, "as the desk says", b.evidence(t, store.AllBots(), created, 9, house, set), "")
}

func overdueOnce(t *testing.T, b *bench) {
	queue := func(id, in string, left time.Duration, more ...func(*store.Finding)) {
		one, r := from(id, ""), asks("call me", more...)
		one.QueueName, r.Segments[0].CreatedOn = in, created.Add(left)
		b.archive(t, one, r)
	}
	queue("s1", "p", -3*time.Hour)
	queue("s2", "q", -3*time.Hour)
	queue("s3", "q", -5*time.Hour)
	queue("s4", "q", -5*time.Hour, due(b.clock.at(time.Hour)))
	queue("s5", "", 0, due(b.clock.at(-time.Second)))
	queue("s6", "r", -9*time.Hour)
	queue("s7", "q", -5*time.Hour, listen)
	late := []store.Late{{BotID: bot, Queue: "q", LeftBy: created.Add(-5 * time.Hour)}, {Queue: "r"}, {LeftBy: created.Add(-3 * time.Hour)}}
	cases, _, err := b.Work(t.Context(), store.AllBots(), store.WorkQuery{Overdue: true, Late: late, Limit: 9})
	must(t, err)
	listed := map[int64]bool{}
	for _, c := range cases {
		listed[c.ID] = true
	}
	for id, want := range map[string]bool{"s1": true, "s2": false, "s3": true, "s4": false, "s5": true, "s6": false, "s7": false} {
		equal(t, id+" is listed", listed[vm(id)], want)
		equal(t, id, b.callback(t, id).Overdue(late, b.clock.Now()), want)
	}
	equal(t, "counted", b.counts(t, late...).Overdue, 3)
	sums, err := b.OpenRequests(t.Context(), store.AllBots(), late)
	must(t, err)
	n := 0
	for _, o := range sums {
		n += o.Overdue
	}
	equal(t, "summed up", n, 3)
	b.clock.move(time.Hour + time.Second)
	equal(t, "when its time has come", b.counts(t, late...).Overdue, 4)
	asleep := slices.Clone(late) // in the queue q nobody works since before that
	asleep[0].DueBefore = b.clock.at(-2 * time.Hour)
	cases, _, err = b.Work(t.Context(), store.AllBots(), store.WorkQuery{Overdue: true, Late: asleep, Limit: 9})
	must(t, err)
	equal(t, "listed while nobody works", len(cases), 3)
	equal(t, "counted while nobody works", b.counts(t, asleep...).Overdue, 3)
	equal(t, "s4 while nobody works", b.callback(t, "s4").Overdue(asleep, b.clock.Now()), false)
	equal(t, "s5, where people work", b.callback(t, "s5").Overdue(asleep, b.clock.Now()), true)
	b.act(t, "s3", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	equal(t, "none that is done", b.counts(t, late...).Overdue, 3)
}
