package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Evidence is a call that somebody of the house took or made with a number that
// waits for one: it may have settled what the caller wanted. Whether it did, only
// people can say.
type Evidence struct {
	BotID     string
	SessionID string
	StartedAt time.Time
	Number    string // of the ones that were asked for, E.164
	// Outbound says that the house called the number, else it called the house.
	Outbound bool
	Queue    string
	Agent    string // the id of who spoke to them for longest
	// Talk is for how long; 0 where the upstream doesn't say.
	Talk time.Duration
}

// EvidenceLooks is among how many calls with a number, the latest, evidence is
// looked for.
const EvidenceLooks = 500

// MaxEvidence is the most that one Evidence returns.
const MaxEvidence = 100

// EvidenceOf is what a session tells of having been in touch with one of the
// numbers: that an agent answered, and that it isn't one in which a message was
// left. It is pure, and the one place where that is judged.
func EvidenceOf(s Session, numbers []string) (Evidence, bool) {
	e := Evidence{BotID: s.BotID, SessionID: s.SessionID, StartedAt: s.StartedAt, Queue: s.Queue(),
		Outbound: strings.EqualFold(strings.TrimSpace(s.Direction), "outbound")}
	for _, n := range []string{s.CallerE164, s.CalledE164} {
		if n != "" && slices.Contains(numbers, n) {
			e.Number = n
			break
		}
	}
	if e.Number == "" || e.StartedAt.IsZero() || s.Voicemail == FlagYes || s.State == StateStored || s.State == StateWaiting {
		return Evidence{}, false
	}
	answered := false
	for _, a := range s.Agents {
		talk := time.Duration(max(a.Seconds, 0)) * time.Second
		if !a.answered() || answered && talk <= e.Talk {
			continue
		}
		answered, e.Agent, e.Talk = true, a.ID, talk
	}
	return e, answered
}

// answered reports whether the agent took the call, as the upstream says it: by a
// status, or where there is none by how long they spoke.
func (a Agent) answered() bool {
	status := strings.TrimSpace(a.Status)
	return strings.EqualFold(status, "answered") || status == "" && a.Seconds > 0
}

// SortEvidence puts the latest first, and leaves out what is over limit.
func SortEvidence(list []Evidence, limit int) []Evidence {
	slices.SortFunc(list, func(a, b Evidence) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(a.BotID, b.BotID))
	})
	return list[:min(len(list), Clamp(limit, MaxEvidence))]
}

// CleanNumbers are those of the numbers that are numbers, as E.164 has them, each
// once.
func CleanNumbers(numbers []string) []string {
	return slices.DeleteFunc(cleanSet(numbers), func(n string) bool { return !isE164(n) })
}
