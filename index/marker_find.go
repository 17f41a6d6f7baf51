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
	place  int32    // of the next word, counted through all parts
	at     int      // where in the whole text the part begins
	bases  []string // the languages in which the part's words are stemmed
	plain  bool     // words are looked up as they are, too
	found  []unitHit
	spans  []span
	strong []bool // by leaf
	buf    [maxMarkedBytes]byte

	// Room for what most messages need.
	roomFound [12]unitHit
	roomSpans [8]span
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
	f := &finder{m: m, strong: make([]bool, m.leaves)}
	f.found, f.spans = f.roomFound[:0], f.roomSpans[:0]
	f.read(parts, true, func(p Part) []string { return m.stemsOf(p.Lang) })
	f.settle()
	f.addNumbers(text, parts)
	if others := f.otherLanguages(parts); others != nil {
		f.found = f.found[:0]
		f.read(parts, false, func(Part) []string { return others })
		f.settle()
	}
	return slices.Clone(f.marked())
}

// stemsOf is the language where the query has stems in it.
func (m *Marker) stemsOf(base string) []string {
	if m.stems[base] == nil {
		return nil
	}
	return []string{base}
}

// read looks at every word of the parts.
func (f *finder) read(parts []Part, plain bool, bases func(Part) []string) {
	f.plain, f.place, f.at = plain, 0, 0
	for _, p := range parts {
		f.bases = bases(p)
		f.part(p.Text)
	}
}

// part looks at every word of one part.
func (f *finder) part(text string) {
	for _, base := range f.bases {
		f.m.stems[base].mu.Lock()
		defer f.m.stems[base].mu.Unlock()
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
		for _, base := range f.bases {
			for _, u := range f.m.stems[base].of(base, folded) {
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
	for i, g := range f.m.groups {
		var in []unitHit
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
		if plainByte(text[i]) == 0 && text[i] < 0x80 {
			i++ // an apostrophe that follows no letter separates, too
			continue
		}
		start, n, digits := i, 0, false
		for ; i < len(text); i++ {
			c := plainByte(text[i])
			if c == 0 {
				break
			}
			digits = digits || c <= '9'
			if n < len(f.buf) {
				f.buf[n] = c
				n++
			}
		}
		if i == len(text) || separates(text[i]) {
			f.word(f.buf[:n], start, i, digits)
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

// plainByte is the folded letter or digit, 0 for all else.
func plainByte(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return c
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	}
	return 0
}

// separates tells the bytes that end a word whatever follows.
func separates(c byte) bool {
	return c < 0x80 && c != '\'' && c != '`' && plainByte(c) == 0
}
