package query

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Days in which clocks are changed, midnight itself included.
func TestDayStart(t *testing.T) {
	tests := []struct {
		zone   string
		y      int
		m      time.Month
		d      int
		want   string
		length time.Duration
	}{
		{"UTC", 2025, 2, 11, "2025-02-11T00:00:00Z", 24 * time.Hour},
		{"America/New_York", 2025, 3, 9, "2025-03-09T00:00:00-05:00", 23 * time.Hour},
		{"America/New_York", 2025, 11, 2, "2025-11-02T00:00:00-04:00", 25 * time.Hour},
		{"Asia/Beirut", 2025, 3, 30, "2025-03-30T01:00:00+03:00", 23 * time.Hour}, // from midnight to one
		{"Africa/Cairo", 2025, 4, 25, "2025-04-25T01:00:00+03:00", 23 * time.Hour},
		{"America/Havana", 2025, 3, 9, "2025-03-09T01:00:00-04:00", 23 * time.Hour},
		{"America/Havana", 2025, 11, 2, "2025-11-02T00:00:00-04:00", 25 * time.Hour}, // back to midnight at one
		{"Australia/Lord_Howe", 2025, 4, 6, "2025-04-06T00:00:00+11:00", 24*time.Hour + 30*time.Minute},
		{"Asia/Kolkata", 2025, 2, 31, "2025-03-03T00:00:00+05:30", 24 * time.Hour}, // past the month's end
	}
	for _, tt := range tests {
		z := zone(t, tt.zone)
		got := DayStart(tt.y, tt.m, tt.d, z)
		if got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s %d-%d: got %s, want %s", tt.zone, tt.m, tt.d, got.Format(time.RFC3339), tt.want)
		}
		if length := DayStart(tt.y, tt.m, tt.d+1, z).Sub(got); length != tt.length {
			t.Errorf("%s %d-%d lasts %v, want %v", tt.zone, tt.m, tt.d, length, tt.length)
		}
	}
}

// A day begins with its own date, right after the one before.
func TestDayStartIsFirstInstant(t *testing.T) {
	names := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Africa/Cairo", "America/Havana", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Chatham", "Africa/Casablanca", "America/Nuuk"}
	rapid.Check(t, func(rt *rapid.T) {
		z := zone(t, rapid.SampledFrom(names).Draw(rt, "zone"))
		day := time.Date(2015, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 4000).Draw(rt, "days"))
		y, m, d := day.Date()
		got := DayStart(y, m, d, z)
		if gy, gm, gd := got.In(z).Date(); gy != y || gm != m || gd != d {
			rt.Fatalf("got %s, want one of %s", got, day.Format(time.DateOnly))
		}
		if before := got.Add(-1).In(z); before.Day() == d {
			rt.Fatalf("%s lies before %s and is of the same day", before, got)
		}
	})
}
