package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// classOf is the store's class of the client's.
func classOf(c kore.Class) store.Class {
	switch c {
	case kore.ClassListener:
		return store.ClassListener
	case kore.ClassFresh:
		return store.ClassFresh
	case kore.ClassDiscovery:
		return store.ClassDiscovery
	case kore.ClassRecordings:
		return store.ClassRecordings
	}
	return store.ClassBackfill
}

// Budget is an account's allowance, kept in the store so that every process
// draws on the same one. It implements kore.Budget and is safe for concurrent use.
type Budget struct {
	budgets store.Budgets
	account string
	limits  []store.Limit
	log     *slog.Logger
	wait    func(context.Context, time.Duration) error
}

var _ kore.Budget = (*Budget)(nil)

// SessionsLimits are those of the session history of one bot: nine tenths of the
// vendor's 60 requests a minute and 1,800 an hour.
func SessionsLimits() []store.Limit {
	return []store.Limit{{Per: time.Minute, Most: 54}, {Per: time.Hour, Most: 1620}}
}

// NewBudget makes the allowance of an account within limits (store.Limits). A
// nil log logs nothing.
func NewBudget(budgets store.Budgets, account string, limits []store.Limit, log *slog.Logger) (*Budget, error) {
	switch {
	case budgets == nil:
		return nil, errors.New("budget: no store")
	case account == "":
		return nil, errors.New("budget: no account")
	}
	if _, err := store.CheckLimits(limits); err != nil {
		return nil, fmt.Errorf("budget: %w", err)
	}
	return &Budget{budgets: budgets, account: account, limits: limits, log: orDiscard(log), wait: pauseOrStop}, nil
}

// Reserve blocks until one request of the class may be sent. It returns ctx's
// error when ctx ends, and the store's when the store can't be asked.
func (b *Budget) Reserve(ctx context.Context, class kore.Class) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, err := b.budgets.Reserve(ctx, b.account, classOf(class), b.limits...)
		if err != nil {
			return fmt.Errorf("reserve a request: %w", err)
		}
		if wait <= 0 {
			return nil
		}
		if err := b.wait(ctx, wait); err != nil {
			return err
		}
	}
}

// Report tells the store what an answer said about the limit. That it can't is
// logged: the next answer tells it again.
func (b *Budget) Report(ctx context.Context, v kore.Verdict) {
	err := b.budgets.Answered(ctx, b.account, store.Verdict{Limited: v.Limited, RetryAfter: v.RetryAfter, Hourly: v.Hourly, Unclear: v.Unclear})
	if err != nil {
		b.log.WarnContext(ctx, "write down an answer's verdict", "account", b.account, "err", err)
	}
}

// errStopping is why a request that was not sent yet is given up at a stop.
var errStopping = errors.New("the ingester stops")

type stoppingKey struct{}

// withStopping makes waits for the budget end when stop ends, although ctx goes
// on: what is already sent may finish, what is not is given back.
func withStopping(ctx, stop context.Context) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stop.Done())
}

// pauseOrStop waits for d, or returns early with ctx's error or errStopping.
func pauseOrStop(ctx context.Context, d time.Duration) error {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stopping:
		return errStopping
	case <-timer.C:
		return nil
	}
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
