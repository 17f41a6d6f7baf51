package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

// enlistBatch is how many sessions are put into the ledger in one transaction.
const enlistBatch = 500

// BadIDsError names session ids that can't be taken. The others were.
type BadIDsError struct {
	IDs []string // as they were given, cut to what a message can hold
}

// Error counts the ids and names the first.
func (e *BadIDsError) Error() string {
	return fmt.Sprintf("%d session ids can't be taken, the first is %q", len(e.IDs), e.IDs[0])
}

// Unwrap gives store.ErrInvalid.
func (e *BadIDsError) Unwrap() error { return store.ErrInvalid }

// Enlist makes sessions of a connected bot due at once, before those that may
// hold no voicemail: new ones are put into the ledger, and known ones that are
// not stored and not being fetched are asked again. foundBy is store.FoundByList
// or store.FoundByHook. Doing it twice is no harm. ErrNoUpstream where the bot is
// not connected; a *BadIDsError names the ids that can't be taken, when the
// others were. Blank ids are left out.
func (in *Ingester) Enlist(ctx context.Context, botID string, sessionIDs []string, foundBy string) (store.Saved, error) {
	a, bot, ok := in.of(botID)
	if !ok {
		return store.Saved{}, fmt.Errorf("enlist sessions of bot %q: %w", botID, ErrNoUpstream)
	}
	sessions, bad := a.named(bot, sessionIDs, foundBy, in.cfg.Now())
	var total store.Saved
	for batch := range slices.Chunk(sessions, enlistBatch) {
		saved, err := in.enlist(ctx, a, batch)
		total.New += saved.New
		total.Due += saved.Due
		if err != nil {
			return total, fmt.Errorf("enlist sessions: %w", err)
		}
	}
	if bot.Discovery == DiscoverSessions && total.New > 0 {
		a.describeLater(bot.ID, sessions)
	}
	if total.Due > 0 {
		signal(a.nudged)
	}
	if len(bad) > 0 {
		return total, &BadIDsError{IDs: bad}
	}
	return total, nil
}

// named are the rows of sessions that are known by their ids alone, each once.
func (a *account) named(bot Bot, ids []string, foundBy string, now time.Time) (sessions []store.Session, bad []string) {
	seen := map[string]bool{}
	for _, id := range ids {
		id = strings.TrimSpace(id)
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		s, err := store.Session{
			AccountID: a.id, BotID: bot.ID, SessionID: id, FoundBy: foundBy,
			Wanted: true, Priority: store.PriorityVoicemail, StartedAt: objectIDTime(id, now),
		}.Clean()
		if err != nil || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			bad = append(bad, id[:min(len(id), 80)])
			continue
		}
		sessions = append(sessions, s)
	}
	return sessions, bad
}

// enlist puts a batch into the ledger in one transaction, and wakes what was
// there already.
func (in *Ingester) enlist(ctx context.Context, a *account, batch []store.Session) (store.Saved, error) {
	saved, err := in.cfg.Store.SaveSessions(ctx, batch)
	if err != nil || saved.New == len(batch) {
		return saved, err
	}
	for _, s := range batch {
		woken, err := in.wakeUp(ctx, a, s.SessionID)
		if err != nil {
			return saved, err
		}
		if woken {
			saved.Due++
		}
	}
	return saved, nil
}

// wakeUp makes a known session due that is not stored. An account has a session
// once: it may be known as another bot's than the one it was named for.
func (in *Ingester) wakeUp(ctx context.Context, a *account, sessionID string) (woken bool, err error) {
	var ids []string
	for _, b := range a.all() {
		ids = append(ids, b.ID)
	}
	scope := store.OnlyBots(ids...)
	known, err := in.cfg.Store.Session(ctx, scope, sessionID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil // of a bot that is not connected any more
	}
	if err != nil {
		return false, err
	}
	switch known.State {
	case store.StateDue, store.StateLeased, store.StateStored:
		return false, nil
	}
	err = in.cfg.Store.WakeSession(ctx, scope, known.Key())
	if errors.Is(err, store.ErrLeased) || errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
