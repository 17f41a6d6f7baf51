package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/web"
)

type demoCmd struct {
	Voicemails int `help:"How many voicemails are made up; ${default} without this flag." default:"2000" placeholder:"N"`
}

const (
	demoUser = "demo"
	// demoRate is the simulator's limit and the demo's budget: a first start
	// shall not take half an hour.
	demoRate = 60_000
	// demoLive is how many new voicemails come in an hour, so that there is
	// something to see arriving.
	demoLive = 12
)

// Run serves made-up voicemails.
func (c demoCmd) Run(ctx context.Context, p *program) error {
	if len(p.config.Bots) > 0 {
		return errors.New("demo brings an upstream of its own; unset the AFTERBEEP_KORE_ variables and AFTERBEEP_BOTS_FILE, or run serve")
	}
	if p.config.PostgresURL != "" || p.config.SQLitePath != filepath.Join(p.config.DataDir, "afterbeep.db") {
		return fmt.Errorf("demo keeps its voicemails in the data folder; unset %s", variable("database-url"))
	}
	if c.Voicemails < 1 || c.Voicemails > 200_000 {
		return errors.New("--voicemails: use a number from 1 to 200000")
	}
	demo, err := openDemo(p.config.DataDir, c.Voicemails)
	if err != nil {
		return err
	}
	sim, err := koresim.New(demo.simulator())
	if err != nil {
		return err
	}
	upstream, err := sim.Serve(ctx, koresim.Listen{})
	if err != nil {
		return fmt.Errorf("start the simulated upstream: %w", err)
	}
	defer upstream.Close()
	demo.connect(&p.config, upstream)
	return p.serve(ctx, serveHooks{prepare: demo.addUser, fetch: demo.fill, opened: demo.announce})
}

// demo is what a second start must find again: the same upstream with the same
// calls, and the same password.
type demo struct {
	dir        string
	password   string
	filled     chan struct{} // closed when the archive holds what the upstream has
	Voicemails int           `json:"voicemails"`
	Until      time.Time     `json:"until"` // end of the two years of calls
}

// openDemo reads the demo of a data folder, or begins one in an empty folder.
func openDemo(dir string, voicemails int) (*demo, error) {
	d := &demo{dir: dir, filled: make(chan struct{}), Voicemails: voicemails, Until: time.Now().UTC().Truncate(time.Second)}
	file := filepath.Join(dir, "demo.json")
	text, err := os.ReadFile(file)
	switch {
	case err == nil:
		if err := json.Unmarshal(text, d); err != nil {
			return nil, fmt.Errorf("%s can't be read (%w); remove the data folder to begin anew", file, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fileError(err)
	default:
		if _, err := os.Stat(filepath.Join(dir, "afterbeep.db")); err == nil {
			return nil, fmt.Errorf("%s holds an archive that is no demo; choose another folder with --data-dir", dir)
		}
		if text, err = json.Marshal(d); err != nil {
			return nil, err
		}
		if err := writePrivate(file, text); err != nil {
			return nil, err
		}
	}
	return d, d.readPassword()
}

func (d *demo) readPassword() error {
	file := filepath.Join(d.dir, "demo-password")
	text, err := os.ReadFile(file)
	if err == nil {
		d.password = strings.TrimSpace(string(text))
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fileError(err)
	}
	d.password = strings.ToLower(rand.Text()[:16])
	return writePrivate(file, []byte(d.password+"\n"))
}

// writePrivate writes a file that only its owner can read, and the folder
// around it where that is missing; never half a file.
func writePrivate(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", fileError(err))
	}
	if err := os.WriteFile(file+".new", text, 0o600); err != nil {
		return fileError(err)
	}
	return os.Rename(file+".new", file)
}

func (d *demo) simulator() koresim.Config {
	plain := koresim.Documented()
	return koresim.Config{
		Quirks: &plain,
		Seed:   1, Voicemails: d.Voicemails, Other: 2 * d.Voicemails, Until: d.Until, LivePerHour: demoLive, RatePerMinute: demoRate,
		// As telephones sound, at half the bytes; and no browser plays it.
		LinkLifetime: 2 * time.Minute, MediaFormat: koresim.FormatMulaw,
	}
}

// connect makes the simulator the upstream of the configuration.
func (d *demo) connect(c *Config, upstream *koresim.Server) {
	credentials := upstream.Sim.Credentials()
	c.Bots = []Upstream{{
		BaseURL: upstream.APIURL, BotID: credentials.BotIDs[0], AccountID: credentials.AccountID,
		ClientID: credentials.ClientID, ClientSecret: credentials.ClientSecret, Alg: kore.AlgHS256, JTI: true,
		From: fromEnvironment,
	}}
	c.MediaHosts = []string{strings.TrimPrefix(upstream.MediaURL, "http://")}
	c.Rate = demoRate
	c.Schedule = "@every 30s"
}

// addUser makes sure that the user exists with the password that is printed.
func (d *demo) addUser(ctx context.Context, s store.Store) error {
	u, err := s.User(ctx, demoUser)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	known := err == nil
	if known && web.CheckPassword(u.PasswordHash, d.password) && !u.Disabled {
		return nil
	}
	if u.PasswordHash, err = web.HashPassword(d.password); err != nil {
		return err
	}
	u.Name, u.Role, u.AllBots, u.Disabled = demoUser, store.RoleAdmin, true, false
	if known {
		return s.UpdateUser(ctx, u)
	}
	_, err = s.CreateUser(ctx, u)
	return err
}

// fill fetches all that the upstream has when the archive is not complete yet.
func (d *demo) fill(ctx context.Context, s *server) error {
	defer close(d.filled)
	ledger, err := s.store.Ledger(ctx, store.AllBots())
	if err != nil || ledger.Voicemails >= d.Voicemails {
		return err
	}
	// Audio is kept when the pages are open: nobody shall wait for it.
	holder, err := s.p.holder()
	if err != nil {
		return err
	}
	ingester, err := s.p.newIngester(s.store, s.bots, nil, holder)
	if err != nil {
		return err
	}
	bar := s.p.progress("fetching voicemails")
	defer bar.end()
	options := ingest.PassOptions{From: d.Until.Add(-koresim.DefaultSpan), To: d.Until, Until: true}
	options.Progress = func(p ingest.Progress) { bar.set(int64(p.Stored), int64(max(p.Stored, d.Voicemails))) }
	if _, err := ingester.Pass(ctx, options); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// announce waits until everything can be found, then tells where and how.
func (d *demo) announce(ctx context.Context, s *server) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.filled:
	}
	fmt.Fprintf(s.p.stdout, "\nAfterbeep is open at %s\n  user      %s\n  password  %s\n\nCtrl-C stops it; the next start keeps the data in %s.\n", s.url, demoUser, d.password, d.dir)
	return nil
}
