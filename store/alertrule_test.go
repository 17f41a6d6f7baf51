package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"afterbeep/store"
)

var midday = time.Date(2025, 2, 12, 12, 0, 0, 0, time.UTC) // a Wednesday

// left are matches that were left that many minutes before midday, each with its
// place as its id.
func left(minutes ...int) []store.Match {
	var ms []store.Match
	for i, m := range minutes {
		ms = append(ms, store.Match{VoicemailID: int64(i), LeftAt: midday.Add(-time.Duration(m) * time.Minute)})
	}
	return ms
}

func TestDecide(t *testing.T) {
	burst := store.Alert{MoreThan: 2, Within: 10 * time.Minute}
	night := store.Quiet{From: 11 * 60, To: 13 * 60}
	for _, c := range []struct {
		name   string
		alert  store.Alert
		untold []store.Match
		want   store.Telling
	}{
		{"nothing", store.Alert{}, nil, store.Telling{}},
		{"each", store.Alert{}, left(3000, 1), store.Telling{Tell: []int64{0, 1}}},
		{"each, right after the last message", store.Alert{Every: time.Hour, ToldAt: midday.Add(-time.Minute)}, left(1), store.Telling{NextAt: midday.Add(59 * time.Minute)}},
		{"each, at the end of the pause", store.Alert{Every: time.Hour, ToldAt: midday.Add(-time.Hour)}, left(1), store.Telling{Tell: []int64{0}}},
		{"each, in quiet hours", store.Alert{Quiet: night}, left(1), store.Telling{NextAt: midday.Add(time.Hour)}},
		{"each, in a pause that ends in quiet hours", store.Alert{Quiet: store.Quiet{From: 12*60 + 30, To: 14 * 60}, Every: time.Hour, ToldAt: midday.Add(-time.Minute)}, left(1),
			store.Telling{NextAt: midday.Add(2 * time.Hour)}},
		{"nothing, in quiet hours", store.Alert{Quiet: night}, nil, store.Telling{}},
		{"few", burst, left(9, 1), store.Telling{}},
		{"enough", burst, left(9, 5, 1), store.Telling{Tell: []int64{0, 1, 2}}},
		{"exactly as far apart as may be", burst, left(11, 5, 1), store.Telling{Tell: []int64{0, 1, 2}}},
		{"too far apart", burst, left(12, 5, 1), store.Telling{}},
		{"a burst among others", burst, left(100, 50, 48, 46, 44, 1), store.Telling{Tell: []int64{1, 2, 3, 4}}},
		{"two bursts", burst, left(90, 89, 88, 60, 50, 45, 44), store.Telling{Tell: []int64{0, 1, 2, 4, 5, 6}}},
		{"a burst of long ago", burst, left(3000, 2999, 2998, 2), store.Telling{Pass: []int64{0, 1, 2}}},
		{"a burst within the pause", store.Alert{MoreThan: 2, Within: 10 * time.Minute, ToldAt: midday.Add(-time.Minute)}, left(3, 2, 1), store.Telling{NextAt: midday.Add(9 * time.Minute)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.alert.Decide(c.untold, midday)
			if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestDecideTellsManyInParts(t *testing.T) {
	got := store.Alert{}.Decide(left(make([]int, store.MaxTold+1)...), midday)
	if len(got.Tell) != store.MaxTold || !got.NextAt.Equal(midday) {
		t.Errorf("got %d told, the rest at %s; want %d, at once", len(got.Tell), got.NextAt, store.MaxTold)
	}
}

// TestDecideAgainstCounting compares bursts with a plain count: a match is told
// where more than MoreThan were left within Within of each other around it.
func TestDecideAgainstCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := store.Alert{MoreThan: rapid.IntRange(1, 4).Draw(t, "more than"), Within: time.Duration(rapid.IntRange(1, 20).Draw(t, "within")) * time.Minute}
		gaps := rapid.SliceOfN(rapid.IntRange(0, 12), 0, 30).Draw(t, "gaps")
		var untold []store.Match
		at := midday.Add(-8 * time.Hour)
		for i, gap := range gaps {
			at = at.Add(time.Duration(gap) * time.Minute)
			untold = append(untold, store.Match{VoicemailID: int64(i), LeftAt: at})
		}
		var want []int64
		for i, m := range untold {
			in := false
			for first := range untold {
				n, holds := 0, false
				for j, o := range untold {
					if d := o.LeftAt.Sub(untold[first].LeftAt); d >= 0 && d <= a.Within && j >= first {
						n++
						holds = holds || j == i
					}
				}
				in = in || holds && n > a.MoreThan
			}
			if in {
				want = append(want, m.VoicemailID)
			}
		}
		if d := cmp.Diff(want, a.Decide(untold, midday).Tell, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("-want +got:\n%s", d)
		}
	})
}

func TestQuietEnds(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	night := store.Quiet{From: 20 * 60, To: 7 * 60, Zone: "Europe/Berlin"}
	weekend := night
	weekend.Weekends = true
	for _, c := range []struct {
		name     string
		quiet    store.Quiet
		at, want string
	}{
		{"never", store.Quiet{}, "2025-02-12T12:00:00Z", "2025-02-12T12:00:00Z"},
		{"by day", night, "2025-02-12T12:00:00Z", "2025-02-12T12:00:00Z"},
		{"in the evening", night, "2025-02-12T19:00:00Z", "2025-02-13T06:00:00Z"},
		{"in the morning", night, "2025-02-13T05:59:59Z", "2025-02-13T06:00:00Z"},
		{"when they end", night, "2025-02-13T06:00:00Z", "2025-02-13T06:00:00Z"},
		{"over a weekend", weekend, "2025-02-14T19:30:00Z", "2025-02-17T06:00:00Z"},
		{"within a weekend", weekend, "2025-02-15T12:00:00Z", "2025-02-17T06:00:00Z"},
		{"weekends alone", store.Quiet{Weekends: true}, "2025-02-15T12:00:00Z", "2025-02-17T00:00:00Z"},
		{"through the hour that is left out", store.Quiet{From: 60, To: 150, Zone: "Europe/Berlin"}, "2025-03-30T00:30:00Z", "2025-03-30T01:30:00Z"},
		{"through the hour that comes twice", store.Quiet{From: 60, To: 150, Zone: "Europe/Berlin"}, "2025-10-26T00:10:00Z", "2025-10-26T01:30:00Z"},
		{"at midnight", store.Quiet{From: 22 * 60, To: 0}, "2025-02-12T23:00:00Z", "2025-02-13T00:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.quiet.Ends(at(c.at)); !got.Equal(at(c.want)) {
				t.Errorf("got %s, want %s", got.UTC(), c.want)
			}
		})
	}
}
