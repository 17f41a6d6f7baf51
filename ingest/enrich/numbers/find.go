package numbers

import (
	"slices"
	"strings"

	"afterbeep/ingest/enrich/langcode"
)

// Find returns every run of digits that the text says or writes, in the order
// of the text. A single digit is a run of its own only where it is written as a
// digit; a cardinal of two digits and more may be said alone. lang is the code of
// the text's language ("en", "en-US"): where it is one of the four, the others
// are tried for what it does not cover; where it is empty or another one, all
// four are tried, and of two readings of the same place the one that covers more
// wins.
func Find(text, lang string) []Run {
	l := lexer{text: text, words: words()}
	l.run()
	if l.numbers == 0 {
		return nil
	}
	own := languageOf(lang)
	var all []candidate
	for lang := range languageCount {
		isOwn := own < 0 || own == lang
		if n := l.spoken(lang); !isOwn && n < minForeign || own < 0 && n == 0 && lang != english && len(l.items) == l.numbers {
			continue
		}
		p := parser{text: text, items: l.items, words: l.words, lang: lang, own: isOwn, sure: own == lang}
		total := 0
		for _, c := range p.runs() {
			total += len(c.run.Digits)
			if own == lang {
				c.digits += ownBonus
				c.word = false
			}
			all = append(all, c)
		}
		for i := range all {
			if all[i].run.Lang == codes[lang] {
				all[i].total = total
			}
		}
	}
	return widest(all)
}

// languageOf returns the language of a code, of which only the base counts
// ("en-US"), or a negative number.
func languageOf(code string) language {
	return language(slices.Index(codes[:], langcode.Base(code)))
}

const (
	minForeign = 3 // words of another language's numbers for it to be tried
	ownBonus   = 3 // digits that a reading in another language must have more
)

// candidate is a run as one language reads it.
type candidate struct {
	run        Run
	start, end int  // of what it covers, corrected digits included
	word       bool // it is a single word, of a language that may not be the text's
	digits     int  // said in one breath, corrected ones included, and a bonus
	total      int  // of all runs in the same language
}

// widest keeps the runs that don't overlap with one that covers more, in the
// order of the text.
func widest(all []candidate) []Run {
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.digits != b.digits {
			return b.digits - a.digits
		}
		return b.total - a.total
	})
	most := 0
	for _, c := range all {
		most = max(most, c.total)
	}
	var kept []int // of all, in the order of the text
	for i, c := range all {
		if c.word && c.total < most { // maybe another word of the language that the text is in
			continue
		}
		at, taken := slices.BinarySearchFunc(kept, c.start, func(k, start int) int { return all[k].start - start })
		if taken || at > 0 && all[kept[at-1]].end > c.start || at < len(kept) && all[kept[at]].start < c.end {
			continue
		}
		kept = slices.Insert(kept, at, i)
	}
	var out []Run
	for _, k := range kept {
		out = append(out, all[k].run)
	}
	return out
}

// spoken counts the items that are numbers in a language.
func (l *lexer) spoken(lang language) int {
	n := 0
	for _, it := range l.items {
		if it.id == compoundID && lang == german || l.words.lexeme(it.id, lang).kind != nothing {
			n++
		}
	}
	return n
}

// Said tells whether words, all of them, say digits in one of the languages, and
// which: at least three digits from at least two words. The words are folded as
// query.Tokens folds them; digits among them are taken as they are. Where they
// say several numbers, one right behind the other, digits are those of all.
func Said(words []string) (digits string, ok bool) {
	if len(words) < 2 {
		return "", false
	}
	text := strings.Join(words, " ")
	for _, lang := range codes {
		if digits := saidBy(text, Find(text, lang)); len(digits) >= 3 {
			return digits, true
		}
	}
	return "", false
}

// saidBy returns the digits of runs that leave nothing of the text.
func saidBy(text string, runs []Run) string {
	var digits strings.Builder
	end := -1
	for _, r := range runs {
		if r.Start() != end+1 {
			return ""
		}
		digits.WriteString(r.Digits)
		end = r.End()
	}
	if end != len(text) {
		return ""
	}
	return digits.String()
}
