package store

import (
	"cmp"
	"slices"
	"time"
)

// Alike is a group of sessions of one bot and day that count for the same.
// Databases group them; what they count for is said here (SumDays).
type Alike struct {
	BotID string
	Day   time.Time // the edge that it begins at
	State State
	Flag  Flag
	N     int // how many they are

	Voicemail  bool            // has one in the archive; the others below are of that
	Transcript TranscriptState // "" without a voicemail
	Audio      bool            // has a recording of the voicemail that can be had, or could once
	Unkept     bool            // and one of these is not archived, or is being archived again or given up
	Indexed    bool            // its latest change is in the index
}

// SumDays adds groups up to the days of Completeness.Days, in their order. It
// is pure.
func SumDays(groups []Alike) []LedgerDay {
	type place struct {
		bot string
		day time.Time
	}
	at := make(map[place]int)
	var days []LedgerDay
	for _, g := range groups {
		p := place{g.BotID, g.Day}
		i, ok := at[p]
		if !ok {
			i = len(days)
			at[p] = i
			days = append(days, LedgerDay{BotID: g.BotID, Day: g.Day})
		}
		days[i].add(g)
	}
	slices.SortFunc(days, func(a, b LedgerDay) int {
		return cmp.Or(cmp.Compare(a.BotID, b.BotID), b.Day.Compare(a.Day))
	})
	return days
}

func (d *LedgerDay) add(g Alike) {
	d.Known += g.N
	if g.Voicemail || g.Flag == FlagYes {
		d.Voicemails += g.N
	}
	if g.Voicemail {
		d.addStored(g)
		return
	}
	if g.Flag == FlagYes && (g.State == StateGone || g.State == StateEmpty) {
		d.Lost += g.N
	}
	switch g.State {
	case StateDue, StateLeased, StateWaiting, StateRetry:
		d.Waiting += g.N
	case StateDead:
		d.Dead += g.N
	case StateGone:
		d.Gone += g.N
	case StateEmpty:
		d.Empty += g.N
	case StateSkipped:
		d.Skipped += g.N
	}
}

func (d *LedgerDay) addStored(g Alike) {
	d.Stored += g.N
	switch g.Transcript {
	case TranscriptPresent:
		d.Transcribed += g.N
	case TranscriptPending:
		d.Pending += g.N
	}
	if g.Audio {
		d.Audio += g.N
		if !g.Unkept {
			d.Archived += g.N
		}
	}
	if g.Indexed {
		d.Indexed += g.N
	}
}
