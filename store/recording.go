package store

import "strings"

// Prospect is what a status of the upstream says about the audio it is of, to
// one who waits for that.
type Prospect int

// The prospects of a recording.
const (
	// ProspectOpen is nothing said against it: success, no status, or a file
	// without a link.
	ProspectOpen Prospect = iota
	// ProspectComing is not ready yet, and made or tried again.
	ProspectComing
	// ProspectNever is no audio, for good.
	ProspectNever
	// ProspectNoneExpected is no audio, and none was to be made.
	ProspectNoneExpected
)

// ProspectOf reads a status, of a reply or of a recording: those of all of the
// vendor's pages and Afterbeep's own. One that is not among them may mean
// anything, and is ProspectComing: to wait for nothing costs less than to miss a
// recording. It is pure.
func ProspectOf(status string) Prospect {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case "", RecordingSuccess, RecordingNoLink:
		return ProspectOpen
	case "media_unavailable", "failed", "media_generation_failed", RecordingMissing:
		return ProspectNever
	case "media_unavailable_short_duration", "recording_disabled":
		return ProspectNoneExpected
	}
	return ProspectComing
}
