package ingest

import (
	"errors"
)

// ErrNoUpstream means that no bot is connected through which it could be asked.
var ErrNoUpstream = errors.New("no upstream is connected for the bot")
