package koresim

import (
	"testing"
	"time"
)

// crowded is the world that the largest tests use: ten days, one of which is
// a flood.
func crowded() Config {
	return Config{
		Voicemails: 10_000, Other: 40_000, Span: 10 * 24 * time.Hour, BusyDay: 1. / 3, Quirks: documented(nil),
		MediaFormat: FormatOpus, Now: func() time.Time { return at },
	}
}

func BenchmarkNewCrowded(b *testing.B) {
	for b.Loop() {
		if _, err := New(crowded()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPageCrowded(b *testing.B) {
	s, err := New(crowded())
	if err != nil {
		b.Fatal(err)
	}
	day := DefaultUntil.Add(-5 * 24 * time.Hour)
	w := window{from: day, to: day.Add(24 * time.Hour), limit: 100}
	l := listing{from: w.from, to: w.to, limit: 100}
	b.Run("callDetails", func(b *testing.B) {
		for b.Loop() {
			for _, x := range s.rowsOf(w, at)[:100] {
				if _, err := appendJSON(nil, s.row(x, w)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("getSessions", func(b *testing.B) {
		for b.Loop() {
			for _, x := range s.listed(l, at)[:100] {
				if _, err := appendJSON(nil, s.sessionObject(x, at, true)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("voicemail", func(b *testing.B) {
		i := 0
		for b.Loop() {
			x := s.base[i%len(s.base)]
			i++
			s.message(x)
		}
	})
	b.Run("truth", func(b *testing.B) {
		for b.Loop() {
			s.Voicemails()
		}
	})
	b.Run("user", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, x := range s.base {
				if s.isUser(x, "u-x") {
					n++
				}
			}
		}
	})
}

// A crowded world has the numbers that were asked for, and the day that
// overflows every window that is not a fraction of it.
func TestCrowdedWorld(t *testing.T) {
	s, err := New(crowded())
	if err != nil {
		t.Fatal(err)
	}
	days, voicemails := map[string]int{}, 0
	for _, x := range s.base {
		days[x.start.Format(time.DateOnly)]++
		if x.kind == kindVoicemail {
			voicemails++
		}
	}
	most := 0
	for _, n := range days {
		most = max(most, n)
	}
	if len(s.base) != 50_000 || voicemails != 10_000 || most < 19_000 || most > 21_000 {
		t.Errorf("%d sessions, %d voicemails, %d on the busiest day", len(s.base), voicemails, most)
	}
	if len(s.byID) != len(s.base) {
		t.Errorf("%d ids for %d sessions", len(s.byID), len(s.base))
	}
}
