package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"afterbeep/index"
	"afterbeep/ingest/kore"
	"afterbeep/store"
)

type doctorCmd struct{}

// finding is one line of the doctor's.
type finding struct {
	what  string
	bad   bool
	words string
}

func good(what, format string, args ...any) finding {
	return finding{what: what, words: fmt.Sprintf(format, args...)}
}

func bad(what, format string, args ...any) finding {
	return finding{what: what, bad: true, words: fmt.Sprintf(format, args...)}
}

// Run prints a line for each thing that was checked; exit status 1 when one is
// wrong.
func (doctorCmd) Run(ctx context.Context, p *program) error {
	failed := false
	say := func(fs ...finding) {
		for _, f := range fs {
			state := "ok  "
			if f.bad {
				state, failed = "BAD ", true
			}
			line, _, _ := strings.Cut(f.words, "\n") // a driver tells of each of its tries
			fmt.Fprintf(p.stdout, "%s %-13s %s\n", state, f.what, printable(line))
		}
	}
	say(good("configuration", "read and allowed"))
	say(p.checkDisk())
	s, err := p.openStore(ctx)
	if err != nil {
		say(bad("database", "%s: %v", p.databaseAdvice(), err))
	} else {
		defer s.Close()
		say(p.checkDatabase(ctx, s)...)
		say(p.checkIndex(ctx, s))
	}
	say(p.checkUpstream(ctx, s)...)
	if failed {
		return errSilent
	}
	return nil
}

// freeWanted is how much free disk is enough not to be worth a word.
const freeWanted = 1 << 30

func (p *program) checkDisk() finding {
	var fs unix.Statfs_t
	dir := p.config.DataDir
	if err := unix.Statfs(dir, &fs); errors.Is(err, unix.ENOENT) {
		return good("disk", "the data folder %s will be made at the first start", dir)
	} else if err != nil {
		return bad("disk", "%s: %v", dir, err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if free < freeWanted {
		return bad("disk", "%d MB are free in %s; make room, a full disk stops fetching", free>>20, dir)
	}
	return good("disk", "%d GB are free in %s", free>>30, dir)
}

func (p *program) checkDatabase(ctx context.Context, s store.Store) []finding {
	kind := "SQLite " + p.config.SQLitePath
	if p.config.PostgresURL != "" {
		kind = "PostgreSQL"
	}
	if err := s.Ready(ctx); err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	ledger, err := s.Ledger(ctx, store.AllBots())
	if err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	users, err := s.Users(ctx)
	if err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	findings := []finding{
		good("database", "%s answers, with %d voicemails", kind, ledger.Voicemails),
		good("migrations", "at this program's version"),
	}
	if len(users) == 0 {
		return append(findings, good("users", "there are none yet; serve prints a link that makes the first, or use afterbeep user add"))
	}
	return append(findings, good("users", "%d", len(users)))
}

// databaseAdvice says what to do about a database that does not open.
func (p *program) databaseAdvice() string {
	if p.config.PostgresURL != "" {
		return "check that the server of AFTERBEEP_DATABASE_URL runs and lets this user in"
	}
	return "check that " + p.config.SQLitePath + " can be written and is a database"
}

// checkIndex compares the index with the store, if no server has it.
func (p *program) checkIndex(ctx context.Context, s store.Store) finding {
	head, err := s.Head(ctx)
	if err != nil {
		return bad("index", "the store can't be asked: %v", err)
	}
	x, err := p.openIndex(ctx, s)
	if errors.Is(err, index.ErrInUse) {
		return good("index", "kept up to date by a running server; /readyz tells how far it is")
	}
	if err != nil {
		return bad("index", "%v; remove %s/index and it is built anew", err, p.config.DataDir)
	}
	defer x.Close()
	status := x.Status()
	if behind := head.Seq - status.Position.Seq; behind > 0 {
		return good("index", "%d changes behind the store; the next serve or search catches up", behind)
	}
	return good("index", "up to date, with %d voicemails", status.Voicemails)
}

func (p *program) checkUpstream(ctx context.Context, s store.Store) []finding {
	u := p.config.Upstream
	if u == nil {
		return []finding{good("upstream", "none is set: what is stored is served. Set the five AFTERBEEP_KORE_ variables to connect a bot")}
	}
	if s == nil {
		return []finding{bad("upstream", "not asked: the account's request budget is kept in the database")}
	}
	client, err := p.newClient(s)
	if err != nil {
		return []finding{bad("upstream", "%v", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	probe, err := client.Probe(ctx, u.BotID)
	findings := []finding{p.judge(u, probe, err)}
	if probe.SkewKnown {
		if skew := probe.Skew.Abs(); skew > kore.MaxSkew {
			findings = append(findings, bad("clock", "this machine's clock is %s off the upstream's; set it, tokens live a minute", skew))
		} else {
			findings = append(findings, good("clock", "agrees with the upstream's"))
		}
	}
	return append(findings, p.checkMediaHosts(ctx)...)
}

// judge says what a probe of the upstream came to and what to do about it.
func (p *program) judge(u *Upstream, probe kore.ProbeResult, err error) finding {
	if err == nil {
		return good("upstream", "%s lets the account in, for call details and voicemails", u.BaseURL)
	}
	advice := map[kore.Trouble]string{
		kore.TroubleClock:       "the upstream refuses the token for its times; set this machine's clock",
		kore.TroubleSecret:      "the client secret is wrong; copy it again from the JWT app into AFTERBEEP_KORE_CLIENT_SECRET",
		kore.TroubleAppID:       "the client id is not known; check AFTERBEEP_KORE_CLIENT_ID (cs-...)",
		kore.TroubleCredentials: "client id or client secret is wrong; copy both again from the JWT app",
		kore.TroubleReplay:      "the upstream takes tokens for replays; does somebody else use the same app?",
		kore.TroubleTokenID:     "the app wants tokens with an id; set AFTERBEEP_KORE_JWT_JTI=true",
		kore.TroubleScope:       missingScope(probe),
		kore.TroubleEncrypted:   "payload encryption is on; use a JWT app that has it off",
		kore.TroubleLimited:     "the account's request limit is used up; wait, or lower AFTERBEEP_KORE_RATE_PER_MINUTE",
		kore.TroubleUnreachable: "no answer; check AFTERBEEP_KORE_BASE_URL, the network, and the account's IP restriction",
	}[probe.Trouble]
	if kind := kore.KindOf(err); advice == "" && (kind == kore.KindBadRequest || kind == kore.KindNotFound) {
		advice = "the upstream does not take the request; check AFTERBEEP_KORE_BASE_URL, AFTERBEEP_KORE_BOT_ID and AFTERBEEP_KORE_ACCOUNT_ID"
	}
	if advice == "" {
		return bad("upstream", "%v", err)
	}
	return bad("upstream", "%s (%v)", advice, err)
}

// missingScope says which of the two scopes the upstream refused the app for.
func missingScope(probe kore.ProbeResult) string {
	var missing []string
	if kore.KindOf(probe.Voicemail) == kore.KindScope {
		missing = append(missing, "SmartAssist Voicemail")
	}
	if kore.KindOf(probe.Analytics) == kore.KindScope {
		missing = append(missing, "SmartAssist Analytics")
	}
	return "a scope is missing; tick " + strings.Join(missing, " and ") + " for the JWT app, save, and publish the app"
}

// checkMediaHosts looks up the hosts that are named in full; a pattern has
// nothing to look up.
func (p *program) checkMediaHosts(ctx context.Context) []finding {
	var findings []finding
	for _, host := range p.config.MediaHosts {
		name := host
		if h, _, err := net.SplitHostPort(host); err == nil {
			name = h
		}
		if strings.HasPrefix(name, "*.") {
			continue
		}
		if _, err := net.DefaultResolver.LookupHost(ctx, name); err != nil {
			findings = append(findings, bad("media host", "%s can't be looked up; check AFTERBEEP_KORE_MEDIA_HOSTS", name))
			continue
		}
		findings = append(findings, good("media host", "%s can be looked up", name))
	}
	if len(p.config.MediaHosts) == 0 {
		findings = append(findings, good("media host", "allowed by default: %s", kore.DefaultMediaHosts(p.config.Upstream.BaseURL)))
	}
	return findings
}
