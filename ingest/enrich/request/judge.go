package request

import (
	"cmp"
	"math"
	"slices"
)

// kind is what a rule says of a message.
type kind uint8

// The kinds. Of two rules that fit the same words the one that covers more is
// right; where they cover as much, the later kind.
const (
	ask     kind = iota // the caller wants to be called
	wish                // wants to speak or to hear, which may be settled otherwise
	reach               // where or when the caller can be reached
	neutral             // says nothing about it, in words that look as if
	own                 // speaks of what is the caller's own, which who sells never does
	past                // somebody has called
	self                // the caller will call
	channel             // the answer may come in writing
	writing             // the answer is to come in writing, not by telephone
	done                // it is settled
	waive               // no call is wanted
	undo                // what was said before does not hold
	stop                // no calls at all are wanted
	nothing             // a test, or nobody speaks
	spam                // a machine calls, or somebody who sells
)

// kinds are the names of the kinds in the languages' files.
var kinds = map[string]kind{
	"ask": ask, "wish": wish, "reach": reach, "neutral": neutral, "own": own, "past": past, "self": self, "channel": channel, "writing": writing,
	"done": done, "waive": waive, "undo": undo, "stop": stop, "nothing": nothing, "spam": spam,
}

// keeps is which part of what was asked before still holds behind each kind.
var keeps = [spam + 1]float64{
	ask: 1, wish: 1, reach: 1, neutral: 1, own: 1, past: 1, self: 0.95, channel: 0.85, writing: 0.2, done: 0.15, waive: 0.15, undo: 0.1, stop: 0.3, nothing: 0.6,
}

// bias are the odds, as a logarithm, of a message of which nothing is known.
const bias = -2.6

// forgives is which part of what spoke against it holds behind a request.
const forgives = 0.35

// matches returns what the rules find, without contradictions, in the order of
// the text.
func (c *chart) matches() []match {
	all, cores := make([]match, 0, 16), make([]int32, 0, 64)
	for i := range c.tokens {
		for k := c.heads[i]; k >= 0; k = c.cells[k].next {
			for _, o := range c.g.starts[c.cells[k].class] {
				if !c.possible(o) || tried(all, o.rule, int32(i)) {
					continue
				}
				r := &c.g.rules[o.rule]
				c.best = match{rule: o.rule, start: int32(i), core: c.most[:0]}
				c.tame, c.denies = r.kind == neutral, r.kind == waive || r.kind == stop || r.kind == self
				c.tells = r.kind == past
				c.asks = r.kind <= reach || r.kind == done || r.kind == past
				c.find(r.pattern, i, func(int) {})
				if n := len(cores); len(c.best.core) > 0 {
					cores = append(cores, c.best.core...)
					c.best.core = cores[n:len(cores):len(cores)]
					all = append(all, c.best)
				}
			}
		}
	}
	return c.settle(all)
}

// tried tells whether a rule is one of the last that were found, at the same word.
func tried(all []match, rule, start int32) bool {
	return slices.ContainsFunc(all[max(0, len(all)-4):], func(m match) bool { return m.rule == rule && m.start == start })
}

// claim is what a word is taken for.
type claim uint8

const (
	shared  claim = iota + 1 // a way to reach the caller, beside which a request may use it
	claimed                  // anything else
)

// settle keeps of matches that stand on the same word the strongest, in the order
// in which they end: "I wanted you to call, but it's found" ends behind the call
// that it takes back.
func (c *chart) settle(all []match) []match {
	for i := range all {
		if !c.held(all, all[i]) {
			c.negate(&all[i])
			continue
		}
		all[i].kind, all[i].weight = c.g.rules[all[i].rule].kind, c.g.rules[all[i].rule].weight
	}
	slices.SortStableFunc(all, func(a, b match) int {
		if most := cmp.Compare(b.strength(), a.strength()); most != 0 {
			return most
		}
		return cmp.Or(compareBool(a.denied, b.denied), cmp.Compare(b.kind, a.kind), cmp.Compare(b.weight, a.weight), cmp.Compare(a.start, b.start))
	})
	taken := make([]claim, len(c.tokens))
	kept := all[:0]
	for _, m := range all {
		by, least := claimed, shared
		switch m.kind {
		case reach:
			by = shared
		case own:
			by, least = 0, claimed+1 // what it is said of may be anything
		case ask, wish:
			least = claimed // to be reached there contradicts no request
		}
		if slices.ContainsFunc(m.core, func(w int32) bool { return taken[w] >= least }) {
			continue
		}
		for _, w := range m.core {
			taken[w] = max(taken[w], by)
		}
		kept = append(kept, m)
	}
	slices.SortFunc(kept, func(a, b match) int { return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.start, b.start)) })
	return kept
}

// compareBool puts false before true: a rule that knows of a negation ("don't
// ring the house") is right before one that it only turns round.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// held tells whether a match stands within a request that no negation in front
// reaches: what is in it isn't denied either ("no sé qué es, ¿me pueden llamar?").
func (c *chart) held(all []match, m match) bool {
	return slices.ContainsFunc(all, func(f match) bool {
		r := c.g.rules[f.rule]
		return r.firm && r.kind == ask && f.rule != m.rule && f.start <= m.start && m.end <= f.end
	})
}

// strength is how much of the text a match covers: words that it stands on count
// twice, those that it only passes over once.
func (m match) strength() int32 { return int32(len(m.core)) + m.end - m.start }

// maxScope is how many words before a request a negation may stand.
const maxScope = 7

// negate turns a request round whose words are denied by what stands before:
// "not", and between it and the request nothing but words over which it reaches.
func (c *chart) negate(m *match) {
	r := c.g.rules[m.rule]
	m.kind, m.weight = r.kind, r.weight
	if m.kind > wish || r.firm || c.imperative(m) || c.begins(m.start, openClass) || m.start > 0 && c.has(int(m.start)-1, predClass) {
		return
	}
	for i := int(m.start) - 1; i >= 0 && !c.has(i+1, politeClass) && i >= int(m.start)-maxScope; i-- {
		if c.has(i, negClass) {
			m.kind, m.weight, m.denied = waive, 3, true
			if len(m.core) < maxCore {
				m.core = append(m.core, int32(i))
			}
			m.start = int32(i)
			return
		}
		if c.opens(int32(i)) || c.has(i, boundClass) || !c.has(i, lightClass) && !c.has(i, passClass) {
			return
		}
	}
}

// opens tells whether a word begins a request over which no negation in front reaches.
func (c *chart) opens(i int32) bool { return c.begins(i, openClass) || c.fresh(i) }

// fresh tells whether a word begins a request that nothing but a negation right
// before it denies: "no funciona, me pueden llamar", but "no me pueden llamar".
func (c *chart) fresh(i int32) bool {
	return c.begins(i, freshClass) && (i == 0 || !c.has(int(i)-1, negClass))
}

// imperative tells whether a match has an imperative in it that no word in front
// of it can deny, "appelez-moi", "llámeme", "rufen Sie mich an", or another fresh start.
func (c *chart) imperative(m *match) bool {
	for i := m.start; i < m.end; i++ {
		if c.begins(i, impClass) || c.fresh(i) {
			return true
		}
	}
	return false
}

// elsewhere tells whether a match is of somebody or something else than the
// caller: "my daughter", "my mobile".
func (c *chart) elsewhere(m match) bool {
	for i := m.start; i < m.end; i++ {
		if c.begins(i, kinClass) {
			return true
		}
	}
	return false
}

// score adds up what was found, in the order of the text: what comes later holds.
// It also tells whether somebody surely sells something.
func (c *chart) score(list []match) (odds float64, words []match, sells bool) {
	var t tally
	for n, m := range list {
		weight := m.weight
		if m.kind > wish && slices.ContainsFunc(list[:n], func(b match) bool { return b.rule == m.rule }) {
			weight *= 0.3 // the same once more
		}
		switch m.kind {
		case ask, wish:
			if len(words) > 0 {
				weight *= 0.4
			}
			words = append(words, m)
			t.against *= forgives
			switch {
			case m.kind == wish:
				t.wished += weight
			case c.elsewhere(m):
				t.elsewhere += weight
			default:
				t.asked += weight
			}
			continue
		case reach:
			t.reached += weight
			continue
		case spam:
			t.spam += weight
			continue
		case own:
			t.own += weight
			continue
		case channel:
			t.wrote = max(t.wrote, weight)
		case waive, writing:
			if t.elsewhere > 0 && !c.elsewhere(m) {
				continue
			}
			t.against += weight
		default:
			t.against += weight
		}
		t.hold(m.kind)
		if t.asked+t.wished+t.elsewhere < 0.5 {
			words = words[:0]
		}
	}
	odds = t.odds()
	return odds, words, t.spam >= sureSpam
}

// tally is what speaks for and against a request.
type tally struct {
	asked, elsewhere, wished, reached float64
	against, wrote, spam, own         float64
}

// hold lets so much stand of what was said before as a match of a kind leaves.
func (t *tally) hold(k kind) {
	t.asked *= keeps[k]
	t.elsewhere *= keeps[k]
	switch {
	case k == self:
		t.wished *= wishAfterSelf
		t.reached *= wishAfterSelf
	case k > channel && k < nothing:
		t.wished *= keeps[k]
		t.reached *= keeps[k]
	}
}

func (t *tally) odds() float64 {
	positive := t.asked + t.elsewhere + t.wished
	switch {
	case t.asked+t.elsewhere > 2:
		t.wrote *= 0.3
	case t.wrote > 0: // what is wished for may come in writing
		positive -= t.wished * 0.6
	}
	t.spam = max(0, t.spam-min(t.own, maxOwn))
	if t.spam >= sureSpam {
		t.spam *= 2
	}
	return bias + positive + min(t.reached, maxReached) - t.against - t.wrote - t.spam
}

const (
	maxReached    = 3.4 // what the ways to reach the caller can add up to
	maxOwn        = 3.2 // so much of what speaks for spam is outweighed by what is the caller's own
	sureSpam      = 3   // from here on what speaks for spam counts twice
	wishAfterSelf = 0.4 // what remains of a wish to speak once the caller says to call again
)

// confidence is how sure the odds are.
func confidence(odds float64) float64 {
	return 1 / (1 + math.Exp(-max(-5, min(5, odds))))
}
