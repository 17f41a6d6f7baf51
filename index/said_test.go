package index_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
)

func TestSaidNumbers(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []index.Part
		want  []string // digits, where and what was said
	}{
		{"nothing", nil, nil},
		{"no number", []index.Part{{Text: "please call me", Lang: "en"}}, nil},
		{"written", []index.Part{{Text: "Call +1 415 555 0123 today", Lang: "en"}}, []string{"+14155550123 0:5-20 +1 415 555 0123"}},
		{"spoken", []index.Part{{Text: "it is five five five oh one two three thanks", Lang: "en"}}, []string{"5550123 0:6-37 five five five oh one two three"}},
		{"two in two languages", []index.Part{{Text: "vier eins fünf neun null eins", Lang: "de"}, {Text: "ext 4 4 7 1 2", Lang: "en-US"}},
			[]string{"415901 0:0-30 vier eins fünf neun null eins", "44712 1:4-13 4 4 7 1 2"}},
		{"over a border", []index.Part{{Text: "my number is four one five five five five", Lang: "en"}, {Text: "oh one two three bye", Lang: "en"}},
			[]string{"4155550123 0:13-41 1:0-16 four one five five five five\noh one two three"}},
		{"broken letters before it", []index.Part{{Text: "\xff 415 555 0123", Lang: "en"}}, []string{"4155550123 0:4-16 415 555 0123"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, n := range index.SaidNumbers(c.parts) {
				got = append(got, describe(n))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func describe(n index.SaidNumber) string {
	text := n.Digits
	if n.Plus {
		text = "+" + text
	}
	for _, w := range n.Where {
		text += " " + strings.Join([]string{strconv.Itoa(w.Part), ":", strconv.Itoa(w.Start), "-", strconv.Itoa(w.End)}, "")
	}
	return text + " " + n.Said
}

func TestPieces(t *testing.T) {
	a := newArchive(t)
	a.record(t, say("a refund")...) // inflections are what is there of a word
	ix := openIndex(t, t.TempDir(), a)
	catchUp(t, ix)
	marker, err := ix.Marker(t.Context(), query.Parse("call refunds"))
	if err != nil {
		t.Fatal(err)
	}
	got := marker.Parts([]index.Part{{Text: "<Call> me; refund back", Lang: "en"}, {Text: "nothing", Lang: "en"}})
	want := [][]index.Piece{
		{{Text: "<"}, {Text: "Call", Marked: true}, {Text: "> me; "}, {Text: "refund", Marked: true, Why: "inflected"}, {Text: " back"}},
		{{Text: "nothing"}},
	}
	for i := range want {
		if d := cmp.Diff(want[i], got[i].Pieces()); d != "" {
			t.Errorf("part %d (-want +got):\n%s", i, d)
		}
	}
}

// Whatever is said, pieces are the text, and places lie in it at borders of
// runes.
func TestSaidIsTheText(t *testing.T) {
	ix := openIndex(t, t.TempDir(), newArchive(t))
	word := rapid.SampledFrom([]string{"five", "415", "555-0123", "oh", "call", "é", "\xff", "\n", " ", "dos", "neun", "\u202e", "+1", "🦊"})
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Map(rapid.SliceOf(word), func(w []string) index.Part { return index.Part{Text: strings.Join(w, " "), Lang: "en"} }), 1, 4).Draw(t, "parts")
		marker, err := ix.Marker(t.Context(), query.Parse("call 415"))
		if err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(parts))
		for i, e := range marker.Parts(parts) {
			for _, p := range e.Pieces() {
				texts[i] += p.Text
			}
			if want := strings.ToValidUTF8(parts[i].Text, "\uFFFD"); texts[i] != want {
				t.Errorf("part %d: got %q, want %q", i, texts[i], want)
			}
		}
		for _, n := range index.SaidNumbers(parts) {
			var said []string
			for _, w := range n.Where {
				said = append(said, texts[w.Part][w.Start:w.End])
			}
			if got := strings.Join(said, "\n"); got != n.Said && strings.ReplaceAll(n.Said, "\n", "") != strings.ReplaceAll(got, "\n", "") {
				t.Errorf("got %q, want %q", got, n.Said)
			}
		}
	})
}
