package web

import (
	"context"
	"io"
	"time"

	"afterbeep/index"
	"afterbeep/store"
)

// Searcher is what the pages need of the index; *index.Index is one.
type Searcher interface {
	// Search answers from what is in the scope. index.ErrCursor for a cursor
	// that is not of this query and sort.
	Search(ctx context.Context, s store.Scope, r index.Request) (*index.Result, error)
	// Status says how far the index is.
	Status() index.Status
}

// Player opens recordings. It must be safe for concurrent use.
type Player interface {
	// Open returns the audio of recording n of v, which is one of
	// v.Recordings. *Unavailable where it can't be had.
	Open(ctx context.Context, v store.Voicemail, n int) (Audio, error)
}

// Audio is a recording that is open. Content is closed by whoever asked for it.
type Audio struct {
	Content io.ReadSeekCloser // to seek from its end may fail with *Unavailable
	Type    string            // as "audio/wav"; "" is application/octet-stream
	ModTime time.Time         // zero where not known
	ETag    string            // with its quotes; "" where not known
}

// Ingest is what the pages show of the ingester, and the one thing they ask of
// it. It must be safe for concurrent use.
type Ingest interface {
	// RunNow asks for a pass as soon as none is running, and returns at once.
	RunNow()
	// Status says how the ingester stands.
	Status() IngestStatus
}

// IngestStatus is how the ingester stands. Words in it are shown as they are,
// so they must hold no secrets and no links.
type IngestStatus struct {
	Running    bool
	Bots       []string // the connected bots
	Schedule   string   // as "*/5 * * * *"
	LastStart  time.Time
	LastEnd    time.Time
	LastResult string    // one sentence; "" before the first pass
	LastFailed bool      // LastResult tells of a failure
	NextAt     time.Time // zero where none is planned
}
