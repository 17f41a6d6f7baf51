package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func TestMergeSessionFlag(t *testing.T) {
	const yes, no, unknown = store.FlagYes, store.FlagNo, store.FlagUnknown
	for _, c := range []struct{ had, now, want store.Flag }{
		{yes, yes, yes}, {yes, no, yes}, {yes, unknown, yes},
		{no, yes, yes}, {no, no, no}, {no, unknown, no},
		{unknown, yes, yes}, {unknown, no, no}, {unknown, unknown, unknown},
	} {
		got, changed := store.MergeSession(store.Session{Voicemail: c.had}, store.Session{Voicemail: c.now})
		if got.Voicemail != c.want || changed != (c.had != c.want) {
			t.Errorf("%q then %q: got %q, changed %v, want %q", c.had, c.now, got.Voicemail, changed, c.want)
		}
	}
}

func TestMergeSessionAsksAgain(t *testing.T) {
	for _, c := range []struct {
		state    store.State
		had, now store.Flag
		wanted   bool
		want     store.State
	}{
		{store.StateSkipped, store.FlagNo, store.FlagNo, true, store.StateDue},
		{store.StateSkipped, store.FlagNo, store.FlagYes, false, store.StateSkipped},
		{store.StateEmpty, store.FlagUnknown, store.FlagYes, true, store.StateDue},
		{store.StateEmpty, store.FlagNo, store.FlagYes, true, store.StateDue},
		{store.StateEmpty, store.FlagYes, store.FlagYes, true, store.StateEmpty},
		{store.StateEmpty, store.FlagUnknown, store.FlagUnknown, true, store.StateEmpty},
		{store.StateEmpty, store.FlagUnknown, store.FlagYes, false, store.StateEmpty},
		{store.StateStored, store.FlagUnknown, store.FlagYes, true, store.StateStored},
		{store.StateGone, store.FlagUnknown, store.FlagYes, true, store.StateGone},
		{store.StateDead, store.FlagUnknown, store.FlagYes, true, store.StateDead},
		{store.StateLeased, store.FlagUnknown, store.FlagYes, true, store.StateLeased},
		{store.StateRetry, store.FlagUnknown, store.FlagYes, true, store.StateRetry},
	} {
		had := store.Session{State: c.state, Voicemail: c.had, Attempts: 3, Reason: "r"}
		got, _ := store.MergeSession(had, store.Session{Voicemail: c.now, Wanted: c.wanted})
		if got.State != c.want {
			t.Errorf("%s, %q then %q, wanted %v: got %s, want %s", c.state, c.had, c.now, c.wanted, got.State, c.want)
		}
		if again := c.state != c.want; again != (got.Attempts == 0) || again != (got.Reason == "") {
			t.Errorf("%s: got attempts %d, reason %q", c.state, got.Attempts, got.Reason)
		}
	}
}

func drawSession(rt *rapid.T, name string) store.Session {
	word := rapid.SampledFrom([]string{"", "", "a", "b"})
	at := func(what string) time.Time {
		n := rapid.IntRange(0, 3).Draw(rt, name+what)
		if n == 0 {
			return time.Time{}
		}
		return noon.Add(time.Duration(n) * 1700)
	}
	s := store.Session{
		AccountID: word.Draw(rt, name+"account"), BotID: "bot", SessionID: "s1",
		Voicemail: store.Flag(rapid.SampledFrom([]string{"", "yes", "no"}).Draw(rt, name+"flag")),
		Wanted:    rapid.Bool().Draw(rt, name+"wanted"), Priority: rapid.IntRange(0, 1).Draw(rt, name+"priority"),
		StartedAt: at("start"), EndedAt: at("end"), CallbackAt: at("callback"),
		Caller: word.Draw(rt, name+"caller"), QueueName: word.Draw(rt, name+"queue"), CallbackOpted: rapid.Bool().Draw(rt, name+"opted"),
	}
	if a := word.Draw(rt, name+"agent"); a != "" {
		s.Agents = []store.Agent{{ID: a}}
	}
	return s
}

// TestEnlistSettles holds for any rows in any order: a row that came before
// changes nothing when it comes again at once, and nothing known gets lost.
func TestEnlistSettles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		row, _, _ := store.Enlist(nil, drawSession(rt, "first "), noon)
		for range rapid.IntRange(1, 4).Draw(rt, "rows") {
			s := drawSession(rt, "")
			next, _, due := store.Enlist(&row, s, noon.Add(time.Hour))
			if due != (row.State == store.StateSkipped && s.Wanted) {
				rt.Fatalf("due is %v", due)
			}
			if (row.Caller != "" && next.Caller == "") || (!row.StartedAt.IsZero() && next.StartedAt.IsZero()) ||
				(row.AccountID != "" && next.AccountID != row.AccountID) || (row.Voicemail == store.FlagYes && next.Voicemail != store.FlagYes) ||
				(len(row.Agents) > 0 && len(next.Agents) == 0) || next.FoundAt != row.FoundAt {
				rt.Fatalf("lost:\n%s", cmp.Diff(row, next))
			}
			again, changed, due := store.Enlist(&next, s, noon.Add(2*time.Hour))
			if d := cmp.Diff(next, again); changed || due || d != "" {
				rt.Fatalf("the same row again: changed %v, due %v\n%s", changed, due, d)
			}
			row = next
		}
	})
}

func TestSame(t *testing.T) {
	known := []store.Session{
		{AccountID: "", BotID: "b1", SessionID: "s"}, {AccountID: "x", BotID: "b2", SessionID: "s"}, {AccountID: "x", BotID: "b1", SessionID: "other"},
	}
	for _, c := range []struct {
		name string
		s    store.Session
		want int
	}{
		{"by account before bot", store.Session{AccountID: "x", BotID: "b1", SessionID: "s"}, 1},
		{"by account, another bot", store.Session{AccountID: "x", BotID: "b9", SessionID: "s"}, 1},
		{"by bot, the row knows no account", store.Session{AccountID: "y", BotID: "b1", SessionID: "s"}, 0},
		{"by bot, neither knows", store.Session{BotID: "b1", SessionID: "s"}, 0},
		{"by bot, only the row knows", store.Session{BotID: "b2", SessionID: "s"}, 1},
		{"no account is not an account", store.Session{BotID: "b9", SessionID: "s"}, -1},
		{"another account and bot", store.Session{AccountID: "y", BotID: "b9", SessionID: "s"}, -1},
		{"another session", store.Session{AccountID: "x", BotID: "b2", SessionID: "s2"}, -1},
	} {
		if got := store.Same(known, c.s); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
