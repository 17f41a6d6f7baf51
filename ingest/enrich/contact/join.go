package contact

import (
	"slices"
	"strings"

	"afterbeep/ingest/enrich/numbers"
)

// How many tokens apart the parts of a number are.
const (
	farArea      = 40
	farExtension = 12
)

// areas gives area codes to the numbers that they were said for.
func (r *reader) areas() {
	for i := range r.items {
		a := &r.items[i]
		sure := a.role == areaCode
		guess := !sure && a.role == alone && len(a.Digits) >= 3 && len(a.Digits) <= 5 && a.Digits[0] == '0' && a.Digits[1] != '0' && !a.before.tail && (a.Kind == "" || a.Kind == Other)
		if !sure && r.leads(i) {
			sure = true
		}
		if !sure && !guess {
			continue
		}
		if j, ok := r.areaFor(i); ok {
			it := &r.items[j]
			it.area = a.Digits
			if guess && !r.fits(it) {
				it.area = ""
				continue
			}
			a.role = areaCode
			it.Spans = append(slices.Clone(a.Spans), it.Spans...)
			slices.SortFunc(it.Spans, func(x, y numbers.Span) int { return x.Start - y.Start })
			continue
		}
		if sure {
			a.role, a.Kind = alone, Other
		}
	}
}

// What a number of North America has, of which three digits are its area code.
const (
	americanArea  = 3
	americanLocal = 7
	farLocal      = 8 // tokens between the two
)

// leads tells whether item i is the area code of a number of North America that is
// said after it, with nothing between but words that say nothing or correct: "six one
// seven, that's five five five, no wait, five five five oh one three four".
func (r *reader) leads(i int) bool {
	a := &r.items[i]
	if len(a.Digits) != americanArea || a.Digits[0] < '2' || a.role != alone || a.Kind != "" && a.Kind != Other || a.before.neg || a.before.tail || a.after.kind != "" {
		return false
	}
	if places := r.regions(); len(places) == 0 || places[0].country != 1 {
		return false
	}
	j := i + 1
	for j < len(r.items) && len(r.items[j].Digits) < americanLocal {
		j++
	}
	if j == len(r.items) || len(r.items[j].Digits) != americanLocal || r.items[j].first-a.last > farLocal {
		return false
	}
	linked := a.before.phone || a.before.number
	for t := a.last + 1; t < r.items[j].first; t++ {
		if k := r.tokens[t].item; k >= 0 {
			if !strings.HasPrefix(r.items[j].Digits, r.items[k].Digits) && r.items[k].Digits != a.Digits {
				return false
			}
			continue
		}
		if r.stops(t) || r.cues[r.starts[t]].has(account|fax|code|unit|money|clock|calendar|ext|place|person|orElse|anew) {
			return false
		}
		linked = linked || r.cues[r.starts[t]].has(be)
	}
	return linked
}

// fits tells whether a number with its area code can be dialled.
func (r *reader) fits(it *item) bool {
	probe := *it
	d := r.tryAll(&probe)
	return d.valid
}

// areaFor returns the number that item i is the area code of: the next one, or
// the one before, that may lack one.
func (r *reader) areaFor(i int) (int, bool) {
	lacks := func(j int) bool {
		it := &r.items[j]
		return it.role == alone && it.Kind == "" && !it.plus && it.area == "" && len(it.Digits) >= few && len(it.Digits) <= 9 && it.Digits[0] != '0'
	}
	for j := i + 1; j < len(r.items) && r.items[j].first-r.items[i].last < farArea; j++ {
		if lacks(j) {
			return j, true
		}
	}
	for j := i - 1; j >= 0 && r.items[i].first-r.items[j].last < farArea; j-- {
		if lacks(j) {
			return j, true
		}
	}
	return 0, false
}

// extensions gives extensions to the numbers that they were said for: the one
// before, or else the next.
func (r *reader) extensions() {
	for i := range r.items {
		if it := &r.items[i]; it.role == extension && !r.extend(it.first, it.Digits, it.Spans) {
			it.role, it.Kind = alone, Other
		}
	}
	for t := range r.tokens {
		if !r.cues[t].has(ext) {
			continue
		}
		next := int(r.ends[t])
		for next < len(r.tokens) && r.cues[next].has(number|be) && !r.stops(next) {
			next = int(r.ends[next])
		}
		if next < len(r.tokens) && r.tokens[next].item < 0 {
			if e, ok := r.digitsAt(next); ok {
				r.extend(next, e.digits, e.spans)
			}
		}
	}
}

// extend gives the number beside token t an extension.
func (r *reader) extend(t int, digits string, spans []numbers.Span) bool {
	best, least := -1, farExtension+1
	for i := range r.items {
		it := &r.items[i]
		if it.Kind != Call || it.mention || it.Ext != "" {
			continue
		}
		dist := t - it.last
		if it.first > t {
			dist = it.first - t + 2 // it is rather behind its number
		}
		if dist > 0 && dist < least {
			best, least = i, dist
		}
	}
	if best < 0 {
		return false
	}
	it := &r.items[best]
	it.Ext = digits
	it.Spans = append(slices.Clone(it.Spans), spans...)
	slices.SortFunc(it.Spans, func(x, y numbers.Span) int { return x.Start - y.Start })
	return true
}

// settle leaves each number once, and of one that was said again with a
// correction the last.
func (r *reader) settle() {
	slices.SortStableFunc(r.items, func(a, b item) int { return a.first - b.first })
	for j := range r.items {
		b := &r.items[j]
		if b.E164 == "" || b.role != alone {
			continue
		}
		for i := range j {
			a := &r.items[i]
			if a.role != alone || len(a.Digits) < few {
				continue
			}
			r.reconcile(a, b)
			if b.role != alone {
				break
			}
		}
	}
}

// reconcile looks whether b, said after a, is a again or instead of it.
func (r *reader) reconcile(a, b *item) {
	switch {
	case a.E164 == b.E164 && a.Kind == b.Kind:
		b.role, b.Kind, b.E164 = partOf, Other, ""
		if a.mention {
			a.Spans = b.Spans
		}
		if a.Ext == "" {
			a.Ext = b.Ext
		}
		if a.Label == "" {
			a.Label = b.Label
		}
		a.before.best = a.before.best || b.before.best
		a.CallerID = a.CallerID || b.CallerID
		b.Ext = ""
	case a.E164 == b.E164 && (b.Kind == Not || b.mention && b.before.orElse):
		a.role, a.Kind, a.E164 = partOf, Other, ""
	case a.E164 == b.E164:
		b.role, b.Kind, b.E164 = partOf, Other, ""
	case a.mention || b.mention || a.Kind == Account || a.Kind == Fax || b.Kind != Call:
	case !a.Valid && b.Valid && alike(a.Digits, b.Digits) && a.Kind != Not:
		r.supersede(a, b)
	case a.Kind == Call && (r.corrects(a, b) || b.first-a.last < 6 && alike(a.E164, b.E164) && r.only(a, b, fix|again|tail)):
		r.supersede(a, b)
	}
}

// supersede takes a for a number that b was said instead of.
func (r *reader) supersede(a, b *item) {
	if b.Ext == "" {
		b.Ext = a.Ext
	}
	if b.Label == "" {
		b.Label = a.Label
	}
	b.before.best = b.before.best || a.before.best
	a.role, a.Kind, a.E164, a.Ext = partOf, Other, "", ""
}

// corrects tells whether the words between two numbers say that the second one is
// right, or the first once more where they are nearly the same.
func (r *reader) corrects(a, b *item) bool {
	if b.first-a.last > 14 || r.choice(a, b) {
		return false
	}
	fixed, repeated, only := false, false, true
	if next := a.last + 1; next < b.first && r.cues[next].has(fix) && !r.cues[next].has(link) && !r.choice(a, b) {
		return true
	}
	for t := a.last + 1; t < b.first; t = int(r.ends[t]) {
		c := r.cues[t]
		if c.has(place|person|orElse) || r.tokens[t].item >= 0 && len(r.items[r.tokens[t].item].Digits) > few {
			return false
		}
		fixed = fixed || c.has(fix)
		repeated = repeated || c.has(again)
		only = only && c.has(fix|link|be|again|number|phone|mine|neg)
	}
	return fixed && only || (fixed || repeated) && (alike(a.Digits, b.Digits) || shares(a.Digits, b.Digits))
}

// only tells whether the words between two numbers have some of the cues, and
// nothing else is said there, nor that both are right.
func (r *reader) only(a, b *item, some cue) bool {
	had := b.first == a.last+1
	for t := a.last + 1; t < b.first; t = int(r.ends[t]) {
		c := r.cues[t]
		if !c.has(some|link) || c.has(phone|place|person|orElse) {
			return false
		}
		had = had || c.has(some)
	}
	return had && !r.choice(a, b)
}

// choice tells whether the words between two numbers offer both.
func (r *reader) choice(a, b *item) bool {
	for t := a.last + 1; t < b.first; t++ {
		if r.starts[t] == int32(t) && r.ends[t] == int32(t+1) {
			switch r.word(t) {
			case "or", "oder", "ou", "o", "and", "und", "et", "y", "auch", "aussi", "tambien", "también":
				return true
			}
		}
		if r.cues[t].has(orElse) {
			return true
		}
	}
	return false
}

// alike tells whether digits are nearly the same: said again, some of them wrong,
// missing or twice.
func alike(a, b string) bool {
	n := max(len(a), len(b))
	if n-min(len(a), len(b)) > 4 {
		return false
	}
	return distance(a, b)*3 <= n
}

// shares tells whether digits have most of a telephone number in common.
func shares(a, b string) bool {
	for i := 0; i+minDigits-1 <= len(a); i++ {
		if strings.Contains(b, a[i:i+minDigits-1]) {
			return true
		}
	}
	return false
}

// distance returns how many digits are to be changed, added or left out to make
// one of the other.
func distance(a, b string) int {
	if len(a) > maxDigits+4 || len(b) > maxDigits+4 {
		return len(a) + len(b)
	}
	var row [maxDigits + 5]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(b)]
}

// prefer ranks the numbers to call.
func (r *reader) prefer() {
	first := true
	for i := range r.items {
		it := &r.items[i]
		if it.Kind != Call {
			continue
		}
		switch {
		case it.before.best && !it.before.orElse, it.after.best:
			it.rank = -1
		case it.before.orElse && !first:
			it.rank = 1
		}
		first = false
	}
	r.byLabel()
}

// byLabel looks for words that prefer a number, or exclude it, by what it was
// called before: "try the mobile first".
func (r *reader) byLabel() {
	for t := 0; t < len(r.tokens); t = int(r.ends[t]) {
		if !r.cues[t].has(place | person) {
			continue
		}
		it := r.labelled(t)
		if it == nil {
			continue
		}
		for k, n := t-1, 0; k > it.last && n < 6 && r.tokens[k].item < 0; k, n = int(r.starts[k])-1, n+1 {
			c := r.cues[r.starts[k]]
			if c.has(best) && !c.has(neg) {
				it.rank = -1
			}
			if !c.has(link|phone|best|mine) || r.stops(k+1) {
				break
			}
		}
		for k, n := int(r.ends[t]), 0; k < len(r.tokens) && n < 4 && r.tokens[k].item < 0 && !r.stops(k); k, n = int(r.ends[k]), n+1 {
			if r.cues[k].has(best) {
				it.rank = -1
			}
			if !r.cues[k].has(link | be | best) {
				break
			}
		}
	}
}

// labelled returns the last number to call before token t that has the label
// which is said there, where t is not the label of a number itself.
func (r *reader) labelled(t int) *item {
	for i := range r.items {
		if it := &r.items[i]; it.before.labelled == t || it.after.labelled == t {
			return nil
		}
	}
	for i := len(r.items) - 1; i >= 0; i-- {
		it := &r.items[i]
		if it.Kind != Call || it.last >= t || it.mention {
			continue
		}
		for _, k := range []int{it.before.labelled, it.after.labelled} {
			if k >= 0 && r.tokens[k].word == r.tokens[t].word {
				return it
			}
		}
	}
	return nil
}
