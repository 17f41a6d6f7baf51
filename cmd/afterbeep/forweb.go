package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"afterbeep/ingest"
	"afterbeep/store"
	"afterbeep/web"
)

// ingestForWeb shows the ingester to the pages.
type ingestForWeb struct {
	ingester *ingest.Ingester
	config   Config
}

// RunNow asks for a pass.
func (i ingestForWeb) RunNow() { i.ingester.RunNow() }

// Status says how the ingester stands, in words.
func (i ingestForWeb) Status() web.IngestStatus {
	s := i.ingester.Status()
	status := web.IngestStatus{
		Running: s.Running, Bots: []string{i.config.Upstream.BotID}, Schedule: i.config.Schedule,
		LastStart: s.StartedAt, LastEnd: s.EndedAt, NextAt: s.NextAt,
		LastFailed: s.Err != "", LastResult: s.Err,
	}
	if s.Err == "" && !s.EndedAt.IsZero() {
		g := s.Progress
		status.LastResult = fmt.Sprintf("%d new sessions, %d asked, %d voicemails new or changed.", g.Sessions, g.Fetched, g.Changed)
	}
	return status
}

// playerForWeb opens recordings for the pages.
type playerForWeb struct{ player *ingest.Player }

// Open opens a recording, or says in plain words why it can't be played.
func (p playerForWeb) Open(ctx context.Context, v store.Voicemail, n int) (web.Audio, error) {
	a, err := p.player.Open(ctx, v, n)
	if err != nil {
		return web.Audio{}, unavailable(err)
	}
	return web.Audio{Content: audioForWeb{a}, Type: a.ContentType, ModTime: a.ModTime, ETag: `"` + a.Key + `"`}, nil
}

// audioForWeb says in plain words why a length can't be told.
type audioForWeb struct{ *ingest.Audio }

// Seek is the recording's.
func (a audioForWeb) Seek(offset int64, whence int) (int64, error) {
	at, err := a.Audio.Seek(offset, whence)
	if err != nil {
		err = unavailable(err)
	}
	return at, err
}

// unavailable says in plain words why a recording can't be played. What isn't
// the upstream's doing stays as it is.
func unavailable(err error) error {
	var wait time.Duration
	if play, ok := errors.AsType[*ingest.PlayError](err); ok {
		wait = play.RetryAfter
	}
	say := func(status int, words string) error {
		return &web.Unavailable{Status: status, Words: words, RetryAfter: wait, Err: err}
	}
	switch {
	case errors.Is(err, ingest.ErrNoUpstream):
		return say(http.StatusConflict, "The recording is fetched from the upstream when it is played, and no bot is connected that could be asked for it.")
	case errors.Is(err, ingest.ErrNotReady):
		return say(http.StatusConflict, "The upstream is still making this recording.")
	case errors.Is(err, ingest.ErrGone):
		return say(http.StatusNotFound, "The upstream has this recording no more. It may have been deleted as its retention says.")
	case errors.Is(err, ingest.ErrRefused):
		return say(http.StatusConflict, "The recording lies on a host that is not allowed. An administrator can allow it with AFTERBEEP_KORE_MEDIA_HOSTS.")
	case errors.Is(err, ingest.ErrLimited):
		return say(http.StatusServiceUnavailable, "The upstream takes no more requests for now.")
	case errors.Is(err, ingest.ErrUpstream):
		return say(http.StatusBadGateway, "The upstream did not give the recording. Try again in a while.")
	}
	return err
}
