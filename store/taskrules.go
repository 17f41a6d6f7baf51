package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// LookUpAfter is how long after the end of a call its recordings are looked
// up: the upstream takes about as long to make them.
const LookUpAfter = 10 * time.Minute

// MaxPeaks is how many bytes a waveform has at most.
const MaxPeaks = 1 << 16

// Compare orders keys by voicemail, kind and n: negative, zero or positive as
// in cmp.Compare.
func (k TaskKey) Compare(o TaskKey) int {
	return cmp.Or(cmp.Compare(k.VoicemailID, o.VoicemailID), cmp.Compare(k.Kind, o.Kind), cmp.Compare(k.N, o.N))
}

// IsCall reports whether the recording is of the call itself, and not of the
// message that was left.
func (k RecordingKind) IsCall() bool { return k == RecordingCallV2 || k == RecordingCallV1 }

// Answered reports whether an agent spoke in the session.
func (s Session) Answered() bool {
	return slices.ContainsFunc(s.Agents, func(a Agent) bool {
		switch strings.ToLower(strings.TrimSpace(a.Status)) {
		case "answered", "accepted", "connected":
			return true
		}
		return a.Seconds > 0
	})
}

// TasksFor works out which tasks of a voicemail are to be written, as they are
// to become, ordered by kind and n: was is the voicemail before (nil for a new
// one), v as it is now, s its session and had its tasks. It is pure.
//
// A recording that can be had and is not archived has a TaskKeep, due at once.
// One that was given up, or waits, is due again when the upstream says success
// of the recording after it had said something else. Each voicemail has one
// TaskLookUp: due LookUpAfter the call's end where an agent answered, else
// StateSkipped until that becomes known. All follow their voicemail's account
// and LeftAt.
func TasksFor(was *Voicemail, v Voicemail, s Session, had []Task, now time.Time) []Task {
	now = Cut(now)
	known := make(map[TaskKey]Task, len(had))
	for _, t := range had {
		known[t.TaskKey] = t
	}
	next := make(map[TaskKey]Task, len(had)+1)
	for key, t := range known {
		t.AccountID = v.AccountID
		if !t.LeftAt.Equal(v.LeftAt) {
			t.LeftAt = v.LeftAt
		}
		next[key] = t
	}
	for _, r := range v.Recordings {
		if r.Status != RecordingSuccess || r.Digest != "" {
			continue
		}
		key := TaskKey{VoicemailID: v.ID, Kind: TaskKeep, N: r.N}
		t, exists := next[key]
		switch {
		case !exists:
			next[key] = v.task(key).due(now)
		case t.rests() && cameBack(was, r.N):
			next[key] = t.due(now)
		}
	}
	key := TaskKey{VoicemailID: v.ID, Kind: TaskLookUp}
	t, exists := next[key]
	if !exists {
		t = v.task(key)
		t.State = StateSkipped
	}
	if t.State == StateSkipped && s.Answered() {
		t = t.due(lookUpAt(s, now))
	}
	next[key] = t

	var write []Task
	for key, t := range next {
		if before, exists := known[key]; !exists || before != t {
			write = append(write, t)
		}
	}
	slices.SortFunc(write, func(a, b Task) int { return a.Compare(b.TaskKey) })
	return write
}

// lookUpAt is when the recordings of a call should be there. An end that is
// not known, or lies ahead, is now.
func lookUpAt(s Session, now time.Time) time.Time {
	end := Cut(s.EndedAt)
	if end.IsZero() || end.After(now) {
		end = now
	}
	if at := end.Add(LookUpAfter); at.After(now) {
		return at
	}
	return now
}

// task is a new task of the voicemail, without a state.
func (v Voicemail) task(key TaskKey) Task {
	return Task{TaskKey: key, AccountID: v.AccountID, BotID: v.BotID, SessionID: v.SessionID, LeftAt: v.LeftAt}
}

func (t Task) due(at time.Time) Task {
	t.State, t.DueAt, t.Attempts, t.Reason = StateDue, at, 0, ""
	return t
}

// rests reports whether nobody works on the task or is about to.
func (t Task) rests() bool { return t.State != StateDue && t.State != StateLeased }

// cameBack reports whether recording n was there and could not be had.
func cameBack(was *Voicemail, n int) bool {
	return was != nil && slices.ContainsFunc(was.Recordings, func(r Recording) bool {
		return r.N == n && r.Status != RecordingSuccess
	})
}

// TaskConclusion is what RecordTask writes.
type TaskConclusion struct {
	Task Task
	// Voicemail is the voicemail as it now is; of it, only the duration and
	// the recordings can be new.
	Voicemail Voicemail
	// Changed asks for a change row: readers or the index see a difference.
	Changed bool
}

// ConcludeTask works out what RecordTask writes for a task with its voicemail
// when work on it ends with o. It is pure.
func ConcludeTask(t Task, had Voicemail, o TaskOutcome, now time.Time) TaskConclusion {
	t.State, t.Reason = o.State, o.Reason
	t.Attempts, t.DueAt = o.State.next(t.Attempts, o.After, now)
	v := had
	if o.Recordings != nil {
		v = AddCallRecordings(v, o.Recordings, now)
	}
	if o.Kept != nil {
		v = KeepRecording(v, t.N, *o.Kept, now)
	}
	if o.Lost {
		v = LoseRecording(v, t.N)
	}
	return TaskConclusion{Task: t, Voicemail: v, Changed: !sameShown(had, v)}
}

// AddCallRecordings merges the recordings of calls that a look-up found into
// the voicemail's. Those of a kind that got names, and that it doesn't name,
// keep their place with the status RecordingMissing; where got names none at
// all, those of every kind of calls do. One without a name and audio, which only
// told a status, becomes the first of its kind that has a name. Recordings of
// the voicemail itself stay as they are. It is pure.
func AddCallRecordings(v Voicemail, got []Recording, now time.Time) Voicemail {
	v.Recordings = mergeRecordings(v.Recordings, got, Cut(now), func(k RecordingKind) bool {
		return k.IsCall() && (len(got) == 0 || slices.ContainsFunc(got, func(r Recording) bool { return r.Kind == k }))
	})
	return v
}

// KeepRecording puts what was archived of recording n into the voicemail. What
// is in the archive can be played, so the recording's status becomes
// RecordingSuccess; and the durations of the voicemail's own recordings add up
// to its own. It is pure.
func KeepRecording(v Voicemail, n int, k Kept, now time.Time) Voicemail {
	v.Recordings = slices.Clone(v.Recordings)
	for i := range v.Recordings {
		r := &v.Recordings[i]
		if r.N != n {
			continue
		}
		r.Status = RecordingSuccess
		r.Digest, r.Type, r.Bytes, r.Duration, r.KeptAt = k.Digest, k.Type, k.Bytes, k.Duration, Cut(now)
	}
	v.Duration = lasts(v.Recordings, v.Duration)
	return v
}

// LoseRecording takes from recording n what the archive held of it and has lost.
// Its status and how long it lasts stay: both are still true. It is pure.
func LoseRecording(v Voicemail, n int) Voicemail {
	v.Recordings = slices.Clone(v.Recordings)
	for i := range v.Recordings {
		if r := &v.Recordings[i]; r.N == n {
			r.Digest, r.Type, r.Bytes, r.KeptAt = "", "", 0, time.Time{}
		}
	}
	return v
}

// lasts is how long the voicemail's own recordings last together, as far as
// they are archived. While some are not, or can't be told, it is no less than
// what is said of the whole.
func lasts(rs []Recording, said time.Duration) time.Duration {
	var sum time.Duration
	whole := true
	for _, r := range rs {
		if r.Kind.IsCall() {
			continue
		}
		sum += r.Duration
		whole = whole && (r.Duration > 0 || r.Status != RecordingSuccess)
	}
	if whole && sum > 0 {
		return sum
	}
	return max(sum, said)
}

// Clean returns the key with clean text.
func (k TaskKey) Clean() TaskKey {
	k.Kind = TaskKind(CleanText(string(k.Kind)))
	return k
}

// Clean returns the query with clean accounts and kinds, sorted and each once,
// and a limit within its bounds.
func (q TaskQuery) Clean() TaskQuery {
	q.Accounts = cleanSet(q.Accounts)
	q.Kinds = slices.Clone(q.Kinds)
	for i, k := range q.Kinds {
		q.Kinds[i] = TaskKind(CleanText(string(k)))
	}
	slices.Sort(q.Kinds)
	q.Kinds = slices.Compact(q.Kinds)
	q.Limit = Clamp(q.Limit, MaxClaim)
	return q
}

// Clean returns the outcome of a task of a kind with clean text, cut durations
// and no negative wait. ErrInvalid when State is none that work ends in, when
// Recordings are not those of calls, when a result is not of the kind, when audio
// was both Kept and Lost, or when Kept lacks its digest or has over MaxPeaks peaks.
func (o TaskOutcome) Clean(kind TaskKind) (TaskOutcome, error) {
	if !o.State.ends() {
		return TaskOutcome{}, fmt.Errorf("a task can't end in state %q: %w", CleanText(string(o.State)), ErrInvalid)
	}
	o.After, o.Reason = max(o.After, 0), CleanText(o.Reason)
	if o.Recordings != nil {
		o.Recordings = append([]Recording{}, o.Recordings...)
	}
	for i := range o.Recordings {
		r := &o.Recordings[i]
		r.clean()
		if !r.Kind.IsCall() {
			return TaskOutcome{}, fmt.Errorf("a look-up of calls found a recording of another kind: %w", ErrInvalid)
		}
	}
	if o.Recordings != nil && kind != TaskLookUp || (o.Kept != nil || o.Lost) && kind != TaskKeep {
		return TaskOutcome{}, fmt.Errorf("what was found is not what was looked for: %w", ErrInvalid)
	}
	if o.Kept == nil {
		return o, nil
	}
	if o.Lost {
		return TaskOutcome{}, fmt.Errorf("audio that was archived and lost at once: %w", ErrInvalid)
	}
	k := *o.Kept
	cleanAll(&k.Digest, &k.Type)
	k.Bytes, k.Duration = max(k.Bytes, 0), max(k.Duration, 0).Truncate(time.Microsecond)
	o.Kept = &k
	if k.Digest == "" || len(k.Digest) > MaxID || len(k.Peaks) > MaxPeaks {
		return TaskOutcome{}, fmt.Errorf("archived audio without a digest, or with one or peaks that are too long: %w", ErrInvalid)
	}
	return o, nil
}
