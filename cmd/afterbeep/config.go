package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/web"
)

// Config is the configuration after it has been checked in full.
type Config struct {
	PostgresURL string // "" with SQLite
	SQLitePath  string // "" with Postgres
	DataDir     string
	Listen      string
	PublicURL   string     // "" where it follows from the port that is found free
	Bots        []Upstream // of the environment and the bots file
	SecretKey   string     // "": the one in the data folder
	HookToken   string     // "": no push endpoint
	MediaHosts  []string   // empty: kore's default
	Rate        float64    // requests a minute and account
	Schedule    string
	Lookback    time.Duration
	Discovery   ingest.Discovery
	Region      string
	Redact      ingest.Redaction
	ConsoleURL  string // of a conversation in the upstream's console; "": none is known
	Audio       AudioConfig
	Alerts      AlertConfig
	JSONLog     bool
}

// Config checks every setting and returns all that is wrong with them at once.
func (s Settings) Config() (Config, error) {
	c := Config{DataDir: s.DataDir, Listen: s.Listen, Region: strings.ToUpper(s.DefaultRegion), Schedule: s.IngestSchedule}
	errs := s.refused()
	check := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	check(c.setDatabase(s))
	check(c.setAddresses(s))
	check(c.setUpstream(s))
	check(c.setConsole(s))
	check(c.setSecrets(s))
	check(c.setAudio(s))
	check(c.setMediaHosts(s))
	check(c.setIngest(s))
	check(c.setAlerts(s))
	check(oneOf("log-format", s.LogFormat, "text", "json"))
	c.JSONLog = s.LogFormat == "json"
	return c, errors.Join(errs...)
}

func wrong(flag, format string, args ...any) error {
	return fmt.Errorf("%s: %s", variable(flag), fmt.Sprintf(format, args...))
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return wrong(flag, "%q is not allowed; use %s", value, strings.Join(allowed, " or "))
}

// listOf reads a list with commas; empty entries are left out.
func listOf(text string) []string {
	var list []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// setConsole takes the address of conversations in the upstream's console.
func (c *Config) setConsole(s Settings) error {
	if err := web.CheckConsoleURL(s.KoreConsoleURL); err != nil {
		return wrong("kore-console-url", "%v", err)
	}
	c.ConsoleURL = s.KoreConsoleURL
	return nil
}

// setDatabase never repeats the URL: it may hold a password.
func (c *Config) setDatabase(s Settings) error {
	if s.DataDir == "" {
		return wrong("data-dir", "must name a folder")
	}
	kind, rest, _ := strings.Cut(s.DatabaseURL, ":")
	switch {
	case s.DatabaseURL == "":
		c.SQLitePath = filepath.Join(s.DataDir, "afterbeep.db")
	case kind == "sqlite" && strings.TrimPrefix(rest, "//") == ":memory:":
		return wrong("database-url", "a database in memory would be gone at the end of each command; name a file, as sqlite:PATH")
	case kind == "sqlite" && strings.TrimPrefix(rest, "//") != "":
		c.SQLitePath = strings.TrimPrefix(rest, "//")
	case kind == "postgres" || kind == "postgresql":
		if _, err := url.Parse(s.DatabaseURL); err != nil {
			return wrong("database-url", "is not a URL; write it as postgres://user:password@host:5432/database, with special characters of the password percent-encoded")
		}
		c.PostgresURL = s.DatabaseURL
	default:
		return wrong("database-url", "must start with postgres:// or postgresql://, or be sqlite:PATH")
	}
	return nil
}

func (c *Config) setAddresses(s Settings) error {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return wrong("listen", "%q is not an address; write it as 127.0.0.1:8080 or :8080", s.Listen)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return wrong("listen", "%q is not a port; use a number up to 65535", port)
	}
	if s.PublicURL == "" {
		if number == 0 {
			return nil // the port is known when it listens
		}
		if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
			host = "localhost"
		}
		c.PublicURL = "http://" + net.JoinHostPort(host, port)
		return nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return wrong("public-url", "must be http:// or https:// and a host, without a path")
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	return nil
}

func (c *Config) setUpstream(s Settings) error {
	parts := []struct{ flag, value string }{
		{"kore-base-url", s.KoreBaseURL}, {"kore-bot-id", s.KoreBotID}, {"kore-account-id", s.KoreAccountID},
		{"kore-client-id", s.KoreClientID}, {"kore-client-secret", s.KoreClientSecret},
	}
	var set, missing []string
	for _, p := range parts {
		if p.value == "" {
			missing = append(missing, variable(p.flag))
		} else {
			set = append(set, variable(p.flag))
		}
	}
	errs := []error{oneOf("kore-jwt-alg", s.KoreJWTAlg, kore.AlgHS256, kore.AlgHS512)}
	jti, err := strconv.ParseBool(s.KoreJWTJti)
	if err != nil {
		errs = append(errs, wrong("kore-jwt-jti", "%q is not allowed; use true or false", s.KoreJWTJti))
	}
	if len(set) > 0 && len(missing) > 0 {
		errs = append(errs, fmt.Errorf("the upstream is half set: %s missing; set all five, or none to serve what is stored", strings.Join(missing, ", ")))
	}
	if s.KoreBaseURL != "" && !isBaseURL(s.KoreBaseURL) {
		errs = append(errs, wrong("kore-base-url", "must be https:// and a host, as https://platform.kore.ai"))
	}
	if len(missing) == 0 {
		c.Bots = append(c.Bots, Upstream{
			BaseURL: strings.TrimRight(s.KoreBaseURL, "/"), BotID: s.KoreBotID, AccountID: s.KoreAccountID,
			ClientID: s.KoreClientID, ClientSecret: s.KoreClientSecret, Alg: s.KoreJWTAlg, JTI: jti, From: fromEnvironment,
		})
	}
	if s.BotsFile != "" {
		listed, err := readBots(s.BotsFile)
		if err != nil {
			errs = append(errs, wrong("bots-file", "%v", err))
		}
		c.Bots = append(c.Bots, listed...)
	}
	errs = append(errs, differ(c.Bots))
	return errors.Join(errs...)
}

func (c *Config) setSecrets(s Settings) error {
	var errs []error
	c.SecretKey, c.HookToken = s.SecretKey, s.HookToken
	for _, f := range []struct{ flag, value string }{{"secret-key", s.SecretKey}, {"hook-token", s.HookToken}} {
		if f.value != "" && len(f.value) < shortestKey {
			errs = append(errs, wrong(f.flag, "is too short; use %d characters or more, as from: openssl rand -hex 32", shortestKey))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) setMediaHosts(s Settings) error {
	c.MediaHosts = listOf(s.KoreMediaHosts)
	if len(c.MediaHosts) == 0 && s.KoreMediaHosts == "" {
		return nil // kore has a default
	}
	if _, err := kore.ParseMediaHosts(c.MediaHosts); err != nil {
		return wrong("kore-media-hosts", "%v", err)
	}
	return nil
}

func (c *Config) setIngest(s Settings) error {
	var errs []error
	rate, err := strconv.ParseFloat(s.KoreRatePerMinute, 64)
	if err != nil || len(store.Limits(rate)) == 0 {
		errs = append(errs, wrong("kore-rate-per-minute", "%q is not allowed; use a number above 0", s.KoreRatePerMinute))
	}
	c.Rate = rate
	if _, err := ingest.ParseSchedule(s.IngestSchedule); err != nil {
		errs = append(errs, wrong("ingest-schedule", "%v", err))
	}
	c.Lookback, err = parseDuration(s.IngestLookback)
	if err != nil {
		errs = append(errs, wrong("ingest-lookback", "%v", err))
	} else if c.Lookback < time.Hour {
		errs = append(errs, wrong("ingest-lookback", "%q is too short; use an hour or more", s.IngestLookback))
	}
	ways := map[string]ingest.Discovery{
		"calldetails": ingest.DiscoverCallDetails, "getsessions": ingest.DiscoverSessions, "none": ingest.DiscoverNone,
	}
	errs = append(errs, oneOf("discovery", s.Discovery, "calldetails", "getsessions", "none"))
	c.Discovery = ways[s.Discovery]
	if c.Redact, err = ingest.ParseRedaction(s.Redact); err != nil {
		errs = append(errs, wrong("redact", "%q is not allowed; %v", s.Redact, err))
	}
	if !phonenumbers.GetSupportedRegions()[c.Region] {
		errs = append(errs, wrong("default-region", "%q is not a region; use two letters, as US, GB or DE", s.DefaultRegion))
	}
	return errors.Join(errs...)
}
