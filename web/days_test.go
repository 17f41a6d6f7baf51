package web

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A zone that went across the date line has no such day.
func TestDayEdgesLeaveOutDays(t *testing.T) {
	z := zone(t, "Pacific/Apia")
	var got []string
	for _, e := range dayEdges(time.Date(2011, 12, 29, 12, 0, 0, 0, z), time.Date(2011, 12, 31, 12, 0, 0, 0, z), z) {
		got = append(got, e.Format(time.DateOnly))
	}
	if diff := cmp.Diff([]string{"2011-12-29", "2011-12-31", "2012-01-01"}, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		name, query, first, last string
		field                    string // of the error; "" for none
	}{
		{"a month by default", "", "2025-01-13", "2025-02-12", ""},
		{"in the reader's zone", "tz=Pacific/Auckland", "2025-01-14", "2025-02-13", ""},
		{"from", "from=2025-02-10", "2025-02-10", "2025-02-12", ""},
		{"from long ago", "from=2020-01-01", "2020-01-01", "2020-01-31", ""},
		{"to", "to=2025-02-01", "2025-01-02", "2025-02-01", ""},
		{"both", "from=2025-02-01&to=2025-02-01", "2025-02-01", "2025-02-01", ""},
		{"times count as their days", "from=2025-02-01T13:00:00Z&to=2025-02-03T23:30:00Z&tz=Europe/Berlin", "2025-02-01", "2025-02-04", ""},
		{"in the future", "from=2030-01-01&to=2030-01-02", "2030-01-01", "2030-01-02", ""},
		{"as much as there may be", "from=2024-01-01&to=2025-02-03", "2024-01-01", "2025-02-03", ""},
		{"a day more", "from=2024-01-01&to=2025-02-04", "", "", "from"},
		{"all time", "from=0002-01-01&to=9999-12-31", "", "", "from"},
		{"backwards", "from=2025-02-03&to=2025-02-01", "", "", "to"},
		{"no date", "from=never", "", "", "from"},
		{"no zone", "tz=Mars/Olympus", "", "", "tz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			sp, err := spanOf(q, noon)
			if bad, ok := errors.AsType[*ParamError](err); ok != (tt.field != "") || ok && bad.Field != tt.field {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if first, last := sp.date(sp.first()), sp.date(sp.last()); first != tt.first || last != tt.last {
				t.Errorf("got %s to %s, want %s to %s", first, last, tt.first, tt.last)
			}
			if sp.days() > store.MaxDays {
				t.Errorf("got %d days", sp.days())
			}
		})
	}
}

// Older and newer days lie side by side, and nothing is newer than today.
func TestSpanNeighbours(t *testing.T) {
	follow := func(link string) span {
		t.Helper()
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		sp, err := spanOf(u.Query(), noon)
		if err != nil {
			t.Fatal(err)
		}
		return sp
	}
	now, err := spanOf(url.Values{"tz": {"America/New_York"}, "bot": {"st-a"}}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if newer := now.newer(ledgerPath, noon); newer != "" {
		t.Errorf("got %s, want nothing newer than today", newer)
	}
	older := follow(now.older(ledgerPath))
	if !older.end().Equal(now.first()) || older.days() != now.days() || older.Bot != "st-a" {
		t.Errorf("older: got %d days up to %s of bot %q", older.days(), older.end(), older.Bot)
	}
	back := follow(older.newer(ledgerPath, noon))
	if !back.first().Equal(now.first()) || !back.end().Equal(now.end()) {
		t.Errorf("back: got %s to %s", back.first(), back.end())
	}
}

// The parts of a span are its days, each once, whatever the zone does.
func TestSpanParts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sp := span{zone: zone(t, rapid.SampledFrom([]string{"UTC", "America/New_York", "Pacific/Apia", "Asia/Beirut"}).Draw(rt, "zone"))}
		from := time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 9000).Draw(rt, "from")) * 5 * time.Hour)
		sp = sp.over(from, from.AddDate(0, 0, rapid.IntRange(0, 1500).Draw(rt, "more")))
		all := dayEdges(sp.first(), sp.last(), sp.zone)
		at := len(all) - 1
		for edges := range sp.parts() {
			if len(edges) > store.MaxDays+1 || len(edges) < 2 || len(edges) > at+1 {
				rt.Fatalf("%d edges, with %d to come", len(edges), at)
			}
			if diff := cmp.Diff(all[at+1-len(edges):at+1], edges); diff != "" {
				rt.Fatalf("edges (-want +got):\n%s", diff)
			}
			at -= len(edges) - 1
		}
		if at != 0 {
			rt.Fatalf("%d days are left", at)
		}
	})
}

// A date counts from the first instant that bears it, west of Greenwich, too,
// where midnight is left out.
func TestDatesBeginWithTheirDay(t *testing.T) {
	tests := []struct{ zone, date, begins, ends string }{
		{"America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		{"America/Havana", "2026-03-07", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z"},
		{"America/New_York", "2025-03-09", "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z"},
		{"UTC", "2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.date, func(t *testing.T) {
			w, err := Params{From: tt.date, To: tt.date, TZ: tt.zone}.window()
			if err != nil {
				t.Fatal(err)
			}
			if got := w.from.UTC().Format(time.RFC3339); got != tt.begins {
				t.Errorf("search: begins %s, want %s", got, tt.begins)
			}
			if got := w.to.UTC().Format(time.RFC3339); got != tt.ends {
				t.Errorf("search: ends %s, want %s", got, tt.ends)
			}
			sp, err := spanOf(url.Values{"from": {tt.date}, "to": {tt.date}, "tz": {tt.zone}}, noon.AddDate(10, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if got := sp.first().UTC().Format(time.RFC3339) + " " + sp.end().UTC().Format(time.RFC3339); got != tt.begins+" "+tt.ends {
				t.Errorf("ledger: got %s, want %s to %s", got, tt.begins, tt.ends)
			}
			if sp.days() != 1 || sp.date(sp.first()) != tt.date || sp.date(sp.last()) != tt.date {
				t.Errorf("ledger: got %d days from %s to %s", sp.days(), sp.date(sp.first()), sp.date(sp.last()))
			}
		})
	}
}
