package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"afterbeep/store"
)

func deliveryRows() []row {
	return []row{
		{"come back whole, with what was found", deliveryRoundTrip},
		{"are handed to one caller at a time", deliveryClaims},
		{"of many callers at once go to one each", deliveryRace},
		{"end as recorded", deliveryEnds},
		{"that were given up are woken by their user alone", deliveryWoken},
		{"are held back while nobody is to be told", deliveryHeld},
		{"are summed up", deliverySums},
		{"are forgotten long after they ended", deliveryPruned},
		{"that are forgotten are not told again", deliveryForgotten},
	}
}

// delivery makes an alert of a new user, and a delivery of its that tells of the
// numbers.
func (b *bench) delivery(t *testing.T, name string, ns ...int64) (store.User, store.Alert, string) {
	t.Helper()
	u := b.person(t, name)
	a := b.alertOn(t, u, nil)
	return u, a, b.finds(t, 1, ns...)
}

func (b *bench) claimDelivery(t *testing.T) store.DeliveryLease {
	t.Helper()
	leases, err := b.ClaimDeliveries(t.Context(), 10, time.Minute)
	must(t, err)
	if len(leases) != 1 {
		t.Fatalf("got %d deliveries to make, want 1", len(leases))
	}
	return leases[0]
}

func (b *bench) noDeliveries(t *testing.T, what string) {
	t.Helper()
	leases, err := b.ClaimDeliveries(t.Context(), 10, time.Minute)
	must(t, err)
	equal(t, "deliveries to make: "+what, len(leases), 0)
}

func deliveryRoundTrip(t *testing.T, b *bench) {
	ada, a, id := b.delivery(t, "ada", 1, 3, 2)
	want := store.Delivery{ID: id, AlertID: a.ID, Matches: 3, State: store.DeliveryDue, MadeAt: b.clock.at(0), DueAt: b.clock.at(0)}
	list, err := b.Deliveries(t.Context(), ada.ID, 10)
	must(t, err)
	equal(t, "listed", list, []store.Delivery{want})
	l := b.claimDelivery(t)
	equal(t, "delivery", l.Delivery, want)
	equal(t, "voicemails, the last first", l.Told, []int64{3, 2, 1})
	equal(t, "alert", l.Alert.Target, "ada@example.com")
	equal(t, "search", l.Alert.Search.Name, "search of ada")
	equal(t, "user", l.User, ada)
	equal(t, "until", l.Until, b.clock.at(time.Minute))
	bob := b.person(t, "bob")
	list, err = b.Deliveries(t.Context(), bob.ID, 10)
	must(t, err)
	equal(t, "bob's", len(list), 0)
	_, err = b.ClaimDeliveries(t.Context(), 10, 0)
	wantErr(t, "a lease of no time", err, store.ErrInvalid)
}

func deliveryClaims(t *testing.T, b *bench) {
	b.delivery(t, "ada", 1)
	l := b.claimDelivery(t)
	b.noDeliveries(t, "while another holds it")
	b.clock.move(time.Minute)
	sent := store.DeliveryOutcome{State: store.DeliverySent, Attempt: true}
	wantErr(t, "a lease that ran out", b.RecordDelivery(t.Context(), l, sent), store.ErrLeaseLost)
	again := b.claimDelivery(t)
	equal(t, "the same", again.Delivery.ID, l.Delivery.ID)
	wantErr(t, "the first holder", b.RecordDelivery(t.Context(), l, sent), store.ErrLeaseLost)
	must(t, b.RecordDelivery(t.Context(), again, sent))
	wantErr(t, "twice", b.RecordDelivery(t.Context(), again, sent), store.ErrLeaseLost)
	b.noDeliveries(t, "when it is sent")
}

func deliveryRace(t *testing.T, b *bench) {
	const made = 12
	u := b.person(t, "ada")
	b.alertOn(t, u, nil)
	for n := range int64(made) {
		b.finds(t, n+1, n+1)
	}
	handles := []store.Store{b.Store, b.another(t), b.another(t)}
	var mu sync.Mutex
	var claimed []string
	var group sync.WaitGroup
	for _, h := range handles {
		group.Go(func() {
			for range made {
				leases, err := h.ClaimDeliveries(t.Context(), 1, time.Hour)
				if err != nil {
					t.Errorf("claim: %v", err)
				}
				mu.Lock()
				for _, l := range leases {
					claimed = append(claimed, l.Delivery.ID)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	equal(t, "claimed", len(claimed), made)
	slices.Sort(claimed)
	equal(t, "each once", len(slices.Compact(claimed)), made)
}

func deliveryEnds(t *testing.T, b *bench) {
	ada, _, _ := b.delivery(t, "ada", 1)
	for _, row := range []struct {
		name    string
		outcome store.DeliveryOutcome
		want    store.Delivery
		wait    time.Duration
	}{
		{"put off", store.DeliveryOutcome{State: store.DeliveryDue, After: time.Minute, Reason: "quiet"},
			store.Delivery{State: store.DeliveryDue, DueAt: b.clock.at(time.Minute), Reason: "quiet"}, time.Minute},
		{"failed", store.DeliveryOutcome{State: store.DeliveryDue, After: time.Hour, Reason: "no answer", Attempt: true},
			store.Delivery{State: store.DeliveryDue, Attempts: 1, DueAt: b.clock.at(time.Minute + time.Hour), Reason: "no answer"}, time.Hour},
		{"given up", store.DeliveryOutcome{State: store.DeliveryDead, After: time.Hour, Reason: "no answer\x00", Attempt: true},
			store.Delivery{State: store.DeliveryDead, Attempts: 2, EndedAt: b.clock.at(time.Minute + time.Hour), Reason: "no answer"}, 0},
	} {
		must(t, b.RecordDelivery(t.Context(), b.claimDelivery(t), row.outcome))
		list, err := b.Deliveries(t.Context(), ada.ID, 10)
		must(t, err)
		row.want.ID, row.want.AlertID, row.want.Matches, row.want.MadeAt = list[0].ID, list[0].AlertID, 1, list[0].MadeAt
		equal(t, row.name, list[0], row.want)
		b.noDeliveries(t, row.name)
		b.clock.move(row.wait)
	}
	b.finds(t, 2, 2)
	l := b.claimDelivery(t)
	for _, state := range []store.DeliveryState{"", store.DeliveryLeased, "odd\x00"} {
		wantErr(t, string(state), b.RecordDelivery(t.Context(), l, store.DeliveryOutcome{State: state}), store.ErrInvalid)
	}
	must(t, b.RecordDelivery(t.Context(), l, store.DeliveryOutcome{State: store.DeliveryDropped}))
	b.noDeliveries(t, "dropped")
}

func deliveryWoken(t *testing.T, b *bench) {
	ada, _, id := b.delivery(t, "ada", 1)
	bob := b.person(t, "bob")
	wantErr(t, "one that is due", b.WakeDelivery(t.Context(), ada.ID, id), store.ErrConflict)
	must(t, b.RecordDelivery(t.Context(), b.claimDelivery(t), store.DeliveryOutcome{State: store.DeliveryDead, Reason: "why", Attempt: true}))
	wantErr(t, "another's", b.WakeDelivery(t.Context(), bob.ID, id), store.ErrNotFound)
	wantErr(t, "none", b.WakeDelivery(t.Context(), ada.ID, "odd\x00"), store.ErrNotFound)
	must(t, b.WakeDelivery(t.Context(), ada.ID, id))
	l := b.claimDelivery(t)
	equal(t, "the same", l.Delivery.ID, id)
	equal(t, "attempts", l.Delivery.Attempts, 0)
	equal(t, "reason", l.Delivery.Reason, "")
}

func deliveryHeld(t *testing.T, b *bench) {
	ada, a, id := b.delivery(t, "ada", 1)
	a.Paused = true
	b.saveAlert(t, a)
	b.noDeliveries(t, "paused")
	a.Paused = false
	b.saveAlert(t, a)
	ada.Disabled = true
	must(t, b.UpdateUser(t.Context(), ada))
	b.noDeliveries(t, "of a user who is disabled")
	ada.Disabled = false
	must(t, b.UpdateUser(t.Context(), ada))
	equal(t, "when all is well", b.claimDelivery(t).Delivery.ID, id)
}

func deliverySums(t *testing.T, b *bench) {
	sums := func(what string, want store.AlertSums) {
		t.Helper()
		got, err := b.AlertSums(t.Context())
		must(t, err)
		want.Now = b.clock.at(0)
		equal(t, what, got, want)
	}
	sums("none", store.AlertSums{})
	_, a, _ := b.delivery(t, "ada", 1)
	made := b.clock.at(0)
	b.clock.move(time.Second)
	sums("one that is due", store.AlertSums{Alerts: 1, Waiting: 1, Oldest: made})
	l := b.claimDelivery(t)
	sums("one that is being made", store.AlertSums{Alerts: 1, Waiting: 1})
	must(t, b.RecordDelivery(t.Context(), l, store.DeliveryOutcome{State: store.DeliveryDead}))
	b.finds(t, 2, 2)
	a.Paused = true
	b.saveAlert(t, a)
	sums("one that was given up, and one that is held", store.AlertSums{Dead: 1})
}

// endsDelivery makes a delivery of the numbers and ends it as the outcome says.
func (b *bench) endsDelivery(t *testing.T, seq int64, state store.DeliveryState, ns ...int64) string {
	t.Helper()
	id := b.finds(t, seq, ns...)
	must(t, b.RecordDelivery(t.Context(), b.claimDelivery(t), store.DeliveryOutcome{State: state, Attempt: true}))
	return id
}

func (b *bench) pruned(t *testing.T, what string, ended, givenUp time.Duration, limit, want int) {
	t.Helper()
	n, err := b.PruneDeliveries(t.Context(), b.clock.at(ended), b.clock.at(givenUp), limit)
	must(t, err)
	equal(t, "forgotten: "+what, n, want)
}

func deliveryPruned(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	b.alertOn(t, ada, nil)
	b.endsDelivery(t, 1, store.DeliverySent, 1)
	b.clock.move(time.Hour)
	dropped := b.endsDelivery(t, 2, store.DeliveryDropped, 2)
	dead := b.endsDelivery(t, 3, store.DeliveryDead, 3)
	b.clock.move(time.Hour)
	leased := b.finds(t, 4, 4)
	b.claimDelivery(t)
	due := b.finds(t, 5, 5)
	left := func(what string, want ...string) {
		t.Helper()
		list, err := b.Deliveries(t.Context(), ada.ID, 10)
		must(t, err)
		var got []string
		for _, d := range list {
			got = append(got, d.ID)
		}
		slices.Sort(got)
		slices.Sort(want)
		equal(t, "left "+what, got, want)
	}
	b.pruned(t, "of before the first", -2*time.Hour, -2*time.Hour, 10, 0)
	b.pruned(t, "the first", -90*time.Minute, -90*time.Minute, 10, 1)
	left("of the ended", dropped, dead, leased, due)
	b.pruned(t, "one at a time, but none given up", time.Hour, -2*time.Hour, 1, 1)
	left("of the given up", dead, leased, due)
	b.pruned(t, "given up", -2*time.Hour, time.Hour, 10, 1)
	b.pruned(t, "what is to be made", time.Hour, time.Hour, 10, 0)
	left("at the end", leased, due)
	wantErr(t, "waking one that is gone", b.WakeDelivery(t.Context(), ada.ID, dead), store.ErrNotFound)
}

func deliveryForgotten(t *testing.T, b *bench) {
	b.alertOn(t, b.person(t, "ada"), nil)
	b.endsDelivery(t, 1, store.DeliverySent, 1, 2)
	b.pruned(t, "it", time.Hour, time.Hour, 10, 1)
	equal(t, "told again", b.finds(t, 2, 1, 2), "")
	id := b.finds(t, 3, 1, 2, 3)
	l := b.claimDelivery(t)
	equal(t, "the new one", l.Delivery.ID, id)
	equal(t, "tells", l.Told, []int64{3})
}
