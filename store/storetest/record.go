package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func recordRows() []row {
	return []row{
		{"each state: attempts, due time, reason", recordStates},
		{"a good answer forgets failed attempts", recordAttempts},
		{"given back: nothing is counted", recordGivenBack},
		{"states that no fetch ends in are refused", recordInvalid},
		{"a voicemail comes back whole", voicemailRoundTrip},
		{"a reply without a message makes no voicemail", recordNoMessage},
		{"a file alone is a voicemail, its transcript pending", recordPending},
		{"a pending transcript keeps waiting, else it is none", recordPendingEnds},
		{"a session with a voicemail stays stored", recordSettles},
		{"a pending transcript arrives", recordArrives},
		{"left at: first transcription, else start, else found", recordLeftAt},
		{"another bot's session of the same id is another voicemail", recordTwoBots},
	}
}

func recordStates(t *testing.T, b *bench) {
	for _, c := range []struct {
		state    store.State
		attempts int
		due      bool
	}{
		{store.StateDue, 0, true}, {store.StateStored, 0, false}, {store.StateEmpty, 0, false}, {store.StateWaiting, 1, true},
		{store.StateRetry, 1, true}, {store.StateGone, 0, false}, {store.StateDead, 1, false},
	} {
		id := string(c.state)
		b.save(t, wanted(id))
		b.clock.move(time.Second)
		changed := b.fetch(t, id, store.Outcome{State: c.state, After: time.Minute, Reason: "because"})
		equal(t, id+": changed", changed, false)
		var due time.Time
		if c.due {
			due = b.clock.at(time.Minute)
		}
		got := b.session(t, id)
		want := store.Session{State: c.state, Attempts: c.attempts, DueAt: due, Reason: "because"}
		equal(t, id, store.Session{State: got.State, Attempts: got.Attempts, DueAt: got.DueAt, Reason: got.Reason}, want)
		b.noVoicemail(t, id)
	}
	b.fetch(t, "due", store.Outcome{State: store.StateRetry, After: -time.Hour})
	equal(t, "due at after a negative wait", b.session(t, "due").DueAt, b.clock.at(0))
}

func recordAttempts(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	for _, c := range []struct {
		state store.State
		want  int
	}{
		{store.StateRetry, 1}, {store.StateWaiting, 2}, {store.StateDue, 2}, {store.StateDead, 3}, {store.StateEmpty, 0},
		{store.StateRetry, 1}, {store.StateGone, 0}, {store.StateRetry, 1}, {store.StateStored, 0},
	} {
		b.fetch(t, "s1", store.Outcome{State: c.state})
		if got := b.session(t, "s1").Attempts; got != c.want {
			t.Fatalf("attempts after %s: got %d, want %d", c.state, got, c.want)
		}
	}
}

func recordGivenBack(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), &store.Reply{Recordings: said("").Recordings})
	had, seq := b.voicemail(t, "s1"), b.head(t)
	equal(t, "transcript", had.Transcript, store.TranscriptNone)
	b.clock.move(time.Minute)
	changed := b.fetch(t, "s1", store.Outcome{State: store.StateDue, After: time.Minute, Reason: "stopping"})
	equal(t, "changed", changed, false)
	equal(t, "voicemail", b.voicemail(t, "s1"), had)
	equal(t, "head", b.head(t), seq)
	got := b.session(t, "s1")
	equal(t, "state", got.State, store.StateDue)
	equal(t, "due at", got.DueAt, b.clock.at(time.Minute))
}

func recordInvalid(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l := b.lease(t, "s1")
	for _, state := range []store.State{"", "made up", store.StateLeased, store.StateSkipped} {
		_, err := b.Record(t.Context(), l, store.Outcome{State: state, Reply: said("hello")})
		wantErr(t, string(state), err, store.ErrInvalid)
	}
	b.noVoicemail(t, "s1")
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	must(t, err)
}

// wholeReply has every field of a reply, and two of what there can be several of.
func wholeReply() *store.Reply {
	at := created.Add(789) // nanoseconds, which are cut
	return &store.Reply{
		Segments: []store.Segment{
			{MessageID: "m2", ComponentID: "c1", Text: "first", Author: store.Author{ID: "u-1", Type: "VOICEMAIL"}, Lang: "en",
				CreatedOn: at.Add(time.Second), ModifiedOn: at.Add(2 * time.Second)},
			{MessageID: "m1", ComponentID: "#0", Text: "second", CreatedOn: at, ModifiedOn: at},
			{MessageID: "m3", ComponentID: "#0"},
		},
		Recordings: []store.Recording{
			{N: 9, Kind: store.RecordingVoicemail, FileName: "b.wav", Status: "media_in_progress", ExpiryHint: at.Add(time.Hour)},
			{Kind: "call", FileName: "a.wav", Status: store.RecordingSuccess},
		},
		Duration:        12*time.Second + 345678*time.Microsecond + 901,
		AnalysisVersion: 3,
		Payload:         []byte("{}"),
	}
}

func voicemailRoundTrip(t *testing.T, b *bench) {
	b.clock.move(time.Minute)
	got := b.archive(t, full(), wholeReply())
	r := wholeReply().Clean()
	r.Recordings[0].N, r.Recordings[0].CheckedAt = 0, b.clock.at(0)
	r.Recordings[1].N, r.Recordings[1].CheckedAt = 1, b.clock.at(0)
	want := store.Voicemail{
		ID: store.VoicemailID(bot, "s1"), AccountID: account, BotID: bot, SessionID: "s1",
		Caller: "+14155550123", Called: "+18005550100", Queue: "Billing", StartedAt: store.Cut(full().StartedAt),
		Lang: "en", Author: store.Author{ID: "u-1", Type: "VOICEMAIL"},
		CreatedOn: created, ModifiedOn: created.Add(2 * time.Second), LeftAt: created,
		Transcript: store.TranscriptPresent, Text: "first\nsecond", Duration: 12345678 * time.Microsecond, AnalysisVersion: 3,
		Segments: r.Segments, Recordings: r.Recordings,
	}
	equal(t, "voicemail", got, want)
}

func recordNoMessage(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	changed := b.fetch(t, "s1", store.Outcome{State: store.StateEmpty, Reply: &store.Reply{Payload: []byte("{}"), Duration: time.Second}})
	equal(t, "changed", changed, false)
	b.noVoicemail(t, "s1")
	equal(t, "head", b.head(t), int64(0))
	equal(t, "state", b.session(t, "s1").State, store.StateEmpty)
}

// file is a reply that has a file and no words yet.
func file() *store.Reply { return &store.Reply{Recordings: said("").Recordings} }

func recordPending(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	equal(t, "changed", b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, After: time.Minute, Reply: file()}), true)
	v := b.voicemail(t, "s1")
	equal(t, "transcript", v.Transcript, store.TranscriptPending)
	equal(t, "state", b.session(t, "s1").State, store.StateWaiting)
	equal(t, "changed by the same again", b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, Reply: file()}), false)
	equal(t, "attempts", b.session(t, "s1").Attempts, 2)
}

func recordPendingEnds(t *testing.T, b *bench) {
	for _, c := range []struct {
		outcome store.State
		reply   *store.Reply
		state   store.State
		want    store.TranscriptState
	}{
		{store.StateWaiting, nil, store.StateWaiting, store.TranscriptPending},
		{store.StateRetry, nil, store.StateRetry, store.TranscriptPending},
		{store.StateStored, file(), store.StateStored, store.TranscriptNone},
		{store.StateGone, nil, store.StateStored, store.TranscriptNone},
		{store.StateDead, nil, store.StateStored, store.TranscriptNone},
		{store.StateEmpty, &store.Reply{}, store.StateStored, store.TranscriptNone},
	} {
		id := string(c.outcome)
		b.save(t, wanted(id))
		b.fetch(t, id, store.Outcome{State: store.StateWaiting, Reply: file()})
		changed := b.fetch(t, id, store.Outcome{State: c.outcome, Reply: c.reply})
		equal(t, id+": changed", changed, c.want == store.TranscriptNone)
		equal(t, id+": state", b.session(t, id).State, c.state)
		equal(t, id+": transcript", b.voicemail(t, id).Transcript, c.want)
	}
}

func recordSettles(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	had, seq := b.voicemail(t, "s1"), b.head(t)
	for _, state := range []store.State{store.StateRetry, store.StateWaiting, store.StateGone, store.StateDead, store.StateEmpty} {
		changed := b.fetch(t, "s1", store.Outcome{State: state, After: time.Minute, Reason: "fetch again: time-out"})
		equal(t, string(state)+": changed", changed, false)
		got := b.session(t, "s1")
		equal(t, string(state)+": state", got.State, store.StateStored)
		equal(t, string(state)+": due at", got.DueAt, time.Time{})
		equal(t, string(state)+": attempts", got.Attempts, 0)
	}
	equal(t, "voicemail", b.voicemail(t, "s1"), had)
	equal(t, "head", b.head(t), seq)
}

func recordArrives(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, Reply: file()})
	seq := b.head(t)
	equal(t, "changed", b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: said("hello")}), true)
	v := b.voicemail(t, "s1")
	equal(t, "transcript", v.Transcript, store.TranscriptPresent)
	equal(t, "text", v.Text, "hello")
	equal(t, "recordings", len(v.Recordings), 1)
	equal(t, "head", b.head(t), seq+1)
}

func recordLeftAt(t *testing.T, b *bench) {
	b.clock.move(time.Hour)
	found := b.clock.at(0)
	b.save(t, wanted("s1"))
	b.clock.move(time.Hour)
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, Reply: file()})
	equal(t, "found", b.voicemail(t, "s1").LeftAt, found)
	equal(t, "created without a start", b.voicemail(t, "s1").CreatedOn, time.Time{})

	started := wanted("s1")
	started.StartedAt = created.Add(-time.Minute)
	b.save(t, started)
	equal(t, "started", b.voicemail(t, "s1").LeftAt, started.StartedAt)
	equal(t, "created", b.voicemail(t, "s1").CreatedOn, started.StartedAt)

	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: said("hello")})
	equal(t, "transcribed", b.voicemail(t, "s1").LeftAt, created)
}

func recordTwoBots(t *testing.T, b *bench) {
	one, two := store.Session{BotID: bot, SessionID: "s1"}, store.Session{BotID: "st-another", SessionID: "s1"}
	equal(t, "one", b.archive(t, one, said("one")).Text, "one")
	equal(t, "two", b.archive(t, two, said("two")).Text, "two")
	equal(t, "one again", b.voicemail(t, "s1").Text, "one")
}
