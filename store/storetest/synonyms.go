package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func synonymRows() []row {
	return []row{
		{"none were saved", func(t *testing.T, b *bench) { equal(t, "synonyms", b.synonyms(t), store.SynonymLists{}) }},
		{"come back whole, in every handle", synonymsRoundTrip},
		{"the last saved replace the others", synonymsReplaced},
		{"too long a text is refused", synonymsInvalid},
		{"only those that were seen are replaced", synonymsConflict},
		{"of many at once one is saved", synonymsRace},
		{"odd text is cleaned at the door", synonymsCleaned},
	}
}

func (b *bench) synonyms(t *testing.T) store.SynonymLists {
	t.Helper()
	l, err := b.Synonyms(t.Context())
	must(t, err)
	return l
}

func (b *bench) saveSynonyms(t *testing.T, l store.SynonymLists) store.SynonymLists {
	t.Helper()
	l, err := b.SaveSynonyms(t.Context(), l, b.synonyms(t).ChangedAt)
	must(t, err)
	return l
}

func synonymsRoundTrip(t *testing.T, b *bench) {
	// When it was changed is the store's to say.
	got := b.saveSynonyms(t, store.SynonymLists{Text: "[en]\nbill = invoice # é\r\n", OwnOnly: true, ChangedBy: "ada", ChangedAt: created})
	want := store.SynonymLists{Text: "[en]\nbill = invoice # é\r\n", OwnOnly: true, ChangedBy: "ada", ChangedAt: b.clock.at(0)}
	equal(t, "saved", got, want)
	equal(t, "read", b.synonyms(t), want)
	other, err := b.another(t).Synonyms(t.Context())
	must(t, err)
	equal(t, "in another handle", other, want)
}

func synonymsReplaced(t *testing.T, b *bench) {
	b.saveSynonyms(t, store.SynonymLists{Text: "a = b", OwnOnly: true, ChangedBy: "ada"})
	b.clock.move(time.Hour)
	b.saveSynonyms(t, store.SynonymLists{ChangedBy: "bob"})
	equal(t, "read", b.synonyms(t), store.SynonymLists{ChangedBy: "bob", ChangedAt: b.clock.at(0)})
}

func synonymsInvalid(t *testing.T, b *bench) {
	want := b.saveSynonyms(t, store.SynonymLists{Text: strings.Repeat("x", store.MaxSynonyms)})
	_, err := b.SaveSynonyms(t.Context(), store.SynonymLists{Text: want.Text + "x"}, want.ChangedAt)
	wantErr(t, "one byte more", err, store.ErrInvalid)
	equal(t, "read", b.synonyms(t), want)
}

func synonymsConflict(t *testing.T, b *bench) {
	_, err := b.SaveSynonyms(t.Context(), store.SynonymLists{Text: "a = b"}, created)
	wantErr(t, "where none were saved", err, store.ErrConflict)
	equal(t, "then", b.synonyms(t), store.SynonymLists{})
	first := b.saveSynonyms(t, store.SynonymLists{Text: "a = b", ChangedBy: "ada"})
	second := b.saveSynonyms(t, store.SynonymLists{Text: "c = d", ChangedBy: "bob"})
	if !second.ChangedAt.After(first.ChangedAt) {
		t.Errorf("at the same moment: %v and then %v, want a later one", first.ChangedAt, second.ChangedAt)
	}
	for name, seen := range map[string]time.Time{"none": {}, "the first": first.ChangedAt} {
		_, err := b.SaveSynonyms(t.Context(), store.SynonymLists{Text: "e = f"}, seen)
		wantErr(t, "over "+name, err, store.ErrConflict)
	}
	equal(t, "after all", b.synonyms(t), second)
	changed, err := b.SynonymsChanged(t.Context())
	must(t, err)
	equal(t, "changed", changed, second.ChangedAt)
}

func synonymsRace(t *testing.T, b *bench) {
	const savers = 8
	for round := range 3 {
		seen, err := b.SynonymsChanged(t.Context())
		must(t, err)
		errs := make(chan error, savers)
		for range savers {
			go func() {
				_, err := b.SaveSynonyms(t.Context(), store.SynonymLists{Text: "a = b"}, seen)
				errs <- err
			}()
		}
		saved := 0
		for range savers {
			if err := <-errs; err == nil {
				saved++
			} else if !errors.Is(err, store.ErrConflict) {
				t.Errorf("round %d: got %v", round, err)
			}
		}
		equal(t, "saved", saved, 1)
	}
}

func synonymsCleaned(t *testing.T, b *bench) {
	const odd, clean = "a\x00b\xff\xfec", "ab\ufffdc"
	got := b.saveSynonyms(t, store.SynonymLists{Text: odd, ChangedBy: odd})
	want := store.SynonymLists{Text: clean, ChangedBy: clean, ChangedAt: b.clock.at(0)}
	equal(t, "saved", got, want)
	equal(t, "read", b.synonyms(t), want)
}
