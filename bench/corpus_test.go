package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index/query"
	"afterbeep/store"
)

func testCorpus(t *testing.T, size int) *corpus {
	t.Helper()
	tongues, err := testTongues()
	if err != nil {
		t.Fatal(err)
	}
	return &corpus{seed: 1, size: size, tongues: tongues}
}

// testTongues are made once: nobody changes them.
var testTongues = sync.OnceValues(newTongues)

func TestCorpusIsTheSameEveryTime(t *testing.T) {
	a, b := testCorpus(t, 1000).author(), testCorpus(t, 1000).author()
	for _, i := range []int{999, 0, 500, 500} {
		b.voicemail(i / 2) // what was made before must not matter
		if diff := cmp.Diff(a.voicemail(i), b.voicemail(i)); diff != "" {
			t.Errorf("voicemail %d differs (-one +other):\n%s", i, diff)
		}
	}
	other := testCorpus(t, 1000)
	other.seed = 2
	if a.voicemail(7).Text == other.author().voicemail(7).Text {
		t.Error("another seed gives the same voicemail")
	}
}

func TestNewCorpus(t *testing.T) {
	a, err := newCorpus(1, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.author().voicemail(42), testCorpus(t, 100).author().voicemail(42)); diff != "" {
		t.Errorf("words are not the same every time:\n%s", diff)
	}
	if _, err := newCorpus(1, 0); err == nil {
		t.Error("no error for a corpus of nothing")
	}
}

func TestCorpusIsNatural(t *testing.T) {
	const size = 6000
	c := testCorpus(t, size)
	langs, bots, authors, ids := map[string]int{}, map[string]bool{}, map[string]bool{}, map[int64]bool{}
	words, recorded := 0, 0
	err := c.each(t.Context(), 1, func(_, i int, v *store.Voicemail) error {
		langs[v.Lang]++
		bots[v.BotID], authors[v.Author.ID], ids[v.ID] = true, true, true
		words += len(strings.Fields(v.Text))
		recorded += len(v.Recordings)
		if v.LeftAt.Before(firstDay) || !v.LeftAt.Before(lastDay()) {
			t.Errorf("voicemail %d was left at %v", i, v.LeftAt)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for lang, share := range map[string]float64{"en": 0.80, "es": 0.10, "fr": 0.05, "de": 0.05} {
		if got := float64(langs[lang]) / size; math.Abs(got-share) > 0.02 {
			t.Errorf("%s is the language of %.3f of all, want %.2f", lang, got, share)
		}
	}
	if mean := float64(words) / size; mean < 53 || mean > 63 {
		t.Errorf("%.1f words on average, want about 58", mean)
	}
	if len(ids) != size {
		t.Errorf("%d different ids of %d", len(ids), size)
	}
	if len(bots) != 40 || len(authors) < 1000 || len(authors) > 2000 {
		t.Errorf("%d bots and %d authors", len(bots), len(authors))
	}
	if got := float64(recorded) / size; math.Abs(got-0.9) > 0.02 {
		t.Errorf("%.2f have a recording", got)
	}
}

func TestVocabularyFollowsZipf(t *testing.T) {
	c := testCorpus(t, 6000)
	known := 0
	for _, tongue := range c.tongues {
		known += len(tongue.words)
		if len(slices.Compact(slices.Sorted(slices.Values(tongue.words)))) != len(tongue.words) {
			t.Errorf("%s has words twice", tongue.code)
		}
	}
	if known < 100_000 {
		t.Errorf("%d words known, want over 100,000", known)
	}
	df, err := c.frequencies(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	frequent := frequentWords(df, 300)
	if !slices.Contains(frequent[:10], "the") || !slices.Contains(frequent, "appointment") {
		t.Errorf("the most frequent words are %q", frequent[:10])
	}
	// Most words are rare, and few are frequent.
	once := 0
	for _, n := range df {
		if n == 1 {
			once++
		}
	}
	if share := float64(once) / float64(len(df)); share < 0.3 || share > 0.8 {
		t.Errorf("%.2f of %d words are in one voicemail only", share, len(df))
	}
}

func TestNumbersAreSaidAndWritten(t *testing.T) {
	c := testCorpus(t, 500)
	written, said := 0, 0
	err := c.each(t.Context(), 1, func(_, _ int, v *store.Voicemail) error {
		last := v.Caller[len(v.Caller)-4:]
		if strings.Contains(v.Text, "-"+last) {
			written++
		}
		for _, tongue := range c.tongues {
			for _, digits := range tongue.digits {
				var words []string
				for _, d := range last {
					words = append(words, digits[d-'0'])
				}
				if tongue.code == v.Lang && strings.Contains(v.Text, strings.Join(words, " ")) {
					said++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if written < 100 || said < 100 {
		t.Errorf("of 500 numbers %d are written and %d said", written, said)
	}
}

func TestTypo(t *testing.T) {
	s := speech{author: testCorpus(t, 1).author()}
	for range 1000 {
		if got := s.typo("appointment"); !oneEdit(got, "appointment") {
			t.Fatalf("%q is more than one edit away", got)
		}
	}
	for _, w := range []string{"the", "don't", "rendez-vous"} {
		if got := s.typo(w); got != w {
			t.Errorf("typo(%q) = %q", w, got)
		}
	}
}

func TestPlainHasTheSameWords(t *testing.T) {
	for text, want := range map[string]string{
		"Please, call me back.":            "please, call me back.",
		"J'ai reçu l'appel à 3.":           "j ai recu l appel a 3.",
		"don't use 617-555-0123 – ask":     "dont use 617 555 0123 ask",
		"Straße?  Ja!":                     "strasse? ja!",
		"\"quoted\"":                       "quoted",
		"pre.post and 3.5 and a_b and c/d": "pre. post and 3. 5 and a b and c d",
	} {
		got := plain(text, query.Tokens(text))
		if got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
		if a, b := tokenTexts(text), tokenTexts(got); !slices.Equal(a, b) {
			t.Errorf("words of %q are %q, of its plain form %q", text, a, b)
		}
	}
}

func tokenTexts(text string) []string {
	var out []string
	for _, t := range query.Tokens(text) {
		out = append(out, t.Text)
	}
	return out
}

func TestCorpusFile(t *testing.T) {
	c := testCorpus(t, 20)
	path := filepath.Join(t.TempDir(), "corpus.jsonl")
	if err := c.writeCorpus(path); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(body)), "\n")
	if len(rows) != 20 {
		t.Fatalf("%d lines of 20 voicemails", len(rows))
	}
	var got line
	if err := json.Unmarshal([]byte(rows[3]), &got); err != nil {
		t.Fatal(err)
	}
	v := c.author().voicemail(3)
	if got.SessionID != v.SessionID || got.CreatedOn != v.CreatedOn.Format("2006-01-02T15:04:05.000Z") || got.Lang != v.Lang {
		t.Errorf("line 3 is %+v", got)
	}
	if a, b := tokenTexts(v.Text), tokenTexts(got.Text); !slices.Equal(a, b) {
		t.Errorf("words of the line are %q, want %q", b, a)
	}
}
