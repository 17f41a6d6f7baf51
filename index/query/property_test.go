package query

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// maxNote is how many letters a note may have.
const maxNote = 100 + 2*(maxExcerpt+1)

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
		if !utf8.ValidString(n) || utf8.RuneCountInString(n) > maxNote {
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
		if len(n.Words) == 0 || !isDigits(n.Digits) || n.Prefix && len(n.Digits) < minSpoken {
			t.Fatalf("bad Number: %#v", n)
		}
		words = len(n.Words)
	case Filter:
		f := byName[foldName(n.Field)]
		if f.field == nil || f.field.Name != n.Field || f.opposite {
			t.Fatalf("bad Filter: %s", n)
		}
		if again, ok := f.field.read(n.Value); !ok || again != n.Value {
			t.Fatalf("value %q of %s is read as %q", n.Value, n.Field, again)
		}
		words = 1
	default:
		t.Fatalf("%T stands in a tree", n)
	}
	return words
}

// drawNode makes a tree of the kind that Parse makes before it joins numbers,
// never All.
func drawNode(t *rapid.T, room int) Node {
	leaves := []func(*rapid.T) Node{drawLeaf, drawLeaf, drawPhrase, drawFilter}
	groups := []func(*rapid.T) Node{
		func(t *rapid.T) Node { return newAnd(drawNodes(t, room-1)) },
		func(t *rapid.T) Node { return newOr(drawNodes(t, room-1)) },
		func(t *rapid.T) Node { return newNot(drawNode(t, room-1)) },
	}
	if room > 0 {
		leaves = append(leaves, groups...)
	}
	return rapid.SampledFrom(leaves).Draw(t, "kind")(t)
}

func drawNodes(t *rapid.T, room int) []Node {
	nodes := make([]Node, rapid.IntRange(1, 6).Draw(t, "children"))
	for i := range nodes {
		nodes[i] = drawNode(t, room)
	}
	return nodes
}

// drawLeaf often makes numbers, written and spoken: they are joined.
func drawLeaf(t *rapid.T) Node {
	said := []string{"five", "oh", "one", "hundred", "quatre", "vingt", "null", "for", "plus", "and"}
	switch rapid.IntRange(1, 7).Draw(t, "leaf") {
	case 7:
		return Word{Text: rapid.StringMatching("[0-9]{1,9}").Draw(t, "digits"), Prefix: true}
	case 1:
		return leafOf(rapid.StringMatching("[0-9]{1,9}").Draw(t, "digits"), rapid.Bool().Draw(t, "plus"))
	case 2:
		return leafOf(rapid.SampledFrom(said).Draw(t, "said"), false)
	case 3:
		return hyphened{Phrase{Words: rapid.SliceOfN(rapid.SampledFrom(said), 2, 3).Draw(t, "hyphened")}}
	case 4:
		return Word{Text: drawWord(t), Prefix: true}
	case 5:
		w := drawWord(t)
		if fuzzy := (Word{Text: w, Fuzzy: true}); Parse(fuzzy.String()).String() == fuzzy.String() { // no digits, no single letter
			return fuzzy
		}
		return leafOf(w, false)
	}
	return leafOf(drawWord(t), false)
}

func drawPhrase(t *rapid.T) Node {
	words := make([]string, rapid.IntRange(1, 4).Draw(t, "words"))
	digits := rapid.Bool().Draw(t, "of digits")
	for i := range words {
		words[i] = drawWord(t)
		if digits {
			words[i] = rapid.StringMatching("[0-9]{1,5}").Draw(t, "group")
		}
	}
	if len(words) > 1 && rapid.Bool().Draw(t, "near") {
		return Near{Words: words, Distance: rapid.IntRange(1, MaxDistance).Draw(t, "distance")}
	}
	return Phrase{Words: words, Prefix: rapid.Bool().Draw(t, "prefix")}
}

func drawFilter(t *rapid.T) Node {
	f := rapid.SampledFrom(fields).Draw(t, "field")
	typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`\+?[0-9]{1,12}`), rapid.StringMatching("[a-z0-9 (),:*-]{1,20}"),
		rapid.SampledFrom([]string{"2025-02-11", "1m30s", "7d", "recording", "German", "monday", "OR", "from:x"})).Draw(t, "value")
	value, ok := f.read(strings.Map(func(r rune) rune {
		if isQuote(r) {
			return ' '
		}
		return r
	}, typed))
	if !ok {
		return leafOf(drawWord(t), false)
	}
	return Filter{Field: f.Name, Value: value}
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
	pieces := []string{"from:", "lang:de,fr", "has:", "on:", "since:", "longer:90", "+", "555", "-0123", "five", "oh", "quatre-vingt", "~", "，", `"`, "(", ")", "-", "*", "~5", ":", "OR", "AND", " ", " ", " ", "a", "don't", "call-back", "é", "電話", "🙂", "\u00ad", "\xff", "“", "）"}
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.OneOf(rapid.SampledFrom(pieces), rapid.String())
		checkQuery(t, strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), ""))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range naughty(f) {
		f.Add(s)
	}
	for _, r := range Syntax() {
		f.Add(r.Example)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkQuery(t, typed) })
}

func TestWanted(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"a", "a"},
		{`a -b ("c d" OR e*) -(f g)`, `a|"c d"|e*`},
		{"-a", ""},
		{`"a b"~3 from:x 555-0123 (cd~ OR has:number) -42`, `"a b"~3|555 0123|cd~`},
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

func TestWithout(t *testing.T) {
	tests := []struct{ in, leaf, want string }{
		{"a b c", "b", "a c"},
		{"a b", "b", "a"},
		{"a", "a", ""},
		{"a -a", "a", "-a"},
		{`a "a" a* a~x`, `"a"`, `a a* "a x"`},
		{"(a OR b) a c", "a", "b c"},
		{"a OR (b c)", "b", "a OR c"},
		{"a from:x", "from:x", "a"},
		{"617 x 5550123", "x", "617 5550123"},
		{"a b", "z", "a b"},
	}
	for _, tt := range tests {
		got := Parse(tt.in).Without(Parse(tt.leaf).Root)
		if got.String() != tt.want {
			t.Errorf("%s without %s: got %s, want %s", tt.in, tt.leaf, got, tt.want)
		}
		checkShape(t, got.Root, true)
		checkPrint(t, got)
	}
}

func TestAllowsEdit(t *testing.T) {
	for in, want := range map[string]bool{
		"refund": true, "call": true, "cal": false, "été": false, "42ab": false, "refund*": false, "абвг": true, "हिन्दी": true, "電": false, "don't": true, "jo~": true, "été~": true,
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
