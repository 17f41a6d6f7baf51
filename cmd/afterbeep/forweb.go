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
		Running: s.Running, Schedule: i.config.Schedule, LastStart: s.StartedAt, LastEnd: s.EndedAt, NextAt: s.NextAt,
		LastFailed: s.Err != "", LastResult: s.Err,
	}
	for _, a := range s.Accounts {
		status.Bots = append(status.Bots, a.Bots...)
		status.Accounts = append(status.Accounts, web.AccountStatus{
			ID: a.AccountID, Bots: a.Bots, Running: a.Running, LastStart: a.StartedAt, LastEnd: a.EndedAt, NextAt: a.NextAt, Trouble: a.Err,
		})
	}
	if s.Err == "" && !s.EndedAt.IsZero() {
		g := s.Progress
		status.LastResult = fmt.Sprintf("Sessions: %d new, %d asked. Voicemails: %d new or changed.", g.Sessions, g.Fetched, g.Changed)
	}
	return status
}

// enlisterForWeb takes lists and pushes for the pages.
type enlisterForWeb struct{ ingester *ingest.Ingester }

// Nudge says that a session was made due by hand.
func (e enlisterForWeb) Nudge() { e.ingester.Nudge() }

// Enlist makes sessions due. A bot that is not connected is store.ErrNotFound.
func (e enlisterForWeb) Enlist(ctx context.Context, botID string, sessionIDs []string, foundBy string) (store.Saved, error) {
	saved, err := e.ingester.Enlist(ctx, botID, sessionIDs, foundBy)
	if errors.Is(err, ingest.ErrNoUpstream) {
		err = fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	return saved, err
}

// backfillsForWeb looks at the past for the pages.
type backfillsForWeb struct{ ingester *ingest.Ingester }

// AddBackfill begins one.
func (b backfillsForWeb) AddBackfill(ctx context.Context, accountID string, from, to time.Time, by string) (store.Backfill, error) {
	fill, err := b.ingester.AddBackfill(ctx, accountID, from, to, by)
	switch {
	case errors.Is(err, ingest.ErrNoUpstream):
		err = &web.ParamError{Field: "account", Words: "That is not the account of a connected bot."}
	case errors.Is(err, store.ErrInvalid):
		err = &web.ParamError{Field: "past_from", Words: "The range must begin before it ends, and in the past."}
	}
	return fill, err
}

// Backfills lists all with how far they are.
func (b backfillsForWeb) Backfills(ctx context.Context) ([]web.BackfillStatus, error) {
	fills, err := b.ingester.Backfills(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]web.BackfillStatus, 0, len(fills))
	for _, f := range fills {
		list = append(list, web.BackfillStatus(f))
	}
	return list, nil
}

// keeperForWeb shows the audio archive to the pages.
type keeperForWeb struct {
	keeper     *ingest.Keeper
	lookUpsOff bool
}

// Nudge says that a task was woken.
func (k keeperForWeb) Nudge() { k.keeper.Nudge() }

// Hurry does a task before all others.
func (k keeperForWeb) Hurry(key store.TaskKey) { k.keeper.Hurry(key) }

// Status says how the audio archive stands.
func (k keeperForWeb) Status() web.KeeperStatus {
	s := k.keeper.Status()
	return web.KeeperStatus{
		Off: s.Off, LookUpsOff: k.lookUpsOff, Full: s.Full, Why: s.Why, Where: s.Where,
		Bytes: s.Bytes, MaxBytes: s.MaxBytes, Free: s.Free, FreeKnown: s.FreeKnown,
	}
}

// playerForWeb opens recordings for the pages.
type playerForWeb struct{ player *ingest.Player }

// Open opens a recording as browsers play it, or says in plain words why it
// can't be played.
func (p playerForWeb) Open(ctx context.Context, v store.Voicemail, n int) (web.Audio, error) {
	return audioOf(p.player.Open(ctx, v, n))
}

// OpenOriginal opens a recording as the upstream made it.
func (p playerForWeb) OpenOriginal(ctx context.Context, v store.Voicemail, n int) (web.Audio, error) {
	return audioOf(p.player.OpenOriginal(ctx, v, n))
}

func audioOf(a *ingest.Audio, err error) (web.Audio, error) {
	if err != nil {
		return web.Audio{}, unavailable(err)
	}
	return web.Audio{Content: audioForWeb{a}, Type: a.ContentType, ModTime: a.ModTime, ETag: `"` + a.Key + `"`, Immutable: a.Immutable}, nil
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
		return say(http.StatusConflict, "The recording is fetched from the contact centre when it is played, and no bot is connected that could be asked for it.")
	case errors.Is(err, ingest.ErrNotReady):
		return say(http.StatusConflict, "The contact centre is still making this recording.")
	case errors.Is(err, ingest.ErrGone):
		return say(http.StatusNotFound, "The contact centre has this recording no more. It may have been deleted as its retention says.")
	case errors.Is(err, ingest.ErrRefused):
		return say(http.StatusConflict, "The recording lies on a host that is not allowed. An administrator can allow it with AFTERBEEP_KORE_MEDIA_HOSTS.")
	case errors.Is(err, ingest.ErrLimited):
		return say(http.StatusServiceUnavailable, "The contact centre takes no more requests for now.")
	case errors.Is(err, ingest.ErrUpstream):
		return say(http.StatusBadGateway, "The contact centre did not give the recording. Try again in a while.")
	}
	return err
}
