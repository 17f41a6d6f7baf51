package index_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// A search whose time ends before it begins says why it finds nothing.
func TestTimesTheWrongWayRound(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("one", "two")...)
	for _, tt := range []struct {
		name, q  string
		from, to time.Time
		noted    bool
	}{
		{"no bounds", "one", time.Time{}, time.Time{}, false},
		{"the right way", "one", noon, noon.Add(time.Hour), false},
		{"from alone", "one", noon, time.Time{}, false},
		{"the wrong way", "one", noon.Add(time.Hour), noon, true},
		{"no time at all", "one", noon, noon, true},
		{"in the query", "after:2025-03-05 before:2025-03-01", time.Time{}, time.Time{}, true},
		{"the query against the form", "before:2020-01-01", noon, time.Time{}, true},
		{"one day", "on:2025-03-05", time.Time{}, time.Time{}, false},
		{"in an alternative, which finds others", "one OR (after:2025-03-05 before:2025-03-01)", time.Time{}, time.Time{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tt.q), From: tt.from, To: tt.to})
			noted := slices.ContainsFunc(res.Notes, func(n string) bool { return strings.Contains(n, "ends before it begins") })
			if noted != tt.noted || noted && res.Total > 0 {
				t.Errorf("notes %q, total %d, want one: %v", res.Notes, res.Total, tt.noted)
			}
		})
	}
}
