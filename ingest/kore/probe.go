package kore

import (
	"context"
	"errors"
	"net/http"
	"regexp"
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
	// Analytics and Voicemail are why an API may not be used, nil where it
	// may or was not asked.
	Analytics error
	Voicemail error
}

// nobody is a session id that no session has: its time is 1970.
const nobody = "000000000000000000000000"

// MaxSkew is how far apart the clocks may be before it is worth a word: a token
// lives a minute.
const MaxSkew = 30 * time.Second

// Probe finds out with two requests whether the account works: one row of call
// details, and a voicemail that does not exist. The error is the first that
// matters; the result is filled in as far as it came, error or not.
func (c *Client) Probe(ctx context.Context, botID string) (ProbeResult, error) {
	var r ProbeResult
	now := c.cfg.Now()
	_, ans, err := c.callDetails(ctx, ClassListener, CallDetailsQuery{BotID: botID, From: now.Add(-time.Hour), To: now, Limit: 1})
	r.Skew, r.SkewKnown = skew(ans)
	if err != nil {
		r.Trouble = troubleOf(err, r)
		r.Analytics = err
		if r.Trouble != TroubleScope {
			return r, err
		}
	}
	if _, verr := c.Voicemail(ctx, ClassListener, botID, nobody); verr != nil {
		switch KindOf(verr) {
		case KindNotFound, KindGone, KindBadRequest, KindServer:
			// As far as anybody knows, this is how it says that there is none.
		default:
			r.Voicemail = verr
			if err == nil {
				r.Trouble, err = troubleOf(verr, r), verr
			}
		}
	}
	return r, err
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
	clockText     = regexp.MustCompile(`(?i)expired|not active|not yet|before|\biat\b|\bexp\b|clock`)
	signatureText = regexp.MustCompile(`(?i)signature`)
	appIDText     = regexp.MustCompile(`(?i)app ?id|client ?id|unknown (app|client)|(app|client)[a-z ]* not found`)
	tokenIDText   = regexp.MustCompile(`(?i)\bjti\b`)
)

// troubleOf reads an error as a person would who also sees the clocks.
func troubleOf(err error, r ProbeResult) Trouble {
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
		case tokenIDText.MatchString(e.Msg):
			return TroubleTokenID
		case signatureText.MatchString(e.Msg):
			return TroubleSecret
		case appIDText.MatchString(e.Msg):
			return TroubleAppID
		case clockText.MatchString(e.Msg):
			return TroubleClock
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
