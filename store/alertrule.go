package store

import (
	"slices"
	"time"
)

// MaxUntold is how many matches that wait to be told Decide is asked about at a
// time: those left first.
const MaxUntold = 2 * MaxMoreThan

// burstLate is how late a voicemail may arrive and still count among those that
// were left within a time: of a burst that ended longer ago nobody is told.
const burstLate = 24 * time.Hour

// Telling is what becomes of the matches that wait to be told.
type Telling struct {
	Tell []int64 // voicemails to tell of now, in one delivery
	Pass []int64 // voicemails that can't become news any more
	// NextAt is when those that wait are to be looked at again, without anything
	// new; zero where only a new match can change anything.
	NextAt time.Time
}

// Decide says what an alert tells at now. untold are its matches that wait, by
// LeftAt; there may be more. It is pure, and the one place where thresholds,
// pauses and quiet hours are judged.
//
// An alert on each match tells all that wait. One on more than MoreThan within
// Within tells those of each stretch that long in which more than that were
// left; told once, a match counts no more, so that the next message needs as
// many again, and comes no sooner than Within later. One on requests looks again
// after AlertPause, whatever there is to tell.
func (a Alert) Decide(untold []Match, now time.Time) Telling {
	v := a.tells(untold, now)
	if again := Cut(now.Add(AlertPause)); a.Kind == AlertOverdue && v.NextAt.Before(again) {
		v.NextAt = again
	}
	return v
}

func (a Alert) tells(untold []Match, now time.Time) Telling {
	var v Telling
	tell := untold
	if a.MoreThan > 0 {
		tell, v.Pass = a.bursts(untold, now)
	}
	if len(tell) == 0 {
		return v
	}
	at := now
	if pause := max(a.Every, a.Within); !a.ToldAt.IsZero() && a.ToldAt.Add(pause).After(at) {
		at = a.ToldAt.Add(pause)
	}
	if at = a.Quiet.Ends(at); at.After(now) {
		v.NextAt = Cut(at)
		return v
	}
	if a.MoreThan == 0 && len(tell) > MaxTold {
		tell, v.NextAt = tell[:MaxTold], Cut(now.Add(a.Every))
	}
	for _, m := range tell {
		v.Tell = append(v.Tell, m.VoicemailID)
	}
	return v
}

// bursts are the matches of stretches in which more than MoreThan were left, and
// those that were left too long ago to be in one any more.
func (a Alert) bursts(untold []Match, now time.Time) (tell []Match, pass []int64) {
	oldest := now.Add(-a.Within - burstLate)
	first := slices.IndexFunc(untold, func(m Match) bool { return !m.LeftAt.Before(oldest) })
	if first < 0 {
		first = len(untold)
	}
	for _, m := range untold[:first] {
		pass = append(pass, m.VoicemailID)
	}
	recent := untold[first:]
	taken := 0 // of recent: those before are judged
	for i := range recent {
		last := i + a.MoreThan
		if last >= len(recent) || recent[last].LeftAt.Sub(recent[i].LeftAt) > a.Within {
			continue
		}
		taken = max(taken, i)
		tell = append(tell, recent[taken:last+1]...)
		taken = last + 1
	}
	return tell, pass
}

// Ends is t where it is not in quiet hours, else when they end.
func (q Quiet) Ends(t time.Time) time.Time {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		zone = time.UTC // it was checked when it was saved; the machine's zones may be others
	}
	at := t.In(zone)
	for range 8 { // more ends than follow each other
		day := func(days, minutes int) time.Time {
			return time.Date(at.Year(), at.Month(), at.Day()+days, 0, minutes, 0, 0, zone)
		}
		switch minute := at.Hour()*60 + at.Minute(); {
		case q.Weekends && (at.Weekday() == time.Saturday || at.Weekday() == time.Sunday):
			at = day(1, 0)
		case q.From < q.To && minute >= q.From && minute < q.To, q.From > q.To && minute < q.To:
			at = later(day(0, q.To), at)
		case q.From > q.To && minute >= q.From:
			at = later(day(1, q.To), at)
		default:
			return at.In(t.Location())
		}
	}
	return at.In(t.Location())
}

// later is next, or an hour after at where the clocks have put next before it.
func later(next, at time.Time) time.Time {
	if next.After(at) {
		return next
	}
	return at.Add(time.Hour)
}
