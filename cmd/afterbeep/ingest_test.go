package main

import (
	"testing"
	"time"
)

// A day named by --to counts whole, as it does in searches.
func TestIngestSpan(t *testing.T) {
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	day := func(d int) time.Time { return time.Date(2025, 2, d, 0, 0, 0, 0, time.UTC) }
	tests := []struct {
		name     string
		command  ingestCmd
		from, to time.Time
		refused  bool
	}{
		{name: "nothing"},
		{name: "since", command: ingestCmd{Since: "1d"}, from: now.AddDate(0, 0, -1), to: now},
		{name: "from", command: ingestCmd{From: "2025-02-11"}, from: day(11)},
		{name: "one day", command: ingestCmd{From: "2025-02-11", To: "2025-02-11"}, from: day(11), to: day(12)},
		{name: "times", command: ingestCmd{From: "2025-02-11T00:00:00Z", To: "2025-02-12 00:00:00"}, from: day(11), to: day(12)},
		{name: "backwards", command: ingestCmd{From: "2025-02-11", To: "2025-02-10"}, refused: true},
		{name: "the same time", command: ingestCmd{From: "2025-02-11", To: "2025-02-11T00:00:00Z"}, refused: true},
		{name: "only to", command: ingestCmd{To: "2025-02-11"}, refused: true},
		{name: "both ways", command: ingestCmd{Since: "1d", From: "2025-02-11"}, refused: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.command.options(&program{config: Config{}}, now)
			if (err != nil) != tt.refused {
				t.Fatalf("got error %v, want one: %t", err, tt.refused)
			}
			if err == nil && (!got.From.Equal(tt.from) || !got.To.Equal(tt.to)) {
				t.Errorf("got %s to %s, want %s to %s", got.From, got.To, tt.from, tt.to)
			}
		})
	}
}
