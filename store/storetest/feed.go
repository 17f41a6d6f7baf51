package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func feedRows() []row {
	return []row{
		{"an empty feed", feedEmpty},
		{"in order, each voicemail once with its latest number", feedOrder},
		{"after and limit", feedLimit},
		{"carries the voicemail as it is now", feedVoicemail},
		{"several changes of one call", feedOneCall},
		{"head and tags", feedHead},
		{"knows its past and nothing else", feedKnows},
		{"a follower misses nothing while many write", feedConcurrent},
	}
}

func (b *bench) changes(t *testing.T, after int64, limit int) []store.Change {
	t.Helper()
	got, err := b.Changes(t.Context(), after, limit)
	must(t, err)
	return got
}

// told is the changes' session ids and numbers in one line.
func told(changes []store.Change) string {
	var s string
	for _, c := range changes {
		s += fmt.Sprintf("%d:%s ", c.Seq, c.Voicemail.SessionID)
	}
	return s
}

func feedEmpty(t *testing.T, b *bench) {
	equal(t, "changes", b.changes(t, 0, 10), []store.Change(nil))
	p, err := b.Head(t.Context())
	must(t, err)
	if p.StoreID == "" {
		t.Error("the store has no id")
	}
	equal(t, "head", p, store.Position{StoreID: p.StoreID})
	known, err := b.Knows(t.Context(), p)
	must(t, err)
	equal(t, "knows its start", known, true)
}

func feedOrder(t *testing.T, b *bench) {
	for _, id := range []string{"s3", "s1", "s2"} {
		b.archive(t, wanted(id), said(id))
	}
	equal(t, "changes", told(b.changes(t, 0, 10)), "1:s3 2:s1 3:s2 ")
	b.fetch(t, "s3", store.Outcome{State: store.StateStored, Reply: modified("m1", "newer", time.Hour)})
	equal(t, "changes", told(b.changes(t, 0, 10)), "2:s1 3:s2 4:s3 ")
}

func feedLimit(t *testing.T, b *bench) {
	for _, id := range []string{"a", "b", "c"} {
		b.archive(t, wanted(id), said(id))
	}
	for _, c := range []struct {
		after int64
		limit int
		want  string
	}{
		{0, 2, "1:a 2:b "}, {2, 2, "3:c "}, {3, 2, ""}, {99, 2, ""}, {-5, 2, "1:a 2:b "},
		{0, 0, "1:a "}, {0, -1, "1:a "}, {0, 1 << 40, "1:a 2:b 3:c "},
	} {
		equal(t, fmt.Sprintf("after %d, limit %d", c.after, c.limit), told(b.changes(t, c.after, c.limit)), c.want)
	}
}

func feedVoicemail(t *testing.T, b *bench) {
	want := b.archive(t, full(), wholeReply())
	got := b.changes(t, 0, 1)[0]
	equal(t, "id", got.VoicemailID, want.ID)
	equal(t, "voicemail", *got.Voicemail, want)
}

func feedOneCall(t *testing.T, b *bench) {
	var called []store.Session
	for _, id := range []string{"a", "b", "c"} {
		b.archive(t, wanted(id), said(id))
		s := wanted(id)
		s.Caller = "anonymous"
		called = append(called, s)
	}
	b.save(t, append(called, called...)...)
	equal(t, "changes", told(b.changes(t, 0, 10)), "4:a 5:b 6:c ")
	equal(t, "head", b.head(t), int64(6))
}

func feedHead(t *testing.T, b *bench) {
	tags := make(map[string]bool)
	for _, id := range []string{"a", "b", "c"} {
		b.archive(t, wanted(id), said(id))
		p, err := b.Head(t.Context())
		must(t, err)
		last := b.changes(t, p.Seq-1, 1)[0]
		equal(t, "head", p, store.Position{StoreID: p.StoreID, Seq: last.Seq, Tag: last.Tag})
		tags[p.Tag] = true
	}
	equal(t, "tags differ", len(tags), 3)
	equal(t, "empty tag", tags[""], false)
}

func feedKnows(t *testing.T, b *bench) {
	var past []store.Position
	for i := range 3 {
		b.archive(t, wanted("s1"), modified("m1", fmt.Sprint("version ", i), time.Duration(i)*time.Hour))
		p, err := b.Head(t.Context())
		must(t, err)
		past = append(past, p)
	}
	now := past[2]
	for _, c := range []struct {
		name string
		p    store.Position
		want bool
	}{
		{"now", now, true},
		{"superseded", past[0], true},
		{"the start", store.Position{StoreID: now.StoreID}, true},
		{"another store", store.Position{StoreID: "another", Seq: now.Seq, Tag: now.Tag}, false},
		{"another store's start", store.Position{StoreID: "another"}, false},
		{"nobody's start", store.Position{}, false},
		{"another tag", store.Position{StoreID: now.StoreID, Seq: now.Seq, Tag: past[0].Tag}, false},
		{"no tag", store.Position{StoreID: now.StoreID, Seq: now.Seq}, false},
		{"beyond the head", store.Position{StoreID: now.StoreID, Seq: now.Seq + 1, Tag: now.Tag}, false},
		{"beyond the head, no tag", store.Position{StoreID: now.StoreID, Seq: now.Seq + 1}, false},
		{"before the start", store.Position{StoreID: now.StoreID, Seq: -1}, false},
	} {
		got, err := b.Knows(t.Context(), c.p)
		must(t, err)
		equal(t, c.name, got, c.want)
	}
}

func feedConcurrent(t *testing.T, b *bench) {
	const writers, each = 4, 8
	handles := []store.Store{b.Store, b.another(t)}
	seen := make(map[int64]int64) // number to voicemail, as the follower saw it
	stop := make(chan struct{})
	g, ctx := errgroup.WithContext(t.Context())
	g.Go(func() error { return follow(ctx, handles[1], seen, stop) })
	w, wctx := errgroup.WithContext(ctx)
	for i := range writers {
		w.Go(func() error { return writeSome(wctx, handles[i%2], i, each) })
	}
	err := w.Wait()
	close(stop)
	must(t, err)
	must(t, g.Wait())
	all := b.changes(t, 0, store.MaxChanges)
	equal(t, "voicemails", len(all), writers*each)
	for _, c := range all {
		if seen[c.Seq] != c.VoicemailID {
			t.Errorf("the follower missed change %d", c.Seq)
		}
	}
	equal(t, "head", b.head(t), int64(2*writers*each))
}

// follow reads the feed as the index does, until it is told to stop and has
// reached the end.
func follow(ctx context.Context, s store.Store, seen map[int64]int64, stop <-chan struct{}) error {
	var after int64
	for {
		var last bool
		select {
		case <-stop:
			last = true
		default:
		}
		changes, err := s.Changes(ctx, after, 3)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.Seq <= after {
				return fmt.Errorf("change %d came after %d", c.Seq, after)
			}
			after = c.Seq
			seen[c.Seq] = c.VoicemailID
		}
		if last && len(changes) == 0 {
			return nil
		}
	}
}

// writeSome archives n voicemails and changes each once.
func writeSome(ctx context.Context, s store.Store, writer, n int) error {
	for i := range n {
		one := wanted(fmt.Sprintf("w%d-%d", writer, i))
		if _, err := archive(ctx, s, one, said("hello")); err != nil {
			return err
		}
		if _, err := archive(ctx, s, one, modified("m1", "hello again", time.Hour)); err != nil {
			return err
		}
	}
	return nil
}
