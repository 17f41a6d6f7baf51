package kore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// The algorithms with which tokens are signed.
const (
	AlgHS256 = "HS256"
	AlgHS512 = "HS512"
)

// The defaults of a Config.
const (
	DefaultTimeout      = 30 * time.Second
	DefaultMediaTimeout = 15 * time.Minute
	DefaultMaxReply     = 16 << 20
	DefaultMaxMedia     = 1 << 30
)

// Config is one account of the upstream. It prints without its secret.
type Config struct {
	// BaseURL is the API's address, as https://platform.kore.ai. Plain http
	// is taken; Warnings tells where that is a risk.
	BaseURL      string
	AccountID    string
	ClientID     string
	ClientSecret string `json:"-"`
	Alg          string // AlgHS256 or AlgHS512; "" is AlgHS256
	JTI          bool   // give each token an id, so that it can be used once
	Budget       Budget
	// SessionsBudget is what Sessions draws on, which the upstream limits by
	// bot; nil is Budget.
	SessionsBudget Budget

	// MediaHosts is where recordings may be fetched from; nil is
	// DefaultMediaHosts(BaseURL).
	MediaHosts MediaHosts

	// Timeout is the time for one attempt, body included; MediaTimeout for
	// one recording. 0 is the default.
	Timeout      time.Duration
	MediaTimeout time.Duration
	// MaxReply and MaxMedia are the most bytes that are read of a JSON reply
	// and of a recording, one within a JSON reply included. 0 is the default.
	MaxReply int64
	MaxMedia int64

	Log *slog.Logger     // nil logs nothing
	Now func() time.Time // nil is time.Now

	// Dial and Lookup replace the network in tests; TLS adds to what is
	// trusted. Media is dialled by address only, after Lookup, so that what
	// is checked is what is dialled.
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	TLS    *tls.Config
}

// String tells which account this is, without the secret.
func (c Config) String() string {
	return fmt.Sprintf("kore account %s at %s as %s", c.AccountID, safeBase(c.BaseURL), c.ClientID)
}

// GoString is String.
func (c Config) GoString() string { return c.String() }

// Format prints String under every verb, so that none prints the fields.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// safeBase is a base URL without what somebody may have put into it.
func safeBase(base string) string {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" {
		return "(no valid address)"
	}
	return u.Scheme + "://" + u.Host
}

// checked is the Config with its defaults filled in, and the parsed base URL;
// or every fault at once.
func (c Config) checked() (Config, *url.URL, error) {
	var faults []error
	base, err := parseBase(c.BaseURL)
	if err != nil {
		faults = append(faults, err)
	}
	for _, f := range []struct{ name, value string }{
		{"account id", c.AccountID}, {"client id", c.ClientID}, {"client secret", c.ClientSecret},
	} {
		if strings.TrimSpace(f.value) == "" {
			faults = append(faults, fmt.Errorf("%s is missing", f.name))
		}
	}
	if c.AccountID != "" && checkID("account id", c.AccountID) != nil {
		faults = append(faults, errors.New("account id is not an id"))
	}
	if c.Alg == "" {
		c.Alg = AlgHS256
	}
	if c.Alg != AlgHS256 && c.Alg != AlgHS512 {
		faults = append(faults, fmt.Errorf("signing algorithm %q: want HS256 or HS512", c.Alg))
	}
	if c.Budget == nil {
		faults = append(faults, errors.New("budget is missing"))
	}
	if c.Timeout < 0 || c.MediaTimeout < 0 || c.MaxReply < 0 || c.MaxMedia < 0 {
		faults = append(faults, errors.New("a time-out or size cap is negative"))
	}
	if len(faults) > 0 {
		return Config{}, nil, fmt.Errorf("kore client: %w", errors.Join(faults...))
	}
	return c.withDefaults(base), base, nil
}

func (c Config) withDefaults(base *url.URL) Config {
	orDuration := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	orDuration(&c.Timeout, DefaultTimeout)
	orDuration(&c.MediaTimeout, DefaultMediaTimeout)
	if c.SessionsBudget == nil {
		c.SessionsBudget = c.Budget
	}
	if c.MaxReply == 0 {
		c.MaxReply = DefaultMaxReply
	}
	if c.MaxMedia == 0 {
		c.MaxMedia = DefaultMaxMedia
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MediaHosts == nil {
		c.MediaHosts = defaultMediaHosts(base)
	}
	if c.Lookup == nil {
		c.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	return c
}

// parseBase reads the API's address. It never repeats what it was given: a
// secret may have been put into the wrong variable.
func parseBase(base string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(base), "/"))
	switch {
	case strings.TrimSpace(base) == "":
		return nil, errors.New("base URL is missing")
	case err != nil:
		return nil, errors.New("base URL: not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("base URL: want https://HOST or http://HOST")
	case u.Hostname() == "":
		return nil, errors.New("base URL: the host is missing")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("base URL: want no user, query or fragment")
	}
	return u, nil
}

// isLoopback says whether a host is this machine by its name.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// checkID refuses an id that can't stand in an address or a header.
func checkID(what, id string) error {
	bad := func(r rune) bool { return r <= ' ' || r == 0x7f || r == '/' || r == '\\' || r == 0xfffd }
	switch {
	case id == "":
		return fmt.Errorf("%s is missing", what)
	case len(id) > 256:
		return fmt.Errorf("%s is longer than 256 bytes", what)
	case id == "." || id == ".." || strings.ContainsFunc(id, bad):
		return fmt.Errorf("%s holds characters that no id has", what)
	}
	return nil
}
