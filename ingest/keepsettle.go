package ingest

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// The faults that keeping a recording may meet beside the client's.
var (
	// errNoFile is a reply that names no such file, or no link of it.
	errNoFile = errors.New("the upstream names no such file")
	// errNoBytes is a recording without a byte, which is none.
	errNoBytes = errors.New("the media host sent no bytes")
	// errText is text where audio was expected.
	errText = errors.New("the media host sent text instead of audio")
	// errTooLarge is a recording over the cap of one.
	errTooLarge = errors.New("the recording is too large to be kept")
	// errLargerThanRoom is a recording that doesn't fit, while smaller ones may.
	errLargerThanRoom = errors.New("the recording is larger than the room that is left")
	// errOverCap is a recording that the archive's cap never leaves room for.
	errOverCap = errors.New("the recording is larger than the whole audio archive may be")
	// errWarmOnly is a link that is over, where no other may be asked for.
	errWarmOnly = errors.New("the link at hand is over")
	// errNoClient is a bot that nobody speaks for.
	errNoClient = errors.New("the bot is not connected")
	// errNoRoom is an archive that is full.
	errNoRoom = errors.New("there is no room for more audio")
	// errArchive is an archive that could not be written.
	errArchive = errors.New("the audio archive could not be written")
)

// accountPause is an account that is in trouble: nothing was asked, or the
// answer says nothing of the recording.
type accountPause struct {
	wait  time.Duration
	words string
}

func (e *accountPause) Error() string { return e.words }

// refusedOne is a refusal of a single recording, while others are granted. It
// doesn't unwrap: it is not the account's trouble.
type refusedOne struct{ err error }

func (e *refusedOne) Error() string { return reasonOf(e.err) }

// keeping is what the attempt to keep one recording came to, with what is known
// at that moment. It is all that settleKeep looks at.
type keeping struct {
	task   store.Task // as it was before the claim
	status string     // what the upstream last said of the recording
	kept   *store.Kept
	lost   bool // it was archived, and isn't any more
	err    error
	now    time.Time
	jitter float64 // -1 to 1
}

// settleKeep says how the keeping of one recording ended. It is pure.
func settleKeep(a keeping) store.TaskOutcome {
	if a.err == nil {
		return store.TaskOutcome{State: store.StateStored, Kept: a.kept}
	}
	o := settleKeepError(a)
	// What is given up can't be had again.
	o.Lost = a.lost && slices.Contains([]store.State{store.StateGone, store.StateEmpty, store.StateDead}, o.State)
	return o
}

func settleKeepError(a keeping) store.TaskOutcome {
	t := trial{task: a.task, now: a.now, jitter: a.jitter}
	switch {
	case errors.Is(a.err, errNoFile):
		return settleNoFile(t, a.status)
	case errors.Is(a.err, errTooLarge), errors.Is(a.err, errOverCap):
		return t.end(store.StateDead, a.err.Error())
	case errors.Is(a.err, errLargerThanRoom):
		return t.wait(errLargerThanRoom.Error())
	case isMediumFull(a.err):
		return t.giveBack(mediumAgain, unwrapped(a.err))
	case errors.Is(a.err, errWarmOnly):
		return t.giveBack(0, t.task.Reason)
	case errors.Is(a.err, errNoRoom), errors.Is(a.err, errArchive):
		return t.giveBack(archiveAgain, unwrapped(a.err))
	case errors.Is(a.err, kore.ErrLinkExpired):
		return settleRefusedLink(t, a.err)
	}
	if o, ok := t.passing(a.err); ok {
		return o
	}
	switch kind := kore.KindOf(a.err); {
	case kind == kore.KindNotFound || kind == kore.KindGone:
		if t.age() < settledAge {
			return t.unsettled(settledAge, reasonOf(a.err))
		}
		return t.end(store.StateGone, reasonOf(a.err))
	case kind == kore.KindTooLarge && isMedia(a.err):
		return t.end(store.StateDead, reasonOf(a.err))
	}
	return t.failed(a.err)
}

const (
	// archiveAgain is when a recording is tried again that the archive didn't
	// take.
	archiveAgain = time.Minute
	// mediumAgain is that of a recording that the medium had no space for: later
	// than the archive goes on, so that smaller ones come first.
	mediumAgain = 15 * time.Minute
	// noClientAgain is when a task is tried again whose bot is not connected any
	// more, while others of its account are: to find that out costs nothing that
	// would slow it down.
	noClientAgain = 3 * time.Hour
)

// settleNoFile is settleKeep for a good reply without the file's link.
func settleNoFile(t trial, status string) store.TaskOutcome {
	words := statusWords(status)
	switch store.ProspectOf(status) {
	case store.ProspectComing:
		return t.coming(status, words)
	case store.ProspectNoneExpected:
		return t.end(store.StateEmpty, words)
	case store.ProspectOpen:
		words = statusWords(store.RecordingMissing)
	}
	if t.age() < settledAge {
		return t.unsettled(settledAge, words)
	}
	return t.end(store.StateGone, words)
}

// settleRefusedLink is settleKeep for a fresh link that the media host didn't
// take either.
func settleRefusedLink(t trial, err error) store.TaskOutcome {
	var e *kore.Error
	if asKore(err, &e) && (e.Status == 401 || e.Status == 403) {
		return t.unreadable("the media host refuses fresh links")
	}
	if t.age() < settledAge {
		return t.unsettled(settledAge, "the media host doesn't have the file yet")
	}
	return t.end(store.StateGone, "the media host doesn't have the file any more")
}

func tooLargeFor(most int64) error {
	return fmt.Errorf("%w: it is larger than %d MB", errTooLarge, max(most>>20, 1))
}

// isKeepFault reports whether an error is this file's, about a recording.
func isKeepFault(err error) bool {
	return errors.Is(err, errNoBytes) || errors.Is(err, errText) || errors.Is(err, errPanicked)
}

// reasonOfKeep is reasonOf with the faults of keeping.
func reasonOfKeep(err error) string {
	switch {
	case errors.Is(err, errNoBytes):
		return errNoBytes.Error()
	case errors.Is(err, errText):
		return errText.Error()
	case errors.Is(err, kore.ErrNotMedia):
		return "the media host sent a page instead of audio"
	}
	return reasonOf(err)
}

// isMediumFull reports whether a disk or bucket said that it has no space left.
func isMediumFull(err error) bool {
	return errors.Is(err, archive.ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isMedia(err error) bool {
	var e *kore.Error
	return asKore(err, &e) && e.Op == kore.OpMedia
}

func asKore(err error, e **kore.Error) bool { return errors.As(err, e) }

// unwrapped is the sentinel's text: what lies behind it may name files.
func unwrapped(err error) string {
	if errors.Is(err, errNoRoom) {
		return errNoRoom.Error()
	}
	return errArchive.Error()
}
