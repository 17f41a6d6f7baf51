package ingest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

const (
	// estimated is of how many backfills that are not done it is told how far
	// they are.
	estimated = 20
	// sampled is how much of what was looked at last tells what is to be
	// expected further back. To count all of it can take seconds.
	sampled = 7 * 24 * time.Hour
)

// Backfills lists the backfills of all accounts, the one asked for last first,
// with how far they are; of the older ones of many that are not done it is not
// worked out.
func (in *Ingester) Backfills(ctx context.Context) ([]BackfillStatus, error) {
	kept, err := in.cfg.Store.Backfills(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("list backfills: %w", err)
	}
	all := make([]BackfillStatus, 0, len(kept))
	open := 0
	for _, b := range kept {
		if b.State == store.BackfillDone {
			all = append(all, BackfillStatus{Backfill: b, Looked: 1})
			continue
		}
		if open++; open > estimated {
			all = append(all, BackfillStatus{Backfill: b, Why: "how far it is is worked out for the newest only"})
			continue
		}
		s, err := in.backfillStatus(ctx, b)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// backfillStatus is how far a backfill is that is not done.
func (in *Ingester) backfillStatus(ctx context.Context, b store.Backfill) (BackfillStatus, error) {
	s := BackfillStatus{Backfill: b}
	accounts := in.all()
	at := slices.IndexFunc(accounts, func(a *account) bool { return a.id == b.AccountID })
	if at < 0 {
		s.Why = "no bot of its account is connected"
		return s, nil
	}
	a := accounts[at]
	work, err := in.workLeft(ctx, a, b)
	if err != nil {
		return s, err
	}
	if whole := work.Looked + work.Left; whole > 0 {
		s.Looked = float64(work.Looked) / float64(whole)
	}
	s.Due = work.Due
	trouble := a.trouble()
	switch {
	case work.Left == 0 && work.Due == 0:
	case b.State == store.BackfillStopped:
		s.Why = "it is stopped"
	case trouble != nil:
		s.Why = safeError(trouble)
	default:
		if s.EndsAt = work.endsAt(in.cfg.Now()); s.EndsAt.IsZero() {
			s.Why = "how long it takes is not known yet"
		}
	}
	return s, nil
}

// workLeft counts what a backfill has done and has to do.
func (in *Ingester) workLeft(ctx context.Context, a *account, b store.Backfill) (workLeft, error) {
	w := workLeft{Pace: a.pace.perMinute(in.cfg.Now()), Limit: in.cfg.RatePerMinute}
	r := in.newRun(a, PassOptions{})
	edge := b.To // where what was looked at begins
	sources := r.sources(kore.ClassBackfill, true)
	for _, src := range sources {
		whole := b.To.Sub(b.From)
		left, pages, err := in.undug(ctx, src.windows, b)
		if err != nil {
			return w, err
		}
		for _, s := range left {
			w.Left += s.To.Sub(s.From)
			whole -= s.To.Sub(s.From)
		}
		if len(left) > 0 {
			edge = earlier(edge, left[len(left)-1].To)
		}
		w.Looked += whole
		w.Pages += pages
	}
	var bots []string
	for _, bot := range a.all() {
		bots = append(bots, bot.ID)
	}
	var err error
	if w.Due, err = in.cfg.Store.OpenSessions(ctx, store.OnlyBots(bots...), b.From, b.To); err != nil {
		return w, fmt.Errorf("count the sessions of a backfill: %w", err)
	}
	if w.Left == 0 || !edge.Before(b.To) {
		return w, nil
	}
	until := earlier(edge.Add(sampled), b.To)
	days, err := in.cfg.Store.Days(ctx, store.OnlyBots(bots...), []time.Time{edge, until}, 0)
	if err != nil {
		return w, fmt.Errorf("count the sessions of a part of a backfill: %w", err)
	}
	w.Sampled = until.Sub(edge) * time.Duration(len(sources))
	for _, d := range days {
		w.Wanted += d.Known - d.Skipped
	}
	return w, nil
}

// workLeft is what a backfill has done and has to do, and how fast it goes.
type workLeft struct {
	Looked time.Duration // how much of the range was looked at
	Left   time.Duration // how much was not
	Pages  int           // requests that the looks took
	Due    int           // sessions found that are still to be asked for
	// Wanted sessions of a part of what was looked at, as long as Sampled, were
	// or are to be asked for.
	Wanted  int
	Sampled time.Duration
	Pace    float64 // requests a minute, as measured; 0 is not known
	Limit   float64 // the most of them; 0 is not known
}

// longestEstimate is what nobody need be told an hour of.
const longestEstimate = 10 * 365 * 24 * time.Hour

// endsAt estimates when the work ends, if what is left of the range is as what
// was looked at; zero where nothing is known, and where nothing is left.
func (w workLeft) endsAt(now time.Time) time.Time {
	pace := w.Pace
	if w.Limit > 0 {
		pace = min(pace, w.Limit)
	}
	if pace <= 0 || w.Left > 0 && (w.Looked <= 0 || w.Sampled <= 0) {
		return time.Time{}
	}
	requests := float64(w.Due)
	if w.Left > 0 {
		requests += float64(w.Pages) * float64(w.Left) / float64(w.Looked)
		requests += float64(w.Wanted) * float64(w.Left) / float64(w.Sampled)
	}
	minutes := requests / pace
	if requests == 0 || minutes > longestEstimate.Minutes() {
		return time.Time{}
	}
	return now.Add(time.Duration(minutes * float64(time.Minute)))
}

// meter measures how many requests a minute are made, over the last hour. It is
// safe for concurrent use.
type meter struct {
	mu      sync.Mutex
	minutes [60]struct {
		at    int64 // minutes of the Unix clock
		count int
	}
}

// tick counts one request.
func (m *meter) tick(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := now.Unix() / 60
	if slot := &m.minutes[at%60]; slot.at == at {
		slot.count++
	} else {
		slot.at, slot.count = at, 1
	}
}

// perMinute is the mean of the last hour's minutes in which requests were made,
// without the one that is not over; 0 where there is none.
func (m *meter) perMinute(now time.Time) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	current := now.Unix() / 60
	minutes, count := 0, 0
	for _, slot := range m.minutes {
		if slot.count > 0 && slot.at < current && slot.at >= current-60 {
			minutes++
			count += slot.count
		}
	}
	if minutes == 0 {
		return 0
	}
	return float64(count) / float64(minutes)
}

// called counts a request for the account's pace, where it is about the past.
func (r *run) called(class kore.Class) {
	if class == kore.ClassBackfill {
		r.account.pace.tick(r.in.cfg.Now())
	}
}
