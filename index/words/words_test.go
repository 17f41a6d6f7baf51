package words

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"afterbeep/index/query"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHot(t *testing.T) {
	for _, w := range []string{"the", "you", "por", "una", "bonjour", "nicht", "call", "uber", "ete"} {
		if !Hot(w) {
			t.Errorf("%q is not hot", w)
		}
	}
	for _, w := range []string{"", "refund", "invoice", "smith", "allen", "weiss", "#", "The", "555"} {
		if Hot(w) {
			t.Errorf("%q is hot", w)
		}
	}
}

// The lists are of folded words, each once in its language.
func TestHotLists(t *testing.T) {
	for _, lang := range []string{"de", "en", "es", "fr"} {
		text, err := hotFiles.ReadFile("hot/" + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, w := range strings.Fields(line) {
				n++
				if tokens := query.Tokens(w); len(tokens) != 1 || tokens[0].Text != w || tokens[0].Digits {
					t.Errorf("%s: %q is no folded word", lang, w)
				}
			}
		}
		if n < 150 || n > 400 {
			t.Errorf("%s: %d words, want a few hundred", lang, n)
		}
	}
}

func TestAnalyse(t *testing.T) {
	text := "Hi, Meyer’s room 12B!"
	got := Analyse(text, "en-US")
	for i := range got {
		got[i].Stem = "" // TestSentences
	}
	want := []Term{
		{Text: "hi", End: 2, Hot: true},
		{Text: "meyers", Start: 4, End: 13, Sounds: []string{"dm:MRS|meyers"}},
		{Text: "room", Start: 14, End: 18, Sounds: []string{"dm:RM|room"}},
		{Text: "12b", Start: 19, End: 22, Digits: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The scheme of the segment's language is added to Double Metaphone.
func TestAnalyseSounds(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "dm:MLR|muller", "de-CH": "dm:MLR|muller de:657|muller", "ES": "dm:MLR|muller es:MUYIR|muller", "fr": "dm:MLR|muller fr:MULE|muller", "": "dm:MLR|muller", "xx": "dm:MLR|muller", "pl": "dm:MLR|muller",
	} {
		if got := strings.Join(Analyse("Müller", lang)[0].Sounds, " "); got != want {
			t.Errorf("%q: got %s, want %s", lang, got, want)
		}
	}
}

// Terms are the tokens of the text whatever it is, and what they are known by
// does not depend on what was asked before.
func TestAnalyseIsOfTokens(t *testing.T) {
	langs := append(Languages(), "", "xx", "zh", "en-GB", "\x00", "DE")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zäöüßéñ'’ .0-9]{0,60}`)).Draw(t, "text")
		lang := rapid.SampledFrom(langs).Draw(t, "lang")
		tokens, terms := query.Tokens(text), Analyse(text, lang)
		if len(tokens) != len(terms) {
			t.Fatalf("%d tokens, %d terms", len(tokens), len(terms))
		}
		fresh := language{base: languageOf(lang).base, stem: languageOf(lang).stem, stops: languageOf(lang).stops, code: languageOf(lang).code, scheme: languageOf(lang).scheme}
		for i, tok := range tokens {
			want := Term{Text: tok.Text, Start: tok.Start, End: tok.End, Digits: tok.Digits}
			if !tok.Digits {
				e := fresh.make(tok.Text)
				want.Stem, want.Parts, want.Sounds, want.Hot = e.stem, e.parts, e.sounds, e.hot
			}
			if diff := cmp.Diff(want, terms[i]); diff != "" {
				t.Fatalf("%q in %q: -want +got:\n%s", text, lang, diff)
			}
			stem, ok := Stem(lang, tok.Text)
			if !tok.Digits && (ok != (terms[i].Stem != "") || ok && terms[i].Stem != Base(lang)+"/"+stem) {
				t.Fatalf("Stem(%q, %q) = %q %t, the term has %q", lang, tok.Text, stem, ok, terms[i].Stem)
			}
		}
	})
}

func TestCacheIsBounded(t *testing.T) {
	l := language{cache: newCache()}
	for i := range 4 * shards * shardWords {
		l.look(fmt.Sprint("word", i))
	}
	held := 0
	for i := range l.cache.shards {
		held += len(l.cache.shards[i].now) + len(l.cache.shards[i].old)
	}
	if most := 2 * shards * shardWords; held > most || held < most/4 {
		t.Errorf("%d words held, want at most %d and not far less", held, most)
	}
}

func TestAnalyseConcurrently(t *testing.T) {
	texts := make([]string, 50)
	for i := range texts {
		texts[i] = fmt.Sprintf("refunds meyer%c calling invoices señor%c", 'a'+i%26, 'a'+i%7)
	}
	var wg sync.WaitGroup
	for _, lang := range []string{"en", "de", "es", "fr", "tr", "xx"} {
		for range 2 {
			wg.Go(func() {
				for _, text := range texts {
					if !slices.EqualFunc(Analyse(text, lang), Analyse(text, lang), func(a, b Term) bool { return cmp.Equal(a, b) }) {
						t.Errorf("%s: two answers for %q", lang, text)
					}
				}
			})
		}
	}
	wg.Wait()
}

// One operation is a voicemail of 60 words.
func BenchmarkAnalyse(b *testing.B) {
	texts := sampleTexts(60)
	b.Run("tokens alone", func(b *testing.B) {
		for i := range b.N {
			query.Tokens(texts[i%len(texts)])
		}
	})
	for _, lang := range []string{"en", "de", "es", "fr"} {
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				Analyse(texts[i%len(texts)], lang)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}

// One operation is a word that is not remembered.
func BenchmarkMake(b *testing.B) {
	for _, lang := range []string{"en", "de", "es", "fr"} {
		l := languageOf(lang)
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				l.make("rescheduling")
			}
		})
	}
}

// sampleTexts makes texts of words as frequent as in speech: half of them are
// hot, the others follow Zipf's law over 100,000 words.
func sampleTexts(words int) []string {
	hotWords := slices.Sorted(maps.Keys(hotLanguages()))
	r := rand.New(rand.NewSource(1))
	rank := rand.NewZipf(r, 1.05, 20, 100_000)
	texts := make([]string, 5000)
	for i := range texts {
		var s strings.Builder
		for range words {
			if r.Intn(2) == 0 {
				s.WriteString(hotWords[r.Intn(len(hotWords))])
			} else {
				k := rank.Uint64()
				fmt.Fprintf(&s, "%c%s", 'a'+rune(k%26), []string{"amer", "olling", "ieder", "ucho"}[k%4])
				for ; k > 0; k /= 26 {
					s.WriteByte(byte('a' + k%26))
				}
			}
			s.WriteByte(' ')
		}
		texts[i] = s.String()
	}
	return texts
}
