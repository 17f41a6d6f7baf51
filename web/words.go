package web

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"afterbeep/store"
)

// stampView is a time as a page shows it.
type stampView struct {
	ISO   string // for machines; "" where it is not known
	Text  string // how far away it is, or which day or moment
	Ago   string // how far away it is; "" where its day tells more
	Exact string // to the minute in the reader's zone, with its name
}

func ago(t, now time.Time) string { return humanize.RelTime(t, now, "ago", "from now") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}

// clock is a duration as players show it.
func clock(d time.Duration) string {
	s := int(math.Round(d.Seconds()))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// langTag is the language as HTML wants it, "" where the upstream's word is no
// language.
func langTag(lang string) string {
	t, err := language.Parse(strings.ReplaceAll(lang, "_", "-"))
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}

// langName is the language as people call it, else the upstream's word.
func langName(lang string) string {
	t, err := language.Parse(strings.ReplaceAll(lang, "_", "-"))
	if err != nil {
		return lang
	}
	if name := display.English.Tags().Name(t); name != "" {
		return name
	}
	return lang
}

// whoCalled is the caller for a heading: a number is grouped as in its country.
func whoCalled(caller string) string {
	if caller == "" {
		return "Unknown caller"
	}
	return numberViewOf(caller, caller).Text
}

// recordingWords says what a recording's status means. The words after
// success are the upstream's own, and more of them may come.
func recordingWords(status string) string {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case store.RecordingSuccess:
		return "The contact centre has this recording ready."
	case store.RecordingMissing:
		return "The contact centre named this recording once and does not name it any more."
	case store.RecordingNoLink:
		return "The contact centre names this recording without saying where it is."
	case "call_in_progress":
		return "The call is still going on; the recording follows some minutes after it."
	case "media_in_progress":
		return "The contact centre is still making this recording. That usually takes about ten minutes."
	case "partial_download_failed":
		return "The contact centre got only a part of this recording, and tries again within a day."
	case "partial_upload_failed":
		return "The contact centre stored only a part of this recording, and tries again within a day."
	case "media_conversion_failed":
		return "The contact centre could not convert this recording yet, and tries again within a day."
	case "media_unavailable":
		return "The contact centre has no audio for this call."
	case "failed":
		return "The contact centre failed to record this call."
	case "media_generation_failed":
		return "The contact centre failed to make this recording, for good."
	case "media_unavailable_short_duration":
		return "It was too short to be recorded."
	case "recording_disabled":
		return "Recording was switched off for this call."
	}
	switch store.ProspectOf(status) {
	case store.ProspectComing:
		return fmt.Sprintf("The contact centre has not finished this recording yet: it says “%s”.", plainStatus(status))
	case store.ProspectNever:
		return fmt.Sprintf("The contact centre has no audio for this call: it says “%s”.", plainStatus(status))
	case store.ProspectNoneExpected:
		return "No recording was to be made of this call."
	}
	return "The contact centre has not said whether this recording is ready."
}

// plainStatus is a status that can be shown: what is not a plain word, as all
// statuses that were ever heard of are, may hold anything.
func plainStatus(status string) string {
	odd := func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}
	status = strings.TrimSpace(status)
	if len(status) > 60 || strings.ContainsFunc(status, odd) {
		return "a status of an unknown form"
	}
	return status
}

// transcriptWords says why there is no text, "" where there is.
func transcriptWords(t store.TranscriptState) string {
	switch t {
	case store.TranscriptPresent:
		return ""
	case store.TranscriptPending:
		return "The transcript is not there yet. Afterbeep asks for it again."
	}
	return "There is no transcript of this message."
}

// stateWords says what a session's state means.
func stateWords(st store.State) string {
	switch st {
	case store.StateDue:
		return "waiting to be fetched"
	case store.StateLeased:
		return "being fetched now"
	case store.StateStored:
		return "in the archive"
	case store.StateEmpty:
		return "asked, hold no voicemail"
	case store.StateWaiting:
		return "waiting for audio or transcript"
	case store.StateRetry:
		return "met a fault, tried again"
	case store.StateGone:
		return "no longer to be had"
	case store.StateDead:
		return "given up, need a look"
	case store.StateSkipped:
		return "known to be no voicemail"
	}
	return string(st)
}

// sessionWords says what the state of one session means, in a few words.
func sessionWords(st store.State) string {
	switch st {
	case store.StateEmpty:
		return "asked, holds no voicemail"
	case store.StateRetry:
		return "met a fault and is tried again"
	case store.StateDead:
		return "given up"
	}
	return stateWords(st)
}

// stateSentence says what the state of one session means.
func stateSentence(st store.State) string {
	switch st {
	case store.StateDue:
		return "Waiting to be fetched."
	case store.StateLeased:
		return "Being fetched right now."
	case store.StateStored:
		return "In the archive."
	case store.StateEmpty:
		return "Asked, and it holds no voicemail."
	case store.StateWaiting:
		return "The contact centre is still making its audio or transcript."
	case store.StateRetry:
		return "Could not be fetched, and is tried again."
	case store.StateGone:
		return "No longer to be had from the contact centre."
	case store.StateDead:
		return "Could not be read again and again, and was given up."
	case store.StateSkipped:
		return "Known to be no voicemail, so it was not asked for."
	}
	return string(st)
}

// sentence gives words a capital and an end.
func sentence(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	words = string(unicode.ToUpper(first)) + words[size:]
	if !strings.ContainsAny(words[len(words)-1:], ".!?") {
		words += "."
	}
	return words
}

// zones are offered for times; any other name is taken, too.
func zones() []string {
	return []string{"UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
		"Europe/London", "Europe/Paris", "Europe/Berlin", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"}
}
