package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Settings are the configuration as people write it: flags, or the environment
// variable of the same name (AFTERBEEP_ and the flag in capitals), or a file
// named by that variable with _FILE behind it. Config is what becomes of them.
type Settings struct {
	DatabaseURL string `help:"Where the archive is kept: postgres://..., postgresql://... or sqlite:PATH. SQLite in the data folder where empty." placeholder:"URL"`
	DataDir     string `help:"Folder for the SQLite file, the index and cached audio." default:"./data"`
	Listen      string `help:"Address that the web app listens on." default:"127.0.0.1:8080"`
	PublicURL   string `help:"Base of links and cookies, as people's browsers see it. From --listen where empty." placeholder:"URL"`

	KoreBaseURL      string `help:"The upstream, as https://platform.kore.ai." placeholder:"URL"`
	KoreBotID        string `help:"The bot (st-...) whose voicemails are fetched." placeholder:"ID"`
	KoreAccountID    string `help:"The account that the bot belongs to." placeholder:"ID"`
	KoreClientID     string `help:"The JWT app's client id (cs-...)." placeholder:"ID"`
	KoreClientSecret string `help:"The JWT app's client secret. Better given by AFTERBEEP_KORE_CLIENT_SECRET_FILE." placeholder:"SECRET"`

	KoreJWTAlg        string `name:"kore-jwt-alg" help:"How tokens are signed: HS256 or HS512." default:"HS256"`
	KoreJWTJti        string `name:"kore-jwt-jti" help:"Give each token a jti, so that it works once only: true or false." default:"true"`
	KoreMediaHosts    string `help:"Where recordings may be fetched from, replacing the default: host, host:port or *.domain, comma separated. Plain http, loopback and private addresses only when listed." placeholder:"HOSTS"`
	KoreRatePerMinute string `help:"Requests that each account may use in any minute; any positive number." default:"54"`

	KoreConsoleURL string `name:"kore-console-url" help:"Address of a conversation in the upstream's console, for a link on the page of a voicemail: https://... with {session_id} or {conversation_id} in it, and {bot_id}, {account_id} where needed. No link where empty." placeholder:"URL"`

	BotsFile  string `help:"Several bots: a JSON list of objects with bot_id, account_id, client_id, client_secret or client_secret_file, base_url, region, time_zone, schedule." placeholder:"FILE"`
	SecretKey string `help:"What seals the secrets of bots that are connected on a page. Made once in the data folder where empty." placeholder:"KEY"`
	HookToken string `help:"Secret of the push endpoint /hooks/kore/BOT; off where empty." placeholder:"TOKEN"`

	IngestSchedule string `help:"When new voicemails are looked for: five-field cron in UTC unless CRON_TZ= stands before it, or @every 2s, @hourly." default:"*/5 * * * *"`
	IngestLookback string `help:"How far back late rows are looked for." default:"48h"`
	Discovery      string `help:"How sessions are found: calldetails, getsessions or none." default:"calldetails"`
	DefaultRegion  string `help:"Region of phone numbers without a country code." default:"US"`

	Redact string `help:"What is masked before anything is stored: cards (numbers of payment cards, with the codes and dates said with them) or off." default:"cards"`

	Archive           string `help:"Where audio is kept: off, disk (the data folder) or s3://BUCKET/PREFIX." default:"disk"`
	ArchiveMaxBytes   string `help:"Most audio that is kept, as 500GB; no limit where empty." placeholder:"SIZE"`
	ArchiveMinFree    string `help:"Room that is left free on the disk, as 1GB." default:"1GB"`
	S3Endpoint        string `name:"s3-endpoint" help:"Host of the S3 service, as s3.eu-central-1.amazonaws.com or http://127.0.0.1:9000." placeholder:"HOST"`
	S3Region          string `name:"s3-region" help:"Region of the bucket." placeholder:"REGION"`
	S3AccessKeyID     string `name:"s3-access-key-id" help:"Access key of the bucket." placeholder:"ID"`
	S3SecretAccessKey string `name:"s3-secret-access-key" help:"Secret of the access key. Better given by AFTERBEEP_S3_SECRET_ACCESS_KEY_FILE." placeholder:"SECRET"`
	CallRecordings    string `help:"Which voicemails' sessions are asked for recordings of calls: auto (where an agent answered, the others when the voicemail is opened), all, or off." default:"auto"`

	SMTPURL       string `name:"smtp-url" help:"Mail server for alerts: smtps://USER@HOST:465, smtp://USER@HOST:587 (STARTTLS) or smtp+insecure://HOST:25. No mail where empty." placeholder:"URL"`
	SMTPPassword  string `name:"smtp-password" help:"Password of the mail server's user. Better given by AFTERBEEP_SMTP_PASSWORD_FILE." placeholder:"SECRET"`
	SMTPFrom      string `name:"smtp-from" help:"Sender of alerts, as 'Afterbeep <afterbeep@example.com>'." placeholder:"ADDRESS"`
	AlertDomains  string `help:"Where alerts may be mailed to: domains, comma separated, or * for any. The sender's where empty." placeholder:"DOMAINS"`
	AlertHosts    string `help:"Where webhooks may go beside public addresses over https: host, host:port, *.domain or a range, comma separated." placeholder:"HOSTS"`
	AlertExcerpts string `help:"Let alerts hold who called and what was said, where people ask for it: true or false." default:"false"`

	LogFormat string `help:"How the log is written: text or json." default:"text"`

	Unbuilt `embed:""`
}

// Unbuilt are settings whose feature is not there yet. They are known, so that
// setting one is refused instead of ignored.
type Unbuilt struct {
	Retention        string `hidden:""`
	OIDCIssuer       string `name:"oidc-issuer" hidden:""`
	OIDCClientID     string `name:"oidc-client-id" hidden:""`
	OIDCClientSecret string `name:"oidc-client-secret" hidden:""`
}

// refused lists the unbuilt settings that are set.
func (u Unbuilt) refused() []error {
	var errs []error
	for _, f := range []struct{ flag, value string }{
		{"retention", u.Retention}, {"oidc-issuer", u.OIDCIssuer}, {"oidc-client-id", u.OIDCClientID}, {"oidc-client-secret", u.OIDCClientSecret},
	} {
		if f.value != "" {
			errs = append(errs, fmt.Errorf("%s is not supported yet; unset it", variable(f.flag)))
		}
	}
	return errs
}

const variablePrefix = "AFTERBEEP_"

// variable is the environment variable of a flag.
func variable(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environment reads settings from the environment variables and the files that
// they name. It is a kong.Resolver: flags on the command line go before it.
type environment struct {
	lookup func(string) (string, bool)
}

// Validate is part of kong.Resolver.
func (environment) Validate(*kong.Application) error { return nil }

// Resolve is part of kong.Resolver. An empty variable counts as unset: that is
// how compose files pass on what nobody set.
func (e environment) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !isSetting(flag) {
		return nil, nil
	}
	name := variable(flag.Name)
	value, _ := e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	switch {
	case value != "" && path != "":
		return nil, fmt.Errorf("%s and %s_FILE are both set; set one", name, name)
	case value != "":
		return value, nil
	case path != "":
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, fileError(err))
		}
		return oneLineLess(string(text)), nil
	}
	return nil, nil
}

// isSetting tells the flags of Settings from those of a command.
func isSetting(flag *kong.Flag) bool {
	return flag.Group != nil && flag.Group.Key == settingsGroup
}

const settingsGroup = "settings"

// fileError says what is wrong with a file without repeating "open".
func fileError(err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", pathErr.Path, pathErr.Err)
	}
	return err
}

// oneLineLess drops the one newline that editors put at a file's end.
func oneLineLess(s string) string {
	s = strings.TrimSuffix(s, "\n")
	return strings.TrimSuffix(s, "\r")
}

// unknownVariables lists AFTERBEEP_ variables that no setting has. They are
// only warned of: a cluster may set some for a service named afterbeep.
func unknownVariables(environ []string, flags []*kong.Flag) []string {
	known := map[string]bool{}
	for _, f := range flags {
		known[variable(f.Name)] = true
		known[variable(f.Name)+"_FILE"] = true
	}
	var unknown []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) && value != "" && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
