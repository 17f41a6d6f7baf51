package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// SavedSearches keeps the searches that people want to come back to, and how far
// each of them has looked. A saved search is seen by who made it, and by all
// where it is shared; to the others it does not exist. What it finds is the
// reader's matter: it is run with the rights of whoever looks.
type SavedSearches interface {
	// SavedSearches lists those that the user sees: the own ones by name, then
	// the shared ones of others by name and id.
	SavedSearches(ctx context.Context, userID int64) ([]SavedSearch, error)
	// SavedSearch returns one. ErrNotFound where the user sees none of that id.
	SavedSearch(ctx context.Context, userID, id int64) (SavedSearch, error)
	// SaveSearch adds a search where s.ID is 0, and else replaces name, params
	// and shared of the owner's one with that ID. It returns what is kept; a new
	// one counts as looked at, up to s.Looked. ErrExists where another of the owner's
	// has the name, ErrNotFound where there is no such user or the owner has
	// none with that ID, ErrInvalid as of SavedSearch.Clean and where the owner
	// has MaxSearches already.
	SaveSearch(ctx context.Context, s SavedSearch) (SavedSearch, error)
	// DeleteSearch forgets one, with all alerts on it. ErrNotFound where the
	// user owns none of that id.
	DeleteSearch(ctx context.Context, userID, id int64) error
	// LookAt writes down that the user looked at a search when the change feed
	// was at seq; an earlier seq than that of the last look changes nothing.
	// ErrNotFound as of SavedSearch.
	LookAt(ctx context.Context, userID, id, seq int64) error
	// News lists the voicemails that were news after a number of the change
	// feed, the latest news first: those that came, and those whose transcript
	// did. At most limit, which is clamped to 1 to MaxChanges. Erased ones may be
	// among them.
	News(ctx context.Context, after int64, limit int) ([]int64, error)
}

// Bounds of saved searches.
const (
	// MaxSearches is how many one user may own.
	MaxSearches = 200
	// MaxParams is how long a search is at most, in bytes: a query of 32 KB,
	// percent-encoded, and its filters.
	MaxParams = 128 << 10
)

// SavedSearch is a search under a name.
type SavedSearch struct {
	ID     int64
	UserID int64  // who owns it
	Owner  string // that user's name; given by the store
	Name   string
	// Params is the search as the query of an address, as "q=refund&lang=en".
	// What it means is web's matter.
	Params    string
	Shared    bool // everybody sees it
	CreatedAt time.Time
	ChangedAt time.Time
	// Looked is how far the change feed was when the reader last looked, LookedAt
	// when that was; 0 and zero where never.
	Looked   int64
	LookedAt time.Time
}

// Clean returns the search with a clean and trimmed name, clean params and cut
// times. ErrInvalid for a name that is empty, over MaxID or has control
// characters, and for params over MaxParams.
func (s SavedSearch) Clean() (SavedSearch, error) {
	cleanAll(&s.Name, &s.Params)
	cutAll(&s.CreatedAt, &s.ChangedAt, &s.LookedAt)
	s.Name = strings.TrimSpace(s.Name)
	switch {
	case s.Name == "" || len(s.Name) > MaxID || strings.ContainsFunc(s.Name, unicode.IsControl):
		return SavedSearch{}, fmt.Errorf("a saved search with a name of %d bytes: %w", len(s.Name), ErrInvalid)
	case len(s.Params) > MaxParams:
		return SavedSearch{}, fmt.Errorf("a saved search of %d bytes, where %d is the most: %w", len(s.Params), MaxParams, ErrInvalid)
	}
	return s, nil
}

// IsNews reports whether a voicemail as it is now is news over what was stored
// of it, nil where nothing was: it came, or its transcript did. It is pure.
func IsNews(had *Voicemail, now Voicemail) bool {
	return had == nil || had.Transcript != TranscriptPresent && now.Transcript == TranscriptPresent
}
