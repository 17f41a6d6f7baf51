package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// probeWithin is how long one bot's upstream may take to be looked at.
const probeWithin = 90 * time.Second

// checkUpstreams looks at every connected bot.
func (p *program) checkUpstreams(ctx context.Context, s store.Store) []finding {
	if s == nil {
		return []finding{bad("upstream", "not asked: the accounts' request budgets are kept in the database")}
	}
	bots, err := p.newUpstreams(ctx, s)
	if err != nil {
		return []finding{bad("upstream", "%v", err)}
	}
	connected := bots.all()
	if len(connected) == 0 {
		return []finding{good("upstream", "no bot is connected: what is stored is served. Set the five AFTERBEEP_KORE_ variables or AFTERBEEP_BOTS_FILE, or use the page Bots")}
	}
	var findings []finding
	for _, b := range connected {
		if b.client == nil {
			findings = append(findings, bad("upstream", "bot %s: %s", printable(b.BotID), b.trouble))
			continue
		}
		for _, f := range p.checkBot(ctx, s, b.client, b.Upstream) {
			if len(connected) > 1 {
				f.words = "bot " + printable(b.BotID) + ": " + f.words
			}
			findings = append(findings, f)
		}
	}
	return append(findings, p.checkMediaHosts(ctx, connected)...)
}

// checkBot asks the upstream whether one bot works, and whether its recordings
// may be fetched from where they lie.
func (p *program) checkBot(ctx context.Context, s store.Store, client *kore.Client, u Upstream) []finding {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	sample, err := sampleOf(ctx, s, u.BotID)
	if err != nil {
		return []finding{bad("upstream", "%v", err)}
	}
	probe, err := client.Probe(ctx, kore.ProbeQuery{BotID: u.BotID, Recordings: p.config.Audio.LookUps != ingest.LookUpsOff, Sessions: p.config.Discovery == ingest.DiscoverSessions})
	findings := []finding{p.judge(u, probe, err)}
	if probe.SkewKnown {
		if skew := probe.Skew.Abs(); skew > kore.MaxSkew {
			findings = append(findings, bad("clock", "this machine's clock is %s off the upstream's; set it, tokens live a minute", skew))
		} else {
			findings = append(findings, good("clock", "agrees with the upstream's"))
		}
	}
	if err == nil && sample != "" {
		findings = append(findings, checkMediaOf(ctx, client, u.BotID, sample)...)
	}
	return findings
}

// sampleOf is the session of a bot's voicemail that changed lately and names a
// recording; "" where there is none.
func sampleOf(ctx context.Context, s store.Feed, botID string) (string, error) {
	const lately = 500
	head, err := s.Head(ctx)
	if err != nil {
		return "", err
	}
	changes, err := s.Changes(ctx, max(0, head.Seq-lately), lately)
	if err != nil {
		return "", err
	}
	sample := ""
	for _, c := range changes {
		if v := c.Voicemail; v != nil && v.BotID == botID && len(v.Recordings) > 0 {
			sample = v.SessionID
		}
	}
	return sample, nil
}

// checkMediaOf looks whether the recordings of a session lie where they may be
// fetched from. Nothing is fetched: a link may be good for few uses.
func checkMediaOf(ctx context.Context, client *kore.Client, botID, sessionID string) []finding {
	reply, err := client.Voicemail(ctx, kore.ClassListener, botID, sessionID)
	if err != nil {
		return nil // an old session may be gone; what ails the account was told
	}
	var findings []finding
	seen := map[string]bool{}
	for _, file := range reply.Files {
		link, err := url.Parse(file.URL)
		if err != nil || link.Host == "" || seen[link.Host] {
			continue
		}
		seen[link.Host] = true
		switch err := client.ReachesMedia(ctx, file.URL); {
		case client.AllowsMedia(file.URL) != nil:
			findings = append(findings, bad("media host", "recordings lie on %s, which is not allowed; add it to AFTERBEEP_KORE_MEDIA_HOSTS", printable(link.Host)))
			continue
		case errors.Is(err, kore.ErrHostNotAllowed):
			findings = append(findings, bad("media host", "recordings lie on %s, which leads to an address that is not allowed (%v); add that address to AFTERBEEP_KORE_MEDIA_HOSTS if it is meant", printable(link.Host), err))
			continue
		case err != nil:
			findings = append(findings, bad("media host", "recordings lie on %s, which can't be looked up (%v); check this machine's name service", printable(link.Host), err))
			continue
		}
		findings = append(findings, good("media host", "recordings lie on %s, which is allowed", printable(link.Host)))
	}
	return findings
}

// judge says what a probe of the upstream came to and what to do about it.
func (p *program) judge(u Upstream, probe kore.ProbeResult, err error) finding {
	if err == nil {
		return good("upstream", "%s lets the account in, for all that is asked of it", u.BaseURL)
	}
	where := func(variable, field string) string {
		if u.From == fromEnvironment {
			return variable
		}
		return field + " of the bot (connected by " + u.From + ")"
	}
	secret, app := where("AFTERBEEP_KORE_CLIENT_SECRET", "the client secret"), where("AFTERBEEP_KORE_CLIENT_ID", "the client id")
	base := where("AFTERBEEP_KORE_BASE_URL", "the base URL")
	advice := map[kore.Trouble]string{
		kore.TroubleClock:       "the upstream refuses the token for its times; set this machine's clock",
		kore.TroubleSecret:      "the client secret is wrong; copy it again from the JWT app into " + secret,
		kore.TroubleAppID:       "the client id is not known; check " + app + " (cs-...)",
		kore.TroubleCredentials: "client id or client secret is wrong; copy both again from the JWT app, see " + app,
		kore.TroubleReplay:      "the upstream takes tokens for replays; does somebody else use the same app?",
		kore.TroubleTokenID:     "the app wants tokens with an id; set " + where("AFTERBEEP_KORE_JWT_JTI=true", "jti"),
		kore.TroubleScope:       missingScope(probe),
		kore.TroubleEncrypted:   "payload encryption is on; use a JWT app that has it off",
		kore.TroubleLimited:     "the account's request limit is used up; wait, or lower AFTERBEEP_KORE_RATE_PER_MINUTE",
		kore.TroubleUnreachable: "no answer; check " + base + ", the network, and the account's IP restriction",
	}[probe.Trouble]
	switch kind := kore.KindOf(err); {
	case advice != "":
	case kind == kore.KindBadRequest || kind == kore.KindNotFound:
		advice = "the upstream does not take the request; check " + base + ", the bot's id and the account's id"
	case kind == kore.KindMalformed:
		advice = "what answers is not the API; check " + base + ", and whether a proxy or a login page stands before it"
	case kind == kore.KindServer:
		advice = "the upstream fails; try again later, and check " + base
	}
	if errors.Is(err, context.DeadlineExceeded) && kore.KindOf(err) == kore.KindNone {
		advice = "not asked: the account's own budget of requests is used up, by a running server or AFTERBEEP_KORE_RATE_PER_MINUTE; try again in a minute"
	}
	if advice == "" {
		return bad("upstream", "%v", err)
	}
	return bad("upstream", "%s (%v)", advice, err)
}

// missingScope says which scopes the upstream refused the app for.
func missingScope(probe kore.ProbeResult) string {
	return "a scope is missing; tick " + strings.Join(probe.MissingScopes(), " and ") + " for the JWT app, save, and publish the app"
}

// checkMediaHosts looks up the hosts that are named in full; a pattern has
// nothing to look up.
func (p *program) checkMediaHosts(ctx context.Context, connected []connectedBot) []finding {
	var findings []finding
	for _, host := range p.config.MediaHosts {
		name := host
		if h, _, err := net.SplitHostPort(host); err == nil {
			name = h
		}
		if strings.HasPrefix(name, "*.") || strings.Contains(name, "/") {
			continue
		}
		if _, err := net.DefaultResolver.LookupHost(ctx, name); err != nil {
			findings = append(findings, bad("media host", "%s can't be looked up; check AFTERBEEP_KORE_MEDIA_HOSTS", name))
			continue
		}
		findings = append(findings, good("media host", "%s can be looked up", name))
	}
	if len(p.config.MediaHosts) == 0 {
		findings = append(findings, good("media host", "allowed by default: %s", kore.DefaultMediaHosts(connected[0].BaseURL)))
	}
	return findings
}
