package store

import (
	"slices"
	"time"
)

// WithCallback is the list with c in the place of the one of its voicemail, or
// behind it.
func WithCallback(list []Callback, c Callback) []Callback {
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(o Callback) bool { return o.VoicemailID == c.VoicemailID })
	if at < 0 {
		return append(list, c)
	}
	list[at] = c
	return list
}

// ChangedCallbacks are those of now that aren't in had as they are.
func ChangedCallbacks(had, now []Callback) []Callback {
	known := make(map[int64]Callback, len(had))
	for _, c := range had {
		known[c.VoicemailID] = c
	}
	var changed []Callback
	for _, c := range now {
		if old, ok := known[c.VoicemailID]; !ok || old != c {
			changed = append(changed, c)
		}
	}
	return changed
}

// Names are the names under which numbers are used.
type Names map[string]map[string]bool

// NewNames has all numbers by which the messages may be linked, and no names yet.
func NewNames(members []Callback) Names {
	n := Names{}
	for _, c := range members {
		for _, number := range c.Links() {
			if n[number] == nil {
				n[number] = map[string]bool{}
			}
		}
	}
	return n
}

// NamesOf has the numbers, and no names yet.
func NamesOf(numbers []string) Names {
	n := Names{}
	for _, number := range numbers {
		n[number] = map[string]bool{}
	}
	return n
}

// Own are the numbers that are somebody's own (Shared).
func (n Names) Own(d Desk) []string {
	shared, own := n.Shared(d), []string{}
	for number := range n {
		if !shared[number] {
			own = append(own, number)
		}
	}
	slices.Sort(own)
	return own
}

// Numbers are the numbers, in no order.
func (n Names) Numbers() []string {
	list := make([]string, 0, len(n))
	for number := range n {
		list = append(list, number)
	}
	return list
}

// Used says that somebody of that folded name used the number.
func (n Names) Used(number, who string) {
	if names := n[number]; names != nil && who != "" {
		names[who] = true
	}
}

// Add says under which name the message used its numbers.
func (n Names) Add(c Callback, who string) {
	for _, number := range c.Links() {
		n.Used(number, FoldCaller(who))
	}
}

// Shared are the numbers that are nobody's own: as the desk says, and those used
// under SharedNames names.
func (n Names) Shared(d Desk) map[string]bool {
	shared := make(map[string]bool, len(d.Shared))
	for _, number := range d.Shared {
		shared[number] = true
	}
	for number, names := range n {
		if len(names) >= SharedNames {
			shared[number] = true
		}
	}
	return shared
}

// FoldCaller is the form in which callers' names are told apart.
func FoldCaller(name string) string { return cutText(FoldName(name), maxName) }

// SplitLinks are the numbers by which a message is linked, and those that are shared.
func SplitLinks(c Callback, shared map[string]bool) (own, others []string) {
	own, others = []string{}, []string{}
	for _, number := range c.Links() {
		if shared[number] {
			others = append(others, number)
		} else {
			own = append(own, number)
		}
	}
	return own, others
}

// OfCase are the messages of the case that the voicemail's is in.
func OfCase(list []Callback, voicemailID int64) []Callback {
	at := slices.IndexFunc(list, func(c Callback) bool { return c.VoicemailID == voicemailID })
	if at < 0 {
		return nil
	}
	var members []Callback
	for _, c := range list {
		if c.CaseID == list[at].CaseID {
			members = append(members, c)
		}
	}
	return members
}

// Undoable are the verbs that VerbUndo takes back; what else happened meanwhile
// doesn't stand in its way.
func Undoable() []Verb {
	return []Verb{VerbClaim, VerbRelease, VerbAssign, VerbAttempt, VerbClose, VerbReopen, VerbSnooze, VerbTake, VerbCorrect, VerbUndo}
}

// Relinks reports whether the action may change by which numbers a message is linked.
func (a Action) Relinks() bool { return a.Verb == VerbCorrect || a.Verb == VerbUndo }

// Idle is the work on a voicemail that has none: what is known of it, and nothing
// to do.
func Idle(v Voicemail, f Finding, x *Correction, d Desk, now time.Time) Callback {
	seed := Callback{VoicemailID: v.ID, CaseID: v.ID, Status: CallbackOpen, CreatedAt: Cut(now)}
	c, _ := Follow(&seed, v, f, x, d, now)
	return *c
}

// ComesIn reports whether the events of a message say that it has just come into
// the work.
func ComesIn(events []CallbackEvent) bool {
	return slices.ContainsFunc(events, func(e CallbackEvent) bool { return e.Verb == VerbFound })
}

// AsLinked are the events of a message that has just come into the work, with the
// status that its case gave it.
func AsLinked(events []CallbackEvent, after []Callback) []CallbackEvent {
	for i := range events {
		for _, c := range after {
			if events[i].Verb == VerbFound && c.VoicemailID == events[i].VoicemailID {
				events[i].To = c.Status
			}
		}
	}
	return events
}

// NumbersOf are the numbers that a voicemail is known by, for Names: its caller
// and the best one to call, "" where there is none.
func NumbersOf(v Voicemail, f Finding) (caller, number string) {
	c, _ := Follow(&Callback{}, v, f, nil, Desk{}, time.Time{})
	return c.Caller, c.Number
}

// Differing are what is in one of two lists and not in the other.
func Differing(a, b []string) []string {
	var list []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			list = append(list, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			list = append(list, x)
		}
	}
	return list
}
