package store

import (
	"cmp"
	"slices"
	"time"
)

// The ranks of a WorkKey. What is worked now has MaxUrgency less its urgency.
const (
	rankResting = MaxUrgency + 1
	rankOld     = MaxUrgency + 2
	rankDone    = MaxUrgency + 3
)

// OrderAt is the time by which work is ordered: when it is due, where that is
// known, else when it was left.
func (c Callback) OrderAt() time.Time {
	if !c.DueAt.IsZero() {
		return c.DueAt
	}
	return c.LeftAt
}

// Rank is the place of c among what is worked now: the most urgent has 0. What is
// old is behind all.
func (c Callback) Rank() int {
	if c.Lane == LaneOld {
		return rankOld
	}
	return MaxUrgency - c.Urgency
}

// Listed reports whether c has a place in the work list.
func (c Callback) Listed() bool { return c.Lane != LaneNone || c.Status != CallbackOpen }

// WorkKey is c's place in the work list.
func (c Callback) WorkKey(now time.Time) WorkKey {
	switch {
	case c.Status == CallbackDone:
		return WorkKey{Rank: rankDone, At: c.ClosedAt, CaseID: c.CaseID}
	case c.Lane == LaneOld:
		return WorkKey{Rank: rankOld, At: c.LeftAt, CaseID: c.CaseID}
	case c.NextAt.After(now):
		return WorkKey{Rank: rankResting, At: c.NextAt, CaseID: c.CaseID}
	}
	return WorkKey{Rank: c.Rank(), At: c.OrderAt(), CaseID: c.CaseID}
}

// Compare orders places in the work list: of what is done, and of
// what is old, the latest comes first.
func (k WorkKey) Compare(o WorkKey) int {
	at := k.At.Compare(o.At)
	if k.Rank == rankDone || k.Rank == rankOld {
		at = -at
	}
	return cmp.Or(cmp.Compare(k.Rank, o.Rank), at, cmp.Compare(k.CaseID, o.CaseID))
}

// WorkPart is one stretch of the work list, in which rows have the order of one
// index.
type WorkPart int

// The parts, in the order of the list.
const (
	WorkNow WorkPart = iota
	WorkResting
	WorkOld // what is in LaneOld and not done
	WorkDone
)

// WorkParts are the parts of the list that may hold something of q, from where
// q.After is on, with the place from which each is read. Where a part is read from
// its beginning its place is nil.
func (q WorkQuery) WorkParts() []WorkPart {
	parts := []WorkPart{WorkNow, WorkResting, WorkOld, WorkDone}
	from := WorkNow
	switch q.After.Rank {
	case rankResting:
		from = WorkResting
	case rankOld:
		from = WorkOld
	case rankDone:
		from = WorkDone
	}
	return slices.DeleteFunc(parts, func(p WorkPart) bool {
		switch {
		case p < from:
			return true
		case p == WorkOld:
			return q.Lane != LaneOld || q.Ready || q.Overdue || q.Status == CallbackDone || q.Status == CallbackClaimed
		case q.Lane == LaneOld && p != WorkDone:
			return true
		case q.Status == CallbackDone:
			return p != WorkDone
		case q.Ready || q.Status == CallbackClaimed:
			return p != WorkNow
		case q.Status == CallbackOpen || q.Overdue:
			return p == WorkDone
		}
		return false
	})
}

// Begins reports whether q.After lies before all of the part.
func (q WorkQuery) Begins(p WorkPart) bool {
	switch p {
	case WorkNow:
		return q.After == WorkKey{}
	case WorkResting:
		return q.After.Rank != rankResting
	case WorkOld:
		return q.After.Rank != rankOld
	}
	return q.After.Rank != rankDone
}

// Clean returns the query with clean text and a limit within its bounds.
func (q WorkQuery) Clean() WorkQuery {
	q.Assignee = CleanText(q.Assignee)
	q.Bots, q.Queues, q.Langs = cleanSet(q.Bots), cleanSet(q.Queues), cleanSet(q.Langs)
	for i, lang := range q.Langs {
		q.Langs[i] = baseLang(lang)
	}
	q.Limit = Clamp(q.Limit, MaxWork)
	q.After.At = Cut(q.After.At)
	return q
}

// GatherCases makes rows of the work list out of the messages that match, which
// are all that match of the cases whose places are keys, as they were found in
// one part. A case that has its place before its key's is left out: it was in the
// list already. It is pure.
func GatherCases(keys []WorkKey, messages []Callback, now time.Time) []Case {
	byID := make(map[int64][]Callback, len(keys))
	for _, c := range messages {
		c, _ = c.Lapse(now)
		byID[c.CaseID] = append(byID[c.CaseID], c)
	}
	var cases []Case
	for _, k := range keys {
		list := byID[k.CaseID]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b Callback) int {
			return cmp.Or(a.LeftAt.Compare(b.LeftAt), cmp.Compare(a.VoicemailID, b.VoicemailID))
		})
		first := list[0].WorkKey(now)
		for _, c := range list[1:] {
			if key := c.WorkKey(now); key.Compare(first) < 0 {
				first = key
			}
		}
		if first.Compare(k) == 0 {
			cases = append(cases, Case{ID: k.CaseID, Messages: list, Key: first})
			delete(byID, k.CaseID)
		}
	}
	return cases
}

// Nexts are the queries that ClaimNext asks, one after the other: first for a
// message in the person's languages, then for any.
func (q WorkQuery) Nexts() []WorkQuery {
	q = q.Clean()
	q.Status, q.Ready, q.Assignee, q.After, q.Limit = CallbackOpen, true, "", WorkKey{}, nextCases
	if len(q.Langs) == 0 {
		return []WorkQuery{q}
	}
	any := q
	any.Langs = nil
	return []WorkQuery{q, any}
}

// nextCases is how many cases ClaimNext reads at a time: enough for as many people
// who claim at once.
const nextCases = 16

// Still reports whether the case may be claimed by ClaimNext: the message that it
// is about is open and doesn't rest, as members has it.
func (c Case) Still(members []Callback, now time.Time) bool {
	return slices.ContainsFunc(members, func(m Callback) bool {
		return m.VoicemailID == c.Messages[0].VoicemailID && m.StatusAt(now) == CallbackOpen && !m.NextAt.After(now)
	})
}
