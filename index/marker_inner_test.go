package index

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index/query"
	"afterbeep/index/words"
)

// stemsIn are the stems of words as an index has them.
func stemsIn(t testing.TB, lang string, ws ...string) []string {
	t.Helper()
	var out []string
	for _, w := range ws {
		stem, ok := words.Stem(lang, w)
		if !ok {
			t.Fatalf("%s has no stem in %s", w, lang)
		}
		out = append(out, lang+"/"+stem)
	}
	return out
}

func wordTerms(t testing.TB, text string, langs ...string) leafTerms {
	t.Helper()
	l := leafTerms{node: query.Word{Text: text}, exact: []string{text}}
	for _, lang := range langs {
		l.stems = append(l.stems, stemsIn(t, lang, text)...)
	}
	return l
}

// TestMarkReasons marks what an index has found, and says why.
func TestMarkReasons(t *testing.T) {
	t.Parallel()
	edited := leafTerms{node: query.Word{Text: "call"}, exact: []string{"call"}, edited: []string{"cell", "calls"}}
	sounds := leafTerms{node: query.Word{Text: "catherine"}, exact: []string{"catherine"}, sounds: []string{"kathryn"}}
	back := wordTerms(t, "back")
	back.edited = []string{"bach"}
	refund := wordTerms(t, "refund", "en", "de")
	refund.synonyms = []leafTerms{
		wordTerms(t, "reimbursement", "en"),
		{node: query.Near{Words: []string{"money", "back"}, Distance: 3}, distance: 3, words: []leafTerms{wordTerms(t, "money", "en"), wordTerms(t, "back")}},
	}
	number := asTyped(query.Number{Digits: "5550123", Words: []string{"five", "five", "five", "oh", "one", "two", "three"}})
	phrase := asTyped(query.Phrase{Words: []string{"call", "me"}})
	for _, tc := range []struct {
		name, lang string
		leaves     []leafTerms
		parts      []string
		want       []string
	}{
		{"one letter off", "en", []leafTerms{edited}, []string{"a cell <calls>"}, []string{`a <mark title="one letter off">cell</mark> &lt;<mark title="one letter off">calls</mark>&gt;`}},
		{"only where the word is missing", "en", []leafTerms{edited, back}, []string{"call the cell bach"}, []string{`<mark>call</mark> the cell <mark title="one letter off">bach</mark>`}},
		{"missing from all parts", "en", []leafTerms{edited}, []string{"a cell", "please Call"}, []string{"a cell", "please <mark>Call</mark>"}},
		{"a sound", "en", []leafTerms{sounds}, []string{"it is Kathryn"}, []string{`it is <mark title="sounds like">Kathryn</mark>`}},
		{"an inflection", "en-US", []leafTerms{refund}, []string{"refunds, refunded"}, []string{`<mark title="inflected">refunds</mark>, <mark title="inflected">refunded</mark>`}},
		{"an inflection, the language not known", "", []leafTerms{refund}, []string{"refunds"}, []string{`<mark title="inflected">refunds</mark>`}},
		{"an inflection, the language wrong", "fr", []leafTerms{refund}, []string{"refunds"}, []string{`<mark title="inflected">refunds</mark>`}},
		{"a synonym", "en", []leafTerms{refund}, []string{"the reimbursements"}, []string{`the <mark title="synonym">reimbursements</mark>`}},
		{"a synonym of two words", "en", []leafTerms{refund}, []string{"money, now and then, back. My money is not back there"},
			[]string{`<mark title="synonym">money</mark>, now and then, <mark title="synonym">back</mark>. My <mark title="synonym">money</mark> is not <mark title="synonym">back</mark> there`}},
		{"a synonym of two words too far apart", "en", []leafTerms{refund}, []string{"money is what I want to have back"}, []string{"money is what I want to have back"}},
		{"a synonym across parts", "en", []leafTerms{refund}, []string{"money", "back"}, []string{`<mark title="synonym">money</mark>`, `<mark title="synonym">back</mark>`}},
		{"a phrase across parts", "en", []leafTerms{phrase}, []string{"please call", "me now"}, []string{"please <mark>call</mark>", "<mark>me</mark> now"}},
		{"a number as it was said", "en", []leafTerms{number}, []string{"one more: five five five, oh one two three"},
			[]string{"one more: five five five, oh one two three"}},
		{"the words of a number that is not said in one", "en", []leafTerms{asTyped(query.Number{Digits: "12", Words: []string{"one", "two"}})},
			[]string{"two of them, one of these"}, []string{"<mark>two</mark> of them, <mark>one</mark> of these"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var parts []Part
			for _, p := range tc.parts {
				parts = append(parts, Part{p, tc.lang})
			}
			var got []string
			for _, e := range newMarker(tc.leaves).Parts(parts) {
				got = append(got, e.Explained())
				if want := strings.Count(e.Explained(), "<mark"); strings.Count(e.HTML(), "<mark>") != want {
					t.Errorf("plain marks %q differ from %q", e.HTML(), e.Explained())
				}
			}
			if tc.name == "a number as it was said" {
				number := "five five five, oh one two three"
				said := strings.NewReplacer(`<mark title="number">`, "", "</mark>", "").Replace(got[0])
				_, behind, _ := strings.Cut(got[0], ": ")
				if said != tc.parts[0] || !strings.HasPrefix(behind, `<mark title="number">five`) || !strings.HasSuffix(behind, "three</mark>") || strings.HasPrefix(got[0], "<mark") {
					t.Errorf("got %q, want %s to be marked and nothing else", got[0], number)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestMarkerCutsAsTheIndexDoes holds that the words which are looked up are those
// of query.Tokens, which cut takes a short way around.
func TestMarkerCutsAsTheIndexDoes(t *testing.T) {
	t.Parallel()
	pieces := []string{"a", "Z", "9", " ", ".", "'", "`", "’", "l'", "don't", "we'll", "'m", "'a", "É", "é", "京", "ß", "_", "\n", "\u00ad", "\u0301", "x", "qu'", "-", "½", "…", "refund", strings.Repeat("w", 99)}
	for range 5000 {
		var b strings.Builder
		for range rand.IntN(12) {
			b.WriteString(pieces[rand.IntN(len(pieces))])
		}
		checkCut(t, b.String())
	}
}

func FuzzMarkerCut(f *testing.F) {
	f.Add("don't l'appel ’s 東京 x\u00ady 12'3")
	f.Add("we'll dell'acqua friends' 'tis o'clock' a''b I'm a1'b rock'n'roll don't\u0301 b'")
	f.Fuzz(func(t *testing.T, text string) { checkCut(t, strings.ToValidUTF8(text, "\ufffd")) })
}

func checkCut(t *testing.T, text string) {
	t.Helper()
	m := &Marker{words: map[string][]int32{}, leaves: 1}
	for i := range m.begins {
		m.begins[i] = true
	}
	want := query.Tokens(text)
	for i, token := range want {
		m.units = append(m.units, markUnit{group: -1})
		m.words[token.Text] = append(m.words[token.Text], int32(i))
	}
	f := &finder{m: m, strong: make([]bool, 1), plain: true}
	f.cut(text)
	if int(f.place) != len(want) {
		t.Fatalf("%q has %d words, want %d", text, f.place, len(want))
	}
	at := make(map[int32]unitHit)
	for _, h := range f.found {
		if h.unit == h.place {
			at[h.place] = h
		}
	}
	for i, token := range want {
		if h, ok := at[int32(i)]; !ok || h.start != token.Start || h.end != token.End {
			t.Errorf("word %d of %q is at %d to %d, want %q at %d to %d", i, text, h.start, h.end, token.Text, token.Start, token.End)
		}
	}
}

// BenchmarkSnippets is what a page of results asks: 20 snippets of 60 words.
func BenchmarkSnippets(b *testing.B) {
	vocabulary := strings.Fields("please call me back about the refund that was promised last week my order number is still " +
		"missing and nobody has returned my calls since monday the invoice shows another amount thank you it's urgent don't wait café")
	var texts []string
	for range 20 {
		var w []string
		for range 60 {
			w = append(w, vocabulary[rand.IntN(len(vocabulary))])
		}
		texts = append(texts, strings.Join(w, " "))
	}
	refund := wordTerms(b, "refund", "en", "es", "fr", "de")
	refund.edited, refund.synonyms = []string{"refunds", "refnud"}, []leafTerms{wordTerms(b, "reimbursement", "en")}
	for _, bc := range []struct {
		name   string
		leaves []leafTerms
	}{
		{"nothing", nil},
		{"a word", []leafTerms{refund}},
		{"three words", []leafTerms{refund, wordTerms(b, "order", "en"), wordTerms(b, "call", "en", "de")}},
		{"a phrase", []leafTerms{asTyped(query.Phrase{Words: []string{"call", "me", "back"}})}},
		{"a number", []leafTerms{asTyped(query.Number{Digits: "5550123", Words: []string{"5550123"}})}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			m := newMarker(bc.leaves)
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range texts {
					_ = m.Snippet(t, "en")
				}
			}
		})
	}
}
