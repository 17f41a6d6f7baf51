package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/archive"
	"afterbeep/store/postgres"
	"afterbeep/store/storetest"
)

// digestOf is the name of a file in the archive.
func digestOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// passWaits moves the clock to where the next task is due, when none is worked
// on, and reports whether there is none any more.
func (k *kept) passWaits() bool {
	k.t.Helper()
	var next time.Time
	for _, v := range k.all {
		tasks, err := k.store.VoicemailTasks(k.t.Context(), store.AllBots(), v.ID)
		if err != nil {
			k.t.Fatal(err)
		}
		for _, task := range tasks {
			if task.Kind == store.TaskLookUp && k.keeper.cfg.LookUps == LookUpsOff {
				continue
			}
			if task.State == store.StateLeased || task.State == store.StateSkipped && k.keeper.cfg.LookUps == LookUpsAll {
				return false
			}
			if !task.DueAt.IsZero() && (next.IsZero() || task.DueAt.Before(next)) {
				next = task.DueAt
			}
		}
	}
	if left := next.Sub(k.clock.Now()); !next.IsZero() && left > 0 {
		k.clock.Add(left)
	}
	return next.IsZero()
}

func TestKeeperGetsOverEveryFault(t *testing.T) {
	k := keepable(t, koresim.Config{Trouble: -1}, func(c *KeeperConfig) { c.LookUps = LookUpsAll })
	for range 10 {
		k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	}
	undo := k.sim.InjectAll(koresim.Chaos(0.5))
	k.until("everything is archived", k.passWaits)
	undo()
	for _, v := range k.all {
		now := k.voicemail(v.ID)
		calls := 0
		for _, r := range now.Recordings {
			file := k.sim.VoicemailFile(v.SessionID, r.N)
			if r.Kind.IsCall() {
				file = k.sim.CallFile(v.SessionID, calls)
				calls++
			}
			if r.Status == store.RecordingSuccess && r.Digest != digestOf(file) {
				t.Errorf("recording %d of %s is archived as %q, want %q", r.N, v.SessionID, r.Digest, digestOf(file))
			}
		}
	}
	if got, want := len(k.files()), k.digests(); got != want {
		t.Errorf("the archive has %d files, want %d", got, want)
	}
	s := k.sim.Stats()
	t.Logf("%d faults of %d kinds, %d requests", s.Faults, len(s.FaultsBy), s.Requests[koresim.KindVoicemail]+s.Requests[koresim.KindRecordings]+s.Requests[koresim.KindMedia])
	if s.AuthLeaks != 0 {
		t.Error("the token went to the media host")
	}
}

func TestWhatIsNoAudioIsGivenUpWithWords(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault koresim.Fault
		words string
	}{
		{"a page", koresim.Fault{Kind: koresim.FaultHTML}, "a page instead of audio"},
		{"JSON", koresim.Fault{Kind: koresim.FaultBody, Body: []byte(`{"errors":[{"msg":"expired"}]}`)}, "a page instead of audio"},
		{"text", koresim.Fault{Kind: koresim.FaultBody, Body: []byte("This link has expired.\n")}, "text instead of audio"},
		{"nothing", koresim.Fault{Kind: koresim.FaultEmpty}, "no bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
			tt.fault.On = koresim.KindMedia
			undo := k.sim.Inject(tt.fault)
			v := k.all[0]
			k.until("all is given up", k.passWaits)
			if got := k.task(v.ID, store.TaskKeep, 0); !strings.Contains(got.Reason, tt.words) {
				t.Errorf("given up with %q", got.Reason)
			}
			if k.archived() != 0 || len(k.files()) != 0 {
				t.Error("it is archived")
			}
			// A person wakes it when the host is well again.
			undo()
			for _, v := range k.all {
				for _, r := range v.Recordings {
					k.wake(v, store.TaskKeep, r.N)
				}
			}
			k.untilArchived()
		})
	}
}

func TestKeeperStopsAndGivesBack(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.StopWithin, c.LookUps = 50*time.Millisecond, LookUpsOff })
	undo := k.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, On: koresim.KindMedia, Delay: time.Minute})
	k.until("a file comes", func() bool { return k.sim.Stats().Requests[koresim.KindMedia] > 0 })
	undo()
	for _, v := range k.all {
		if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
			t.Errorf("a task is %s after %d attempts, %q", got.State, got.Attempts, got.Reason)
		}
	}
	k.untilArchived()
}

func TestDrainBreaksOff(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.StopWithin = 50 * time.Millisecond })
	k.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, On: koresim.KindMedia, Delay: time.Minute})
	v := k.all[0]
	k.keeper.FirstSight(t.Context(), key(v), k.links(v))
	eventually(t, "a file comes", func() bool { return k.sim.Stats().Requests[koresim.KindMedia] > 0 })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.keeper.Drain(ctx); err == nil {
		t.Error("it says that all is done")
	}
	if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
		t.Errorf("the task is %s after %d attempts", got.State, got.Attempts)
	}
	k.keeper.FirstSight(t.Context(), key(v), k.links(v))
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLeaseOfADeadKeeperComesBack(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
	// One that claims and dies.
	leases, err := k.store.ClaimTasks(t.Context(), store.TaskQuery{
		Accounts: []string{k.creds.AccountID}, Kinds: []store.TaskKind{store.TaskKeep}, Limit: store.MaxClaim, Lease: leaseFor,
	})
	if err != nil || len(leases) != k.recordings() {
		t.Fatalf("claimed %d, %v", len(leases), err)
	}
	k.clock.Add(leaseFor + time.Second)
	k.untilArchived()
}

func TestTwoKeepersDoNothingTwice(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
	for range 15 {
		k.add(koresim.NewVoicemail{})
	}
	other := k.newKeeper(func(c *KeeperConfig) { c.LookUps, c.SpoolDir = LookUpsOff, filepath.Join(t.TempDir(), "other") })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- other.Run(ctx) }()
	k.untilArchived()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got, want := k.sim.Stats().Requests[koresim.KindMedia], k.recordings(); got != want {
		t.Errorf("%d files were fetched, want %d", got, want)
	}
}

func TestTheSameAudioIsKeptOnce(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
	k.untilArchived()
	before := len(k.files())
	same := bytes.Clone(k.sim.VoicemailFile(k.all[0].SessionID, 0))
	for range 3 {
		k.add(koresim.NewVoicemail{Texts: []string{"the same"}, Audio: same})
	}
	k.untilArchived()
	if got := len(k.files()); got != before {
		t.Errorf("%d files more for the same audio", got-before)
	}
}

func TestSlowMediaHoldsNobodyUpForLong(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.Workers = 1 })
	links := k.links(k.all[0])
	hold := make(chan struct{})
	for range cap(k.keeper.sights.queue) {
		k.keeper.sights.take(t.Context(), func(context.Context) { <-hold })
	}
	k.keeper.sights.patience = 20 * time.Millisecond
	k.keeper.FirstSight(t.Context(), key(k.all[0]), links)
	// From now on nobody waits at all, until a media host answers.
	k.keeper.sights.patience = time.Hour
	k.keeper.FirstSight(t.Context(), key(k.all[0]), links)
	close(hold)
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := k.task(k.all[0].ID, store.TaskKeep, 0).State; got != store.StateDue {
		t.Errorf("the task is %s, want it left to the background", got)
	}
	k.untilArchived()
	if got := k.keeper.sights.failing.Load(); got != 0 {
		t.Error("media hosts that answer are held to fail")
	}
}

func TestKeepersOfSeveralProcesses(t *testing.T) {
	url := storetest.Postgres(t)
	open := func() *postgres.Store {
		s, err := postgres.Open(t.Context(), postgres.Config{URL: url, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	one, two := open(), open()
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Quirks: &quirks, Voicemails: 30, Other: -1, MediaSeconds: 1})
	in := w.ingester(func(c *Config) { c.Store = one })
	if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	k := &kept{world: w, t: t, dir: filepath.Join(t.TempDir(), "archive")}
	for _, v := range w.sim.Voicemails() {
		k.all = append(k.all, store.Voicemail{ID: store.VoicemailID(v.BotID, v.SessionID)})
	}
	missing := func(s KeeperStore) (files, missing int) {
		for _, v := range k.all {
			now, err := s.Voicemail(t.Context(), store.AllBots(), v.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range now.Recordings {
				if files++; r.Digest == "" {
					missing++
				}
			}
		}
		return files, missing
	}
	var others sync.WaitGroup
	defer others.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, s := range []*postgres.Store{one, two} {
		kept, err := archive.OpenDisk(k.dir)
		if err != nil {
			t.Fatal(err)
		}
		keeper := k.newKeeper(func(c *KeeperConfig) {
			c.Store, c.Archive, c.Now, c.LookUps, c.SpoolDir = s, kept, time.Now, LookUpsOff, t.TempDir()
		})
		others.Go(func() {
			if err := keeper.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "all audio is archived", func() bool { _, left := missing(two); return left == 0 })
	want, _ := missing(one)
	if got := w.sim.Stats().Requests[koresim.KindMedia]; got != want {
		t.Errorf("%d files were fetched, want %d", got, want)
	}
}
