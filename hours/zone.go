package hours

import (
	"slices"
	"sync"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// Zones finds the zones of callers, and keeps those that it has read. The zero
// Zones is ready to use, and safe for concurrent use.
type Zones struct{ read sync.Map } // *time.Location by name

// Load is time.LoadLocation, which reads a file each time.
func (z *Zones) Load(name string) (*time.Location, error) {
	if had, ok := z.read.Load(name); ok {
		return had.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		z.read.Store(name, zone)
	}
	return zone, err
}

// OfCaller is the zone in which a caller most likely is: that of the number, E.164,
// where the number tells. Where it may be in several, it is own, the zone of
// whoever is called, where that is one of them, else any of them while all show the
// same time at t. Where nothing can be told, as for a withheld number, it is own;
// nil is UTC.
func (z *Zones) OfCaller(e164 string, own *time.Location, t time.Time) *time.Location {
	if own == nil {
		own = time.UTC
	}
	if e164 == "" {
		return own
	}
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return own
	}
	names, err := phonenumbers.GetTimezonesForNumber(number)
	if err != nil || slices.Contains(names, own.String()) {
		return own
	}
	var zone *time.Location
	offset := 0
	for _, name := range names {
		one, err := z.Load(name)
		if err != nil { // "Etc/Unknown", or one that this machine doesn't have
			return own
		}
		_, east := t.In(one).Zone()
		switch {
		case zone == nil:
			zone, offset = one, east
		case east != offset:
			return own
		}
	}
	if zone == nil {
		return own
	}
	return zone
}
