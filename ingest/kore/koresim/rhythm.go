package koresim

import "time"

// hourWeight is how busy a contact centre is at a local hour, of a weekday;
// people call after breakfast and after lunch.
var hourWeight = [24]float64{
	.03, .02, .02, .02, .03, .06, .15, .4, .9, 1.3, 1.5, 1.4,
	1.1, 1.1, 1.3, 1.35, 1.2, 1, .7, .5, .35, .2, .12, .06,
}

// dayWeight is how busy a day is, from Sunday on; Mondays collect the weekend.
var dayWeight = [7]float64{.22, 1.3, 1.15, 1.05, 1, .95, .42}

// maxWeight bounds hourWeight * dayWeight.
const maxWeight = 1.5 * 1.3

// zones are the fixed offsets in which callers live; no daylight saving, so
// that no time zone database is needed.
var zones = map[string]time.Duration{
	"en": -5 * time.Hour, "es": -5 * time.Hour, "fr": time.Hour, "de": time.Hour,
}

// weight is the rhythm at t for a caller of a language.
func weight(t time.Time, lang string) float64 {
	local := t.UTC().Add(zones[lang])
	return hourWeight[local.Hour()] * dayWeight[local.Weekday()]
}

// moment draws a second in [until-span, until) by the rhythm, with somewhat
// more calls in later times than in earlier ones.
func (s *Sim) moment(d *dice, lang string) time.Time {
	from := s.cfg.Until.Add(-s.cfg.Span)
	seconds := int(s.cfg.Span / time.Second)
	if s.cfg.BusyDay > 0 && d.chance(s.cfg.BusyDay) {
		day := from.Add(s.cfg.Span / 2).Truncate(24 * time.Hour)
		return day.Add(time.Duration(d.n(86400)) * time.Second)
	}
	var t time.Time
	// Rejection: 100 throws all miss about once in 10^9.
	for range 100 {
		n := d.n(seconds)
		t = from.Add(time.Duration(n) * time.Second)
		growth := .75 + .25*float64(n)/float64(seconds)
		if d.float()*maxWeight < weight(t, lang)*growth {
			break
		}
	}
	return t
}
