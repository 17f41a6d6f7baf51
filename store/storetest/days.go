package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterbeep/store"
)

func dayRows() []row {
	return []row{
		{"each state counts for itself", dayStates},
		{"a stored session without a voicemail does not add up", dayNotAddedUp},
		{"what a voicemail has", dayVoicemails},
		{"audio: all of a voicemail's own that can be had, or could once", dayAudio},
		{"indexed: up to a change", dayIndexed},
		{"a day is from its edge up to the next", dayEdges},
		{"days of 23 and 25 hours", daySummerTime},
		{"without a start: the day on which it was found", dayFound},
		{"by bot, newest day first, days without sessions left out", dayOrder},
		{"nothing of bots outside the scope", dayScope},
		{"the first and the last day that are known", dayKnown},
		{"edges that make no days are refused", dayInvalid},
		{"days and gaps agree, whatever happens", dayProperty},
	}
}

// dayOf are the edges of the one day on which sessions of started begin.
func dayOf() []time.Time {
	return []time.Time{created.Truncate(24 * time.Hour), created.Truncate(24 * time.Hour).Add(24 * time.Hour)}
}

// started is a session to fetch that began on that day.
func started(id string) store.Session {
	s := wanted(id)
	s.StartedAt = created
	return s
}

func (b *bench) days(t *testing.T, edges []time.Time) []store.LedgerDay {
	t.Helper()
	days, err := b.Days(t.Context(), store.AllBots(), edges, b.head(t))
	must(t, err)
	return days
}

// day is the one day of dayOf.
func (b *bench) day(t *testing.T) store.LedgerDay {
	t.Helper()
	days := b.days(t, dayOf())
	if len(days) != 1 {
		t.Fatalf("got %d days", len(days))
	}
	equal(t, "day", days[0].Day, dayOf()[0])
	equal(t, "bot", days[0].BotID, bot)
	days[0].Day, days[0].BotID = time.Time{}, ""
	return days[0]
}

func dayStates(t *testing.T, b *bench) {
	equal(t, "none", len(b.days(t, dayOf())), 0)
	skipped := started("skipped")
	skipped.Wanted, skipped.Voicemail = false, store.FlagNo
	b.save(t, skipped)
	for _, state := range fetchStates() {
		if state != store.StateStored {
			b.save(t, started(string(state)))
			b.fetch(t, string(state), store.Outcome{State: state, After: time.Hour})
		}
	}
	flagged := started("leased")
	flagged.Voicemail = store.FlagYes
	b.save(t, flagged)
	b.lease(t, "leased")
	b.archive(t, started("stored"), said("hello"))
	want := store.LedgerDay{Known: 9, Stored: 1, Waiting: 4, Dead: 1, Gone: 1, Empty: 1, Skipped: 1,
		Voicemails: 2, Transcribed: 1, Audio: 1, Indexed: 1}
	equal(t, "day", b.day(t), want)
	b.lease(t, "stored") // which has a voicemail all the same
	equal(t, "while it is fetched again", b.day(t), want)
	b.wake(t, "dead")
	want.Dead, want.Waiting = 0, 5
	equal(t, "when the dead one was woken", b.day(t), want)
}

func dayNotAddedUp(t *testing.T, b *bench) {
	s := started("s1")
	s.Voicemail = store.FlagYes
	b.save(t, s)
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: &store.Reply{}})
	equal(t, "state", b.session(t, "s1").State, store.StateStored)
	equal(t, "day", b.day(t), store.LedgerDay{Known: 1, Voicemails: 1})
}

func dayVoicemails(t *testing.T, b *bench) {
	b.save(t, started("pending"), started("none"))
	b.fetch(t, "pending", store.Outcome{State: store.StateWaiting, After: time.Minute, Reply: file()})
	b.fetch(t, "none", store.Outcome{State: store.StateStored, Reply: file()})
	b.archive(t, started("words"), &store.Reply{Segments: said("hello").Segments})
	equal(t, "day", b.day(t), store.LedgerDay{Known: 3, Stored: 3, Voicemails: 3, Transcribed: 1, Pending: 1, Audio: 2, Indexed: 3})
}

func dayAudio(t *testing.T, b *bench) {
	keep := func(session string, n int) {
		t.Helper()
		b.work(t, keepKey(session, n), store.TaskOutcome{State: store.StateStored, Kept: kept(fmt.Sprint(session, n), time.Second)})
	}
	coming := files("a")
	coming.Recordings[0].Status = "media_in_progress"
	b.archive(t, started("coming"), coming)
	none := files("a")
	none.Recordings[0].Status = "failed"
	b.archive(t, started("failed"), none)
	b.archive(t, started("two"), files("a", "b"))
	want := store.LedgerDay{Known: 3, Stored: 3, Voicemails: 3, Transcribed: 3, Audio: 1, Indexed: 3}
	equal(t, "what is not there can't be had", b.day(t), want)
	keep("two", 1)
	equal(t, "one of two", b.day(t), want)
	keep("two", 0)
	want.Archived = 1
	equal(t, "both", b.day(t), want)
	b.work(t, lookUpKey("two"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("call")})
	equal(t, "a call's recording is another matter", b.day(t), want)
	b.archive(t, started("two"), files("b")) // the other isn't named any more
	equal(t, "what is archived is had, named or not", b.day(t), want)
	b.archive(t, started("two"), files("b", "c"))
	want.Archived = 0
	equal(t, "a third", b.day(t), want)
}

func dayIndexed(t *testing.T, b *bench) {
	indexed := func(seq int64) int {
		t.Helper()
		days, err := b.Days(t.Context(), store.AllBots(), dayOf(), seq)
		must(t, err)
		return days[0].Indexed
	}
	b.archive(t, started("a"), said("hello"))
	b.archive(t, started("b"), said("hello"))
	for seq, want := range []int{0, 1, 2} {
		equal(t, fmt.Sprint("up to ", seq), indexed(int64(seq)), want)
	}
	b.archive(t, started("a"), modified("m1", "hello again", time.Hour))
	for seq, want := range []int{0, 0, 1, 2, 2} {
		equal(t, fmt.Sprint("changed again, up to ", seq), indexed(int64(seq)), want)
	}
	equal(t, "a place before all", indexed(-1), 0)
}

// known counts what is known on each of the days between edges, oldest first.
func (b *bench) known(t *testing.T, edges []time.Time) []int {
	t.Helper()
	n := make([]int, len(edges)-1)
	for _, d := range b.days(t, edges) {
		for i := range n {
			if d.Day.Equal(edges[i]) {
				n[i] += d.Known
			}
		}
	}
	return n
}

func dayEdges(t *testing.T, b *bench) {
	edges := []time.Time{created, created.Add(time.Hour), created.Add(3 * time.Hour)}
	for i, at := range []time.Duration{-time.Microsecond, 0, time.Hour - time.Microsecond, time.Hour, time.Hour + time.Microsecond,
		3*time.Hour - time.Microsecond, 3 * time.Hour} {
		s := wanted(fmt.Sprint("s", i))
		s.StartedAt = created.Add(at)
		b.save(t, s)
	}
	equal(t, "known", b.known(t, edges), []int{2, 3})
	for i := range edges { // nanoseconds, which are cut, and another zone
		edges[i] = edges[i].Add(999).In(time.FixedZone("", 5*3600))
	}
	for _, d := range b.days(t, edges) {
		equal(t, "day of inexact edges", d.Day, store.Cut(d.Day))
		equal(t, "zone of inexact edges", d.Day.Location() == time.UTC, true)
		equal(t, "known between inexact edges", d.Known, map[bool]int{true: 2, false: 3}[d.Day.Equal(created)])
	}
}

func daySummerTime(t *testing.T, b *bench) {
	zone, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	for _, c := range []struct {
		name  string
		month time.Month
		day   int
		hours int
	}{{"spring", time.March, 30, 23}, {"autumn", time.October, 26, 25}, {"summer", time.July, 1, 24}} {
		var edges []time.Time
		for i := range 4 {
			edges = append(edges, time.Date(2025, c.month, c.day-1+i, 0, 0, 0, 0, zone))
		}
		for h := edges[0]; h.Before(edges[3]); h = h.Add(time.Hour) {
			s := wanted(fmt.Sprint(c.name, h.Unix()))
			s.StartedAt = h
			b.save(t, s)
		}
		equal(t, c.name, b.known(t, edges), []int{24, c.hours, 24})
	}
}

func dayFound(t *testing.T, b *bench) {
	edges := []time.Time{b.clock.at(-48 * time.Hour), b.clock.at(-24 * time.Hour), b.clock.at(0), b.clock.at(time.Minute)}
	b.save(t, wanted("s1"))
	equal(t, "found", b.known(t, edges), []int{0, 0, 1})
	s := wanted("s1")
	s.EndedAt = b.clock.at(-time.Hour)
	b.save(t, s)
	equal(t, "with an end", b.known(t, edges), []int{0, 0, 1})
	s.StartedAt = b.clock.at(-30 * time.Hour)
	b.save(t, s)
	equal(t, "with a start", b.known(t, edges), []int{1, 0, 0})
	b.fetch(t, "s1", store.Outcome{State: store.StateDead})
	b.wake(t, "s1")
	equal(t, "fetched and woken", b.known(t, edges), []int{1, 0, 0})
}

func dayOrder(t *testing.T, b *bench) {
	var edges []time.Time
	for i := range 5 {
		edges = append(edges, created.Add(time.Duration(i)*24*time.Hour))
	}
	for i, id := range []string{"b", "B", "é", "a", "b-"} {
		for _, day := range []int{0, 2, 3} {
			s := store.Session{BotID: id, SessionID: fmt.Sprint(i, day), StartedAt: edges[day].Add(time.Hour)}
			b.save(t, s)
		}
	}
	var want, got []string
	for _, id := range []string{"B", "a", "b", "b-", "é"} {
		for _, day := range []int{3, 2, 0} {
			want = append(want, id+" "+edges[day].String())
		}
	}
	for _, d := range b.days(t, edges) {
		got = append(got, d.BotID+" "+d.Day.String())
		equal(t, "known", d.Known, 1)
	}
	equal(t, "order", got, want)
}

func dayScope(t *testing.T, b *bench) {
	b.archive(t, started("s1"), said("hello"))
	other := store.Session{BotID: "st-another", SessionID: "s1", StartedAt: created, Wanted: true}
	b.archive(t, other, said("other"))
	many := []string{bot}
	for i := range 1000 {
		many = append(many, fmt.Sprint("st-", i))
	}
	for _, c := range []struct {
		name  string
		scope store.Scope
		want  int
	}{
		{"every bot", store.AllBots(), 2}, {"one", store.OnlyBots(bot), 1}, {"both", store.OnlyBots(bot, "st-another"), 2},
		{"a thousand", store.OnlyBots(many...), 1}, {"another", store.OnlyBots("st-third"), 0}, {"none", store.OnlyBots(), 0},
		{"the zero scope", store.Scope{}, 0}, {"a bot of a like name", store.OnlyBots("ST-BOT-1", "%", bot+" "), 0},
	} {
		days, err := b.Days(t.Context(), c.scope, dayOf(), b.head(t))
		must(t, err)
		equal(t, c.name+": days", len(days), c.want)
		for _, d := range days {
			equal(t, c.name+": counts", d, store.LedgerDay{BotID: d.BotID, Day: dayOf()[0], Known: 1, Stored: 1, Voicemails: 1, Transcribed: 1, Audio: 1, Indexed: 1})
			equal(t, c.name+": sees", c.scope.Sees(d.BotID), true)
		}
	}
}

func dayInvalid(t *testing.T, b *bench) {
	edges := func(n int) []time.Time {
		var all []time.Time
		for i := range n {
			all = append(all, created.Add(time.Duration(i)*24*time.Hour))
		}
		return all
	}
	b.save(t, started("s1"))
	for name, bad := range map[string][]time.Time{
		"none": nil, "one": edges(1), "too many": edges(store.MaxDays + 2), "twice the same": {created, created},
		"the same once they are cut": {created, created.Add(999)}, "going back": {created, created.Add(time.Hour), created.Add(time.Minute)},
	} {
		_, err := b.Days(t.Context(), store.AllBots(), bad, 0)
		wantErr(t, name, err, store.ErrInvalid)
	}
	equal(t, "as many as are taken", len(b.days(t, edges(store.MaxDays+1))), 1)
}

// dayProperty lets things happen to sessions of two bots and checks that what
// the days count is what is read one by one, and that each that lacks
// something is among the gaps.
func dayProperty(t *testing.T, b *bench) {
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		// A run's sessions have their days, and bots, to themselves.
		n, before := run.Add(1), b.head(t)
		first := created.Add(time.Duration(n) * 100 * time.Hour)
		edges := []time.Time{first, first.Add(23 * time.Hour), first.Add(48 * time.Hour)}
		scope := store.OnlyBots(fmt.Sprint("a-", n), fmt.Sprint("b-", n))
		var keys []store.SessionKey
		for i := range rapid.IntRange(1, 4).Draw(rt, "sessions") {
			s := drawKnown(rt, scope.Bots(), edges)
			s.SessionID = fmt.Sprint("s-", n, "-", i)
			if err := drawHistory(t.Context(), rt, b, s); err != nil {
				rt.Fatal(err)
			}
			keys = append(keys, s.Key())
		}
		indexed := int64(rapid.IntRange(int(before), int(b.head(t))).Draw(rt, "indexed"))
		got, err := b.Days(t.Context(), scope, edges, indexed)
		if err != nil {
			rt.Fatal(err)
		}
		want, lacking, err := readDays(t.Context(), b, scope, keys, edges, indexed)
		if err != nil {
			rt.Fatal(err)
		}
		same(rt, "days", got, want)
		gaps, err := b.Gaps(t.Context(), scope, store.GapQuery{From: edges[0], To: edges[2], Indexed: indexed, Limit: store.MaxGaps})
		if err != nil {
			rt.Fatal(err)
		}
		count := map[store.GapKind]int{}
		for _, g := range gaps {
			count[g.Kind]++
		}
		same(rt, "gaps", count, lacking)
		open, err := b.OpenSessions(t.Context(), scope, edges[0], edges[2])
		if err != nil {
			rt.Fatal(err)
		}
		waiting := 0
		for _, d := range got {
			waiting += d.Waiting
		}
		same(rt, "open sessions", open, waiting)
		lost := 0
		for _, d := range got {
			lost += d.Lost
		}
		same(rt, "lost", lost, count[store.GapGone])
	})
}

func dayKnown(t *testing.T, b *bench) {
	check := func(name string, s store.Scope, first, last time.Time) {
		t.Helper()
		gotFirst, gotLast, err := b.Known(t.Context(), s)
		must(t, err)
		equal(t, name+", first", gotFirst, first)
		equal(t, name+", last", gotLast, last)
	}
	check("nothing", store.AllBots(), time.Time{}, time.Time{})
	b.save(t, wanted("found"))
	found := b.clock.at(0)
	check("one without a start", store.AllBots(), found, found)
	old, coming := started("old"), started("coming")
	old.StartedAt, coming.StartedAt = created.AddDate(-3, 0, 0), created.AddDate(3, 0, 0)
	coming.BotID = "st-another"
	b.save(t, old, coming)
	check("all", store.AllBots(), old.StartedAt, coming.StartedAt)
	check("one bot", store.OnlyBots(bot), old.StartedAt, found)
	check("no bot", store.Scope{}, time.Time{}, time.Time{})
}
