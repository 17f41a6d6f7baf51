package ingest

import (
	"slices"
	"strings"
	"testing"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

func TestPausedTasksAreNotClaimed(t *testing.T) {
	for _, tt := range []struct {
		name    string
		paused  []string
		lookUps bool // are claimed
		keeps   bool
	}{
		{"nothing", nil, true, true},
		{"recordings of calls", []string{familyRecordings}, false, true},
		{"voicemails", []string{familyVoicemail}, true, true},
		{"both", []string{familyRecordings, familyVoicemail}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			for _, family := range tt.paused {
				k.keeper.trouble.refused(k.creds.AccountID, family, 1, errKore(kore.KindScope, 403))
			}
			claims := func(kind store.TaskKind) bool {
				return slices.Contains(k.keeper.query(t.Context(), kind, 1).Accounts, k.creds.AccountID)
			}
			if l, kept := claims(store.TaskLookUp), claims(store.TaskKeep); l != tt.lookUps || kept != tt.keeps {
				t.Errorf("look-ups are claimed: %t, audio: %t", l, kept)
			}
			k.clock.Add(firstTroublePause)
			if !claims(store.TaskLookUp) || !claims(store.TaskKeep) {
				t.Error("the pause doesn't end")
			}
		})
	}
}

// elsewhere makes the upstream name a host that is not allowed for a voicemail.
func (k *kept) elsewhere(v store.Voicemail) {
	k.sim.SetReply(v.SessionID, []byte(`{"status":"success","voicemail recording":[{"fileName":"`+
		v.Recordings[0].FileName+`","fileUrl":"http://169.254.169.254/x.wav"}]}`))
}

func TestRefusedMediaHostIsTheRecordingsOwn(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps, c.Workers = LookUpsOff, 1 })
	bad := k.all[0]
	k.elsewhere(bad)
	// At first sight, its link shows it without a call; others are kept.
	links := make([][]kore.File, len(k.all))
	for i, v := range k.all {
		links[i] = k.links(v)
	}
	before := k.sim.Stats().Requests[koresim.KindVoicemail]
	for i, v := range k.all {
		k.keeper.FirstSight(t.Context(), key(v), links[i])
	}
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := k.sim.Stats().Requests[koresim.KindVoicemail] - before; got != 0 {
		t.Errorf("%d calls at first sight", got)
	}
	if got, want := k.archived(), k.recordings()-1; got != want {
		t.Errorf("%d recordings are archived, want %d", got, want)
	}
	task := k.task(bad.ID, store.TaskKeep, 0)
	if task.State != store.StateWaiting || task.Attempts != 1 || !strings.Contains(task.Reason, "not among the media hosts") {
		t.Errorf("the task is %s after %d attempts, %q", task.State, task.Attempts, task.Reason)
	}
	if got := k.keeper.Status(); got.Full || !strings.HasPrefix(got.Why, "1 recording ") {
		t.Errorf("got %+v", got)
	}
	// Nothing circles: each time it is asked for once, later than the time before.
	for last := task; last.Attempts < 5; {
		k.clock.Add(last.DueAt.Sub(k.clock.Now()))
		was := last
		k.until("it is tried again", func() bool {
			last = k.task(bad.ID, store.TaskKeep, 0)
			return last.Attempts > was.Attempts
		})
		if wait := last.DueAt.Sub(k.clock.Now()); wait < firstWait<<was.Attempts {
			t.Errorf("waits for %s after %d attempts", wait, last.Attempts)
		}
	}
	if got := k.sim.Stats().Requests[koresim.KindVoicemail] - before; got > 4 {
		t.Errorf("%d calls for 4 more attempts", got)
	}
	k.keeper.trouble.host(bad.ID, 0, false)
	if got := k.keeper.Status().Why; got != "" {
		t.Errorf("it goes on telling %q", got)
	}
}
