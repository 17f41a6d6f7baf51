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
	mu   sync.Mutex
	kept map[string]keptLedger
}

type keptLedger struct {
	ledger store.Ledger
	until  time.Time
}

const (
	overviewLife = 10 * time.Second
	maxOverviews = 200
)

func newOverviews() *overviews { return &overviews{kept: map[string]keptLedger{}} }

// hastily is how much older a sum may be where somebody types and waits.
const hastily = time.Minute

// ledger sums up what is in the scope.
func (o *overviews) ledger(ctx context.Context, a store.Archive, scope store.Scope, now time.Time) (store.Ledger, error) {
	return o.recent(ctx, a, scope, now, 0)
}

// recent is ledger, with a sum that may be older than usual by grace.
func (o *overviews) recent(ctx context.Context, a store.Archive, scope store.Scope, now time.Time, grace time.Duration) (store.Ledger, error) {
	key := strings.Join(scope.Bots(), "\x00")
	if scope.EveryBot() {
		key = "\x00all"
	}
	key += "\x00\x00" + strings.Join(scope.Queues(), "\x00")
	o.mu.Lock()
	k, ok := o.kept[key]
	o.mu.Unlock()
	if ok && now.Before(k.until.Add(grace)) {
		return k.ledger, nil
	}
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
	o.kept[key] = keptLedger{ledger: l, until: now.Add(overviewLife)}
	return l, nil
}
