package query

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// failer is what testing and rapid have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkQuery holds for any typed text at all.
func checkQuery(t failer, typed string) {
	t.Helper()
	q := Parse(typed)
	if len(q.Notes) > maxNotes {
		t.Fatalf("Parse(%q): %d notes", typed, len(q.Notes))
	}
	for _, n := range q.Notes {
		if !utf8.ValidString(n) || utf8.RuneCountInString(n) > 60+2*(maxExcerpt+1) {
			t.Fatalf("Parse(%q): bad note %q", typed, n)
		}
	}
	if words := checkShape(t, q.Root, true); words > MaxClauses {
		t.Fatalf("Parse(%q): %d words", typed, words)
	}
	checkPrint(t, q)
}

// checkPrint reads what q prints, if it is within the limits itself.
func checkPrint(t failer, q Query) {
	t.Helper()
	printed := q.String()
	if len(printed) > MaxBytes || depth(printed) > MaxDepth {
		return
	}
	again := Parse(printed)
	// Not cmp: its time doubles with each level of a deep tree.
	if !reflect.DeepEqual(q.Root, again.Root) {
		t.Fatalf("%q read again is another tree:\n%#v\n%#v", printed, q.Root, again.Root)
	}
	if len(again.Notes) > 0 || again.String() != printed {
		t.Fatalf("%q read again: printed %q, notes %q", printed, again, again.Notes)
	}
}

// depth is how many parentheses stand inside each other in canonical syntax.
func depth(printed string) int {
	open, most := 0, 0
	for _, r := range printed {
		switch r {
		case '(':
			open++
			most = max(most, open)
		case ')':
			open--
		}
	}
	return most
}

// checkShape checks what the nodes promise and counts their words.
func checkShape(t failer, n Node, root bool) int {
	t.Helper()
	words := 0
	switch n := n.(type) {
	case All:
		if !root {
			t.Fatalf("All stands inside a tree")
		}
	case And:
		for _, m := range n.Nodes {
			if _, same := m.(And); same || len(n.Nodes) < 2 {
				t.Fatalf("bad And: %s", n)
			}
			words += checkShape(t, m, false)
		}
	case Or:
		for _, m := range n.Nodes {
			if _, same := m.(Or); same || len(n.Nodes) < 2 {
				t.Fatalf("bad Or: %s", n)
			}
			words += checkShape(t, m, false)
		}
	case Not:
		if _, same := n.Node.(Not); same {
			t.Fatalf("bad Not: %s", n)
		}
		words = checkShape(t, n.Node, false)
	case Word:
		words = 1
	case Phrase:
		if len(n.Words) == 0 {
			t.Fatalf("a phrase without words")
		}
		words = len(n.Words)
	case Near:
		if len(n.Words) < 2 || n.Distance < 1 || n.Distance > MaxDistance {
			t.Fatalf("bad Near: %s", n)
		}
		words = len(n.Words)
	case Number:
		if len(n.Words) == 0 || !isDigits(n.Digits) {
			t.Fatalf("bad Number: %#v", n)
		}
		words = len(n.Words)
	case Filter:
		f, ok := byName[n.Field]
		if !ok && !strings.Contains(n.Field, "_") {
			t.Fatalf("bad Filter: %s", n)
		}
		_ = f
		words = 1
	default:
		t.Fatalf("%T stands in a tree", n)
	}
	return words
}

// drawNode makes a tree of the kind that Parse makes, never All.
func drawNode(t *rapid.T, room int) Node {
	kinds := 2
	if room > 0 {
		kinds = 5
	}
	children := func() []Node {
		nodes := make([]Node, rapid.IntRange(0, 4).Draw(t, "children"))
		for i := range nodes {
			nodes[i] = drawNode(t, room-1)
		}
		return append(nodes, leafOf(drawWord(t), false))
	}
	switch rapid.IntRange(1, kinds).Draw(t, "kind") {
	case 1:
		if rapid.Bool().Draw(t, "prefix") {
			return Word{Text: drawWord(t), Prefix: true}
		}
		return leafOf(drawWord(t), false)
	case 2:
		words := make([]string, rapid.IntRange(1, 4).Draw(t, "words"))
		for i := range words {
			words[i] = drawWord(t)
		}
		return Phrase{Words: words, Prefix: rapid.Bool().Draw(t, "prefix")}
	case 3:
		return newAnd(children())
	case 4:
		return newOr(children())
	}
	return newNot(drawNode(t, room-1))
}

func drawWord(t *rapid.T) string {
	if tokens := Tokens(rapid.String().Draw(t, "word")); len(tokens) > 0 {
		return tokens[0].Text
	}
	return "or"
}

func TestPrintThenParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Query{Root: joined(drawNode(t, 5))}
		checkShape(t, q.Root, true)
		checkPrint(t, q)
	})
}

func TestParseAnything(t *testing.T) {
	pieces := []string{`"`, "(", ")", "-", "*", "~5", ":", "OR", "AND", " ", " ", " ", "a", "don't", "call-back", "é", "電話", "🙂", "\u00ad", "\xff", "“", "）"}
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.OneOf(rapid.SampledFrom(pieces), rapid.String())
		checkQuery(t, strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), ""))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", `a "b c" -d OR (e f*)`, `foo:bar "x`, "-(-a) --b", ")(", "OR OR", "wom*n * -", "l'été 電話", "“a”~5 \xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkQuery(t, typed) })
}

func TestWanted(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"a", "a"},
		{`a -b ("c d" OR e*) -(f g)`, `a|"c d"|e*`},
		{"-a", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, n := range Wanted(Parse(tt.in).Root) {
			got = append(got, n.String())
		}
		if s := strings.Join(got, "|"); s != tt.want {
			t.Errorf("Wanted(%q) = %s, want %s", tt.in, s, tt.want)
		}
	}
}

func TestAllowsEdit(t *testing.T) {
	for in, want := range map[string]bool{
		"refund": true, "call": true, "cal": false, "été": false, "42ab": false, "refund*": false, "абвг": true, "हिन्दी": true, "電": false, "don't": true,
	} {
		if got := Parse(in).Root.(Word).AllowsEdit(); got != want {
			t.Errorf("%s allows an edit: got %t, want %t", in, got, want)
		}
	}
}

func TestOneEdit(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"", "", false}, {"", "a", true}, {"", "ab", false},
		{"refund", "refund", false},
		{"refund", "refunds", true}, {"refund", "efund", true}, {"refund", "refnd", true}, {"aab", "aaab", true},
		{"refund", "refand", true}, {"refund", "Xefund", true}, {"refund", "refunX", true},
		{"refund", "erfund", true}, {"refund", "refudn", true}, {"abab", "baab", true},
		{"refund", "ferund", false}, {"refund", "rfeudn", false}, {"refund", "refundee", false}, {"abcd", "badc", false},
		{"ab", "cd", false}, {"abc", "cab", false}, {"ca", "abc", false},
		{"größe", "grösse", false}, {"größe", "gröbe", true}, {"naïve", "naive", true}, {"電話", "話電", true},
	}
	for _, tt := range tests {
		if got := OneEdit(tt.a, tt.b); got != tt.want {
			t.Errorf("OneEdit(%q, %q) = %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

// Every edit, made by hand, is one, in both directions.
func TestOneEditProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letter := rapid.SampledFrom([]rune("abé電"))
		a := rapid.SliceOfN(letter, 1, 8).Draw(t, "a")
		i := rapid.IntRange(0, len(a)-1).Draw(t, "at")
		x := letter.Draw(t, "new")
		head, tail := string(a[:i]), string(a[i+1:])
		b := rapid.SampledFrom([]string{
			head + tail,                            // one less
			head + string(x) + string(a[i]) + tail, // one more
			head + string(x) + tail,                // another
			string(swapped(a, i)),
		}).Draw(t, "b")
		want := b != string(a)
		if OneEdit(string(a), b) != want || OneEdit(b, string(a)) != want {
			t.Fatalf("OneEdit(%q, %q), either way: want %t", string(a), b, want)
		}
	})
}

func swapped(a []rune, i int) []rune {
	b := append([]rune(nil), a...)
	j := min(i+1, len(b)-1)
	b[i], b[j] = b[j], b[i]
	return b
}
