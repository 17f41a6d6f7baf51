package storetest

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func auditRows() []row {
	return []row{
		{"newest first, whole", auditOrder},
		{"the limit is clamped", auditLimit},
		{"many at once: all are there, numbered upwards", auditConcurrent},
		{"asked for by what is in them", auditQuery},
		{"seen by another handle at once", auditCommitted},
		{"who listened: the newest first, within the scope", auditListens},
	}
}

func (b *bench) trail(t *testing.T, limit int) []store.AuditEntry {
	t.Helper()
	got, err := b.AuditTrail(t.Context(), limit)
	must(t, err)
	return got
}

func auditOrder(t *testing.T, b *bench) {
	equal(t, "empty", b.trail(t, 10), []store.AuditEntry(nil))
	first := store.AuditEntry{ID: 77, At: created, Actor: "ada", Action: store.AuditOpen, Allowed: true,
		VoicemailID: store.VoicemailID(bot, "s1"), Detail: "a detail", Remote: "192.0.2.1"}
	second := store.AuditEntry{Actor: "command line", Action: store.AuditSearch}
	must(t, b.Audit(t.Context(), first))
	b.clock.move(-time.Hour) // order is the order of writing, not of the clock
	must(t, b.Audit(t.Context(), second))
	got := b.trail(t, 10)
	if len(got) != 2 {
		t.Fatalf("got %d entries", len(got))
	}
	if got[0].ID <= got[1].ID {
		t.Errorf("ids %d, %d don't ascend", got[1].ID, got[0].ID)
	}
	first.ID, first.At = got[1].ID, b.clock.at(time.Hour)
	second.ID, second.At = got[0].ID, b.clock.at(0)
	equal(t, "trail", got, []store.AuditEntry{second, first})
}

func auditLimit(t *testing.T, b *bench) {
	for i := range 3 {
		must(t, b.Audit(t.Context(), store.AuditEntry{Actor: fmt.Sprint(i), Action: store.AuditSearch}))
	}
	for _, c := range []struct{ limit, want int }{{0, 1}, {-1, 1}, {2, 2}, {3, 3}, {1 << 40, 3}} {
		equal(t, fmt.Sprint("limit ", c.limit), len(b.trail(t, c.limit)), c.want)
	}
	equal(t, "newest", b.trail(t, 1)[0].Actor, "2")
}

func auditConcurrent(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			for j := range 5 {
				if err := handles[i%2].Audit(ctx, store.AuditEntry{Actor: fmt.Sprint(i, "-", j)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
	seen := make(map[string]bool)
	last := int64(1) << 62
	for _, e := range b.trail(t, 100) {
		if e.ID >= last {
			t.Errorf("id %d after %d", e.ID, last)
		}
		last, seen[e.Actor] = e.ID, true
	}
	equal(t, "entries", len(seen), 40)
}

func auditCommitted(t *testing.T, b *bench) {
	other := b.another(t)
	must(t, b.Audit(t.Context(), store.AuditEntry{Actor: "ada", Action: store.AuditPlay}))
	got, err := other.AuditTrail(t.Context(), 1)
	must(t, err)
	equal(t, "entries", len(got), 1)
}

func auditListens(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	other := b.archive(t, wanted("s2"), said("hello"))
	for _, e := range []store.AuditEntry{
		{Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: v.ID, Detail: "recording 0", Remote: "192.0.2.1"},
		{Actor: "bob", Action: store.AuditPlay, VoicemailID: v.ID}, // was refused
		{Actor: "cy", Action: store.AuditOpen, Allowed: true, VoicemailID: v.ID},
		{Actor: "dee", Action: store.AuditPlay, Allowed: true, VoicemailID: other.ID},
		{Actor: "eve", Action: store.AuditPlay, Allowed: true},
		{Actor: "flo", Action: store.AuditPlay, Allowed: true, VoicemailID: v.ID},
	} {
		must(t, b.Audit(t.Context(), e))
		b.clock.move(time.Minute)
	}
	list := func(s store.Scope, id int64, limit int) []store.AuditEntry {
		got, err := b.Listens(t.Context(), s, id, limit)
		must(t, err)
		return got
	}
	got := list(store.OnlyBots(bot), v.ID, 10)
	if len(got) != 2 || got[0].Actor != "flo" {
		t.Fatalf("got %v", got)
	}
	want := store.AuditEntry{ID: got[1].ID, At: b.clock.at(-6 * time.Minute), Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: v.ID,
		Detail: "recording 0", Remote: "192.0.2.1"}
	equal(t, "the older one", got[1], want)
	equal(t, "clamped", len(list(store.AllBots(), v.ID, 0)), 1)
	equal(t, "outside the scope", len(list(store.OnlyBots("another"), v.ID, 10)), 0)
	equal(t, "of no voicemail", len(list(store.AllBots(), 0, 10)), 0)
}

func auditQuery(t *testing.T, b *bench) {
	for i, e := range []store.AuditEntry{
		{Actor: "ada", Action: store.AuditOpen, Allowed: true, VoicemailID: 7},
		{Actor: "bob", Action: store.AuditPlay, Allowed: false, VoicemailID: 7},
		{Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: 8},
		{Actor: "Ada", Action: store.AuditSearch, Allowed: true},
		{Actor: "ada", Action: store.AuditSearch, Allowed: false},
	} {
		e.Detail = fmt.Sprint(i)
		must(t, b.Audit(t.Context(), e))
		b.clock.move(time.Hour)
	}
	start := b.clock.at(-5 * time.Hour)
	third := b.trail(t, 3)[2].ID
	for _, c := range []struct {
		name string
		q    store.AuditQuery
		want string
	}{
		{"nothing asked", store.AuditQuery{Limit: 10}, "43210"},
		{"limit", store.AuditQuery{Limit: 2}, "43"},
		{"limit below", store.AuditQuery{}, "4"},
		{"actor", store.AuditQuery{Actor: "ada", Limit: 10}, "420"},
		{"actor, cleaned", store.AuditQuery{Actor: "a\x00da", Limit: 10}, "420"},
		{"action", store.AuditQuery{Action: store.AuditPlay, Limit: 10}, "21"},
		{"voicemail", store.AuditQuery{VoicemailID: 7, Limit: 10}, "10"},
		{"refused", store.AuditQuery{Refused: true, Limit: 10}, "41"},
		{"from", store.AuditQuery{From: start.Add(3 * time.Hour), Limit: 10}, "43"},
		{"to", store.AuditQuery{To: start.Add(time.Hour), Limit: 10}, "0"},
		{"before", store.AuditQuery{Before: third, Limit: 10}, "10"},
		{"all of it", store.AuditQuery{Actor: "ada", Action: store.AuditPlay, VoicemailID: 8, From: start, To: start.Add(5 * time.Hour), Before: third + 1, Limit: 10}, "2"},
		{"nobody", store.AuditQuery{Actor: "cyd", Limit: 10}, ""},
	} {
		entries, err := b.AuditEntries(t.Context(), c.q)
		must(t, err)
		var got string
		for _, e := range entries {
			got += e.Detail
		}
		equal(t, c.name, got, c.want)
	}
}
