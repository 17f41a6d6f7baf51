package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// MergeVoicemail adds a reply to what is stored of a session and returns the
// voicemail as it now is, with whether anything that readers or the index see
// has changed. had is nil for a session without a voicemail. waiting says
// whether the session goes on being asked, which is what tells a pending
// transcript from one that will not come.
//
// A later reply only adds: segments and recordings that it leaves out stay, a
// segment is replaced only by one with the same ids that was modified later, that
// has text where there was none, or that a redaction or a newer analysis made of
// the same text, and recordings keep their N and what is
// archived of them. A recording that a reply doesn't name keeps its place with
// the status RecordingMissing; those of calls, which no reply names, stay as
// they are. What the archive has measured goes before a reply's duration.
func MergeVoicemail(had *Voicemail, s Session, r *Reply, waiting bool, now time.Time) (Voicemail, bool) {
	var v Voicemail
	if had != nil {
		v = *had
	}
	v.ID, v.BotID, v.SessionID = VoicemailID(s.BotID, s.SessionID), s.BotID, s.SessionID
	v = shownBy(s, v)
	if r != nil {
		v.Segments = mergeSegments(v.Segments, r.Segments, r.Redacted || r.AnalysisVersion > v.AnalysisVersion)
		v.Recordings = mergeRecordings(v.Recordings, r.Recordings, Cut(now), func(k RecordingKind) bool { return !k.IsCall() })
		v.Duration = lasts(v.Recordings, cmp.Or(r.Duration.Truncate(time.Microsecond), v.Duration))
		v.AnalysisVersion = max(r.AnalysisVersion, v.AnalysisVersion)
	}
	v = derive(v, s, waiting)
	return v, had == nil || !sameShown(*had, v)
}

// ShownBy puts what a session tells (caller, called, queue, account, start)
// into its voicemail and returns that, with whether readers or the index see a
// difference.
func ShownBy(s Session, had Voicemail) (Voicemail, bool) {
	return MergeVoicemail(&had, s, nil, had.Transcript == TranscriptPending, time.Time{})
}

// Unread is the voicemail as a session now shows it, for Outdated to tell of where
// its caller is another: what was read out of its text depends on that, and only
// the analysis can read it again.
func Unread(had, shown Voicemail) Voicemail {
	if had.Caller != shown.Caller {
		shown.AnalysisVersion = max(shown.AnalysisVersion-1, 0)
	}
	return shown
}

func shownBy(s Session, v Voicemail) Voicemail {
	v.AccountID = cmp.Or(s.AccountID, v.AccountID)
	v.Caller = cmp.Or(s.CallerE164, s.Caller, v.Caller)
	v.Called = cmp.Or(s.CalledE164, s.Called, v.Called)
	v.Queue = cmp.Or(s.Queue(), v.Queue)
	if !s.StartedAt.IsZero() {
		v.StartedAt = Cut(s.StartedAt)
	}
	return v
}

// derive computes what follows from the segments and the session.
func derive(v Voicemail, s Session, waiting bool) Voicemail {
	v.Lang, v.Author, v.CreatedOn, v.ModifiedOn = "", Author{}, time.Time{}, time.Time{}
	texts := make([]string, 0, len(v.Segments))
	for _, g := range v.Segments {
		if strings.TrimSpace(g.Text) != "" {
			texts = append(texts, g.Text)
		}
		v.Lang = cmp.Or(v.Lang, g.Lang)
		v.Author = cmp.Or(v.Author, g.Author)
		if !g.CreatedOn.IsZero() && (v.CreatedOn.IsZero() || g.CreatedOn.Before(v.CreatedOn)) {
			v.CreatedOn = g.CreatedOn
		}
		if g.ModifiedOn.After(v.ModifiedOn) {
			v.ModifiedOn = g.ModifiedOn
		}
	}
	v.Text = strings.Join(texts, "\n")
	v.CreatedOn = firstTime(v.CreatedOn, v.StartedAt)
	v.LeftAt = firstTime(v.CreatedOn, Cut(s.FoundAt))
	switch {
	case len(texts) > 0:
		v.Transcript = TranscriptPresent
	case waiting:
		v.Transcript = TranscriptPending
	default:
		v.Transcript = TranscriptNone
	}
	return v
}

func firstTime(ts ...time.Time) time.Time {
	for _, t := range ts {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

type segmentKey struct{ message, component string }

func (g Segment) key() segmentKey { return segmentKey{g.MessageID, g.ComponentID} }

// mergeSegments keeps the stored order, which is the order people have read,
// unless the reply holds all that is stored: then the reply knows better. again
// says that texts of the same time are replaced too.
func mergeSegments(had, got []Segment, again bool) []Segment {
	byKey := make(map[segmentKey]Segment, len(had)+len(got))
	order := make([]segmentKey, 0, len(had)+len(got))
	for _, g := range had {
		byKey[g.key()] = g
		order = append(order, g.key())
	}
	replyOrder := make([]segmentKey, 0, len(got))
	seen := make(map[segmentKey]bool, len(got))
	for _, g := range got {
		g.CreatedOn, g.ModifiedOn = Cut(g.CreatedOn), Cut(g.ModifiedOn)
		k := g.key()
		first := !seen[k]
		if first {
			replyOrder = append(replyOrder, k)
		}
		seen[k] = true
		old, known := byKey[k]
		if !known {
			order = append(order, k)
		}
		if !known || replaces(old, g, again && first) {
			byKey[k] = g
		}
	}
	if len(replyOrder) == len(order) {
		order = replyOrder
	}
	merged := make([]Segment, len(order))
	for i, k := range order {
		merged[i] = byKey[k]
	}
	return merged
}

// replaces reports whether g takes the place of old; again that it does so at the
// same time too.
func replaces(old, g Segment, again bool) bool {
	if strings.TrimSpace(g.Text) == "" {
		return false
	}
	return strings.TrimSpace(old.Text) == "" || g.ModifiedOn.After(old.ModifiedOn) || again && g.ModifiedOn.Equal(old.ModifiedOn)
}

// RecordingKey tells the files of a voicemail apart. Two may share a name, so
// the name's occurrence counts too; of those without a name, as audio from
// version 1 of the call recording endpoint, it is all that tells them apart.
type RecordingKey struct {
	Kind       RecordingKind
	FileName   string
	Occurrence int // from 0, among those of the same kind and name
}

// RecordingKeys gives the key of each recording, in their order. It is pure.
func RecordingKeys(rs []Recording) []RecordingKey {
	keys := make([]RecordingKey, len(rs))
	count := make(map[RecordingKey]int, len(rs))
	for i, r := range rs {
		k := RecordingKey{Kind: r.Kind, FileName: r.FileName}
		keys[i] = RecordingKey{Kind: r.Kind, FileName: r.FileName, Occurrence: count[k]}
		count[k]++
	}
	return keys
}

// aliases are the keys that recordings have by their other names.
func aliases(rs []Recording) []RecordingKey {
	named := slices.Clone(rs)
	for i := range named {
		named[i].FileName = cmp.Or(named[i].Alias, named[i].FileName)
	}
	return RecordingKeys(named)
}

// mergeRecordings adds got to had. What got doesn't name is missing, where it
// is of a kind that got is about. A recording that is known by its alias gets the
// name that it has now.
func mergeRecordings(had, got []Recording, now time.Time, about func(RecordingKind) bool) []Recording {
	merged := slices.Clone(had)
	place := make(map[RecordingKey]int, len(had))
	next := 0
	for i, k := range RecordingKeys(had) {
		place[k] = i
		next = max(next, had[i].N+1)
	}
	named := make(map[int]bool, len(got))
	free, other := standIn(had, got), aliases(got)
	for i, k := range RecordingKeys(got) {
		r := got[i]
		r.CheckedAt, r.ExpiryHint, r.Alias = now, Cut(r.ExpiryHint), ""
		at, known := place[k]
		if !known && got[i].Alias != "" {
			at, known = place[other[i]]
		}
		if !known && free >= 0 && r.Kind == had[free].Kind {
			at, known, free = free, true, -1
		}
		if known {
			merged[at] = archivedAs(merged[at], r)
			named[at] = true
			continue
		}
		r = archivedAs(Recording{N: next}, r)
		next++
		merged = append(merged, r)
		named[len(merged)-1] = true
	}
	for i := range had {
		if !named[i] && about(merged[i].Kind) {
			merged[i].Status, merged[i].CheckedAt = RecordingMissing, now
		}
	}
	return merged
}

// standIn is the place of a recording that had no name and no audio, only a
// status that said why: the first of its kind that gets a name is that one. -1
// where there is none, or where got still has it.
func standIn(had, got []Recording) int {
	nameless := func(r Recording) bool { return r.Kind == RecordingCallV2 && r.FileName == "" }
	if slices.ContainsFunc(got, nameless) {
		return -1
	}
	return slices.IndexFunc(had, func(r Recording) bool {
		return nameless(r) && r.Digest == "" && r.Status != RecordingSuccess
	})
}

// archivedAs gives r what is the store's to say: the place and the archived
// audio of had.
func archivedAs(had, r Recording) Recording {
	r.N, r.Digest, r.Type, r.Bytes, r.Duration, r.KeptAt = had.N, had.Digest, had.Type, had.Bytes, had.Duration, had.KeptAt
	return r
}

// sameShown compares what readers and the index see: not when a link was last
// checked or expires.
func sameShown(a, b Voicemail) bool {
	if !slices.EqualFunc(a.Segments, b.Segments, sameSegment) || !slices.EqualFunc(a.Recordings, b.Recordings, sameRecording) {
		return false
	}
	return a.AccountID == b.AccountID && a.Caller == b.Caller && a.Called == b.Called && a.Queue == b.Queue &&
		a.Transcript == b.Transcript && a.Duration == b.Duration && a.AnalysisVersion == b.AnalysisVersion &&
		a.StartedAt.Equal(b.StartedAt) && a.LeftAt.Equal(b.LeftAt)
}

func sameSegment(a, b Segment) bool {
	return a.key() == b.key() && a.Text == b.Text && a.Author == b.Author && a.Lang == b.Lang &&
		a.CreatedOn.Equal(b.CreatedOn) && a.ModifiedOn.Equal(b.ModifiedOn)
}

func sameRecording(a, b Recording) bool {
	return a.N == b.N && a.Kind == b.Kind && a.FileName == b.FileName && a.Status == b.Status &&
		a.Digest == b.Digest && a.Type == b.Type && a.Bytes == b.Bytes && a.Duration == b.Duration && a.KeptAt.Equal(b.KeptAt)
}
