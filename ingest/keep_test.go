package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// kept is a world with voicemails in its store, an archive and a keeper.
type kept struct {
	*world
	t       *testing.T
	dir     string
	archive *archive.Disk
	keeper  *Keeper
	all     []store.Voicemail
}

func keepable(t *testing.T, cfg koresim.Config, change ...func(*KeeperConfig)) *kept {
	t.Helper()
	w, _, all := playable(t, cfg)
	k := &kept{world: w, t: t, all: all, dir: filepath.Join(t.TempDir(), "archive")}
	var err error
	if k.archive, err = archive.OpenDisk(k.dir); err != nil {
		t.Fatal(err)
	}
	k.keeper = k.newKeeper(change...)
	return k
}

func (k *kept) newKeeper(change ...func(*KeeperConfig)) *Keeper {
	k.t.Helper()
	cfg := KeeperConfig{
		Store: k.store, Archive: k.archive, SpoolDir: filepath.Join(k.t.TempDir(), "spool"), MinFree: -1, Now: k.clock.Now,
		Client:   func(string) (*kore.Client, bool) { return k.client, true },
		Accounts: func() []string { return []string{k.creds.AccountID} },
		Random:   func() float64 { return 0.5 },
	}
	for _, c := range change {
		c(&cfg)
	}
	keeper, err := NewKeeper(cfg)
	if err != nil {
		k.t.Fatal(err)
	}
	keeper.soonest, keeper.latest = 5*time.Millisecond, 20*time.Millisecond
	return keeper
}

// until runs the keeper until something is so.
func (k *kept) until(what string, so func() bool) {
	k.t.Helper()
	runUntil(k.t, k.keeper, what, so)
}

func runUntil(t *testing.T, keeper *Keeper, what string, so func() bool) {
	t.Helper()
	runWithin(t, keeper, 2*time.Minute, what, so)
}

func runWithin(t *testing.T, keeper *Keeper, within time.Duration, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- keeper.Run(ctx) }()
	eventuallyWithin(t, within, what, so)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	eventuallyWithin(t, 2*time.Minute, what, so)
}

func eventuallyWithin(t *testing.T, within time.Duration, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	over := time.NewTimer(within)
	defer over.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-over.C:
			t.Errorf("%s didn't come to be so", what)
			return
		}
	}
}

func (k *kept) voicemail(id int64) store.Voicemail {
	k.t.Helper()
	v, err := k.store.Voicemail(k.t.Context(), store.AllBots(), id)
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

// archived counts the recordings that are in the archive, recordings those that
// are to be had.
func (k *kept) archived() int {
	return k.count(func(r store.Recording) bool { return r.Digest != "" })
}

func (k *kept) recordings() int {
	return k.count(func(r store.Recording) bool { return r.Status == store.RecordingSuccess })
}

func (k *kept) count(which func(store.Recording) bool) int {
	k.t.Helper()
	ids := make([]int64, len(k.all))
	for i, v := range k.all {
		ids[i] = v.ID
	}
	now, err := k.store.Voicemails(k.t.Context(), store.AllBots(), ids)
	if err != nil {
		k.t.Fatal(err)
	}
	n := 0
	for _, v := range now {
		for _, r := range v.Recordings {
			if which(r) {
				n++
			}
		}
	}
	return n
}

// digests counts what is different among what is archived.
func (k *kept) digests() int {
	seen := map[string]bool{}
	return k.count(func(r store.Recording) bool {
		fresh := r.Digest != "" && !seen[r.Digest]
		seen[r.Digest] = true
		return fresh
	})
}

// untilArchived runs the keeper until all audio is archived.
func (k *kept) untilArchived() {
	k.t.Helper()
	k.until("all audio is archived", func() bool { return k.archived() == k.recordings() })
}

func (k *kept) task(id int64, kind store.TaskKind, n int) store.Task {
	k.t.Helper()
	all, err := k.store.VoicemailTasks(k.t.Context(), store.AllBots(), id)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, t := range all {
		if t.Kind == kind && t.N == n {
			return t
		}
	}
	k.t.Fatalf("voicemail %d has no task %s %d", id, kind, n)
	return store.Task{}
}

// files are the archive's.
func (k *kept) files() []string {
	k.t.Helper()
	var all []string
	err := filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}

func (k *kept) links(v store.Voicemail) []kore.File {
	k.t.Helper()
	reply, err := k.client.Voicemail(k.t.Context(), kore.ClassFresh, v.BotID, v.SessionID)
	if err != nil {
		k.t.Fatal(err)
	}
	return reply.Files
}

func key(v store.Voicemail) store.SessionKey {
	return store.SessionKey{BotID: v.BotID, SessionID: v.SessionID}
}

func TestFirstSightCostsNoCall(t *testing.T) {
	k := keepable(t, koresim.Config{})
	links := make([][]kore.File, len(k.all))
	for i, v := range k.all {
		links[i] = k.links(v)
	}
	before := k.sim.Stats()
	for i, v := range k.all {
		k.keeper.FirstSight(t.Context(), key(v), links[i])
	}
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := k.sim.Stats()
	for _, kind := range []koresim.Kind{koresim.KindVoicemail, koresim.KindRecordings, koresim.KindRecordingsV1} {
		if got := after.Requests[kind] - before.Requests[kind]; got != 0 {
			t.Errorf("%d calls of %s, want none", got, kind)
		}
	}
	if got := k.archived(); got != k.recordings() {
		t.Errorf("%d of %d are archived", got, k.recordings())
	}
	for _, v := range k.all {
		r := k.voicemail(v.ID).Recordings[0]
		want := k.sim.VoicemailFile(v.SessionID, 0)
		if r.Bytes != int64(len(want)) || r.Type != "audio/wav" || r.Duration == 0 || r.KeptAt.IsZero() {
			t.Errorf("got %+v of %d bytes", r, len(want))
		}
		if peaks, err := k.store.Peaks(t.Context(), store.AllBots(), v.ID, 0); err != nil || len(peaks) == 0 {
			t.Errorf("got %d peaks, %v", len(peaks), err)
		}
		if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateStored {
			t.Errorf("the task is %s, %q", got.State, got.Reason)
		}
	}
	// Once more is once.
	k.keeper.FirstSight(t.Context(), key(k.all[0]), links[0])
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := k.sim.Stats().Requests[koresim.KindMedia] - before.Requests[koresim.KindMedia]; got != k.recordings() {
		t.Errorf("%d files were fetched, want %d", got, k.recordings())
	}
}

func TestAPassKeepsAudioWithoutMoreCalls(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Quirks: &quirks, Voicemails: 60, Other: -1, MediaSeconds: 1})
	k := &kept{world: w, t: t, dir: filepath.Join(t.TempDir(), "archive")}
	var err error
	if k.archive, err = archive.OpenDisk(k.dir); err != nil {
		t.Fatal(err)
	}
	k.keeper = k.newKeeper(func(c *KeeperConfig) { c.LookUps = LookUpsOff })
	in := w.ingester(func(c *Config) { c.FirstSight = k.keeper.FirstSight })
	if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, v := range w.stored() {
		k.all = append(k.all, v)
	}
	if got, want := k.archived(), k.recordings(); got != want || len(k.all) != 60 {
		t.Errorf("%d of %d recordings of %d voicemails are archived", got, want, len(k.all))
	}
	s := w.sim.Stats()
	if s.Requests[koresim.KindVoicemail] != 60 || s.Requests[koresim.KindMedia] != k.recordings() {
		t.Errorf("%d calls and %d fetches for 60 voicemails", s.Requests[koresim.KindVoicemail], s.Requests[koresim.KindMedia])
	}
}

func TestKeeperWorksInTheBackground(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	if got := len(k.files()); got != k.digests() {
		t.Errorf("the archive has %d files, want %d", got, k.digests())
	}
	if s := k.keeper.Status(); s.Off || s.Full || s.Why != "" || s.Bytes == 0 || !s.FreeKnown {
		t.Errorf("got %+v", s)
	}
	if got := k.sim.Stats().AuthLeaks; got != 0 {
		t.Error("the token went to the media host")
	}
}

func TestPlayerPlaysFromTheArchive(t *testing.T) {
	k := keepable(t, koresim.Config{})
	k.untilArchived()
	p := k.archivePlayer()
	before := k.sim.Stats()
	v := k.voicemail(k.all[0].ID)
	for range 2 {
		a, err := p.Open(t.Context(), v, 0)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(a)
		if err != nil || !bytes.Equal(body, k.sim.VoicemailFile(v.SessionID, 0)) {
			t.Errorf("got %d bytes, %v", len(body), err)
		}
		if !a.Immutable || a.Key != v.Recordings[0].Digest || !a.ModTime.Equal(v.Recordings[0].KeptAt) || a.ContentType != "audio/wav" {
			t.Errorf("got %+v", a)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := k.sim.Stats(); after.Requests[koresim.KindMedia] != before.Requests[koresim.KindMedia] ||
		after.Requests[koresim.KindVoicemail] != before.Requests[koresim.KindVoicemail] {
		t.Error("the upstream was asked for what is archived")
	}
}

func (k *kept) archivePlayer(change ...func(*PlayerConfig)) *Player {
	k.t.Helper()
	cfg := PlayerConfig{
		Store: k.store, Archive: k.archive, Keeper: k.keeper, CacheDir: filepath.Join(k.t.TempDir(), "audio"), Now: k.clock.Now,
		Client: func(string) (*kore.Client, bool) { return k.client, true },
	}
	for _, c := range change {
		c(&cfg)
	}
	p, err := NewPlayer(cfg)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			k.t.Error(err)
		}
	})
	return p
}

func TestDamagedAudioIsFetchedAndKeptAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		harm func(string) error
	}{
		{"damaged", func(path string) error { return os.WriteFile(path, []byte("RIFFxxxx"), 0o600) }},
		{"lost", os.Remove},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			k.untilArchived()
			v := k.voicemail(k.all[0].ID)
			digest := v.Recordings[0].Digest
			path := filepath.Join(k.dir, digest[:2], digest)
			if err := tt.harm(path); err != nil {
				t.Fatal(err)
			}
			if a, err := k.archive.Open(t.Context(), digest); err == nil {
				a.Close()
				t.Fatal("the harm is not seen")
			}
			readAll(t, k.archivePlayer(), v)
			k.until("it is archived again", func() bool {
				a, err := k.archive.Open(t.Context(), digest)
				if err == nil {
					a.Close()
				}
				return err == nil && k.task(v.ID, store.TaskKeep, 0).State == store.StateStored
			})
		})
	}
}

func TestWhatWasPlayedIsKept(t *testing.T) {
	k := keepable(t, koresim.Config{})
	p := k.archivePlayer()
	readAll(t, p, k.all[0])
	eventually(t, "the recording is archived", func() bool { return k.voicemail(k.all[0].ID).Recordings[0].Digest != "" })
	if got := k.sim.Stats().Requests[koresim.KindMedia]; got != 1 {
		t.Errorf("%d fetches, want 1", got)
	}
}

func TestKeeperReplacesDeadLinks(t *testing.T) {
	for _, tt := range []struct {
		name string
		kill func(*kept)
	}{
		{"expired", func(k *kept) { k.clock.Add(30 * time.Second) }},
		{"revoked", func(k *kept) { k.sim.RevokeLinks() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{LinkLifetime: 20 * time.Second})
			v := k.all[0]
			links := k.links(v)
			tt.kill(k)
			before := k.sim.Stats()
			k.keeper.FirstSight(t.Context(), key(v), links)
			if err := k.keeper.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := k.sim.Stats().Requests[koresim.KindVoicemail] - before.Requests[koresim.KindVoicemail]; got != 0 {
				t.Errorf("first sight made %d calls", got)
			}
			if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
				t.Errorf("the task is %s after %d attempts, want it back", got.State, got.Attempts)
			}
			k.untilArchived()
			if got := k.sim.Stats().Requests[koresim.KindVoicemail] - before.Requests[koresim.KindVoicemail]; got != len(k.all) {
				t.Errorf("%d calls, want one for each of %d", got, len(k.all))
			}
		})
	}
}

func TestKeeperStopsAtItsCap(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.MaxBytes, c.Workers = 1<<30, 1 })
	if err := k.keeper.room.reserve(t.Context(), 1<<30-1); err != nil {
		t.Fatal(err)
	}
	k.until("it is full", func() bool { return k.keeper.Status().Full })
	s := k.keeper.Status()
	if k.archived() != 0 || len(k.files()) != 0 || !strings.Contains(s.Why, "cap of 1 GiB") {
		t.Errorf("%d are archived, %+v", k.archived(), s)
	}
	fetched := k.sim.Stats().Requests[koresim.KindVoicemail]
	if fetched > len(k.all)+1 {
		t.Errorf("%d calls though there is no room", fetched)
	}
	for _, v := range k.all {
		if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
			t.Errorf("a task is %s after %d attempts, %q", got.State, got.Attempts, got.Reason)
		}
	}
	// With room it goes on by itself.
	k.clock.Add(2 * time.Minute) // what was reserved is not there when it is added up
	k.untilArchived()
	if s := k.keeper.Status(); s.Full || s.Why != "" {
		t.Errorf("got %+v with room", s)
	}
}

func TestKeeperLeavesRoomOnTheDisk(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.MinFree = 1 << 60 })
	k.until("it is full", func() bool { return k.keeper.Status().Full })
	if s := k.keeper.Status(); !strings.Contains(s.Why, "stay free") {
		t.Errorf("got %+v", s)
	}
	if got := k.sim.Stats().Requests[koresim.KindMedia]; got != 0 {
		t.Errorf("%d fetches though there is no room", got)
	}
}

// brokenArchive refuses everything.
type brokenArchive struct {
	archive.Archive
	err error
}

func (a brokenArchive) Put(context.Context, io.ReadSeeker) (archive.Object, error) {
	return archive.Object{}, a.err
}

func TestKeeperWaitsForItsArchive(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		full bool
		want string
	}{
		{"full", archive.ErrFull, true, "no space left"},
		{"away", errors.New("connection refused"), false, "could not be written"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			k.keeper = k.newKeeper(func(c *KeeperConfig) { c.Archive = brokenArchive{k.archive, tt.err} })
			k.until("it says so", func() bool { return k.keeper.Status().Why != "" })
			if s := k.keeper.Status(); s.Full != tt.full || !strings.Contains(s.Why, tt.want) {
				t.Errorf("got %+v", s)
			}
			for _, v := range k.all {
				if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
					t.Errorf("a task is %s after %d attempts, %q", got.State, got.Attempts, got.Reason)
				}
			}
			if left, err := os.ReadDir(k.keeper.cfg.SpoolDir); err != nil || len(left) > 0 {
				t.Errorf("%d files are left in the spool, %v", len(left), err)
			}
		})
	}
}
