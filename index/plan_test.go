package index_test

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	"afterbeep/store"
)

// TestPagesGoOn holds that a cursor lasts, and pages repeat and lack nothing,
// while words arrive and synonyms are edited that change what the query stands for.
func TestPagesGoOn(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]string{"a name": "cruz de la cruz", "apart": "(cruz call) OR (de la cruz)", "a synonym": "me refund me money"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lists := &atomic.Pointer[synonyms.Lists]{}
			lists.Store(&synonyms.Lists{})
			var texts []string
			for i := range 30 {
				texts = append(texts, strings.Repeat("please ", i%4)+"cruz de la cruz here me refund money call")
			}
			a := newArchive(t)
			a.record(t, say(texts...)...)
			x, err := index.Open(t.Context(), index.Config{Dir: filepath.Join(t.TempDir(), "index"), Feed: a, Synonyms: lists.Load})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = x.Close() }()
			catchUp(t, x)
			r := index.Request{Query: query.Parse(q), Limit: 10, Sort: index.SortRelevance}
			seen := make(map[int64]bool)
			for page := range 4 {
				res := search(t, x, store.AllBots(), r)
				for _, h := range res.Hits {
					seen[h.ID] = true
				}
				if r.Cursor = res.NextCursor; r.Cursor == "" {
					break
				}
				if page == 0 {
					a.record(t, message{session: "new", bot: "st-b", lang: "es", text: "soy ana delacruz", left: noon.Add(-time.Hour)})
					catchUp(t, x)
					edited, errs := synonyms.Parse("refund me = ana\nme money = soy\n")
					if len(errs) > 0 {
						t.Fatal(errs)
					}
					lists.Store(edited)
				}
			}
			for _, m := range say(texts...) {
				if !seen[m.id()] {
					t.Errorf("%s is on no page", m.session)
				}
			}
		})
	}
}

// TestJoinedBehindASynonym holds that words which the index has joined to one keep
// the synonyms of those among them.
func TestJoinedBehindASynonym(t *testing.T) {
	t.Parallel()
	lists, errs := synonyms.Parse("van der = dutchman\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	a := newArchive(t)
	a.record(t, say("mister vanderberg", "dutchman berg", "only a dutchman")...)
	x, err := index.Open(t.Context(), index.Config{Dir: filepath.Join(t.TempDir(), "index"), Feed: a, Synonyms: func() *synonyms.Lists { return lists }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	catchUp(t, x)
	if got := ask(t, x, "van der berg").Total; got != 2 {
		t.Errorf("%d found, want 2", got)
	}
}

// TestSynonymsOfHyphened holds that words joined by hyphens have synonyms as words
// have, alone and beside others, and that the same words in quotes have none.
func TestSynonymsOfHyphened(t *testing.T) {
	t.Parallel()
	lists, errs := synonyms.Parse("rendez vous = consultation\nvous = ils\nannuler rendez vous = decommander\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	a := newArchive(t)
	a.record(t, say("un rendez-vous", "une consultation", "je dois decommander", "ils arrivent", "rendez la voiture, vous deux", "annuler le vol")...)
	x, err := index.Open(t.Context(), index.Config{Dir: filepath.Join(t.TempDir(), "index"), Feed: a, Synonyms: func() *synonyms.Lists { return lists }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	catchUp(t, x)
	for q, want := range map[string]int{
		`rendez-vous`: 2, `"rendez vous"`: 1, `rendez vous`: 3, `annuler rendez-vous`: 1, `-rendez-vous consultation`: 2,
		`rendez-vous OR vol`: 3,
	} {
		if got := ask(t, x, q).Total; got != want {
			t.Errorf("%s: %d found, want %d", q, got, want)
		}
	}
}
