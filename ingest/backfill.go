package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

const (
	// askedByCommand is who asked for the backfill of a one-off pass.
	askedByCommand = "ingest"
	// askedSlack is how far this clock may be behind the store's, by which it
	// is known when a backfill was asked for.
	askedSlack = 15 * time.Second
	// leftFor is for how long what is left of a backfill is believed: another
	// process may work on it too.
	leftFor = 10 * time.Minute
)

// ErrBackfillStopped is how a pass of a range ends whose backfill somebody has
// stopped (store.BackfillStopped), in whatever process.
var ErrBackfillStopped = errors.New("the backfill was stopped before it was done")

// BackfillStatus is how far a backfill is.
type BackfillStatus struct {
	store.Backfill
	Looked float64   // how much of the range was looked at, 0 to 1
	Due    int       // sessions found in it that are still to be asked for
	EndsAt time.Time // an estimate of when nothing of it is left; zero where there is none
	Why    string    // why it does not go on, or why there is no estimate; safe to show
}

// AddBackfill asks for a range of an account's past to be looked at, newest
// first, when nothing more urgent is to be done. What lies ahead is cut off. The
// same range again goes on with it. ErrNoUpstream where no bot of the account is
// connected; store.ErrInvalid for a range without a past.
func (in *Ingester) AddBackfill(ctx context.Context, accountID string, from, to time.Time, by string) (store.Backfill, error) {
	all := in.all()
	at := slices.IndexFunc(all, func(a *account) bool { return a.id == accountID })
	if at < 0 {
		return store.Backfill{}, fmt.Errorf("add a backfill of account %q: %w", accountID, ErrNoUpstream)
	}
	b, err := in.addBackfill(ctx, accountID, from, to, by)
	if err == nil {
		signal(all[at].dug)
	}
	return b, err
}

func (in *Ingester) addBackfill(ctx context.Context, accountID string, from, to time.Time, by string) (store.Backfill, error) {
	now := in.cfg.Now().UTC().Truncate(time.Second)
	from = from.UTC().Truncate(time.Second)
	if cut := to.UTC().Truncate(time.Second); cut.Before(to) {
		to = cut.Add(time.Second)
	}
	if to.IsZero() || to.After(now) {
		to = now
	}
	return in.cfg.Store.AddBackfill(ctx, store.Backfill{AccountID: accountID, From: from, To: to, AskedBy: by})
}

// digger is what a run knows of the backfill that it works on.
type digger struct {
	id      int64
	sources []*source
	left    map[*source][]span
	counted time.Time // when left was worked out
}

// openBackfill is the account's backfill to work on: that with the id, or with 0
// the one asked for last; ok is false where none is open.
func (r *run) openBackfill(ctx context.Context, id int64) (b store.Backfill, ok bool, err error) {
	all, err := r.in.cfg.Store.Backfills(ctx, r.account.id)
	if err != nil {
		return b, false, fmt.Errorf("list backfills: %w", err)
	}
	at := slices.IndexFunc(all, func(b store.Backfill) bool {
		return b.State == store.BackfillOpen && (id == 0 || b.ID == id)
	})
	if at < 0 {
		return b, false, nil
	}
	return all[at], true, nil
}

// dig looks at one window of an open backfill (openBackfill), or notes that
// nothing is left of it. worked is false where none is open. store.ErrLocked
// where another process is at work, and noWait.
func (r *run) dig(ctx context.Context, id int64) (worked bool, err error) {
	b, ok, err := r.openBackfill(ctx, id)
	if err != nil || !ok {
		return false, err
	}
	step := func(ctx context.Context) error { return r.digStep(ctx, b) }
	err = r.in.exclusively(ctx, r.account.digs, digLock(r.account.id), true, step)
	if errors.Is(err, store.ErrLocked) {
		r.digger = nil // the other may have done some of it
		if !r.opts.noWait {
			err = r.in.exclusively(ctx, r.account.digs, digLock(r.account.id), false, step)
		}
	}
	return err == nil, err
}

// digStep looks at the newest window of a backfill that was not looked at.
func (r *run) digStep(ctx context.Context, b store.Backfill) error {
	now := r.in.cfg.Now()
	if r.digger == nil || r.digger.id != b.ID || now.Sub(r.digger.counted) > leftFor {
		d := &digger{id: b.ID, sources: r.sources(kore.ClassBackfill, true), left: map[*source][]span{}, counted: now}
		for _, src := range d.sources {
			left, _, err := r.in.undug(ctx, src.windows, b)
			if err != nil {
				return err
			}
			d.left[src] = left
		}
		r.digger = d
	}
	for _, src := range r.digger.sources {
		left := r.digger.left[src]
		if len(left) == 0 {
			continue
		}
		newest := &left[len(left)-1]
		done, err := r.lookAt(ctx, src, *newest)
		if err != nil {
			return err
		}
		if newest.To = done.From; !newest.From.Before(newest.To) {
			r.digger.left[src] = left[:len(left)-1]
		}
		return nil
	}
	r.digger = nil
	if err := r.in.cfg.Store.SetBackfill(ctx, b.ID, store.BackfillDone); err != nil {
		return fmt.Errorf("note the end of a backfill: %w", err)
	}
	r.in.log.InfoContext(ctx, "a backfill is done", "account", b.AccountID, "from", b.From, "to", b.To)
	return nil
}

// undug is what is left of a backfill under a name of windows, oldest first,
// with the pages that the rest took. What was looked at since it was asked for,
// wholly after its end, is done.
func (in *Ingester) undug(ctx context.Context, windows string, b store.Backfill) (left []span, pages int, err error) {
	looked, err := in.cfg.Store.Windows(ctx, windows, b.From)
	if err != nil {
		return nil, 0, fmt.Errorf("list windows: %w", err)
	}
	since := b.AskedAt.Add(-askedSlack)
	looked = slices.DeleteFunc(looked, func(w store.Window) bool {
		return w.LookedAt.Before(since) || w.LookedAt.Before(w.To) || !w.From.Before(b.To)
	})
	for _, w := range looked {
		pages += w.Pages
	}
	return subtract(span{b.From, b.To}, covered(looked, since, 0)), pages, nil
}

// lookRange looks at the range of a one-off pass: at what reaches the present at
// once, at the rest as a backfill, so that it goes on where it was broken off.
func (r *run) lookRange(ctx context.Context) error {
	now := r.in.cfg.Now()
	past, present := split(span{r.opts.From, r.opts.To}, now)
	if present.From.Before(present.To) {
		err := r.in.exclusively(ctx, r.account.looks, lookLock(r.account.id), r.opts.noWait, func(ctx context.Context) error {
			var errs []error
			for _, src := range r.sources(kore.ClassDiscovery, true) {
				errs = append(errs, r.look(ctx, src, rangeWindows(present.From, present.To)))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			return err
		}
	}
	if !past.From.Before(past.To) {
		return nil
	}
	b, err := r.in.addBackfill(ctx, r.account.id, past.From, past.To, askedByCommand)
	for worked := true; worked && err == nil; {
		worked, err = r.dig(ctx, b.ID)
	}
	if err == nil {
		return r.dugAll(ctx, b.ID)
	}
	if b.AskedBy == askedByCommand && b.ID != 0 {
		// A server on the same store would go on with what somebody has
		// broken off here.
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
		defer cancel()
		err = errors.Join(err, r.in.cfg.Store.SetBackfill(stop, b.ID, store.BackfillStopped))
	}
	return err
}

// dugAll is ErrBackfillStopped for a backfill that is not open any more without
// being done.
func (r *run) dugAll(ctx context.Context, id int64) error {
	all, err := r.in.cfg.Store.Backfills(ctx, r.account.id)
	if err != nil {
		return fmt.Errorf("list backfills: %w", err)
	}
	if slices.ContainsFunc(all, func(b store.Backfill) bool { return b.ID == id && b.State == store.BackfillDone }) {
		return nil
	}
	return ErrBackfillStopped
}

// presentFor is how long before now the present begins, in a range that reaches
// it: a short one is looked at without a backfill.
const presentFor = maxWindow

// split cuts a range into what is a backfill and what reaches the present. A
// zero To is now. The cut is at a midnight, so that the same range asked for
// again on that day is the same backfill.
func split(s span, now time.Time) (past, present span) {
	if s.To.IsZero() || s.To.After(now.Add(-time.Minute)) {
		s.To = now
		if now.Sub(s.From) <= presentFor {
			return span{}, s
		}
		today := now.UTC().Truncate(24 * time.Hour)
		return span{s.From, today}, span{today, now}
	}
	return s, span{}
}
