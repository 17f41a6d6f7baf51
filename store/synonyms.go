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
	// SaveSynonyms replaces the lists and returns them with their ChangedAt.
	// ErrInvalid when the text is over MaxSynonyms long.
	SaveSynonyms(ctx context.Context, l SynonymLists) (SynonymLists, error)
}

// MaxSynonyms is how long the text of lists of synonyms is at most, in bytes.
const MaxSynonyms = 256 << 10

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
