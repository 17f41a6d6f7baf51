package store

import "context"

// Analyses makes anew what an earlier version of the program made of replies.
type Analyses interface {
	// Outdated lists the ids of voicemails whose AnalysisVersion is below version,
	// the oldest analyses first, then by id, at most limit (clamped to 1 to MaxOutdated).
	Outdated(ctx context.Context, version, limit int) ([]int64, error)
	// Reanalyse puts what a newer analysis made of a voicemail in the place of what
	// an older one did: its segments and, where there is one, its payload, in one
	// transaction. It writes what MergeAnalysis says, and a change only where readers
	// or the index see a difference, which is changed. A voicemail that is analysed
	// by r.AnalysisVersion or a later one stays as it is. ErrNotFound when there is none.
	Reanalyse(ctx context.Context, id int64, r Reply) (changed bool, err error)
}

// MaxOutdated is the most ids that one Outdated returns.
const MaxOutdated = 1000

// MergeAnalysis puts the segments of a reply, made of what is stored by a newer
// analysis, in the place of those that an older one made, and returns the voicemail
// as it now is. again reports whether there is anything to be written, shown whether
// readers or the index see a difference. Segments that the reply leaves out stay, as
// do recordings and all that sessions tell. It is pure.
func MergeAnalysis(had Voicemail, r *Reply) (v Voicemail, again, shown bool) {
	if r.AnalysisVersion <= had.AnalysisVersion {
		return had, false, false
	}
	v = had
	v.Segments = mergeSegments(had.Segments, r.Segments, true)
	found := Session{BotID: had.BotID, SessionID: had.SessionID, FoundAt: had.LeftAt}
	v = derive(v, found, had.Transcript == TranscriptPending)
	shown = !sameShown(had, v)
	v.AnalysisVersion = r.AnalysisVersion
	return v, true, shown
}
