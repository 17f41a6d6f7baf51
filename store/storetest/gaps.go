package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func gapRows() []row {
	return []row{
		{"of every kind, with all that is known of them", gapKinds},
		{"a session that lacks several things is there for each", gapSeveral},
		{"audio: with the state of the task", gapAudio},
		{"audio: lost before it was archived, or after", gapLost},
		{"audio: however the task ended", gapTaskStates},
		{"gone: only what was said to be a voicemail", gapGone},
		{"a session without an attempt is due", gapLeased},
		{"newest first, then by bot and session", gapOrder},
		{"the limit is clamped, over all kinds", gapLimit},
		{"within the days, bot and kinds asked for", gapAsked},
		{"nothing of bots outside the scope", gapScope},
		{"open sessions: of all that is not over, within days and scope", gapOpen},
		{"kinds that there are not are refused", gapInvalid},
	}
}

// gaps lists up to a hundred gaps.
func (b *bench) gaps(t *testing.T, q store.GapQuery) []store.Gap {
	t.Helper()
	q.Limit, q.Indexed = 100, max(q.Indexed, b.head(t))
	gaps, err := b.Gaps(t.Context(), store.AllBots(), q)
	must(t, err)
	return gaps
}

// lacking are the sessions and kinds of gaps, so that a row reads in one line.
func lacking(gaps []store.Gap) string {
	var s strings.Builder
	for _, g := range gaps {
		fmt.Fprintf(&s, " %s:%s", g.SessionID, g.Kind)
	}
	return strings.TrimSpace(s.String())
}

// nth is a session that began n minutes before created.
func nth(id string, n int) store.Session {
	s := wanted(id)
	s.StartedAt = created.Add(-time.Duration(n) * time.Minute)
	return s
}

func gapKinds(t *testing.T, b *bench) {
	equal(t, "none", lacking(b.gaps(t, store.GapQuery{})), "")
	b.archive(t, nth("whole", 0), &store.Reply{Segments: said("hello").Segments})
	equal(t, "none that lack something", lacking(b.gaps(t, store.GapQuery{})), "")

	b.save(t, nth("waiting", 1), nth("dead", 2), nth("none", 4))
	b.fetch(t, "waiting", store.Outcome{State: store.StateRetry, After: time.Hour, Reason: "time-out"})
	b.fetch(t, "dead", store.Outcome{State: store.StateDead, Reason: "not JSON", Excerpt: "<html>"})
	gone := nth("gone", 3)
	gone.Voicemail = store.FlagYes
	b.save(t, gone)
	b.fetch(t, "gone", store.Outcome{State: store.StateGone, Reason: "not kept any longer"})
	b.fetch(t, "none", store.Outcome{State: store.StateStored, Reason: "no transcript in three days", Reply: file()})
	seq := b.head(t)
	b.archive(t, nth("late", 5), &store.Reply{Segments: said("hello").Segments})

	gap := func(id string, n int, kind store.GapKind, state store.State) store.Gap {
		return store.Gap{SessionKey: wanted(id).Key(), Kind: kind, State: state, StartedAt: nth(id, n).StartedAt}
	}
	waiting, dead := gap("waiting", 1, store.GapWaiting, store.StateRetry), gap("dead", 2, store.GapDead, store.StateDead)
	waiting.Reason, waiting.Attempts, waiting.NextAt = "time-out", 1, b.clock.at(time.Hour)
	dead.Reason, dead.Attempts, dead.Excerpt = "not JSON", 1, "<html>"
	left := gap("gone", 3, store.GapGone, store.StateGone)
	left.Reason = "not kept any longer"
	silent, unkept := gap("none", 4, store.GapUntranscribed, store.StateStored), gap("none", 4, store.GapUnarchived, store.StateDue)
	silent.VoicemailID, silent.Reason = store.VoicemailID(bot, "none"), "no transcript in three days"
	unkept.VoicemailID, unkept.NextAt = silent.VoicemailID, b.clock.at(0)
	late := gap("late", 5, store.GapUnindexed, store.StateStored)
	late.VoicemailID = store.VoicemailID(bot, "late")
	got, err := b.Gaps(t.Context(), store.AllBots(), store.GapQuery{Indexed: seq, Limit: 100})
	must(t, err)
	equal(t, "gaps", got, []store.Gap{waiting, dead, left, silent, unkept, late})
}

func gapSeveral(t *testing.T, b *bench) {
	b.save(t, nth("s1", 0))
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, After: time.Hour, Reason: "transcript pending", Reply: file()})
	got, err := b.Gaps(t.Context(), store.AllBots(), store.GapQuery{Limit: 100})
	must(t, err)
	equal(t, "gaps", lacking(got), "s1:untranscribed s1:unarchived s1:unindexed")
	equal(t, "next", []time.Time{got[0].NextAt, got[1].NextAt, got[2].NextAt}, []time.Time{b.clock.at(time.Hour), b.clock.at(0), {}})
	equal(t, "reasons", []string{got[0].Reason, got[1].Reason, got[2].Reason}, []string{"transcript pending", "", ""})
}

func gapGone(t *testing.T, b *bench) {
	for i, c := range []struct {
		flag  store.Flag
		state store.State
	}{
		{store.FlagYes, store.StateEmpty}, {store.FlagNo, store.StateEmpty}, {store.FlagUnknown, store.StateEmpty},
		{store.FlagYes, store.StateGone}, {store.FlagNo, store.StateGone}, {store.FlagUnknown, store.StateGone},
	} {
		s := nth(fmt.Sprint(c.state, c.flag), i)
		s.Voicemail = c.flag
		b.save(t, s)
		b.fetch(t, s.SessionID, store.Outcome{State: c.state})
	}
	skipped := nth("skipped", 9)
	skipped.Wanted, skipped.Voicemail = false, store.FlagYes
	b.save(t, skipped)
	equal(t, "gaps", lacking(b.gaps(t, store.GapQuery{})), "emptyyes:gone goneyes:gone")
}

func gapLeased(t *testing.T, b *bench) {
	b.save(t, nth("s1", 0), nth("s2", 1))
	b.lease(t, "s2")
	got := b.gaps(t, store.GapQuery{})
	equal(t, "gaps", lacking(got), "s1:waiting s2:waiting")
	equal(t, "states", []store.State{got[0].State, got[1].State}, []store.State{store.StateDue, store.StateLeased})
	equal(t, "next", []time.Time{got[0].NextAt, got[1].NextAt}, []time.Time{b.clock.at(0), b.clock.at(time.Hour)})
}

func gapOrder(t *testing.T, b *bench) {
	of := func(id, bot string, n int, state store.State) {
		t.Helper()
		s := nth(id, n)
		s.BotID, s.AccountID = bot, ""
		b.save(t, s)
		l, err := b.ClaimSession(t.Context(), s.Key(), time.Hour)
		must(t, err)
		_, err = b.Record(t.Context(), l, store.Outcome{State: state, After: time.Hour})
		must(t, err)
	}
	of("5", "b", 2, store.StateRetry)
	of("2", "a", 1, store.StateDead)
	of("4", "a", 2, store.StateWaiting)
	of("3", "B", 2, store.StateDead)
	of("B", "a", 1, store.StateDue)
	of("é", "a", 1, store.StateRetry)
	of("1", "a", 0, store.StateDead)
	unknown := wanted("found") // now, which is after all of these
	b.save(t, unknown)
	equal(t, "order", lacking(b.gaps(t, store.GapQuery{})),
		"found:waiting 1:dead 2:dead B:waiting é:waiting 3:dead 4:waiting 5:waiting")
	equal(t, "found", b.gaps(t, store.GapQuery{})[0].StartedAt, b.clock.at(0))
}

func gapLimit(t *testing.T, b *bench) {
	for i := range 6 {
		b.save(t, nth(fmt.Sprint("s", i), i))
		if i%2 == 0 {
			b.fetch(t, fmt.Sprint("s", i), store.Outcome{State: store.StateDead})
		} else {
			b.fetch(t, fmt.Sprint("s", i), store.Outcome{State: store.StateStored, Reply: file()})
		}
	}
	all := "s0:dead s1:untranscribed s1:unarchived s2:dead s3:untranscribed s3:unarchived s4:dead s5:untranscribed s5:unarchived"
	for _, c := range []struct{ limit, want int }{{-5, 1}, {0, 1}, {1, 1}, {2, 2}, {3, 3}, {7, 7}, {9, 9}, {100, 9}, {store.MaxGaps + 1, 9}} {
		gaps, err := b.Gaps(t.Context(), store.AllBots(), store.GapQuery{Limit: c.limit, Indexed: b.head(t)})
		must(t, err)
		equal(t, fmt.Sprint("limit ", c.limit), lacking(gaps), strings.Join(strings.Fields(all)[:c.want], " "))
	}
}

func gapAsked(t *testing.T, b *bench) {
	for i := range 4 {
		b.save(t, nth(fmt.Sprint("s", i), i))
	}
	b.fetch(t, "s3", store.Outcome{State: store.StateDead})
	b.archive(t, nth("v1", 1), file())
	b.archive(t, nth("v3", 3), file())
	other := store.Session{BotID: "st-another", SessionID: "other", StartedAt: created, Wanted: true}
	b.save(t, other)
	at := func(n int) time.Time { return created.Add(-time.Duration(n) * time.Minute) }
	kinds := func(k ...store.GapKind) []store.GapKind { return k }
	for _, c := range []struct {
		name string
		q    store.GapQuery
		want string
	}{
		{"a bot", store.GapQuery{BotID: "st-another"}, "other:waiting"},
		{"a bot that there is not", store.GapQuery{BotID: "st-third"}, ""},
		{"from", store.GapQuery{From: at(1)}, "other:waiting s0:waiting s1:waiting v1:untranscribed v1:unarchived"},
		{"from, cut", store.GapQuery{From: at(1).Add(999), Kinds: kinds(store.GapUnarchived)}, "v1:unarchived"},
		{"a microsecond later", store.GapQuery{From: at(1).Add(time.Microsecond)}, "other:waiting s0:waiting"},
		{"to", store.GapQuery{To: at(1)}, "s2:waiting s3:dead v3:untranscribed v3:unarchived"},
		{"both", store.GapQuery{From: at(2), To: at(1)}, "s2:waiting"},
		{"nothing between", store.GapQuery{From: at(1), To: at(2)}, ""},
		{"a kind", store.GapQuery{Kinds: kinds(store.GapDead)}, "s3:dead"},
		{"two kinds, in any order, twice", store.GapQuery{Kinds: kinds(store.GapUnarchived, store.GapDead, store.GapDead)},
			"v1:unarchived s3:dead v3:unarchived"},
		{"bot, days and kind", store.GapQuery{BotID: bot, From: at(3), To: at(2), Kinds: kinds(store.GapUntranscribed)}, "v3:untranscribed"},
	} {
		equal(t, c.name, lacking(b.gaps(t, c.q)), c.want)
	}
}

func gapScope(t *testing.T, b *bench) {
	b.save(t, nth("s1", 0))
	b.archive(t, nth("v1", 1), file())
	b.save(t, nth("d1", 2))
	b.fetch(t, "d1", store.Outcome{State: store.StateDead})
	for _, c := range []struct {
		name  string
		scope store.Scope
		want  int
	}{
		{"every bot", store.AllBots(), 5}, {"this bot", store.OnlyBots("st-another", bot), 5}, {"another bot", store.OnlyBots("st-another"), 0},
		{"no bots", store.OnlyBots(), 0}, {"the zero scope", store.Scope{}, 0},
	} {
		for _, id := range []string{"", bot} {
			gaps, err := b.Gaps(t.Context(), c.scope, store.GapQuery{BotID: id, Limit: 100})
			must(t, err)
			equal(t, c.name, len(gaps), c.want)
		}
	}
}

func gapOpen(t *testing.T, b *bench) {
	for i, state := range append(fetchStates(), store.StateLeased) {
		for minutes := range 2 {
			s := nth(fmt.Sprint(state, minutes), 10*minutes)
			s.Priority = i % 2
			b.save(t, s)
			l := b.lease(t, s.SessionID)
			if state == store.StateLeased {
				continue
			}
			_, err := b.Record(t.Context(), l, store.Outcome{State: state, After: time.Hour})
			must(t, err)
		}
	}
	woken := nth("woken", 0)
	b.archive(t, woken, said("hello"))
	b.wake(t, "woken")
	skipped := nth("skipped", 0)
	skipped.Wanted = false
	other := nth("other", 0)
	other.BotID = "st-another"
	b.save(t, skipped, other)
	for _, c := range []struct {
		name     string
		scope    store.Scope
		from, to time.Time
		want     int
	}{
		{"all", store.AllBots(), time.Time{}, time.Time{}, 9},
		{"of one bot", store.OnlyBots(bot), time.Time{}, time.Time{}, 8},
		{"of none", store.OnlyBots(), time.Time{}, time.Time{}, 0},
		{"from then on", store.OnlyBots(bot), created, time.Time{}, 4},
		{"up to then", store.OnlyBots(bot), time.Time{}, created, 4},
		{"between", store.AllBots(), created.Add(-10 * time.Minute), created.Add(1), 4},
		{"before all", store.AllBots(), time.Time{}, created.Add(-10 * time.Minute), 0},
		{"turned round", store.AllBots(), created.Add(time.Hour), created.Add(-time.Hour), 0},
	} {
		n, err := b.OpenSessions(t.Context(), c.scope, c.from, c.to)
		must(t, err)
		equal(t, c.name, n, c.want)
	}
}

func gapInvalid(t *testing.T, b *bench) {
	_, err := b.Gaps(t.Context(), store.AllBots(), store.GapQuery{Kinds: []store.GapKind{store.GapDead, "late"}})
	wantErr(t, "kind", err, store.ErrInvalid)
}

func lagRows() []row {
	return []row{
		{"of nothing", lagsEmpty},
		{"the newest voicemail and the newest look", lagsNewest},
		{"what is overdue for longest", lagsOverdue},
		{"recordings: archived, waited for, given up", lagsRecordings},
		{"nothing waits for what nobody works on", lagsWorked},
		{"nothing of bots outside the scope", lagsScope},
	}
}

func (b *bench) lags(t *testing.T, s store.Scope) store.Lags {
	t.Helper()
	l, err := b.Lags(t.Context(), s, store.Worked{Accounts: []string{account, ""}, Kinds: bothKinds().Kinds})
	must(t, err)
	equal(t, "now", l.Now, b.clock.at(0))
	l.Now = time.Time{}
	return l
}

func lagsEmpty(t *testing.T, b *bench) {
	for _, s := range []store.Scope{store.AllBots(), store.OnlyBots(bot), {}} {
		equal(t, "lags", b.lags(t, s), store.Lags{})
	}
}

func lagsNewest(t *testing.T, b *bench) {
	b.archive(t, wanted("new"), leftAt(time.Hour))
	b.archive(t, wanted("old"), leftAt(0))
	must(t, b.SaveWindow(t.Context(), store.Window{AccountID: "account-2", From: created, To: created.Add(time.Hour), LookedAt: created.Add(2 * time.Hour)}))
	must(t, b.SaveWindow(t.Context(), window(0, 3*time.Hour, 1)))
	equal(t, "lags", b.lags(t, store.AllBots()), store.Lags{Newest: created.Add(time.Hour), LookedAt: created.Add(2 * time.Hour)})
}

func lagsOverdue(t *testing.T, b *bench) {
	due := func() time.Time { t.Helper(); return b.lags(t, store.AllBots()).OldestDue }
	b.save(t, wanted("s1"))
	first := b.clock.at(0)
	equal(t, "due now", due(), first)
	b.fetch(t, "s1", store.Outcome{State: store.StateRetry, After: time.Minute})
	equal(t, "due later", due(), time.Time{})
	b.clock.move(time.Hour)
	b.save(t, wanted("s2"))
	equal(t, "overdue", due(), first.Add(time.Minute))
	b.lease(t, "s1")
	equal(t, "while that is fetched", due(), b.clock.at(0))
	b.clock.move(2 * time.Hour)
	b.fetch(t, "s2", store.Outcome{State: store.StateStored, Reply: said("hello")})
	equal(t, "when the lease has run out", due(), b.clock.at(-time.Hour))

	b.clock.move(time.Hour)
	equal(t, "audio", b.lags(t, store.AllBots()).OldestAudio, b.clock.at(-time.Hour))
	b.work(t, keepKey("s2", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	equal(t, "no audio", b.lags(t, store.AllBots()).OldestAudio, time.Time{})
}

func lagsRecordings(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b", "c", "d"))
	r := files("e", "f")
	r.Recordings[1].Status = "media_in_progress"
	b.archive(t, wanted("s2"), r)
	counts := func() store.Lags {
		t.Helper()
		l := b.lags(t, store.AllBots())
		return store.Lags{Recordings: l.Recordings, Kept: l.Kept, Waiting: l.Waiting, GivenUp: l.GivenUp, KeptBytes: l.KeptBytes}
	}
	equal(t, "at first", counts(), store.Lags{Recordings: 5, Waiting: 5})
	keep := func(id string, n int, digest string) {
		b.work(t, keepKey(id, n), store.TaskOutcome{State: store.StateStored, Kept: kept(digest, time.Second)})
	}
	keep("s1", 0, "same")
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateRetry, After: time.Hour})
	b.work(t, keepKey("s1", 2), store.TaskOutcome{State: store.StateDead})
	b.work(t, keepKey("s1", 3), store.TaskOutcome{State: store.StateGone})
	equal(t, "one archived, two given up", counts(), store.Lags{Recordings: 5, Kept: 1, Waiting: 2, GivenUp: 2, KeptBytes: 1 << 20})
	keep("s2", 0, "same")
	equal(t, "the same audio again", counts(), store.Lags{Recordings: 5, Kept: 2, Waiting: 1, GivenUp: 2, KeptBytes: 1 << 20})
	b.leaseTask(t, keepKey("s1", 1))
	equal(t, "leased", counts().Waiting, 1)
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("call")})
	equal(t, "recordings of calls too", counts(), store.Lags{Recordings: 6, Kept: 2, Waiting: 2, GivenUp: 2, KeptBytes: 1 << 20})
	b.archive(t, wanted("s1"), files("b"))
	equal(t, "what is not named any more", counts(), store.Lags{Recordings: 6, Kept: 2, Waiting: 2, GivenUp: 2, KeptBytes: 1 << 20})
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateRetry, After: time.Hour})
	equal(t, "archived, and looked for again", counts(), store.Lags{Recordings: 6, Kept: 1, Waiting: 3, GivenUp: 2, KeptBytes: 1 << 20})
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateGone, Lost: true})
	equal(t, "lost", counts(), store.Lags{Recordings: 6, Kept: 1, Waiting: 2, GivenUp: 3, KeptBytes: 1 << 20})
}

func lagsWorked(t *testing.T, b *bench) {
	other := store.Session{AccountID: "account-2", BotID: bot, SessionID: "other", Wanted: true}
	imported := store.Session{BotID: bot, SessionID: "imported", Wanted: true}
	answered := wanted("answered")
	answered.Agents, answered.EndedAt = []store.Agent{{ID: "u", Seconds: 1}}, created.Add(-time.Hour)
	var at [3]time.Time
	for i, one := range []store.Session{other, imported, answered} {
		at[i] = b.clock.at(0)
		b.archive(t, one, files("a"))
		one.SessionID += " due"
		b.save(t, one)
		b.clock.move(time.Hour)
	}
	b.work(t, keepKey("answered", 0), store.TaskOutcome{State: store.StateDead})
	keep, lookUp := []store.TaskKind{store.TaskKeep}, []store.TaskKind{store.TaskLookUp}
	for _, c := range []struct {
		name     string
		accounts []string
		kinds    []store.TaskKind
		due      time.Time
		audio    time.Time
		waiting  int
	}{
		{"nothing", nil, bothKinds().Kinds, time.Time{}, time.Time{}, 0},
		{"no audio", []string{account, "account-2"}, nil, at[0], time.Time{}, 0},
		{"one account", []string{account}, keep, at[2], time.Time{}, 0},
		{"its look-ups", []string{account}, lookUp, at[2], at[2], 0},
		{"both", []string{account, "account-2", account}, bothKinds().Kinds, at[0], at[0], 1},
		{"the unnamed one", []string{""}, keep, at[1], at[1], 1},
		{"one that there is not", []string{"nobody"}, []store.TaskKind{"nothing"}, time.Time{}, time.Time{}, 0},
	} {
		for _, scope := range []store.Scope{store.AllBots(), store.OnlyBots(bot)} {
			got, err := b.Lags(t.Context(), scope, store.Worked{Accounts: c.accounts, Kinds: c.kinds})
			must(t, err)
			equal(t, c.name, got, store.Lags{Now: b.clock.at(0), Newest: created, OldestDue: c.due, OldestAudio: c.audio,
				Recordings: 3, Waiting: c.waiting, GivenUp: 1})
		}
	}
}

func lagsScope(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b"))
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	b.save(t, wanted("due"))
	mine := store.Lags{Newest: created, OldestDue: b.clock.at(0), OldestAudio: b.clock.at(0),
		Recordings: 2, Kept: 1, Waiting: 1, KeptBytes: 1 << 20}
	other := store.Session{BotID: "st-another", SessionID: "s1", Wanted: true}
	b.clock.move(time.Hour)
	b.archive(t, other, leftAt(time.Hour, "a"))
	its := store.Lags{Newest: created.Add(time.Hour), OldestAudio: b.clock.at(0), Recordings: 1, Waiting: 1}
	all := mine
	all.Newest, all.Recordings, all.Waiting = its.Newest, 3, 2
	for _, c := range []struct {
		name  string
		scope store.Scope
		want  store.Lags
	}{
		{"every bot", store.AllBots(), all}, {"both", store.OnlyBots(bot, "st-another"), all}, {"one", store.OnlyBots(bot), mine},
		{"the other", store.OnlyBots("st-another"), its}, {"none", store.OnlyBots(), store.Lags{}}, {"the zero scope", store.Scope{}, store.Lags{}},
	} {
		equal(t, c.name, b.lags(t, c.scope), c.want)
	}
}
