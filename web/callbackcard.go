package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"afterbeep/hours"
	waits "afterbeep/measure"
	"afterbeep/store"
)

// callbackPage is the card of one callback: the message with its work.
type callbackPage struct {
	*voicemailPage
	Said, Problem string
	BadField      string // the field that could not be read
	Doing         string // the verb that was refused: its form is open, with what was typed
	Typed         string // a note
	TypedUntil    string
	TypedNumber   string
	Turns         int64 // in how many milliseconds it is another by itself; 0 for not soon
	Feed          int64 // the last change of callbacks that it knows of
	Self          string
	CaseID        int64
	List          string        // back to the list
	Of            string        // what of an address says which list that is; "" for all requests
	Place         []hiddenField // the same for forms
	Name          string        // who calls, as said
	From          string        // the number that the call came from; "" where it is the heading
	About         string        // the sentence that matters
	Waiting       string
	Longest       string // how long an earlier message of the caller waits; "" where none does
	Due           *stampView
	Sooner        *stampView // when another message of the caller is wanted, where that is before Due
	Overdue       bool
	Wanted        string // when, as said
	Urgent        string
	Reasons       []string
	Reason        string // why somebody has to listen
	Corrected     bool
	Best          *callNumber
	Others        []callNumber
	Evidence      []evidenceView // calls that may have settled it
	Row           workRow
	Old           string     // why it is no open work
	Until         *stampView // of a claim
	Can           workCan
	History       []eventView
	Case          []caseView
	CaseWords     string // how many messages can be closed at once; "" for one
	Ends          []store.Disposition
	Snoozes       []option
	People        []string
	Colleague     string // who listens right now
}

// callNumber is a number that may be called, as the card shows it.
type callNumber struct {
	numberView
	Warn  string // what to mind
	Time  string // what time it is there
	Odd   bool   // it is too early or too late there
	First bool
}

// workCan says what the visitor may do now.
type workCan struct{ Work, Claim, Extend, Release, Act, Reopen, Undo, Judge, Take bool }

// eventView is an entry of the history.
type eventView struct {
	When  stampView
	Who   string
	Words string
	Note  string
}

// caseView is another message of the case.
type caseView struct {
	Href string
	When stampView
	Done bool
	Text string
}

func (s *Server) getCallback(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, "callback")
	if err != nil {
		return err
	}
	s.markSeen(v, id)
	page, err := s.callbackPage(v, vm)
	if err != nil {
		return err
	}
	page.Said = workSaid(v)
	return s.page(v, http.StatusOK, page)
}

// callbackPage is the card of a voicemail that the visitor may see.
func (s *Server) callbackPage(v *visit, vm store.Voicemail) (*callbackPage, error) {
	feed, err := s.work.at(v.ctx()) // before all: what changes meanwhile is told once more
	if err != nil {
		return nil, err
	}
	message, err := s.voicemailPage(v, vm)
	if err != nil {
		return nil, err
	}
	w, read := message.work, message.reading
	if !w.known {
		w.callback = store.Callback{VoicemailID: vm.ID, CaseID: vm.ID, BotID: vm.BotID, Queue: vm.Queue, LeftAt: vm.LeftAt, Status: store.CallbackOpen}
	}
	c := w.callback
	page := &callbackPage{voicemailPage: message, Feed: feed, Self: callbackHref(vm.ID), CaseID: c.CaseID,
		About:  strings.TrimSpace(saidAt(vm.Text, []store.Span{w.finding.About})),
		Wanted: strings.Join(saidList(vm.Text, w.finding.When), ", "), Reason: listenWords(c, read.now), Corrected: c.Corrected, Ends: w.desk.Dispositions, Snoozes: snoozes(read)}
	page.Title = "Callback: " + whoCalled(vm.Caller)
	page.place(v.workPlace(), c.Lane)
	business, err := waits.NewClock(w.desk)
	if err != nil {
		return nil, fmt.Errorf("read the hours of the desk: %w", err)
	}
	others, err := s.caseMessages(v, vm)
	if err != nil {
		return nil, err
	}
	all := store.Case{ID: c.CaseID, Messages: append([]store.Callback{c}, others...)}
	page.Row = workRowOf(all, vm, v.user.Name, business, business.Late(v.now), read)
	page.Turns = turnsIn([]store.Case{all}, business, v.now)
	if page.Row.Old && !page.Row.Done {
		page.Old = fmt.Sprintf("Old: it was left %s before Afterbeep found it, so it is no open work unless somebody takes it up.", lasting(c.CreatedAt.Sub(c.LeftAt)))
	}
	page.Urgent, page.Name = page.Row.Urgent, headOf(all, v.now).Name
	if page.Reasons, err = s.urgentReasons(v, all, w.finding); err != nil {
		return nil, err
	}
	page.Waiting, page.Overdue = page.Row.Waiting, page.Row.Overdue
	page.times(all, business, read)
	page.Colleague = s.work.listener(vm.ID, v.user.Name, v.now)
	if page.Name != "" {
		page.From = whoCalled(vm.Caller)
	}
	if page.Row.Held {
		until := read.Exact(c.LeaseUntil)
		page.Until = &until
	}
	page.numbers(vm, w, others, &s.zones, read)
	if page.Evidence, err = s.evidence(v, c, others, page.toCall(), read); err != nil {
		return nil, err
	}
	events, err := s.callbackEvents(v, vm.ID)
	if err != nil {
		return nil, err
	}
	page.History = historyOf(events, w.desk, read)
	page.can(v, c, events)
	if page.Case, page.CaseWords, err = s.caseOf(v, others, read); err != nil {
		return nil, err
	}
	if page.Can.Work {
		page.People, err = s.takers(v, vm)
	}
	return page, err
}

// times says when the message is wanted, and, apart from what its own words say, what
// presses more in other messages of its case: an earlier time, a longer wait.
func (page *callbackPage) times(all store.Case, business *waits.Clock, read reading) {
	own := all.Messages[0]
	if page.Row.Due != nil && !own.DueAt.IsZero() {
		due := read.Stamp(own.DueAt)
		page.Due = &due
	}
	if page.Row.Due != nil && !headOf(all, read.now).DueAt.Equal(own.DueAt) {
		page.Sooner = page.Row.Due
	}
	if page.Waiting == "" {
		return
	}
	first := own
	for _, m := range waitingWith(all, read.now) {
		if m.LeftAt.Before(first.LeftAt) {
			first = m
		}
	}
	if first.VoicemailID != own.VoicemailID {
		page.Longest = waitingWords(first, business, read.now)
	}
}

// place is where the card leads back to: the list of its address or, where that names
// none, the one that it is in.
func (page *callbackPage) place(p workParams, lane store.Lane) {
	page.Of = p.link("")
	if p.Lane == "" {
		p.Lane = laneOf(lane)
	}
	page.List = p.link(callbacksPath)
	for _, one := range []hiddenField{{"lane", p.Lane}, {"bot", p.Bot}, {"queue", p.Queue}, {"lang", p.Lang}} {
		if one.Value != "" {
			page.Place = append(page.Place, one)
		}
	}
}

// laneOf is a lane as an address has it: requests are what the list shows anyway.
func laneOf(l store.Lane) string {
	if l == store.LaneListen || l == store.LaneOld {
		return string(l)
	}
	return ""
}

// numbers picks the numbers to call: what a person said, then what the caller said
// here, and in other messages of the case, and then where the call came from.
func (page *callbackPage) numbers(vm store.Voicemail, w workOn, others []store.Callback, zones *hours.Zones, read reading) {
	var list []callNumber
	add := func(n numberView, warn string) {
		if n.e164 == "" || slices.ContainsFunc(list, func(had callNumber) bool { return had.e164 == n.e164 }) {
			return
		}
		one := callNumber{numberView: n, Warn: warn}
		if at, known := localTimeOf(zones.Of(n.e164), read); known {
			one.Time, one.Odd = at.Words, at.Odd
		}
		list = append(list, one)
	}
	own := ownNumber(vm.Caller, vm.Called)
	warnOf := func(e164 string) string {
		if own && e164 != vm.Caller {
			return "Not the number that the call came from."
		}
		return ""
	}
	known := func(e164 string) numberView {
		if i := slices.IndexFunc(page.Numbers, func(n numberView) bool { return n.e164 == e164 && n.kind == store.NumberCall }); i >= 0 {
			return page.Numbers[i]
		}
		n := numberViewOf(e164, "")
		n.ID, n.Call = "number-best", callLink(w.desk, e164, "")
		return n
	}
	if c := w.callback; c.Number != "" {
		best := known(c.Number)
		if best.kind == "" && c.Corrected {
			best.Name = "To call, as a colleague says"
		}
		add(best, warnOf(c.Number))
	}
	for _, n := range page.Numbers {
		if n.kind == store.NumberCall {
			add(n, warnOf(n.e164))
		}
	}
	for _, m := range slices.Backward(others) { // the latest knows best
		if m.Number != "" && m.Number != vm.Caller {
			n := known(m.Number)
			n.Name = "To call, as another message says"
			add(n, warnOf(m.Number))
		}
	}
	refused := slices.ContainsFunc(page.Numbers, func(n numberView) bool { return n.kind == store.NumberNot && n.e164 == vm.Caller })
	for _, n := range page.Numbers {
		if own && n.kind == "" && n.e164 == vm.Caller {
			n.Name = "Where the call came from"
			warn := ""
			if refused {
				warn = "The caller asks not to be called here."
			}
			add(n, warn)
		}
	}
	for i := range list {
		list[i].First = i == 0
	}
	if len(list) > 0 {
		page.Best, page.Others = &list[0], list[1:]
	}
}

// can judges what the visitor may do now.
func (page *callbackPage) can(v *visit, c store.Callback, events []store.CallbackEvent) {
	if !may(v.user.Role, rightWork) {
		return
	}
	admin := may(v.user.Role, rightAdminister)
	held, done := page.Row.Held, page.Row.Done
	can := &page.Can
	can.Work = true
	can.Claim = !held && !done
	can.Extend = held && page.Row.Mine
	can.Release = held && (page.Row.Mine || admin)
	can.Act = !done && (!held || page.Row.Mine)
	can.Reopen = done
	can.Judge = can.Act && (c.Lane == store.LaneListen || c.Lane == store.LaneRequests && c.Listen != "")
	can.Take = can.Act && c.Lane == store.LaneOld
	for _, e := range slices.Backward(events) {
		if e.By == "" || e.Verb == store.VerbSeen || e.Verb == store.VerbHeard {
			continue
		}
		can.Undo = e.By == v.user.Name && e.Verb != store.VerbUndo && e.Verb != store.VerbNote && v.now.Sub(e.At) < store.UndoWithin
		return
	}
}

// takers lists who may work on a voicemail, by name.
func (s *Server) takers(v *visit, vm store.Voicemail) ([]string, error) {
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	var names []string
	for _, u := range users {
		if takes(u, vm) {
			names = append(names, u.Name)
		}
	}
	return names, nil
}

// caseOf shows the other messages of the case, the oldest first, and says how many
// can be closed together.
func (s *Server) caseOf(v *visit, messages []store.Callback, read reading) ([]caseView, string, error) {
	if len(messages) == 0 {
		return nil, "", nil
	}
	ids, open := make([]int64, len(messages)), 1
	for i, m := range messages {
		if ids[i] = m.VoicemailID; m.Status != store.CallbackDone {
			open++
		}
	}
	vs, err := s.Store.Summaries(v.ctx(), v.scope(), ids)
	if err != nil {
		return nil, "", fmt.Errorf("read messages of a case: %w", err)
	}
	text := map[int64]string{}
	for _, one := range vs {
		text[one.ID] = one.Text
	}
	var list []caseView
	for _, m := range messages {
		list = append(list, caseView{Href: v.workPlace().link(callbackHref(m.VoicemailID)), When: read.Stamp(m.LeftAt), Done: m.Status == store.CallbackDone,
			Text: cut(text[m.VoicemailID], callerWords)})
	}
	words := ""
	if open > 1 {
		words = plural(open, "message")
	}
	return list, words, nil
}

// caseMessages are the other messages of the case, by whatever number it is one.
func (s *Server) caseMessages(v *visit, vm store.Voicemail) ([]store.Callback, error) {
	list, err := s.Store.CaseOf(v.ctx(), v.scope(), vm.ID)
	if err != nil {
		return nil, fmt.Errorf("read messages of a case: %w", err)
	}
	return slices.DeleteFunc(list, func(c store.Callback) bool { return c.VoicemailID == vm.ID }), nil
}

// historyOf is what was done, the newest first.
func historyOf(events []store.CallbackEvent, d store.Desk, read reading) []eventView {
	var out []eventView
	for _, e := range slices.Backward(events) {
		who := e.By
		if who == "" {
			who = "Afterbeep"
		}
		out = append(out, eventView{When: read.Stamp(e.At), Who: who, Words: eventWords(e, d, read), Note: e.Note})
	}
	return out
}

// eventWords says what was done.
func eventWords(e store.CallbackEvent, d store.Desk, read reading) string {
	switch e.Verb {
	case store.VerbClaim:
		if e.From == store.CallbackClaimed {
			return "held on to it"
		}
		return "claimed it"
	case store.VerbRelease:
		return "gave it back"
	case store.VerbLapse:
		return "took it back: the time of " + e.Detail + " ran out"
	case store.VerbAssign:
		return "gave it to " + e.Detail
	case store.VerbAttempt:
		return "called " + numberViewOf(e.Number, "").Text + ": " + resultWords(store.AttemptResult(e.Detail))
	case store.VerbClose:
		return "closed it: " + outcomeLabel(d, e.Detail)
	case store.VerbReopen:
		return "opened it again"
	case store.VerbSnooze:
		if until, err := time.Parse(time.RFC3339, e.Detail); err == nil {
			return "put it off until " + read.Exact(until).Text
		}
		return "put it off"
	case store.VerbTake:
		return "took it up"
	case store.VerbNote:
		return "wrote"
	case store.VerbUndo:
		return "took that back"
	case store.VerbCorrect:
		return "corrected it: " + correctedWords(e.Detail)
	case store.VerbSeen:
		return "opened it"
	case store.VerbHeard:
		return "heard it"
	case store.VerbFound:
		return "found it in the message"
	case store.VerbRepeat:
		return "saw another message of the caller arrive"
	}
	return string(e.Verb)
}

func correctedWords(detail string) string {
	switch detail {
	case "request":
		return "the caller asks to be called back"
	case "no request":
		return "nothing to do"
	}
	return "call " + numberViewOf(detail, detail).Text
}

func resultWords(r store.AttemptResult) string {
	switch r {
	case store.AttemptNoAnswer:
		return "no answer"
	case store.AttemptBusy:
		return "busy"
	case store.AttemptLeftMessage:
		return "left a message"
	}
	return string(r)
}

// workSaid is what a page says after something was done to a callback.
func workSaid(v *visit) string {
	n, _ := strconv.Atoi(v.QueryParam("n"))
	refused, _ := strconv.Atoi(v.QueryParam("refused"))
	switch store.Verb(v.QueryParam("done")) {
	case store.VerbClaim:
		return "It is yours for a while. Nobody else can take it meanwhile."
	case "next":
		return "This one goes first, and is yours for a while."
	case "none":
		return "Nobody else waits right now."
	case store.VerbRelease:
		return "It is given back."
	case store.VerbAssign:
		return "It is given to your colleague."
	case store.VerbAttempt:
		return "The attempt is written down. It comes back after a while."
	case store.VerbClose:
		return "It is closed."
	case store.VerbReopen:
		return "It is open again."
	case store.VerbSnooze:
		return "It is put off, and comes back by itself."
	case store.VerbTake:
		return "It is open work now."
	case store.VerbNote:
		return "The note is written down."
	case store.VerbUndo:
		return "That is undone."
	case store.VerbCorrect:
		return "The correction is kept, and wins over whatever the machine reads."
	case "chose":
		return "Choose some first."
	case "bulk":
		words := "Done to " + plural(n, "caller") + "."
		if refused > 0 {
			words += " " + have(refused, "was left", "were left") + " as they are: somebody else holds them, or they are done."
		}
		return words
	}
	return ""
}
