package ingest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// maxJitter bounds the jitter of rare schedules: a tenth of a day would be hours.
const maxJitter = time.Minute

// Schedule says when passes begin. It is safe for concurrent use.
type Schedule struct {
	spec string
	next cron.Schedule
}

// ParseSchedule reads a five-field cron expression (in UTC unless it starts
// with CRON_TZ=ZONE), "@every 2s", or a descriptor such as "@hourly". A
// schedule that never comes due, as 30 February, is an error.
func ParseSchedule(spec string) (s Schedule, err error) {
	// The parser panics on a zone without a field after it.
	defer func() {
		if r := recover(); r != nil {
			s, err = Schedule{}, fmt.Errorf("schedule %q: not a cron expression", spec)
		}
	}()
	spec = strings.TrimSpace(spec)
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %q: %w", spec, err)
	}
	// The parser makes a second of what is no interval at all.
	if text, ok := strings.CutPrefix(spec, "@every "); ok {
		if d, err := time.ParseDuration(text); err == nil && d <= 0 {
			return Schedule{}, fmt.Errorf("schedule %q: the interval must be longer than 0", spec)
		}
	}
	// Without a zone the parser means the machine's own.
	if fields, ok := parsed.(*cron.SpecSchedule); ok && !strings.Contains(spec, "TZ=") {
		fields.Location = time.UTC
	}
	// Any moment does: it is asked whether there is a next time at all.
	if parsed.Next(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fmt.Errorf("schedule %q: %w", spec, errNeverDue)
	}
	return Schedule{spec: spec, next: parsed}, nil
}

var errNeverDue = errors.New("it never comes due")

// String is the expression that was parsed.
func (s Schedule) String() string { return s.spec }

// Next is the first time after now at which a pass begins, without jitter.
func (s Schedule) Next(now time.Time) time.Time { return s.next.Next(now.UTC()) }

// In is the schedule with its hours taken as those of a zone; nil is UTC. One
// that names a zone itself, and one of intervals, stays as it is.
func (s Schedule) In(zone *time.Location) Schedule {
	fields, ok := s.next.(*cron.SpecSchedule)
	if !ok || zone == nil || strings.Contains(s.spec, "TZ=") {
		return s
	}
	moved := *fields
	moved.Location = zone
	s.next = &moved
	return s
}

// jittered is a Schedule whose passes start a little later, so that many
// installations don't ask the upstream in the same second.
type jittered struct {
	schedule Schedule
	random   func() float64 // 0 to 1
}

// Next implements cron.Schedule.
func (j jittered) Next(now time.Time) time.Time {
	next := j.schedule.Next(now)
	if next.IsZero() {
		return next
	}
	interval := j.schedule.Next(next).Sub(next)
	return next.Add(time.Duration(j.random() * float64(min(interval/10, maxJitter))))
}
