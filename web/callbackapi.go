package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	waits "afterbeep/measure"
	"afterbeep/store"
)

const apiCallbacks = "/api/v1/callbacks"

// CallbacksAnswer is a part of the work list, as the API gives it.
type CallbacksAnswer struct {
	Callbacks  []CallbackCase `json:"callbacks"` // one for each case
	Counts     WorkCounts     `json:"counts"`    // of all that the caller may see
	NextCursor string         `json:"next_cursor"`
}

// WorkCounts are how many cases stand where.
type WorkCounts struct {
	Open    int `json:"open"`
	Mine    int `json:"mine"`
	Claimed int `json:"claimed"`
	Done    int `json:"done"`
	Overdue int `json:"overdue"`
	Listen  int `json:"listen"` // open ones of the lane listen
	Old     int `json:"old"`    // those of the lane old that are not done, in no other count
}

// CallbackCase is a case: the message that waits longest, and all that match.
type CallbackCase struct {
	CallbackItem
	WaitingS float64        `json:"waiting_s"` // since that message was left
	Messages []CallbackItem `json:"messages"`
}

// CallbackItem is the work on one voicemail.
type CallbackItem struct {
	ID         int64    `json:"id"` // the voicemail's
	CaseID     int64    `json:"case_id"`
	BotID      string   `json:"bot_id"`
	Queue      string   `json:"queue"`
	Lang       string   `json:"lang"`
	LeftAt     Stamp    `json:"left_at"`
	Lane       string   `json:"lane"` // "requests", "listen", "old" or ""
	Requested  bool     `json:"requested"`
	Corrected  bool     `json:"corrected"` // a person has said so
	Confidence *float64 `json:"confidence"`
	Listen     string   `json:"listen"` // why a person has to listen
	Caller     string   `json:"caller"`
	Number     string   `json:"number"` // the best number to call
	Name       string   `json:"name"`
	Urgency    int      `json:"urgency"` // 0 to 3
	DueAt      Stamp    `json:"due_at"`
	Overdue    bool     `json:"overdue"`
	Status     string   `json:"status"`
	Assignee   string   `json:"assignee"`
	LeaseUntil Stamp    `json:"lease_until"`
	NextAt     Stamp    `json:"next_at"` // not offered before
	Attempts   int      `json:"attempts"`
	Outcome    string   `json:"outcome"`
	ClosedAt   Stamp    `json:"closed_at"`
	SeenAt     Stamp    `json:"seen_at"`
	SeenBy     string   `json:"seen_by"`
	HeardAt    Stamp    `json:"heard_at"`
	HeardBy    string   `json:"heard_by"`
}

// CallbackAnswer is one callback in full.
type CallbackAnswer struct {
	CallbackItem
	Callback Callback        `json:"callback"`
	Numbers  []FoundNumber   `json:"numbers"`
	About    string          `json:"about"`  // the sentence that matters
	Urgent   []string        `json:"urgent"` // why it is urgent
	Events   []CallbackEvent `json:"events"`
}

// callbackItem is the work on a voicemail; late is what is overdue by now.
func callbackItem(c store.Callback, late []store.Late, now time.Time) CallbackItem {
	item := CallbackItem{ID: c.VoicemailID, CaseID: c.CaseID, BotID: c.BotID, Queue: c.Queue, Lang: c.Lang, LeftAt: Stamp(c.LeftAt),
		Lane: string(c.Lane), Requested: c.Requested, Corrected: c.Corrected, Listen: string(c.Listen), Caller: c.Caller, Number: c.Number,
		Name: c.Name, Urgency: c.Urgency, DueAt: Stamp(c.DueAt), Status: string(c.StatusAt(now)), Assignee: c.Assignee,
		NextAt: Stamp(c.NextAt), Attempts: c.Attempts, Outcome: c.Outcome, ClosedAt: Stamp(c.ClosedAt),
		SeenAt: Stamp(c.SeenAt), SeenBy: c.SeenBy, HeardAt: Stamp(c.HeardAt), HeardBy: c.HeardBy}
	if c.Confidence > 0 {
		item.Confidence = &c.Confidence
	}
	switch c.StatusAt(now) {
	case store.CallbackOpen:
		item.Assignee = ""
	case store.CallbackClaimed:
		item.LeaseUntil = Stamp(c.LeaseUntil)
	}
	item.Overdue = c.Overdue(late, now)
	return item
}

func (s *Server) apiCallbacks(v *visit) error {
	p := workParamsOf(v.QueryParams())
	q, err := p.query(v.user.Name)
	if err != nil {
		return s.deny(v, store.AuditEntry{Detail: p.link("")}, refusal(err))
	}
	if err := s.allow(v, store.AuditEntry{Detail: p.link("")}); err != nil {
		return err
	}
	late, err := s.late(v)
	if err != nil {
		return err
	}
	q.Late = late
	cases, next, err := s.Store.Work(v.ctx(), v.scope(), q)
	if err != nil {
		return fmt.Errorf("list callbacks: %w", err)
	}
	counts, err := s.Store.CountWork(v.ctx(), v.scope(), v.user.Name, late)
	if err != nil {
		return fmt.Errorf("count callbacks: %w", err)
	}
	a := CallbacksAnswer{Callbacks: make([]CallbackCase, 0, len(cases)), NextCursor: cursorOf(next), Counts: WorkCounts{Open: counts.Open,
		Mine: counts.Mine, Claimed: counts.Claimed, Done: counts.Done, Overdue: counts.Overdue, Listen: counts.Listen, Old: counts.Old}}
	for _, c := range cases {
		one := CallbackCase{CallbackItem: callbackItem(headOf(c, v.now), late, v.now), WaitingS: v.now.Sub(c.Messages[0].LeftAt).Seconds()}
		one.Overdue = anyOverdue(c, late, v.now)
		for _, m := range c.Messages {
			one.Messages = append(one.Messages, callbackItem(m, late, v.now))
		}
		a.Callbacks = append(a.Callbacks, one)
	}
	return v.json(http.StatusOK, a)
}

// late is what is overdue by now, as the desk has it.
func (s *Server) late(v *visit) ([]store.Late, error) {
	desk, err := s.Store.Desk(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read how the desk works: %w", err)
	}
	return lateBy(desk, v.now)
}

func lateBy(d store.Desk, now time.Time) ([]store.Late, error) {
	business, err := waits.NewClock(d)
	if err != nil {
		return nil, fmt.Errorf("read the hours of the desk: %w", err)
	}
	return business.Late(now), nil
}

func (s *Server) apiCallback(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, "callback")
	if err != nil {
		return err
	}
	return s.answerCallback(v, vm)
}

// answerCallback answers with the callback as it is now.
func (s *Server) answerCallback(v *visit, vm store.Voicemail) error {
	w, err := s.workOn(v, vm.ID)
	if err != nil {
		return err
	}
	if !w.known {
		return notFound()
	}
	events, err := s.callbackEvents(v, vm.ID)
	if err != nil {
		return err
	}
	late, err := lateBy(w.desk, v.now)
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, CallbackAnswer{CallbackItem: callbackItem(w.callback, late, v.now), Urgent: urgentWords(w.callback, w.finding),
		Callback: callbackAnswer(w.callback, true, w.finding, vm.Text, v.now), Numbers: foundNumbers(w.finding, vm.Text),
		About: saidAt(vm.Text, []store.Span{w.finding.About}), Events: eventAnswers(events)})
}

// sentAct is what the API takes to do something to a callback. Every field but
// those that the action needs may be left out.
type sentAct struct {
	Result    string  `json:"result"`   // of an attempt
	Outcome   string  `json:"outcome"`  // of closing
	Note      string  `json:"note"`     // with whatever is done
	Next      string  `json:"next"`     // RFC 3339: when it comes back, of an attempt
	Until     string  `json:"until"`    // likewise, of a snooze; next says the same
	Assignee  string  `json:"assignee"` // who is given it
	Requested *bool   `json:"requested"`
	Number    string  `json:"number"`
	LeaseS    float64 `json:"lease_s"` // of a claim, 0 is the desk's
	// Whole is whether it is done to all messages of the case; null is yes, but
	// for closing, which is of this message alone.
	Whole *bool `json:"whole"`
}

// apiAct does one thing to the callback of the path.
func (s *Server) apiAct(verb store.Verb) func(*visit) error {
	return func(v *visit) error {
		id, err := v.voicemailID()
		if err != nil {
			return err
		}
		var sent sentAct
		if err := v.body(&sent); err != nil {
			return s.deny(v, store.AuditEntry{VoicemailID: id, Detail: string(verb)}, err)
		}
		vm, err := s.open(v, id, string(verb))
		if err != nil {
			return err
		}
		a, err := s.sentAction(verb, sent, vm)
		if err == nil {
			_, err = s.act(v, vm, a)
		}
		if err != nil {
			return refusal(err)
		}
		return s.answerCallback(v, vm)
	}
}

// sentAction is what was sent as an action. *ParamError for what can't be read.
func (s *Server) sentAction(verb store.Verb, sent sentAct, vm store.Voicemail) (store.Action, error) {
	a := store.Action{Verb: verb, Note: sent.Note, Whole: verb != store.VerbClose}
	if sent.Whole != nil {
		a.Whole = *sent.Whole
	}
	var err error
	switch verb {
	case store.VerbClaim:
		if a.Lease = time.Duration(sent.LeaseS * float64(time.Second)); sent.LeaseS < 0 || sent.LeaseS > 24*60*60 {
			return a, &ParamError{"lease_s", "a claim lasts up to a day."}
		}
	case store.VerbAssign:
		a.Assignee = store.FoldName(sent.Assignee)
	case store.VerbAttempt:
		a.Result = store.AttemptResult(sent.Result)
		a.Next, err = sentTime("next", sent.Next)
	case store.VerbClose:
		a.Outcome = sent.Outcome
	case store.VerbSnooze:
		until := sent.Until
		if until == "" {
			until = sent.Next
		}
		a.Next, err = sentTime("until", until)
	case store.VerbCorrect:
		request := ""
		if sent.Requested != nil {
			request = map[bool]string{true: "yes", false: "no"}[*sent.Requested]
		}
		a.Correction, err = s.correctionOf(request, sent.Number, vm)
	}
	return a, err
}

func sentTime(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, &ParamError{field, fmt.Sprintf("“%s” is not a time like 2025-02-11T13:57:42Z.", shown(text))}
	}
	return at, nil
}

// sentNext is what the API takes to claim what goes first: of a part of the work
// list.
type sentNext struct {
	Lane  string `json:"lane"`
	Bot   string `json:"bot"`
	Queue string `json:"queue"`
}

// apiNext claims the case that goes first and answers with its first message.
func (s *Server) apiNext(v *visit) error {
	var sent sentNext
	if err := v.body(&sent); err != nil {
		return s.deny(v, store.AuditEntry{Detail: "next"}, err)
	}
	changed, err := s.next(v, workParams{Lane: sent.Lane, Bot: sent.Bot, Queue: sent.Queue})
	if errors.Is(err, store.ErrNotFound) {
		return v.NoContent(http.StatusNoContent)
	}
	if err != nil {
		return err
	}
	vm, err := s.Store.Voicemail(v.ctx(), v.scope(), changed[0].VoicemailID)
	if err != nil {
		return fmt.Errorf("open the next callback: %w", err)
	}
	return s.answerCallback(v, vm)
}
