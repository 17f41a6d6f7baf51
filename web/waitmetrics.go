package web

import (
	"context"
	"time"

	waits "afterbeep/measure"
	"afterbeep/store"
)

// waitingSums is what the metrics tell of requests that are not done.
type waitingSums struct {
	open, overdue int
	longest       time.Duration
}

func (w *waitingSums) collect(set func(string, float64, ...string)) {
	set(metricCallbacks, float64(w.open))
	set(metricOverdue, float64(w.overdue))
	set(metricLongestWait, w.longest.Seconds())
}

// readWaiting sums up the requests that are not done. There may be tens of
// thousands, so what is told stands for a while.
func (g *gauges) readWaiting(ctx context.Context, v *gaugeValues, now time.Time) error {
	if v.waiting != nil && now.Before(v.waitUntil) {
		return nil
	}
	v.waiting = nil
	desk, err := g.s.Store.Desk(ctx)
	if err != nil {
		return err
	}
	clock, err := waits.NewClock(desk)
	if err != nil {
		return err
	}
	list, err := g.s.Store.OpenRequests(ctx, store.AllBots(), clock.Late(now))
	if err != nil {
		return err
	}
	sums := new(waitingSums)
	for _, o := range list {
		sums.open += o.Open
		sums.overdue += o.Overdue
		sums.longest = max(sums.longest, clock.Waited(o.BotID, o.Queue, o.Oldest, now))
	}
	v.waiting, v.waitUntil = sums, now.Add(countLife)
	return nil
}

// tellReached counts the requests that were just closed with their callers spoken
// to.
func (s *Server) tellReached(d store.Desk, closed []store.Callback) {
	clock, err := waits.NewClock(d)
	if err != nil {
		return // the metric alone is without them
	}
	for _, c := range closed {
		end, known := d.Disposition(c.Outcome)
		if known && end.Reached && c.Status == store.CallbackDone && c.Lane == store.LaneRequests {
			s.meter.reached.Observe(clock.Waited(c.BotID, c.Queue, c.LeftAt, c.ClosedAt).Seconds())
		}
	}
}
