// Package when reads out of a message when its caller wants to be called: the
// words that say so, and the time that they come to. It reads English, Spanish,
// French and German.
//
// A time is made of atoms (a day, a part of it, an hour) that stand close
// together, and of the preposition before them. Whether it is a time to call at is
// judged by what stands around it: words of calling and of being there speak for
// it; the past, reasons, appointments and journeys against.
//
// It is pure: it reads no clock, and everything is safe for concurrent use. It
// takes any bytes.
package when

import (
	"time"

	"afterbeep/ingest/enrich/numbers"
	"afterbeep/ingest/enrich/word"
)

// Version is raised with every change that may change a reading.
const Version = 6

// Reading is when somebody wants to be called.
type Reading struct {
	// Words are the pieces of the text that say when, in its order; nil where
	// nothing does.
	Words []numbers.Span
	// Due is what the first of them that is surely meant comes to: the
	// beginning of the time asked for, the end for "before five"; never before
	// the message was left. It is zero where nothing can be worked out.
	Due time.Time
}

// Read reads the text of a message in the language that lang names ("en",
// "en-US"). left is when it was left, in the caller's zone; with the zero time
// there is no due time. A language that is not known says nothing.
func Read(text, lang string, left time.Time) Reading { return ReadWords(word.Cut(text), lang, left) }

// ReadWords is Read for a text of which words is what word.Cut returns. It changes
// none of them.
func ReadWords(words []word.Word, lang string, left time.Time) Reading {
	l := languageOf(lang)
	if l == nil {
		return Reading{}
	}
	p := newParser(l, words)
	var r Reading
	best := 0
	for i := 0; i < len(p.words); {
		e, ok := p.expression(i)
		if !ok {
			i = max(i+1, e.to)
			continue
		}
		if score := p.score(e); score >= enough && !e.gone(left) {
			r.Words = append(r.Words, numbers.Span{Start: p.words[e.from].Start, End: p.words[e.to-1].End})
			if due := e.due(left); score > best && !due.IsZero() {
				r.Due, best = due, score
			}
		}
		i = e.to
	}
	return r
}

// due is the time that an expression comes to, in left's zone.
func (e expression) due(left time.Time) time.Time {
	if left.IsZero() {
		return time.Time{}
	}
	if e.within > 0 {
		return left.Add(time.Duration(e.within) * time.Minute).Truncate(time.Minute)
	}
	days, named := e.days(left)
	due := onDay(left, days, e.minute(left, named))
	if due.After(left) {
		return due
	}
	switch {
	case named && (days > 0 || e.clock < 0):
		return left
	case e.end > 0 && !named && left.Before(onDay(left, 0, e.end)):
		return left
	case e.clock >= 0 && !named && e.part < 0:
		return onDay(left, 1, e.minute(left, true))
	case e.part >= 0 && !named && !left.Before(onDay(left, 0, partHours[e.part][1]*60)):
		return onDay(left, 1, e.minute(left, true))
	}
	return left
}

// farBack is how long ago a date of this year is that is one of the next.
const farBack = 270 * 24 * time.Hour

// gone reports whether it is a date that has gone by, or one too far off to
// call at.
func (e expression) gone(left time.Time) bool {
	if e.month == 0 || left.IsZero() {
		return false
	}
	days, _ := e.days(left)
	return days < 0 || days > 60
}

// days is in how many days it is; named is whether the caller says so.
func (e expression) days(left time.Time) (days int, named bool) {
	today := int(left.Weekday())
	switch {
	case e.month > 0:
		year, month, d := left.Date()
		date := time.Date(year, time.Month(e.month), e.date, 0, 0, 0, 0, time.UTC)
		now := time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
		if now.Sub(date) > farBack {
			date = date.AddDate(1, 0, 0)
		}
		return int(date.Sub(now).Hours() / 24), true
	case e.week:
		monday := (8-today-1)%7 + 1 // 1 to 7
		if today == 1 {
			monday = 7
		}
		if e.weekday >= 0 {
			monday += (e.weekday + 6) % 7
		}
		return monday, true
	case e.weekEnds:
		return (int(time.Friday) - today + 7) % 7, true
	case e.weekday >= 0:
		return (e.weekday-today+6)%7 + 1, true
	case e.day >= 0:
		return e.day, true
	}
	return 0, false
}

// minute is the minute of the day that is meant.
func (e expression) minute(left time.Time, named bool) int {
	switch {
	case e.clock >= 0:
		return e.hour(left, named)
	case e.part >= 0 && e.bound == until && !e.prior:
		return partHours[e.part][1] * 60
	case e.part >= 0:
		return partHours[e.part][0] * 60
	case e.bound == until || e.weekEnds:
		return partHours[wholeDay][1] * 60
	}
	return partHours[wholeDay][0] * 60
}

// The hours at which people may be called: what could be either half of the day
// is the one that lies in them.
const (
	earliest = 8
	latest   = 21
)

// hour is the minute of the day of an hour that may be of either half of it.
func (e expression) hour(left time.Time, named bool) int {
	const halfDay = 12 * 60
	m := e.clock
	if e.exact || m >= 13*60 {
		return m
	}
	switch {
	case e.half == am || e.part == morning:
		return m % halfDay
	case e.half == pm || e.part == afternoon || e.part == evening, e.part == night && m >= 6*60:
		return m%halfDay + halfDay
	case m < earliest*60:
		return m + halfDay
	case m < halfDay && !named && e.end == 0:
		// "After eight", said at ten: the evening, where that is still to come.
		now := left.Hour()*60 + left.Minute()
		if m <= now && m+halfDay > now && m+halfDay <= latest*60 {
			return m + halfDay
		}
	}
	return m
}

// onDay is a minute of the day so many days after t's.
func onDay(t time.Time, days, minute int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+days, 0, minute, 0, 0, t.Location())
}
