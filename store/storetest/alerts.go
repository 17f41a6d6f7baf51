package storetest

import (
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func alertRows() []row {
	return []row{
		{"come back whole, with the search as their user sees it", alertRoundTrip},
		{"are changed and forgotten by their user alone", alertChanged},
		{"out of bounds are refused", alertInvalid},
		{"are claimed by one caller at a time", alertClaims},
		{"are not claimed where nobody is to be told", alertUnclaimed},
		{"look through what changed since they were made", alertChanges},
		{"tell of each match once", alertTellsOnce},
		{"tell nothing by a lease that was lost", alertLostLease},
		{"wait for their time, and tell then", alertWaits},
		{"tell of many in several deliveries", alertTellsMany},
		{"tell of a burst, and pass over what is too old for one", alertBurst},
		{"go on from where they are after a pause", alertPaused},
		{"on requests need no search, and are looked for by time", alertOverdue},
	}
}

// alertOn saves a search and an alert on it.
func (b *bench) alertOn(t *testing.T, u store.User, change func(*store.Alert)) store.Alert {
	t.Helper()
	s := b.saveSearch(t, store.SavedSearch{UserID: u.ID, Name: "search of " + u.Name, Params: "q=refund"})
	a := store.Alert{SearchID: s.ID, UserID: u.ID, Channel: store.ChannelEmail, Target: u.Name + "@example.com"}
	if change != nil {
		change(&a)
	}
	return b.saveAlert(t, a)
}

func (b *bench) saveAlert(t *testing.T, a store.Alert) store.Alert {
	t.Helper()
	kept, err := b.SaveAlert(t.Context(), a)
	must(t, err)
	return kept
}

// claimAlert claims the only alert that there is to claim.
func (b *bench) claimAlert(t *testing.T, through int64) store.AlertLease {
	t.Helper()
	leases, err := b.ClaimAlerts(t.Context(), through, 10, time.Minute)
	must(t, err)
	if len(leases) != 1 {
		t.Fatalf("got %d alerts to look for, want 1", len(leases))
	}
	return leases[0]
}

func (b *bench) noAlerts(t *testing.T, what string, through int64) {
	t.Helper()
	leases, err := b.ClaimAlerts(t.Context(), through, 10, time.Minute)
	must(t, err)
	equal(t, "alerts to look for: "+what, len(leases), 0)
}

// finds claims the alert and records matches of the numbers, each left that many
// minutes after created; it returns the delivery's id.
func (b *bench) finds(t *testing.T, seen int64, ns ...int64) string {
	t.Helper()
	l := b.claimAlert(t, seen)
	f := store.AlertFound{Seen: seen}
	for _, n := range ns {
		f.Matches = append(f.Matches, store.Match{VoicemailID: n, LeftAt: b.clock.at(0).Add(time.Duration(n) * time.Minute)})
	}
	id, err := b.RecordAlert(t.Context(), l, f)
	must(t, err)
	return id
}

func alertRoundTrip(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	s := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "refunds", Params: "q=refund", Shared: true})
	got := b.saveAlert(t, store.Alert{SearchID: s.ID, UserID: bob.ID, Channel: store.ChannelWebhook, Target: "https://example.com/in", Sealed: []byte{0, 1, 0xff},
		Excerpts: true, MoreThan: 5, Within: time.Hour, Every: time.Minute, Quiet: store.Quiet{From: 1200, To: 360, Weekends: true, Zone: "Europe/Berlin"},
		Since: 99, Seen: 99, ToldAt: created, CreatedAt: created})
	want := store.Alert{ID: got.ID, SearchID: s.ID, UserID: bob.ID, Channel: store.ChannelWebhook, Target: "https://example.com/in", Sealed: []byte{0, 1, 0xff},
		Excerpts: true, MoreThan: 5, Within: time.Hour, Every: time.Minute, Quiet: store.Quiet{From: 1200, To: 360, Weekends: true, Zone: "Europe/Berlin"},
		CreatedAt: b.clock.at(0), SinceAt: b.clock.at(0), Search: store.SavedSearch{ID: s.ID, UserID: ada.ID, Owner: "ada", Name: "refunds", Params: "q=refund", Shared: true,
			CreatedAt: b.clock.at(0), ChangedAt: b.clock.at(0)}}
	equal(t, "saved", got, want)
	list, err := b.another(t).Alerts(t.Context(), bob.ID)
	must(t, err)
	equal(t, "listed", list, []store.Alert{want})
	s.Shared = false
	b.saveSearch(t, s)
	list, err = b.Alerts(t.Context(), bob.ID)
	must(t, err)
	want.Search = store.SavedSearch{}
	equal(t, "listed, when the search is not shared any more", list, []store.Alert{want})
}

func alertChanged(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	had := b.alertOn(t, ada, func(a *store.Alert) {
		a.Channel, a.Target, a.Sealed = store.ChannelWebhook, "https://a.example", []byte("sealed")
	})
	b.clock.move(time.Hour)
	got := b.saveAlert(t, store.Alert{ID: had.ID, SearchID: 99, UserID: ada.ID, Channel: store.ChannelWebhook, Target: "https://b.example", Every: time.Hour})
	want := had
	want.Target, want.Every = "https://b.example", time.Hour
	equal(t, "changed", got, want)
	_, err := b.SaveAlert(t.Context(), store.Alert{ID: had.ID, UserID: bob.ID, Channel: store.ChannelEmail, Target: "b@example.com"})
	wantErr(t, "another's", err, store.ErrNotFound)
	_, err = b.SaveAlert(t.Context(), store.Alert{SearchID: had.SearchID, UserID: bob.ID, Channel: store.ChannelEmail, Target: "b@example.com"})
	wantErr(t, "on another's search", err, store.ErrNotFound)
	wantErr(t, "deleting another's", b.DeleteAlert(t.Context(), bob.ID, had.ID), store.ErrNotFound)
	must(t, b.DeleteAlert(t.Context(), ada.ID, had.ID))
	wantErr(t, "again", b.DeleteAlert(t.Context(), ada.ID, had.ID), store.ErrNotFound)
	b.alertOn(t, bob, nil)
	s, err := b.SavedSearches(t.Context(), bob.ID)
	must(t, err)
	must(t, b.DeleteSearch(t.Context(), bob.ID, s[0].ID))
	list, err := b.Alerts(t.Context(), bob.ID)
	must(t, err)
	equal(t, "alerts on a search that is gone", len(list), 0)
}

func alertInvalid(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	s := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "one"})
	good := store.Alert{SearchID: s.ID, UserID: ada.ID, Channel: store.ChannelEmail, Target: "ada@example.com"}
	for name, change := range map[string]func(*store.Alert){
		"no channel":         func(a *store.Alert) { a.Channel = "" },
		"no target":          func(a *store.Alert) { a.Target = "\x00" },
		"a long target":      func(a *store.Alert) { a.Target = strings.Repeat("x", store.MaxTarget+1) },
		"more than none":     func(a *store.Alert) { a.MoreThan, a.Within = -1, time.Hour },
		"too many":           func(a *store.Alert) { a.MoreThan, a.Within = store.MaxMoreThan+1, time.Hour },
		"within no time":     func(a *store.Alert) { a.MoreThan = 1 },
		"within too long":    func(a *store.Alert) { a.MoreThan, a.Within = 1, store.MaxWithin+1000 },
		"a negative pause":   func(a *store.Alert) { a.Every = -time.Hour },
		"an hour past 24":    func(a *store.Alert) { a.Quiet.To = 1440 },
		"a zone there isn't": func(a *store.Alert) { a.Quiet.Zone = "Nowhere/None" },
	} {
		one := good
		change(&one)
		_, err := b.SaveAlert(t.Context(), one)
		wantErr(t, name, err, store.ErrInvalid)
	}
	for range store.MaxAlerts {
		b.saveAlert(t, good)
	}
	_, err := b.SaveAlert(t.Context(), good)
	wantErr(t, "one more than may be", err, store.ErrInvalid)
	_, err = b.ClaimAlerts(t.Context(), 1, 1, 0)
	wantErr(t, "a lease of no time", err, store.ErrInvalid)
}

func alertClaims(t *testing.T, b *bench) {
	b.alertOn(t, b.person(t, "ada"), nil)
	b.noAlerts(t, "with nothing new", 0)
	l := b.claimAlert(t, 5)
	equal(t, "user", l.User.Name, "ada")
	equal(t, "search", l.Alert.Search.Params, "q=refund")
	b.noAlerts(t, "while another holds it", 5)
	b.clock.move(time.Minute)
	again := b.claimAlert(t, 5) // the holder died
	_, err := b.RecordAlert(t.Context(), l, store.AlertFound{Seen: 5})
	wantErr(t, "the first holder", err, store.ErrLeaseLost)
	_, err = b.RecordAlert(t.Context(), again, store.AlertFound{Seen: 5})
	must(t, err)
	b.noAlerts(t, "when all was seen", 5)
	_, err = b.RecordAlert(t.Context(), again, store.AlertFound{Seen: 6})
	wantErr(t, "recorded twice", err, store.ErrLeaseLost)
}

func alertUnclaimed(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	a := b.alertOn(t, ada, func(a *store.Alert) { a.Paused = true })
	b.noAlerts(t, "paused", 5)
	a.Paused = false
	b.saveAlert(t, a)
	ada.Disabled = true
	must(t, b.UpdateUser(t.Context(), ada))
	b.noAlerts(t, "of a user who is disabled", 5)
	s := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "shared", Shared: true})
	b.saveAlert(t, store.Alert{SearchID: s.ID, UserID: bob.ID, Channel: store.ChannelEmail, Target: "bob@example.com"})
	s.Shared = false
	b.saveSearch(t, s)
	b.noAlerts(t, "on a search that is not shared any more", 5)
	s.Shared = true
	b.saveSearch(t, s)
	equal(t, "when it is again", b.claimAlert(t, 5).User.Name, "bob")
}

func alertChanges(t *testing.T, b *bench) {
	b.archive(t, wanted("old"), said("old"))
	a := b.alertOn(t, b.person(t, "ada"), nil)
	equal(t, "since", a.Since, b.head(t))
	b.archive(t, wanted("s1"), said("one"))
	b.archive(t, wanted("s2"), said("two"))
	louder := said("old, and more")
	louder.Segments[0].ModifiedOn = created.Add(time.Hour)
	b.fetch(t, "old", store.Outcome{State: store.StateStored, Reply: louder})
	louder = said("one, and more")
	louder.Segments[0].ModifiedOn = created.Add(time.Hour)
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: louder})
	one := func(seq int64, s string) store.Changed {
		return store.Changed{Seq: a.Since + seq, VoicemailID: store.VoicemailID(bot, s)}
	}
	for _, row := range []struct {
		name           string
		after, through int64
		limit          int
		want           []store.Changed
	}{
		{"all but what is old", 0, 9, 9, []store.Changed{one(2, "s2"), one(4, "s1")}},
		{"up to", 0, 3, 9, []store.Changed{one(2, "s2")}},
		{"after", 2, 9, 9, []store.Changed{one(4, "s1")}},
		{"the first", 0, 9, 1, []store.Changed{one(2, "s2")}},
	} {
		got, err := b.Changed(t.Context(), a.Since+row.after, a.Since+row.through, a.Since, row.limit)
		must(t, err)
		equal(t, row.name, got, row.want)
	}
}

func alertTellsOnce(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	b.alertOn(t, ada, nil)
	equal(t, "nothing found", b.finds(t, 1), "")
	first := b.finds(t, 2, 1, 2)
	second := b.finds(t, 3, 2, 3)
	equal(t, "found again alone", b.finds(t, 4, 3, 1), "")
	list, err := b.Deliveries(t.Context(), ada.ID, 10)
	must(t, err)
	told := map[string]int{}
	for _, d := range list {
		told[d.ID] = d.Matches
	}
	equal(t, "deliveries", told, map[string]int{first: 2, second: 1})
}

func alertLostLease(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	a := b.alertOn(t, ada, nil)
	l := b.claimAlert(t, 5)
	b.clock.move(time.Minute)
	_, err := b.RecordAlert(t.Context(), l, store.AlertFound{Seen: 5, Matches: []store.Match{{VoicemailID: 1, LeftAt: created}}})
	wantErr(t, "run out", err, store.ErrLeaseLost)
	l = b.claimAlert(t, 5)
	b.saveAlert(t, a)
	_, err = b.RecordAlert(t.Context(), l, store.AlertFound{Seen: 5, Matches: []store.Match{{VoicemailID: 1, LeftAt: created}}})
	wantErr(t, "changed meanwhile", err, store.ErrLeaseLost)
	list, err := b.Deliveries(t.Context(), ada.ID, 10)
	must(t, err)
	equal(t, "deliveries", len(list), 0)
	equal(t, "the next look tells", b.finds(t, 5, 1) != "", true)
}

func alertWaits(t *testing.T, b *bench) {
	b.alertOn(t, b.person(t, "ada"), func(a *store.Alert) { a.Every = time.Hour })
	equal(t, "the first at once", b.finds(t, 1, 1) != "", true)
	b.clock.move(time.Minute)
	equal(t, "the next later", b.finds(t, 2, 2), "")
	b.noAlerts(t, "too early", 2)
	b.clock.move(59 * time.Minute)
	equal(t, "told then", b.finds(t, 2) != "", true)
	b.noAlerts(t, "with nothing left", 2)
}

func alertTellsMany(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	b.alertOn(t, ada, nil)
	ns := make([]int64, store.MaxTold+1)
	for i := range ns {
		ns[i] = int64(i + 1)
	}
	b.finds(t, 1, ns...)
	b.finds(t, 1)
	b.noAlerts(t, "when all is told", 1)
	leases, err := b.ClaimDeliveries(t.Context(), 10, time.Minute)
	must(t, err)
	seen := map[int64]bool{}
	for _, l := range leases {
		equal(t, "matches", l.Delivery.Matches, len(l.Told))
		for _, id := range l.Told {
			seen[id] = true
		}
	}
	equal(t, "deliveries", len(leases), 2)
	equal(t, "told", len(seen), len(ns))
}

func alertBurst(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	b.alertOn(t, ada, func(a *store.Alert) { a.MoreThan, a.Within = 2, 10*time.Minute })
	equal(t, "too few", b.finds(t, 1, 1, 2), "")
	equal(t, "too far apart", b.finds(t, 2, 14), "")
	b.finds(t, 3, -60*24*3)
	equal(t, "enough", b.finds(t, 4, 11) != "", true)
	list, err := b.Deliveries(t.Context(), ada.ID, 10)
	must(t, err)
	equal(t, "deliveries", len(list), 1)
	equal(t, "matches", list[0].Matches, 3)
}

func alertPaused(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	a := b.alertOn(t, ada, nil)
	a.Paused = true
	b.saveAlert(t, a)
	b.archive(t, wanted("s1"), said("one"))
	a.Paused = false
	a = b.saveAlert(t, a)
	equal(t, "since", a.Since, b.head(t))
	equal(t, "seen", a.Seen, b.head(t))
}

func alertOverdue(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	a := b.saveAlert(t, store.Alert{Kind: store.AlertOverdue, SearchID: 99, UserID: ada.ID, Channel: store.ChannelEmail, Target: "ada@example.com", MoreThan: 3, OlderThan: 4 * time.Hour})
	want := store.Alert{ID: a.ID, Kind: store.AlertOverdue, UserID: ada.ID, Channel: store.ChannelEmail, Target: "ada@example.com", OlderThan: 4 * time.Hour,
		CreatedAt: b.clock.at(0), SinceAt: b.clock.at(0), NextAt: b.clock.at(0)}
	equal(t, "saved", a, want)
	if id := b.finds(t, 0, 1, 2); id == "" {
		t.Error("what waits for too long is not told")
	}
	leases, err := b.ClaimDeliveries(t.Context(), 10, time.Minute)
	must(t, err)
	if len(leases) != 1 || len(leases[0].Told) != 2 {
		t.Fatalf("got deliveries %v, want one of two requests", leases)
	}
	b.noAlerts(t, "whatever else changes", 99)
	b.clock.move(store.AlertPause)
	equal(t, "told again", b.finds(t, 0, 1, 2), "")
	b.clock.move(store.AlertPause)
	if b.finds(t, 0, 1, 2, 3) == "" {
		t.Error("one that is new is not told")
	}
	b.clock.move(time.Second)
	had := b.changedAlert(t, a, func(a *store.Alert) { a.Target = "b@example.com" })
	equal(t, "since, with another address", had.SinceAt, want.SinceAt)
	had = b.changedAlert(t, had, func(a *store.Alert) { a.OlderThan = 0 })
	equal(t, "since, with another age", had.SinceAt, b.clock.at(0))
	b.clock.move(time.Second)
	had = b.changedAlert(t, had, func(a *store.Alert) { a.Paused = true })
	b.noAlerts(t, "paused", 99)
	b.clock.move(time.Second)
	had = b.changedAlert(t, had, func(a *store.Alert) { a.Paused = false })
	equal(t, "since, after a pause", had.SinceAt, b.clock.at(0))
	b.claimAlert(t, 0)
	_, err = b.SaveAlert(t.Context(), store.Alert{Kind: "other", UserID: ada.ID, Channel: store.ChannelEmail, Target: "a@example.com"})
	wantErr(t, "of another kind", err, store.ErrInvalid)
	_, err = b.SaveAlert(t.Context(), store.Alert{Kind: store.AlertOverdue, UserID: ada.ID, Channel: store.ChannelEmail, Target: "a@example.com", OlderThan: -time.Second})
	wantErr(t, "of less than no age", err, store.ErrInvalid)
}

func (b *bench) changedAlert(t *testing.T, a store.Alert, change func(*store.Alert)) store.Alert {
	t.Helper()
	change(&a)
	return b.saveAlert(t, a)
}
