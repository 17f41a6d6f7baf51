package index_test

import (
	"slices"
	"testing"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

func TestCompounds(t *testing.T) {
	t.Parallel()
	var all given
	for i, text := range []string{
		"meine blutdrucktabletten sind alle",
		"ich brauche die tabletten gegen hohen blutdruck",
		"der stromkasten ist zu heiß und der strom ist weg",
		"mein kasten für den letzten monat",
		"der zähler im keller",
	} {
		all = append(all, said{ID: string(rune('a' + i)), Lang: "de", Segments: []string{text}}.voicemail())
	}
	english := said{ID: "z", Lang: "en", Segments: []string{"the stromkasten is a german word"}}.voicemail()
	all = append(all, english)
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	tests := []struct {
		name, query string
		want        []int
	}{
		{"begins a compound", "blutdruck", []int{0, 1}},
		{"its parts apart", "blutdrucktabletten", []int{0, 1}},
		{"a short word before another one", "strom", []int{2}},
		{"ends a compound", "kasten", []int{2, 3}},
		{"its end stands nowhere", "kellertreppe", nil},
		{"excluded as typed", "-blutdruck tabletten", []int{0}},
		{"as typed in another language", "stromkasten", []int{2, 5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := x.Search(t.Context(), store.AllBots(), index.Request{Query: query.Parse(tt.query), Sort: index.SortOldest, Limit: 20})
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, h := range r.Hits {
				if !h.Partial {
					got = append(got, slices.IndexFunc(all, func(v *store.Voicemail) bool { return v.ID == h.ID }))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// A verb of two parts is found where a sentence has them apart, and the other way
// round.
func TestVerbsApart(t *testing.T) {
	t.Parallel()
	var all given
	for i, text := range []string{
		"bitte rufen sie mich heute noch an",
		"die badewanne ist übergelaufen",
		"wann macht das amt denn zu",
		"der termin",
	} {
		all = append(all, said{ID: string(rune('a' + i)), Lang: "de", Segments: []string{text}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string]int{"angerufen": 0, "badewanne läuft über": 1, "zumachen": 2, "zugemacht": 2} {
		r := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q), Sort: index.SortRelevance, Limit: 5})
		if r.Total != 1 || r.Hits[0].ID != all[want].ID {
			t.Errorf("%q finds %v, want %d", q, r.Hits, all[want].ID)
		}
	}
}
