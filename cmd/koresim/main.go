// Command koresim runs the upstream simulator by itself: two HTTP servers that
// behave, and misbehave, like the vendor's API and its media host. It prints
// the environment that connects Afterbeep to it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"afterbeep/ingest/kore/koresim"
)

// flags are the command line.
type flags struct {
	Listen      string        `default:"127.0.0.1:9090" help:"Address of the API."`
	MediaListen string        `default:"127.0.0.1:9091" help:"Address of the media host."`
	PublicURL   string        `help:"Origin under which clients reach the API, if it is not the address listened on (http://koresim:9090)." placeholder:"URL"`
	MediaURL    string        `help:"Origin under which clients reach the media host; links are printed with it." placeholder:"URL"`
	Seed        uint64        `default:"1" help:"Decides everything that is not set otherwise."`
	Voicemails  int           `default:"2000" help:"How many voicemails there are; 0 for none."`
	Other       int           `default:"-1" help:"How many sessions are no voicemail; -1 for three times the voicemails."`
	Until       string        `help:"Last day of the two years of calls, as yyyy-mm-dd; the default is yesterday. Name one to meet the same calls again on another day." placeholder:"DAY"`
	Live        float64       `default:"12" help:"New voicemails an hour, after that day."`
	Rate        int           `default:"60" help:"Requests a minute that the account may make; 0 for no limit."`
	LinkLife    time.Duration `default:"1h" help:"How long a media link lives."`
	EnforceJTI  bool          `name:"enforce-jti" help:"Refuse tokens without jti."`
	Documented  bool          `help:"Read the documents in the plainest way, instead of drawing what they leave open from the seed."`
	Verbose     bool          `short:"v" help:"Log refused tokens to standard error."`
}

const description = `An upstream to practise on: call details, voicemails and recordings of a contact centre that does not exist.

Prints the environment that connects Afterbeep to it, as NAME=value lines, then serves until it is interrupted:

  koresim > sim.env &
  set -a; . ./sim.env; set +a
  afterbeep serve`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its surroundings named. Exit status 2 is a wrong command line.
func run(args []string, out, errs io.Writer) int {
	var f flags
	exit := -1
	parser, err := kong.New(&f, kong.Name("koresim"), kong.Description(description),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		fmt.Fprintln(errs, "koresim:", err)
		return 2
	}
	_, err = parser.Parse(args)
	if exit >= 0 { // --help has been printed
		return exit
	}
	if err != nil {
		fmt.Fprintln(errs, "koresim:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, f, out, errs); err != nil {
		fmt.Fprintln(errs, "koresim:", err)
		return 1
	}
	return 0
}

// serve runs until ctx ends.
func serve(ctx context.Context, f flags, out, errs io.Writer) error {
	cfg, err := config(f, time.Now(), errs)
	if err != nil {
		return err
	}
	sim, err := koresim.New(cfg)
	if err != nil {
		return err
	}
	srv, err := sim.Serve(ctx, koresim.Listen{API: f.Listen, Media: f.MediaListen, PublicMedia: f.MediaURL})
	if err != nil {
		return err
	}
	api := strings.TrimSuffix(f.PublicURL, "/")
	if api == "" {
		api = srv.APIURL
	}
	if err := printEnvironment(out, sim.Credentials(), api, srv.MediaURL, f.Rate); err != nil {
		return errors.Join(err, srv.Close())
	}
	fmt.Fprintf(errs, "koresim: %s and %s, seed %d; interrupt to stop\n", srv.APIURL, srv.MediaURL, f.Seed)
	<-ctx.Done()
	return srv.Close()
}

// config is what the flags say, at now.
func config(f flags, now time.Time, errs io.Writer) (koresim.Config, error) {
	until := now.UTC().Truncate(24 * time.Hour)
	if f.Until != "" {
		day, err := time.Parse(time.DateOnly, f.Until)
		if err != nil {
			return koresim.Config{}, fmt.Errorf("--until %q: want yyyy-mm-dd", f.Until)
		}
		until = day.Add(24 * time.Hour)
	}
	cfg := koresim.Config{
		Seed: f.Seed, Voicemails: f.Voicemails, Other: f.Other, Until: until, LivePerHour: f.Live,
		RatePerMinute: f.Rate, LinkLifetime: f.LinkLife, EnforceJTI: f.EnforceJTI,
	}
	// In the simulator's configuration 0 stands for the default.
	if f.Voicemails == 0 {
		cfg.Voicemails = -1
	}
	switch f.Other {
	case 0:
		cfg.Other = -1
	case -1:
		cfg.Other = 0
	}
	if f.Documented {
		q := koresim.Documented()
		cfg.Quirks = &q
	}
	if f.Verbose {
		cfg.Log = slog.New(slog.NewTextHandler(errs, nil))
	}
	return cfg, nil
}

// printEnvironment writes what connects Afterbeep to the simulator. The secret
// is the simulator's own, and opens nothing else.
func printEnvironment(out io.Writer, c koresim.Credentials, api, media string, rate int) error {
	m, err := url.Parse(media)
	if err != nil {
		return fmt.Errorf("media origin: %w", err)
	}
	// A tenth below the limit: clocks and minutes are never quite the same.
	allowed := max(rate*9/10, 1)
	if rate == 0 {
		allowed = 60_000
	}
	_, err = fmt.Fprintf(out, `AFTERBEEP_KORE_BASE_URL=%s
AFTERBEEP_KORE_BOT_ID=%s
AFTERBEEP_KORE_ACCOUNT_ID=%s
AFTERBEEP_KORE_CLIENT_ID=%s
AFTERBEEP_KORE_CLIENT_SECRET=%s
AFTERBEEP_KORE_MEDIA_HOSTS=%s
AFTERBEEP_KORE_RATE_PER_MINUTE=%d
`, api, c.BotIDs[0], c.AccountID, c.ClientID, c.ClientSecret, m.Host, allowed)
	return err
}
