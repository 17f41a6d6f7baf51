package ingest

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// What an account may be refused one of and granted the other.
const (
	familyVoicemail  = "voicemails"
	familyRecordings = "recordings of calls"
)

// The bounds of the pause of an account in trouble.
const (
	firstTroublePause = time.Minute
	longTroublePause  = 15 * time.Minute
)

// troubles knows which accounts are in trouble with what, so that a thousand
// tasks don't meet it one by one, and which recordings lie on hosts that are not
// allowed. It is safe for concurrent use.
type troubles struct {
	now func() time.Time
	log *slog.Logger

	mu    sync.Mutex // guards what is below
	of    map[troubleKey]*troubled
	hosts map[recordingAt]time.Time // when recordings were last seen on hosts that are not allowed
}

type troubleKey struct{ account, family string }

// recordingAt names a recording.
type recordingAt struct {
	voicemail int64
	n         int
}

type troubled struct {
	lastGood time.Time
	refused  map[int64]bool // voicemails since then
	step     time.Duration  // how long the last pause was; 0 while there is none
	until    time.Time
	words    string
}

func newTroubles(now func() time.Time, log *slog.Logger) *troubles {
	return &troubles{now: now, log: log, of: map[troubleKey]*troubled{}, hosts: map[recordingAt]time.Time{}}
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

// host notes whether a recording lies on a host that is not allowed. That is the
// recording's own trouble.
func (t *troubles) host(voicemail int64, n int, refused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := recordingAt{voicemail, n}
	if !refused {
		delete(t.hosts, at)
		return
	}
	if len(t.hosts) == 0 {
		t.log.Warn("a recording lies on a media host that is not allowed", "voicemail", voicemail)
	}
	t.hosts[at] = t.now()
}

// hostWords says how many recordings lie on hosts that are not allowed; "" for
// none. t.mu is held.
func (t *troubles) hostWords() string {
	// Each is tried again within a day, but for those that are given up.
	now := t.now()
	maps.DeleteFunc(t.hosts, func(_ recordingAt, seen time.Time) bool { return now.Sub(seen) > 2*longestWait })
	switch n := len(t.hosts); n {
	case 0:
		return ""
	case 1:
		return "1 recording lies on a host that is not among the media hosts"
	default:
		return fmt.Sprintf("%d recordings lie on hosts that are not among the media hosts", n)
	}
}

// words is what ails the accounts, of the first one in order, or else their
// recordings; "" for nothing.
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
		return t.hostWords()
	}
	return slices.Min(all)
}
