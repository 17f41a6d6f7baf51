package index_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestOffers holds that each offer finds as many as it says, for this reader.
func TestOffers(t *testing.T) {
	t.Parallel()
	var messages []message
	for i, text := range []string{
		"refund for the elevator", "refund for the elevators please", "the lift is broken", "a refund", "Kathryn about a refund",
		"refund the wheelchair", "wheelchair ramp",
	} {
		m := say(text)[0]
		m.session, m.bot = fmt.Sprint("s", i), []string{"st-a", "st-b"}[i%2]
		m.left = noon.Add(time.Duration(-i) * 24 * time.Hour)
		messages = append(messages, m)
	}
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		name  string
		scope store.Scope
		r     index.Request
		want  []string // parts of Why and Query
	}{
		{"without each word", store.AllBots(), index.Request{Query: query.Parse("elevator wheelchair")}, []string{"without wheelchair: elevator", "without elevator: wheelchair"}},
		{"each word by itself", store.AllBots(), index.Request{Query: query.Parse("elevator ramp broken zebra")}, []string{"by itself: elevator", "by itself: ramp", "by itself: broken"}},
		{"without all that nobody says", store.AllBots(), index.Request{Query: query.Parse("refund wheelchair zebra yeti")}, []string{"without zebra, yeti: refund wheelchair", "by itself: refund", "by itself: wheelchair"}},
		{"by itself, but for what isn't wanted", store.AllBots(), index.Request{Query: query.Parse("ramp zebra kathryn -please")}, []string{"by itself: ramp -please"}},
		{"not what others see", store.OnlyBots("st-a"), index.Request{Query: query.Parse("elevator wheelchair")}, []string{"without wheelchair: elevator", "without elevator: wheelchair"}},
		{"a spelling of this archive", store.AllBots(), index.Request{Query: query.Parse("catherine")}, []string{`kathryn`}},
		{"outside of the filters", store.AllBots(), index.Request{Query: query.Parse("kathryn before:2025-01-01"), Bot: "st-b"}, []string{"without the filters: kathryn"}},
		{"outside of the days", store.AllBots(), index.Request{Query: query.Parse("broken"), To: noon.AddDate(-1, 0, 0)}, []string{"without the filters: broken"}},
		{"nothing past a bound", store.AllBots(), index.Request{Query: query.Parse(strings.Repeat("elevator ramp wheelchair ", 20))}, nil},
		{"a phrase without quotes", store.AllBots(), index.Request{Query: query.Parse(`"elevator the refund"`)}, []string{"without quotes: elevator the refund"}},
		{"a phrase beside others", store.AllBots(), index.Request{Query: query.Parse(`wheelchair "ramp wheelchair"`)}, []string{"without quotes: wheelchair ramp"}},
		{"a phrase that nobody says in any way", store.AllBots(), index.Request{Query: query.Parse(`"zebra crossing"`)}, nil},
		{"a phrase's words in another's messages", store.OnlyBots("st-b"), index.Request{Query: query.Parse(`"ramp wheelchair"`)}, nil},
		{"nothing to offer", store.AllBots(), index.Request{Query: query.Parse("zebra")}, nil},
		{"nothing for nobody", store.OnlyBots("st-z"), index.Request{Query: query.Parse("elevator wheelchair"), Bot: "st-a"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, o := range search(t, x, tc.scope, tc.r).Offers {
				got = append(got, o.Why+": "+o.Query)
				again := tc.r
				if o.Unfiltered {
					again = index.Request{}
				}
				again.Query = query.Parse(o.Query)
				if res := search(t, x, tc.scope, again); res.Total != o.Count || o.Count == 0 {
					t.Errorf("%q finds %d, the offer says %d", o.Query, res.Total, o.Count)
				}
			}
			all := strings.Join(got, "\n")
			for _, w := range tc.want {
				if !strings.Contains(all, w) {
					t.Errorf("offers %q, want %q", got, w)
				}
			}
			if tc.want == nil && len(got) > 0 || len(got) > 6 {
				t.Errorf("offers %q", got)
			}
		})
	}
}

// TestNotesWherePhrasesAreTooFrequent: that words between were looked for in a
// part of the archive alone is said.
func TestNotesWherePhrasesAreTooFrequent(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("give me a quote", "give me um a quote", "a quote for me")...)
	q := query.Parse(`"give me a quote"`)
	if notes := x.NotesOfApart(t, q, 2); len(notes) > 0 {
		t.Errorf("notes %q where all were looked at", notes)
	}
	if notes := x.NotesOfApart(t, q, 1); len(notes) != 1 {
		t.Errorf("notes %q where not all were looked at", notes)
	}
}
