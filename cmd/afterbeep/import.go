package main

import (
	"context"
	"fmt"

	"afterbeep/ingest"
	"afterbeep/store"

	"github.com/dustin/go-humanize/english"
)

type importCmd struct {
	Bot     string `help:"The bot that a single response belongs to; else taken from its transcriptions." placeholder:"ID"`
	Session string `help:"The session that a single response belongs to; else taken from its transcriptions." placeholder:"ID"`
	File    string `arg:"" help:"A response as in the vendor's documentation, or JSON lines {\"botId\", \"sessionId\", \"caller\", \"startedAt\", \"response\"}; - is standard input."`
}

// Run stores what the file holds. Bad lines are reported and skipped; the exit
// status is then 1.
func (c importCmd) Run(ctx context.Context, p *program) error {
	in, closeIn, err := p.openInput(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	return p.withStore(ctx, func(s store.Store) error {
		bots, err := p.knownBots(ctx, s)
		if err != nil {
			return err
		}
		finder, err := p.newFinder(bots.settings)
		if err != nil {
			return err
		}
		report, err := ingest.Import(ctx, s, in, ingest.ImportOptions{
			BotID: c.Bot, SessionID: c.Session, AccountOf: bots.accountOf, Region: p.config.Region, Redact: p.config.Redact, Find: finder.Find,
			Report: func(line int, err error) { fmt.Fprintf(p.stderr, "line %d: %s\n", line, printable(err.Error())) },
		})
		if err != nil && report == (ingest.ImportReport{}) {
			return err
		}
		fmt.Fprintf(p.stderr, "%s read, %s new or changed, %d without a voicemail, %s skipped.\n",
			english.Plural(report.Replies, "reply", "replies"), english.Plural(report.Changed, "voicemail", ""), report.Empty, english.Plural(report.Bad, "line", ""))
		if err == nil && report.Bad > 0 {
			return errSilent
		}
		return err
	})
}
