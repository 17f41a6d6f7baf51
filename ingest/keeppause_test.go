package ingest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
				return slices.Contains(k.keeper.query(t.Context(), loopWork{kind: kind}, 1).Accounts, k.creds.AccountID)
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

// classes notes of which classes requests are. Those of ClassBackfill wait.
type classes struct {
	mu   sync.Mutex
	seen map[kore.Class]int
}

func (c *classes) Reserve(ctx context.Context, class kore.Class) error {
	c.mu.Lock()
	c.seen[class]++
	c.mu.Unlock()
	if class == kore.ClassBackfill {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (c *classes) Report(context.Context, kore.Verdict) {}

func (c *classes) of(class kore.Class) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[class]
}

func TestLookUpsThatNobodyWokeComeLast(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) {
		c.LookUps, c.Archive, c.Workers, c.StopWithin = LookUpsAll, nil, 1, time.Millisecond
	})
	budget := &classes{seen: map[kore.Class]int{}}
	client, err := kore.New(kore.Config{
		BaseURL: k.server.APIURL, AccountID: k.creds.AccountID, ClientID: k.creds.ClientID, ClientSecret: k.creds.ClientSecret,
		JTI: true, Budget: budget, Now: k.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	k.keeper.cfg.Client = func(string) (*kore.Client, bool) { return client, true }
	oldest := k.add(koresim.NewVoicemail{Start: k.clock.Now().Add(-1000 * time.Hour), Recordings: recorded(koresim.StatusAt{Status: "success"})})
	if got := k.task(oldest.ID, store.TaskLookUp, 0).State; got != store.StateSkipped {
		t.Fatalf("the look-up is %s", got)
	}
	stop := k.running()
	eventually(t, "one that nobody woke is asked", func() bool { return budget.of(kore.ClassBackfill) > 0 })
	// One that was woken doesn't wait behind it.
	before := budget.of(kore.ClassRecordings)
	k.wake(oldest, store.TaskLookUp, 0)
	eventually(t, "the woken one is done", func() bool { return k.task(oldest.ID, store.TaskLookUp, 0).State == store.StateStored })
	if got := budget.of(kore.ClassRecordings); got <= before {
		t.Errorf("%d calls of its class", got-before)
	}
	stop()
}

func TestIdleLookUpStaysIdle(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsAll })
	young := store.Task{State: store.StateSkipped, LeftAt: k.clock.Now()}
	o, _ := k.keeper.lookUp(t.Context(), young, kore.ClassBackfill)
	for _, tt := range []struct {
		name string
		task store.Task
		want kore.Class
	}{
		{"skipped", young, kore.ClassBackfill},
		{"given back as too young", store.Task{State: o.State, Reason: o.Reason}, kore.ClassBackfill},
		{"woken, or an agent answered", store.Task{State: store.StateDue}, kore.ClassRecordings},
		{"tried before", store.Task{State: store.StateRetry, Reason: "x"}, kore.ClassRecordings},
	} {
		if got := classOfTask(tt.task); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestKeepingBeginsWhenALookUpFoundSomething(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	v := k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	for len(k.keeper.nudges[store.TaskKeep]) > 0 {
		<-k.keeper.nudges[store.TaskKeep]
	}
	lease, err := k.store.ClaimTask(t.Context(), store.TaskKey{VoicemailID: v.ID, Kind: store.TaskLookUp}, leaseFor)
	if err != nil {
		t.Fatal(err)
	}
	k.keeper.work(t.Context(), lease, kore.ClassRecordings)
	if len(k.keeper.nudges[store.TaskKeep]) != 1 {
		t.Error("the keeping is not told")
	}
}
