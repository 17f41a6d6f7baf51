package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func botRows() []row {
	return []row{
		{"come back whole, by id", botRoundTrip},
		{"one with the id is replaced, but for who made it when", botReplaced},
		{"are forgotten, and their voicemails are not", botDeleted},
		{"without an id or an account, or with endless ones, are refused", botInvalid},
		{"odd text is cleaned at the door", botCleaned},
	}
}

func wholeBot(id string) store.Bot {
	return store.Bot{ID: id, AccountID: account, BaseURL: "https://bots.example.com", ClientID: "cs-1", Sealed: []byte{0, 1, 0xff},
		Alg: "HS256", JTI: true, Region: "GB", TimeZone: "Europe/London", Schedule: "*/5 * * * *", CreatedBy: "ada"}
}

func (b *bench) bots(t *testing.T) []store.Bot {
	t.Helper()
	bots, err := b.Bots(t.Context())
	must(t, err)
	return bots
}

func botRoundTrip(t *testing.T, b *bench) {
	equal(t, "none", b.bots(t), []store.Bot(nil))
	for _, id := range []string{"b", "é", "B", "a", "b-"} {
		one := wholeBot(id)
		one.CreatedAt = created // which is the store's to say
		must(t, b.SaveBot(t.Context(), one))
	}
	must(t, b.SaveBot(t.Context(), store.Bot{ID: "bare", AccountID: "x"}))
	var want []store.Bot
	for _, id := range []string{"B", "a", "b", "b-", "bare", "é"} {
		one := wholeBot(id)
		if id == "bare" {
			one = store.Bot{ID: "bare", AccountID: "x"}
		}
		one.CreatedAt = b.clock.at(0)
		want = append(want, one)
	}
	equal(t, "bots", b.bots(t), want)
}

func botReplaced(t *testing.T, b *bench) {
	must(t, b.SaveBot(t.Context(), wholeBot("a")))
	want := store.Bot{ID: "a", AccountID: "account-2", BaseURL: "https://other.example.com", ClientID: "cs-2", Sealed: []byte("other"),
		Alg: "HS512", Region: "US", TimeZone: "UTC", Schedule: "@hourly", CreatedAt: b.clock.at(0), CreatedBy: "ada"}
	b.clock.move(time.Hour)
	other := want
	other.CreatedBy, other.CreatedAt = "bob", created
	must(t, b.SaveBot(t.Context(), other))
	equal(t, "bots", b.bots(t), []store.Bot{want})
}

func botDeleted(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	must(t, b.SaveBot(t.Context(), wholeBot(bot)))
	must(t, b.SaveBot(t.Context(), wholeBot("other")))
	must(t, b.DeleteBot(t.Context(), bot))
	equal(t, "bots", len(b.bots(t)), 1)
	wantErr(t, "again", b.DeleteBot(t.Context(), bot), store.ErrNotFound)
	equal(t, "voicemail", b.voicemail(t, "s1").Text, "hello")
}

func botInvalid(t *testing.T, b *bench) {
	long := incompressible(store.MaxID + 1)
	for name, one := range map[string]store.Bot{
		"no id": {AccountID: account}, "no account": {ID: "a"}, "no id once it is clean": {ID: "\x00", AccountID: account},
		"a long id": {ID: long, AccountID: account}, "a long account": {ID: "a", AccountID: long},
	} {
		wantErr(t, name, b.SaveBot(t.Context(), one), store.ErrInvalid)
	}
	equal(t, "bots", len(b.bots(t)), 0)
	must(t, b.SaveBot(t.Context(), store.Bot{ID: long[:store.MaxID], AccountID: long[:store.MaxID]}))
}

func botCleaned(t *testing.T, b *bench) {
	const odd, clean = "a\x00b\xff\xfec", "ab\ufffdc"
	must(t, b.SaveBot(t.Context(), store.Bot{ID: odd, AccountID: odd, BaseURL: odd, ClientID: odd, Alg: odd, Region: odd,
		TimeZone: odd, Schedule: odd, CreatedBy: odd}))
	equal(t, "bots", b.bots(t), []store.Bot{{ID: clean, AccountID: clean, BaseURL: clean, ClientID: clean, Alg: clean, Region: clean,
		TimeZone: clean, Schedule: clean, CreatedBy: clean, CreatedAt: b.clock.at(0)}})
	must(t, b.DeleteBot(t.Context(), odd))
}

func backfillRows() []row {
	return []row{
		{"are written down, newest first", backfillAdded},
		{"the same range goes on where it was stopped", backfillAgain},
		{"the same range again, when it was done, is another", backfillDoneAgain},
		{"stop, go on, end", backfillStates},
		{"the same asked for at once is one", backfillConcurrently},
		{"of many, those that are done are left out first", backfillMany},
		{"ranges that are none are refused", backfillInvalid},
	}
}

func aBackfill(from, to time.Duration) store.Backfill {
	return store.Backfill{AccountID: account, From: created.Add(from), To: created.Add(to), AskedBy: "ada"}
}

func (b *bench) backfill(t *testing.T, one store.Backfill) store.Backfill {
	t.Helper()
	got, err := b.AddBackfill(t.Context(), one)
	must(t, err)
	return got
}

func (b *bench) backfills(t *testing.T, account string) []store.Backfill {
	t.Helper()
	list, err := b.Backfills(t.Context(), account)
	must(t, err)
	return list
}

func backfillAdded(t *testing.T, b *bench) {
	one := aBackfill(0, time.Hour)
	one.From, one.To = one.From.Add(999), one.To.Add(999) // nanoseconds, which are cut
	one.ID, one.State, one.AskedAt, one.ChangedAt = 77, store.BackfillDone, created, created
	got := b.backfill(t, one)
	want := aBackfill(0, time.Hour)
	want.ID, want.State, want.AskedAt, want.ChangedAt = got.ID, store.BackfillOpen, b.clock.at(0), b.clock.at(0)
	equal(t, "added", got, want)

	same := b.backfill(t, aBackfill(time.Hour, 2*time.Hour)) // at the same moment
	b.clock.move(time.Minute)
	later := b.backfill(t, aBackfill(0, 3*time.Hour))
	other := aBackfill(0, time.Hour)
	other.AccountID = "account-2"
	b.clock.move(time.Minute)
	other = b.backfill(t, other)
	equal(t, "of the account", b.backfills(t, account), []store.Backfill{later, same, got})
	equal(t, "of every account", b.backfills(t, ""), []store.Backfill{other, later, same, got})
	equal(t, "of another", len(b.backfills(t, "account-3")), 0)
}

func backfillAgain(t *testing.T, b *bench) {
	want := b.backfill(t, aBackfill(0, time.Hour))
	b.clock.move(time.Minute)
	again := aBackfill(0, time.Hour)
	again.AskedBy = "bob"
	equal(t, "while it is open", b.backfill(t, again), want)
	must(t, b.SetBackfill(t.Context(), want.ID, store.BackfillStopped))
	b.clock.move(time.Minute)
	want.ChangedAt = b.clock.at(0)
	equal(t, "when it was stopped", b.backfill(t, again), want)
	equal(t, "all", b.backfills(t, account), []store.Backfill{want})
}

func backfillDoneAgain(t *testing.T, b *bench) {
	done := b.backfill(t, aBackfill(0, time.Hour))
	must(t, b.SetBackfill(t.Context(), done.ID, store.BackfillDone))
	b.clock.move(time.Minute)
	again := b.backfill(t, aBackfill(0, time.Hour))
	if again.ID == done.ID {
		t.Error("a range that was done goes on")
	}
	equal(t, "all", len(b.backfills(t, account)), 2)
	must(t, b.SetBackfill(t.Context(), done.ID, store.BackfillOpen))
	equal(t, "the older goes on", b.backfill(t, aBackfill(0, time.Hour)).ID, done.ID)
}

func backfillStates(t *testing.T, b *bench) {
	want := b.backfill(t, aBackfill(0, time.Hour))
	other := b.backfill(t, aBackfill(0, 2*time.Hour))
	for _, state := range []store.BackfillState{store.BackfillStopped, store.BackfillOpen, store.BackfillDone} {
		b.clock.move(time.Minute)
		must(t, b.SetBackfill(t.Context(), want.ID, state))
		want.State, want.ChangedAt = state, b.clock.at(0)
		b.clock.move(time.Minute)
		must(t, b.SetBackfill(t.Context(), want.ID, state)) // which changes nothing
		equal(t, string(state), b.backfills(t, account), []store.Backfill{other, want})
	}
	wantErr(t, "none there", b.SetBackfill(t.Context(), want.ID+1000, store.BackfillDone), store.ErrNotFound)
	wantErr(t, "no state", b.SetBackfill(t.Context(), want.ID, "later"), store.ErrInvalid)
	equal(t, "after refusals", b.backfills(t, account), []store.Backfill{other, want})
}

func backfillConcurrently(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	got := make(chan int64, 8)
	for i := range cap(got) {
		go func() {
			one, err := handles[i%2].AddBackfill(t.Context(), aBackfill(0, time.Hour))
			if err != nil {
				t.Error(err)
			}
			got <- one.ID
		}()
	}
	first := <-got
	for range cap(got) - 1 {
		equal(t, "id", <-got, first)
	}
	equal(t, "all", len(b.backfills(t, account)), 1)
}

func backfillMany(t *testing.T, b *bench) {
	const many = store.MaxBackfills + 5
	open := b.backfill(t, aBackfill(0, time.Hour))
	var done []store.Backfill
	for i := range many {
		b.clock.move(time.Second)
		one := b.backfill(t, aBackfill(0, time.Duration(i+2)*time.Hour))
		must(t, b.SetBackfill(t.Context(), one.ID, store.BackfillDone))
		one.State = store.BackfillDone
		done = append([]store.Backfill{one}, done...)
	}
	want := append(done[:store.MaxBackfills-1:store.MaxBackfills-1], open)
	equal(t, "of the account", b.backfills(t, account), want)
	equal(t, "of every account", b.backfills(t, ""), want)
}

func backfillInvalid(t *testing.T, b *bench) {
	long := incompressible(store.MaxID + 1)
	for name, change := range map[string]func(*store.Backfill){
		"empty":          func(f *store.Backfill) { f.To = f.From },
		"turned round":   func(f *store.Backfill) { f.From, f.To = f.To, f.From },
		"within a cut":   func(f *store.Backfill) { f.To = f.From.Add(999) },
		"no beginning":   func(f *store.Backfill) { f.From = time.Time{} },
		"no end":         func(f *store.Backfill) { f.To = time.Time{} },
		"no account":     func(f *store.Backfill) { f.AccountID = "\x00" },
		"a long account": func(f *store.Backfill) { f.AccountID = long },
	} {
		one := aBackfill(0, time.Hour)
		change(&one)
		_, err := b.AddBackfill(t.Context(), one)
		wantErr(t, name, err, store.ErrInvalid)
	}
	equal(t, "all", len(b.backfills(t, "")), 0)
	odd := aBackfill(0, time.Hour)
	odd.AccountID, odd.AskedBy = "a\x00b\xffc", "d\x00e"
	got := b.backfill(t, odd)
	equal(t, "cleaned", []string{got.AccountID, got.AskedBy}, []string{"ab\ufffdc", "de"})
	equal(t, "found under what it was", len(b.backfills(t, "a\x00b\xffc")), 1)
}
