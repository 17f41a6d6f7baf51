package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// answer is what one question to the voicemail endpoint came to, with what is
// known at that moment. It is all that settle looks at.
type answer struct {
	session store.Session // as it was before the claim
	reply   *store.Reply  // flattened; nil with err
	status  string        // the reply's own word
	err     error
	now     time.Time
	jitter  float64 // -1 to 1
}

// How long things are waited for.
const (
	firstWait   = 2 * time.Minute
	longestWait = 24 * time.Hour
	// pendingCap is how old a session is when what it still lacks is given up.
	pendingCap = 7 * 24 * time.Hour
	// pendingTries is how long after it was found a session is asked again
	// even where it is older than that.
	pendingTries = time.Hour
	// comingTries is the same for a session of which there is nothing yet but
	// a word that it is coming: giving it up would lose all of it.
	comingTries = 24 * time.Hour
	// settledAge is the age from which "no" is taken for an answer; an
	// upstream may say it of a call whose recording it has not written yet.
	settledAge = 24 * time.Hour
	// emptyTries is how long after it was found a session is asked again that
	// is flagged as a voicemail and said to be none.
	emptyTries = 15 * time.Minute
	// unreadableLimit is how often in a row a reply is unreadable until the
	// session is dead: two hours by the retry schedule, so that a page that an
	// upstream under repair shows for a while kills nothing.
	unreadableLimit = 8
	// giveBack is when a session that was given back for account trouble is
	// due again: a few passes try others first, in case the trouble is its own.
	giveBack = 15 * time.Minute
	// unconnectedWait is when a session is due again whose bot is not connected
	// any more, while others of its account are.
	unconnectedWait = time.Hour
)

// retrySteps is the schedule of passing faults; its last step repeats.
var retrySteps = [...]time.Duration{
	time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour,
}

// retryWait is how long to wait after a failure that had attempts failures
// before it, plus or minus a fifth.
func retryWait(attempts int, jitter float64) time.Duration {
	step := retrySteps[min(max(attempts, 0), len(retrySteps)-1)]
	return spread(step, jitter)
}

// spread moves d by up to a fifth.
func spread(d time.Duration, jitter float64) time.Duration {
	return d + time.Duration(float64(d)/5*min(max(jitter, -1), 1))
}

// age is how long ago the session was, by the best that is known of it.
func (a answer) age() time.Duration {
	s := a.session
	for _, t := range []time.Time{s.EndedAt, s.StartedAt, objectIDTime(s.SessionID, a.now), s.FoundAt} {
		if !t.IsZero() {
			return max(0, a.now.Sub(t))
		}
	}
	return 0
}

// known is how long this store has known of the session.
func (a answer) known() time.Duration {
	if a.session.FoundAt.IsZero() {
		return 0
	}
	return max(0, a.now.Sub(a.session.FoundAt))
}

// wait asks again after half of the time that it has been waited already: minutes
// first, up to a day.
func (a answer) wait(reason string) store.Outcome { return a.waitAsFor(a.known(), reason) }

// waitAsFor is wait for what has been waited for so long.
func (a answer) waitAsFor(waited time.Duration, reason string) store.Outcome {
	after := min(max(waited/2, firstWait), longestWait)
	return store.Outcome{State: store.StateWaiting, After: spread(after, a.jitter), Reason: reason, Reply: a.reply}
}

func (a answer) retry(reason string) store.Outcome {
	return store.Outcome{State: store.StateRetry, After: retryWait(a.session.Attempts, a.jitter), Reason: reason, Reply: a.reply}
}

func (a answer) end(state store.State, reason string) store.Outcome {
	return store.Outcome{State: state, Reason: reason, Reply: a.reply}
}

// givenUp is whether what is still missing is not waited for any longer.
func (a answer) givenUp() bool { return a.age() > pendingCap && a.known() > pendingTries }

// settle says how a fetch ended. It is pure: the same answer gives the same
// outcome. What is already stored of the session is the store's to keep
// (store.Settle).
func settle(a answer) store.Outcome {
	if a.err != nil {
		return settleError(a)
	}
	if a.reply.IsVoicemail() {
		return settleVoicemail(a)
	}
	return settleEmpty(a)
}

// settleVoicemail is settle for a reply with a message: what it still lacks,
// the transcript or the file, is waited for. How long that has been on its way is
// the session's age: in one of last week that was found just now, it won't come
// within minutes.
func settleVoicemail(a answer) store.Outcome {
	over := a.age() > pendingCap
	switch prospect := store.ProspectOf(a.status); {
	case !hasText(a.reply) && (over || prospect == store.ProspectNever):
		return a.end(store.StateStored, "no transcript came")
	case !hasText(a.reply):
		return a.waitAsFor(a.age(), "the transcript is not there yet")
	case len(a.reply.Recordings) > 0 || prospect != store.ProspectComing:
		return a.end(store.StateStored, "")
	case over:
		return a.end(store.StateStored, "no recording came")
	}
	return a.waitAsFor(a.age(), "the recording is not there yet")
}

// settleEmpty is settle for a good reply without a message.
func settleEmpty(a answer) store.Outcome {
	flagged := a.session.Voicemail == store.FlagYes
	word := safeWord(a.status)
	switch store.ProspectOf(a.status) {
	case store.ProspectComing:
		if a.givenUp() && a.known() > comingTries {
			return a.end(store.StateGone, "the upstream never finished it: "+word)
		}
		return a.wait("the upstream is not ready: " + word)
	case store.ProspectNever:
		if a.age() < settledAge {
			return a.wait("the upstream says " + word)
		}
		return a.end(store.StateGone, "the upstream says "+word)
	case store.ProspectNoneExpected:
		return a.end(store.StateEmpty, "the upstream says "+word)
	}
	if flagged && (a.age() < settledAge || a.known() < emptyTries) || a.age() < recent {
		return a.wait("nothing there yet")
	}
	return a.end(store.StateEmpty, "no voicemail in the session")
}

// settleError is settle for a question without a good answer.
func settleError(a answer) store.Outcome {
	reason := reasonOf(a.err)
	switch kind := kore.KindOf(a.err); {
	case stopped(a.err):
		return store.Outcome{State: store.StateDue, Reason: a.session.Reason}
	case kind == kore.KindLimited:
		return store.Outcome{State: store.StateDue, Reason: reason}
	case errors.Is(a.err, errNotConnected):
		return store.Outcome{State: store.StateDue, After: spread(unconnectedWait, a.jitter), Reason: reason}
	case isAccountTrouble(a.err):
		return store.Outcome{State: store.StateDue, After: spread(giveBack, a.jitter), Reason: reason}
	case kind == kore.KindNotFound || kind == kore.KindGone:
		return settleGone(a, reason)
	case kind == kore.KindBadRequest && a.session.Voicemail != store.FlagYes:
		return settleGone(a, reason)
	case errors.Is(a.err, errPanicked) || kind == kore.KindMalformed || kind == kore.KindTooLarge || kind == kore.KindBadRequest:
		return settleUnreadable(a, reason)
	}
	return a.retry(reason)
}

// settleGone believes "there is none" of an old session, when it was said
// twice of one that is flagged as a voicemail.
func settleGone(a answer, reason string) store.Outcome {
	if a.age() < settledAge {
		return a.wait(reason)
	}
	if a.session.Voicemail == store.FlagYes && a.session.Reason != reason && !a.givenUp() {
		return a.wait(reason)
	}
	return a.end(store.StateGone, reason)
}

// settleUnreadable counts in the reason how often in a row a reply could not be
// read: the attempts count other faults too.
func settleUnreadable(a answer, reason string) store.Outcome {
	times := 1 + unreadableBefore(a.session.Reason)
	reason = reason + unreadableMark + strconv.Itoa(times)
	o := a.retry(reason)
	if times >= unreadableLimit {
		o = a.end(store.StateDead, reason)
	}
	if e, ok := errors.AsType[*kore.Error](a.err); ok {
		o.Excerpt = unspoken(e.Excerpt)
	}
	return o
}

const unreadableMark = ", unreadable times in a row: "

func unreadableBefore(reason string) int {
	_, count, ok := strings.Cut(reason, unreadableMark)
	times, err := strconv.Atoi(count)
	if !ok || err != nil || times < 0 {
		return 0
	}
	return times
}

func hasText(r *store.Reply) bool {
	for _, g := range r.Segments {
		if strings.TrimSpace(g.Text) != "" {
			return true
		}
	}
	return false
}

// stopped reports whether a question was broken off by ourselves.
func stopped(err error) bool {
	return kore.KindOf(err) == kore.KindNone &&
		(errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errStopping))
}

// errPanicked is a reply on which reading it broke down.
var errPanicked = errors.New("the reply could not be worked through")

// errNotConnected is a session of a bot that nobody speaks for.
var errNotConnected = errors.New("the session's bot is not connected")

// isAccountTrouble reports whether an error is about the account, so that every
// other session would meet it too.
func isAccountTrouble(err error) bool {
	kind := kore.KindOf(err)
	return kind == kore.KindToken || kind == kore.KindScope || errors.Is(err, kore.ErrEncrypted)
}

// reasonOf is an error in words that are safe to show and log.
func reasonOf(err error) string {
	for _, own := range []error{errPanicked, errNotConnected} {
		if errors.Is(err, own) {
			return own.Error()
		}
	}
	var e *kore.Error
	if errors.As(err, &e) {
		return unspoken(e.Error())
	}
	return "the upstream could not be asked"
}

// safeWord is a status that can be shown: what is not a plain word is told
// without its text.
func safeWord(status string) string {
	status = strings.TrimSpace(status)
	plain := func(r rune) bool {
		return r == '_' || r == '-' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	if len(status) > 60 || strings.ContainsFunc(status, func(r rune) bool { return !plain(r) }) {
		return "a status of an unknown form"
	}
	return cmp.Or(unspoken(status), fmt.Sprintf("%q", ""))
}

// firstYear is before every session there is: what is said to be older is no time.
const firstYear = 2005

// believed is a time that an upstream or a person names for a session, where it
// can be one: not before there were any, nor later than clocks may differ. Zero
// for another.
func believed(said, now time.Time) time.Time {
	if said.UTC().Year() < firstYear || said.After(now.Add(24*time.Hour)) {
		return time.Time{}
	}
	return said
}

// beganAt is when a session began: what is said of it, or else what its id
// tells. Zero where neither is believed.
func beganAt(said time.Time, sessionID string, now time.Time) time.Time {
	if at := believed(said, now); !at.IsZero() {
		return at
	}
	return objectIDTime(sessionID, now)
}

// objectIDTime is when a session began, read from its id: an id of the
// upstream starts with the seconds of the Unix clock in hexadecimal. Zero for
// ids of another form, and for times that are not believed.
func objectIDTime(sessionID string, now time.Time) time.Time {
	if len(sessionID) != 24 {
		return time.Time{}
	}
	seconds, err := strconv.ParseUint(sessionID[:8], 16, 32)
	if err != nil {
		return time.Time{}
	}
	if _, err := strconv.ParseUint(sessionID[8:], 16, 64); err != nil {
		return time.Time{}
	}
	return believed(time.Unix(int64(seconds), 0).UTC(), now)
}
