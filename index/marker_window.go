package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// snippetRunes is about how long a snippet is.
	snippetRunes = 200
	// snippetBytes is how much of a text a snippet is chosen from at a time: an
	// hour of speech.
	snippetBytes = 64 << 10
	// snippetOverlap is how much of a stretch the next one has, too, so that words
	// side by side are found where one ends.
	snippetOverlap = 1 << 10
	// snippetReach is where no further stretch begins. A page of hits must not
	// wait for texts that nobody has spoken.
	snippetReach = 1 << 20
	// borderRunes is how far a border is moved to fall between words.
	borderRunes = 60
)

// stretch is as much of a text as a snippet is chosen from at a time, in UTF-8,
// with where in the text it ends and where the next one begins.
func stretch(text string, from int) (s string, end, next int) {
	if end = from + snippetBytes; end >= len(text) {
		return validText(text[from:]), len(text), len(text)
	}
	for end > from+snippetBytes-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	if space := strings.LastIndexAny(text[from:end], " \n\t"); space > 0 { // the last word may be half
		end = from + space
	}
	next = end
	if space := strings.LastIndexAny(text[from:max(from, end-snippetOverlap)], " \n\t"); space > 0 {
		next = from + space + 1
	}
	return validText(text[from:end]), end, next
}

// validText is the text in UTF-8, with a mark for what is none.
func validText(text string) string {
	if utf8.ValidString(text) { // nearly always
		return text
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// window chooses the bytes of a snippet.
func window(text string, spans []span) (start, end int) {
	if len(text) <= snippetRunes || utf8.RuneCountInString(text) <= snippetRunes {
		return 0, len(text)
	}
	from, to := 0, 0
	if len(spans) > 0 {
		first, last := bestSpans(text, spans)
		from, to = spans[first].start, spans[last].end
	}
	spare := snippetRunes - utf8.RuneCountInString(text[from:to])
	if spare <= 0 { // one match that is longer than a snippet
		return from, wholeRunes(text, forth(text, from, snippetRunes))
	}
	start = windowStart(text, from, spare)
	end = windowEnd(text, start, to)
	if end == len(text) { // there is room before
		start = windowStart(text, from, snippetRunes-utf8.RuneCountInString(text[from:end]))
	}
	return start, end
}

// windowStart is where a snippet with a match at from begins: where the sentence
// does, if that leaves room for what follows, else with a word.
func windowStart(text string, from, spare int) int {
	earliest := back(text, from, spare)
	if earliest == 0 {
		return 0
	}
	for i := from; i >= earliest; i-- {
		if utf8.RuneStart(text[min(i, len(text)-1)]) && beginsSentence(text, i) {
			if utf8.RuneCountInString(text[i:from]) <= spare*3/4 {
				return i
			}
			break
		}
	}
	start := back(text, from, spare/2)
	for n, i := 0, start; i < from && n < borderRunes; n++ {
		if betweenWords(text, i) {
			return skipSpace(text, i, from)
		}
		i = forth(text, i, 1)
	}
	if from > 0 {
		return from // a match never begins within a character
	}
	return wholeRunes(text, start)
}

// windowEnd is where a snippet from start that shows all up to to ends: with a
// sentence, if that does not make it short, else with a word.
func windowEnd(text string, start, to int) int {
	limit := forth(text, start, snippetRunes)
	if limit == len(text) {
		return limit
	}
	enough := max(to, forth(text, start, snippetRunes*6/10))
	for i := limit; i > enough; i = back(text, i, 1) {
		if beginsSentence(text, i) {
			return trimSpace(text, enough, i)
		}
	}
	for n, i := 0, limit; i > to && n < borderRunes; n++ {
		if betweenWords(text, i) {
			return trimSpace(text, to, i)
		}
		i = back(text, i, 1)
	}
	return wholeRunes(text, limit)
}

// bestSpans returns the first and last of the matches that fit one snippet and
// show most leaves, then most matches; of equals the earliest.
func bestSpans(text string, spans []span) (first, last int) {
	if len(spans) == 1 {
		return 0, 0
	}
	counts := make(map[int32]int)
	runes := make([]int, len(spans)) // up to where each begins
	at, n := 0, 0
	for i, s := range spans {
		n += utf8.RuneCountInString(text[at:s.start])
		at, runes[i] = s.start, n
	}
	best, from := -1, 0
	for to, s := range spans {
		counts[s.leaf]++
		end := runes[to] + utf8.RuneCountInString(text[s.start:s.end])
		for from < to && end-runes[from] > snippetRunes {
			if counts[spans[from].leaf]--; counts[spans[from].leaf] == 0 {
				delete(counts, spans[from].leaf)
			}
			from++
		}
		if worth := len(counts)*len(spans) + to - from; worth > best {
			best, first, last = worth, from, to
		}
	}
	return first, last
}

// beginsSentence tells whether what is before i ends a sentence, or a part of
// the message.
func beginsSentence(text string, i int) bool {
	if i <= 0 || i >= len(text) {
		return i == 0
	}
	before := text[i-1]
	if before < utf8.RuneSelf && before != ' ' && (before < '\t' || before > '\r') { // nearly always
		return false // neither a space nor one of those that end a sentence without one
	}
	if r, _ := utf8.DecodeRuneInString(text[i:]); unicode.IsSpace(r) {
		return false
	}
	r, size := utf8.DecodeLastRuneInString(text[:i])
	if strings.ContainsRune("。！？｡", r) {
		return true
	}
	if !unicode.IsSpace(r) {
		return false
	}
	for unicode.IsSpace(r) {
		if r == '\n' {
			return true
		}
		i -= size
		r, size = utf8.DecodeLastRuneInString(text[:i])
	}
	if r < utf8.RuneSelf {
		return r == '!' || r == '?' || r == '.' && !abbreviates(text[:i-1])
	}
	return strings.ContainsRune("…؟।", r)
}

// abbreviates tells whether a dot behind the text is one of "Dr." and "z. B.",
// not the end of a sentence: the word is too short.
func abbreviates(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	for n := 0; n < 3; n++ {
		if !unicode.IsLetter(r) {
			return n > 0
		}
		text = text[:len(text)-size]
		r, size = utf8.DecodeLastRuneInString(text)
	}
	return false
}

// betweenWords tells whether a text can be cut at i without cutting a word.
func betweenWords(text string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsSpace(before) || unicode.IsSpace(after) || withoutSpaces(before) && withoutSpaces(after)
}

// withoutSpaces tells the scripts in which words are not set apart.
func withoutSpaces(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsMark(r)
}

// skipSpace is the first offset from i on, at most limit, that is no space.
func skipSpace(text string, i, limit int) int {
	for i < limit {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}

// trimSpace is the last offset up to i, at least floor, behind no space.
func trimSpace(text string, floor, i int) int {
	for i > floor {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if !unicode.IsSpace(r) {
			break
		}
		i -= size
	}
	return i
}

// wholeRunes moves an offset in a word that is longer than a snippet so that no
// character that people see is cut: not before an accent, a joiner or what
// colours an emoji, nor behind a joiner.
func wholeRunes(text string, i int) int {
	for n := 0; n < 16 && i > 0 && i < len(text); n++ {
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, size := utf8.DecodeRuneInString(text[i:])
		const joiner = '\u200d'
		extends := unicode.IsMark(after) || unicode.Is(unicode.Cf, after) || after >= 0x1f3fb && after <= 0x1f3ff
		if !extends && before != joiner {
			break
		}
		i += size
	}
	return i
}

// forth is the offset up to n runes behind at.
func forth(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		if text[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// back is the offset up to n runes before at.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		if text[at-1] < utf8.RuneSelf {
			at--
			continue
		}
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}
