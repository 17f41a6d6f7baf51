package web

import (
	"fmt"
	"strings"
	"time"
)

// When people are called at home: from the first of these hours on, and before
// the second one.
const (
	callFrom = 8
	callTo   = 21
)

// localTime is what time it is where a telephone is.
type localTime struct {
	Words string // "It is 14:20 there"
	Odd   bool   // it is, or may be, too early or too late to call
}

// localTimeOf is what time it is where a number of these zones is, as far as they
// tell: nothing for one that may be anywhere in the world.
func localTimeOf(zones []*time.Location, read reading) (localTime, bool) {
	var first, last time.Time
	odd := false
	for _, zone := range zones {
		at := read.now.In(zone)
		_, offset := at.Zone()
		wall := read.now.UTC().Add(time.Duration(offset) * time.Second) // to be compared with others
		if first.IsZero() || wall.Before(first) {
			first = wall
		}
		if last.IsZero() || wall.After(last) {
			last = wall
		}
		odd = odd || at.Hour() < callFrom || at.Hour() >= callTo
	}
	if first.IsZero() || last.Sub(first) > 12*time.Hour {
		return localTime{}, false
	}
	words := "It is " + read.Clock(first) + " there"
	if !first.Equal(last) {
		words = fmt.Sprintf("It is between %s and %s there", read.Clock(first), read.Clock(last))
	}
	return localTime{Words: words, Odd: odd}, true
}

// Clock is the time of day as it stands in t.
func (r reading) Clock(t time.Time) string {
	switch {
	case strings.HasSuffix(r.style().moment, "PM"):
		return t.Format("3:04 PM")
	case strings.HasSuffix(r.style().moment, "pm"):
		return t.Format("3:04 pm")
	}
	return t.Format("15:04")
}
