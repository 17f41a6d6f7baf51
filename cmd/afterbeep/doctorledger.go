package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"afterbeep/ingest"
	"afterbeep/store"
)

// checkLedger sums up, per bot, how much of what is known is in the archive.
func (p *program) checkLedger(ctx context.Context, s store.Store) []finding {
	head, err := s.Head(ctx)
	if err != nil {
		return []finding{bad("ledger", "%v", err)}
	}
	// One day that holds all: before the first call and after the last.
	edges := []time.Time{time.Unix(0, 0), time.Now().AddDate(1, 0, 0)}
	days, err := s.Days(ctx, store.AllBots(), edges, head.Seq)
	if err != nil {
		return []finding{bad("ledger", "%v", err)}
	}
	if len(days) == 0 {
		return []finding{good("ledger", "no session is known yet")}
	}
	var findings []finding
	for _, d := range days {
		findings = append(findings, ledgerFinding(d))
	}
	worked, err := p.worked(ctx, s)
	if err != nil {
		return append(findings, bad("ledger", "%v", err))
	}
	lags, err := s.Lags(ctx, store.AllBots(), worked)
	if err != nil {
		return append(findings, bad("ledger", "%v", err))
	}
	return append(findings, lagFinding(lags))
}

// worked is what serve works on with these settings.
func (p *program) worked(ctx context.Context, s store.Store) (store.Worked, error) {
	bots, err := p.newUpstreams(ctx, s)
	if err != nil {
		return store.Worked{}, err
	}
	w := store.Worked{Accounts: bots.accounts()}
	if p.config.Audio.Keep {
		w.Kinds = append(w.Kinds, store.TaskKeep)
	}
	if p.config.Audio.LookUps != ingest.LookUpsOff {
		w.Kinds = append(w.Kinds, store.TaskLookUp)
	}
	return w, nil
}

// ledgerFinding says how complete one bot is.
func ledgerFinding(d store.LedgerDay) finding {
	words := fmt.Sprintf("%s: %s sessions known, %s voicemails, %s stored, %s with text, audio of %s of %s archived, %s waiting, %s dead",
		printable(d.BotID), comma(d.Known), comma(d.Voicemails), comma(d.Stored), comma(d.Transcribed), comma(d.Archived), comma(d.Audio),
		comma(d.Waiting), comma(d.Dead))
	if sum := d.Stored + d.Waiting + d.Dead + d.Gone + d.Empty + d.Skipped; sum != d.Known {
		return bad("ledger", "%s; the states add up to %s: report this, with the page Ledger of the day where it shows", words, comma(sum))
	}
	if d.Dead > 0 {
		words += "; the page Ledger tells why, and tries them again"
	}
	return good("ledger", "%s", words)
}

func comma(n int) string { return humanize.Comma(int64(n)) }

// overdueFrom is how late a step is when it is worth a word.
const overdueFrom = time.Hour

// lagFinding says how far the steps are behind.
func lagFinding(l store.Lags) finding {
	var parts []string
	late := false
	ago := func(what string, t time.Time) {
		if t.IsZero() {
			return
		}
		parts = append(parts, fmt.Sprintf("%s %s ago", what, l.Now.Sub(t).Round(time.Second)))
	}
	ago("newest voicemail", l.Newest)
	ago("sessions looked for", l.LookedAt)
	for _, step := range []struct {
		what  string
		since time.Time
	}{{"fetching", l.OldestDue}, {"audio", l.OldestAudio}} {
		if !step.since.IsZero() && l.Now.Sub(step.since) > overdueFrom {
			late = true
			parts = append(parts, fmt.Sprintf("%s is %s behind: is serve running?", step.what, l.Now.Sub(step.since).Round(time.Minute)))
		}
	}
	return finding{what: "lag", bad: late, words: cmp.Or(strings.Join(parts, ", "), "nothing to tell yet")}
}

// checkArchive says whether audio can be kept.
func (p *program) checkArchive(ctx context.Context, s store.Store) finding {
	var away error
	kept, err := p.openArchive(ctx, func(trouble error) { away = trouble })
	if err := errors.Join(err, away); err != nil {
		return bad("audio", "%v", err)
	}
	if kept == nil {
		return good("audio", "not archived: AFTERBEEP_ARCHIVE is off")
	}
	bytes, err := s.KeptBytes(ctx)
	if err != nil {
		return bad("audio", "%v", err)
	}
	words := fmt.Sprintf("%s kept in %s", humanize.IBytes(uint64(bytes)), kept)
	if most := p.config.Audio.MaxBytes; most > 0 && bytes >= most {
		return bad("audio", "%s: AFTERBEEP_ARCHIVE_MAX_BYTES is reached, nothing more is kept", words)
	}
	free, known, err := kept.Free(ctx)
	switch {
	case err != nil:
		return bad("audio", "%s: %v", words, err)
	case known && free < p.config.Audio.MinFree:
		return bad("audio", "%s, %s free: less than AFTERBEEP_ARCHIVE_MIN_FREE, nothing more is kept", words, humanize.IBytes(uint64(max(0, free))))
	}
	return good("audio", "%s", words)
}
