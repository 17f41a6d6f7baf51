package store

import "time"

// Cut brings a time to the resolution that every database keeps: UTC,
// microseconds. A zero time stays zero.
func Cut(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
