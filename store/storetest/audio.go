package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func audioRows() []row {
	return []row{
		{"a new voicemail has its tasks", audioTasks},
		{"a file that comes later has its task then", audioComesLater},
		{"a file that comes back is tried again", audioComesBack},
		{"a look-up is due after a call that was answered", audioAnswered},
		{"tasks follow their voicemail", audioFollows},
		{"what is kept is read everywhere", audioKept},
		{"what lasts no time is no change", audioNoDuration},
		{"kept again is replaced", audioKeptAgain},
		{"a later reply leaves what is archived", audioStays},
		{"a look-up adds recordings of calls, and their tasks", audioLookUp},
		{"a look-up and a reply leave each other's", audioApart},
		{"a call's recording is no file of the voicemail", audioSettles},
		{"what the archive has lost is not archived any more", audioLost},
		{"each digest counts once", audioBytes},
		{"replies and archived audio at once", audioRaces},
	}
}

func audioTasks(t *testing.T, b *bench) {
	r := files("a", "b", "c")
	r.Recordings[1].Status = "media_in_progress"
	b.archive(t, wanted("s1"), r)
	of := store.Task{AccountID: account, BotID: bot, SessionID: "s1", LeftAt: created}
	first, third, lookUp := of, of, of
	first.TaskKey, first.State, first.DueAt = keepKey("s1", 0), store.StateDue, b.clock.at(0)
	third.TaskKey, third.State, third.DueAt = keepKey("s1", 2), store.StateDue, b.clock.at(0)
	lookUp.TaskKey, lookUp.State = lookUpKey("s1"), store.StateSkipped
	equal(t, "tasks", b.tasks(t, "s1"), []store.Task{first, third, lookUp})
	equal(t, "of another", b.tasks(t, "s2"), []store.Task(nil))
	b.save(t, wanted("empty"))
	b.fetch(t, "empty", store.Outcome{State: store.StateEmpty, Reply: &store.Reply{}})
	equal(t, "of a session without a voicemail", b.tasks(t, "empty"), []store.Task(nil))
}

func audioComesLater(t *testing.T, b *bench) {
	r := files("a")
	r.Recordings[0].Status = "media_in_progress"
	b.archive(t, wanted("s1"), r)
	equal(t, "tasks before", len(b.tasks(t, "s1")), 1)
	b.clock.move(time.Hour)
	b.again(t, files("a", "b"))
	equal(t, "tasks", names(b.claimTasks(t, keeps(9))), "s1 s1/1")
	b.again(t, files("a", "b"))
	equal(t, "no more by an equal reply", len(b.tasks(t, "s1")), 3)
}

func audioComesBack(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b"))
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateDead, Reason: "broken"})
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateGone})
	b.again(t, files("a", "b"))
	equal(t, "it was there all the time", names(b.claimTasks(t, keeps(9))), "")
	b.again(t, files("b"))
	equal(t, "one is missing", names(b.claimTasks(t, keeps(9))), "")
	b.again(t, files("a", "b"))
	leases := b.claimTasks(t, keeps(9))
	equal(t, "it is back", names(leases), "s1")
	equal(t, "attempts and reason", fmt.Sprintln(leases[0].Task.Attempts, leases[0].Task.Reason), "0 \n")
	// While somebody works on it, nothing is done to it.
	b.again(t, files("b"))
	b.again(t, files("a", "b"))
	_, err := b.RecordTask(t.Context(), leases[0], store.TaskOutcome{State: store.StateGone})
	must(t, err)
}

func audioAnswered(t *testing.T, b *bench) {
	answered := func(id string, end time.Duration) store.Session {
		s := wanted(id)
		s.Agents, s.EndedAt = []store.Agent{{ID: "u", Status: "Answered", Seconds: 49}}, b.clock.at(end)
		return s
	}
	b.archive(t, answered("fresh", -time.Minute), said("hello"))
	b.archive(t, answered("old", -time.Hour), said("hello"))
	b.archive(t, wanted("later"), said("hello"))
	equal(t, "fresh", b.task(t, "fresh", lookUpKey("fresh")).DueAt, b.clock.at(9*time.Minute))
	equal(t, "old", b.task(t, "old", lookUpKey("old")).DueAt, b.clock.at(0))
	equal(t, "not answered", b.task(t, "later", lookUpKey("later")).State, store.StateSkipped)
	seq := b.head(t)
	b.save(t, answered("later", -2*time.Minute))
	got := b.task(t, "later", lookUpKey("later"))
	equal(t, "found to be answered", got.State, store.StateDue)
	equal(t, "found to be answered: due", got.DueAt, b.clock.at(8*time.Minute))
	equal(t, "head", b.head(t), seq)
}

func audioFollows(t *testing.T, b *bench) {
	imported := wanted("s1")
	imported.AccountID = ""
	b.archive(t, imported, leftAt(0, "a"))
	l := b.leaseTask(t, keepKey("s1", 0))
	b.save(t, wanted("s1"))
	for _, one := range b.tasks(t, "s1") {
		equal(t, "account", one.AccountID, account)
	}
	r := leftAt(-time.Hour, "a")
	r.Segments[0].MessageID = "m0"
	b.again(t, r)
	for _, one := range b.tasks(t, "s1") {
		equal(t, "left at", one.LeftAt, created.Add(-time.Hour))
	}
	equal(t, "leased", b.task(t, "s1", keepKey("s1", 0)).State, store.StateLeased)
	_, err := b.RecordTask(t.Context(), l, store.TaskOutcome{State: store.StateDue})
	must(t, err)
	equal(t, "claimed", names(b.claimTasks(t, keeps(1))), "s1")
}

func audioKept(t *testing.T, b *bench) {
	want, seq := b.archive(t, wanted("s1"), files("a", "b")), b.head(t)
	b.clock.move(time.Minute)
	equal(t, "changed", b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateStored, Reason: "archived",
		Kept: kept("d1", 90*time.Second+time.Microsecond+999)}), true)
	r := &want.Recordings[1]
	r.Digest, r.Type, r.Bytes, r.Duration, r.KeptAt = "d1", "audio/wav", 1<<20, 90*time.Second+time.Microsecond, b.clock.at(0)
	want.Duration = r.Duration
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	several, err := b.Voicemails(t.Context(), store.AllBots(), []int64{want.ID})
	must(t, err)
	equal(t, "voicemails", several, []store.Voicemail{want})
	changes, err := b.Changes(t.Context(), seq, 10)
	must(t, err)
	equal(t, "change", len(changes) == 1 && changes[0].Seq == seq+1, true)
	equal(t, "changes", *changes[0].Voicemail, want)
	task := b.task(t, "s1", keepKey("s1", 1))
	equal(t, "task", fmt.Sprintln(task.State, task.DueAt.IsZero(), task.Reason), "stored true archived\n")
	peaks, err := b.Peaks(t.Context(), store.AllBots(), want.ID, 1)
	must(t, err)
	equal(t, "peaks", peaks, []byte{0, 127, 255})
	for _, n := range []int{0, 2, -1, 1 << 40} {
		_, err = b.Peaks(t.Context(), store.AllBots(), want.ID, n)
		wantErr(t, "peaks of another", err, store.ErrNotFound)
	}
	equal(t, "changed by the other", b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d0", time.Second)}), true)
	equal(t, "duration of both", b.voicemail(t, "s1").Duration, 91*time.Second+time.Microsecond)
}

func audioNoDuration(t *testing.T, b *bench) {
	want := b.archive(t, wanted("s1"), said("hello"))
	seq := b.head(t)
	k := kept("d", 0)
	k.Peaks = nil
	equal(t, "changed", b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: k}), true)
	v := b.voicemail(t, "s1")
	equal(t, "duration", v.Duration, want.Duration)
	equal(t, "digest", v.Recordings[0].Digest, "d")
	equal(t, "head", b.head(t), seq+1) // readers see that it is archived
	_, err := b.Peaks(t.Context(), store.AllBots(), want.ID, 0)
	wantErr(t, "peaks", err, store.ErrNotFound)
}

func audioKeptAgain(t *testing.T, b *bench) {
	id := b.archive(t, wanted("s1"), said("hello")).ID
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("one", time.Second)})
	two := &store.Kept{Digest: "two", Bytes: 5, Type: "audio/flac", Duration: 2 * time.Second, Peaks: []byte{9}}
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: two})
	v := b.voicemail(t, "s1")
	equal(t, "digest", v.Recordings[0].Digest, "two")
	equal(t, "duration", v.Duration, 2*time.Second)
	peaks, err := b.Peaks(t.Context(), store.AllBots(), id, 0)
	must(t, err)
	equal(t, "peaks", peaks, []byte{9})
	two.Digest, two.Peaks = "three", nil
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: two})
	_, err = b.Peaks(t.Context(), store.AllBots(), id, 0)
	wantErr(t, "peaks of another file", err, store.ErrNotFound)
	n, err := b.KeptBytes(t.Context())
	must(t, err)
	equal(t, "bytes", n, int64(5))
}

func audioStays(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b"))
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	had := b.voicemail(t, "s1").Recordings[0]
	b.clock.move(time.Hour)
	for _, c := range []struct {
		name   string
		reply  *store.Reply
		status string
	}{
		{"the same", files("a", "b"), store.RecordingSuccess},
		{"missing", files("b"), store.RecordingMissing},
		{"gone", nil, store.RecordingMissing},
		{"failed", func() *store.Reply { r := files("a", "b"); r.Recordings[0].Status = "failed"; return r }(), "failed"},
		{"there again", files("b", "a"), store.RecordingSuccess},
	} {
		b.again(t, c.reply)
		want := had
		want.Status, want.CheckedAt = c.status, b.clock.at(0)
		equal(t, c.name, b.voicemail(t, "s1").Recordings[0], want)
		_, err := b.Peaks(t.Context(), store.AllBots(), store.VoicemailID(bot, "s1"), 0)
		must(t, err)
	}
	equal(t, "nothing to keep again", names(b.claimTasks(t, keeps(9))), "s1/1")
}

// callFiles are recordings of calls by name; "" is of version 1.
func callFiles(names ...string) []store.Recording {
	rs := []store.Recording{}
	for _, name := range names {
		r := store.Recording{Kind: store.RecordingCallV2, FileName: name, Status: store.RecordingSuccess}
		if name == "" {
			r.Kind = store.RecordingCallV1
		}
		rs = append(rs, r)
	}
	return rs
}

// recordings are kinds, names and statuses by n, joined, so that a row reads in
// one line.
func (b *bench) recordings(t *testing.T) string {
	t.Helper()
	var all string
	for _, r := range b.voicemail(t, "s1").Recordings {
		all += fmt.Sprintf("%d %s %s %s, ", r.N, r.Kind, r.FileName, r.Status)
	}
	return all
}

func audioLookUp(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a"))
	seq := b.head(t)
	b.clock.move(time.Hour)
	lookUp := func(state store.State, found []store.Recording) bool {
		return b.work(t, lookUpKey("s1"), store.TaskOutcome{State: state, Recordings: found})
	}
	equal(t, "nothing said", lookUp(store.StateRetry, nil), false)
	equal(t, "none", lookUp(store.StateEmpty, callFiles()), false)
	equal(t, "two, changed", lookUp(store.StateStored, callFiles("a", "")), true)
	equal(t, "two", b.recordings(t), "0 voicemail a success, 1 call_v2 a success, 2 call_v1  success, ")
	equal(t, "head", b.head(t), seq+1)
	got := b.voicemail(t, "s1").Recordings[1]
	equal(t, "checked at", got.CheckedAt, b.clock.at(0))
	equal(t, "tasks", names(b.claimTasks(t, keeps(9))), "s1 s1/1 s1/2")
	equal(t, "the same again, changed", lookUp(store.StateStored, callFiles("a", "")), false)
	equal(t, "version 2 alone, changed", lookUp(store.StateStored, callFiles("b")), true)
	equal(t, "version 2 alone", b.recordings(t), "0 voicemail a success, 1 call_v2 a missing, 2 call_v1  success, 3 call_v2 b success, ")
	equal(t, "none any more, changed", lookUp(store.StateEmpty, callFiles()), true)
	equal(t, "none any more", b.recordings(t), "0 voicemail a success, 1 call_v2 a missing, 2 call_v1  missing, 3 call_v2 b missing, ")
	equal(t, "nothing said, changed", lookUp(store.StateGone, nil), false)
	equal(t, "head", b.head(t), seq+3)
}

func audioApart(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a"))
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("a", "", "")})
	b.work(t, keepKey("s1", 2), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Hour)})
	equal(t, "duration", b.voicemail(t, "s1").Duration, said("").Duration)
	b.clock.move(time.Hour)
	b.again(t, files("b", "a"))
	equal(t, "after a reply", b.recordings(t),
		"0 voicemail a success, 1 call_v2 a success, 2 call_v1  success, 3 call_v1  success, 4 voicemail b success, ")
	b.again(t, &store.Reply{})
	equal(t, "after an empty reply", b.recordings(t),
		"0 voicemail a missing, 1 call_v2 a success, 2 call_v1  success, 3 call_v1  success, 4 voicemail b missing, ")
	equal(t, "checked before the reply", b.voicemail(t, "s1").Recordings[1].CheckedAt, b.clock.at(-time.Hour))
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("c", "")})
	equal(t, "after a look-up", b.recordings(t),
		"0 voicemail a missing, 1 call_v2 a missing, 2 call_v1  success, 3 call_v1  missing, 4 voicemail b missing, 5 call_v2 c success, ")
	equal(t, "digest", b.voicemail(t, "s1").Recordings[2].Digest, "d")
}

func audioSettles(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files())
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("a")})
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, After: time.Minute, Reply: files()})
	equal(t, "without a file", b.session(t, "s1").State, store.StateWaiting)
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, After: time.Minute, Reply: files("a")})
	b.fetch(t, "s1", store.Outcome{State: store.StateWaiting, After: time.Minute, Reply: files("a")})
	equal(t, "with a file", b.session(t, "s1").State, store.StateStored)
}

func audioLost(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b"))
	for n := range 2 {
		b.work(t, keepKey("s1", n), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	}
	want, seq := b.voicemail(t, "s1"), b.head(t)
	lost := store.TaskOutcome{State: store.StateGone, Reason: "lost", Lost: true}
	equal(t, "changed", b.work(t, keepKey("s1", 1), lost), true)
	r := &want.Recordings[1]
	r.Digest, r.Type, r.Bytes, r.KeptAt = "", "", 0, time.Time{}
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "head", b.head(t), seq+1)
	_, err := b.Peaks(t.Context(), store.AllBots(), want.ID, 1)
	wantErr(t, "peaks", err, store.ErrNotFound)
	peaks, err := b.Peaks(t.Context(), store.AllBots(), want.ID, 0)
	must(t, err)
	equal(t, "peaks of the other", peaks, kept("d", 0).Peaks)
	task := b.task(t, "s1", keepKey("s1", 1))
	equal(t, "task", fmt.Sprintln(task.State, task.DueAt.IsZero(), task.Reason), "gone true lost\n")
	equal(t, "gap", lacking(b.gaps(t, store.GapQuery{Kinds: []store.GapKind{store.GapUnarchived}})), "s1:unarchived")
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateStored, Kept: kept("found", time.Second)})
	equal(t, "kept again", b.voicemail(t, "s1").Recordings[1].Digest, "found")
}

func audioBytes(t *testing.T, b *bench) {
	total := func() int64 {
		n, err := b.KeptBytes(t.Context())
		must(t, err)
		return n
	}
	equal(t, "of nothing", total(), int64(0))
	b.archive(t, wanted("s1"), files("a", "b", "c"))
	equal(t, "of nothing archived", total(), int64(0))
	for n, digest := range []string{"one", "two", "one"} {
		k := kept(digest, time.Second)
		k.Bytes = 3 << 30
		b.work(t, keepKey("s1", n), store.TaskOutcome{State: store.StateStored, Kept: k})
	}
	equal(t, "of two files in three places", total(), int64(6<<30))
}

// audioRaces has replies, look-ups and archived audio of a few voicemails come
// in at once, through two handles: nothing of any is lost.
func audioRaces(t *testing.T, b *bench) {
	const voicemails, rounds = 3, 6
	for i := range voicemails {
		b.archive(t, wanted(fmt.Sprint("s", i)), files("f0"))
	}
	handles := []store.Store{b.Store, b.another(t)}
	g, ctx := errgroup.WithContext(t.Context())
	for i := range voicemails {
		id := fmt.Sprint("s", i)
		g.Go(func() error { return replyOften(ctx, handles[0], id, rounds) })
		g.Go(func() error { return lookUpOften(ctx, handles[1], id, rounds) })
		g.Go(func() error { return saveOften(ctx, handles[i%2], id, rounds) })
	}
	for i := range 2 {
		g.Go(func() error {
			return workAll(ctx, handles[i], func(store.TaskLease) {})
		})
	}
	must(t, g.Wait())
	must(t, workAll(t.Context(), b.Store, func(store.TaskLease) {}))
	for i := range voicemails {
		v := b.voicemail(t, fmt.Sprint("s", i))
		equal(t, "recordings", len(v.Recordings), 2*rounds+1)
		for n, r := range v.Recordings {
			if r.N != n || r.Digest == "" {
				t.Errorf("recording %d of %d: %+v", n, i, r)
			}
		}
		equal(t, "duration", v.Duration, (rounds+1)*time.Second)
		equal(t, "queue", v.Queue, fmt.Sprint("queue ", rounds))
	}
}

// replyOften records replies with ever more files.
func replyOften(ctx context.Context, s store.Store, id string, rounds int) error {
	names := []string{"f0"}
	for i := range rounds {
		names = append(names, fmt.Sprint("f", i+1))
		l, err := s.ClaimSession(ctx, wanted(id).Key(), time.Hour)
		if err != nil {
			return err
		}
		if _, err := s.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: files(names...)}); err != nil {
			return err
		}
	}
	return nil
}

// lookUpOften records look-ups with ever more recordings of calls.
func lookUpOften(ctx context.Context, s store.Store, id string, rounds int) error {
	var names []string
	for i := range rounds {
		names = append(names, fmt.Sprint("f", i))
		l, err := s.ClaimTask(ctx, lookUpKey(id), time.Hour)
		if err != nil {
			return err
		}
		if _, err := s.RecordTask(ctx, l, store.TaskOutcome{State: store.StateStored, Recordings: callFiles(names...)}); err != nil {
			return err
		}
	}
	return nil
}

// saveOften tells ever new things of the session.
func saveOften(ctx context.Context, s store.Store, id string, rounds int) error {
	for i := range rounds {
		one := wanted(id)
		one.QueueName = fmt.Sprint("queue ", i+1)
		if _, err := s.SaveSessions(ctx, []store.Session{one}); err != nil {
			return errors.Join(fmt.Errorf("save %s", id), err)
		}
	}
	return nil
}
