package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// LookUps says for which sessions with a voicemail the upstream is asked for
// recordings of calls.
type LookUps string

// The values of LookUps.
const (
	// LookUpsAuto asks for those in which an agent answered, and for the others
	// once somebody wakes the task. It is the meaning of "" too.
	LookUpsAuto LookUps = "auto"
	// LookUpsAll also asks for the others, the newest first, when nothing better
	// is due.
	LookUpsAll LookUps = "all"
	// LookUpsOff asks for none.
	LookUpsOff LookUps = "off"
)

// lookedUp is what one look-up came to, with what is known at that moment. It is
// all that settleLookUp looks at.
type lookedUp struct {
	task   store.Task        // as it was before the claim
	had    []store.Recording // the voicemail's
	status string            // of version 2's reply
	files  []kore.File
	// old says that version 2 isn't there and version 1 was asked: count is how
	// many recordings that holds.
	old    bool
	count  int
	redact Redaction
	err    error
	now    time.Time
	jitter float64 // -1 to 1
}

// The times of what is waited for.
const (
	// partialWait is how long the first wait is for a recording of which a part
	// failed, or of which there is none yet.
	partialWait = 15 * time.Minute
	// pendingAsks is how often something is asked for that is older than
	// pendingCap before it is given up.
	pendingAsks = 3
	// hostAsks is how often a recording is tried whose host is not allowed before
	// it is given up: with the waits in between that is more than a week.
	hostAsks = 18
)

// settleLookUp says how a look-up ended. It is pure. Recordings that it names
// carry their status, so that a page can say why there is no audio.
func settleLookUp(a lookedUp) store.TaskOutcome {
	switch {
	case a.err != nil:
		return settleLookUpError(a)
	case a.old:
		return settleOldLookUp(a)
	case len(a.files) > 0:
		return settleFiles(a)
	}
	t := a.trial()
	word := statusWords(a.status)
	var o store.TaskOutcome
	switch store.ProspectOf(a.status) {
	case store.ProspectNoneExpected:
		o = t.end(store.StateEmpty, word)
	case store.ProspectNever:
		if t.age() < settledAge && plainStatus(a.status) == "media_unavailable" {
			o = t.unsettled(settledAge, word)
		} else {
			o = t.end(store.StateGone, word)
		}
	case store.ProspectComing:
		o = t.coming(a.status, word)
	default:
		if t.age() < recent {
			return t.unsettled(recent, "no recording of the call yet")
		}
		return t.end(store.StateEmpty, "the call has no recording")
	}
	o.Recordings = statusRows(a.had, a.redact.status(a.status))
	return o
}

// settleFiles is settleLookUp for a reply that names files: those that have a
// link are to be had, whatever the reply says of itself.
func settleFiles(a lookedUp) store.TaskOutcome {
	t := a.trial()
	rows := make([]store.Recording, len(a.files))
	missing := ""
	for i, f := range a.files {
		expires, _ := kore.ExpiryHint(f.URL)
		rows[i] = a.redact.named(store.Recording{Kind: store.RecordingCallV2, Status: a.redact.status(fileStatus(f, a.status)), ExpiryHint: expires}, f)
		if f.URL == "" {
			missing = cmp.Or(missing, rows[i].Status)
		}
	}
	var o store.TaskOutcome
	switch {
	case missing == "":
		// Of a reply that says more is coming, what is there is taken, and the
		// rest is asked for.
		if o = t.end(store.StateStored, ""); store.ProspectOf(a.status) == store.ProspectComing {
			o = t.comingOr(a.status, statusWords(a.status), store.StateStored)
		}
	case store.ProspectOf(missing) == store.ProspectNever || store.ProspectOf(missing) == store.ProspectNoneExpected:
		o = t.end(store.StateStored, statusWords(missing))
	default:
		o = t.comingOr(missing, statusWords(missing), store.StateStored)
	}
	o.Recordings = rows
	return o
}

// settleOldLookUp is settleLookUp for version 1, which has no statuses and no
// names.
func settleOldLookUp(a lookedUp) store.TaskOutcome {
	t := a.trial()
	if a.count == 0 {
		if t.age() < settledAge {
			return t.unsettled(settledAge, "no recording of the call yet")
		}
		return t.end(store.StateEmpty, "the call has no recording")
	}
	o := t.end(store.StateStored, "")
	for range a.count {
		o.Recordings = append(o.Recordings, store.Recording{Kind: store.RecordingCallV1, Status: store.RecordingSuccess})
	}
	return o
}

func settleLookUpError(a lookedUp) store.TaskOutcome {
	t := a.trial()
	if o, ok := t.passing(a.err); ok {
		return o
	}
	switch kore.KindOf(a.err) {
	case kore.KindNotFound:
		if t.age() < settledAge {
			return t.unsettled(settledAge, "the upstream doesn't know the call's recording yet")
		}
		return t.end(store.StateEmpty, "the upstream knows no recording of the call")
	case kore.KindGone:
		return t.end(store.StateGone, "the upstream has deleted the call's recording")
	case kore.KindTooLarge:
		return t.end(store.StateDead, reasonOf(a.err))
	}
	return t.failed(a.err)
}

// statusRows are the rows that keep the status of a reply without files: those
// that are known, else one without a name.
func statusRows(had []store.Recording, status string) []store.Recording {
	var rows []store.Recording
	for _, r := range had {
		if r.Kind == store.RecordingCallV2 && r.FileName != "" {
			rows = append(rows, store.Recording{Kind: r.Kind, FileName: r.FileName, Status: status, ExpiryHint: r.ExpiryHint})
		}
	}
	if len(rows) == 0 {
		rows = []store.Recording{{Kind: store.RecordingCallV2, Status: status}}
	}
	return rows
}

func plainStatus(status string) string { return strings.ToLower(strings.TrimSpace(status)) }

// statusWords puts a status of the upstream into plain words.
func statusWords(status string) string {
	switch plainStatus(status) {
	case "call_in_progress":
		return "the call is still going on"
	case "media_in_progress":
		return "the upstream is still making the recording"
	case "partial_download_failed", "partial_upload_failed":
		return "the upstream has a part of the recording only, and tries again"
	case "media_conversion_failed":
		return "the upstream could not convert the recording, and tries again"
	case "media_unavailable":
		return "the upstream has no recording"
	case "failed", "media_generation_failed":
		return "the upstream could not make the recording"
	case "media_unavailable_short_duration":
		return "the call was too short to be recorded"
	case "recording_disabled":
		return "recording is switched off"
	case store.RecordingMissing:
		return "the upstream names this recording no more"
	case store.RecordingNoLink:
		return "the upstream names this recording without a link"
	}
	return "the upstream says " + safeWord(status)
}

func (a lookedUp) trial() trial {
	return trial{task: a.task, now: a.now, jitter: a.jitter}
}

// trial is what the outcomes of look-ups and of keeping have in common.
type trial struct {
	task   store.Task
	now    time.Time
	jitter float64
}

// age is how long ago the message was left.
func (t trial) age() time.Duration {
	if t.task.LeftAt.IsZero() {
		return 0
	}
	return max(0, t.now.Sub(t.task.LeftAt))
}

// givenUp is whether what is still missing is not waited for any longer.
func (t trial) givenUp() bool { return t.age() > pendingCap && t.task.Attempts >= pendingAsks }

func (t trial) end(state store.State, reason string) store.TaskOutcome {
	return store.TaskOutcome{State: state, Reason: reason}
}

// wait asks again after minutes, then twice as long each time, up to a day.
func (t trial) wait(reason string) store.TaskOutcome {
	after := longestWait
	if n := max(t.task.Attempts, 0); n < 10 {
		after = min(firstWait<<n, longestWait)
	}
	return t.waitFor(after, reason)
}

func (t trial) waitFor(d time.Duration, reason string) store.TaskOutcome {
	return store.TaskOutcome{State: store.StateWaiting, After: spread(d, t.jitter), Reason: reason}
}

// unsettled asks again what was answered with no before a call had the age from
// which that is believed: soon, and then at that age.
func (t trial) unsettled(believed time.Duration, reason string) store.TaskOutcome {
	after := partialWait
	if t.task.Attempts > 0 {
		after = max(believed-t.age(), partialWait)
	}
	return t.waitFor(after, reason)
}

// coming waits for a recording that the upstream is said to be making, or gives
// it up.
func (t trial) coming(status, reason string) store.TaskOutcome {
	return t.comingOr(status, reason, store.StateGone)
}

// comingOr is coming with the state in which it is given up.
func (t trial) comingOr(status, reason string, over store.State) store.TaskOutcome {
	if t.givenUp() {
		return t.end(over, "the upstream never finished the recording: "+safeWord(status))
	}
	switch s := plainStatus(status); {
	case !slices.Contains([]string{"partial_download_failed", "partial_upload_failed", "media_conversion_failed"}, s):
		return t.wait(reason)
	case t.task.Attempts == 0:
		return t.waitFor(partialWait, reason)
	}
	return t.waitFor(longestWait, reason)
}

// giveBack leaves the task as it was, to be tried again in a while.
func (t trial) giveBack(after time.Duration, reason string) store.TaskOutcome {
	return store.TaskOutcome{State: store.StateDue, After: after, Reason: reason}
}

// retry asks again on the schedule of passing faults, whose last step becomes a
// day after half a day of them.
func (t trial) retry(reason string) store.TaskOutcome {
	after := retryWait(t.task.Attempts, t.jitter)
	if t.task.Attempts > len(retrySteps)+12 {
		after = spread(longestWait, t.jitter)
	}
	return store.TaskOutcome{State: store.StateRetry, After: after, Reason: reason}
}

// passing is the outcome of an error that says nothing of the recording; false
// for others.
func (t trial) passing(err error) (store.TaskOutcome, bool) {
	var pause *accountPause
	var one *refusedOne
	switch kind := kore.KindOf(err); {
	case errors.As(err, &pause):
		return t.giveBack(max(pause.wait, time.Second), pause.words), true
	case errors.As(err, &one):
		return t.retry(one.Error()), true
	case errors.Is(err, errNoClient):
		return t.giveBack(spread(noClientAgain, t.jitter), errNoClient.Error()), true
	case errors.Is(err, context.DeadlineExceeded) && kind == kore.KindNone:
		// No stop of ours: something else took too long, and may do so again.
		return t.giveBack(afterLimit, t.task.Reason), true
	case stopped(err):
		return t.giveBack(0, t.task.Reason), true
	case kind == kore.KindLimited:
		return t.giveBack(limitedFor(err), reasonOf(err)), true
	case isAccountTrouble(err):
		return t.giveBack(spread(giveBack, t.jitter), reasonOf(err)), true
	case kind == kore.KindServer || kind == kore.KindNetwork:
		return t.retry(reasonOf(err)), true
	}
	return store.TaskOutcome{}, false
}

// failed is the outcome of an error that asking again may not mend: dead where
// it was so again and again.
func (t trial) failed(err error) store.TaskOutcome {
	switch kind := kore.KindOf(err); {
	case kind == kore.KindNone && !isKeepFault(err):
		// The store or the budget could not be asked.
		return t.giveBack(afterLimit, t.task.Reason)
	case kind == kore.KindHost:
		// An administrator may yet allow it.
		if t.age() > pendingCap && t.task.Attempts >= hostAsks {
			return t.end(store.StateDead, reasonOf(err))
		}
		return t.wait(reasonOf(err))
	}
	return t.unreadable(reasonOfKeep(err))
}

// unreadable counts in the reason how often in a row it was so.
func (t trial) unreadable(reason string) store.TaskOutcome {
	times := 1 + unreadableBefore(t.task.Reason)
	reason = fmt.Sprintf("%s%s%d", reason, unreadableMark, times)
	if times >= unreadableLimit {
		return t.end(store.StateDead, reason)
	}
	return t.retry(reason)
}

// limitedFor is how long an account that is limited is left alone.
func limitedFor(err error) time.Duration {
	var e *kore.Error
	if asKore(err, &e) {
		return max(e.RetryAfter, afterLimit)
	}
	return afterLimit
}
