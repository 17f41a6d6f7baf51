package kore

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Trouble names what a Probe found to be wrong, for a sentence to a person.
type Trouble string

// What a Probe can find.
const (
	TroubleNone        Trouble = ""
	TroubleClock       Trouble = "clock"       // our clock and theirs differ by too much
	TroubleSecret      Trouble = "secret"      // the app is known, the signature is wrong
	TroubleAppID       Trouble = "app_id"      // the app is not known
	TroubleCredentials Trouble = "credentials" // app id or secret; the upstream doesn't say which
	TroubleReplay      Trouble = "replay"      // tokens are taken for replays
	TroubleTokenID     Trouble = "token_id"    // the app wants token ids, or wants them otherwise
	TroubleScope       Trouble = "scope"       // the app may not do this; or is not published
	TroubleEncrypted   Trouble = "encrypted"   // payload encryption is on
	TroubleLimited     Trouble = "limited"     // the request limit is used up
	TroubleUnreachable Trouble = "unreachable" // no answer
	TroubleOther       Trouble = "other"       // see the error
)

// ProbeResult is what a Probe learned, as far as it came.
type ProbeResult struct {
	// Skew is how far the upstream's clock is ahead of ours, to the second;
	// it counts where SkewKnown is set.
	Skew      time.Duration
	SkewKnown bool
	// Trouble is the kind of the error returned, TroubleNone without one.
	Trouble Trouble
	// Analytics, Voicemail, Recordings and Sessions are why an API may not be
	// used, nil where it may or was not asked.
	Analytics  error
	Voicemail  error
	Recordings error
	Sessions   error
}

// The scopes that an app needs, as the upstream names them.
const (
	ScopeVoicemail  = "SmartAssist Voicemail"
	ScopeAnalytics  = "SmartAssist Analytics"
	ScopeRecordings = "SmartAssist Recordings"
	ScopeSessions   = "Bot Sessions"
)

// MissingScopes are the names of the scopes that the app was refused for.
func (r ProbeResult) MissingScopes() []string {
	var missing []string
	for _, s := range []struct {
		name string
		err  error
	}{
		{ScopeVoicemail, r.Voicemail}, {ScopeAnalytics, r.Analytics}, {ScopeRecordings, r.Recordings}, {ScopeSessions, r.Sessions},
	} {
		if KindOf(s.err) == KindScope {
			missing = append(missing, s.name)
		}
	}
	return missing
}

// nobody is a session id that no session has: its time is 1970.
const nobody = "000000000000000000000000"

// MaxSkew is how far apart the clocks may be before it is worth a word: a token
// lives a minute.
const MaxSkew = 30 * time.Second

// ProbeQuery says what a Probe asks for.
type ProbeQuery struct {
	BotID      string
	Recordings bool // recordings of calls are asked for, of a session that does not exist
	Sessions   bool // the sessions history is asked for
}

// Probe finds out with two to four requests whether the account works: one row
// of call details, a voicemail that does not exist, and what q asks for. The
// error is the first that matters; the result is filled in as far as it came,
// error or not. A missing scope does not keep it from asking on.
func (c *Client) Probe(ctx context.Context, q ProbeQuery) (ProbeResult, error) {
	var r ProbeResult
	var first error
	for _, step := range c.probeSteps(q) {
		ans, err := step.ask(ctx)
		if s, ok := skew(ans); ok && !r.SkewKnown {
			r.Skew, r.SkewKnown = s, true
		}
		if err == nil || step.lenient && saysNone(err) {
			continue
		}
		*step.result(&r) = err
		trouble := c.troubleOf(err, r)
		if first == nil || r.Trouble == TroubleScope && trouble != TroubleScope {
			first, r.Trouble = err, trouble
		}
		if trouble != TroubleScope {
			break
		}
	}
	return r, first
}

// probeStep is one request of a Probe.
type probeStep struct {
	ask     func(context.Context) (*answer, error)
	result  func(*ProbeResult) *error
	lenient bool // it asks for what need not be there
}

func (c *Client) probeSteps(q ProbeQuery) []probeStep {
	now := c.cfg.Now()
	steps := []probeStep{{
		ask: func(ctx context.Context) (*answer, error) {
			_, ans, err := c.callDetails(ctx, ClassListener, CallDetailsQuery{BotID: q.BotID, From: now.Add(-time.Hour), To: now, Limit: 1})
			return ans, err
		},
		result: func(r *ProbeResult) *error { return &r.Analytics },
	}, {
		ask: func(ctx context.Context) (*answer, error) {
			_, err := c.Voicemail(ctx, ClassListener, q.BotID, nobody)
			return nil, err
		},
		result: func(r *ProbeResult) *error { return &r.Voicemail }, lenient: true,
	}}
	if q.Recordings {
		steps = append(steps, probeStep{
			ask: func(ctx context.Context) (*answer, error) {
				_, err := c.Recordings(ctx, ClassListener, q.BotID, nobody)
				return nil, err
			},
			result: func(r *ProbeResult) *error { return &r.Recordings }, lenient: true,
		})
	}
	if q.Sessions {
		steps = append(steps, probeStep{
			ask: func(ctx context.Context) (*answer, error) {
				_, err := c.Sessions(ctx, ClassListener, SessionsQuery{BotID: q.BotID, From: now.Add(-time.Hour), To: now, Limit: 1})
				return nil, err
			},
			result: func(r *ProbeResult) *error { return &r.Sessions },
		})
	}
	return steps
}

// saysNone says whether an error is, as far as anybody knows, how the upstream
// says that there is nothing for a session.
func saysNone(err error) bool {
	switch KindOf(err) {
	case KindNotFound, KindGone, KindBadRequest, KindServer:
		return true
	}
	return false
}

// skew compares the Date of an answer, which is cut to the second, with the
// middle of the time in which it was made.
func skew(ans *answer) (time.Duration, bool) {
	if ans == nil {
		return 0, false
	}
	date, err := http.ParseTime(ans.header.Get("Date"))
	if err != nil {
		return 0, false
	}
	middle := ans.sent.Add(ans.got.Sub(ans.sent) / 2)
	return date.Add(500 * time.Millisecond).Sub(middle).Round(time.Second), true
}

var (
	clockText     = regexp.MustCompile(`(?i)expired|not active|not yet|before|future|issued at|too (old|early|late)|\biat\b|\bexp\b|\bnbf\b|clock|\bskew`)
	signatureText = regexp.MustCompile(`(?i)signature`)
	appIDText     = regexp.MustCompile(`(?i)app ?id|client ?id|unknown (app|client)|(app|client)[a-z ]* not found`)
	lifeText      = regexp.MustCompile(`(?i)hour`)
	tokenIDText   = regexp.MustCompile(`(?i)\bjti\b`)
)

// troubleOf reads an error as a person would who also sees the clocks.
func (c *Client) troubleOf(err error, r ProbeResult) Trouble {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return TroubleOther
	}
	switch e.Kind {
	case KindToken:
		switch {
		case r.SkewKnown && r.Skew.Abs() > MaxSkew:
			return TroubleClock
		case errors.Is(err, ErrReplay):
			return TroubleReplay
		case tokenIDText.MatchString(e.Msg) && lifeText.MatchString(e.Msg):
			return TroubleClock // our tokens live a minute: theirs must be an hour behind
		case tokenIDText.MatchString(e.Msg):
			return TroubleTokenID
		case signatureText.MatchString(e.Msg):
			return TroubleSecret
		case appIDText.MatchString(e.Msg):
			return TroubleAppID
		case clockText.MatchString(e.Msg):
			return TroubleClock
		case !strings.HasPrefix(c.cfg.ClientID, "cs-"): // as all of them begin
			return TroubleAppID
		}
		return TroubleCredentials
	case KindScope:
		return TroubleScope
	case KindLimited:
		return TroubleLimited
	case KindNetwork:
		return TroubleUnreachable
	}
	if errors.Is(err, ErrEncrypted) {
		return TroubleEncrypted
	}
	return TroubleOther
}
