package when

import "afterbeep/ingest/enrich/word"

// What speaks for and against a time's being the one to call at. enough is what
// it takes.
const (
	enough     = 3
	callNear   = 4
	goodNear   = 2
	sureBound  = 2
	hourSaid   = 1
	ahead      = 1 // tomorrow, next week
	toldNear   = -4
	reasonNear = -4
	eventNear  = -4
	goneNear   = -3
)

// How far around a time is looked, in words; a sentence's end counts as some.
const (
	callReach  = 12
	toldReach  = 5
	nearReach  = 3
	dateReach  = 4
	stopCounts = 6
)

// score says how likely an expression is the time to call at.
func (p *parser) score(e expression) int {
	if e.over || p.lasts(e) || e.weekEnds && e.bound != until && !p.asksThisWeek(e) {
		return 0
	}
	sum := 0
	if e.bound == from || e.bound == until || e.within > 0 {
		sum += sureBound
	}
	if e.clock >= 0 {
		sum += hourSaid
	}
	if e.day > 0 || e.week {
		sum += ahead
		if e.clock >= 0 {
			sum += hourSaid
		}
	}
	called, callAt := p.near(e, callReach, callReach, p.l.calling)
	if called {
		sum += callNear
	}
	if e.month > 0 && callAt > dateReach {
		sum += eventNear
	}
	if good, _ := p.near(e, 4, nearReach+1, p.l.good); good {
		sum += goodNear
	}
	sure := !e.weekEnds && (e.day > 0 || e.week || e.bound == from || e.bound == until || e.part >= 0 && e.weekday < 0)
	if told, at := p.near(e, toldReach, nearReach, p.l.told); told && !sure && (at <= callAt || !called) {
		sum += toldNear
	}
	if event, at := p.near(e, nearReach, 0, p.l.events); event && at <= callAt {
		sum += eventNear
	}
	if reason, at := p.near(e, nearReach, 0, p.l.reasons); reason && at <= callAt {
		sum += reasonNear
	}
	if gone, at := p.near(e, nearReach, 0, p.l.leaving); gone && at <= callAt && e.bound != until {
		sum += goneNear
	}
	return sum
}

// lasts reports whether an expression says since when something is so: "sin luz desde
// las cuatro". With an end, or right behind a word for calling, it says when to call.
func (p *parser) lasts(e expression) bool {
	if p.words[e.from].Plain != "desde" || e.end > 0 {
		return false
	}
	called, _ := p.near(e, nearReach, 0, p.l.calling)
	return !called
}

// asksThisWeek reports whether "this week" belongs to a word for calling: many tell
// of their week, and of how often they called in it.
func (p *parser) asksThisWeek(e expression) bool {
	if e.from > 0 {
		if s, n := p.at(e.from - 1); n > 0 && s.kind == counted {
			return false
		}
	}
	called, _ := p.near(e, callReach, 1, p.l.calling)
	return called
}

// near looks for a word of a set around an expression, before words before it
// and after words behind it, and returns how far away the nearest is.
func (p *parser) near(e expression, before, after int, set word.Set) (found bool, distance int) {
	distance = callReach + 1
	far := 0
	for i := e.from - 1; i >= 0; i-- {
		if far++; p.words[i+1].Mark == word.Stop {
			far += stopCounts
		}
		if far > before {
			break
		}
		if set.Has(p.words[i].Plain) {
			found, distance = true, far
			break
		}
	}
	far = 0
	for i := e.to; i < len(p.words); i++ {
		if far++; p.words[i].Mark == word.Stop {
			far += stopCounts
		}
		if far > after || far >= distance {
			break
		}
		if set.Has(p.words[i].Plain) {
			return true, far
		}
	}
	return found, distance
}
