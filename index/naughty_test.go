package index_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestSegmentsInTheirOwnLanguages holds that each piece of a message is read in
// its own language, and that unknown codes do no harm.
func TestSegmentsInTheirOwnLanguages(t *testing.T) {
	t.Parallel()
	v := &store.Voicemail{ID: 1, BotID: "st-a", Lang: "en-US", LeftAt: noon, Text: "two invoices\ndie Häuser\nof no tongue",
		Segments: []store.Segment{{Text: "two invoices"}, {Text: "die Häuser", Lang: "DE"}, {Text: "of no tongue", Lang: "xx-Latn"}}}
	x := openIndex(t, t.TempDir(), given{v})
	catchUp(t, x)
	for q, want := range map[string]int{"haus": 1, "tongue": 1, "tongues": 1, "lang:en": 1, "lang:de": 0, `"invoices die hauser"`: 1} {
		if res := ask(t, x, q); res.Total != want {
			t.Errorf("%s finds %d, want %d", q, res.Total, want)
		}
	}
}

// TestNaughtyQueries holds that whatever is typed is answered, with a note where
// something was left out.
func TestNaughtyQueries(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("a word in a message", "مرحبا بالعالم", "five five five oh one two three", "東京タワー 👍")...)
	for _, tc := range []struct{ name, q, note string }{
		{"nothing but signs", `"'~*()-:/\%_;--`, "without words"},
		{"SQL", `'; DROP TABLE voicemails; --`, "left out"},
		{"HTML", `<script>alert(1)</script>`, ""},
		{"right to left", "\u202eمرحبا بالعالم", ""},
		{"emoji", "👍 🙂 word", "left out"},
		{"NUL", "wo\x00rd \x00", ""},
		{"no UTF-8", "\xff\xfe word \xc3", "no letters or digits"},
		{"1,500 words", words("w%04dx ", 1500), "at most 800 words"},
		{"32 KB of one word", strings.Repeat("a", 32<<10), ""},
		{"40 KB", strings.Repeat("word ", 8<<10), "32 KB"},
		{"50 parentheses", strings.Repeat("(", 50) + "word" + strings.Repeat(")", 50), ""},
		{"500 parentheses", strings.Repeat("(", 500) + "word" + strings.Repeat(")", 500), "100"},
		{"alternating nesting", strings.Repeat("-(a OR (b ", 40), "not closed"},
		{"short beginnings", strings.Repeat("a* b* c* ", 100), ""},
		{"everything near", strings.Repeat(`"a word in"~100 `, 100), ""},
		{"numbers", strings.Repeat("555-0123 ", 100), ""},
		{"filters", strings.Repeat("bot:x -lang:en from:0123 after:2025-01-01 ", 100), ""},
		{"excludes everything", "-word -word* -a -\"in a\"", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, order := range []index.Sort{index.SortNewest, index.SortRelevance} {
				res := search(t, x, store.OnlyBots("st-a"), index.Request{Query: query.Parse(tc.q), Sort: order, Facets: true})
				if notes := strings.Join(res.Notes, "\n"); !strings.Contains(notes, tc.note) || tc.note == "" && notes != "" {
					t.Errorf("notes %q, want %q", notes, tc.note)
				}
				if got := res.Total + res.PartialTotal; len(res.Hits) != min(got, index.DefaultLimit) {
					t.Errorf("%d hits of %d", len(res.Hits), got)
				}
			}
		})
	}
}

// TestManyAlternatives holds that alternatives that are nowhere change nothing,
// however many.
func TestManyAlternatives(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), tied(3000))
	catchUp(t, x)
	nowhere := " OR " + strings.TrimSuffix(words("\"nowhere%04dx\" OR ", 40), " OR ")
	for _, q := range []string{`refund OR "order" OR mon*`, `"zebra" OR refunds~`, `refund OR ("order" "monday") OR -well`} {
		for _, order := range []index.Sort{index.SortNewest, index.SortRelevance} {
			r := index.Request{Query: query.Parse(q), Sort: order, Limit: index.MaxLimit, Facets: true}
			want := search(t, x, store.AllBots(), r)
			r.Query = query.Parse(q + nowhere)
			got := search(t, x, store.AllBots(), r)
			got.NextCursor, got.Marker, want.NextCursor, want.Marker = "", nil, "", nil
			if diff := cmp.Diff(want, got); diff != "" || got.Total < 10 {
				t.Errorf("%s by %s (-few +many): %s", q, order, diff)
			}
		}
	}
}
