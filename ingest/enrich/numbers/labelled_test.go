package numbers

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// lines decodes each line of a file under testdata of the repository.
func lines[T any](t *testing.T, name string) []T {
	t.Helper()
	f, err := os.Open("../../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	for in := bufio.NewScanner(f); in.Scan(); {
		var line T
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return out
}

// TestLabelledNumbersAreFound reads transcripts in which every phone number,
// account, order and card is listed: each must be a run, or another reading of
// one.
func TestLabelledNumbersAreFound(t *testing.T) {
	type transcript struct {
		Lang, Text             string
		Phones, Others, Secret []string
	}
	for _, s := range lines[transcript](t, "cards/cards.jsonl") {
		runs := Find(s.Text, s.Lang)
		checkSpans(t, s.Text, runs)
		for _, digits := range slices.Concat(s.Phones, s.Others, s.Secret) {
			short := len(digits) < 7 // a date, a code: said in many ways
			if short || strings.Trim(digits, "0123456789") != "" {
				continue
			}
			if !slices.ContainsFunc(runs, func(r Run) bool { return r.Digits == digits || slices.Contains(r.Alts, digits) }) {
				t.Errorf("%s: %s is not in %q of %q", s.Lang, digits, show(runs), s.Text)
			}
		}
	}
}

// TestNumberQueriesFindTheirVoicemails asks what the relevance set asks, of
// nothing but the terms of numbers.
func TestNumberQueriesFindTheirVoicemails(t *testing.T) {
	type voicemail struct {
		ID, Lang string
		Segments []string
	}
	type query struct {
		Kind, Q string
		Want    []string
	}
	voicemails := lines[voicemail](t, "relevance/tuned/voicemails.jsonl")
	runs := make([][]Run, len(voicemails))
	for i, v := range voicemails {
		runs[i] = Find(strings.Join(v.Segments, "\n"), v.Lang)
	}
	for _, q := range lines[query](t, "relevance/tuned/queries.jsonl") {
		if q.Kind != "number" {
			continue
		}
		digits := string(appendDigits(nil, strings.ReplaceAll(q.Q, "o", " ")))
		if digits == "" {
			var ok bool
			if digits, ok = Said(strings.FieldsFunc(q.Q, func(r rune) bool { return r == ' ' || r == '-' })); !ok {
				t.Errorf("%q says no digits", q.Q)
			}
		}
		var got []string
		for i, v := range voicemails {
			if slices.ContainsFunc(runs[i], func(r Run) bool { return Matches(r, digits, strings.HasPrefix(q.Q, "+")) }) {
				got = append(got, v.ID)
			}
		}
		slices.Sort(got)
		slices.Sort(q.Want)
		if !slices.Equal(got, q.Want) {
			t.Errorf("%q finds %q, want %q", q.Q, got, q.Want)
		}
	}
}
