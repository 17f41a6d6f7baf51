package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func caseRows() []row {
	return []row{
		{"messages of one caller are one case, and wait more urgently", caseRepeat},
		{"are linked by the number to call, and cases by a message of both", caseByNumber},
		{"not: withheld callers, other bots, shared numbers", caseNotLinked},
		{"a number under five names makes none, and splits what it made", caseFiveNames},
		{"the house marks a number as shared, and takes it back", caseShared},
		{"what nobody else may hold is the case", caseHeld},
		{"a message of a held case is held", caseJoins},
		{"the whole is closed, reopened and undone together", caseWhole},
		{"a corrected number moves to the case that it belongs to", caseCorrected},
		{"the first messages of a caller at once", caseRace},
	}
}

const (
	ann = "+16175550101"
	ben = "+16175550102"
)

// caseOf are the sessions by the case that they are in, as the oldest one's.
func (b *bench) caseOf(t *testing.T, sessions ...string) string {
	t.Helper()
	names := map[int64]string{}
	for _, id := range sessions {
		names[vm(id)] = id
	}
	var s string
	for _, id := range sessions {
		s += names[b.callback(t, id).CaseID] + " "
	}
	return s
}

// leaves is a message that a caller leaves a while after created.
func (b *bench) leaves(t *testing.T, id, caller string, after time.Duration, more ...func(*store.Finding)) {
	t.Helper()
	r := asks("call me", more...)
	r.Segments[0].CreatedOn = created.Add(after)
	b.archive(t, from(id, caller), r)
}

func caseRepeat(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, time.Hour)
	equal(t, "alone", b.callback(t, "s1").Urgency, 0)
	b.clock.move(time.Minute)
	b.leaves(t, "s2", ann, 2*time.Hour)
	b.leaves(t, "s0", ann, 0) // it came last, and was left first
	equal(t, "cases", b.caseOf(t, "s0", "s1", "s2"), "s0 s0 s0 ")
	equal(t, "list", b.list(t, store.WorkQuery{Limit: 10}), "s0+s1+s2 ")
	equal(t, "urgency", b.callback(t, "s1").Urgency, 2)
	equal(t, "repeats", b.callback(t, "s1").Repeats, 2)
	equal(t, "history", b.history(t, "s1"), ":found:open>open :repeat:open>open :repeat:open>open ")
	for i := range 3 {
		b.leaves(t, fmt.Sprint("more", i), ann, 3*time.Hour)
	}
	equal(t, "at most", b.callback(t, "s1").Urgency, store.MaxUrgency)
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached", Whole: true})
	b.leaves(t, "again", ann, 4*time.Hour)
	equal(t, "no repeat of what is done", b.callback(t, "again").Urgency, 0)
	equal(t, "the same case", b.callback(t, "again").CaseID, vm("s0"))
}

func caseByNumber(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, 0)
	b.leaves(t, "s2", ben, time.Minute)
	b.leaves(t, "s3", "", 2*time.Minute, calling(ann))
	equal(t, "two", b.caseOf(t, "s1", "s2", "s3"), "s1 s2 s1 ")
	b.leaves(t, "s4", ben, 3*time.Minute, calling(ann))
	equal(t, "one", b.caseOf(t, "s1", "s2", "s3", "s4"), "s1 s1 s1 s1 ")
	list, err := b.CallbackChanges(t.Context(), 0, 10)
	must(t, err)
	equal(t, "followers are told of all", len(list), 4)
	for _, c := range list {
		equal(t, "case", c.CaseID, vm("s1"))
	}
}

func caseNotLinked(t *testing.T, b *bench) {
	d := store.DefaultDesk()
	d.Shared = []string{ben}
	must(t, b.SaveDesk(t.Context(), d))
	for i, caller := range []string{"", "", "anonymous", "anonymous", ben, ben} {
		one := from(fmt.Sprint("s", i), "")
		one.Caller = caller
		b.archive(t, one, asks("call me"))
	}
	other := from("s1", ann)
	other.AccountID, other.BotID = "another", "st-other"
	b.archive(t, other, asks("call me"))
	b.leaves(t, "s6", ann, 0)
	cases, _, err := b.Work(t.Context(), store.AllBots(), store.WorkQuery{Limit: 20})
	must(t, err)
	equal(t, "cases", len(cases), 8)
}

func caseFiveNames(t *testing.T, b *bench) {
	for i, name := range []string{"Ann", "ann", "Ben", "Cy", "Dee"} {
		b.leaves(t, fmt.Sprint("s", i), ann, time.Duration(i)*time.Minute, named(name))
	}
	equal(t, "four names", b.caseOf(t, "s0", "s1", "s2", "s3", "s4"), "s0 s0 s0 s0 s0 ")
	b.archive(t, from("idle", ann), asks("", func(f *store.Finding) { *f = store.Finding{Name: "Eve"} }))
	b.leaves(t, "s5", ann, time.Hour)
	equal(t, "five names", b.caseOf(t, "s0", "s1", "s2", "s3", "s4", "s5"), "s0 s1 s2 s3 s4 s5 ")
	equal(t, "no repeats", b.callback(t, "s0").Urgency, 0)
}

func caseShared(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, 0)
	b.leaves(t, "s2", ann, time.Minute)
	d := store.DefaultDesk()
	d.Shared = []string{ann}
	must(t, b.SaveDesk(t.Context(), d))
	equal(t, "shared", b.caseOf(t, "s1", "s2"), "s1 s2 ")
	b.leaves(t, "s3", ann, 2*time.Minute)
	equal(t, "another", b.caseOf(t, "s1", "s2", "s3"), "s1 s2 s3 ")
	must(t, b.SaveDesk(t.Context(), store.DefaultDesk()))
	equal(t, "not shared", b.caseOf(t, "s1", "s2", "s3"), "s1 s1 s1 ")
	list, err := b.CallbackChanges(t.Context(), 0, 10)
	must(t, err)
	equal(t, "callbacks", len(list), 3)
}

func caseHeld(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, 0)
	b.leaves(t, "s2", ann, time.Minute)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada"})
	equal(t, "the other is open", b.callback(t, "s2").Status, store.CallbackOpen)
	for _, a := range []store.Action{
		{Verb: store.VerbClaim}, {Verb: store.VerbAttempt, Result: store.AttemptBusy}, {Verb: store.VerbClose, Outcome: "reached"},
		{Verb: store.VerbSnooze, Next: b.clock.at(time.Hour)}, {Verb: store.VerbAssign, Assignee: "cy"},
	} {
		a.By = "bob"
		b.actErr(t, "s2", a, store.ErrHeld)
	}
	_, err := b.ClaimNext(t.Context(), store.AllBots(), store.WorkQuery{}, store.Action{By: "bob"})
	wantErr(t, "next", err, store.ErrNotFound)
	b.act(t, "s2", store.Action{Verb: store.VerbNote, By: "bob", Note: "I know her"})
	equal(t, "claimed", len(b.act(t, "s2", store.Action{Verb: store.VerbClaim, By: "ada"})), 1)
}

func caseJoins(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, 0)
	b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "ada", Lease: time.Minute})
	b.leaves(t, "s2", ann, time.Minute)
	c := b.callback(t, "s2")
	equal(t, "held", []any{c.Status, c.Assignee, c.LeaseUntil}, []any{store.CallbackClaimed, "ada", b.clock.at(time.Minute)})
	equal(t, "history", b.history(t, "s2"), ":found:open>claimed ")
	b.clock.move(time.Minute)
	b.leaves(t, "s3", ann, 2*time.Minute)
	equal(t, "of a lapsed one", b.callback(t, "s3").Status, store.CallbackOpen)
	equal(t, "history of the first", b.history(t, "s1"), ":found:open>open ada:claim:open>claimed :repeat:claimed>claimed "+
		":lapse:claimed>open :repeat:open>open ")
	equal(t, "claimed", len(b.act(t, "s3", store.Action{Verb: store.VerbClaim, By: "bob", Whole: true})), 3)
}

func caseWhole(t *testing.T, b *bench) {
	for i, id := range []string{"s1", "s2", "s3"} {
		b.leaves(t, id, ann, time.Duration(i)*time.Minute)
	}
	b.act(t, "s3", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "wrong_number"})
	b.clock.move(time.Minute)
	changed := b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached", Whole: true})
	equal(t, "closed", len(changed), 2)
	equal(t, "the one before", b.callback(t, "s3").Outcome, "wrong_number")
	b.clock.move(time.Minute)
	equal(t, "undone", len(b.act(t, "s2", store.Action{Verb: store.VerbUndo, By: "ada", Whole: true})), 2)
	equal(t, "open", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Limit: 10}), "s1+s2 ")
	b.act(t, "s1", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached", Whole: true})
	equal(t, "reopened", len(b.act(t, "s1", store.Action{Verb: store.VerbReopen, By: "bob", Whole: true})), 2)
	equal(t, "claimed", len(b.act(t, "s1", store.Action{Verb: store.VerbClaim, By: "bob", Whole: true})), 2)
	equal(t, "released", len(b.act(t, "s2", store.Action{Verb: store.VerbRelease, By: "bob", Whole: true})), 2)
	equal(t, "history", b.history(t, "s2"), ":found:open>open :repeat:open>open ada:close:open>done ada:undo:done>open ada:close:open>done bob:reopen:done>open "+
		"bob:claim:open>claimed bob:release:claimed>open ")
}

func caseCorrected(t *testing.T, b *bench) {
	b.leaves(t, "s1", ann, 0)
	b.leaves(t, "s2", ben, time.Minute)
	b.leaves(t, "s3", "", 2*time.Minute, calling(ann))
	equal(t, "found", b.caseOf(t, "s1", "s2", "s3"), "s1 s2 s1 ")
	b.act(t, "s3", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Number: ben}})
	equal(t, "corrected", b.caseOf(t, "s1", "s2", "s3"), "s1 s2 s2 ")
	equal(t, "no repeat any more", b.callback(t, "s1").Repeats, 0)
	b.act(t, "s3", store.Action{Verb: store.VerbUndo, By: "ada"})
	equal(t, "undone", b.caseOf(t, "s1", "s2", "s3"), "s1 s2 s1 ")
}

// caseRace has a caller leave many first messages in several handles at once.
func caseRace(t *testing.T, b *bench) {
	const messages = 12
	handles := []store.Store{b.Store, b.another(t)}
	var g errgroup.Group
	for i := range messages {
		g.Go(func() error {
			_, err := archive(context.Background(), handles[i%2], from(fmt.Sprint("s", i), ann), asks("call me"))
			return err
		})
	}
	must(t, g.Wait())
	cases, _, err := b.Work(t.Context(), store.AllBots(), store.WorkQuery{Limit: 20})
	must(t, err)
	equal(t, "cases", len(cases), 1)
	equal(t, "messages", len(cases[0].Messages), messages)

	// Of many who claim at once, by whatever message, one holds all.
	var held sync.Map
	for i := range messages {
		g.Go(func() error {
			changed, err := handles[i%2].Act(context.Background(), store.AllBots(), vm(fmt.Sprint("s", i)),
				store.Action{Verb: store.VerbClaim, By: fmt.Sprint("agent", i), Whole: true})
			if err == nil {
				held.Store(i, len(changed))
			}
			return ignore(err, store.ErrHeld)
		})
	}
	must(t, g.Wait())
	winners := 0
	held.Range(func(_, n any) bool { winners++; equal(t, "held by the winner", n, messages); return true })
	equal(t, "winners", winners, 1)
}
