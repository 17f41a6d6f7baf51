package index_test

import (
	"testing"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// A voicemail that came without a language is found by other forms of its words
// and by synonyms in the one that it is in.
func TestLanguageUnsaid(t *testing.T) {
	t.Parallel()
	var all given
	for i, text := range []string{
		"hi i was calling about the invoices that you sent me last week",
		"guten tag ich wollte fragen wann die bücher kommen die ich bestellt habe",
		"hola quería preguntar por los paquetes que no han llegado a mi casa",
		"bonjour je vous appelle au sujet des chevaux que vous avez vendus",
	} {
		all = append(all, said{ID: string(rune('a' + i)), Segments: []string{text[:10], text[10:]}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string]int{"invoice": 0, "bill": 0, "sending": 0, "buch": 1, "paquete": 2, "cheval": 3, "appel": 3} {
		r := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q), Sort: index.SortRelevance, Limit: 5})
		if len(r.Hits) != 1 || r.Hits[0].ID != all[want].ID {
			t.Errorf("%q finds %v, want %d", q, r.Hits, all[want].ID)
		}
	}
}

// Where nothing tells the language, words are found by other forms in each that
// it may be; a code that is surely wrong does not count.
func TestLanguageUnknown(t *testing.T) {
	t.Parallel()
	texts := []struct{ lang, text string }{
		{"", "vertrag gekündigt"},
		{"xx", "factures payées"},
		{"en-US", "guten tag ich habe gestern zwei bücher bestellt und wollte fragen wann die kommen"},
	}
	var all given
	for i, tt := range texts {
		all = append(all, said{ID: string(rune('a' + i)), Lang: tt.lang, Segments: []string{tt.text}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string]int{"kündigen": 0, "verträge": 0, "facture": 1, "buch": 2} {
		r := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q), Sort: index.SortRelevance, Limit: 5})
		if len(r.Hits) != 1 || r.Hits[0].ID != all[want].ID || r.Hits[0].Partial {
			t.Errorf("%q finds %v, want %d", q, r.Hits, all[want].ID)
		}
	}
}
