package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func savedRows() []row {
	return []row{
		{"come back whole, in every handle", savedRoundTrip},
		{"own ones by name come before shared ones of others", savedOrder},
		{"are seen by others only where they are shared", savedRights},
		{"are changed by who owns them alone", savedChanged},
		{"have a name once for each user", savedNames},
		{"too many, and odd ones, are refused", savedInvalid},
		{"remember for each user how far was looked", savedLooks},
		{"odd text is cleaned at the door", savedCleaned},
		{"news are what came, and what got its transcript", savedNews},
	}
}

// person adds a user of all bots.
func (b *bench) person(t *testing.T, name string) store.User {
	t.Helper()
	u, err := b.CreateUser(t.Context(), store.User{Name: name, Role: store.RoleAnalyst, AllBots: true})
	must(t, err)
	return u
}

func (b *bench) saveSearch(t *testing.T, s store.SavedSearch) store.SavedSearch {
	t.Helper()
	kept, err := b.SaveSearch(t.Context(), s)
	must(t, err)
	return kept
}

// searchNames are the names of what a user sees, in order.
func (b *bench) searchNames(t *testing.T, userID int64) string {
	t.Helper()
	list, err := b.SavedSearches(t.Context(), userID)
	must(t, err)
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
}

func savedRoundTrip(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	got := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Owner: "bob", Name: " Rückruf ", Params: "q=refund&lang=en", Shared: true, Looked: 3, CreatedAt: created})
	want := store.SavedSearch{ID: got.ID, UserID: ada.ID, Owner: "ada", Name: "Rückruf", Params: "q=refund&lang=en", Shared: true,
		CreatedAt: b.clock.at(0), ChangedAt: b.clock.at(0), Looked: 3, LookedAt: b.clock.at(0)}
	equal(t, "saved", got, want)
	list, err := b.another(t).SavedSearches(t.Context(), ada.ID)
	must(t, err)
	equal(t, "listed", list, []store.SavedSearch{want})
	one, err := b.SavedSearch(t.Context(), ada.ID, got.ID)
	must(t, err)
	equal(t, "read", one, want)
}

func savedOrder(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	for _, name := range []string{"b", "é", "B"} {
		b.saveSearch(t, store.SavedSearch{UserID: bob.ID, Name: name, Shared: true})
	}
	for _, name := range []string{"z", "a"} {
		b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: name, Shared: true})
	}
	equal(t, "ada's", b.searchNames(t, ada.ID), "a z B b é")
	equal(t, "bob's", b.searchNames(t, bob.ID), "B b é a z")
	equal(t, "nobody's", b.searchNames(t, ada.ID+bob.ID+100), "B a b z é")
}

func savedRights(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	own := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "own"})
	_, err := b.SavedSearch(t.Context(), bob.ID, own.ID)
	wantErr(t, "another's", err, store.ErrNotFound)
	wantErr(t, "looking at another's", b.LookAt(t.Context(), bob.ID, own.ID, 1), store.ErrNotFound)
	equal(t, "bob's", b.searchNames(t, bob.ID), "")
	own.Shared = true
	b.saveSearch(t, own)
	equal(t, "bob's, when it is shared", b.searchNames(t, bob.ID), "own")
	must(t, b.LookAt(t.Context(), bob.ID, own.ID, 1))
	wantErr(t, "deleting another's", b.DeleteSearch(t.Context(), bob.ID, own.ID), store.ErrNotFound)
	must(t, b.DeleteSearch(t.Context(), ada.ID, own.ID))
	wantErr(t, "again", b.DeleteSearch(t.Context(), ada.ID, own.ID), store.ErrNotFound)
	equal(t, "bob's, when it is gone", b.searchNames(t, bob.ID), "")
}

func savedChanged(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	had := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "one", Params: "q=a", Looked: 5})
	b.clock.move(time.Hour)
	got := b.saveSearch(t, store.SavedSearch{ID: had.ID, UserID: ada.ID, Name: "two", Params: "q=b", Shared: true, Looked: 9})
	want := had
	want.Name, want.Params, want.Shared, want.ChangedAt = "two", "q=b", true, b.clock.at(0)
	equal(t, "changed", got, want)
	_, err := b.SaveSearch(t.Context(), store.SavedSearch{ID: had.ID, UserID: bob.ID, Name: "three"})
	wantErr(t, "another's", err, store.ErrNotFound)
	_, err = b.SaveSearch(t.Context(), store.SavedSearch{ID: had.ID + 100, UserID: ada.ID, Name: "two"})
	wantErr(t, "none", err, store.ErrNotFound)
}

func savedNames(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "one"})
	two := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "two"})
	b.saveSearch(t, store.SavedSearch{UserID: bob.ID, Name: "one"})
	_, err := b.SaveSearch(t.Context(), store.SavedSearch{UserID: ada.ID, Name: " one"})
	wantErr(t, "the same name", err, store.ErrExists)
	two.Name = "one"
	_, err = b.SaveSearch(t.Context(), two)
	wantErr(t, "renamed to the same", err, store.ErrExists)
	two.Name = "two"
	b.saveSearch(t, two)
	equal(t, "ada's", b.searchNames(t, ada.ID), "one two")
}

func savedInvalid(t *testing.T, b *bench) {
	ada := b.person(t, "ada")
	for name, one := range map[string]store.SavedSearch{
		"no name": {Name: " \x00"}, "a long name": {Name: strings.Repeat("x", store.MaxID+1)}, "a line break": {Name: "a\nb"},
		"a long search": {Name: "a", Params: strings.Repeat("x", store.MaxParams+1)},
	} {
		one.UserID = ada.ID
		_, err := b.SaveSearch(t.Context(), one)
		wantErr(t, name, err, store.ErrInvalid)
	}
	_, err := b.SaveSearch(t.Context(), store.SavedSearch{UserID: ada.ID + 100, Name: "a"})
	wantErr(t, "of nobody", err, store.ErrNotFound)
	for i := range store.MaxSearches {
		b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: fmt.Sprint(i)})
	}
	_, err = b.SaveSearch(t.Context(), store.SavedSearch{UserID: ada.ID, Name: "one more"})
	wantErr(t, "one more than may be", err, store.ErrInvalid)
}

func savedLooks(t *testing.T, b *bench) {
	ada, bob := b.person(t, "ada"), b.person(t, "bob")
	one := b.saveSearch(t, store.SavedSearch{UserID: ada.ID, Name: "one", Shared: true, Looked: 2})
	b.clock.move(time.Minute)
	must(t, b.LookAt(t.Context(), ada.ID, one.ID, 7))
	b.clock.move(time.Minute)
	must(t, b.LookAt(t.Context(), ada.ID, one.ID, 6)) // as from another process, which is behind
	got, err := b.SavedSearch(t.Context(), ada.ID, one.ID)
	must(t, err)
	equal(t, "ada looked", got.Looked, int64(7))
	equal(t, "ada looked at", got.LookedAt, b.clock.at(-time.Minute))
	got, err = b.SavedSearch(t.Context(), bob.ID, one.ID)
	must(t, err)
	equal(t, "bob looked", got.Looked, int64(0))
	equal(t, "bob looked at", got.LookedAt, time.Time{})
}

func savedCleaned(t *testing.T, b *bench) {
	const odd, clean = "a\x00b\xff\xfec", "ab\ufffdc"
	got := b.saveSearch(t, store.SavedSearch{UserID: b.person(t, "ada").ID, Name: odd, Params: odd})
	equal(t, "name", got.Name, clean)
	equal(t, "params", got.Params, clean)
}

// news are the sessions of what is news after a number, from a list of sessions.
func (b *bench) news(t *testing.T, after int64, limit int, sessions ...string) string {
	t.Helper()
	ids, err := b.News(t.Context(), after, limit)
	must(t, err)
	names := map[int64]string{}
	for _, s := range sessions {
		names[store.VoicemailID(bot, s)] = s
	}
	var found []string
	for _, id := range ids {
		found = append(found, names[id])
	}
	return strings.Join(found, " ")
}

func savedNews(t *testing.T, b *bench) {
	all := []string{"s1", "s2", "s3"}
	b.archive(t, wanted("s1"), said("one"))
	b.archive(t, wanted("s2"), &store.Reply{Recordings: said("").Recordings}) // its text is still being made
	equal(t, "all", b.news(t, 0, 10, all...), "s2 s1")
	head := b.head(t)
	equal(t, "none", b.news(t, head, 10, all...), "")
	louder := said("one, and more")
	louder.Segments[0].ModifiedOn = created.Add(time.Hour)
	b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: louder})
	equal(t, "a text that is another is none", b.news(t, head, 10, all...), "")
	b.fetch(t, "s2", store.Outcome{State: store.StateStored, Reply: said("two")})
	b.archive(t, wanted("s3"), said("three"))
	equal(t, "a text that came is one", b.news(t, head, 10, all...), "s3 s2")
	equal(t, "the latest", b.news(t, head, 1, all...), "s3")
	caller := wanted("s3")
	caller.Caller = "+14155550123"
	b.save(t, caller)
	equal(t, "a caller who becomes known is none", b.news(t, b.head(t)-1, 10, all...), "")
}
