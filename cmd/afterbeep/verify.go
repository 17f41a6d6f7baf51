package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"

	"afterbeep/ingest"
	"afterbeep/store"
	"afterbeep/store/archive"
)

type verifyCmd struct{}

// Run reads all archived audio. The exit status is 1 where some is lost or
// damaged.
func (verifyCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s store.Store) error {
		var away error
		kept, err := p.openArchive(ctx, func(trouble error) { away = trouble })
		if err := errors.Join(err, away); err != nil {
			return err
		}
		if kept == nil {
			return errors.New("no audio is archived: AFTERBEEP_ARCHIVE is off")
		}
		return p.verify(ctx, s, kept)
	})
}

func (p *program) verify(ctx context.Context, s store.Store, kept archive.Archive) error {
	bar := p.progress("verifying")
	report, err := ingest.VerifyArchive(ctx, s, kept, ingest.VerifyOptions{Progress: bar.set, Report: func(u ingest.Unsound) {
		what := "damaged"
		if errors.Is(u.Err, archive.ErrNotFound) {
			what = "missing"
		}
		fmt.Fprintf(p.stdout, "voicemail %d, recording %d: %s\n", u.Voicemail, u.N, what)
	}})
	bar.end()
	fmt.Fprintf(p.stderr, "%s verified in %s, %s missing or damaged.\n",
		english.Plural(report.Sound+report.Unsound, "recording", ""), kept, humanize.Comma(int64(report.Unsound)))
	switch {
	case err != nil:
		return err
	case report.Unsound > 0:
		fmt.Fprintln(p.stderr, "These are fetched and archived again by a running serve, or when it starts, while the upstream still has them.")
		return errSilent
	}
	return nil
}
