package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"afterbeep/ingest"
	"afterbeep/store"
)

type ingestCmd struct {
	Since    string   `help:"Look for sessions of the last so long, as 24h or 90d." placeholder:"DURATION"`
	From     string   `help:"Look for sessions from this date or time (RFC 3339)." placeholder:"T"`
	To       string   `help:"Look for sessions up to this date, that day included, or before this time." placeholder:"T"`
	Bot      string   `help:"The bot that --session and --sessions are of; needed where several are connected." placeholder:"ID"`
	Session  []string `help:"Fetch this session, whatever is known of it; may be given again." sep:"none" placeholder:"ID"`
	Sessions string   `help:"Fetch the sessions listed in this file, one id a line; - is standard input." placeholder:"FILE"`
}

// Run makes one pass and ends when nothing is due within 30 seconds.
func (c ingestCmd) Run(ctx context.Context, p *program) error {
	options, err := c.options(p, time.Now())
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(s store.Store) error {
		bots, err := p.newUpstreams(ctx, s)
		if err != nil {
			return err
		}
		if len(bots.accounts()) == 0 {
			return errors.New("no bot is connected; set the five AFTERBEEP_KORE_ variables (afterbeep ingest --help lists them) or AFTERBEEP_BOTS_FILE, connect one on the page Bots of a running serve, or use import")
		}
		if err := c.ofBot(&options, bots); err != nil {
			return err
		}
		kept, err := p.openArchive(ctx, p.warnOfArchive)
		if err != nil {
			return err
		}
		keeper, err := p.newKeeper(s, bots, kept)
		if err != nil {
			return err
		}
		in, err := p.newIngester(s, bots, keeper.FirstSight, "")
		if err != nil {
			return err
		}
		bar := p.progress("fetching")
		options.Progress = func(g ingest.Progress) { bar.set(int64(g.Fetched), int64(max(g.Due, g.Fetched))) }
		report, err := in.Pass(ctx, options)
		err = errors.Join(err, keeper.Drain(ctx))
		bar.end()
		p.tell(report)
		return err
	})
}

// ofBot says which bot the sessions are of that somebody named.
func (c ingestCmd) ofBot(o *ingest.PassOptions, bots *upstreams) error {
	if len(o.Sessions) == 0 {
		return nil
	}
	connected := bots.all()
	bot := c.Bot
	switch {
	case bot == "" && len(connected) == 1:
		bot = connected[0].BotID
	case bot == "":
		return fmt.Errorf("%d bots are connected; say with --bot which one the sessions are of", len(connected))
	case bots.accountOf(bot) == "":
		return fmt.Errorf("--bot: no bot %s is connected", printable(bot))
	}
	for i := range o.Sessions {
		o.Sessions[i].BotID = bot
	}
	return nil
}

// tell says what a pass came to, and what is left to do later.
func (p *program) tell(r ingest.Report) {
	fmt.Fprintf(p.stderr, "Sessions: %d new, %d asked, %d with a voicemail. Voicemails: %d new or changed.\n", r.Sessions, r.Fetched, r.Stored, r.Changed)
	if r.Overfull > 0 {
		fmt.Fprintf(p.stderr, "Minutes with more sessions than the upstream lists: %d; name those that are missed with --session.\n", r.Overfull)
	}
	if r.NextDue > 0 {
		fmt.Fprintf(p.stderr, "More is due in %s; a running serve sees to it, or run ingest again.\n", r.NextDue.Round(time.Second))
	}
}

func (c ingestCmd) options(p *program, now time.Time) (ingest.PassOptions, error) {
	o := ingest.PassOptions{Until: true}
	if c.Since != "" && (c.From != "" || c.To != "") {
		return o, errors.New("give --since, or --from and --to")
	}
	if c.Since != "" {
		d, err := parseDuration(c.Since)
		if err != nil || d <= 0 {
			return o, fmt.Errorf("--since: %q is not a stretch of time; write it as 24h or 90d", c.Since)
		}
		o.From, o.To = now.Add(-d), now
	}
	var err error
	if o.From, err = parseTime("--from", c.From, o.From, 0); err != nil {
		return o, err
	}
	if o.To, err = parseTime("--to", c.To, o.To, 1); err != nil {
		return o, err
	}
	if c.To != "" && c.From == "" {
		return o, errors.New("--to needs --from")
	}
	if !o.To.IsZero() && !o.From.Before(o.To) {
		return o, errors.New("--from must be before --to")
	}
	if c.Bot != "" && len(c.Session) == 0 && c.Sessions == "" {
		return o, errors.New("--bot needs --session or --sessions: a pass is over all connected bots")
	}
	ids, err := c.sessionIDs(p)
	if err != nil {
		return o, err
	}
	for _, id := range ids {
		o.Sessions = append(o.Sessions, store.SessionKey{SessionID: id})
	}
	// Who names sessions wants those, unless a time is named too.
	o.SkipDiscovery = len(ids) > 0 && o.From.IsZero()
	return o, nil
}

// parseTime reads a time, or a date: of that it takes midnight UTC of the day
// that is days later, as the searches do.
func parseTime(flag, text string, without time.Time, days int) (time.Time, error) {
	if text == "" {
		return without, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.AddDate(0, 0, days), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return without, fmt.Errorf("%s: %q is not a time; write it as 2025-02-11 or 2025-02-11T13:57:42Z", flag, text)
}

// sessionIDs are those of --session and of the lines of --sessions. Empty lines
// and what follows a # are left out.
func (c ingestCmd) sessionIDs(p *program) ([]string, error) {
	ids := c.Session
	if c.Sessions == "" {
		return checkIDs(ids)
	}
	in, closeIn, err := p.openInput(c.Sessions)
	if err != nil {
		return nil, fmt.Errorf("--sessions: %w", err)
	}
	defer closeIn()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")); line != "" {
			ids = append(ids, line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("--sessions: %w", err)
	}
	if len(ids) == 0 {
		return nil, errors.New("--sessions: there is no session id in it")
	}
	return checkIDs(ids)
}

func checkIDs(ids []string) ([]string, error) {
	for _, id := range ids {
		if id == "" || len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return nil, fmt.Errorf("%q is not a session id", printable(id))
		}
	}
	return ids, nil
}

// openInput opens a file, or standard input for -.
func (p *program) openInput(name string) (io.Reader, func() error, error) {
	if name == "-" {
		return p.stdin, func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fileError(err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, nil, fmt.Errorf("%s is a folder; name a file", name)
	}
	return f, f.Close, nil
}
