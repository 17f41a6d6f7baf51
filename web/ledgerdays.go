package web

import (
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"afterbeep/index/query"
	"afterbeep/store"
)

// saysDays reports whether somebody asked for certain days.
func saysDays(q url.Values) bool { return q.Get("from") != "" || q.Get("to") != "" }

// everyDay widens a span that nobody asked for to every day that has a session.
func (s *Server) everyDay(v *visit, sp span) (span, error) {
	first, last, err := s.Store.Known(v.ctx(), scopeTo(v.scope(), sp.Bot))
	if err != nil {
		return sp, fmt.Errorf("read the known days: %w", err)
	}
	if !first.IsZero() {
		sp = sp.over(first, last)
	}
	return sp, nil
}

// latestDays moves a span that nobody asked for back to the last days that have
// sessions, where nothing is known of lately: an archive may be of the past.
func (s *Server) latestDays(v *visit, sp span) (span, error) {
	_, last, err := s.Store.Known(v.ctx(), scopeTo(v.scope(), sp.Bot))
	if err != nil {
		return sp, fmt.Errorf("read the known days: %w", err)
	}
	if !last.IsZero() && last.Before(sp.first()) {
		sp = sp.over(shift(last, 1-ledgerDays, sp.zone), last)
	}
	return sp, nil
}

// The years in which calls are counted by day: an upstream's clock that is out
// of order, and an id that is not one of its ids, may speak of any other.
const (
	firstYear = 1970
	lastYear  = 2106
)

// parts are the edges of the span's days as store.Completeness takes them, the
// newest days first. All days before the years in which calls are counted are
// one, and all days after them.
func (s span) parts() iter.Seq[[]time.Time] {
	return func(yield func([]time.Time) bool) {
		end, low, high := s.ends, query.DayStart(firstYear, 1, 1, s.zone), query.DayStart(lastYear+1, 1, 1, s.zone)
		for end.After(s.begins) {
			from := latest(s.begins, shift(end, -store.MaxDays, s.zone))
			var edges []time.Time
			switch {
			case end.After(high):
				from = latest(s.begins, high)
				edges = []time.Time{from, end}
			case !end.After(low):
				from = s.begins
				edges = []time.Time{from, end}
			default:
				from = latest(from, low)
				edges = dayEdges(from, end.Add(-1), s.zone)
			}
			if !yield(edges) {
				return
			}
			end = from
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// countDays counts the days of a span, however many they are: bots in order,
// each with its newest day first.
func (s *Server) countDays(v *visit, sp span, indexed int64) ([]botBook, error) {
	var counted []store.LedgerDay
	for edges := range sp.parts() {
		days, err := s.Store.Days(v.ctx(), scopeTo(v.scope(), sp.Bot), edges, indexed)
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		counted = append(counted, days...)
	}
	slices.SortStableFunc(counted, func(a, b store.LedgerDay) int { return strings.Compare(a.BotID, b.BotID) })
	return byBot(counted), nil
}
