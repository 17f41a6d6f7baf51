package query

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The now of all rows is a Wednesday.
func TestWindow(t *testing.T) {
	tests := []struct {
		filter, zone, now, from, to string
	}{
		{"on:today", "UTC", "2025-02-12T10:00:00Z", "2025-02-12T00:00:00Z", "2025-02-13T00:00:00Z"},
		{"on:yesterday", "UTC", "2025-03-01T10:00:00Z", "2025-02-28T00:00:00Z", "2025-03-01T00:00:00Z"},
		{"after:yesterday", "UTC", "2025-02-12T10:00:00Z", "2025-02-12T00:00:00Z", ""},
		{"before:yesterday", "UTC", "2025-02-12T10:00:00Z", "", "2025-02-11T00:00:00Z"},
		{"on:wednesday", "UTC", "2025-02-12T10:00:00Z", "2025-02-12T00:00:00Z", "2025-02-13T00:00:00Z"},
		{"on:thursday", "UTC", "2025-02-12T10:00:00Z", "2025-02-06T00:00:00Z", "2025-02-07T00:00:00Z"},
		{"after:monday", "UTC", "2025-02-12T10:00:00Z", "2025-02-11T00:00:00Z", ""},
		{"on:2025-02-28", "UTC", "2026-01-01T00:00:00Z", "2025-02-28T00:00:00Z", "2025-03-01T00:00:00Z"},
		{"on:2025-12", "UTC", "2026-01-01T00:00:00Z", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"on:2025", "UTC", "2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"after:2025-02", "UTC", "2026-01-01T00:00:00Z", "2025-03-01T00:00:00Z", ""},
		{"before:2025", "UTC", "2026-01-01T00:00:00Z", "", "2025-01-01T00:00:00Z"},

		{"after:2025-02-11T13:57:42Z", "UTC", "2026-01-01T00:00:00Z", "2025-02-11T13:57:42Z", ""},
		{"before:2025-02-11t13:57:42+01:00", "Asia/Tokyo", "2026-01-01T00:00:00Z", "", "2025-02-11T12:57:42Z"},
		{"on:2025-02-11T13:57:42.5Z", "UTC", "2026-01-01T00:00:00Z", "2025-02-11T13:57:42.5Z", "2025-02-11T13:57:43.5Z"},

		// The day is the reader's, and clocks change.
		{"on:today", "Asia/Tokyo", "2025-02-11T20:00:00Z", "2025-02-11T15:00:00Z", "2025-02-12T15:00:00Z"},
		{"on:2025-03-30", "Europe/Berlin", "2026-01-01T00:00:00Z", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"},
		{"on:2025-10-26", "Europe/Berlin", "2026-01-01T00:00:00Z", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"},
		{"on:2018-11-04", "America/Sao_Paulo", "2026-01-01T00:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}, // no midnight
		{"on:2024-11-03", "America/Havana", "2026-01-01T00:00:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},    // two of them

		// Ages.
		{"older_than:7d", "UTC", "2025-02-12T10:00:00Z", "", "2025-02-05T10:00:00Z"},
		{"newer_than:2h", "UTC", "2025-02-12T10:00:00Z", "2025-02-12T08:00:00Z", ""},
		{"newer_than:30m", "UTC", "2025-02-12T10:00:00Z", "2025-02-12T09:30:00Z", ""},
		{"newer_than:2w", "UTC", "2025-02-12T10:00:00Z", "2025-01-29T10:00:00Z", ""},
		{"newer_than:1mo", "UTC", "2025-03-31T10:00:00Z", "2025-02-28T10:00:00Z", ""},
		{"newer_than:1y", "UTC", "2024-02-29T10:00:00Z", "2023-02-28T10:00:00Z", ""},
		{"older_than:999999y", "UTC", "2025-02-12T10:00:00Z", "", "1000-01-01T00:00:00Z"},
		{"newer_than:1d", "Europe/Berlin", "2025-03-30T10:00:00Z", "2025-03-29T11:00:00Z", ""},
		{"newer_than:24h", "Europe/Berlin", "2025-03-30T10:00:00Z", "2025-03-29T10:00:00Z", ""},

		{"longer:30s", "UTC", "2025-02-12T10:00:00Z", "", ""},
		{"from:2025", "UTC", "2025-02-12T10:00:00Z", "", ""},
	}
	parse := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range tests {
		from, to := filterOf(t, tt.filter).Window(parse(tt.now), zone(t, tt.zone))
		if !from.Equal(parse(tt.from)) || !to.Equal(parse(tt.to)) {
			t.Errorf("%s at %s in %s: got %v to %v, want %q to %q", tt.filter, tt.now, tt.zone, from.UTC(), to.UTC(), tt.from, tt.to)
		}
	}
}

// In every zone, the days follow each other without gap or overlap, and hold
// their own noon.
func TestDaysFollowEachOther(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Asia/Kathmandu",
			"Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns"}).Draw(rt, "zone")
		z := zone(t, name)
		day := time.Date(rapid.IntRange(1971, 2037).Draw(rt, "year"), 1, rapid.IntRange(1, 365).Draw(rt, "day"), 12, 0, 0, 0, z)
		value := day.Format(time.DateOnly)
		from, to := Filter{"on", value}.Window(time.Time{}, z)
		next, _ := Filter{"on", day.AddDate(0, 0, 1).Format(time.DateOnly)}.Window(time.Time{}, z)
		after, _ := Filter{"after", value}.Window(time.Time{}, z)
		_, before := Filter{"before", value}.Window(time.Time{}, z)
		if !to.Equal(next) || !after.Equal(to) || !before.Equal(from) || day.Before(from) || !day.Before(to) {
			rt.Fatalf("%s in %s: %v to %v, next %v, after %v, before %v", value, name, from, to, next, after, before)
		}
		if last := from.Add(-1); last.In(z).Day() == from.In(z).Day() {
			rt.Fatalf("%s in %s does not begin with %v", value, name, from)
		}
	})
}

// A filter that was put together by hand never panics.
func TestFilterOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{rapid.SampledFrom([]string{"on", "after", "older_than", "longer", "from", "x", ""}).Draw(t, "field"), rapid.String().Draw(t, "value")}
		f.Window(time.Now(), time.UTC)
		f.Length()
		f.Digits()
		_ = f.String()
	})
}
