package main

import (
	"context"
	"fmt"

	"afterbeep/ingest"
	"afterbeep/store"
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
		report, err := ingest.Import(ctx, s, in, ingest.ImportOptions{
			BotID: c.Bot, SessionID: c.Session, AccountOf: p.accountOf, Region: p.config.Region,
			Report: func(line int, err error) { fmt.Fprintf(p.stderr, "line %d: %s\n", line, printable(err.Error())) },
		})
		if err != nil && report == (ingest.ImportReport{}) {
			return err
		}
		fmt.Fprintf(p.stderr, "%d replies read, %d voicemails new or changed, %d without a voicemail, %d lines skipped.\n",
			report.Replies, report.Changed, report.Empty, report.Bad)
		if err == nil && report.Bad > 0 {
			return errSilent
		}
		return err
	})
}

// accountOf is the account of a bot, where configuration tells it.
func (p *program) accountOf(bot string) string {
	if u := p.config.Upstream; u != nil && u.BotID == bot {
		return u.AccountID
	}
	return ""
}
