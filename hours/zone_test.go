package hours_test

import (
	"testing"
	"time"

	"afterbeep/hours"
)

func TestZoneOfCaller(t *testing.T) {
	load := func(name string) *time.Location {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return zone
	}
	var zones hours.Zones
	for name, tt := range map[string]struct {
		caller string
		own    *time.Location
		want   string
	}{
		"one zone":                   {"+16175550123", load("America/Los_Angeles"), "America/New_York"},
		"abroad":                     {"+34612345000", load("America/Los_Angeles"), "Europe/Madrid"},
		"several that are the same":  {"+447700900123", load("America/Los_Angeles"), "Europe/Guernsey"},
		"several, our own":           {"+447700900123", load("Europe/London"), "Europe/London"},
		"several that are different": {"+18005550123", load("Europe/Berlin"), "Europe/Berlin"},
		"withheld":                   {"", load("Europe/Berlin"), "Europe/Berlin"},
		"no number":                  {"anonymous", nil, "UTC"},
		"no such country":            {"+999123", nil, "UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := zones.OfCaller(tt.caller, tt.own, time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC)); got.String() != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}
