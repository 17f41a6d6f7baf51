// Command koresim runs the upstream simulator by itself: two HTTP servers that
// behave, and misbehave, like the vendor's API and its media host. It prints
// the environment that connects Afterbeep to it.
package main

import (
	"context"
	"encoding/json"
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
	Bots        int           `default:"1" help:"How many bots the account has."`
	BotsFile    string        `help:"Write the bots to this file, as AFTERBEEP_BOTS_FILE reads it, and print its name instead of one bot." placeholder:"PATH"`
	Span        time.Duration `default:"17472h" help:"How far back calls lie; the default is two years."`
	BusyDay     float64       `default:"0" help:"Share of all calls, 0 to 1, that falls on the one day in the middle."`
	InDialog    float64       `default:"0" help:"Share of voicemails, 0 to 1, that were left in a dialog of the bot: nothing flags them."`
	Retention   time.Duration `default:"0" help:"Age beyond which recordings are deleted; 0 keeps all."`
	Format      string        `default:"wav-pcm" enum:"wav-pcm,wav-mulaw,wav-alaw,flac,mp3,ogg-opus,ogg-vorbis,mixed" help:"What recordings are: wav-pcm, wav-mulaw, wav-alaw, flac; mp3, ogg-opus, ogg-vorbis (silence); or mixed."`
	SessionRate int           `default:"60" help:"getSessions requests a minute for each bot; 0 for no limit."`
	SessionHour int           `default:"1800" help:"getSessions requests an hour for each bot; 0 for no limit."`
	Scope       []string      `help:"Scope that the app has, as the vendor names it; may be repeated. All, where none is named." placeholder:"NAME"`
	Chaos       float64       `default:"0" help:"Share of requests, 0 to 1, that meet a fault, of every kind that asking again gets over."`
	NotifyURL   string        `help:"Where to POST a notification of each new voicemail; {botId} stands for its bot." placeholder:"URL"`
	NotifyToken string        `help:"Bearer token to send with notifications." placeholder:"TOKEN"`
	Documented  bool          `help:"Read the documents in the plainest way, instead of drawing what they leave open from the seed."`
	Verbose     bool          `short:"v" help:"Log refused tokens to standard error."`
}

const description = `An upstream to practise on: call details, sessions, voicemails and recordings of a contact centre that does not exist.

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
	sim.InjectAll(koresim.Chaos(f.Chaos))
	if err := tell(out, f, sim.Credentials(), api, srv.MediaURL); err != nil {
		return errors.Join(err, srv.Close())
	}
	fmt.Fprintf(errs, "koresim: %s and %s, seed %d; interrupt to stop\n", srv.APIURL, srv.MediaURL, f.Seed)
	var trouble error
	if f.NotifyURL != "" {
		n := koresim.NotifyConfig{URL: f.NotifyURL}
		if f.NotifyToken != "" {
			n.Headers = map[string]string{"Authorization": "Bearer " + f.NotifyToken}
		}
		trouble = sim.Notify(ctx, n) // until ctx ends
	} else {
		<-ctx.Done()
	}
	return errors.Join(trouble, srv.Close())
}

// tell prints the environment that connects, and writes the file of bots.
func tell(out io.Writer, f flags, c koresim.Credentials, api, media string) error {
	if f.BotsFile == "" {
		return printEnvironment(out, c, api, media, f.Rate)
	}
	if err := writeBots(f.BotsFile, c, api); err != nil {
		return err
	}
	fmt.Fprintf(out, "AFTERBEEP_BOTS_FILE=%s\n", f.BotsFile)
	return printShared(out, media, f.Rate)
}

// writeBots writes the bots as Afterbeep's file of bots lists them.
func writeBots(path string, c koresim.Credentials, api string) error {
	type bot struct {
		ID      string `json:"bot_id"`
		Account string `json:"account_id"`
		Client  string `json:"client_id"`
		Secret  string `json:"client_secret"`
		Base    string `json:"base_url"`
	}
	var list []bot
	for _, id := range c.BotIDs {
		list = append(list, bot{id, c.AccountID, c.ClientID, c.ClientSecret, api})
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("write bots: %w", err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("write bots: %w", err)
	}
	return nil
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
		Span: f.Span, BusyDay: f.BusyDay, InDialog: f.InDialog, Retention: f.Retention, MediaFormat: koresim.Format(f.Format),
		SessionsPerMinute: f.SessionRate, SessionsPerHour: f.SessionHour, BotIDs: botIDs(f.Bots),
	}
	for _, scope := range f.Scope {
		cfg.Scopes = append(cfg.Scopes, koresim.Scope(scope))
	}
	if f.Chaos < 0 || f.Chaos > 1 {
		return koresim.Config{}, errors.New("--chaos: want a share between 0 and 1")
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

// botIDs are n ids; nil, the simulator's own, for one.
func botIDs(n int) []string {
	if n < 2 {
		return nil
	}
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("st-%08d-4c6f-5a27-9b18-7e2f60c4d915", i+1))
	}
	return out
}

// printEnvironment writes what connects Afterbeep to the simulator. The secret
// is the simulator's own, and opens nothing else.
func printEnvironment(out io.Writer, c koresim.Credentials, api, media string, rate int) error {
	_, err := fmt.Fprintf(out, `AFTERBEEP_KORE_BASE_URL=%s
AFTERBEEP_KORE_BOT_ID=%s
AFTERBEEP_KORE_ACCOUNT_ID=%s
AFTERBEEP_KORE_CLIENT_ID=%s
AFTERBEEP_KORE_CLIENT_SECRET=%s
`, api, c.BotIDs[0], c.AccountID, c.ClientID, c.ClientSecret)
	if err != nil {
		return err
	}
	return printShared(out, media, rate)
}

// printShared writes what is the same for all bots.
func printShared(out io.Writer, media string, rate int) error {
	m, err := url.Parse(media)
	if err != nil {
		return fmt.Errorf("media origin: %w", err)
	}
	// A tenth below the limit: clocks and minutes are never quite the same.
	allowed := max(rate*9/10, 1)
	if rate == 0 {
		allowed = 60_000
	}
	_, err = fmt.Fprintf(out, "AFTERBEEP_KORE_MEDIA_HOSTS=%s\nAFTERBEEP_KORE_RATE_PER_MINUTE=%d\n", m.Host, allowed)
	return err
}
