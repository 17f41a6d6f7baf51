// Package cards masks the numbers of payment cards in what people said, with
// the security codes and expiry dates said with them: "[card ending 4242]",
// "[security code]", "[expiry]". Digits may be written or spoken in English,
// Spanish, French or German, grouped any way, split by fillers, corrections and
// the borders of segments.
//
// A card is a row of digits with a right check digit, in the range of an issuer
// and of a length it issues; near words that speak of a card it is also a row
// of 13 digits and more that is nearly one. Phone numbers are recognised first
// and stay, also beside a card; so do numbers that are called something else.
//
// Numbers are read by a grammar of its own beside that of package numbers: the
// index wants the reading that callers mean, and a mask all that may be one, over
// fillers, corrections and the borders of segments, with every piece of text that
// says a part of it. What only the other grammar sees is masked as well.
//
// The package is pure: nothing is read, kept or logged, and everything is safe
// for concurrent use. It takes any bytes.
package cards

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"afterbeep/ingest/enrich/langcode"
)

// MaskText is Mask for a text by itself.
func MaskText(text, lang string) string {
	return Mask([]string{text}, []string{lang})[0]
}

// Mask masks cards in the segments of one voicemail, which are read as one text.
// langs are the codes of their languages, as "en" or "de-AT"; where one is
// missing, empty or unknown, the language that fits best is taken. The result
// has one text for each given one, in a slice of its own. Texts without a card come back as they are,
// and masking what was masked changes nothing.
func Mask(texts, langs []string) []string {
	var t tally
	for _, text := range texts {
		t.add(text)
	}
	if !t.enough() {
		return slices.Clone(texts)
	}
	return maskAll(slices.Clone(texts), langs)
}

// maskAll is Mask for texts that may say a card.
func maskAll(texts, langs []string) []string {
	for range mostPasses {
		masked := maskOnce(texts, langs)
		if slices.Equal(masked, texts) {
			break
		}
		texts = masked
	}
	return texts
}

// mostPasses bounds how often a text is looked through: what is masked may show
// what stood behind it.
const mostPasses = 10

// maskBegin and maskEnd stand around the last digits of a masked card.
const (
	maskBegin = "[card ending "
	maskEnd   = "]"
)

var aMask = regexp.MustCompile(`^\[(?:card ending \d{4}|security code|expiry)\]`)

// maskAt is the length of the mask that a text begins with, 0 where it begins
// with none.
func maskAt(text string) int {
	return len(aMask.FindString(text[:min(len(text), 32)]))
}

// maskOnce masks what is found at once.
func maskOnce(texts, langs []string) []string {
	all := strings.Join(texts, "\n")
	ts, pieces := readAll(texts, langs)
	f := newFinder(ts, pieces, firstLang(langs))
	cards := f.find(all)
	if len(cards) == 0 {
		return texts
	}
	var edits []edit
	for _, c := range cards {
		edits = append(edits, f.edits(c)...)
	}
	for _, a := range f.asides(cards) {
		edits = append(edits, edit{ts[a.first].start, ts[a.last].end, a.mask})
	}
	return apply(all, texts, edits)
}

// readAll reads segments, those of one language that follow each other as one.
func readAll(texts, langs []string) ([]token, []piece) {
	var ts []token
	var pieces []piece
	at := 0
	for i := 0; i < len(texts); {
		first := len(ts)
		lang := langOf(langs, i)
		for ; i < len(texts) && langOf(langs, i) == lang; i++ {
			for k, t := range tokens(texts[i]) {
				t.start += at
				t.end += at
				if k == 0 && i > 0 {
					t.gap, t.border = max(t.gap, thin), true
				}
				ts = append(ts, t)
			}
			at += len(texts[i]) + 1
		}
		for _, p := range read(ts[first:], lang).pieces {
			p.first += first
			p.last += first
			pieces = append(pieces, p)
		}
	}
	return ts, pieces
}

func langOf(langs []string, i int) string {
	if i >= len(langs) {
		return ""
	}
	return langcode.Base(langs[i])
}

func firstLang(langs []string) string {
	for i := range langs {
		if l := langOf(langs, i); l != "" {
			return l
		}
	}
	return ""
}

// edit puts a mask in the place of a stretch of text.
type edit struct {
	start, end int
	mask       string
}

// edits are those for a card: what was said between its parts stays where it
// says something.
func (f *finder) edits(c item) []edit {
	mask := maskBegin + c.digits[len(c.digits)-4:] + maskEnd
	var all []edit
	for _, s := range c.spans {
		all = append(all, edit{s.Start, s.End, mask})
	}
	if len(all) > 0 {
		return all
	}
	for i := c.from; i < c.to; i++ {
		p := f.pieces[i]
		start, end := f.ts[p.first].start, f.ts[p.last].end
		if c.mid && i == c.from {
			start = f.ts[p.last].start
		}
		if b := f.before[i]; i > c.from && b.words == 0 && !b.counts && b.label == noLabel && !b.mask && !b.border {
			all[len(all)-1].end = end
			continue
		}
		all = append(all, edit{start, end, mask})
	}
	return all
}

// apply makes the edits in the texts that all is joined of. One that goes over a
// border leaves its mask on both sides.
func apply(all string, texts []string, edits []edit) []string {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	out := slices.Clone(texts)
	begin, next := 0, 0
	for i, text := range texts {
		end := begin + len(text)
		var b strings.Builder
		done := begin
		for k := next; k < len(edits) && edits[k].start < end; k++ {
			e := edits[k]
			if e.end <= end {
				next = k + 1
			}
			if from := max(e.start, done); e.end > from {
				b.WriteString(all[done:from])
				b.WriteString(e.mask)
				done = min(e.end, end)
			}
		}
		if done > begin {
			b.WriteString(all[done:end])
			out[i] = b.String()
		}
		begin = end + 1
	}
	return out
}
