package storetest

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

func gapAudio(t *testing.T, b *bench) {
	b.archive(t, nth("s1", 0), files("a", "b"))
	one := func() store.Gap {
		t.Helper()
		gaps := b.gaps(t, store.GapQuery{Kinds: []store.GapKind{store.GapUnarchived}})
		if len(gaps) != 1 {
			t.Fatalf("got %d gaps", len(gaps))
		}
		return gaps[0]
	}
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateRetry, After: time.Hour, Reason: "link refused"})
	want := store.Gap{SessionKey: wanted("s1").Key(), VoicemailID: store.VoicemailID(bot, "s1"), Kind: store.GapUnarchived,
		State: store.StateRetry, Reason: "link refused", Attempts: 1, NextAt: b.clock.at(time.Hour), StartedAt: created}
	equal(t, "the first", one(), want)
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateDead, Reason: "over the cap"})
	equal(t, "the first, whatever the second is", one(), want)
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	want.State, want.Reason, want.NextAt = store.StateDead, "over the cap", time.Time{}
	equal(t, "the second", one(), want)
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateStored, Kept: kept("e", time.Second)})
	equal(t, "both archived", lacking(b.gaps(t, store.GapQuery{})), "")
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("call")})
	equal(t, "a call's recording", lacking(b.gaps(t, store.GapQuery{})), "")
}

// gapLost has audio that can't be had any more: it stays in the ledger, with
// the reason.
func gapLost(t *testing.T, b *bench) {
	gaps := func() []store.Gap {
		t.Helper()
		return b.gaps(t, store.GapQuery{Kinds: []store.GapKind{store.GapUnarchived}})
	}
	b.archive(t, nth("whole", 1), files("a"))
	b.work(t, keepKey("whole", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("w", time.Second)})
	b.archive(t, nth("s1", 0), files("a"))
	want := store.Gap{SessionKey: wanted("s1").Key(), VoicemailID: store.VoicemailID(bot, "s1"), Kind: store.GapUnarchived,
		State: store.StateDue, NextAt: b.clock.at(0), StartedAt: created}
	equal(t, "due", gaps(), []store.Gap{want})
	none := files("c") // and not a any more
	none.Recordings[0].Status = "failed"
	b.archive(t, nth("s1", 0), none)
	equal(t, "status", b.voicemail(t, "s1").Recordings[0].Status, store.RecordingMissing)
	equal(t, "not named any more", gaps(), []store.Gap{want})
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateGone, Reason: "deleted upstream"})
	want.State, want.Reason, want.NextAt = store.StateGone, "deleted upstream", time.Time{}
	equal(t, "deleted before it was archived", gaps(), []store.Gap{want})
	equal(t, "one of two", []int{b.day(t).Audio, b.day(t).Archived}, []int{2, 1})

	b.work(t, keepKey("whole", 0), store.TaskOutcome{State: store.StateRetry, After: time.Hour, Reason: "the archive has lost it"})
	again := store.Gap{SessionKey: wanted("whole").Key(), VoicemailID: store.VoicemailID(bot, "whole"), Kind: store.GapUnarchived,
		State: store.StateRetry, Reason: "the archive has lost it", Attempts: 1, NextAt: b.clock.at(time.Hour), StartedAt: nth("whole", 1).StartedAt}
	equal(t, "lost, and had again", gaps(), []store.Gap{want, again})
	equal(t, "none of two", []int{b.day(t).Audio, b.day(t).Archived}, []int{2, 0})
	b.work(t, keepKey("whole", 0), store.TaskOutcome{State: store.StateGone, Reason: "lost", Lost: true})
	again.State, again.Reason, again.Attempts, again.NextAt = store.StateGone, "lost", 0, time.Time{}
	equal(t, "lost for good", gaps(), []store.Gap{want, again})
	l := b.lags(t, store.AllBots())
	equal(t, "given up", []int{l.Recordings - l.Kept, l.GivenUp}, []int{2, 2})
}

// gapTaskStates ends the work on audio in every state, of which the archive
// has a digest, has none, and that the upstream doesn't name any more.
func gapTaskStates(t *testing.T, b *bench) {
	for i, state := range endings {
		digest, none, missing := fmt.Sprint(state, " digest"), fmt.Sprint(state, " none"), fmt.Sprint(state, " missing")
		for j, id := range []string{digest, none, missing} {
			b.archive(t, nth(id, 10*i+j), files("a"))
		}
		b.work(t, keepKey(digest, 0), store.TaskOutcome{State: store.StateStored, Kept: kept(digest, time.Second)})
		b.archive(t, nth(missing, 10*i+2), files("b"))
		b.work(t, keepKey(missing, 1), store.TaskOutcome{State: store.StateStored, Kept: kept(missing, time.Second)})
		o := store.TaskOutcome{State: state, After: time.Hour, Reason: string(state)}
		for _, id := range []string{digest, none, missing} {
			b.work(t, keepKey(id, 0), o)
		}
		for id, open := range map[string]bool{digest: state != store.StateStored, none: true, missing: true} {
			s := b.session(t, id)
			gaps := b.gaps(t, store.GapQuery{Kinds: []store.GapKind{store.GapUnarchived}, From: s.StartedAt, To: s.StartedAt.Add(1000)})
			equal(t, id+": is a gap", len(gaps) == 1, open)
			for _, g := range gaps {
				equal(t, id, []string{g.SessionID, string(g.State), g.Reason}, []string{id, string(state), string(state)})
			}
			days, err := b.Days(t.Context(), store.AllBots(), []time.Time{s.StartedAt, s.StartedAt.Add(time.Second)}, 0)
			must(t, err)
			equal(t, id+": audio", days[0].Audio, 1)
			equal(t, id+": archived", days[0].Archived == 0, open)
		}
	}
}
