package web

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"afterbeep/store"
)

// overviews keeps what the archive holds, for each scope, for a few seconds:
// every search page shows it, and counting a large archive is no small thing.
// An empty archive is never kept, so that the first message shows at once.
// Safe for concurrent use.
type overviews struct {
	mu      sync.Mutex
	kept    map[string]keptLedger
	summing sync.WaitGroup // behind somebody's back
}

type keptLedger struct {
	ledger store.Ledger
	until  time.Time
	asked  time.Time // when somebody set out to make the next one
}

const (
	overviewLife = 10 * time.Second
	maxOverviews = 200
)

func newOverviews() *overviews { return &overviews{kept: map[string]keptLedger{}} }

// Where somebody types and waits, a sum may be older by staleLife: from hastily on
// it is made anew behind their back.
const (
	hastily   = time.Minute
	staleLife = 10 * time.Minute
	sumLasts  = 10 * time.Second // at most, behind somebody's back
)

// ledger sums up what is in the scope.
func (o *overviews) ledger(ctx context.Context, a store.Archive, scope store.Scope, now time.Time) (store.Ledger, error) {
	k, ok := o.get(scopeKey(scope))
	if ok && now.Before(k.until) {
		return k.ledger, nil
	}
	return o.sum(ctx, a, scope, now)
}

// atOnce is ledger for somebody who waits: with a sum that is older, if there is
// one, while the next one is made.
func (o *overviews) atOnce(ctx context.Context, a store.Archive, scope store.Scope, now time.Time) (store.Ledger, error) {
	key := scopeKey(scope)
	k, ok := o.get(key)
	if !ok || !now.Before(k.until.Add(staleLife)) {
		return o.sum(ctx, a, scope, now)
	}
	if now.Before(k.until.Add(hastily)) || !o.renews(key, now) {
		return k.ledger, nil
	}
	o.summing.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sumLasts)
		defer cancel()
		_, _ = o.sum(ctx, a, scope, now) // the next page says what is wrong
	})
	return k.ledger, nil
}

// sum makes a sum and keeps it.
func (o *overviews) sum(ctx context.Context, a store.Archive, scope store.Scope, now time.Time) (store.Ledger, error) {
	l, err := a.Ledger(ctx, scope)
	if err != nil {
		return l, fmt.Errorf("sum up the archive: %w", err)
	}
	if l.Voicemails == 0 {
		return l, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.kept) >= maxOverviews {
		clear(o.kept)
	}
	o.kept[scopeKey(scope)] = keptLedger{ledger: l, until: now.Add(overviewLife)}
	return l, nil
}

func (o *overviews) get(key string) (keptLedger, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	k, ok := o.kept[key]
	return k, ok
}

// renews reports whether it is the caller who makes the sum of a key anew: one at
// a time does.
func (o *overviews) renews(key string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	k, ok := o.kept[key]
	if !ok || now.Before(k.asked.Add(sumLasts)) {
		return false
	}
	k.asked = now
	o.kept[key] = k
	return true
}

// scopeKey tells scopes apart.
func scopeKey(scope store.Scope) string {
	key := strings.Join(scope.Bots(), "\x00")
	if scope.EveryBot() {
		key = "\x00all"
	}
	return key + "\x00\x00" + strings.Join(scope.Queues(), "\x00")
}
