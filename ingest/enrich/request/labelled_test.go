package request

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelled is a message of the labelled set, as far as it is judged here.
type labelled struct {
	ID       string `json:"id"`
	Lang     string `json:"lang"`
	Kind     string `json:"kind"`
	Text     string `json:"text"`
	Callback bool   `json:"callback"`
	Words    string `json:"words"`
}

// readHalf reads a half of the labelled set, "tuned" or "unseen".
func readHalf(t testing.TB, half string) []labelled {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "testdata", "callbacks", half)
	var list []labelled
	for _, lang := range []string{"en", "es", "fr", "de"} {
		f, err := os.Open(filepath.Join(folder, lang+".jsonl"))
		if errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s half has no messages in %s", half, lang)
		} else if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			var m labelled
			if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
				t.Fatalf("%s/%s.jsonl line %d: not a message", half, lang, n)
			}
			list = append(list, m)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// figures count verdicts.
type figures struct{ hit, alarm, missed, passed, listen int }

func (f *figures) add(want bool, v Verdict) {
	switch {
	case v.Requested && want:
		f.hit++
	case v.Requested:
		f.alarm++
	case want:
		f.missed++
	default:
		f.passed++
	}
	if v.Listen != "" {
		f.listen++
	}
}

func (f figures) f1() float64 {
	if f.hit == 0 {
		return 0
	}
	return 2 * float64(f.hit) / float64(2*f.hit+f.alarm+f.missed)
}

// TestLabelledSet holds detection to its figures. Of the unseen half it prints
// figures alone: no message, no id.
func TestLabelledSet(t *testing.T) {
	for _, half := range []struct {
		name            string
		whole, language float64
	}{{"tuned", 0.97, 0.96}, {"unseen", 0.94, 0.9}} {
		t.Run(half.name, func(t *testing.T) {
			var all figures
			langs, kinds := map[string]*figures{}, map[string]*figures{}
			count := func(m map[string]*figures, key string, want bool, v Verdict) {
				if m[key] == nil {
					m[key] = &figures{}
				}
				m[key].add(want, v)
			}
			for _, m := range readHalf(t, half.name) {
				v := Read(m.Text, m.Lang, Options{})
				all.add(m.Callback, v)
				count(langs, m.Lang, m.Callback, v)
				count(kinds, m.Kind, m.Callback, v)
				if half.name == "tuned" && v.Requested != m.Callback {
					t.Logf("%s: got %t (%.2f)", m.ID, v.Requested, v.Confidence)
				}
			}
			for _, kind := range slices.Sorted(maps.Keys(kinds)) {
				f := kinds[kind]
				t.Logf("%-14s right %3d of %3d, to listen to %d", kind, f.hit+f.passed, f.hit+f.passed+f.alarm+f.missed, f.listen)
			}
			for _, lang := range slices.Sorted(maps.Keys(langs)) {
				f := langs[lang]
				t.Logf("%s F1 %.3f: hits %d, false alarms %d, missed %d, rightly passed %d, to listen to %d", lang, f.f1(), f.hit, f.alarm, f.missed, f.passed, f.listen)
				if f.f1() < half.language {
					t.Errorf("%s: F1 %.3f, want %.2f", lang, f.f1(), half.language)
				}
			}
			t.Logf("all F1 %.3f, to listen to %d", all.f1(), all.listen)
			if all.f1() < half.whole {
				t.Errorf("F1 %.3f, want %.2f", all.f1(), half.whole)
			}
		})
	}
}

// The words that are shown must be those that ask: of the tuned half, at least
// nine of ten overlap those that its author marked.
func TestLabelledWords(t *testing.T) {
	hits, all := 0, 0
	for _, m := range readHalf(t, "tuned") {
		v := Read(m.Text, m.Lang, Options{})
		at := strings.Index(m.Text, m.Words)
		if !v.Requested || m.Words == "" || at < 0 {
			continue
		}
		all++
		for _, s := range v.Words {
			if s.Start < at+len(m.Words) && at < s.End {
				hits++
				break
			}
		}
	}
	t.Logf("%d of %d", hits, all)
	if 10*hits < 9*all {
		t.Errorf("the words meet those marked in %d of %d, want nine of ten", hits, all)
	}
}
