package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"afterbeep/hours"
	"afterbeep/store"
)

// Config is what a Server is made of.
type Config struct {
	Store store.Store
	Index Searcher
	// Player opens recordings; nil where there is no upstream and no archive.
	Player Player
	// Ingest is the ingester; nil where there is none: the pages then say how
	// to connect a bot.
	Ingest Ingest
	// Originals opens recordings for download; nil where Player does that, too.
	Originals Originals
	// Keeper archives audio; nil where nothing does: the pages then say that
	// audio is not archived, and recordings of calls are not looked up.
	Keeper Keeper
	// Enlister takes lists and pushes; nil where there is no ingester.
	Enlister Enlister
	// Backfills looks at the past; nil where there is no ingester.
	Backfills Backfills
	// Bots connects bots on a page; nil where that can't be done.
	Bots Bots
	// Alerts tells people of what saved searches find; nil where nobody is told.
	Alerts Alerts
	// Thesaurus has the synonyms that Index searches with, to be reloaded when an
	// administrator changes them; nil where nothing in this process uses them.
	Thesaurus *Thesaurus
	// HookHash is HashSecret of the push endpoint's token; "" is no endpoint.
	HookHash string
	// PublicURL is where people reach Afterbeep, as "https://afterbeep.example".
	// With https the cookie is Secure, and the address of whoever calls is
	// taken from X-Forwarded-For when the request comes from a private address:
	// Afterbeep itself speaks plain http, so there must be a proxy.
	PublicURL string
	// Region is where numbers without a country code are from where nothing else
	// tells, as "US"; "" is the United States.
	Region string
	// KeepCards leaves the numbers of payment cards in what people write; else
	// they are masked there as they are in transcripts.
	KeepCards bool
	// ConsoleURL is the address of a conversation in the upstream's console, with
	// {session_id}, {conversation_id}, {bot_id} and {account_id} where these
	// stand in it; "" where no address is known (see CheckConsoleURL).
	ConsoleURL string
	// Version of the program, shown at the foot of the pages.
	Version string
	// SetupHash is HashSecret of the key in the link that makes the first
	// administrator (SetupPath); "" where there is no such link.
	SetupHash string
	// Hashing is how much work a password costs; the zero value is
	// DefaultHashing.
	Hashing Hashing
	Log     *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Server answers all requests. It is safe for concurrent use.
type Server struct {
	Config
	engine      *Engine
	echo        *echo.Echo
	pages       *pages
	static      *staticFiles
	hasher      *hasher
	tries       *throttle // of signing in
	pushes      *throttle // of the push endpoint's token
	listens     *listens
	secrets     *secrets
	meter       *meter
	exports     *exports
	arrivals    *arrivals
	streams     *streams
	work        *workFeed
	zones       hours.Zones
	recheck     time.Duration // rightsPause; shorter in tests
	eventsPause time.Duration // likewise
	stopping    chan struct{} // closed when the server stops: what goes on for long ends
	stop        func()
	origins     *http.CrossOriginProtection
	archive     *overviews
	byPattern   map[string]*route // by method and path
	secure      bool
}

// Deadlines.
const (
	readyPatience   = 2 * time.Second  // for the store to say that it is there
	answerPatience  = 15 * time.Second // for anything but audio
	listPatience    = 2 * time.Minute  // for a list of tens of thousands of sessions
	auditPatience   = 5 * time.Second
	headerPatience  = 10 * time.Second
	requestPatience = 30 * time.Second
	idlePatience    = 2 * time.Minute
	// listenPatience is for sending a recording, however slowly it is heard.
	listenPatience = 30 * time.Minute
)

// New checks the configuration, parses and tries all templates, and returns a
// server that is ready to answer.
func New(cfg Config) (*Server, error) {
	if cfg.Store == nil || cfg.Index == nil || cfg.Log == nil {
		return nil, errors.New("web: store, index and log are needed")
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, fmt.Errorf("web: the public URL must be http:// or https:// and a host, not %q", cfg.PublicURL)
	}
	if err := CheckConsoleURL(cfg.ConsoleURL); err != nil {
		return nil, fmt.Errorf("web: the address of the console %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Hashing == (Hashing{}) {
		cfg.Hashing = DefaultHashing()
	}
	s := &Server{Config: cfg, secure: public.Scheme == "https", tries: newThrottle(), pushes: newThrottle(), listens: newListens(), secrets: newSecrets(), archive: newOverviews()}
	s.exports, s.recheck, s.eventsPause, s.stopping = new(exports), rightsPause, eventsPause, make(chan struct{})
	s.work = newWorkFeed(cfg.Store, cfg.Now)
	s.streams, s.arrivals = newStreams(), &arrivals{feed: cfg.Store, index: cfg.Index, now: cfg.Now}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	s.engine = &Engine{Index: cfg.Index, Archive: cfg.Store, Now: cfg.Now}
	s.origins = http.NewCrossOriginProtection()
	if err := s.origins.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("web: public URL: %w", err)
	}
	if s.hasher, err = newHasher(cfg.Hashing); err != nil {
		return nil, fmt.Errorf("web: hash passwords: %w", err)
	}
	if s.pages, err = pagesOf(cfg.Version); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.static = s.pages.static
	s.meter = newMeter(s)
	s.mount()
	return s, nil
}

// mount builds the router from the list of routes.
func (s *Server) mount() {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.answerError
	e.IPExtractor = echo.ExtractIPDirect()
	if s.secure {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	// The order matters: the log sees what the others made of a request, and
	// a panic anywhere below it is an error like any other.
	e.Use(s.begin, s.log, s.headers, packed(), s.recover, s.sameOrigin, s.limit)
	s.byPattern = map[string]*route{}
	for _, r := range s.routes() {
		s.add(e, r.method, r)
		if r.method == http.MethodGet {
			s.add(e, http.MethodHead, r)
		}
	}
	s.echo = e
}

func (s *Server) add(e *echo.Echo, method string, r route) {
	s.byPattern[method+" "+r.path] = &r
	e.Add(method, r.path, func(c echo.Context) error {
		v := visitOf(c)
		if err := s.admit(v); err != nil {
			return err
		}
		return r.handle(v)
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// HTTPServer returns an http.Server around the Server with time limits that
// slow or hostile clients can't get around. The caller listens and shuts down.
func (s *Server) HTTPServer() *http.Server {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       requestPatience,
		WriteTimeout:      2 * answerPatience, // recordings set their own
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    256 << 10, // a query of 32 KB, percent-encoded, and room
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	h.RegisterOnShutdown(s.stop) // a stream of events never ends by itself
	return h
}

// Close waits for what goes on behind requests that were answered, a few seconds at
// most. It is called once no request is served any more, before the store is closed.
func (s *Server) Close() { s.archive.summing.Wait() }

// connected reports whether any bot is.
func (s *Server) connected() bool { return s.Ingest != nil && len(s.Ingest.Status().Bots) > 0 }

// serves reports whether a bot is connected.
func (s *Server) serves(bot string) bool {
	return s.Ingest != nil && slices.Contains(s.Ingest.Status().Bots, bot)
}

// ready asks the store whether it is there, whatever became of the request.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyPatience)
	defer cancel()
	return s.Store.Ready(ctx)
}
