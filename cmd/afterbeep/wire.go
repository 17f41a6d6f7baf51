package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"afterbeep/index"
	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
	"afterbeep/store/postgres"
	"afterbeep/store/sqlite"
	"afterbeep/web"
)

// openStore creates the data folder where it is missing, opens the database
// and migrates it.
func (p *program) openStore(ctx context.Context) (store.Store, error) {
	if err := os.MkdirAll(p.config.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", fileError(err))
	}
	if p.config.PostgresURL != "" {
		s, err := postgres.Open(ctx, postgres.Config{URL: p.config.PostgresURL, Log: p.log})
		if err != nil {
			return nil, fmt.Errorf("open the database of AFTERBEEP_DATABASE_URL: %w", err)
		}
		return s, nil
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: p.config.SQLitePath, Log: p.log})
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", p.config.SQLitePath, err)
	}
	return s, nil
}

// withStore runs f on an open store and closes it.
func (p *program) withStore(ctx context.Context, f func(store.Store) error) error {
	s, err := p.openStore(ctx)
	if err != nil {
		return err
	}
	err = f(s)
	return errors.Join(err, s.Close())
}

// openIndex opens the index in the data folder. index.ErrInUse means that a
// server has it. It searches with the synonyms of the thesaurus; nil is those
// that are built in.
func (p *program) openIndex(ctx context.Context, s store.Store, t *web.Thesaurus) (*index.Index, error) {
	c := index.Config{Dir: filepath.Join(p.config.DataDir, "index"), Feed: s, Work: s, Log: p.log}
	if t != nil {
		c.Synonyms = t.Lists
	}
	x, err := index.Open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return x, nil
}

// newClient is the client of a bot. All of its requests draw on the budget of
// its account, which the store keeps; those for sessions on the bot's own.
func (p *program) newClient(budgets store.Budgets, u Upstream) (*kore.Client, error) {
	budget, err := ingest.NewBudget(budgets, u.AccountID, store.Limits(p.config.Rate), p.log)
	if err != nil {
		return nil, err
	}
	sessions, err := ingest.NewBudget(budgets, "getsessions/"+u.BotID, ingest.SessionsLimits(), p.log)
	if err != nil {
		return nil, err
	}
	c := kore.Config{
		BaseURL: u.BaseURL, AccountID: u.AccountID, ClientID: u.ClientID, ClientSecret: u.ClientSecret,
		Alg: u.Alg, JTI: u.JTI, Budget: budget, SessionsBudget: sessions, Log: p.log,
	}
	if len(p.config.MediaHosts) > 0 {
		if c.MediaHosts, err = kore.ParseMediaHosts(p.config.MediaHosts); err != nil {
			return nil, err
		}
	}
	return kore.New(c)
}

// newFinder reads callback requests out of voicemails, by the settings of the bots
// that are connected at the time.
func (p *program) newFinder(settings func(botID string) (region, zone string)) (*ingest.Finder, error) {
	return ingest.NewFinder(ingest.FinderConfig{Region: p.config.Region, Settings: settings})
}

// firstSight is told of the files of a reply while their links are fresh.
type firstSight func(context.Context, store.SessionKey, []kore.File)

// newIngester fetches for the connected bots. See ingest.Config for holder and
// firstSight.
func (p *program) newIngester(s store.Store, u *upstreams, firstSight firstSight, holder string) (*ingest.Ingester, error) {
	schedule, err := ingest.ParseSchedule(p.config.Schedule)
	if err != nil {
		return nil, err
	}
	finder, err := p.newFinder(u.settings)
	if err != nil {
		return nil, err
	}
	return ingest.New(ingest.Config{
		Store:      s,
		Bots:       u.forIngest(),
		Schedule:   schedule,
		LookBack:   p.config.Lookback,
		FirstSight: firstSight,
		Redact:     p.config.Redact,
		Find:       finder.Find,

		RatePerMinute: p.config.Rate,
		Holder:        holder,
		Log:           p.log,
	})
}

// newKeeper brings audio into the archive.
func (p *program) newKeeper(s store.Store, u *upstreams, kept archive.Archive) (*ingest.Keeper, error) {
	a := p.config.Audio
	finder, err := p.newFinder(u.settings)
	if err != nil {
		return nil, err
	}
	return ingest.NewKeeper(ingest.KeeperConfig{
		Store: s, Archive: kept, Client: u.client, Accounts: u.accounts, SpoolDir: p.spoolDir(),
		MaxBytes: a.MaxBytes, MinFree: a.MinFree, LookUps: a.LookUps, Redact: p.config.Redact, Find: finder.Find, Log: p.log,
	})
}

// spoolDir is where recordings lie while they are fetched or played.
func (p *program) spoolDir() string { return filepath.Join(p.config.DataDir, "spool") }

// openArchive opens where audio is kept; nil where it isn't. A bucket that can't
// be asked now is no error: it may come back, and what it holds is fetched from
// the upstream meanwhile. trouble is told why.
func (p *program) openArchive(ctx context.Context, trouble func(error)) (archive.Archive, error) {
	a := p.config.Audio
	switch {
	case !a.Keep:
		return nil, nil
	case a.Bucket == "":
		kept, err := archive.OpenDisk(filepath.Join(p.config.DataDir, "audio"))
		if err != nil {
			return nil, fmt.Errorf("open the audio archive: %w", err)
		}
		return kept, nil
	}
	endpoint, insecure := strings.CutPrefix(a.Endpoint, "http://")
	kept, err := archive.NewS3(archive.S3Config{
		Endpoint: strings.TrimPrefix(endpoint, "https://"), Region: a.Region, Bucket: a.Bucket, Prefix: a.Prefix,
		AccessKey: a.Access, SecretKey: a.Secret, Insecure: insecure, SpoolDir: p.spoolDir(),
	})
	if err != nil {
		return nil, fmt.Errorf("open the audio archive: %w", err)
	}
	if err := kept.Check(ctx); err != nil {
		trouble(err)
	}
	return kept, nil
}

// warnOfArchive logs that the audio archive can't be used for now.
func (p *program) warnOfArchive(err error) {
	p.log.Warn("the audio archive can't be used for now", "err", err)
}

// holder is the name under which the server of this data folder fetches: the
// same after a restart, so that one that was killed is followed at once, and
// another on another machine, where the folder may have been copied to.
func (p *program) holder() (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("the machine's name: %w", err)
	}
	file := filepath.Join(p.config.DataDir, "holder")
	text, err := os.ReadFile(file)
	if err == nil && len(text) > 0 {
		return string(text) + "@" + host, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fileError(err)
	}
	name := rand.Text()
	return name + "@" + host, writePrivate(file, []byte(name))
}
