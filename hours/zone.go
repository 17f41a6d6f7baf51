package hours

import (
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

// Of are the zones in which a number, E.164, may be, in the order of the numbering
// plan: one mostly, many for a country that has many or for a number that rings
// anywhere in it. None where nothing can be told: of what is no number, of one that
// may be anywhere in the world, and where this machine doesn't have one of them.
func (z *Zones) Of(e164 string) []*time.Location {
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return nil
	}
	return z.ofNumber(number)
}

// ofNumber is Of for a number that was parsed.
func (z *Zones) ofNumber(number *phonenumbers.PhoneNumber) []*time.Location {
	names, err := phonenumbers.GetTimezonesForNumber(number)
	if err != nil {
		return nil
	}
	zones := make([]*time.Location, len(names))
	for i, name := range names {
		if zones[i], err = z.Load(name); err != nil || name == phonenumbers.UNKNOWN_TIMEZONE {
			return nil
		}
	}
	return zones
}

// OfCaller is the zone in which a caller most likely is: that of the number, nil for
// none, where the number tells. Where it may be in several, it is own, the zone of
// whoever is called, where that is one of them, else any of them while all show the
// same time at t. Where nothing can be told, as for a withheld number, it is own;
// nil is UTC.
func (z *Zones) OfCaller(number *phonenumbers.PhoneNumber, own *time.Location, t time.Time) *time.Location {
	if own == nil {
		own = time.UTC
	}
	if number == nil {
		return own
	}
	zones := z.ofNumber(number)
	if len(zones) == 0 {
		return own
	}
	_, offset := t.In(zones[0]).Zone()
	for _, zone := range zones {
		if _, east := t.In(zone).Zone(); east != offset || zone.String() == own.String() {
			return own
		}
	}
	return zones[0]
}
