package ingest

import (
	"testing"
	"time"
)

func TestParseSchedule(t *testing.T) {
	for _, tt := range []struct {
		spec string
		next time.Time // after noon of 1 June 2025, zero where refused
	}{
		{"*/5 * * * *", noon.Add(5 * time.Minute)},
		{"  0 3 * * *  ", noon.Add(15 * time.Hour)},
		{"CRON_TZ=America/New_York 0 9 * * *", noon.Add(time.Hour)},
		{"@every 2s", noon.Add(2 * time.Second)},
		{"@hourly", noon.Add(time.Hour)},
		{"", time.Time{}},
		{"TZ=0", time.Time{}},
		{"CRON_TZ=", time.Time{}},
		{"CRON_TZ=Nowhere/Land 0 9 * * *", time.Time{}},
		{"0 0 30 2 *", time.Time{}},
		{"* * * * * *", time.Time{}},
		{"@every", time.Time{}},
		{"@every x", time.Time{}},
		{"@every 0s", time.Time{}},
		{"@every -5s", time.Time{}},
		{"@yearlyish", time.Time{}},
		{"61 * * * *", time.Time{}},
	} {
		s, err := ParseSchedule(tt.spec)
		if tt.next.IsZero() {
			if err == nil {
				t.Errorf("%q is taken", tt.spec)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.spec, err)
			continue
		}
		// The machine's zone must not matter.
		if got := s.Next(noon.In(time.FixedZone("x", 5*3600+1800))); !got.Equal(tt.next) {
			t.Errorf("%q: got %v, want %v", tt.spec, got, tt.next)
		}
	}
}

func TestJitterIsAtMostATenth(t *testing.T) {
	for _, tt := range []struct {
		spec string
		want time.Duration
	}{{"*/5 * * * *", 30 * time.Second}, {"@every 2s", 200 * time.Millisecond}, {"0 3 * * *", maxJitter}} {
		s, err := ParseSchedule(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		for random, want := range map[float64]time.Duration{0: 0, 1: tt.want} {
			got := jittered{s, func() float64 { return random }}.Next(noon).Sub(s.Next(noon))
			if got != want {
				t.Errorf("%q with %v: got %v, want %v", tt.spec, random, got, want)
			}
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"*/5 * * * *", "TZ=0", "CRON_TZ=UTC 1 2 3 4 5", "@every 1h", "@every -1h", "0 0 30 2 *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := ParseSchedule(spec)
		if err == nil && !s.Next(noon).After(noon) {
			t.Errorf("%q comes due at %v", spec, s.Next(noon))
		}
	})
}
