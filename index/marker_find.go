package index

import (
	"cmp"
	"slices"

	"afterbeep/index/query"
	"afterbeep/ingest/enrich/numbers"
)

// span is one match: bytes start to end of a text, of one leaf.
type span struct {
	start, end int
	leaf       int32
	why        string
	weak       bool // see markUnit
}

// finder looks for the matches of one message.
type finder struct {
	m      *Marker
	place  int32        // of the next word, counted through all parts
	at     int          // where in the whole text the part begins
	stems  []inLanguage // of the languages in which the part's words are stemmed
	plain  bool         // words are looked up as they are, too
	found  []unitHit
	spans  []span
	strong []bool // by leaf
	buf    [maxMarkedBytes]byte

	// Room for what most messages need.
	roomFound  [12]unitHit
	roomSpans  [8]span
	roomStrong [8]bool
	roomStems  [4]inLanguage
}

// inLanguage is the stems of one language, by its base.
type inLanguage struct {
	base string
	set  *stemSet
}

// unitHit is a word of the text that is a unit.
type unitHit struct {
	place      int32
	unit       int32
	start, end int
}

// find returns the matches in text, in order, none overlapping another. The
// parts are the text's, joined by one byte each.
func (m *Marker) find(text string, parts []Part) []span {
	if m == nil || m.leaves == 0 || len(parts) == 0 {
		return nil
	}
	f := &finder{m: m}
	f.found, f.spans, f.strong = f.roomFound[:0], f.roomSpans[:0], f.roomStrong[:]
	if m.leaves > len(f.strong) {
		f.strong = make([]bool, m.leaves)
	}
	f.strong = f.strong[:m.leaves]
	f.read(parts, true, nil)
	f.settle()
	f.addNumbers(text, parts)
	if others := f.otherLanguages(parts); others != nil {
		f.found = f.found[:0]
		f.read(parts, false, others)
		f.settle()
	}
	return slices.Clone(f.marked())
}

// read looks at every word of the parts, which it stems in the languages of
// others; nil is each part's own.
func (f *finder) read(parts []Part, plain bool, others []string) {
	f.plain, f.place, f.at = plain, 0, 0
	for _, p := range parts {
		f.stems = f.roomStems[:0]
		if others == nil {
			f.stemIn(p.Lang)
		}
		for _, base := range others {
			f.stemIn(base)
		}
		f.part(p.Text)
	}
}

// stemIn has words stemmed in a language, where the query has stems in it.
func (f *finder) stemIn(base string) {
	if set := f.m.stems[base]; set != nil {
		f.stems = append(f.stems, inLanguage{base, set})
	}
}

// part looks at every word of one part.
func (f *finder) part(text string) {
	for _, in := range f.stems {
		in.set.mu.Lock()
		defer in.set.mu.Unlock()
	}
	f.cut(text)
	f.at += len(text) + 1
}

// otherLanguages are those in which a leaf that was not found has stems: what
// the upstream says of a message's language may be wrong.
func (f *finder) otherLanguages(parts []Part) []string {
	missing := false
	for _, s := range f.strong {
		missing = missing || !s
	}
	if !missing || f.m.stems == nil {
		return nil
	}
	var out []string
	for base := range f.m.stems {
		if !slices.ContainsFunc(parts, func(p Part) bool { return p.Lang == base }) {
			out = append(out, base)
		}
	}
	slices.Sort(out) // all lock them in one order
	return out
}

// word takes one folded word and where it stands in its part.
func (f *finder) word(folded []byte, start, end int, digits bool) {
	if f.plain && f.m.begins[folded[0]] {
		for _, u := range f.m.words[string(folded)] {
			f.hit(u, start, end)
		}
		for _, p := range f.m.prefixes {
			if len(folded) >= len(p.text) && string(folded[:len(p.text)]) == p.text {
				f.hit(p.unit, start, end)
			}
		}
	}
	if !digits {
		for _, in := range f.stems {
			for _, u := range in.set.of(in.base, folded) {
				f.hit(u, start, end)
			}
		}
	}
	f.place++
}

func (f *finder) hit(unit int32, start, end int) {
	f.found = append(f.found, unitHit{f.place, unit, f.at + start, f.at + end})
}

// settle makes spans of what was found: words by themselves, and words that
// stand as their group asks.
func (f *finder) settle() {
	grouped := false
	for _, h := range f.found {
		u := f.m.units[h.unit]
		if u.group >= 0 {
			grouped = true
			continue
		}
		f.add(span{h.start, h.end, u.leaf, u.why, u.weak})
	}
	if !grouped {
		return
	}
	counts := make([]int, len(f.m.groups))
	for _, h := range f.found {
		if group := f.m.units[h.unit].group; group >= 0 {
			counts[group]++
		}
	}
	in := make([]unitHit, 0, slices.Max(counts))
	for i, g := range f.m.groups {
		if counts[i] < g.slots {
			continue // a word of it is missing
		}
		in = in[:0]
		for _, h := range f.found {
			if f.m.units[h.unit].group == int32(i) {
				in = append(in, h)
			}
		}
		if g.ordered {
			f.addPhrases(g, in)
		} else {
			f.addNear(g, in)
		}
	}
}

func (f *finder) add(s span) {
	f.spans = append(f.spans, s)
	if !s.weak {
		f.strong[s.leaf] = true
	}
}

func (f *finder) slot(h unitHit) int32 { return f.m.units[h.unit].slot }

// addPhrases adds each stretch in which the words of g stand side by side.
func (f *finder) addPhrases(g markGroup, in []unitHit) {
	why := g.why
	if why == "" {
		why = reasonExact
	}
	found := len(f.spans)
	for i, h := range in {
		if f.slot(h) != 0 {
			continue
		}
		last, next := h, i+1
		for slot := int32(1); int(slot) < g.slots; slot++ {
			for next < len(in) && (in[next].place < h.place+slot || in[next].place == h.place+slot && f.slot(in[next]) != slot) {
				next++
			}
			if next == len(in) || in[next].place != h.place+slot {
				break
			}
			last = in[next]
		}
		if int(last.place-h.place) == g.slots-1 {
			f.add(span{h.start, last.end, g.leaf, why, false})
		}
	}
	if len(f.spans) == found && g.distance > 0 {
		f.addApart(g, in)
	}
}

// addApart adds the words of g where they stand in order with few others between.
func (f *finder) addApart(g markGroup, in []unitHit) {
	row := make([]unitHit, 0, g.slots)
	for i, h := range in {
		if f.slot(h) != 0 {
			continue
		}
		row = append(row[:0], h)
		for _, next := range in[i+1:] {
			if len(row) < g.slots && next.place > row[len(row)-1].place && int(f.slot(next)) == len(row) {
				row = append(row, next)
			}
		}
		if len(row) < g.slots || int(row[len(row)-1].place-h.place) >= g.slots+g.distance {
			continue
		}
		for _, word := range row {
			f.add(span{word.start, word.end, g.leaf, reasonApart, true})
		}
	}
}

// addNear adds the words of every stretch that holds all words of g and is short
// enough.
func (f *finder) addNear(g markGroup, in []unitHit) {
	reach := int32(g.distance + g.slots - 1)
	counts, have := make([]int, g.slots), 0
	taken := make([]bool, len(in))
	from := 0
	for to, h := range in {
		if counts[f.slot(h)]++; counts[f.slot(h)] == 1 {
			have++
		}
		for h.place-in[from].place > reach {
			if counts[f.slot(in[from])]--; counts[f.slot(in[from])] == 0 {
				have--
			}
			from++
		}
		if have == g.slots {
			for i := to; i >= from && !taken[i]; i-- {
				taken[i] = true
			}
		}
	}
	for i, h := range in {
		if taken[i] {
			u := f.m.units[h.unit]
			f.add(span{h.start, h.end, g.leaf, u.why, u.weak})
		}
	}
}

// addNumbers adds the pieces of numbers that are those searched. A message is
// read as the index does: as a whole, and each part where their languages differ.
func (f *finder) addNumbers(text string, parts []Part) {
	if len(f.m.numbers) == 0 {
		return
	}
	lang, at := parts[0].Lang, 0
	if slices.ContainsFunc(parts, func(p Part) bool { return p.Lang != lang }) {
		lang = ""
		for _, p := range parts {
			f.addRuns(numbers.Find(p.Text, p.Lang), at)
			at += len(p.Text) + 1
		}
	}
	f.addRuns(numbers.Find(text, lang), 0)
}

func (f *finder) addRuns(runs []numbers.Run, at int) {
	for _, r := range runs {
		for _, n := range f.m.numbers {
			if !n.is(r) {
				continue
			}
			for _, s := range r.Spans {
				f.add(span{at + s.Start, at + s.End, n.leaf, reasonNumber, false})
			}
		}
	}
}

// marked puts the spans in order and joins those that overlap.
func (f *finder) marked() []span {
	out := slices.DeleteFunc(f.spans, func(s span) bool { return s.weak && f.strong[s.leaf] })
	slices.SortStableFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	kept := out[:0]
	for _, s := range out {
		if n := len(kept); n > 0 && s.start < kept[n-1].end {
			kept[n-1].end = max(kept[n-1].end, s.end)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// maxMarkedBytes is longer than any word that the index holds, in ASCII.
const maxMarkedBytes = 100

// cut hands each word of a part to word: those of query.Tokens, which it asks
// only where a stretch between spaces is not plain letters and digits. A search
// cuts thousands of words that match nothing.
func (f *finder) cut(text string) {
	for i := 0; i < len(text); {
		first := plainBytes[text[i]]
		if first == 0 && text[i] < 0x80 {
			i++ // an apostrophe that follows no letter separates, too
			continue
		}
		start := i
		i = pastPlain(text, i)
		end, next := i, i
		if i < len(text) && text[i] == '\'' && i-start < len(f.buf) {
			end, next = pastApostrophe(text, i)
		}
		if next == len(text) || separates(text[next]) {
			if i = next; len(f.stems) == 0 && !f.m.begins[first] {
				f.place++ // nothing is looked up of it
			} else {
				f.plainWord(text, start, end)
			}
			continue
		}
		for i < len(text) && !separates(text[i]) {
			i++
		}
		for _, t := range query.Tokens(text[start:i]) {
			f.word([]byte(t.Text), start+t.Start, start+t.End, t.Digits)
		}
	}
}

// pastPlain is where plain letters and digits end that begin at i.
func pastPlain(text string, i int) int {
	for i < len(text) && plainBytes[text[i]] != 0 {
		i++
	}
	return i
}

// pastApostrophe tells where the word ends in which an apostrophe stands at i,
// behind plain letters, and where to read on: "don't" is one word, and "friends'"
// too. Where that takes query.Tokens to tell, next is i.
func pastApostrophe(text string, i int) (end, next int) {
	if plainBytes[text[i-1]] <= '9' {
		return i, i
	}
	if i+1 == len(text) || separates(text[i+1]) {
		return i, i + 1
	}
	switch c := plainBytes[text[i+1]]; c {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'h': // what is before it may be a word of its own
		return i, i
	default:
		if c <= '9' {
			return i, i
		}
	}
	end = pastPlain(text, i+1)
	return end, end
}

// plainWord takes a word of plain letters and digits, perhaps with an apostrophe.
func (f *finder) plainWord(text string, start, end int) {
	n, digits := 0, false
	for i := start; i < end; i++ {
		c := plainBytes[text[i]]
		if c == 0 {
			continue
		}
		digits = digits || c <= '9'
		if n < len(f.buf) {
			f.buf[n] = c
			n++
		}
	}
	f.word(f.buf[:n], start, end, digits)
}

// plainByte is the folded letter or digit, 0 for all else.
func plainByte(c byte) byte { return plainBytes[c] }

// plainBytes is plainByte of each byte.
var plainBytes = func() (all [256]byte) {
	for c := range all {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			all[c] = byte(c)
		case 'A' <= c && c <= 'Z':
			all[c] = byte(c + 'a' - 'A')
		}
	}
	return all
}()

// separates tells the bytes that end a word whatever follows.
func separates(c byte) bool {
	return c < 0x80 && c != '\'' && c != '`' && plainByte(c) == 0
}
