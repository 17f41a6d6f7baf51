package main

import (
	"strings"

	"afterbeep/index/query"
)

// message writes what is said, with number as the caller's, and how many words.
func (a *author) message(t *tongue, number string) (string, int) {
	s := speech{author: a, tongue: t, number: number}
	s.fill(pick(a.rng, t.openings))
	for want := 14 + int(a.rng.ExpFloat64()*29); s.words < min(want, 400); {
		s.clause()
	}
	if a.rng.IntN(100) < 60 {
		s.fill(pick(a.rng, t.numbers))
	}
	s.fill(pick(a.rng, t.byes))
	return strings.TrimSpace(s.out.String()), s.words
}

// speech is a message being written.
type speech struct {
	*author
	tongue *tongue
	number string
	out    strings.Builder
	words  int
}

// fill writes a sentence with its blanks filled in.
func (s *speech) fill(sentence string) {
	for {
		before, rest, ok := strings.Cut(sentence, "{")
		s.out.WriteString(before)
		s.words += len(strings.Fields(before))
		if !ok {
			return
		}
		blank, after, _ := strings.Cut(rest, "}")
		switch blank {
		case "name":
			s.add(pick(s.rng, s.tongue.names))
		case "last":
			s.add(s.surname())
		case "word":
			s.add(s.word())
		case "number":
			s.sayNumber()
		}
		sentence = after
	}
}

func (s *speech) add(word string) {
	s.out.WriteString(word)
	s.words++
}

// surname is a real one half of the time.
func (s *speech) surname() string {
	if s.rng.IntN(2) == 0 {
		return pick(s.rng, s.tongue.surnames)
	}
	return pick(s.rng, s.tongue.surnames[:len(s.tongue.surnames)-madeSurnames])
}

// clause is a sentence: words as often as they are, and now and then a phrase
// that everybody uses.
func (s *speech) clause() {
	start := s.out.Len()
	for n := 5 + s.rng.IntN(9); n > 0; n-- {
		if s.out.Len() > start {
			s.out.WriteString(pick(s.rng, []string{" ", " ", " ", " ", " ", " ", " ", " ", " ", " ", ", "}))
		}
		switch k := s.rng.IntN(100); {
		case k < 4:
			phrase := pick(s.rng, s.tongue.phrases)
			s.out.WriteString(phrase)
			s.words += len(strings.Fields(phrase))
			n -= 3
		case k < 6:
			s.add(pick(s.rng, s.tongue.names))
		case k < 7:
			s.add(s.surname())
		default:
			s.add(s.word())
		}
	}
	s.out.WriteString(". ")
}

// word is one of the vocabulary, by Zipf's law; one in fifty was misheard.
func (s *speech) word() string {
	w := s.tongue.words[s.ranks[s.tongue.code].Uint64()]
	if s.rng.IntN(50) == 0 {
		return s.typo(w)
	}
	return w
}

// typo changes, drops, doubles or swaps letters of a word of four or more.
func (s *speech) typo(w string) string {
	r := []rune(w)
	if len(r) < 4 || strings.ContainsAny(w, "'-") {
		return w
	}
	i := 1 + s.rng.IntN(len(r)-2)
	switch s.rng.IntN(4) {
	case 0:
		r[i] = rune('a' + s.rng.IntN(26))
	case 1:
		r = append(r[:i], r[i+1:]...)
	case 2:
		r = append(r[:i], r[i-1:]...)
	default:
		r[i], r[i+1] = r[i+1], r[i]
	}
	return string(r)
}

// number is a made-up national one, without the trunk's zero.
func (a *author) number(t *tongue) string {
	var b strings.Builder
	for _, r := range t.areaAndLocal {
		if r == '#' {
			r = rune('0' + a.rng.IntN(10))
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sayNumber says the caller's number digit by digit, or writes it.
func (s *speech) sayNumber() {
	digits := s.tongue.trunk + s.number
	if s.rng.IntN(2) == 0 {
		cut := len(digits) - 4
		s.out.WriteString(digits[:cut-3] + "-" + digits[cut-3:cut] + "-" + digits[cut:])
		s.words += 3
		return
	}
	said := pick(s.rng, s.tongue.digits)
	for i, d := range digits {
		if i > 0 {
			s.out.WriteByte(' ')
		}
		s.add(said[d-'0'])
	}
}

// plain is a text as it is given to engines that know less of words: accents
// removed and words apart where Afterbeep has them apart, so that all see the
// same words. Punctuation stays for those who cut excerpts at sentences.
func plain(text string, tokens []query.Token) string {
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, t := range tokens {
		gap(&b, text[at:t.Start])
		b.WriteString(t.Text)
		at = t.End
	}
	gap(&b, text[at:])
	return strings.TrimSpace(b.String())
}

// gap writes what stands between two words.
func gap(b *strings.Builder, between string) {
	if i := strings.IndexAny(between, ".,?!"); i >= 0 && b.Len() > 0 {
		b.WriteByte(between[i])
	}
	if b.Len() > 0 && !strings.HasSuffix(b.String(), " ") {
		b.WriteByte(' ')
	}
}
