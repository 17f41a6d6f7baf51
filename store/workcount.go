package store

import "time"

// WorkGroup counts the cases of one message each that have a bot, a queue and a
// language in common and are not done.
type WorkGroup struct {
	Bot, Queue, Lang      string
	Open                  int // requests that are open
	Any                   int // open, in whatever lane but LaneOld
	Mine, Claimed, Listen int
	Old                   int // not done, and of LaneOld; in no other count
	Overdue               int
}

// CountCases counts cases: groups are those of one message each, linked the
// messages of the others that are not done, of which the fields are needed below.
// It is pure.
func CountCases(groups []WorkGroup, linked []Callback, user string, late []Late, now time.Time) WorkCounts {
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
		if c.Lane != LaneOld {
			seen[part{c.CaseID, "other"}] = true
		}
	}
	for _, c := range linked {
		if c.Lane == LaneOld {
			n.Old += once(c, "old", !seen[part{c.CaseID, "other"}])
			n.offer(c.BotID, c.Queue, c.Lang)
			continue
		}
		open, held := c.StatusAt(now) == CallbackOpen, c.heldBy(now)
		n.Open += once(c, "open", open && c.Lane == LaneRequests)
		n.Mine += once(c, "mine", held != "" && held == user)
		n.Claimed += once(c, "claimed", held != "")
		n.Overdue += once(c, "overdue", c.Overdue(late, now))
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
	if n.Old += g.Old; g.Old > 0 {
		n.offer(g.Bot, g.Queue, g.Lang)
	}
	raise(n.Bots, g.Bot, g.Any)
	raise(n.Queues, g.Queue, g.Any)
	raise(n.Langs, g.Lang, g.Any)
}

// offer counts nothing, but names what there is something old of.
func (n *WorkCounts) offer(bot, queue, lang string) {
	n.Bots[bot] += 0
	n.Queues[queue] += 0
	n.Langs[lang] += 0
}

func raise(counts map[string]int, name string, by int) {
	if by > 0 {
		counts[name] += by
	}
}
