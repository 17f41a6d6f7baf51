package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/web"
)

// Upstream is one connected bot and the credentials with which it is asked.
type Upstream struct {
	BotID        string
	AccountID    string
	BaseURL      string
	ClientID     string
	ClientSecret string
	Alg          string
	JTI          bool
	Region       string // "" is the default region
	TimeZone     string // IANA name; "" is UTC
	Schedule     string // "" is the default schedule
	From         string // who connected it: one of the from constants
}

// Who connected a bot.
const (
	fromEnvironment = "environment"
	fromBotsFile    = "bots file"
	fromPage        = "page"
)

// fault is what is wrong with one field of a bot, named as in the bots file.
type fault struct{ field, words string }

// faults are all that is wrong with a bot. They never repeat the secret.
func (u Upstream) faults() []fault {
	var fs []fault
	say := func(field, format string, args ...any) { fs = append(fs, fault{field, fmt.Sprintf(format, args...)}) }
	for _, f := range []struct{ field, value, as string }{
		{"base_url", u.BaseURL, "https://platform.kore.ai"}, {"bot_id", u.BotID, "st-..."}, {"account_id", u.AccountID, "the account's id"},
		{"client_id", u.ClientID, "cs-..."}, {"client_secret", u.ClientSecret, "the JWT app's client secret"},
	} {
		if strings.TrimSpace(f.value) == "" {
			say(f.field, "is missing; give %s", f.as)
		}
	}
	if u.BaseURL != "" && !isBaseURL(u.BaseURL) {
		say("base_url", "must be https:// and a host, as https://platform.kore.ai")
	}
	if !slices.Contains(web.Algs(), u.Alg) {
		say("jwt_alg", "%q is not allowed; use %s", u.Alg, strings.Join(web.Algs(), " or "))
	}
	if u.Region != "" && !phonenumbers.GetSupportedRegions()[u.Region] {
		say("region", "%q is not a region; use two letters, as US, GB or DE", u.Region)
	}
	if _, err := u.zone(); err != nil {
		say("time_zone", "%q is not a time zone; use a name as Europe/Berlin", u.TimeZone)
	} else if _, err := u.schedule(); err != nil {
		say("schedule", "%v", err)
	}
	return fs
}

func isBaseURL(base string) bool {
	u, err := url.Parse(base)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

// zone is where the bot's days begin.
func (u Upstream) zone() (*time.Location, error) {
	if u.TimeZone == "Local" {
		return nil, errors.New("the machine's own zone has no name")
	}
	return time.LoadLocation(u.TimeZone)
}

// schedule is when the bot's account is looked at: the zero Schedule where it
// follows the default.
func (u Upstream) schedule() (ingest.Schedule, error) {
	if strings.TrimSpace(u.Schedule) == "" {
		return ingest.Schedule{}, nil
	}
	return ingest.ParseSchedule(u.Schedule)
}

// listedBot is a bot as the bots file writes it.
type listedBot struct {
	BotID            string `json:"bot_id"`
	AccountID        string `json:"account_id"`
	ClientID         string `json:"client_id"`
	ClientSecret     string `json:"client_secret"`
	ClientSecretFile string `json:"client_secret_file"`
	BaseURL          string `json:"base_url"`
	Region           string `json:"region"`
	TimeZone         string `json:"time_zone"`
	Schedule         string `json:"schedule"`
	JWTAlg           string `json:"jwt_alg"`
	JWTJTI           *bool  `json:"jwt_jti"`
}

// readBots reads the bots file. The error names each bot that is wrong by its
// place and its id.
func readBots(file string) ([]Upstream, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fileError(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var listed []listedBot
	if err := decoder.Decode(&listed); err != nil {
		return nil, fmt.Errorf("%s is not a JSON list of bots: %w", file, withoutValues(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the list", file)
	}
	bots := make([]Upstream, 0, len(listed))
	var errs []error
	for i, l := range listed {
		u, faults := l.upstream(filepath.Dir(file))
		for _, f := range faults {
			errs = append(errs, fmt.Errorf("bot %d (%s): %s %s", i+1, printable(l.BotID), f.field, f.words))
		}
		bots = append(bots, u)
	}
	return bots, errors.Join(errs...)
}

// withoutValues keeps what a decoder read out of its error: it may be a secret
// in the wrong place.
func withoutValues(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s has a value of another type at byte %d", e.Field, e.Offset)
	}
	return err
}

// upstream is the bot that is listed. Its secret may lie in a file, named from
// the list's folder.
func (l listedBot) upstream(dir string) (Upstream, []fault) {
	u := Upstream{
		BotID: l.BotID, AccountID: l.AccountID, BaseURL: strings.TrimRight(l.BaseURL, "/"), ClientID: l.ClientID, ClientSecret: l.ClientSecret,
		Alg: cmp.Or(l.JWTAlg, kore.AlgHS256), JTI: l.JWTJTI == nil || *l.JWTJTI,
		Region: strings.ToUpper(l.Region), TimeZone: l.TimeZone, Schedule: l.Schedule, From: fromBotsFile,
	}
	if l.ClientSecretFile == "" {
		return u, u.faults()
	}
	if l.ClientSecret != "" {
		return u, append(u.faults(), fault{"client_secret", "and client_secret_file are both set; set one"})
	}
	path := l.ClientSecretFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return u, []fault{{"client_secret_file", fileError(err).Error()}}
	}
	u.ClientSecret = oneLineLess(string(text))
	return u, u.faults()
}

// differ is an error when two bots can't both be connected.
func differ(bots []Upstream) error {
	var errs []error
	seen := map[string]string{}
	for _, u := range bots {
		if from, ok := seen[u.BotID]; ok {
			errs = append(errs, fmt.Errorf("bot %s is connected twice, by %s and by %s; remove one", printable(u.BotID), from, u.From))
			continue
		}
		seen[u.BotID] = u.From
	}
	return errors.Join(errs...)
}

// knownBots are bots by their ids, none of them connected.
type knownBots map[string]Upstream

// knownBots are those of the configuration and of the store, for commands that
// ask no upstream.
func (p *program) knownBots(ctx context.Context, s store.Bots) (knownBots, error) {
	kept, err := s.Bots(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the connected bots: %w", err)
	}
	known := knownBots{}
	for _, b := range kept {
		known[b.ID] = upstreamOf(b)
	}
	for _, u := range p.config.Bots { // go before those of the store
		known[u.BotID] = u
	}
	return known, nil
}

// accountOf is the account of a bot; "" where it is not known.
func (k knownBots) accountOf(botID string) string { return k[botID].AccountID }

// settings are a bot's own region and zone; "" for what it hasn't set.
func (k knownBots) settings(botID string) (region, zone string) {
	return k[botID].Region, k[botID].TimeZone
}

// upstreamOf is a bot of the store, without its secret.
func upstreamOf(b store.Bot) Upstream {
	return Upstream{
		BotID: b.ID, AccountID: b.AccountID, BaseURL: b.BaseURL, ClientID: b.ClientID,
		Alg: b.Alg, JTI: b.JTI, Region: b.Region, TimeZone: b.TimeZone, Schedule: b.Schedule, From: fromPage,
	}
}
