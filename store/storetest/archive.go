package storetest

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

func archiveRows() []row {
	return []row{
		{"in the order of ids, each once", archiveOrder},
		{"none and five thousand ids", archiveManyIDs},
		{"summaries are whole but for the segments", archiveSummaries},
		{"the scope holds on every method", archiveScope},
		{"a scope of a thousand bots", archiveManyBots},
		{"a session that several bots have", archiveSmallestBot},
		{"the ledger sums up", ledgerSums},
		{"the ledger of nothing", ledgerEmpty},
		{"the ledger's next due time", ledgerNextDue},
	}
}

func sessionsOf(vs []store.Voicemail) string {
	var s string
	for _, v := range vs {
		s += v.SessionID + " "
	}
	return s
}

func archiveOrder(t *testing.T, b *bench) {
	var ids []int64
	for _, id := range []string{"a", "b", "c"} {
		ids = append(ids, b.archive(t, wanted(id), said(id)).ID)
	}
	got, err := b.Voicemails(t.Context(), store.AllBots(), []int64{ids[2], 1, ids[0], ids[2], -7, ids[1], ids[0]})
	must(t, err)
	equal(t, "voicemails", sessionsOf(got), "c a b ")
	one := b.voicemail(t, "c")
	equal(t, "the first", got[0], one)
	got, err = b.Summaries(t.Context(), store.AllBots(), []int64{ids[2], 1, ids[0], ids[2], -7, ids[1], ids[0]})
	must(t, err)
	equal(t, "summaries", sessionsOf(got), "c a b ")
	equal(t, "the first summary", got[0], summaryOf(one))
}

// archiveSummaries compares with what Voicemails returns, which other rows hold.
func archiveSummaries(t *testing.T, b *bench) {
	bare := wanted("bare")
	var ids []int64
	for _, v := range []store.Voicemail{b.archive(t, full(), wholeReply()), b.archive(t, wanted("s2"), said("hello")),
		b.archive(t, bare, &store.Reply{Segments: []store.Segment{segment("m", "no file")}})} {
		ids = append(ids, v.ID)
	}
	want, err := b.Voicemails(t.Context(), store.AllBots(), ids)
	must(t, err)
	for i := range want {
		want[i] = summaryOf(want[i])
	}
	for range 2 { // they may be kept
		got, err := b.Summaries(t.Context(), store.AllBots(), ids)
		must(t, err)
		equal(t, "summaries", got, want)
	}
}

func archiveManyIDs(t *testing.T, b *bench) {
	got, err := b.Voicemails(t.Context(), store.AllBots(), nil)
	must(t, err)
	equal(t, "none", got, []store.Voicemail(nil))
	a, z := b.archive(t, wanted("a"), said("a")), b.archive(t, wanted("z"), said("z"))
	ids := []int64{z.ID}
	for i := range 5000 {
		ids = append(ids, int64(i)+1)
	}
	ids = append(ids, z.ID, a.ID)
	got, err = b.Voicemails(t.Context(), store.AllBots(), ids)
	must(t, err)
	equal(t, "voicemails", got, []store.Voicemail{z, a})
	got, err = b.Summaries(t.Context(), store.AllBots(), nil)
	must(t, err)
	equal(t, "no summaries", got, []store.Voicemail(nil))
	got, err = b.Summaries(t.Context(), store.AllBots(), ids)
	must(t, err)
	equal(t, "summaries", sessionsOf(got), "z a ")
}

func archiveScope(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	for _, c := range []struct {
		name  string
		scope store.Scope
		sees  bool
	}{
		{"every bot", store.AllBots(), true},
		{"this bot", store.OnlyBots("st-another", bot), true},
		{"another bot", store.OnlyBots("st-another"), false},
		{"no bots", store.OnlyBots(), false},
		{"the zero scope", store.Scope{}, false},
		{"a bot of a like name", store.OnlyBots("ST-BOT-1", bot+" ", "st-bot-", "%", "*"), false},
	} {
		var want error
		if !c.sees {
			want = store.ErrNotFound
		}
		_, err := b.Voicemail(t.Context(), c.scope, v.ID)
		wantErr(t, c.name+": voicemail", err, want)
		_, err = b.Session(t.Context(), c.scope, "s1")
		wantErr(t, c.name+": session", err, want)
		_, err = b.Payload(t.Context(), c.scope, v.ID)
		wantErr(t, c.name+": payload", err, want)
		several, err := b.Voicemails(t.Context(), c.scope, []int64{v.ID})
		must(t, err)
		equal(t, c.name+": voicemails", len(several) == 1, c.sees)
		several, err = b.Summaries(t.Context(), c.scope, []int64{v.ID})
		must(t, err)
		equal(t, c.name+": summaries", len(several) == 1, c.sees)
		l, err := b.Ledger(t.Context(), c.scope)
		must(t, err)
		equal(t, c.name+": ledger", l.Voicemails == 1 && l.Sessions[store.StateStored] == 1 && !l.Oldest.IsZero(), c.sees)
		equal(t, c.name+": ledger is empty", l.Voicemails == 0 && len(l.Sessions) == 0 && l.Newest.IsZero(), !c.sees)
	}
}

func archiveManyBots(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	bots := []string{bot}
	for i := range 1000 {
		bots = append(bots, fmt.Sprint("st-", i))
	}
	_, err := b.Voicemail(t.Context(), store.OnlyBots(bots...), v.ID)
	must(t, err)
	l, err := b.Ledger(t.Context(), store.OnlyBots(bots...))
	must(t, err)
	equal(t, "voicemails", l.Voicemails, 1)
	l, err = b.Ledger(t.Context(), store.OnlyBots(bots[1:]...))
	must(t, err)
	equal(t, "voicemails without the bot", l.Voicemails, 0)
}

func archiveSmallestBot(t *testing.T, b *bench) {
	for _, id := range []string{"b", "a", "B"} {
		b.save(t, store.Session{BotID: id, SessionID: "s1"})
	}
	for _, c := range []struct {
		scope store.Scope
		want  string
	}{{store.AllBots(), "B"}, {store.OnlyBots("b", "a"), "a"}, {store.OnlyBots("b"), "b"}} {
		got, err := b.Session(t.Context(), c.scope, "s1")
		must(t, err)
		equal(t, "bot", got.BotID, c.want)
	}
	_, err := b.Session(t.Context(), store.AllBots(), "s2")
	wantErr(t, "unknown", err, store.ErrNotFound)
}

func ledgerSums(t *testing.T, b *bench) {
	oldest, newest := said("old"), said("new")
	oldest.Segments[0].CreatedOn = created.Add(-time.Hour)
	newest.Segments[0].CreatedOn = created.Add(time.Hour)
	b.archive(t, wanted("s1"), newest)
	b.archive(t, wanted("s2"), oldest)
	other := store.Session{BotID: "st-another", SessionID: "s1"}
	b.archive(t, other, said("between"))
	skipped := wanted("s3")
	skipped.Wanted = false
	b.save(t, skipped, wanted("s4"))

	l, err := b.Ledger(t.Context(), store.AllBots())
	must(t, err)
	want := store.Ledger{Sessions: map[store.State]int{store.StateStored: 3, store.StateSkipped: 1, store.StateDue: 1}, Voicemails: 3,
		Oldest: created.Add(-time.Hour), Newest: created.Add(time.Hour), NextDue: b.clock.at(0), Now: b.clock.at(0)}
	equal(t, "of every bot", l, want)
	l, err = b.Ledger(t.Context(), store.OnlyBots("st-another"))
	must(t, err)
	want = store.Ledger{Sessions: map[store.State]int{store.StateStored: 1}, Voicemails: 1, Oldest: created, Newest: created, Now: b.clock.at(0)}
	equal(t, "of one bot", l, want)
}

func ledgerEmpty(t *testing.T, b *bench) {
	l, err := b.Ledger(t.Context(), store.AllBots())
	must(t, err)
	equal(t, "ledger", l, store.Ledger{Now: b.clock.at(0)})
	if l.Sessions[store.StateDue] != 0 {
		t.Error("an absent state must read as 0")
	}
}

func ledgerNextDue(t *testing.T, b *bench) {
	next := func() time.Time {
		l, err := b.Ledger(t.Context(), store.AllBots())
		must(t, err)
		return l.NextDue
	}
	b.save(t, wanted("s1"), wanted("s2"))
	b.fetch(t, "s1", store.Outcome{State: store.StateRetry, After: 2 * time.Hour})
	b.fetch(t, "s2", store.Outcome{State: store.StateStored, Reply: said("hello")})
	equal(t, "retry", next(), b.clock.at(2*time.Hour))
	b.lease(t, "s2")
	equal(t, "lease", next(), b.clock.at(time.Hour))
	b.save(t, wanted("s3"))
	equal(t, "due", next(), b.clock.at(0))
}
