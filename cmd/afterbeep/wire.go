package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"afterbeep/index"
	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/postgres"
	"afterbeep/store/sqlite"
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
// server has it.
func (p *program) openIndex(ctx context.Context, s store.Store) (*index.Index, error) {
	x, err := index.Open(ctx, index.Config{Dir: filepath.Join(p.config.DataDir, "index"), Feed: s, Log: p.log})
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return x, nil
}

// newClient is the client of the connected bot's account. All of its requests
// draw on the budget that the store keeps.
func (p *program) newClient(budgets store.Budgets) (*kore.Client, error) {
	u := p.config.Upstream
	budget, err := ingest.NewBudget(budgets, u.AccountID, store.Limits(float64(p.config.Rate)), p.log)
	if err != nil {
		return nil, err
	}
	c := kore.Config{
		BaseURL: u.BaseURL, AccountID: u.AccountID, ClientID: u.ClientID, ClientSecret: u.ClientSecret,
		Alg: u.Alg, JTI: u.JTI, Budget: budget, Log: p.log,
	}
	if len(p.config.MediaHosts) > 0 {
		if c.MediaHosts, err = kore.ParseMediaHosts(p.config.MediaHosts); err != nil {
			return nil, err
		}
	}
	return kore.New(c)
}

// newIngester fetches for the connected bot. See ingest.Config for holder.
func (p *program) newIngester(s store.Store, client *kore.Client, holder string) (*ingest.Ingester, error) {
	schedule, err := ingest.ParseSchedule(p.config.Schedule)
	if err != nil {
		return nil, err
	}
	u := p.config.Upstream
	return ingest.New(ingest.Config{
		Store:       s,
		Bots:        []ingest.Bot{{ID: u.BotID, AccountID: u.AccountID, Client: client, Region: p.config.Region}},
		Schedule:    schedule,
		LookBack:    p.config.Lookback,
		NoDiscovery: !p.config.Discover,
		Holder:      holder,
		Log:         p.log,
	})
}

// clientOf finds the client of a bot: there is one bot.
func (p *program) clientOf(client *kore.Client) func(bot string) (*kore.Client, bool) {
	return func(bot string) (*kore.Client, bool) { return client, bot == p.config.Upstream.BotID }
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
