package ingest

import (
	"errors"
	"time"
)

// Status is what pages tell about the ingester: its accounts, and their sum.
type Status struct {
	Running bool // an account is being looked at or fetched from
	// StartedAt is when that began, or the last one, of the account that began
	// last; zero before the first.
	StartedAt time.Time
	EndedAt   time.Time // when an account's work last came to an end
	// Err is what is wrong with an account, in words that are safe to show; ""
	// for nothing.
	Err string
	// NextAt is when discovery runs next; zero while Run doesn't.
	NextAt time.Time
	// Progress is that of the work under way, else of the last one.
	Progress Progress
	Accounts []AccountStatus
}

// AccountStatus is how one account stands; its fields mean what Status's do.
type AccountStatus struct {
	AccountID string
	Bots      []string // ids
	Running   bool
	StartedAt time.Time
	EndedAt   time.Time
	NextAt    time.Time
	Err       string
	Progress  Progress
}

// standing is how an account's work stands. account.mu guards it.
type standing struct {
	busy      int // looks and drains under way
	startedAt time.Time
	endedAt   time.Time
	nextAt    time.Time
	progress  Progress
	// failed is what went wrong in the last work of each kind; nil is nothing.
	failed map[work]error
}

// work is a kind of what is done for an account.
type work string

const (
	workLook  work = "look for sessions"
	workDig   work = "look for sessions of the past"
	workFetch work = "fetch sessions"
)

// began notes that work is under way. What is begun while nothing else is
// counts its progress anew.
func (a *account) began(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy++; a.busy == 1 {
		a.startedAt, a.progress = now, Progress{}
	}
}

// ended notes how work went; a stop says nothing of it.
func (a *account) ended(w work, now time.Time, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed == nil {
		a.failed = map[work]error{}
	}
	a.failed[w] = err
	if a.busy--; a.busy == 0 {
		a.endedAt = now
	}
}

// next notes when the account is looked at next.
func (a *account) next(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.nextAt = at
}

func (a *account) count(change func(*Progress)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.progress)
}

func (a *account) status() AccountStatus {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := AccountStatus{
		AccountID: a.id, Running: a.busy > 0, StartedAt: a.startedAt, EndedAt: a.endedAt, NextAt: a.nextAt, Progress: a.progress,
	}
	for _, b := range a.bots {
		s.Bots = append(s.Bots, b.ID)
	}
	// What the account is refused counts until an answer shows that it is
	// over, also when later work had nothing to ask.
	err := a.troubled()
	for _, w := range []work{workLook, workFetch, workDig} {
		if failed := a.failed[w]; err == nil && failed != nil && !isAccountError(failed) {
			err = failed
		}
	}
	s.Err = safeError(err)
	return s
}

func isAccountError(err error) bool {
	_, ok := errors.AsType[*AccountError](err)
	return ok
}

// Status tells how the ingester is doing.
func (in *Ingester) Status() Status {
	var s Status
	for _, a := range in.all() {
		one := a.status()
		s.Accounts = append(s.Accounts, one)
		s.Running = s.Running || one.Running
		s.StartedAt, s.EndedAt = later(s.StartedAt, one.StartedAt), later(s.EndedAt, one.EndedAt)
		s.NextAt = earlier(s.NextAt, one.NextAt)
		s.Progress.add(one.Progress)
		if one.Err == "" {
			continue
		}
		if s.Err != "" {
			s.Err += "; "
		}
		s.Err += "account " + one.AccountID + ": " + one.Err
	}
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earlier is the earlier of two times, of which zero ones are none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Progress counts what was done so far.
type Progress struct {
	Sessions int // sessions that were not known before
	Due      int // sessions that were made due
	Fetched  int // sessions that were asked for
	Stored   int // of these, those that hold a voicemail
	Changed  int // voicemails that are new or different
	Overfull int // minutes with more sessions than the upstream lists
}

func (p *Progress) add(o Progress) {
	p.Sessions += o.Sessions
	p.Due += o.Due
	p.Fetched += o.Fetched
	p.Stored += o.Stored
	p.Changed += o.Changed
	p.Overfull += o.Overfull
}
