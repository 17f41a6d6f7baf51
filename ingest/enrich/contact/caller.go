package contact

import (
	"strings"

	"afterbeep/ingest/enrich/numbers"
)

// How many tokens apart words are that speak of one number.
const (
	farBase    = 30 // "the same number ... ending in"
	farMention = 12 // what is to be done with "this number"
)

// anyLikeness tells whether the caller id may be meant, or a number like it.
func (r *reader) anyLikeness() bool {
	for _, c := range r.cues {
		if c.has(this | shown | same) {
			return true
		}
	}
	return false
}

// mentions finds where the caller id is meant: "this number", "the number I'm
// calling from".
func (r *reader) mentions() {
	r.regions()
	if r.caller.e164 == "" || r.lures() {
		return
	}
	said := len(r.items)
	for t := 0; t < len(r.tokens); t = int(r.ends[t]) {
		c := r.cues[t]
		if !c.has(this|shown) || c.has(spent) || r.cataphor(t) {
			continue
		}
		kind := r.meaning(t, said)
		if kind == "" {
			continue
		}
		it := item{first: t, last: t, whole: true, mention: true}
		it.Kind, it.E164, it.Digits = kind, r.caller.e164, strings.TrimPrefix(r.caller.e164, "+")
		it.CallerID = true
		it.Valid = r.caller.valid()
		it.before.best = r.nearBest(t) || r.endsBest(t)
		it.before.labelled, it.after.labelled = -1, -1
		it.before.orElse = r.fallsBack(t)
		r.items = append(r.items, it)
	}
}

// lures tells whether somebody sells or cheats: then the number to call is not
// that of somebody who waits for it.
func (r *reader) lures() bool {
	n := 0
	for _, c := range r.cues {
		if c.has(lure) {
			n++
		}
	}
	return n >= 3
}

// cataphor tells whether the words at t lead to a number that is said: "at this
// number: 617".
func (r *reader) cataphor(t int) bool {
	for k, n := int(r.ends[t]), 0; k < len(r.tokens) && n < 6; k, n = int(r.ends[k]), n+1 {
		if i := r.tokens[k].item; i >= 0 {
			return len(r.items[i].Digits) >= few && r.items[i].role == alone
		}
		owned := r.tokens[k].gap&gapComma != 0 && r.cues[k].has(mine)
		if owned || !r.cues[k].has(link|be|number|phone|place) || r.cues[k].has(either|about) && !r.alsoReached(k) {
			return false
		}
	}
	return false
}

// alsoReached tells whether "also" stands at token k before words of being reached, and
// not before a second number: "unter der Nummer bin ich auch erreichbar".
func (r *reader) alsoReached(k int) bool {
	switch r.word(k) {
	case "also", "tambien", "aussi", "auch":
		next := int(r.ends[k])
		return next < len(r.tokens) && r.cues[next].has(phone)
	}
	return false
}

// meaning returns what is to be done with the number that the words at t mean: to
// call it, not to call it, or nothing. The first said items are numbers.
func (r *reader) meaning(t, said int) Kind {
	positive := r.cues[t].has(shown)
	linked, coordinated := true, false
	if t > 0 && !r.cues[t].has(shown) && origin(r.word(t-1)) || r.onOwnScreen(t) {
		return ""
	}
	for k, n := t-1, 0; k >= 0 && n < farMention; k, n = k-1, n+1 {
		k = int(r.starts[k])
		c := r.cues[k]
		if r.tokens[k].item >= 0 {
			linked = false
			continue
		}
		if r.stops(int(r.ends[k])) {
			break
		}
		conditional := r.conditional(k)
		switch {
		case c.has(neg) && linked && !conditional, c.has(remove) && n < 8:
			return Not
		case c.has(calledUs) && linked:
			return ""
		}
		coordinated = coordinated || c.has(either) && linked || c.has(orElse)
		positive = positive || c.has(phone|best)
		linked = linked && c.has(link|phone|number|mine|be|place|either)
	}
	linked = true
	owned := false
	for k, n := int(r.ends[t]), 0; k < len(r.tokens) && n < farMention; k, n = int(r.ends[k]), n+1 {
		if r.tokens[k].item >= 0 || r.stops(k) {
			break
		}
		c := r.cues[k]
		if linked && (c.has(gone) || c.has(off)) {
			return Not
		}
		if linked && owned && c.has(person) && r.saidAfter(k, said) { // is my neighbour's, mine is
			return Not
		}
		owned = owned || c.has(be)
		positive = positive || c.has(phone|best|fine)
		linked = linked && c.has(link|be|mine)
	}
	if !positive && !(coordinated && r.saidBefore(t, said)) {
		return ""
	}
	if !r.cues[t].has(shown|device) && !coordinated && r.saidBefore(t, said) {
		return ""
	}
	return Call
}

// onOwnScreen tells whether the words at t speak of a number that the caller was
// shown: "your number on my screen".
func (r *reader) onOwnScreen(t int) bool {
	last := int(r.ends[t]) - 1
	if !r.cues[t].has(shown) || last <= t {
		return false
	}
	switch r.word(last - 1) {
	case "my", "our", "meinem", "unserem", "mein", "mi", "nuestra", "mon", "notre":
		return true
	}
	return false
}

// origin tells whether a word says where a call came from: "somebody keeps calling
// me from this number".
func origin(word string) bool {
	switch word {
	case "from", "desde", "depuis", "von":
		return true
	}
	return false
}

// saidAfter tells whether a number is said behind token t.
func (r *reader) saidAfter(t, said int) bool {
	for _, it := range r.items[:said] {
		if it.first > t && len(it.Digits) >= minDigits && it.Kind == "" && it.role == alone {
			return true
		}
	}
	return false
}

// saidBefore tells whether a number was said before token t that "this number"
// may mean.
func (r *reader) saidBefore(t, said int) bool {
	for _, it := range r.items[:said] {
		if it.last < t && len(it.Digits) >= minDigits && (it.Kind == "" || it.Kind == Call) && it.role == alone {
			return true
		}
	}
	return false
}

// endsBest tells whether the words right behind those at t prefer what they mean.
func (r *reader) endsBest(t int) bool {
	for k, n := int(r.ends[t]), 0; k < len(r.tokens) && n < 4 && !r.stops(k) && r.tokens[k].item < 0; k, n = int(r.ends[k]), n+1 {
		if r.cues[k].has(best) {
			return true
		}
		if !r.cues[k].has(be) {
			return false
		}
	}
	return false
}

// fallsBack tells whether the words before t make it the second choice.
func (r *reader) fallsBack(t int) bool {
	for k, n := t-1, 0; k >= 0 && n < farMention; k, n = int(r.starts[k])-1, n+1 {
		if r.tokens[k].item >= 0 || r.stops(k+1) {
			return false
		}
		if r.cues[r.starts[k]].has(orElse) {
			return true
		}
	}
	return false
}

// nearBest tells whether the words right before t prefer what they lead to.
func (r *reader) nearBest(t int) bool {
	for k, n := t-1, 0; k >= 0 && n < 5; k, n = int(r.starts[k])-1, n+1 {
		if r.tokens[k].item >= 0 || r.stops(k+1) {
			return false
		}
		if r.cues[r.starts[k]].has(best) {
			return true
		}
	}
	return false
}

// tails finds numbers that are like another one but for their end: "the same
// number but ending in 42".
func (r *reader) tails() {
	r.regions()
	for t := range r.tokens {
		if r.cues[t].has(instead) && !r.cues[t].has(neg) {
			r.replacedAt(int(r.ends[t]))
		}
	}
	for t := 0; t < len(r.tokens); t = int(r.ends[t]) {
		switch c := r.cues[t]; {
		case c.has(tail):
			end, ok := r.endingAt(t, true)
			if ok && !r.another(t, end) && end.item >= 0 && r.items[end.item].role == ending {
				r.items[end.item].Kind = Other
			}
		case c.has(but):
			if end, ok := r.endingAt(t, false); ok && r.differs(t) {
				r.another(t, end)
			}
		}
	}
}

// differs tells whether the words shortly before t speak of a number that is like
// another one.
func (r *reader) differs(t int) bool {
	for k, n := t-1, 0; k >= 0 && n < 6; k, n = k-1, n+1 {
		if r.cues[r.starts[k]].has(same | this | shown) {
			return true
		}
	}
	return false
}

// replacedAt marks the number that is said from token t on as one that another one
// replaces.
func (r *reader) replacedAt(t int) {
	for n := 0; t < len(r.tokens) && n < 3; t, n = int(r.ends[t]), n+1 {
		if i := r.tokens[t].item; i >= 0 {
			if it := &r.items[i]; len(it.Digits) < few {
				it.role, it.Kind = replaced, Other
			}
			return
		}
		if !r.cues[t].has(link) {
			return
		}
	}
}

// end is the digits at the end of a number that is like another one.
type end struct {
	digits string
	item   int // that says them, -1 for none
	first  int // token
	spans  []numbers.Span
}

// endingAt reads the digits beside the words at t: behind them, or, if they may
// stand there, before them.
func (r *reader) endingAt(t int, bothSides bool) (end, bool) {
	for k, n := int(r.ends[t]), 0; k < len(r.tokens) && n < 6; k, n = int(r.ends[k]), n+1 {
		if e, ok := r.digitsAt(k); ok {
			return e, len(e.digits) <= 6
		}
		if !r.cues[k].has(link|tail|be|number|mine) || r.stops(k) {
			break
		}
	}
	if !bothSides {
		return end{}, false
	}
	for k, n := t-1, 0; k >= 0 && n < 4; k, n = k-1, n+1 {
		if r.stops(k + 1) {
			break
		}
		if i := r.tokens[k].item; i >= 0 {
			it := &r.items[i]
			return end{it.Digits, int(i), it.first, it.Spans}, len(it.Digits) <= 6 && it.role != replaced
		}
		if d, ok := r.cues[k].figure(); ok && !r.cues[k].has(link) {
			return end{string(d), -1, k, []numbers.Span{{Start: r.tokens[k].start, End: r.tokens[k].end}}}, true
		}
		if !r.cues[r.starts[k]].has(link | instead) {
			break
		}
	}
	return end{}, false
}

// digitsAt reads the number at token t, or the single digits said there.
func (r *reader) digitsAt(t int) (end, bool) {
	if i := r.tokens[t].item; i >= 0 {
		it := &r.items[i]
		return end{it.Digits, int(i), it.first, it.Spans}, true
	}
	e := end{item: -1, first: t}
	for ; t < len(r.tokens) && len(e.digits) < 6; t++ {
		d, ok := r.cues[t].figure()
		if !ok || r.tokens[t].item >= 0 {
			break
		}
		e.digits += string(d)
		e.spans = append(e.spans, numbers.Span{Start: r.tokens[t].start, End: r.tokens[t].end})
	}
	if len(e.digits) == 2 && r.cues[e.first].has(link) { // un huit
		e.digits, e.spans, e.first = e.digits[1:], e.spans[1:], e.first+1
	}
	return e, e.digits != "" && !(len(e.digits) == 1 && r.cues[e.first].has(link))
}

// another adds the number that is like the one that the words near token t speak
// of, but for its end. It is false where they speak of none.
func (r *reader) another(t int, e end) bool {
	if r.ofAccount(t) {
		return false
	}
	base, at := r.base(t)
	var wrong *item
	if base == "" {
		if wrong = r.justSaid(e.first); wrong != nil {
			base = r.tryAll(wrong).e164
		}
	}
	if base == "" || len(e.digits) >= len(base)-4 {
		return false
	}
	d := try(base[:len(base)-len(e.digits)]+e.digits, region{})
	if !d.possible {
		return false
	}
	if wrong != nil && (d.e164 == base || !r.between(wrong, e.first, fix)) {
		r.use(e)
		return d.e164 == base
	}
	it := item{first: e.first, last: e.first, whole: true}
	it.before.labelled, it.after.labelled = -1, -1
	it.Kind, it.E164, it.Valid = Call, d.e164, d.valid
	it.Digits, it.Spans = strings.TrimPrefix(d.e164, "+"), e.spans
	r.use(e)
	if wrong != nil {
		it.Label, it.before = wrong.Label, wrong.before
		wrong.role, wrong.Kind = partOf, Other
	}
	if at >= 0 {
		r.spend(min(at, t), max(at, t))
	}
	for i := range r.items {
		if had := &r.items[i]; had.whole && had.E164 == it.E164 {
			return true
		}
	}
	r.items = append(r.items, it)
	return true
}

// ofAccount tells whether the words before t speak of the end of something else:
// "my card ending in".
func (r *reader) ofAccount(t int) bool {
	for k, n := t-1, 0; k >= 0 && n < 5; k, n = int(r.starts[k])-1, n+1 {
		c := r.cues[r.starts[k]]
		if i := r.tokens[k].item; i >= 0 {
			return r.items[i].Kind == Account
		}
		if r.stops(k+1) || c.has(this|shown|same|phone|number) {
			return false
		}
		if c.has(account) {
			return true
		}
	}
	return false
}

// use takes the digits at the end of another number for no number of their own.
func (r *reader) use(e end) {
	if e.item >= 0 {
		r.items[e.item].role = ending
	}
}

// justSaid returns the number that was said shortly before token t, nil for none.
func (r *reader) justSaid(t int) *item {
	for i := len(r.items) - 1; i >= 0; i-- {
		it := &r.items[i]
		if it.last < t && t-it.last < 12 && len(it.Digits) >= minDigits && it.role == alone && (it.Kind == "" || it.Kind == Call) {
			return it
		}
	}
	return nil
}

// between tells whether one of the cues is between an item and token t.
func (r *reader) between(it *item, t int, some cue) bool {
	for k := it.last + 1; k < t; k++ {
		if r.cues[k].has(some) {
			return true
		}
	}
	return false
}

// spend takes the words that speak of another number, from one token to another or
// shortly before, for used.
func (r *reader) spend(from, to int) {
	for k := max(0, from-8); k <= to; k++ {
		if r.cues[k].has(this | shown) {
			r.cues[k] |= spent
		}
	}
}

// base returns the number that the one near token t is like: the caller id, or
// one that was said before. at is the token that says so.
func (r *reader) base(t int) (e164 string, at int) {
	for n := 1; n < farBase; n++ {
		for _, k := range []int{t - n, t + n} {
			if k < 0 || k >= len(r.tokens) || r.starts[k] != int32(k) || !r.cues[k].has(this|shown|same) {
				continue
			}
			if r.cues[k].has(shown) || !r.saidBefore(k, len(r.items)) {
				return r.caller.e164, k
			}
			return r.lastSaid(k), k
		}
	}
	return "", -1
}

// lastSaid returns the last number before token t that can be dialled.
func (r *reader) lastSaid(t int) string {
	for i := len(r.items) - 1; i >= 0; i-- {
		it := &r.items[i]
		if it.last < t && it.Kind == "" && it.role == alone {
			if d := r.tryAll(it); d.valid {
				return d.e164
			}
		}
	}
	return ""
}
