package web

import (
	"strings"
	"testing"
	"time"

	"afterbeep/hours"
)

func TestLocalTime(t *testing.T) {
	tests := []struct {
		number, want string
		odd          bool
	}{
		{"+4930901820", "It is 13:00 there", false},
		{"+12125550123", "It is 07:00 there", true},
		{"+819012345678", "It is 21:00 there", true},
		{"+18005550123", "", false}, // anywhere
		{"+61299990000", "It is 23:00 there", true},
		{"nonsense", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.number, func(t *testing.T) {
			got, _ := localTimeOf(new(hours.Zones).Of(tt.number), reading{now: noon})
			if tt.want == "" {
				if got.Odd && strings.HasPrefix(got.Words, "It is 0") {
					t.Errorf("got %+v of a number that may be anywhere", got)
				}
				return
			}
			if got.Words != tt.want || got.Odd != tt.odd {
				t.Errorf("got %+v, want %q %v", got, tt.want, tt.odd)
			}
		})
	}
}

func TestDayOf(t *testing.T) {
	const never = "0001-01-01T00:00:00Z"
	tests := []struct{ number, at, from, to string }{
		{"+12125550123", "2026-03-12T02:30:00Z", "2026-03-11T04:00:00Z", "2026-03-12T04:00:00Z"}, // it is still the day before in New York
		{"+12125550123", "2026-03-08T18:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}, // 23 hours
		{"+12125550123", "2026-11-01T18:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // 25 hours
		{"+56221234567", "2026-09-06T18:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"}, // it has no midnight in Santiago
		{"+819012345678", "2026-03-12T02:30:00Z", "2026-03-11T15:00:00Z", "2026-03-12T15:00:00Z"},
		{"+80012345678", "2026-03-12T02:30:00Z", never, never}, // anywhere
		{"", "2026-03-12T02:30:00Z", never, never},
	}
	for _, tt := range tests {
		start, end := dayOf(new(hours.Zones).Of(tt.number), must(time.Parse(time.RFC3339, tt.at)))
		if from, to := start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339); from != tt.from || to != tt.to {
			t.Errorf("of %q at %s: got %s to %s, want %s to %s", tt.number, tt.at, from, to, tt.from, tt.to)
		}
	}
}
