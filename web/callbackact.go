package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/index/query"
	"afterbeep/store"
)

// noteWords is the name of the field of words that go with whatever is done.
const noteWords = "note"

// actForm reads what a form asks to do to a callback. *ParamError for a field that
// can't be read.
func (s *Server) actForm(v *visit, verb store.Verb, vm store.Voicemail) (store.Action, error) {
	a := store.Action{Verb: verb, Note: v.FormValue(noteWords), Whole: v.FormValue("of_case") == "" || v.FormValue("whole") == "1"}
	var err error
	switch verb {
	case store.VerbAssign:
		a.Assignee = store.FoldName(v.FormValue("to"))
	case store.VerbAttempt:
		a.Result = store.AttemptResult(v.FormValue("result"))
	case store.VerbClose:
		a.Outcome = v.FormValue("outcome")
	case store.VerbSnooze:
		a.Next, err = snoozedUntil(v.FormValue("for"), v.FormValue("until"), v.reading())
	case store.VerbCorrect:
		a.Correction, err = s.correctionOf(v.FormValue("request"), v.FormValue("number"), vm)
	}
	return a, err
}

// correctionOf reads what somebody says of a message.
func (s *Server) correctionOf(request, number string, vm store.Voicemail) (store.Correction, error) {
	var c store.Correction
	switch request {
	case "yes", "no":
		is := request == "yes"
		c.Requested = &is
	case "":
	default:
		return c, &ParamError{"request", "Say yes or no."}
	}
	if number = strings.TrimSpace(number); number != "" {
		parsed, err := phonenumbers.Parse(number, s.regionOf(vm))
		if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
			return c, &ParamError{"number", fmt.Sprintf("“%s” can’t be called. Write it as it is dialled, or with its country as +1 415 555 0123.", shown(number))}
		}
		c.Number = phonenumbers.Format(parsed, phonenumbers.E164)
	}
	if c.Requested == nil && c.Number == "" {
		return c, &ParamError{"number", "Write the number to call."}
	}
	return c, nil
}

// The hours at which a part of the day begins that a callback sleeps until.
const (
	afternoonFrom = 13
	morningFrom   = 8
)

// snoozes are the moments that a callback can sleep until by one button.
func snoozes(read reading) []option {
	list := []option{{Value: "hour", Text: "For an hour"}}
	if read.now.In(read.place()).Hour() < afternoonFrom {
		list = append(list, option{Value: "afternoon", Text: "This afternoon"})
	}
	return append(list, option{Value: "tomorrow", Text: "Tomorrow morning"})
}

// snoozedUntil is the moment that a form names: one of snoozes, or a time of day
// in the reader's zone.
func snoozedUntil(named, until string, read reading) (time.Time, error) {
	now := read.now.In(read.place())
	day := func(days, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
	}
	switch named {
	case "hour":
		return now.Add(time.Hour), nil
	case "afternoon":
		if at := day(0, afternoonFrom); at.After(now) {
			return at, nil
		}
		return day(1, afternoonFrom), nil
	case "tomorrow":
		return day(1, morningFrom), nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", until, read.place())
	if err != nil {
		return at, &ParamError{"until", "Say until when, as 2025-02-11T14:30."}
	}
	if !at.After(now) {
		return at, &ParamError{"until", "That time is over. Choose a later one."}
	}
	return at, nil
}

// act does what somebody asks to a voicemail, and returns what has changed. It is
// written down before it is done. *ParamError for what can't be taken, *fault for
// what can't be done.
func (s *Server) act(v *visit, vm store.Voicemail, a store.Action) ([]store.Callback, error) {
	a.By, a.Note = v.user.Name, s.masked(strings.TrimSpace(store.CleanText(a.Note)))
	desk, err := s.Store.Desk(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read how the desk works: %w", err)
	}
	switch a.Verb {
	case store.VerbClaim, store.VerbAssign:
		a.Whole = true
	case store.VerbNote:
		if a.Note == "" {
			return nil, &ParamError{noteWords, "Write something first."}
		}
	case store.VerbAttempt:
		a.DayStart, a.DayEnd = dayOf(s.zones.Of(vm.Caller), v.now)
	}
	if len(a.Note) > store.MaxNote {
		return nil, &ParamError{noteWords, fmt.Sprintf("A note has %d KB at most. Make it shorter.", store.MaxNote>>10)}
	}
	if a.Verb == store.VerbAssign {
		if err := s.mayTake(v, a.Assignee, vm); err != nil {
			return nil, err
		}
	}
	a.Force = may(v.user.Role, rightAdminister)
	changed, err := s.Store.Act(v.ctx(), v.scope(), vm.ID, a)
	s.work.nudge()
	if err != nil {
		return nil, s.refusedAct(v, vm.ID, a, desk, err)
	}
	if a.Verb == store.VerbClose {
		s.tellReached(desk, changed)
	}
	return changed, nil
}

// mayTake is nil where a person of that name may work on the voicemail.
func (s *Server) mayTake(v *visit, name string, vm store.Voicemail) error {
	u, err := s.Store.User(v.ctx(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("find who is to take a callback: %w", err)
	}
	if err != nil || !takes(u, vm) {
		return &ParamError{"to", "Choose somebody who may work on this callback."}
	}
	return nil
}

// takes reports whether somebody may work on a voicemail.
func takes(u store.User, vm store.Voicemail) bool {
	return !u.Disabled && may(u.Role, rightWork) && u.Scope().Sees(vm.BotID) && u.Scope().SeesQueue(vm.Queue)
}

// dayOf is when the day began where a caller of these zones is and when it ends, zero
// where that can't be told.
func dayOf(zones []*time.Location, now time.Time) (start, end time.Time) {
	if len(zones) == 0 {
		return start, end
	}
	y, m, d := now.In(zones[0]).Date()
	return query.DayStart(y, m, d, zones[0]), query.DayStart(y, m, d+1, zones[0])
}

// refusedAct says why something could not be done.
func (s *Server) refusedAct(v *visit, id int64, a store.Action, desk store.Desk, err error) error {
	conflict := func(words string) error {
		return &fault{status: http.StatusConflict, code: codeConflict, title: "Not now", words: words, err: err}
	}
	switch {
	case errors.Is(err, store.ErrHeld):
		c, errRead := s.Store.Callback(v.ctx(), v.scope(), id)
		if errRead != nil || c.Assignee == "" || c.Assignee == v.user.Name || c.StatusAt(v.now) != store.CallbackClaimed {
			return conflict("Somebody else holds another message of this caller.")
		}
		return conflict(fmt.Sprintf("%s holds it until %s.", c.Assignee, v.reading().Clock(c.LeaseUntil.In(v.reading().place()))))
	case errors.Is(err, store.ErrClosed):
		return conflict("It is done already. Reopen it first.")
	case errors.Is(err, store.ErrTooOften):
		return conflict(fmt.Sprintf("This caller was tried %s today, which is as often as they may be.", times(desk.MaxAttempts)))
	case errors.Is(err, store.ErrConflict):
		return conflict("It is too late to undo that: something else was done since.")
	case errors.Is(err, store.ErrInvalid):
		return &ParamError{string(a.Verb), invalidAct(a.Verb)}
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	}
	return fmt.Errorf("work on a callback: %w", err)
}

// invalidAct says what an action of the verb needs.
func invalidAct(verb store.Verb) string {
	switch verb {
	case store.VerbAttempt:
		return "Say how the call ended: no_answer, busy or left_message."
	case store.VerbClose:
		return "Choose one of the outcomes."
	case store.VerbRelease:
		return "Nobody holds it."
	case store.VerbReopen:
		return "It is not done."
	case store.VerbUndo:
		return "There is nothing to undo."
	case store.VerbSnooze:
		return "Choose a time to come."
	case store.VerbTake:
		return "It is not old."
	}
	return "That can’t be done."
}

// postAct does one thing to the callback of the path, as a form asks.
func (s *Server) postAct(verb store.Verb) func(*visit) error {
	return func(v *visit) error {
		id, err := v.voicemailID()
		if err != nil {
			return err
		}
		vm, err := s.open(v, id, string(verb))
		if err != nil {
			return err
		}
		a, err := s.actForm(v, verb, vm)
		if err == nil {
			_, err = s.act(v, vm, a)
		}
		if err != nil {
			return s.refuseAct(v, vm, verb, err)
		}
		next := v.FormValue("next")
		if verb == store.VerbClaim {
			next = "" // who takes one goes to it
		}
		return v.seeOther(withDone(next, v.workPlace().link(callbackHref(id)), string(verb), 0) + "#main")
	}
}

// refuseAct shows the card again with why nothing was done, and what was typed.
func (s *Server) refuseAct(v *visit, vm store.Voicemail, verb store.Verb, err error) error {
	status, words, field := http.StatusUnprocessableEntity, "", ""
	if bad, ok := errors.AsType[*ParamError](err); ok {
		words, field = bad.Words, bad.Field
	} else if f, ok := errors.AsType[*fault](err); ok && f.status == http.StatusConflict {
		status, words = f.status, f.words
	} else {
		return err
	}
	page, err := s.callbackPage(v, vm)
	if err != nil {
		return err
	}
	page.Problem, page.BadField, page.Doing = words, field, string(verb)
	page.Typed, page.TypedUntil, page.TypedNumber = s.masked(v.FormValue(noteWords)), v.FormValue("until"), s.masked(v.FormValue("number"))
	if page.Typed != "" && !page.Can.Act { // its form is gone, not what was written
		page.Doing = string(store.VerbNote)
	}
	v.standsAt(v.workPlace().link(callbackHref(vm.ID)))
	return s.page(v, status, page)
}

// postNext claims the case that goes first, one in the visitor's languages before
// others, and goes to it.
func (s *Server) postNext(v *visit) error {
	p := workParamsOf(v.Request().PostForm).place()
	if p.lane() == store.LaneOld {
		p.Lane = "" // nobody is offered what is old
	}
	changed, err := s.next(v, p)
	if errors.Is(err, store.ErrNotFound) {
		return v.seeOther(withDone(p.place().link(callbacksPath), callbacksPath, "none", 0) + "#main")
	}
	if err != nil {
		return err
	}
	return v.seeOther(withDone(p.place().link(callbackHref(changed[0].VoicemailID)), callbacksPath, "next", 0) + "#main")
}

// next claims the case that goes first. store.ErrNotFound where there is none.
func (s *Server) next(v *visit, p workParams) ([]store.Callback, error) {
	langs := v.user.Settings.Languages()
	if p.Lang != "" {
		langs = []string{p.Lang}
	}
	p.Status, p.Mine, p.Overdue, p.Lang, p.Cursor, p.Limit = "", "", "", "", "", ""
	q, err := p.query(v.user.Name)
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return nil, badRequest(bad.Words)
	}
	q.Langs = langs
	if err := s.allow(v, store.AuditEntry{Detail: "next"}); err != nil {
		return nil, err
	}
	changed, err := s.Store.ClaimNext(v.ctx(), v.scope(), q, store.Action{Verb: store.VerbClaim, By: v.user.Name, Whole: true})
	if err != nil {
		return nil, fmt.Errorf("claim the next callback: %w", err)
	}
	s.work.nudge()
	return changed, nil
}

// maxBulk is how many cases are changed at once: as many as a page has.
const maxBulk = store.MaxWork

// postBulk does one thing to all cases that were chosen in the list. What can't
// be done to one does not keep it from the others, and is counted.
func (s *Server) postBulk(v *visit) error {
	form := v.Request().PostForm
	verb, value, _ := strings.Cut(form.Get("do"), ":")
	back := workParamsOf(form)
	next := back.link(callbacksPath)
	ids := form["id"]
	if len(ids) == 0 || len(ids) > maxBulk {
		if err := s.allow(v, store.AuditEntry{Detail: "nothing chosen"}); err != nil {
			return err
		}
		return v.seeOther(withDone(next, callbacksPath, "chose", 0) + "#main")
	}
	done, refused := 0, 0
	for _, id := range ids {
		err := s.bulkAct(v, id, store.Verb(verb), value)
		_, unfit := errors.AsType[*ParamError](err)
		f, held := errors.AsType[*fault](err)
		switch {
		case err == nil:
			done++
		case unfit, held && f.status < http.StatusInternalServerError && f.status != http.StatusForbidden:
			refused++
		default:
			return err
		}
	}
	return v.seeOther(bulkDone(next, done, refused))
}

// openCallback opens a voicemail by its id as a form names it.
func (s *Server) openCallback(v *visit, id, detail string) (store.Voicemail, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return store.Voicemail{}, notFound()
	}
	return s.open(v, n, detail)
}

// bulkAct does it to one of them.
func (s *Server) bulkAct(v *visit, id string, verb store.Verb, value string) error {
	vm, err := s.openCallback(v, id, string(verb))
	if err != nil {
		return err
	}
	a := store.Action{Verb: verb, Whole: true, Note: v.FormValue(noteWords)}
	switch verb {
	case store.VerbClaim, store.VerbRelease, store.VerbReopen, store.VerbTake:
	case store.VerbClose:
		a.Outcome = value
	case store.VerbSnooze:
		if a.Next, err = snoozedUntil(value, "", v.reading()); err != nil {
			return err
		}
	case store.VerbCorrect:
		a.Whole = false
		if a.Correction, err = s.correctionOf(value, "", vm); err != nil {
			return err
		}
	default:
		return badRequest("Nothing like that can be done to several at once.")
	}
	_, err = s.act(v, vm, a)
	return err
}

// bulkDone is the list with what became of the chosen ones.
func bulkDone(next string, done, refused int) string {
	u, err := url.Parse(withDone(next, callbacksPath, "bulk", done))
	if err != nil {
		return callbacksPath
	}
	q := u.Query()
	if refused > 0 {
		q.Set("refused", fmt.Sprint(refused))
	}
	u.RawQuery = q.Encode()
	return u.String() + "#main"
}
