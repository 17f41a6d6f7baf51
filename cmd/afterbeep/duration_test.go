package main

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for in, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "48h": 48 * time.Hour, "2d": 2 * day, "1w": 7 * day, "1w2d": 9 * day,
		"1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "0.5w": 84 * time.Hour, "1h30m": 90 * time.Minute,
	} {
		if got, err := parseDuration(in); err != nil || got != want {
			t.Errorf("parseDuration(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "d", "w", "7", "two days", "1dd", "1e9d", "999999999w", "99999999999999999999d", "1d-"} {
		if got, err := parseDuration(in); err == nil {
			t.Errorf("parseDuration(%q) = %v; want an error", in, got)
		}
	}
}
