package store_test

import (
	"testing"
	"time"

	"afterbeep/store"
)

func TestSettle(t *testing.T) {
	file := []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav"}}
	present := &store.Voicemail{Transcript: store.TranscriptPresent, Recordings: file}
	unheard := &store.Voicemail{Transcript: store.TranscriptPresent}
	pending := &store.Voicemail{Transcript: store.TranscriptPending, Recordings: file}
	none := &store.Voicemail{Transcript: store.TranscriptNone, Recordings: file}
	asked := []store.State{store.StateDue, store.StateStored, store.StateWaiting, store.StateRetry}
	states := []store.State{store.StateDue, store.StateStored, store.StateEmpty, store.StateWaiting, store.StateRetry, store.StateGone, store.StateDead}
	for _, c := range []struct {
		name string
		had  *store.Voicemail
		keep []store.State // all others become StateStored
	}{
		{"no voicemail", nil, states},
		{"with words", present, states[:2]},
		{"never with words", none, states[:2]},
		{"words pending", pending, asked},
		{"with words, without a file", unheard, asked},
	} {
		for _, state := range states {
			o := store.Outcome{State: state, After: time.Minute, Reason: "r"}
			want := store.Outcome{State: store.StateStored, Reason: "r"}
			for _, k := range c.keep {
				if k == state && !(c.had != nil && state == store.StateStored) {
					want = o
				}
			}
			if got := store.Settle(c.had, o); got != want {
				t.Errorf("%s, %s: got %+v, want %+v", c.name, state, got, want)
			}
		}
	}
}

func TestConcludeWritesNoVoicemail(t *testing.T) {
	had := &store.Voicemail{ID: 1, Transcript: store.TranscriptPending}
	for _, c := range []struct {
		name string
		had  *store.Voicemail
		o    store.Outcome
		want bool
	}{
		{"no reply, none stored", nil, store.Outcome{State: store.StateGone}, false},
		{"a reply without a message, none stored", nil, store.Outcome{State: store.StateEmpty, Reply: &store.Reply{}}, false},
		{"given back", had, store.Outcome{State: store.StateDue}, false},
		{"no reply any more", had, store.Outcome{State: store.StateGone}, true},
		{"an empty reply", had, store.Outcome{State: store.StateEmpty, Reply: &store.Reply{}}, true},
	} {
		if got := store.Conclude(session, c.had, c.o, noon); (got.Voicemail != nil) != c.want {
			t.Errorf("%s: got voicemail %v, want %v", c.name, got.Voicemail != nil, c.want)
		}
	}
}

func TestConcludePayload(t *testing.T) {
	both := []store.Segment{seg("a", "alpha", 0), seg("b", "beta", 0)}
	had, _ := store.MergeVoicemail(nil, session, &store.Reply{Segments: both}, false, noon)
	for _, c := range []struct {
		name string
		had  *store.Voicemail
		r    *store.Reply
		want string
	}{
		{"new", nil, &store.Reply{Segments: both, Payload: []byte("p")}, "p"},
		{"new, no body", nil, &store.Reply{Segments: both}, ""},
		{"equal", &had, &store.Reply{Segments: both, Payload: []byte("p")}, ""},
		{"changed, whole", &had, &store.Reply{Segments: []store.Segment{seg("a", "more", time.Hour), both[1]}, Payload: []byte("p")}, "p"},
		{"changed, a part missing", &had, &store.Reply{Segments: []store.Segment{seg("a", "more", time.Hour)}, Payload: []byte("p")}, ""},
		{"empty", &had, &store.Reply{Payload: []byte("p")}, ""},
		{"none", &had, nil, ""},
	} {
		got := store.Conclude(session, c.had, store.Outcome{State: store.StateStored, Reply: c.r}, noon)
		if string(got.Payload) != c.want {
			t.Errorf("%s: got payload %q, want %q", c.name, got.Payload, c.want)
		}
	}
}
