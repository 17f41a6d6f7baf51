package ingest

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
)

// What an account may be refused one of and granted the other.
const (
	familyVoicemail  = "voicemails"
	familyRecordings = "recordings of calls"
	// familyMedia is the media host, which is refused by ourselves.
	familyMedia = "media"
)

// The bounds of the pause of an account in trouble.
const (
	firstTroublePause = time.Minute
	longTroublePause  = 15 * time.Minute
)

// troubles knows which accounts are in trouble with what, so that a thousand
// tasks don't meet it one by one. It is safe for concurrent use.
type troubles struct {
	now func() time.Time
	log *slog.Logger

	mu sync.Mutex // guards of
	of map[troubleKey]*troubled
}

type troubleKey struct{ account, family string }

type troubled struct {
	lastGood time.Time
	refused  map[int64]bool // voicemails since then
	step     time.Duration  // how long the last pause was; 0 while there is none
	until    time.Time
	words    string
}

func newTroubles(now func() time.Time, log *slog.Logger) *troubles {
	return &troubles{now: now, log: log, of: map[troubleKey]*troubled{}}
}

func (t *troubles) at(account, family string) *troubled {
	key := troubleKey{account, family}
	if t.of[key] == nil {
		t.of[key] = &troubled{refused: map[int64]bool{}}
	}
	return t.of[key]
}

// paused is how long an account is left alone with a family, and why; 0 where
// it is not.
func (t *troubles) paused(account, family string) (wait time.Duration, words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.of[troubleKey{account, family}]
	if a == nil || a.step == 0 {
		return 0, ""
	}
	return max(a.until.Sub(t.now()), 0), a.words
}

// good notes that the account was answered.
func (t *troubles) good(account, family string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.at(account, family)
	if a.step > 0 {
		t.log.Info("the account is answered again", "account", account, "about", family)
	}
	*a = troubled{lastGood: t.now(), refused: map[int64]bool{}}
}

// refused notes that the account was refused for a voicemail, and tells whether
// that is the account's trouble. It is not while others are answered: then the
// one is refused.
func (t *troubles) refused(account, family string, voicemail int64, err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, now := t.at(account, family), t.now()
	a.refused[voicemail] = true
	if !a.lastGood.IsZero() && now.Sub(a.lastGood) <= goodFor && len(a.refused) < refusedLimit {
		return false
	}
	clear(a.refused)
	a.refused[voicemail] = true
	if now.Before(a.until) {
		return true // was under way when the pause began
	}
	a.lastGood = time.Time{}
	first := a.step == 0
	a.step = min(max(2*a.step, firstTroublePause), longTroublePause)
	a.until, a.words = now.Add(a.step), "account "+account+": "+reasonOf(err)
	if first {
		t.log.Warn("the account is refused; its tasks wait", "account", account, "about", family, "err", reasonOf(err))
	}
	return true
}

// words is what ails the accounts, of the first one in order; "" for nothing.
func (t *troubles) words() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for a := range maps.Values(t.of) {
		if a.step > 0 {
			all = append(all, a.words)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return slices.Min(all)
}

// isFamilyTrouble reports whether an error is about what an account may do in a
// family.
func isFamilyTrouble(err error, family string) bool {
	if family == familyMedia {
		return kore.KindOf(err) == kore.KindHost
	}
	return isAccountTrouble(err)
}
