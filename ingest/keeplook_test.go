package ingest

import (
	"bytes"
	"io"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// add makes a voicemail appear, fetches it and gives it from the store.
func (k *kept) add(spec koresim.NewVoicemail) store.Voicemail {
	k.t.Helper()
	if spec.Start.IsZero() {
		spec.Start = k.clock.Now().Add(-2 * time.Hour)
	}
	made := k.sim.Add(spec)
	key := store.SessionKey{BotID: made.BotID, SessionID: made.SessionID}
	if _, err := k.ingester().Pass(k.t.Context(), PassOptions{SkipDiscovery: true, Sessions: []store.SessionKey{key}}); err != nil {
		k.t.Fatal(err)
	}
	v := k.voicemail(store.VoicemailID(made.BotID, made.SessionID))
	k.all = append(k.all, v)
	return v
}

func (k *kept) wake(v store.Voicemail, kind store.TaskKind, n int) {
	k.t.Helper()
	if err := k.store.WakeTask(k.t.Context(), store.AllBots(), store.TaskKey{VoicemailID: v.ID, Kind: kind, N: n}); err != nil {
		k.t.Fatal(err)
	}
	k.keeper.Nudge()
}

// lookUp wakes a voicemail's look-up and runs the keeper until it has ended.
func (k *kept) lookUp(v store.Voicemail) store.Task {
	k.t.Helper()
	k.wake(v, store.TaskLookUp, 0)
	k.until("the look-up has ended", func() bool {
		s := k.task(v.ID, store.TaskLookUp, 0).State
		return s != store.StateDue && s != store.StateLeased
	})
	return k.task(v.ID, store.TaskLookUp, 0)
}

// calls are a voicemail's recordings of calls.
func (k *kept) calls(v store.Voicemail) []store.Recording {
	k.t.Helper()
	var calls []store.Recording
	for _, r := range k.voicemail(v.ID).Recordings {
		if r.Kind.IsCall() {
			calls = append(calls, r)
		}
	}
	return calls
}

func recorded(statuses ...koresim.StatusAt) *koresim.NewRecordings {
	return &koresim.NewRecordings{Statuses: statuses, Files: make([]koresim.NewFile, 2)}
}

func TestLookUpFindsAndKeepsCalls(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	v := k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	before := k.sim.Stats()
	if got := k.lookUp(v); got.State != store.StateStored {
		t.Fatalf("the look-up is %s, %q", got.State, got.Reason)
	}
	k.untilArchived()
	calls := k.calls(v)
	if len(calls) != 2 {
		t.Fatalf("got %d recordings of calls, want 2", len(calls))
	}
	p := k.archivePlayer()
	for i, r := range calls {
		a, err := p.Open(t.Context(), k.voicemail(v.ID), r.N)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(a)
		if err != nil || !bytes.Equal(body, k.sim.CallFile(v.SessionID, i)) || !a.Immutable {
			t.Errorf("recording %d: got %d bytes, %v", i, len(body), err)
		}
		a.Close()
	}
	after := k.sim.Stats()
	// The links of the look-up served keeping, and the two files of one reply one call.
	if got := after.Requests[koresim.KindRecordings] - before.Requests[koresim.KindRecordings]; got != 1 {
		t.Errorf("%d calls for recordings, want 1", got)
	}
	if got := after.AuthLeaks; got != 0 {
		t.Error("the token went to the media host")
	}
}

func TestLookUpWaitsUntilItIsThere(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsAuto })
	start := k.clock.Now()
	v := k.add(koresim.NewVoicemail{Start: start.Add(-time.Hour), Recordings: recorded(
		koresim.StatusAt{Status: "partial_download_failed"}, koresim.StatusAt{Status: "success", After: 26 * time.Hour})})
	got := k.lookUp(v)
	if got.State != store.StateWaiting || got.DueAt.Sub(start) != partialWait {
		t.Errorf("the look-up is %s until %s", got.State, got.DueAt.Sub(start))
	}
	if calls := k.calls(v); len(calls) != 1 || calls[0].Status != "partial_download_failed" {
		t.Errorf("got %+v", calls)
	}
	k.clock.Add(partialWait)
	k.until("it waits for a day", func() bool { return k.task(v.ID, store.TaskLookUp, 0).DueAt.Sub(k.clock.Now()) == longestWait })
	k.clock.Add(longestWait)
	k.until("it waits for another day", func() bool { return k.task(v.ID, store.TaskLookUp, 0).DueAt.Sub(k.clock.Now()) == longestWait })
	k.clock.Add(longestWait)
	k.until("it is there", func() bool { return k.task(v.ID, store.TaskLookUp, 0).State == store.StateStored })
	k.untilArchived()
	if calls := k.calls(v); len(calls) != 2 || calls[0].Status != store.RecordingSuccess || calls[1].Status != store.RecordingSuccess {
		t.Errorf("got %+v, want the status replaced by two files", calls)
	}
}

// routeGone makes version 2 answer as a server that never heard of it.
func (k *kept) routeGone(v store.Voicemail, status int, body string) {
	k.sim.Inject(koresim.Fault{Kind: koresim.FaultBody, On: koresim.KindRecordings, SessionID: v.SessionID, Status: status, Body: []byte(body)})
}

func TestLookUpAsksVersion1(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		asked  bool
	}{
		{"no such route", 404, ``, true},
		{"a page", 404, `<html><body>404</body></html>`, true},
		{"a framework's words", 404, `{"message":"Cannot GET /recordings","statusCode":404}`, true},
		{"what the API says", 404, `{"errors":[{"msg":"Not available","code":404}]}`, false},
		{"no such method", 405, ``, true},
		{"no recording", 404, `{"errors":[{"msg":"Recording not found for the given session id.","code":404}]}`, false},
		{"none for good", 200, `{"status":"failed","recording":[]}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			v := k.add(koresim.NewVoicemail{Start: k.clock.Now().Add(-72 * time.Hour), Recordings: recorded(koresim.StatusAt{Status: "success"})})
			k.routeGone(v, tt.status, tt.body)
			k.lookUp(v)
			got := k.sim.Stats().Requests[koresim.KindRecordingsV1]
			if !tt.asked {
				if got != 0 {
					t.Errorf("version 1 was asked %d times", got)
				}
				return
			}
			k.untilArchived()
			calls := k.calls(v)
			if len(calls) != 2 {
				t.Fatalf("got %+v", calls)
			}
			for i, r := range calls {
				if r.Kind != store.RecordingCallV1 || r.Digest == "" || r.Bytes != int64(len(k.sim.CallFile(v.SessionID, i))) {
					t.Errorf("got %+v", r)
				}
			}
			if got := k.sim.Stats().Requests[koresim.KindRecordingsV1]; got != 1 {
				t.Errorf("version 1 was asked %d times, want once for looking up and keeping", got)
			}
		})
	}
}

func TestVersion1IsPlayedAndKeptLater(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	k.keeper = k.newKeeper(func(c *KeeperConfig) { c.Archive = nil })
	v := k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	k.routeGone(v, 404, "")
	k.lookUp(v)
	calls := k.calls(v)
	if len(calls) != 2 || calls[1].Digest != "" {
		t.Fatalf("got %+v", calls)
	}
	if s := k.keeper.Status(); !s.Off {
		t.Errorf("got %+v without an archive", s)
	}
	a, err := k.archivePlayer().Open(t.Context(), k.voicemail(v.ID), calls[1].N)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	body, err := io.ReadAll(a)
	if err != nil || !bytes.Equal(body, k.sim.CallFile(v.SessionID, 1)) {
		t.Errorf("got %d bytes, %v", len(body), err)
	}
	k.keeper = k.newKeeper()
	k.untilArchived()
}

func TestLookUpsAreAsked(t *testing.T) {
	for _, tt := range []struct {
		which LookUps
		want  int
	}{{LookUpsAuto, 0}, {LookUpsAll, 5}, {LookUpsOff, 0}} {
		t.Run(string(tt.which), func(t *testing.T) {
			k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = tt.which })
			open := func() (n int) {
				for _, v := range k.all {
					if s := k.task(v.ID, store.TaskLookUp, 0).State; s != store.StateSkipped {
						n++
					}
				}
				return n
			}
			was := open() // those that an agent answered
			k.untilArchived()
			if tt.which == LookUpsAll {
				k.until("all are looked up", func() bool { return k.sim.Stats().Requests[koresim.KindRecordings] >= tt.want })
			}
			if got := open(); got != max(tt.want, was) {
				t.Errorf("%d look-ups are open, want %d", got, tt.want)
			}
			if got := k.sim.Stats().Requests[koresim.KindRecordings]; tt.which == LookUpsOff && got != 0 {
				t.Errorf("%d calls", got)
			}
		})
	}
}

func TestMissingScopeIsTheAccountsTrouble(t *testing.T) {
	k := keepable(t, koresim.Config{Scopes: []koresim.Scope{koresim.ScopeAnalytics, koresim.ScopeVoicemail}},
		func(c *KeeperConfig) { c.LookUps = LookUpsAll })
	k.untilArchived() // voicemails are none of it
	k.until("it is told", func() bool { return k.keeper.Status().Why != "" })
	// Those that are due and those that nobody woke have workers of their own.
	if got := k.sim.Stats().Requests[koresim.KindRecordings]; got > 2*k.keeper.cfg.Workers {
		t.Errorf("%d calls were refused, want no more than were under way", got)
	}
	for _, v := range k.all {
		if got := k.task(v.ID, store.TaskLookUp, 0); got.Attempts != 0 || got.State == store.StateDead {
			t.Errorf("a look-up is %s after %d attempts", got.State, got.Attempts)
		}
	}
	if s := k.keeper.Status(); s.Full {
		t.Errorf("got %+v", s)
	}
}

func TestHurryGoesFirst(t *testing.T) {
	k := keepable(t, koresim.Config{})
	oldest := k.all[0]
	for _, v := range k.all {
		if v.LeftAt.Before(oldest.LeftAt) {
			oldest = v
		}
	}
	// Run isn't needed for it.
	k.keeper.Hurry(store.TaskKey{VoicemailID: oldest.ID, Kind: store.TaskKeep})
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k.voicemail(oldest.ID).Recordings[0].Digest == "" {
		t.Error("what a person wants is not archived")
	}
}

func TestVersion1IsAskedOnceThoughItsTasksAreClaimed(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	v := k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	k.routeGone(v, 404, "")
	looked, err := k.store.ClaimTask(t.Context(), store.TaskKey{VoicemailID: v.ID, Kind: store.TaskLookUp}, leaseFor)
	if err != nil {
		t.Fatal(err)
	}
	k.keeper.work(t.Context(), looked, kore.ClassRecordings)
	// As one does who claimed them while the look-up ended.
	for _, r := range k.calls(v) {
		key := store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep, N: r.N}
		lease, err := k.store.ClaimTask(t.Context(), key, leaseFor)
		if err != nil {
			t.Fatal(err)
		}
		place, _, _ := placeOf(k.voicemail(v.ID), r.N)
		if k.keeper.inlined.find(v.ID, place, k.clock.Now()) == nil {
			t.Errorf("recording %d is forgotten", r.N)
		}
		k.clock.Add(keepLink)
		if k.keeper.inlined.find(v.ID, place, k.clock.Now()) != nil {
			t.Errorf("recording %d is known for ever", r.N)
		}
		k.clock.Add(-keepLink)
		k.keeper.work(t.Context(), lease, kore.ClassRecordings)
	}
	if got := k.sim.Stats().Requests[koresim.KindRecordingsV1]; got != 1 {
		t.Errorf("version 1 was asked %d times, want once", got)
	}
}
