package query

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	noteQuote   = "a quote is not closed, read to the end"
	noteOpen    = "a parenthesis is not closed, read to the end"
	noteClose   = "a closing parenthesis has no opening one, left out"
	noteOR      = "OR needs something on both sides, left out"
	noteAND     = "AND is not needed, left out: words side by side must all match"
	noteMinus   = "a lone - is left out"
	noteMinuses = "two minus signs cancel each other"
	noteStar    = "a lone * is left out"
	noteInside  = "a * inside quotes counts only at the end, left out"
	notePhrase  = "a phrase without words is left out"
	noteGroup   = "parentheses without words are left out"
	noteTilde   = "a ~ counts only at the end of a word, taken as text"
	noteDeep    = "parentheses inside each other deeper than 100 are left out"
	noteLong    = "the query is longer than 32 KB, the rest is left out"
)

func TestParse(t *testing.T) {
	noWord := func(s string) string { return s + " has no letters or digits, left out" }
	field := func(s string) string { return "unknown operator " + s + ":, taken as text" }
	tests := []struct {
		in, want string
		notes    []string
	}{
		// What the language says.
		{"", "", nil},
		{" \t\r\n\v\f\u00a0\u2003\u3000\x00", "", nil},
		{"refund", "refund", nil},
		{"Refund ORDER", "refund order", nil},
		{"a\nb\rc\u00a0d\u2028e\u200bf", "a b c d e f", nil},
		{`"call me back"`, `"call me back"`, nil},
		{`"Call,  me-back!"`, `"call me back"`, nil},
		{"\"a\nb\rc\"", `"a b c"`, nil},
		{`"refund"`, `"refund"`, nil},
		{"“call me” «s'il vous plaît» „bitte“ 「電話」", `"call me" "s il vous plait" "bitte" "電 話"`, nil},
		{"refu*", "refu*", nil},
		{"a* b* c*", "a* b* c*", nil},
		{"refu** refu*. refu,*", "refu* refu* refu*", nil},
		{`"call ba"*`, `"call ba"*`, nil},
		{`"call ba*"`, `"call ba"*`, nil},
		{`"call ba* "*`, `"call ba"*`, nil},
		{"-spam", "-spam", nil},
		{"-spam -junk", "-spam -junk", nil},
		{`-"wrong number" -(a OR b) -pre*`, `-"wrong number" -(a OR b) -pre*`, nil},
		{"−spam –junk -x", "-spam -junk -x", nil},
		{"refund OR order", "refund OR order", nil},
		{"a b OR c d", "(a b) OR (c d)", nil},
		{"a (b OR c) d", "a (b OR c) d", nil},
		{"a OR -b", "a OR -b", nil},
		{"-a OR -b", "-a OR -b", nil},
		{"-(a b)", "-(a b)", nil},
		{"(a OR b)(c OR d)", "(a OR b) (c OR d)", nil},
		{"（a OR b）", "a OR b", nil},
		{"(a)OR(b)", "a OR b", nil},
		{`"a"OR"b"`, `"a" OR "b"`, nil},
		{"((((a))))", "a", nil},
		{"(a b) c (d (e f))", "a b c d e f", nil},
		{"(a OR b) OR c OR (d OR (e))", "a OR b OR c OR d OR e", nil},
		{"(a b) OR (c)", "(a b) OR c", nil},
		{strings.Repeat("(", 50) + "a OR b" + strings.Repeat(")", 50) + " c", "(a OR b) c", nil},

		// What surprises.
		{"or and not", "or and not", nil},
		{"Or oR ORDER ORx xOR", "or or order orx xor", nil},
		{`"a OR b"`, `"a or b"`, nil},
		{`"a (b) -c"`, `"a b c"`, nil},
		{"-OR", "-or", nil},
		{"-(-a)", "a", nil},
		{"-(-(-a))", "-a", nil},
		{"-((a))", "-a", nil},
		{"a -(-(b c))", "a b c", nil},
		{"call-back", `call-back`, nil},
		{"call/back e-mail-2", `"call back" "e mail 2"`, nil},
		{"-call-back", `-call-back`, nil},
		{"call-ba*", `"call ba"*`, nil},
		{"555-0123 and/or", `555 0123 "and or"`, nil},
		{"(415) 555-0123", `415 555 0123`, nil},
		{"+1-415-555-0123", `+1 415 555 0123`, nil},
		{"joe@example.com", `"joe example com"`, nil},
		{"10:30 3.5 1,000", `"10 30" "3 5" "1 000"`, nil},
		{"http://example.com/a", `"http example com a"`, nil},
		{"don't DON’T dont don'*", "dont dont dont don*", nil},
		{"l'appel l'app* d’électricité~ -l'eau", "appel app* electricite~ -eau", nil},
		{"quatre-l'appel l'appel-ci d'1 l-appel l''eau", `"quatre l appel" "l appel ci" "d 1" l-appel eau`, nil},
		{"STRASSE straße Straße*", "strasse strasse strasse*", nil},
		{"élève e\u0301le\u0300ve", "eleve eleve", nil},
		{"re\u00adfund re\u200dfund", "refund refund", nil},
		{"\u200e-spam \ufeff\"a b\"", `-spam "a b"`, nil},
		{"電話 電*", `"電 話" 電*`, nil},
		{"שלום (עולם)", "שלום עולם", nil},
		{"a\x00b re\xfffund", `a b "re fund"`, nil},
		{"foo(bar)baz", "foo bar baz", nil},
		{`foo"bar"baz`, `foo "bar" baz`, nil},
		{"hello, world! thanks.", "hello world thanks", nil},
		{"'single quotes'", "single quotes", nil},
		{"a ... -b", "a -b", []string{noWord("...")}},
		{"said —call", "said call", nil},
		{"+refund #42 $5", "refund 42 5", []string{"a + is not needed, left out: words side by side must all match"}},
		{"<script>alert(1)</script>", `"script alert" 1 script`, nil},
		{"'; DROP TABLE voicemails;", "drop table voicemails", []string{noWord("';")}},

		// What needs a note.
		{`"call me`, `"call me"`, []string{noteQuote}},
		{`call me"`, `call me`, []string{noteQuote, notePhrase}},
		{`"`, "", []string{noteQuote, notePhrase}},
		{`"" "!!" ""*`, "", []string{notePhrase}},
		{`-""`, "", []string{notePhrase}},
		{`5" screen`, `5 "screen"`, []string{noteQuote}},
		{`"wom*n here"`, `"wom n here"`, []string{noteInside}},
		{"(a OR b", "a OR b", []string{noteOpen}},
		{"((a", "a", []string{noteOpen}},
		{"a) b", "a b", []string{noteClose}},
		{")))", "", []string{noteClose}},
		{":) ok", "ok", []string{noWord(":"), noteClose}},
		{"()", "", []string{noteGroup}},
		{"a -()", "a", []string{noteGroup}},
		{"(", "", []string{noteGroup, noteOpen}},
		{"OR", "", []string{noteOR}},
		{"a OR", "a", []string{noteOR}},
		{"OR a", "a", []string{noteOR}},
		{"a OR OR b", "a OR b", []string{noteOR}},
		{"a (OR b) c", "a b c", []string{noteOR}},
		{"a OR 🙂", "a", []string{noWord("🙂"), noteOR}},
		{"a AND b", "a b", []string{noteAND}},
		{"AND", "", []string{noteAND}},
		{"a AND AND -b", "a -b", []string{noteAND}},
		{"a NOT b", "a not b", []string{"NOT is taken as a word: write -word to leave one out"}},
		{"-", "", []string{noteMinus}},
		{"Monday - Friday", "monday friday", []string{noteMinus}},
		{"(a -)", "a", []string{noteMinus}},
		{"- -a -", "-a", []string{noteMinus}},
		{"--", "", []string{noteMinus}},
		{"--a", "a", []string{noteMinuses}},
		{"---a", "-a", []string{noteMinuses}},
		{"*", "", []string{noteStar}},
		{"* ** -*", "", []string{noteStar}},
		{"wom*n", "wom*", []string{"a * counts only at the end of a word: wom*n is read as wom*"}},
		{"*foo *bar*", "foo bar*", []string{"a * counts only at the end of a word: *foo is read as foo", "a * counts only at the end of a word: *bar* is read as bar*"}},
		{"!? 🙂 !?", "", []string{noWord("!?"), noWord("🙂")}},
		{"-🙂", "", []string{noWord("🙂")}},
		{"foo:bar", `"foo bar"`, []string{field("foo")}},
		{"queue:supp*", "queue:supp", []string{"a * counts only behind words: queue:supp* is read as queue:supp"}},
		{"from:617*", "from:617", []string{"a * counts only behind words: from:617* is read as from:617"}},
		{"-tag:urg*,late*", "-(tag:urg OR tag:late)", []string{"a * counts only behind words: tag:urg*,late* is read as tag:urg OR tag:late"}},
		{`queue:"supp*"`, `queue:"supp*"`, nil},
		{strings.Repeat("(", 101) + "a" + strings.Repeat(")", 101) + " b", "b", []string{noteDeep, noteGroup}},
		{"a " + strings.Repeat("-(", 101) + "x (y" + strings.Repeat(")", 102) + " b", "a b", []string{noteDeep, noteGroup}},
	}
	for _, tt := range tests {
		t.Run(excerpt(tt.in), func(t *testing.T) {
			got := Parse(tt.in)
			if got.String() != tt.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", tt.in, got, tt.want)
			}
			if diff := cmp.Diff(tt.notes, got.Notes); diff != "" {
				t.Errorf("Parse(%q): notes (-want +got):\n%s", tt.in, diff)
			}
			checkQuery(t, tt.in)
		})
	}
}

func TestParseTree(t *testing.T) {
	word := func(s string) Node { return Word{Text: s} }
	tests := []struct {
		in   string
		want Node
	}{
		{"", All{}},
		{"🙂", All{}},
		{"a", word("a")},
		{"a*", Word{Text: "a", Prefix: true}},
		{`"a"`, Phrase{Words: []string{"a"}}},
		{"a-b*", Phrase{Words: []string{"a", "b"}, Prefix: true}},
		{"-a", Not{word("a")}},
		{"-(-a)", word("a")},
		{"a (b c)", And{[]Node{word("a"), word("b"), word("c")}}},
		{"a OR b c", Or{[]Node{word("a"), And{[]Node{word("b"), word("c")}}}}},
		{"-(a OR b)", Not{Or{[]Node{word("a"), word("b")}}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Parse(tt.in).Root); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestParseLimits(t *testing.T) {
	t.Run("words", func(t *testing.T) {
		q := Parse(strings.Repeat("a ", 1500))
		if got := len(q.Root.(And).Nodes); got != MaxClauses {
			t.Errorf("got %d words, want %d", got, MaxClauses)
		}
		if want := "a query holds at most 800 words, 700 more are left out"; !slices.Contains(q.Notes, want) {
			t.Errorf("notes %q lack %q", q.Notes, want)
		}
	})
	t.Run("a phrase is cut, and is no prefix then", func(t *testing.T) {
		q := Parse(`"` + strings.Repeat("a ", 1500) + `"* OR b`)
		p, ok := q.Root.(Phrase)
		if !ok || len(p.Words) != MaxClauses || p.Prefix {
			t.Errorf("got %T of %d words, prefix %t", q.Root, len(p.Words), p.Prefix)
		}
		if want := []string{"a query holds at most 800 words, 701 more are left out"}; !slices.Equal(q.Notes, want) {
			t.Errorf("notes: got %q, want %q", q.Notes, want)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		q := Parse(strings.Repeat(" ", MaxBytes-3) + "aaé" + " b")
		if got := q.String(); got != "aa" || !slices.Equal(q.Notes, []string{noteLong}) {
			t.Errorf("got %q with notes %q, want aa and the limit", got, q.Notes)
		}
		if q := Parse(strings.Repeat(" ", MaxBytes-1) + "a"); q.String() != "a" || q.Notes != nil {
			t.Errorf("at the limit: got %q with notes %q", q, q.Notes)
		}
	})
	t.Run("notes", func(t *testing.T) {
		var b strings.Builder
		for _, r := range "abcdefghijklmnopqrstuvwxyz" {
			b.WriteString(string(r) + ":x ")
		}
		q := Parse(b.String() + strings.Repeat("a ", 1500))
		if len(q.Notes) != maxNotes || !strings.Contains(q.Notes[maxNotes-1], "at most 800 words") {
			t.Errorf("got %d notes %q, want %d with the limit last", len(q.Notes), q.Notes, maxNotes)
		}
	})
}

// Long typed text of every awkward kind: the tree stays small and the work
// grows with the text, not faster. Allocations stand for work: every step that
// could repeat itself makes a string.
func TestParseLongText(t *testing.T) {
	for _, piece := range longTexts {
		t.Run(piece, func(t *testing.T) {
			text := func(size int) string { return strings.Repeat(piece, size/len(piece)) }
			checkQuery(t, text(MaxBytes))
			allocs := func(size int) float64 {
				s := text(size)
				return testing.AllocsPerRun(1, func() { Parse(s) })
			}
			half, full := allocs(MaxBytes/2), allocs(MaxBytes)
			if full > 2.5*half+100 {
				t.Errorf("%g allocations for half the text, %g for all of it", half, full)
			}
		})
	}
}

func TestSyntaxExamples(t *testing.T) {
	for _, rule := range Syntax() {
		q := Parse(rule.Example)
		if len(q.Notes) > 0 || rule.Means == "" {
			t.Errorf("%s: notes %q, means %q", rule.Example, q.Notes, rule.Means)
		}
	}
}
