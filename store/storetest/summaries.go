package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func summaryRows() []row {
	return []row{
		{"whatever changes is seen by all handles", summariesChange},
		{"what a caller does with them is his own", summariesOwned},
		{"none is older than what was stored before it was asked for", summariesRace},
	}
}

// summaryOf is a voicemail as Summaries tells it.
func summaryOf(v store.Voicemail) store.Voicemail {
	v.Segments = nil
	var rs []store.Recording
	for _, r := range v.Recordings {
		r.CheckedAt, r.ExpiryHint = time.Time{}, time.Time{}
		rs = append(rs, r)
	}
	v.Recordings = rs
	return v
}

// summariesChange changes a voicemail in every way, and compares after each what
// handles tell that have read it before.
func summariesChange(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t), b.another(t)}
	v := b.archive(t, wanted("s1"), files("a", "b"))
	told := wanted("s1")
	told.Caller, told.CallerE164, told.QueueName = "+1 415 555 0123", "+14155550123", "Returns"
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"new", func() {}},
		{"text", func() { b.again(t, modified("m1", "hello again", time.Hour)) }},
		{"a file more", func() { b.again(t, files("a", "b", "c")) }},
		{"a link that is checked again", func() { b.clock.move(time.Hour); b.again(t, files("a", "b", "c")) }},
		{"a file is gone", func() { b.again(t, files("a", "c")) }},
		{"the session tells more", func() { b.save(t, told) }},
		{"kept", func() {
			b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
		}},
		{"kept, the length not known", func() { b.work(t, keepKey("s1", 2), store.TaskOutcome{State: store.StateStored, Kept: kept("d", 0)}) }},
		{"lost", func() { b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateGone, Lost: true}) }},
		{"calls", func() {
			b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: callFiles("x")})
		}},
	} {
		step.do()
		want := []store.Voicemail{summaryOf(b.voicemail(t, "s1"))}
		for i, s := range handles {
			for range 2 {
				got, err := s.Summaries(t.Context(), store.AllBots(), []int64{v.ID})
				must(t, err)
				equal(t, fmt.Sprintf("%s, handle %d", step.name, i), got, want)
			}
		}
	}
}

func summariesOwned(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), files("a", "b"))
	for range 2 {
		got, err := b.Summaries(t.Context(), store.AllBots(), []int64{v.ID})
		must(t, err)
		equal(t, "summaries", got, []store.Voicemail{summaryOf(v)})
		got[0].Text, got[0].Recordings[1].FileName = "other", "other"
	}
}

// summariesRace reads at two handles what is changed all the time, so that
// reading and forgetting meet.
func summariesRace(t *testing.T, b *bench) {
	const changes = 60
	ids := []int64{b.archive(t, wanted("s1"), said("0")).ID, b.archive(t, wanted("s2"), said("0")).ID}
	var written [2]atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var g errgroup.Group
	for _, s := range []store.Store{b.Store, b.Store, b.another(t), b.another(t)} {
		g.Go(func() error {
			for ctx.Err() == nil {
				before := []int64{written[0].Load(), written[1].Load()}
				got, err := s.Summaries(t.Context(), store.AllBots(), ids)
				if err != nil || len(got) != 2 {
					return fmt.Errorf("%d voicemails: %w", len(got), err)
				}
				for i, v := range got {
					if n, err := strconv.ParseInt(v.Text, 10, 64); err != nil || n < before[i] {
						return fmt.Errorf("got %q, which %d had replaced", v.Text, before[i])
					}
				}
			}
			return nil
		})
	}
	for n := 1; n <= changes; n++ {
		for i, id := range []string{"s1", "s2"} {
			b.fetch(t, id, store.Outcome{State: store.StateStored, Reply: modified("m1", strconv.Itoa(n), time.Duration(n)*time.Second)})
			written[i].Store(int64(n))
		}
	}
	cancel()
	must(t, g.Wait())
}
