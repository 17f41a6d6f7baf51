package hours_test

import (
	"slices"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/hours"
)

func TestZonesOfNumber(t *testing.T) {
	var zones hours.Zones
	for name, tt := range map[string]struct {
		number      string
		least, most int // zones
		first       string
	}{
		"one zone":              {"+16175550123", 1, 1, "America/New_York"},
		"a country of islands":  {"+447700900123", 2, 9, "Europe/Guernsey"},
		"anywhere in a country": {"+18005550123", 20, 99, "America/Adak"},
		"anywhere in the world": {number: "+80012345678"},
		"withheld":              {},
		"no number":             {number: "anonymous"},
		"no such country":       {number: "+999123"},
	} {
		t.Run(name, func(t *testing.T) {
			got := zones.Of(tt.number)
			if len(got) < tt.least || len(got) > tt.most {
				t.Fatalf("got %v, want %d to %d zones", got, tt.least, tt.most)
			}
			if tt.most > 0 && got[0].String() != tt.first {
				t.Errorf("got %v, want %s first", got, tt.first)
			}
			if again := zones.Of(tt.number); !slices.Equal(got, again) {
				t.Errorf("got other zones once more: %v", again)
			}
		})
	}
}

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
			number, err := phonenumbers.Parse(tt.caller, "")
			if err != nil {
				number = nil
			}
			if got := zones.OfCaller(number, tt.own, time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC)); got.String() != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}
