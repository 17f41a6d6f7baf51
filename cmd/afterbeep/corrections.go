package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"afterbeep/ingest"
	"afterbeep/store"

	"github.com/dustin/go-humanize/english"
)

type correctionsCmd struct{}

// Run prints every voicemail that somebody corrected, one a line, in the shape of
// the labelled set. Like export it is for whoever may run commands on the machine.
func (correctionsCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s store.Store) error {
		bots, err := p.knownBots(ctx, s)
		if err != nil {
			return err
		}
		finder, err := p.newFinder(bots.settings)
		if err != nil {
			return err
		}
		entry := store.AuditEntry{Actor: actorCommandLine, Action: store.AuditExport, Allowed: true, Detail: "corrections"}
		if err := s.Audit(ctx, entry); err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
		written := 0
		err = eachCorrection(ctx, s, finder, func(l ingest.Labelled) error {
			written++
			return json.NewEncoder(p.stdout).Encode(l)
		})
		if err != nil {
			return fmt.Errorf("the export is not complete, %d are written: %w", written, err)
		}
		fmt.Fprintf(p.stderr, "%s written.\n", english.Plural(written, "correction", ""))
		return nil
	})
}

// eachCorrection labels what was corrected, by voicemail. What is erased
// meanwhile is left out.
func eachCorrection(ctx context.Context, s store.Store, finder *ingest.Finder, each func(ingest.Labelled) error) error {
	all := store.AllBots()
	for after := int64(0); ; {
		page, err := s.Corrections(ctx, all, after, store.MaxCorrections)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, x := range page {
			after = x.VoicemailID
			v, err := s.Voicemail(ctx, all, x.VoicemailID)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found, err := s.Finding(ctx, all, x.VoicemailID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err := each(finder.Label(v, found, x)); err != nil {
				return err
			}
		}
	}
}
