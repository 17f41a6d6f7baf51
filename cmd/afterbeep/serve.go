package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/alert"
	"afterbeep/index"
	"afterbeep/ingest"
	"afterbeep/store"
	"afterbeep/store/archive"
	"afterbeep/web"
)

type serveCmd struct{}

// Run serves until it is told to stop.
func (serveCmd) Run(ctx context.Context, p *program) error {
	return p.serve(ctx, serveHooks{opened: p.announce})
}

// serveHooks let the demo take part in serving.
type serveHooks struct {
	// prepare runs once the store is open, before anything is started.
	prepare func(context.Context, store.Store) error
	// fetch runs in place of the scheduled passes' beginning; nil for none.
	fetch func(context.Context, *server) error
	// opened runs when the web app answers.
	opened func(context.Context, *server) error
}

// server is everything that serving needs, opened.
type server struct {
	p        *program
	store    store.Store
	synonyms *web.Thesaurus
	index    *index.Index
	bots     *upstreams
	archive  archive.Archive // nil where audio is not kept
	ingester *ingest.Ingester
	keeper   *ingest.Keeper
	player   *ingest.Player
	finder   *ingest.Finder
	alerts   *alert.Watch
	listener net.Listener
	control  net.Listener
	url      string
	setupKey string // "" where there are users
}

// Time that what is under way gets at a stop.
const (
	webPatience     = 10 * time.Second
	controlPatience = time.Second
)

// serve opens everything, runs it until ctx ends or a part fails, and closes it
// in the order that loses nothing: fetching, index, pages, store.
func (p *program) serve(ctx context.Context, hooks serveHooks) (err error) {
	defer useMachine(ctx)()
	s := &server{p: p}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx, hooks.prepare); err != nil {
		return err
	}
	site, err := s.site()
	if err != nil {
		return err
	}
	defer site.Close()
	// A part that fails ends the others through this group's context; a stop
	// ends them one after the other through stages.
	group, ctx := errgroup.WithContext(ctx)
	pages, closePages := context.WithCancel(context.WithoutCancel(ctx))
	defer closePages()
	group.Go(func() error {
		defer closePages()
		return s.work(ctx, hooks)
	})
	group.Go(func() error { return serveUntil(pages, site.HTTPServer(), s.listener, webPatience) })
	commands := control{store: s.store, index: s.index}
	group.Go(func() error { return serveUntil(pages, commands.server(), s.control, controlPatience) })
	group.Go(func() error { return hooks.opened(ctx, s) })
	return group.Wait()
}

// work fetches and indexes until ctx ends or one of the two fails. The index
// follows until the last fetch has been recorded.
func (s *server) work(ctx context.Context, hooks serveHooks) error {
	fetching, stopFetching := context.WithCancel(ctx)
	defer stopFetching()
	following, stopFollowing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFollowing()
	var both errgroup.Group
	both.Go(func() error {
		defer stopFetching()
		return unlessStopped(following, s.index.Follow(following))
	})
	both.Go(func() error {
		defer stopFollowing()
		return unlessStopped(fetching, s.fetch(fetching, hooks))
	})
	return both.Wait()
}

// fetch brings in voicemails and their audio until ctx ends.
func (s *server) fetch(ctx context.Context, hooks serveHooks) error {
	if hooks.fetch != nil {
		if err := hooks.fetch(ctx, s); err != nil {
			return err
		}
	}
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { return s.ingester.Run(ctx) })
	parts.Go(func() error { return s.keeper.Run(ctx) })
	parts.Go(func() error { return s.alerts.Run(ctx) })
	parts.Go(func() error { return s.bots.follow(ctx, s.ingester.SetBots) })
	parts.Go(func() error { return unlessStopped(ctx, s.synonyms.Follow(ctx)) })
	parts.Go(func() error {
		return unlessStopped(ctx, ingest.KeepAnalysed(ctx, s.store, s.p.config.Redact, s.finder.Find, s.p.log))
	})
	return parts.Wait()
}

// unlessStopped drops the error that a stop itself causes.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// open opens all parts. What it opened before an error is closed by close.
func (s *server) open(ctx context.Context, prepare func(context.Context, store.Store) error) (err error) {
	p := s.p
	if s.store, err = p.openStore(ctx); err != nil {
		return err
	}
	if prepare != nil {
		if err := prepare(ctx, s.store); err != nil {
			return err
		}
	}
	if s.synonyms, err = web.OpenThesaurus(ctx, s.store, p.log); err != nil {
		return fmt.Errorf("read the synonyms: %w", err)
	}
	if s.index, err = p.openIndex(ctx, s.store, s.synonyms); err != nil {
		if errors.Is(err, index.ErrInUse) {
			return fmt.Errorf("another afterbeep has the data folder %s; stop it, or choose another folder with --data-dir", p.config.DataDir)
		}
		return err
	}
	if s.listener, err = net.Listen("tcp", p.config.Listen); err != nil {
		return fmt.Errorf("%s: %w; choose another address with --listen", variable("listen"), err)
	}
	s.url = p.config.PublicURL
	if s.url == "" {
		s.url = "http://" + s.listener.Addr().String()
	}
	if s.control, err = listenControl(p.config.DataDir); err != nil {
		return err
	}
	if err := s.openUpstreams(ctx); err != nil {
		return err
	}
	if s.alerts, err = p.newAlerts(s.store, s.index, s.bots.sealer, s.url); err != nil {
		return err
	}
	return s.offerSetup(ctx)
}

// openUpstreams opens all that asks the upstream. It is there without a bot
// too: one may be connected on a page, and what is kept is played.
func (s *server) openUpstreams(ctx context.Context) (err error) {
	p := s.p
	if s.bots, err = p.newUpstreams(ctx, s.store); err != nil {
		return err
	}
	if s.archive, err = p.openArchive(ctx, p.warnOfArchive); err != nil {
		return err
	}
	if s.keeper, err = p.newKeeper(s.store, s.bots, s.archive); err != nil {
		return err
	}
	holder, err := p.holder()
	if err != nil {
		return err
	}
	if s.ingester, err = p.newIngester(s.store, s.bots, s.keeper.FirstSight, holder); err != nil {
		return err
	}
	if s.finder, err = p.newFinder(s.bots.settings); err != nil {
		return err
	}
	s.player, err = ingest.NewPlayer(ingest.PlayerConfig{
		Store: s.store, Client: s.bots.client, Archive: s.archive, Keeper: s.keeper, CacheDir: p.spoolDir(), Redact: p.config.Redact, Find: s.finder.Find, Log: p.log,
	})
	return err
}

// offerSetup makes the key of the one-time link while there are no users.
func (s *server) offerSetup(ctx context.Context) error {
	users, err := s.store.Users(ctx)
	if err == nil && len(users) == 0 {
		s.setupKey = web.NewSecret()
	}
	return err
}

// site is the web app over the parts.
func (s *server) site() (*web.Server, error) {
	c := web.Config{
		Store: s.store, Index: s.index, Thesaurus: s.synonyms, PublicURL: s.url, Version: versionName(), Log: s.p.log,
		Region: s.p.config.Region, KeepCards: s.p.config.Redact == ingest.RedactOff, ConsoleURL: s.p.config.ConsoleURL,
	}
	if s.setupKey != "" {
		c.SetupHash = web.HashSecret(s.setupKey)
	}
	if s.p.config.HookToken != "" {
		c.HookHash = web.HashSecret(s.p.config.HookToken)
	}
	player := playerForWeb{s.player}
	c.Player, c.Originals, c.Keeper = player, player, keeperForWeb{s.keeper, s.p.config.Audio.LookUps == ingest.LookUpsOff}
	c.Ingest, c.Enlister, c.Backfills = ingestForWeb{s.ingester, s.p.config}, enlisterForWeb{s.ingester}, backfillsForWeb{s.ingester}
	c.Bots, c.Alerts = botsForWeb{s.bots, s.ingester}, alertsForWeb{s.alerts, s.bots.sealer}
	return web.New(c)
}

// close closes what is open, in the order of need.
func (s *server) close() error {
	var errs []error
	if s.player != nil {
		errs = append(errs, s.player.Close())
	}
	for _, l := range []net.Listener{s.listener, s.control} {
		if l != nil {
			_ = l.Close() // served and shut down by now, or never served
		}
	}
	if s.index != nil {
		errs = append(errs, s.index.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

// announce tells a person where the web app is.
func (p *program) announce(_ context.Context, s *server) error {
	fmt.Fprintf(p.stdout, "Afterbeep is open at %s\n", s.url)
	if s.setupKey != "" {
		fmt.Fprintf(p.stdout, "There are no users yet. This link makes the first administrator, once:\n%s\n", web.SetupLink(s.url, s.setupKey))
	}
	if len(s.bots.all()) == 0 {
		fmt.Fprintln(p.stdout, "No bot is connected: what is stored is served, nothing is fetched. An administrator can connect one on the page Bots.")
	}
	return nil
}
