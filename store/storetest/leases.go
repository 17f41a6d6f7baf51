package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func leaseRows() []row {
	return []row{
		{"comes back when it has run out", leaseRunsOut},
		{"a dead holder's session keeps its state and attempts", leaseKeepsState},
		{"renew prolongs those that are held and tells the lost", leaseRenew},
		{"renew nothing", func(t *testing.T, b *bench) {
			lost, err := b.Renew(t.Context(), nil, time.Minute)
			must(t, err)
			equal(t, "lost", lost, []store.Lease(nil))
		}},
		{"record after it ran out writes nothing", recordLate},
		{"record after somebody else took it writes nothing", recordTaken},
		{"record twice writes once", recordTwice},
		{"record of an unknown session", recordUnknown},
		{"tokens differ", leaseTokens},
	}
}

func leaseRunsOut(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	first := b.claim(t, 1, account)
	equal(t, "until", first[0].Until, b.clock.at(time.Minute))
	b.clock.move(time.Minute - time.Microsecond)
	equal(t, "while it lasts", ids(b.claim(t, 1, account)), "")
	b.clock.move(time.Microsecond)
	equal(t, "after", ids(b.claim(t, 1, account)), "s1")
}

func leaseKeepsState(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	for range 3 {
		b.fetch(t, "s1", store.Outcome{State: store.StateRetry, Reason: "time-out"})
	}
	for range 3 {
		l := b.claim(t, 1, account)
		equal(t, "state", l[0].Session.State, store.StateRetry)
		equal(t, "attempts", l[0].Session.Attempts, 3)
		equal(t, "reason", l[0].Session.Reason, "time-out")
		b.clock.move(time.Hour)
	}
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: said("hello")})
	b.lease(t, "s1")
	b.clock.move(2 * time.Hour)
	equal(t, "state of one that was stored", b.lease(t, "s1").Session.State, store.StateStored)
}

func leaseRenew(t *testing.T, b *bench) {
	b.save(t, wanted("held"), wanted("late"), wanted("recorded"), wanted("taken"))
	leases := b.claim(t, 10, account) // for a minute
	held, late, recorded, taken := leases[0], leases[1], leases[2], leases[3]
	_, err := b.Record(t.Context(), recorded, store.Outcome{State: store.StateEmpty})
	must(t, err)
	b.clock.move(30 * time.Second)
	lost, err := b.Renew(t.Context(), []store.Lease{held, recorded}, time.Minute)
	must(t, err)
	equal(t, "lost", lost, []store.Lease{recorded})
	b.clock.move(30 * time.Second)
	b.lease(t, "taken")
	lost, err = b.Renew(t.Context(), leases, time.Minute)
	must(t, err)
	equal(t, "lost later", lost, []store.Lease{late, recorded, taken})
	b.clock.move(59 * time.Second)
	_, err = b.Record(t.Context(), held, store.Outcome{State: store.StateStored, Reply: said("hello")})
	must(t, err)
}

// lateRecord checks that recording the lease fails and leaves everything.
func lateRecord(t *testing.T, b *bench, l store.Lease, had store.Session) {
	t.Helper()
	seq := b.head(t)
	changed, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("too late")})
	wantErr(t, "record", err, store.ErrLeaseLost)
	equal(t, "changed", changed, false)
	equal(t, "session", b.session(t, "s1"), had)
	equal(t, "head", b.head(t), seq)
}

func recordLate(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l := b.claim(t, 1, account)[0]
	b.clock.move(time.Minute)
	lateRecord(t, b, l, b.session(t, "s1"))
	b.noVoicemail(t, "s1")
}

func recordTaken(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	first := b.claim(t, 1, account)[0]
	b.clock.move(time.Minute)
	second := b.claim(t, 1, account)[0]
	lateRecord(t, b, first, b.session(t, "s1"))
	b.noVoicemail(t, "s1")
	_, err := b.Record(t.Context(), second, store.Outcome{State: store.StateStored, Reply: said("in time")})
	must(t, err)
	equal(t, "text", b.voicemail(t, "s1").Text, "in time")
}

func recordTwice(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l := b.lease(t, "s1")
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	must(t, err)
	lateRecord(t, b, l, b.session(t, "s1"))
	equal(t, "text", b.voicemail(t, "s1").Text, "hello")
}

func recordUnknown(t *testing.T, b *bench) {
	l := store.Lease{Session: wanted("s1"), Token: "made up", Until: b.clock.at(time.Hour)}
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	wantErr(t, "never seen", err, store.ErrLeaseLost)
	b.save(t, wanted("s1"))
	lateRecord(t, b, l, b.session(t, "s1"))
	l.Token = ""
	lateRecord(t, b, l, b.session(t, "s1"))
	b.lease(t, "s1")
	lateRecord(t, b, l, b.session(t, "s1"))
	lost, err := b.Renew(t.Context(), []store.Lease{l}, time.Minute)
	must(t, err)
	equal(t, "lost", len(lost), 1)
}

func leaseTokens(t *testing.T, b *bench) {
	b.save(t, wanted("s1"), wanted("s2"))
	seen := map[string]bool{"": true}
	for range 3 {
		for _, l := range b.claim(t, 2, account) {
			if seen[l.Token] {
				t.Errorf("token given twice, or empty")
			}
			seen[l.Token] = true
		}
		b.clock.move(time.Minute)
	}
}
