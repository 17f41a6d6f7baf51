package index_test

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
)

func TestMark(t *testing.T) {
	for _, tc := range []struct{ name, q, text, want string }{
		{"a word", "refund", "a Refund.", "a <mark>Refund</mark>."},
		{"nothing asked for", "", "a refund", "a refund"},
		{"digits only exactly", "12345", "12345 12346", "<mark>12345</mark> 12346"},
		{"words near each other", `"call refund"~2`, "call now a refund, call you and not the refund", "<mark>call</mark> now a <mark>refund</mark>, <mark>call</mark> you and not the refund"},
		{"in any order", `"call refund"~1`, "a refund call", "a <mark>refund</mark> <mark>call</mark>"},
		{"digits however written", "4155550123", "(415) 555-0123 or 4155550124", "(<mark>415) 555-0123</mark> or 4155550124"},
		{"filters mark nothing", "refund lang:en from:415", "a refund from 415, en", "a <mark>refund</mark> from 415, en"},
		{"a prefix", "call*", "called all", "<mark>called</mark> all"},
		{"a phrase is one", `"call me"`, "call, me. me call", "<mark>call, me</mark>. me call"},
		{"a phrase across lines", `"call me"`, "call\nme", "<mark>call\nme</mark>"},
		{"a phrase with a prefix", `"call m"*`, "call mother, call you", "<mark>call mother</mark>, call you"},
		{"a phrase that repeats", `"a a"`, "a a a b", "<mark>a a a</mark> b"},
		{"a phrase around a word", `me "call me back"`, "call me back to me", "<mark>call me back</mark> to <mark>me</mark>"},
		{"what is excluded is not marked", "refund -order", "refund order", "<mark>refund</mark> order"},
		{"alternatives and groups", "(köln OR fax) weg", "Köln fax weg", "<mark>Köln</mark> <mark>fax</mark> <mark>weg</mark>"},
		{"accents", "strasse", "die Straße", "die <mark>Straße</mark>"},
		{"combining accents stay with their letter", "cafe", "cafe\u0301s cafe\u0301!", "cafe\u0301s <mark>cafe\u0301</mark>!"},
		{"an apostrophe", "dont", "don't", "<mark>don&#39;t</mark>"},
		{"no spaces", "京", "東京都", "東<mark>京</mark>都"},
		{"right to left", "שלום", "אמר שלום לך", "אמר <mark>שלום</mark> לך"},
		{"markup is text", "b", "<b>&amp; <mark>", "&lt;<mark>b</mark>&gt;&amp;amp; &lt;mark&gt;"},
		{"no UTF-8", "call", "\xff call \xc3", "\ufffd <mark>call</mark> \ufffd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, index.NewMarker(query.Parse(tc.q)).Mark(tc.text, "en")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if got := index.NewMarker(query.Query{}).Mark("a < b", ""); got != "a &lt; b" {
		t.Errorf("the zero query gives %q", got)
	}
}

func TestSnippet(t *testing.T) {
	filler := strings.Repeat("lorem ipsum dolor ", 30)
	hours := strings.Repeat("lorem ipsum dolor ", 10<<10)
	for _, tc := range []struct{ name, q, text, begins, holds, ends string }{
		{"a short text is whole", "refund", "a refund please", "a <mark>", "a <mark>refund</mark> please", "please"},
		{"the beginning where nothing matches", "zebra", filler, "lorem", "ipsum", " …"},
		{"in the middle", "refund", filler + "the refund now " + filler, "… ", "the <mark>refund</mark> now", " …"},
		{"at the end", "refund", filler + "refund", "… ", "<mark>refund</mark>", "</mark>"},
		{"where most words are", "refund order", "refund " + filler + "refund order " + filler, "… ", "<mark>refund</mark> <mark>order</mark>", " …"},
		{"the first of equals", "refund", "x refund " + filler + "refund", "x ", "<mark>refund</mark>", " …"},
		{"a word longer than all", "zebra", strings.Repeat("a", 500), "aaaa", "aaa", " …"},
		{"far behind the beginning", "refund", hours + "a refund now " + hours, "… ", "a <mark>refund</mark> now", " …"},
		{"at the end of a long text", "refund", hours + "refund", "… ", "<mark>refund</mark>", "</mark>"},
		{"words side by side where a stretch ends", `"call me"`, strings.Repeat("x ", 32<<10-4) + "call me " + filler, "… ", "<mark>call me</mark>", " …"},
		{"where a text begins that nobody has spoken", "refund", strings.Repeat(hours, 8) + "refund", "lorem", "ipsum", " …"},
		{"a match before the end of what is looked at", "refund", hours[:60<<10] + " a refund " + hours, "… ", "a <mark>refund</mark> ", " …"},
		{"no half word where it ends", "calling*", strings.Repeat("x ", 32<<10-4) + "callings and more", "… ", "x <mark>callings</mark> and more", "more"},
		{"no half word's neighbour where it ends", "call", strings.Repeat("x ", 32<<10-2) + "callings", "x x", "x x", "x …"},
		{"a word longer than what is looked at", "a*", strings.Repeat("a", 100<<10), "<mark>aaa", "aaa", " …"},
		{"bytes that are no UTF-8", "zebra", strings.Repeat("\x80", 100<<10), "\ufffd", "\ufffd", "\ufffd …"},
		{"a match longer than all", "a*", strings.Repeat("a", 500), "<mark>aaa", "aaa", " …"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := index.NewMarker(query.Parse(tc.q)).Snippet(tc.text, "en")
			if !strings.HasPrefix(got, tc.begins) || !strings.HasSuffix(got, tc.ends) || !strings.Contains(got, tc.holds) {
				t.Errorf("got %q", got)
			}
			if n := utf8.RuneCountInString(plain(got)); n > 210 {
				t.Errorf("it is %d runes long", n)
			}
		})
	}
}

// plain is the text that a browser shows.
func plain(marked string) string {
	return html.UnescapeString(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(marked))
}

func FuzzMarker(f *testing.F) {
	f.Add(`refund "call me"* -order (a OR b*)`, "please call me about the <b>refund</b> & co", "en")
	f.Add("京 cafe", "東京\x00 cafe\u0301 \xff\U0001f642 &amp;", "")
	f.Add("a*", strings.Repeat("aé ", 200), "fr")
	f.Add(`"a b"~3 "a a"`, strings.Repeat("a. b! ", 100), "xx")
	f.Add("five five five 0123", "call five five five, uh, oh one two three", "en")
	f.Fuzz(func(t *testing.T, typed, text, lang string) {
		m := index.NewMarker(query.Parse(typed))
		want := strings.ToValidUTF8(text, "\ufffd")
		marked := m.Mark(text, lang)
		if got := plain(marked); got != want {
			t.Errorf("Mark changes the text: %q, want %q", got, want)
		}
		halves := []index.Part{{Text: text[:len(text)/2], Lang: lang}, {Text: text[len(text)/2:]}}
		for i, e := range m.Parts(halves) {
			if got, want := plain(e.HTML()), strings.ToValidUTF8(halves[i].Text, "\ufffd"); got != want {
				t.Errorf("Parts changes part %d: %q, want %q", i, got, want)
			}
		}
		snippet := m.Snippet(text, lang)
		inner := strings.TrimSuffix(strings.TrimPrefix(plain(snippet), "… "), " …")
		if !strings.Contains(want, inner) && !strings.Contains(want, plain(snippet)) {
			t.Errorf("the snippet %q is no part of %q", inner, want)
		}
		if n := utf8.RuneCountInString(inner); n > 240 {
			t.Errorf("the snippet is %d runes long", n)
		}
		for _, out := range []string{marked, snippet} {
			if !utf8.ValidString(out) {
				t.Errorf("%q is no UTF-8", out)
			}
			bare := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(out)
			if strings.ContainsAny(bare, `<>"'`) {
				t.Errorf("%q is not escaped", out)
			}
			if strings.Count(out, "<mark>") != strings.Count(out, "</mark>") || strings.Contains(out, "<mark></mark>") {
				t.Errorf("marks don't fit in %q", out)
			}
		}
	})
}

// Places are where Parts put its marks, in each part by itself.
func TestPlaces(t *testing.T) {
	marker := index.NewMarker(query.Parse(`"call me" köln`))
	var got [][]string
	for _, e := range marker.Parts([]index.Part{{Text: "Köln: call"}, {Text: "me in \xff Köln"}, {Text: "nothing"}}) {
		var marked []string
		for _, p := range e.Places() {
			marked = append(marked, e.Text()[p.From:p.To])
		}
		got = append(got, marked)
	}
	if diff := cmp.Diff([][]string{{"Köln", "call"}, {"me", "Köln"}, nil}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
