package store

import (
	"context"
	"errors"
	"time"
)

// CaseReader reads what the rules of cases go by, in one transaction that writes:
// the queries are each database's own, what follows from them is not. Where others
// may write meanwhile it locks what it reads, always in the same order.
type CaseReader interface {
	// Now is the clock that leases and rests are judged by.
	Now(ctx context.Context) (time.Time, error)
	// Desk is as of Callbacks.
	Desk(ctx context.Context) (Desk, error)
	// Known returns what is known of a voicemail.
	Known(ctx context.Context, voicemailID int64) (Known, error)
	// Hold keeps others from putting messages into cases, and returns the work on a
	// voicemail; ErrNotFound where there is none.
	Hold(ctx context.Context, voicemailID int64) (Callback, error)
	// Cases returns the messages of the cases, in order of their voicemails.
	Cases(ctx context.Context, caseIDs []int64) ([]Callback, error)
	// LinkedCases returns the ids of c's case, of those of its bot that one of the
	// numbers own links it to, and of those of several messages with one of the
	// others; MaxCase of them at most, each once.
	LinkedCases(ctx context.Context, c Callback, own, others []string) ([]int64, error)
	// NamesSaid adds to n under which names its numbers were used in messages other
	// than that voicemail.
	NamesSaid(ctx context.Context, n Names, voicemailID int64) error
	// Tried returns how often somebody tried since then to reach the caller of the
	// messages, or the number where it isn't "".
	Tried(ctx context.Context, voicemailIDs []int64, number string, since time.Time) (int, error)
	// CorrectionsOf returns what people corrected in the messages.
	CorrectionsOf(ctx context.Context, voicemailIDs []int64) ([]Correction, error)
	// Lasts fills Last and Before of those members of x to which somebody did one
	// of Undoable.
	Lasts(ctx context.Context, voicemailIDs []int64, x *CaseAct) error
}

// Known is what the machine and people said of a voicemail.
type Known struct {
	Finding    Finding
	Correction *Correction
	Works      bool // there is work on it
	body       string
}

// NewKnown makes it of the finding as it is stored, "" where there is none, whether
// there is work on the voicemail, and its corrections, one at most.
func NewKnown(finding string, works bool, corrections []Correction) (Known, error) {
	k := Known{Works: works, body: finding}
	if len(corrections) > 0 {
		k.Correction = &corrections[0]
	}
	var err error
	k.Finding, err = DecodeFinding(finding)
	return k, err
}

// Linked is what putting a message into a case has looked at and what it makes of
// it.
type Linked struct {
	Had, After []Callback
	Events     []CallbackEvent
}

// Unlinked are messages that stay in the cases that they are in.
func Unlinked(messages []Callback) Linked { return Linked{Had: messages, After: messages} }

// LinkCase puts c, which has just come into the work or has other numbers now, into
// the case that it belongs to. who is the name that the caller said. Nobody else
// may put messages into cases meanwhile, as after CaseReader.Hold.
func LinkCase(ctx context.Context, r CaseReader, c Callback, isNew bool, who string, now time.Time) (Linked, error) {
	shared, err := sharedNumbers(ctx, r, []Callback{c}, c, who)
	if err != nil {
		return Linked{}, err
	}
	own, others := SplitLinks(c, shared)
	ids, err := r.LinkedCases(ctx, c, own, others)
	if err != nil {
		return Linked{}, err
	}
	had, err := r.Cases(ctx, ids)
	if err != nil {
		return Linked{}, err
	}
	l := Linking{Members: WithCallback(had, c)}
	if len(l.Members) > MaxCase {
		return Linked{Had: had, After: l.Members}, nil
	}
	if isNew {
		l.New = c.VoicemailID
	}
	if l.Shared, err = sharedNumbers(ctx, r, l.Members, c, who); err != nil {
		return Linked{}, err
	}
	after, events := l.Link(now)
	return Linked{Had: had, After: after, Events: events}, nil
}

// BeginWork is the work on a voicemail that has none. Nobody else may put messages
// into cases meanwhile.
func BeginWork(ctx context.Context, r CaseReader, v Voicemail) (Linked, error) {
	k, err := r.Known(ctx, v.ID)
	if err != nil {
		return Linked{}, err
	}
	now, err := r.Now(ctx)
	if err != nil {
		return Linked{}, err
	}
	d, err := r.Desk(ctx)
	if err != nil {
		return Linked{}, err
	}
	return LinkCase(ctx, r, Idle(v, k.Finding, k.Correction, d, now), true, k.Finding.Name, now)
}

// Relink puts a message of l into a case anew, as after other numbers are shared.
// Nobody else may put messages into cases meanwhile.
func Relink(ctx context.Context, r CaseReader, l Linked, voicemailID int64) (Linked, error) {
	now, err := r.Now(ctx)
	if err != nil {
		return Linked{}, err
	}
	for _, c := range l.Had {
		if c.VoicemailID == voicemailID {
			return LinkCase(ctx, r, c, false, "", now)
		}
	}
	return l, nil
}

// sharedNumbers are those by which no messages are linked: as the desk says, and
// as the names do that callers have said.
func sharedNumbers(ctx context.Context, r CaseReader, members []Callback, c Callback, who string) (map[string]bool, error) {
	d, err := r.Desk(ctx)
	if err != nil {
		return nil, err
	}
	names := NewNames(members)
	names.Add(c, who)
	if err := r.NamesSaid(ctx, names, c.VoicemailID); err != nil {
		return nil, err
	}
	return names.Shared(d), nil
}

// Acted is what an action makes of a case, all of it to be written.
type Acted struct {
	Changed []Callback
	Linked  []CallbackEvent // of messages that came to other cases; before those of the steps
	Steps   []Step          // with their events and corrections
}

// Act decides on the action and works out all that follows. x has its ID, Action
// and Scope; the rest is read. Errors are as of Callbacks.Act.
func (x CaseAct) Act(ctx context.Context, r CaseReader, l Linked) (Acted, error) {
	if err := x.read(ctx, r, OfCase(l.After, x.ID)); err != nil {
		return Acted{}, err
	}
	steps, err := x.Decide()
	if err != nil || len(steps) == 0 {
		return Acted{}, err
	}
	after := l.After
	for _, step := range steps {
		after = WithCallback(after, step.Callback)
	}
	if c := steps[0].Callback; steps[0].Corrects { // its numbers may be others now
		k, err := r.Known(ctx, c.VoicemailID)
		if err != nil {
			return Acted{}, err
		}
		again, err := LinkCase(ctx, r, c, false, k.Finding.Name, x.Now)
		if err != nil {
			return Acted{}, err
		}
		l.Had, after = again.Had, again.After
	}
	return Acted{Changed: ChangedCallbacks(l.Had, after), Linked: l.Events, Steps: steps}, nil
}

// read reads what deciding needs.
func (x *CaseAct) read(ctx context.Context, r CaseReader, members []Callback) error {
	var err error
	if x.Desk, err = r.Desk(ctx); err != nil {
		return err
	}
	if x.Now, err = r.Now(ctx); err != nil {
		return err
	}
	ids := make([]int64, len(members))
	for i, c := range members {
		ids[i] = c.VoicemailID
		x.Members = append(x.Members, Member{Callback: c})
	}
	switch x.Action.Verb {
	case VerbAttempt:
		x.Tried, err = r.Tried(ctx, ids, x.Number(), x.Action.Since(x.Now))
		return err
	case VerbCorrect, VerbUndo:
		list, err := r.CorrectionsOf(ctx, ids)
		if err != nil {
			return err
		}
		for i := range list {
			if m := x.Member(list[i].VoicemailID); m != nil {
				m.Correction = &list[i]
			}
		}
	}
	if x.Action.Verb == VerbUndo {
		return r.Lasts(ctx, ids, x)
	}
	return nil
}

// Followed is what a voicemail as it now is makes of the work on it.
type Followed struct {
	Voicemail Voicemail
	Finding   Finding
	Body      string // of a finding that differs from what is stored; "" else
	Changed   []Callback
	Events    []CallbackEvent
}

// FollowVoicemail works out what becomes of the work on v, of which find makes the
// finding; nil leaves what was found.
func FollowVoicemail(ctx context.Context, r CaseReader, v Voicemail, find func(Voicemail) Finding) (Followed, error) {
	f := Followed{Voicemail: v}
	k, err := r.Known(ctx, v.ID)
	if err != nil || find == nil && !k.Works {
		return f, err
	}
	f.Finding = k.Finding
	if find != nil {
		f.Finding = find(v)
		body, err := f.Finding.Encode()
		if err != nil {
			return f, err
		}
		if body != k.body {
			f.Body = body
		}
	}
	now, err := r.Now(ctx)
	if err != nil {
		return f, err
	}
	d, err := r.Desk(ctx)
	if err != nil {
		return f, err
	}
	if c, _ := Follow(nil, v, f.Finding, k.Correction, d, now); c == nil && !k.Works {
		return f, nil
	}
	var had *Callback
	held, err := r.Hold(ctx, v.ID)
	switch {
	case err == nil:
		had = &held
	case !errors.Is(err, ErrNotFound):
		return f, err
	}
	c, events := Follow(had, v, f.Finding, k.Correction, d, now)
	if c == nil {
		return f, nil
	}
	l, err := LinkCase(ctx, r, *c, ComesIn(events), f.Finding.Name, now)
	if err != nil {
		return f, err
	}
	f.Changed = ChangedCallbacks(l.Had, l.After)
	f.Events = append(AsLinked(events, l.After), l.Events...)
	return f, nil
}
