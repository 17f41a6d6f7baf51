package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

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
		sp.edges = dayEdges(first, last, sp.zone)
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
		sp.edges = dayEdges(shift(last, 1-ledgerDays, sp.zone), last, sp.zone)
	}
	return sp, nil
}

// countDays counts the days of a span, however many they are: bots in order,
// each with its newest day first.
func (s *Server) countDays(v *visit, sp span, indexed int64) ([]botBook, error) {
	var counted []store.LedgerDay
	for end := len(sp.edges); end > 1; end = max(1, end-store.MaxDays) {
		edges := sp.edges[max(0, end-store.MaxDays-1):end]
		days, err := s.Store.Days(v.ctx(), scopeTo(v.scope(), sp.Bot), edges, indexed)
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		counted = append(counted, days...)
	}
	slices.SortStableFunc(counted, func(a, b store.LedgerDay) int { return strings.Compare(a.BotID, b.BotID) })
	return byBot(counted), nil
}
