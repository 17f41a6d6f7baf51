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

func TestDayStart(t *testing.T) {
	at := time.Date(2026, 3, 12, 2, 30, 0, 0, time.UTC)
	tests := []struct{ number, want string }{
		{"+12125550123", "2026-03-11T04:00:00Z"}, // it is still the day before in New York
		{"+819012345678", "2026-03-11T15:00:00Z"},
		{"+80012345678", "0001-01-01T00:00:00Z"}, // anywhere
		{"", "0001-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		if got := dayStart(new(hours.Zones).Of(tt.number), at).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("of %q: got %s, want %s", tt.number, got, tt.want)
		}
	}
}
