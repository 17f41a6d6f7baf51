package ingest

import (
	"slices"
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
		{"the media host", []string{familyMedia}, true, false},
		{"recordings of calls", []string{familyRecordings}, false, true},
		{"voicemails", []string{familyVoicemail}, true, true},
		{"both", []string{familyRecordings, familyVoicemail}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			for _, family := range tt.paused {
				k.keeper.trouble.refused(k.creds.AccountID, family, 1, errKore(kore.KindHost, 0))
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

func TestRefusedMediaHostCostsFewCalls(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps, c.Workers = LookUpsOff, 1 })
	for _, v := range k.all {
		k.sim.SetReply(v.SessionID, []byte(`{"status":"success","voicemail recording":[{"fileName":"`+
			v.Recordings[0].FileName+`","fileUrl":"http://169.254.169.254/x.wav"}]}`))
	}
	before := k.sim.Stats().Requests[koresim.KindVoicemail]
	k.until("it is told", func() bool { return k.keeper.Status().Why != "" })
	if got := k.keeper.claim(t.Context(), store.TaskKeep, 1); len(got) != 0 {
		t.Errorf("%d are claimed though the host is refused", len(got))
	}
	if got := k.sim.Stats().Requests[koresim.KindVoicemail] - before; got != 1 {
		t.Errorf("%d calls for a host that is refused, want 1", got)
	}
	untouched := 0
	for _, v := range k.all {
		if task := k.task(v.ID, store.TaskKeep, 0); task.Reason == "" {
			untouched++
		}
	}
	if want := len(k.all) - 1; untouched != want {
		t.Errorf("%d tasks are left alone, want %d", untouched, want)
	}
	k.clock.Add(firstTroublePause)
	if got := k.keeper.claim(t.Context(), store.TaskKeep, 1); len(got) != 1 {
		t.Errorf("%d are claimed after the pause", len(got))
	}
}
