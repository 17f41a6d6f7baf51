package store

import "time"

// WorkGroup counts the cases of one message each that have a bot, a queue and a
// language in common and are not done.
type WorkGroup struct {
	Bot, Queue, Lang               string
	Open                           int // requests that are open
	Any                            int // open, in whatever lane
	Mine, Claimed, Overdue, Listen int
}

// CountCases counts cases: groups are those of one message each, linked the
// messages of the others, of which the fields are needed below. It
// is pure.
func CountCases(groups []WorkGroup, linked []Callback, user string, now time.Time) WorkCounts {
	n := WorkCounts{Bots: map[string]int{}, Queues: map[string]int{}, Langs: map[string]int{}}
	for _, g := range groups {
		n.add(g)
	}
	type part struct {
		caseID int64
		what   string
	}
	seen := map[part]bool{}
	once := func(c Callback, what string, is bool) int {
		if !is || seen[part{c.CaseID, what}] {
			return 0
		}
		seen[part{c.CaseID, what}] = true
		return 1
	}
	for _, c := range linked {
		open, held := c.StatusAt(now) == CallbackOpen, c.heldBy(now)
		n.Open += once(c, "open", open && c.Lane == LaneRequests)
		n.Mine += once(c, "mine", held != "" && held == user)
		n.Claimed += once(c, "claimed", held != "")
		n.Overdue += once(c, "overdue", !c.DueAt.IsZero() && c.DueAt.Before(now))
		n.Listen += once(c, "listen", open && c.Lane == LaneListen && !c.NextAt.After(now))
		raise(n.Bots, c.BotID, once(c, "bot "+c.BotID, open))
		raise(n.Queues, c.Queue, once(c, "queue "+c.Queue, open))
		raise(n.Langs, c.Lang, once(c, "lang "+c.Lang, open))
	}
	return n
}

func (n *WorkCounts) add(g WorkGroup) {
	n.Open += g.Open
	n.Mine += g.Mine
	n.Claimed += g.Claimed
	n.Overdue += g.Overdue
	n.Listen += g.Listen
	raise(n.Bots, g.Bot, g.Any)
	raise(n.Queues, g.Queue, g.Any)
	raise(n.Langs, g.Lang, g.Any)
}

func raise(counts map[string]int, name string, by int) {
	if by > 0 {
		counts[name] += by
	}
}
