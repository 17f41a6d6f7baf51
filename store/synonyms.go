package store

import (
	"context"
	"fmt"
	"time"
)

// Synonyms keeps the lists of synonyms that an administrator has written.
type Synonyms interface {
	// Synonyms returns the lists that were saved last; the zero value where
	// none ever were.
	Synonyms(ctx context.Context) (SynonymLists, error)
	// SynonymsChanged returns their ChangedAt alone.
	SynonymsChanged(ctx context.Context) (time.Time, error)
	// SaveSynonyms replaces the lists and returns them with their ChangedAt,
	// which is later than that of those replaced. replaces is the ChangedAt of
	// these, zero where none were saved: ErrConflict when it is another by now.
	// ErrInvalid when the text is over MaxSynonyms long.
	SaveSynonyms(ctx context.Context, l SynonymLists, replaces time.Time) (SynonymLists, error)
}

// MaxSynonyms is how long the text of lists of synonyms is at most, in bytes: more
// than twice what is built in, so that who begins with that can save it and go on.
const MaxSynonyms = 1 << 20

// SynonymLists are the lists of synonyms of the whole installation. What their
// text means is the index's matter.
type SynonymLists struct {
	Text      string
	OwnOnly   bool // the lists that are built in are not used beside them
	ChangedBy string
	ChangedAt time.Time // given by the store; zero where never saved
}

// Clean returns the lists with clean text and a cut time. ErrInvalid as of
// SaveSynonyms.
func (l SynonymLists) Clean() (SynonymLists, error) {
	cleanAll(&l.Text, &l.ChangedBy)
	cutAll(&l.ChangedAt)
	if len(l.Text) > MaxSynonyms {
		return SynonymLists{}, fmt.Errorf("synonyms of %d bytes, where %d is the most: %w", len(l.Text), MaxSynonyms, ErrInvalid)
	}
	return l, nil
}

// ChangedAfter returns when lists are changed that are saved now, over those of
// before: always later than these. ErrConflict as of SaveSynonyms.
func ChangedAfter(before, replaces, now time.Time) (time.Time, error) {
	if !before.Equal(Cut(replaces)) {
		return time.Time{}, fmt.Errorf("synonyms: %w", ErrConflict)
	}
	if now = Cut(now).UTC(); !now.After(before) {
		now = before.UTC().Add(time.Microsecond)
	}
	return now, nil
}
