package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func TestAnswered(t *testing.T) {
	for _, c := range []struct {
		name   string
		agents []store.Agent
		want   bool
	}{
		{"nobody", nil, false},
		{"rang", []store.Agent{{ID: "u", Status: "No Answer"}, {ID: "v", Status: "Unanswered"}}, false},
		{"an agent without a word", []store.Agent{{ID: "u"}}, false},
		{"seconds", []store.Agent{{ID: "u"}, {ID: "v", Seconds: 1}}, true},
		{"a status", []store.Agent{{ID: "u", Status: " ANSWERED"}}, true},
	} {
		if got := (store.Session{Agents: c.agents}).Answered(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// vm is voicemail 1 with the recordings.
func vm(rs ...store.Recording) store.Voicemail {
	return store.Voicemail{ID: 1, AccountID: "account", BotID: "bot", SessionID: "s1", LeftAt: noon, Recordings: rs}
}

func rec(n int, status string) store.Recording {
	return store.Recording{N: n, Kind: store.RecordingVoicemail, FileName: "f", Status: status}
}

// job is a task of vm.
func job(kind store.TaskKind, n int, state store.State, due time.Time) store.Task {
	return store.Task{TaskKey: store.TaskKey{VoicemailID: 1, Kind: kind, N: n}, AccountID: "account", BotID: "bot", SessionID: "s1",
		LeftAt: noon, State: state, DueAt: due}
}

func TestTasksForRecordings(t *testing.T) {
	now := noon.Add(time.Hour)
	skipped := job(store.TaskLookUp, 0, store.StateSkipped, time.Time{})
	kept := rec(0, store.RecordingSuccess)
	kept.Digest = "d"
	call := rec(2, store.RecordingSuccess)
	call.Kind = store.RecordingCallV1
	for _, c := range []struct {
		name string
		was  *store.Voicemail
		v    store.Voicemail
		had  []store.Task
		want []store.Task
	}{
		{"new, with one that can be had", nil, vm(rec(0, "missing"), rec(1, "success"), rec(2, "media_in_progress"), rec(3, "no_link")), nil,
			[]store.Task{job(store.TaskKeep, 1, store.StateDue, now), skipped}},
		{"of a call, too", nil, vm(rec(0, "no_link"), call), []store.Task{skipped}, []store.Task{job(store.TaskKeep, 2, store.StateDue, now)}},
		{"archived", nil, vm(kept), []store.Task{skipped}, nil},
		{"nothing new", nil, vm(rec(0, "success")), []store.Task{skipped, job(store.TaskKeep, 0, store.StateRetry, now)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := store.TasksFor(c.was, c.v, session, c.had, now.Add(999))
			if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestTasksForWakes has a recording that could not be had and then can.
func TestTasksForWakes(t *testing.T) {
	now := noon.Add(time.Hour)
	skipped := job(store.TaskLookUp, 0, store.StateSkipped, time.Time{})
	for _, c := range []struct {
		state store.State
		was   string
		wakes bool
	}{
		{store.StateGone, "missing", true}, {store.StateDead, "missing", true}, {store.StateWaiting, "media_in_progress", true},
		{store.StateRetry, "failed", true}, {store.StateStored, "missing", true},
		{store.StateGone, "success", false}, {store.StateRetry, "success", false},
		{store.StateDue, "missing", false}, {store.StateLeased, "missing", false},
	} {
		was := vm(rec(0, c.was))
		had := job(store.TaskKeep, 0, c.state, now.Add(time.Minute))
		had.Attempts, had.Reason = 7, "why"
		var want []store.Task
		if c.wakes {
			want = []store.Task{job(store.TaskKeep, 0, store.StateDue, now)}
		}
		got := store.TasksFor(&was, vm(rec(0, "success")), session, []store.Task{had, skipped}, now)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s, was %s:\n%s", c.state, c.was, d)
		}
	}
}

func TestTasksForLookUps(t *testing.T) {
	now := noon.Add(time.Hour)
	answered := func(end time.Time) store.Session {
		s := session
		s.Agents, s.EndedAt = []store.Agent{{ID: "u", Seconds: 9}}, end
		return s
	}
	due := func(at time.Time) []store.Task { return []store.Task{job(store.TaskLookUp, 0, store.StateDue, at)} }
	idle := []store.Task{job(store.TaskLookUp, 0, store.StateSkipped, time.Time{})}
	for _, c := range []struct {
		name string
		s    store.Session
		had  []store.Task
		want []store.Task
	}{
		{"nobody answered", session, nil, idle},
		{"nobody answered yet", session, idle, nil},
		{"answered, just ended", answered(now.Add(-time.Minute)), nil, due(now.Add(9 * time.Minute))},
		{"answered, ended long ago", answered(noon.AddDate(-1, 0, 0)), nil, due(now)},
		{"answered, no end", answered(time.Time{}), nil, due(now.Add(store.LookUpAfter))},
		{"answered, ends in a thousand years", answered(noon.AddDate(1000, 0, 0)), nil, due(now.Add(store.LookUpAfter))},
		{"answered, as is told later", answered(noon), idle, due(now)},
		{"answered, looked up already", answered(noon), []store.Task{job(store.TaskLookUp, 0, store.StateEmpty, time.Time{})}, nil},
		{"answered, due already", answered(now), due(noon), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, store.TasksFor(nil, vm(), c.s, c.had, now), cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTasksForFollowTheirVoicemail(t *testing.T) {
	v := vm(rec(0, "success"))
	leased := job(store.TaskKeep, 0, store.StateLeased, noon)
	leased.Attempts, leased.Reason = 2, "r"
	had := []store.Task{leased, job(store.TaskLookUp, 0, store.StateEmpty, time.Time{})}
	v.LeftAt = noon.In(time.FixedZone("", 3600))
	if got := store.TasksFor(nil, v, session, had, noon); len(got) != 0 {
		t.Errorf("the same time elsewhere: got %+v", got)
	}
	v.AccountID, v.LeftAt = "other", noon.Add(time.Hour)
	want := []store.Task{had[0], had[1]}
	for i := range want {
		want[i].AccountID, want[i].LeftAt = v.AccountID, v.LeftAt
	}
	if d := cmp.Diff(want, store.TasksFor(nil, v, session, had, noon)); d != "" {
		t.Error(d)
	}
}

func TestConcludeTaskStates(t *testing.T) {
	for _, c := range []struct {
		state    store.State
		attempts int
		due      time.Time
	}{
		{store.StateDue, 2, noon.Add(time.Minute)}, {store.StateWaiting, 3, noon.Add(time.Minute)}, {store.StateRetry, 3, noon.Add(time.Minute)},
		{store.StateDead, 3, time.Time{}}, {store.StateGone, 0, time.Time{}}, {store.StateEmpty, 0, time.Time{}}, {store.StateStored, 0, time.Time{}},
	} {
		had := job(store.TaskKeep, 0, store.StateLeased, noon)
		had.Attempts, had.Reason = 2, "before"
		want := job(store.TaskKeep, 0, c.state, c.due)
		want.Attempts, want.Reason = c.attempts, "why"
		v := vm(rec(0, "success"))
		got := store.ConcludeTask(had, v, store.TaskOutcome{State: c.state, After: time.Minute, Reason: "why"}, noon)
		if d := cmp.Diff(store.TaskConclusion{Task: want, Voicemail: v}, got); d != "" {
			t.Error(d)
		}
	}
}

func TestAddCallRecordings(t *testing.T) {
	own := rec(0, "success")
	v2 := func(n int, name, status string) store.Recording {
		return store.Recording{N: n, Kind: store.RecordingCallV2, FileName: name, Status: status}
	}
	v1 := func(n int, status string) store.Recording {
		return store.Recording{N: n, Kind: store.RecordingCallV1, Status: status}
	}
	archived := v2(1, "a", "success")
	archived.Digest, archived.Bytes, archived.Type, archived.Duration, archived.KeptAt = "d", 7, "audio/wav", time.Second, noon
	lost := archived
	lost.Status = store.RecordingMissing
	invented := archived
	invented.Digest, invented.N = "another", 0
	for _, c := range []struct {
		name     string
		had, got []store.Recording
		want     []store.Recording
	}{
		{"the first", []store.Recording{own}, []store.Recording{v2(0, "a", "success"), v1(0, "success"), v1(0, "failed")},
			[]store.Recording{own, v2(1, "a", "success"), v1(2, "success"), v1(3, "failed")}},
		{"the same again, in another order", []store.Recording{own, v2(1, "a", "success"), v1(2, "success"), v1(3, "failed")},
			[]store.Recording{v1(0, "failed"), v2(0, "a", "success"), v1(0, "success")},
			[]store.Recording{own, v2(1, "a", "success"), v1(2, "failed"), v1(3, "success")}},
		{"one of a kind is left out", []store.Recording{own, v2(1, "a", "success"), v1(2, "success"), v2(3, "b", "success")},
			[]store.Recording{v2(0, "b", "success")},
			[]store.Recording{own, v2(1, "a", "missing"), v1(2, "success"), v2(3, "b", "success")}},
		{"none of any kind", []store.Recording{own, archived, v1(2, "success")}, []store.Recording{},
			[]store.Recording{own, lost, v1(2, "missing")}},
		{"what is archived stays", []store.Recording{own, archived}, []store.Recording{v2(0, "a", "success")}, []store.Recording{own, archived}},
		{"and is the store's to say", []store.Recording{own, archived}, []store.Recording{invented, func() store.Recording {
			r := invented
			r.FileName = "new"
			return r
		}()}, []store.Recording{own, archived, v2(2, "new", "success")}},
		{"a status gets its files", []store.Recording{own, v2(1, "", "media_in_progress")}, []store.Recording{v2(0, "a", "success"), v2(0, "b", "success")},
			[]store.Recording{own, v2(1, "a", "success"), v2(2, "b", "success")}},
		{"a status gets another", []store.Recording{own, v2(1, "", "media_in_progress")}, []store.Recording{v2(0, "", "failed")},
			[]store.Recording{own, v2(1, "", "failed")}},
		{"audio without a name stays", []store.Recording{own, v2(1, "", "success")}, []store.Recording{v2(0, "a", "success")},
			[]store.Recording{own, v2(1, "", "missing"), v2(2, "a", "success")}},
		{"a file of the voicemail's name", []store.Recording{own}, []store.Recording{v2(0, "f", "success")},
			[]store.Recording{own, v2(1, "f", "success")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			had := vm(c.had...)
			got := store.AddCallRecordings(had, c.got, noon)
			if d := cmp.Diff(c.want, got.Recordings, unseen); d != "" {
				t.Error(d)
			}
			if again := store.AddCallRecordings(got, c.got, noon); !cmp.Equal(again, got) {
				t.Errorf("the same again: %s", cmp.Diff(got, again))
			}
		})
	}
}

func TestVoicemailRepliesLeaveCalls(t *testing.T) {
	call := store.Recording{N: 1, Kind: store.RecordingCallV2, FileName: "a", Status: store.RecordingSuccess, CheckedAt: noon}
	had := vm(rec(0, "success"), call)
	had.Transcript = store.TranscriptPresent
	got, _ := store.MergeVoicemail(&had, session, &store.Reply{}, false, noon.Add(time.Hour))
	if got.Recordings[0].Status != store.RecordingMissing || got.Recordings[1] != call {
		t.Errorf("got %+v", got.Recordings)
	}
	unheard := vm(call)
	unheard.Transcript = store.TranscriptPresent
	o := store.Outcome{State: store.StateWaiting, After: time.Minute}
	if got := store.Settle(&unheard, o); got != o {
		t.Errorf("a call's recording counts as the voicemail's file: got %+v", got)
	}
}

func TestKeepRecording(t *testing.T) {
	kept := func(d time.Duration) store.Kept {
		return store.Kept{Digest: "d", Bytes: 7, Type: "audio/wav", Duration: d, Peaks: []byte{1}}
	}
	call := rec(2, "success")
	call.Kind = store.RecordingCallV2
	had := vm(rec(0, "success"), rec(1, "missing"), call)
	had.Duration = 30 * time.Second

	one := store.KeepRecording(had, 0, kept(10*time.Second), noon.Add(999))
	want := rec(0, "success")
	want.Digest, want.Bytes, want.Type, want.Duration, want.KeptAt = "d", 7, "audio/wav", 10*time.Second, noon
	if d := cmp.Diff([]store.Recording{want, had.Recordings[1], call}, one.Recordings); d != "" {
		t.Error(d)
	}
	if had.Recordings[0].Digest != "" {
		t.Error("what was handed in changed")
	}
	for _, c := range []struct {
		name string
		v    store.Voicemail
		n    int
		d    time.Duration
		want time.Duration
	}{
		{"all that can be had", had, 0, 10 * time.Second, 10 * time.Second},
		{"another one", one, 1, 5 * time.Second, 15 * time.Second},
		{"again", one, 0, 4 * time.Second, 4 * time.Second},
		{"a call's", one, 2, time.Hour, 10 * time.Second},
		{"how long can't be told", one, 1, 0, 10 * time.Second},
		{"one of two, and more was said", vm(rec(0, "success"), rec(1, "success")), 0, time.Second, time.Second},
		{"none of that number", had, 9, time.Hour, 30 * time.Second},
	} {
		if got := store.KeepRecording(c.v, c.n, kept(c.d), noon); got.Duration != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got.Duration, c.want)
		}
	}
	partly := vm(rec(0, "success"), rec(1, "success"))
	partly.Duration = time.Minute
	if got := store.KeepRecording(partly, 0, kept(time.Second), noon); got.Duration != time.Minute {
		t.Errorf("one of two, and more was said of both: got %s", got.Duration)
	}
	if got := store.KeepRecording(one, 1, kept(0), noon); got.Recordings[1].Status != store.RecordingSuccess {
		t.Errorf("what can be played is %s", got.Recordings[1].Status)
	}
}

func TestConcludeTaskChanges(t *testing.T) {
	had := vm(rec(0, "success"))
	for _, c := range []struct {
		name string
		o    store.TaskOutcome
		want bool
	}{
		{"nothing found", store.TaskOutcome{State: store.StateGone}, false},
		{"kept, with its duration", store.TaskOutcome{Kept: &store.Kept{Digest: "d", Duration: 1000}}, true},
		{"kept, length unknown", store.TaskOutcome{Kept: &store.Kept{Digest: "d"}}, true},
		{"lost, and never kept", store.TaskOutcome{State: store.StateGone, Lost: true}, false},
		{"no calls", store.TaskOutcome{Recordings: []store.Recording{}}, false},
		{"a call", store.TaskOutcome{Recordings: []store.Recording{{Kind: store.RecordingCallV1}}}, true},
	} {
		if got := store.ConcludeTask(job(store.TaskKeep, 0, store.StateLeased, noon), had, c.o, noon).Changed; got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestTaskOutcomeClean(t *testing.T) {
	calls := []store.Recording{{Kind: store.RecordingCallV2, FileName: "a\x00"}}
	kept := func(k store.Kept) *store.Kept { return &k }
	for _, c := range []struct {
		name string
		kind store.TaskKind
		o    store.TaskOutcome
		ok   bool
	}{
		{"nothing", store.TaskKeep, store.TaskOutcome{State: store.StateGone}, true},
		{"lost", store.TaskKeep, store.TaskOutcome{State: store.StateGone, Lost: true}, true},
		{"lost by a look-up", store.TaskLookUp, store.TaskOutcome{State: store.StateGone, Lost: true}, false},
		{"lost and kept", store.TaskKeep, store.TaskOutcome{State: store.StateGone, Kept: kept(store.Kept{Digest: "d"}), Lost: true}, false},
		{"leased", store.TaskKeep, store.TaskOutcome{State: store.StateLeased}, false},
		{"skipped", store.TaskLookUp, store.TaskOutcome{State: store.StateSkipped}, false},
		{"no state", store.TaskLookUp, store.TaskOutcome{}, false},
		{"calls", store.TaskLookUp, store.TaskOutcome{State: store.StateStored, Recordings: calls}, true},
		{"no calls", store.TaskLookUp, store.TaskOutcome{State: store.StateEmpty, Recordings: []store.Recording{}}, true},
		{"calls of another task", store.TaskKeep, store.TaskOutcome{State: store.StateStored, Recordings: calls}, false},
		{"a voicemail's", store.TaskLookUp, store.TaskOutcome{State: store.StateStored, Recordings: []store.Recording{rec(0, "success")}}, false},
		{"kept", store.TaskKeep, store.TaskOutcome{State: store.StateStored, Kept: kept(store.Kept{Digest: "d"})}, true},
		{"kept by another task", store.TaskLookUp, store.TaskOutcome{State: store.StateStored, Kept: kept(store.Kept{Digest: "d"})}, false},
		{"kept without a digest", store.TaskKeep, store.TaskOutcome{State: store.StateStored, Kept: kept(store.Kept{Digest: "\x00"})}, false},
		{"kept with a long one", store.TaskKeep, store.TaskOutcome{State: store.StateStored, Kept: kept(store.Kept{Digest: strings.Repeat("d", 513)})}, false},
		{"kept with many peaks", store.TaskKeep, store.TaskOutcome{State: store.StateStored,
			Kept: kept(store.Kept{Digest: "d", Peaks: make([]byte, store.MaxPeaks+1)})}, false},
	} {
		got, err := c.o.Clean(c.kind)
		if c.ok != (err == nil) || err != nil && !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: got error %v", c.name, err)
		}
		if err == nil && (got.Recordings == nil) != (c.o.Recordings == nil) {
			t.Errorf("%s: none and an empty list are not the same here", c.name)
		}
	}
	o := store.TaskOutcome{State: store.StateStored, After: -1, Reason: "a\x00", Kept: kept(store.Kept{Digest: "d\x00", Bytes: -1, Duration: 1999, Type: "\xff"})}
	got, err := o.Clean(store.TaskKeep)
	want := store.TaskOutcome{State: store.StateStored, Reason: "a", Kept: kept(store.Kept{Digest: "d", Duration: 1000, Type: "\ufffd"})}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("error %v\n%s", err, d)
	}
	if looked, err := (store.TaskOutcome{State: store.StateStored, Recordings: calls}).Clean(store.TaskLookUp); err != nil || looked.Recordings[0].FileName != "a" || calls[0].FileName != "a\x00" {
		t.Errorf("got %+v, %v from %+v", looked, err, calls)
	}
}

// TestRecordingsNeverMix holds for any order of replies, look-ups and archived
// audio: numbers are given once and stay, what is archived stays, and neither
// side touches what is the other's.
func TestRecordingsNeverMix(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := store.MergeVoicemail(nil, session, &store.Reply{Segments: []store.Segment{seg("a", "words", 0)}}, false, noon)
		for i := range rapid.IntRange(1, 8).Draw(rt, "steps") {
			had, now := v, noon.Add(time.Duration(i+1)*time.Minute)
			switch step := rapid.SampledFrom([]string{"reply", "look-up", "keep"}).Draw(rt, "step"); {
			case step == "reply":
				r := &store.Reply{Recordings: drawn(rt, store.RecordingVoicemail)}
				v, _ = store.MergeVoicemail(&v, session, r, false, now)
				sameOf(rt, had, v, store.RecordingKind.IsCall)
			case step == "look-up":
				v = store.AddCallRecordings(v, drawn(rt, store.RecordingCallV1, store.RecordingCallV2), now)
				sameOf(rt, had, v, func(k store.RecordingKind) bool { return !k.IsCall() })
			case len(v.Recordings) > 0:
				n := rapid.IntRange(0, len(v.Recordings)-1).Draw(rt, "n")
				v = store.KeepRecording(v, n, store.Kept{Digest: "d", Duration: time.Second}, now)
			}
			for at, r := range v.Recordings {
				if r.N != at {
					rt.Fatalf("recording %d has number %d", at, r.N)
				}
				if at < len(had.Recordings) && (had.Recordings[at].Kind != r.Kind || had.Recordings[at].Digest > r.Digest) {
					rt.Fatalf("recording %d was %+v and is %+v", at, had.Recordings[at], r)
				}
			}
		}
	})
}

func drawn(rt *rapid.T, kinds ...store.RecordingKind) []store.Recording {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) store.Recording {
		r := store.Recording{Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), Status: rapid.SampledFrom([]string{"success", "failed"}).Draw(rt, "status")}
		if r.Kind != store.RecordingCallV1 {
			r.FileName = rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "name")
		}
		return r
	}), 0, 4).Draw(rt, "recordings")
}

// sameOf checks that the recordings of some kinds are as they were.
func sameOf(rt *rapid.T, had, v store.Voicemail, of func(store.RecordingKind) bool) {
	pick := func(v store.Voicemail) []store.Recording {
		var some []store.Recording
		for _, r := range v.Recordings {
			if of(r.Kind) {
				some = append(some, r)
			}
		}
		return some
	}
	if d := cmp.Diff(pick(had), pick(v)); d != "" {
		rt.Fatalf("the other kinds changed:\n%s", d)
	}
}
