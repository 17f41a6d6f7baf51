package main

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed words/*.txt
var wordFiles embed.FS

// tongue is one language of the corpus: how often it is spoken and what is
// said in it.
type tongue struct {
	code  string
	share int // of 100 voicemails
	made  int // made-up words behind the real ones

	words                              []string // by rank: real ones first
	openings, phrases, numbers, byes   []string
	digits                             [][]string // ways to say 0 to 9
	names, surnames                    []string
	onsets, vowels, codas              []string
	international, trunk, areaAndLocal string // how numbers begin; '#' is any digit
}

// newTongues reads the word lists and makes up the rest of each vocabulary.
func newTongues() ([]*tongue, error) {
	all := []*tongue{
		{code: "en", share: 80, made: 110_000, international: "+1", areaAndLocal: "617555####",
			onsets: strings.Fields("b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w z"),
			vowels: strings.Fields("a e i o u ai ea ee oa ou"), codas: strings.Fields("b ck d f g l ll m n nd ng nt p r rd rk s sh st t th x")},
		{code: "es", share: 10, made: 50_000, international: "+34", areaAndLocal: "6########",
			onsets: strings.Fields("b c d f g l m n p r s t v ch ll br cr tr pl j z"),
			vowels: strings.Fields("a e i o u ie ue á é í ó"), codas: strings.Fields("l n r s z")},
		{code: "fr", share: 5, made: 40_000, international: "+33", trunk: "0", areaAndLocal: "6########",
			onsets: strings.Fields("b c ch d f g gr j l m n p pr qu r s t tr v vr pl"),
			vowels: strings.Fields("a e i o u ou eau ai é è oi eu"), codas: strings.Fields("c l n r s t x lle nt sse tte")},
		{code: "de", share: 5, made: 50_000, international: "+49", trunk: "0", areaAndLocal: "15########",
			onsets: strings.Fields("b br d dr f fl fr g gr h k kl kr l m n p pf r s sch schl schw st t tr w z zw"),
			vowels: strings.Fields("a e i o u ei ie au ä ö ü"), codas: strings.Fields("b ch ck ff g l ll m n nd ng nn r rt sch st t tz")},
	}
	for i, t := range all {
		text, err := wordFiles.ReadFile("words/" + t.code + ".txt")
		if err != nil {
			return nil, fmt.Errorf("read the words of %s: %w", t.code, err)
		}
		t.read(string(text))
		t.makeUp(rand.New(rand.NewPCG(uint64(i), 7)))
	}
	return all, nil
}

// read takes the sections of a word file. What stands in a head twice counts
// where it stands first.
func (t *tongue) read(text string) {
	known := map[string]bool{}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "["):
			section = line
		case section == "[head]":
			for _, w := range strings.Fields(line) {
				if !known[w] {
					known[w] = true
					t.words = append(t.words, w)
				}
			}
		case section == "[opening]":
			t.openings = append(t.openings, line)
		case section == "[phrase]":
			t.phrases = append(t.phrases, line)
		case section == "[number]":
			t.numbers = append(t.numbers, line)
		case section == "[closing]":
			t.byes = append(t.byes, line)
		case section == "[digits]":
			t.digits = append(t.digits, strings.Fields(line))
		case section == "[names]":
			t.names = append(t.names, strings.Fields(line)...)
		case section == "[surnames]":
			t.surnames = append(t.surnames, strings.Fields(line)...)
		}
	}
}

// madeSurnames is how many surnames nobody has are added to the real ones.
const madeSurnames = 5000

// makeUp adds pronounceable words, and names of the same sounds.
func (t *tongue) makeUp(rng *rand.Rand) {
	known := make(map[string]bool, t.made)
	for _, w := range t.words {
		known[w] = true
	}
	next := func() string {
		for {
			if w := t.madeWord(rng); !known[w] {
				known[w] = true
				return w
			}
		}
	}
	for range t.made {
		t.words = append(t.words, next())
	}
	for range madeSurnames {
		name := next()
		t.surnames = append(t.surnames, strings.ToUpper(name[:1])+name[1:])
	}
}

// madeWord is two to four syllables, the last of them closed more often.
func (t *tongue) madeWord(rng *rand.Rand) string {
	var b strings.Builder
	for n := 2 + rng.IntN(2) + rng.IntN(2); n > 0; n-- {
		b.WriteString(pick(rng, t.onsets))
		b.WriteString(pick(rng, t.vowels))
		if rng.IntN(4) == 0 || n == 1 && rng.IntN(2) == 0 {
			b.WriteString(pick(rng, t.codas))
		}
	}
	return b.String()
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }
