package ingest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"

	"pgregory.net/rapid"
)

var noon = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

// fault is an error of the client.
func fault(kind kore.Kind) error { return &kore.Error{Op: "voicemail", Kind: kind, Msg: string(kind)} }

var (
	withText    = &store.Reply{Segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: "hello"}}}
	bothParts   = &store.Reply{Segments: withText.Segments, Recordings: withoutText.Recordings}
	withoutText = &store.Reply{Recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav"}}}
	nothing     = &store.Reply{}
)

// session is one that ended so long ago and was found so long ago.
func session(age, known time.Duration, flag store.Flag, attempts int, reason string) store.Session {
	return store.Session{
		BotID: "st-1", SessionID: "s", Voicemail: flag, Attempts: attempts, Reason: reason,
		EndedAt: noon.Add(-age), FoundAt: noon.Add(-known),
	}
}

func TestSettle(t *testing.T) {
	const day = 24 * time.Hour
	yes, unknown := store.FlagYes, store.FlagUnknown
	notFound := fault(kore.KindNotFound)
	for _, tt := range []struct {
		name    string
		session store.Session
		reply   *store.Reply
		status  string
		err     error
		state   store.State
		after   time.Duration
	}{
		{"text", session(0, 0, yes, 0, ""), withText, "success", nil, store.StateStored, 0},
		{"text and file of an odd status", session(0, 0, yes, 0, ""), bothParts, "media_in_progress", nil, store.StateStored, 0},
		{"text, the file is on its way", session(time.Hour, time.Hour, yes, 0, ""), withText, "media_in_progress", nil, store.StateWaiting, 30 * time.Minute},
		{"text, the file never came", session(8*day, time.Hour, yes, 9, ""), withText, "media_in_progress", nil, store.StateStored, 0},
		{"text, the file is deleted", session(time.Hour, 0, yes, 0, ""), withText, "media_unavailable", nil, store.StateStored, 0},
		{"file alone, fresh", session(time.Minute, time.Minute, yes, 0, ""), withoutText, "success", nil, store.StateWaiting, 2 * time.Minute},
		{"file alone, waited an hour", session(time.Hour, time.Hour, yes, 4, ""), withoutText, "success", nil, store.StateWaiting, 30 * time.Minute},
		{"file alone, waited days", session(3*day, 3*day, yes, 9, ""), withoutText, "success", nil, store.StateWaiting, day},
		{"file alone, of days ago, found just now", session(3*day, 0, yes, 0, ""), withoutText, "success", nil, store.StateWaiting, day},
		{"file alone, over the cap", session(8*day, 0, yes, 0, ""), withoutText, "success", nil, store.StateStored, 0},
		{"file alone, failed for good", session(0, 0, yes, 0, ""), withoutText, "failed", nil, store.StateStored, 0},

		{"empty, fresh", session(time.Minute, 0, unknown, 0, ""), nothing, "success", nil, store.StateWaiting, 2 * time.Minute},
		{"empty, old", session(2*time.Hour, 0, unknown, 0, ""), nothing, "success", nil, store.StateEmpty, 0},
		{"empty, flagged and fresh", session(2*time.Hour, time.Hour, yes, 0, ""), nothing, "", nil, store.StateWaiting, 30 * time.Minute},
		{"empty, flagged and old, just found", session(30*day, 0, yes, 0, ""), nothing, "success", nil, store.StateWaiting, 2 * time.Minute},
		{"empty, flagged and old, waited", session(30*day, 20*time.Minute, yes, 3, ""), nothing, "success", nil, store.StateEmpty, 0},

		{"in progress", session(time.Hour, 0, yes, 0, ""), nothing, "call_in_progress", nil, store.StateWaiting, 2 * time.Minute},
		{"status never heard of", session(time.Hour, 0, yes, 0, ""), nothing, "contemplated", nil, store.StateWaiting, 2 * time.Minute},
		{"in progress, old, found lately", session(9*day, 2*time.Hour, yes, 3, ""), nothing, "media_in_progress", nil, store.StateWaiting, time.Hour},
		{"in progress for ever", session(9*day, 2*day, yes, 9, ""), nothing, "media_in_progress", nil, store.StateGone, 0},
		{"unavailable, fresh", session(time.Hour, 0, yes, 0, ""), nothing, "media_unavailable", nil, store.StateWaiting, 2 * time.Minute},
		{"unavailable, old", session(2*day, 0, yes, 0, ""), nothing, "media_unavailable", nil, store.StateGone, 0},
		{"too short", session(0, 0, yes, 0, ""), nothing, "media_unavailable_short_duration", nil, store.StateEmpty, 0},
		{"recording off", session(0, 0, yes, 0, ""), nothing, "recording_disabled", nil, store.StateEmpty, 0},

		{"first failure", session(0, 0, yes, 0, ""), nil, "", fault(kore.KindServer), store.StateRetry, time.Second},
		{"second failure", session(0, 0, yes, 1, ""), nil, "", fault(kore.KindNetwork), store.StateRetry, 5 * time.Second},
		{"sixth failure", session(0, 0, yes, 5, ""), nil, "", fault(kore.KindServer), store.StateRetry, time.Hour},
		{"hundredth failure", session(0, 0, yes, 99, ""), nil, "", fault(kore.KindServer), store.StateRetry, time.Hour},
		{"an error of no kind", session(0, 0, yes, 0, ""), nil, "", errors.New("x"), store.StateRetry, time.Second},

		{"limited", session(0, 0, yes, 3, ""), nil, "", fault(kore.KindLimited), store.StateDue, 0},
		{"token", session(0, 0, yes, 3, ""), nil, "", fault(kore.KindToken), store.StateDue, giveBack},
		{"scope", session(0, 0, yes, 3, ""), nil, "", fault(kore.KindScope), store.StateDue, giveBack},
		{"stopped", session(0, 0, yes, 3, ""), nil, "", fmt.Errorf("x: %w", errStopping), store.StateDue, 0},
		{"cancelled", session(0, 0, yes, 3, ""), nil, "", fmt.Errorf("x: %w", context.Canceled), store.StateDue, 0},

		{"not found, fresh", session(time.Hour, 0, yes, 0, ""), nil, "", notFound, store.StateWaiting, 2 * time.Minute},
		{"not found, old, said once", session(2*day, 0, yes, 0, ""), nil, "", notFound, store.StateWaiting, 2 * time.Minute},
		{"not found, old, said twice", session(2*day, 0, yes, 1, notFound.Error()), nil, "", notFound, store.StateGone, 0},
		{"not found, old, not flagged", session(2*day, 0, unknown, 0, ""), nil, "", notFound, store.StateGone, 0},
		{"gone, old, said twice", session(2*day, 0, yes, 1, fault(kore.KindGone).Error()), nil, "", fault(kore.KindGone), store.StateGone, 0},
		{"refused as wrong, not flagged", session(2*day, 0, unknown, 0, ""), nil, "", fault(kore.KindBadRequest), store.StateGone, 0},
		{"refused as wrong, flagged", session(2*day, 0, yes, 0, ""), nil, "", fault(kore.KindBadRequest), store.StateRetry, time.Second},

		{"malformed", session(0, 0, yes, 0, ""), nil, "", fault(kore.KindMalformed), store.StateRetry, time.Second},
		{"malformed after other faults", session(0, 0, yes, 50, "time-out"), nil, "", fault(kore.KindMalformed), store.StateRetry, time.Hour},
		{"malformed again and again", session(0, 0, yes, 7, "x"+unreadableMark+"7"), nil, "", fault(kore.KindMalformed), store.StateDead, 0},
		{"too large again and again", session(0, 0, yes, 7, "x"+unreadableMark+"7"), nil, "", fault(kore.KindTooLarge), store.StateDead, 0},
		{"panic", session(0, 0, yes, 0, ""), nil, "", errPanicked, store.StateRetry, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := settle(answer{session: tt.session, reply: tt.reply, status: tt.status, err: tt.err, now: noon})
			if got.State != tt.state || got.After != tt.after {
				t.Errorf("got %s after %v (%s), want %s after %v", got.State, got.After, got.Reason, tt.state, tt.after)
			}
			if tt.reply != nil && got.Reply != tt.reply {
				t.Error("the reply is lost")
			}
		})
	}
}

// Every outcome that is asked again is asked later, but for what was given back
// for no fault of its own, and each way of asking comes to an end.
func TestSettleMovesDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := answer{
			session: session(time.Duration(rapid.Int64Range(0, 1e17).Draw(t, "age")), time.Duration(rapid.Int64Range(0, 1e17).Draw(t, "known")),
				rapid.SampledFrom([]store.Flag{store.FlagYes, store.FlagUnknown}).Draw(t, "flag"), rapid.IntRange(0, 1000).Draw(t, "attempts"), ""),
			now: noon, jitter: rapid.Float64Range(-1, 1).Draw(t, "jitter"),
		}
		if rapid.Bool().Draw(t, "failed") {
			a.err = fault(rapid.SampledFrom([]kore.Kind{
				kore.KindServer, kore.KindNetwork, kore.KindMalformed, kore.KindTooLarge, kore.KindNotFound, kore.KindGone,
				kore.KindBadRequest, kore.KindToken, kore.KindScope, kore.KindHost,
			}).Draw(t, "kind"))
		} else {
			a.reply = rapid.SampledFrom([]*store.Reply{withText, withoutText, nothing}).Draw(t, "reply")
			a.status = rapid.SampledFrom([]string{"", "success", "failed", "media_in_progress", "odd"}).Draw(t, "status")
		}
		got := settle(a)
		asked := got.State == store.StateDue || got.State == store.StateWaiting || got.State == store.StateRetry
		switch {
		case asked && (got.After < 800*time.Millisecond || got.After > 30*time.Hour):
			t.Fatalf("%s is asked after %v", got.State, got.After)
		case !asked && got.After != 0:
			t.Fatalf("%s has a due time", got.State)
		case got.State != store.StateStored && got.Reason == "":
			t.Fatalf("%s has no reason", got.State)
		}
	})
}

// What could not be read is kept with the beginning of the reply.
func TestUnreadableKeepsAnExcerpt(t *testing.T) {
	for _, s := range []store.Session{session(0, 0, store.FlagYes, 0, ""), session(0, 0, store.FlagYes, 7, "x"+unreadableMark+"7")} {
		o := settle(answer{session: s, err: &kore.Error{Op: "voicemail", Kind: kore.KindMalformed, Excerpt: "<html>"}, now: noon})
		if o.Excerpt != "<html>" {
			t.Errorf("%s: the excerpt is %q", o.State, o.Excerpt)
		}
	}
}

func TestUnreadableDies(t *testing.T) {
	s := session(0, 0, store.FlagYes, 0, "")
	for n := 1; ; n++ {
		o := settle(answer{session: s, err: fault(kore.KindMalformed), now: noon})
		if o.State == store.StateDead {
			if n != unreadableLimit {
				t.Errorf("dead after %d, want %d", n, unreadableLimit)
			}
			return
		}
		s.Attempts, s.Reason = s.Attempts+1, o.Reason
	}
}

func TestRetryWaitSpreads(t *testing.T) {
	for _, tt := range []struct {
		jitter float64
		want   time.Duration
	}{{-1, 24 * time.Second}, {0, 30 * time.Second}, {1, 36 * time.Second}, {7, 36 * time.Second}} {
		if got := retryWait(2, tt.jitter); got != tt.want {
			t.Errorf("jitter %v: got %v, want %v", tt.jitter, got, tt.want)
		}
	}
}

func TestBeganAt(t *testing.T) {
	const id = "67ab573f3685d1ba99541234"
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	byID := time.Date(2025, 2, 11, 13, 57, 19, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		said     time.Time
		id       string
		want     time.Time
		believed bool
	}{
		{"said", now.Add(-time.Hour), id, now.Add(-time.Hour), true},
		{"said to be within a day, by another clock", now.Add(23 * time.Hour), id, now.Add(23 * time.Hour), true},
		{"not said", time.Time{}, id, byID, false},
		{"said to be in 1970", time.Unix(1, 0), id, byID, false},
		{"said to be in 2106", time.Unix(1<<32-1, 0), id, byID, false},
		{"neither", time.Unix(1, 0), "000000013685d1ba99541234", time.Time{}, false},
	} {
		if got := beganAt(tt.said, tt.id, now); !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if got := !believed(tt.said, now).IsZero(); got != tt.believed {
			t.Errorf("%s: believed: %v, want %v", tt.name, got, tt.believed)
		}
	}
}

func TestObjectIDTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		id   string
		want time.Time
	}{
		{"67ab573f3685d1ba99541234", time.Date(2025, 2, 11, 13, 57, 19, 0, time.UTC)},
		{fmt.Sprintf("%08x3685d1ba99541234", now.Add(23*time.Hour).Unix()), now.Add(23 * time.Hour)},
		{fmt.Sprintf("%08x3685d1ba99541234", now.Add(25*time.Hour).Unix()), time.Time{}},
		{"000000013685d1ba99541234", time.Time{}},
		{"ffffffff3685d1ba99541234", time.Time{}},
		{"67ab573f3685d1ba9954xxxx", time.Time{}},
		{"67ab573f", time.Time{}},
		{"", time.Time{}},
	} {
		if got := objectIDTime(tt.id, now); !got.Equal(tt.want) {
			t.Errorf("%q: got %v, want %v", tt.id, got, tt.want)
		}
	}
}
