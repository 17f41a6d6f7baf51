package web

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"afterbeep/index/query"
	"afterbeep/store"
)

// ledgerDays is how many days the ledger shows where nobody says.
const ledgerDays = 31

// dayEdges are the bounds of the days from the one that holds from to the one
// that holds last, ascending.
func dayEdges(from, last time.Time, zone *time.Location) []time.Time {
	y, m, d := from.In(zone).Date()
	var edges []time.Time
	for i := 0; ; i++ {
		e := query.DayStart(y, m, d+i, zone)
		// A zone that moves across the date line leaves out a whole day.
		if len(edges) == 0 || e.After(edges[len(edges)-1]) {
			edges = append(edges, e)
		}
		if e.After(last) {
			return edges
		}
	}
}

// shift is the start of the day that is some days away.
func shift(day time.Time, days int, zone *time.Location) time.Time {
	y, m, d := day.In(zone).Date()
	return query.DayStart(y, m, d+days, zone)
}

// span is what of the ledger is looked at: whole days.
type span struct {
	Bot    string // "" is every bot
	TZ     string // as asked for
	zone   *time.Location
	begins time.Time // where the first day does
	ends   time.Time // where the last day does
}

// spanOf reads bot, from, to and tz. Both days count as wholes. *ParamError for
// what can't be read.
func spanOf(v url.Values, now time.Time) (span, error) {
	s := span{Bot: v.Get("bot"), TZ: v.Get("tz")}
	var err error
	if s.zone, err = zoneOf(s.TZ); err != nil {
		return s, err
	}
	from, err := moment("from", v.Get("from"), s.zone, 0)
	if err != nil {
		return s, err
	}
	last, err := moment("to", v.Get("to"), s.zone, 0)
	if err != nil {
		return s, err
	}
	switch {
	case from.IsZero() && last.IsZero():
		last = now
		from = shift(last, 1-ledgerDays, s.zone)
	case from.IsZero():
		from = shift(last, 1-ledgerDays, s.zone)
	case last.IsZero():
		last = shift(from, ledgerDays-1, s.zone)
		if last.After(now) && !from.After(now) {
			last = now
		}
	}
	if last.Before(from) {
		return s, &ParamError{"to", "The last day lies before the first."}
	}
	if last.Sub(from) > (store.MaxDays+2)*24*time.Hour {
		return s, tooManyDays()
	}
	if s = s.over(from, last); s.days() > store.MaxDays {
		return s, tooManyDays()
	}
	return s, nil
}

// inReadersZone is what is asked for of the ledger, by the days of the reader's zone
// where no other is named.
func (v *visit) inReadersZone(q url.Values) url.Values {
	if zone := v.reading().place(); q.Get("tz") == "" && zone != time.UTC {
		return withParam(q, "tz", zone.String())
	}
	return q
}

// over is the span from the day that holds from to the one that holds last.
func (s span) over(from, last time.Time) span {
	s.begins, s.ends = shift(from, 0, s.zone), shift(last, 1, s.zone)
	return s
}

func tooManyDays() error {
	return &ParamError{"from", fmt.Sprintf("That is more than %d days at once.", store.MaxDays)}
}

func (s span) first() time.Time { return s.begins }
func (s span) last() time.Time  { return shift(s.ends.Add(-1), 0, s.zone) }
func (s span) end() time.Time   { return s.ends }

// days counts the days by the calendar.
func (s span) days() int {
	noon := func(t time.Time) time.Time {
		y, m, d := t.In(s.zone).Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	}
	return int(noon(s.ends).Sub(noon(s.begins)) / (24 * time.Hour))
}

func (s span) date(t time.Time) string { return t.In(s.zone).Format(time.DateOnly) }

// link is the address of a path that keeps the span.
func (s span) link(path string) string {
	return s.linkTo(path, s.first(), s.last())
}

func (s span) linkTo(path string, first, last time.Time) string {
	v := url.Values{"from": {s.date(first)}, "to": {s.date(last)}}
	if s.Bot != "" {
		v.Set("bot", s.Bot)
	}
	if s.TZ != "" {
		v.Set("tz", s.TZ)
	}
	return path + "?" + v.Encode()
}

// older is the same number of days before.
func (s span) older(path string) string {
	return s.linkTo(path, shift(s.first(), -s.days(), s.zone), shift(s.first(), -1, s.zone))
}

// newer is the same number of days after; "" where these lie in the future.
func (s span) newer(path string, now time.Time) string {
	if s.end().After(now) {
		return ""
	}
	return s.linkTo(path, s.end(), shift(s.end(), s.days()-1, s.zone))
}

// scopeTo narrows a scope to one bot; "" is none.
func scopeTo(scope store.Scope, bot string) store.Scope {
	switch {
	case bot == "":
		return scope
	case scope.Sees(bot):
		return store.OnlyBots(bot).InQueues(scope.Queues()...).As(scope.Person())
	}
	return store.OnlyBots()
}

// gapKinds reads the parameter kind: kinds with commas between them, "" is
// every kind.
func gapKinds(v url.Values) ([]store.GapKind, error) {
	var kinds []store.GapKind
	for _, name := range splitList(v.Get("kind")) {
		kind := store.GapKind(name)
		if gapWords(kind) == "" {
			return nil, &ParamError{"kind", fmt.Sprintf("“%s” is no kind of gap.", shown(name))}
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// gapLimit reads the parameter limit, and clamps it with a note.
func gapLimit(v url.Values, otherwise int) (limit int, note string, err error) {
	typed := v.Get("limit")
	if typed == "" {
		return otherwise, "", nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil && !isNumber(typed) {
		return 0, "", &ParamError{"limit", fmt.Sprintf("“%s” is not a number.", shown(typed))}
	}
	clamped := min(max(n, 1), store.MaxGaps)
	if clamped != n {
		note = fmt.Sprintf("limit is 1 to %d, taken as %d", store.MaxGaps, clamped)
	}
	return clamped, note, nil
}
