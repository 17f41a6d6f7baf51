package numbers

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Each line of testdata/spoken.txt is a language, what somebody says, and the
// digits of the number in it.
func TestSpokenList(t *testing.T) {
	text, err := os.ReadFile("testdata/spoken.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), " | ")
		if len(parts) != 3 {
			t.Fatalf("%q has %d parts", line, len(parts))
		}
		for _, lang := range []string{parts[0], ""} {
			var got []string
			for _, r := range Find(parts[1], lang) {
				got = append(append(got, r.Digits), r.Alts...)
			}
			if !slices.Contains(got, parts[2]) {
				t.Errorf("Find(%q, %q) = %q, want %s", parts[1], lang, got, parts[2])
			}
		}
	}
}

// "for" between two prices is no four.
func TestForBetweenNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"we ordered 718 for 555 pounds":          {"718", "555"},
		"you want 250 for 30 minutes":            {"250", "30"},
		"my number is 718 for 555 oh 1 for 2":    {"7185550142"},
		"it's 617 555 oh 1 for 2":                {"6175550142"},
		"seven one eight for five five five two": {"71845552"},
	} {
		var got []string
		for _, r := range Find(text, "en") {
			got = append(got, r.Digits)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Find(%q) = %q, want %q", text, got, want)
		}
	}
}
