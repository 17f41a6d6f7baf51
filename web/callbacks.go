package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	waits "afterbeep/measure"
	"afterbeep/store"
)

// callbacksPage is the work list.
type callbacksPage struct {
	frame
	Said    string
	Problem string
	Work    int64  // the last change of callbacks that it knows of
	Turns   int64  // in how many milliseconds it is another by itself; 0 for not soon
	Self    string // its own address
	Lanes   []countedChoice
	Tabs    []countedChoice
	Params  workParams
	Bots    []option
	Queues  []option
	Langs   []option
	Mine    string // the languages that come first for the visitor, by name
	Rows    []workRow
	First   string // link; "" on the first page
	Next    string // link; "" on the last page
	May     bool   // the visitor may work
	Listen  bool   // it is the lane of what has to be listened to
	Old     string // it is the lane of what was found late: what that means
	Done    bool   // it is what is done
	Ends    []store.Disposition
	Empty   string // why nothing is there
	Hidden  []hiddenField
	Snoozes []option
}

// countedChoice is a link to a part of the list, with how much is there.
type countedChoice struct {
	choice
	Count string // "" where nobody counts
	Warn  bool
}

// workRow is a case in the list.
type workRow struct {
	ID        int64 // of the message that waits longest
	Href      string
	Open      string // the same, with the list that it leads back to
	Who       string
	Name      string // of whom, as said; "" where Who is all that is known
	Number    string // the number to call
	Other     bool   // which is not the one that the call came from
	Text      string
	Lang      string
	NoText    string
	Left      stampView
	Waiting   string
	Due       *stampView
	Overdue   bool
	Messages  string // "" for one
	Urgent    string
	Reason    string // why somebody has to listen
	State     string
	Mark      string
	Rests     *stampView
	Held      bool // by anybody
	Mine      bool
	Done      bool
	New       bool
	Listening string // who listens right now
	Track     string
	Facts     []string
	May       bool // the visitor may work
	Listen    bool // it is in the lane of what has to be listened to
	Old       bool // it was found late
}

func (s *Server) getCallbacks(v *visit) error {
	p := workParamsOf(v.QueryParams()).plain()
	if err := s.allow(v, store.AuditEntry{Detail: p.link("")}); err != nil {
		return err
	}
	page, err := s.callbacksPage(v, p)
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return badRequest(bad.Words)
	}
	if err != nil {
		return err
	}
	page.Said = workSaid(v)
	return s.page(v, http.StatusOK, page)
}

// callbacksPage is the list as the visitor sees it.
func (s *Server) callbacksPage(v *visit, p workParams) (*callbacksPage, error) {
	q, err := p.query(v.user.Name)
	if err != nil {
		return nil, err
	}
	page := &callbacksPage{frame: s.frame(v, "Callbacks"), Params: p, Self: p.link(callbacksPath), May: may(v.user.Role, rightWork),
		Listen: p.lane() == store.LaneListen, Done: q.Status == store.CallbackDone, Snoozes: snoozes(v.reading())}
	page.Wide = true
	// Before the list: what changes meanwhile is told once more.
	if page.Work, err = s.work.at(v.ctx()); err != nil {
		return nil, err
	}
	desk, err := s.Store.Desk(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read how the desk works: %w", err)
	}
	business, err := waits.NewClock(desk)
	if err != nil {
		return nil, fmt.Errorf("read the hours of the desk: %w", err)
	}
	q.Late = business.Late(v.now)
	counts, err := s.Store.CountWork(v.ctx(), v.scope(), v.user.Name, q.Late)
	if err != nil {
		return nil, fmt.Errorf("count callbacks: %w", err)
	}
	cases, next, err := s.Store.Work(v.ctx(), v.scope(), q)
	if err != nil {
		return nil, fmt.Errorf("list callbacks: %w", err)
	}
	page.Ends = desk.Dispositions
	if p.lane() == store.LaneOld {
		page.Old = oldWords(desk)
	}
	page.choices(p, counts, v.user)
	if page.Rows, err = s.workRows(v, cases, business); err != nil {
		return nil, err
	}
	for i := range page.Rows {
		page.Rows[i].Open = p.place().link(page.Rows[i].Href)
	}
	page.Turns = turnsIn(cases, business, v.now)
	page.Empty = emptyWork(p)
	if p.Cursor != "" {
		first := p
		first.Cursor = ""
		page.First = first.link(callbacksPath)
	}
	if p.Cursor = cursorOf(next); p.Cursor != "" {
		page.Next = p.link(callbacksPath)
	}
	return page, nil
}

// choices fills what leads to other parts of the list.
func (page *callbacksPage) choices(p workParams, n store.WorkCounts, u *store.User) {
	tab := func(text string, to workParams, current bool, count int) countedChoice {
		c := countedChoice{choice: choice{Href: to.link(callbacksPath), Text: text, Current: current}}
		if count >= 0 {
			c.Count = page.Number(int64(count))
		}
		return c
	}
	with := func(change func(*workParams)) workParams {
		to := p.filtered()
		to.Lane = p.Lane
		change(&to)
		return to
	}
	requests, listen, old := p.filtered(), p.filtered(), p.filtered()
	listen.Lane, old.Lane = string(store.LaneListen), string(store.LaneOld)
	page.Lanes = []countedChoice{tab("Requests", requests, p.lane() == store.LaneRequests, n.Open), tab("Needs a listen", listen, page.Listen, n.Listen),
		tab("Old", old, page.Old != "", n.Old)}
	of := func(count int) int {
		if p.lane() != store.LaneRequests {
			return -1 // counts are of requests
		}
		return count
	}
	mine, overdue := p.Mine == "1", p.Overdue == "1"
	open := n.Open
	if page.Listen {
		open = n.Listen
	}
	page.Tabs = []countedChoice{
		tab("Open", with(func(*workParams) {}), p.Status == "open" && !mine && !overdue, open),
		tab("Mine", with(func(to *workParams) { to.Mine = "1" }), mine && p.Status == "claimed", of(n.Mine)),
		tab("Claimed", with(func(to *workParams) { to.Status = "claimed" }), !mine && p.Status == "claimed", of(n.Claimed)),
		tab("Overdue", with(func(to *workParams) { to.Overdue = "1" }), overdue, of(n.Overdue)),
		tab("Done", with(func(to *workParams) { to.Status = "done" }), p.Status == "done", of(n.Done)),
	}
	page.Tabs[3].Warn = n.Overdue > 0 && !page.Listen
	if page.Old != "" { // what is worked on is old no more
		page.Tabs[0].Text, page.Tabs[0].Count = "Not done", page.Number(int64(n.Old))
		page.Tabs = []countedChoice{page.Tabs[0], page.Tabs[4]}
	}
	counted := func(of map[string]int, name func(string) string) func(string) string {
		return func(value string) string {
			if c := of[value]; c > 0 {
				return name(value) + " (" + page.Number(int64(c)) + ")"
			}
			return name(value)
		}
	}
	plain := func(value string) string { return value }
	page.Bots = options("any bot", p.Bot, known(n.Bots), counted(n.Bots, plain))
	page.Queues = options("any queue", p.Queue, known(n.Queues), counted(n.Queues, plain))
	page.Langs = options("any language", p.Lang, known(n.Langs), counted(n.Langs, langName))
	for i, lang := range u.Settings.Languages() {
		if i > 0 {
			page.Mine += ", "
		}
		page.Mine += langName(lang)
	}
	for name, value := range p.values() {
		if name != "cursor" {
			page.Hidden = append(page.Hidden, hiddenField{Name: name, Value: value[0]})
		}
	}
	slices.SortFunc(page.Hidden, func(a, b hiddenField) int { return cmp.Compare(a.Name, b.Name) })
}

// known are the values that are counted and have a name.
func known(counts map[string]int) []string {
	var values []string
	for value := range counts {
		if value != "" {
			values = append(values, value)
		}
	}
	return values
}

func emptyWork(p workParams) string {
	switch {
	case p.filtered() != workParams{Limit: p.Limit}:
		return "Nothing here with these filters."
	case p.Overdue == "1":
		return "Nothing is overdue."
	case p.Status == string(store.CallbackDone):
		return "Nothing is done yet."
	case p.Mine == "1":
		return "You hold none. Take the next one."
	case p.Status == string(store.CallbackClaimed):
		return "Nobody holds one."
	case p.lane() == store.LaneOld:
		return "Nothing is old: whatever was found was found in time."
	case p.lane() == store.LaneListen:
		return "Nothing needs a listen: whatever arrived could be read."
	}
	return "Nobody waits to be called back."
}

// workRows are the cases as the list shows them.
func (s *Server) workRows(v *visit, cases []store.Case, business *waits.Clock) ([]workRow, error) {
	late := business.Late(v.now)
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.Messages[0].VoicemailID
	}
	vs, err := s.Store.Summaries(v.ctx(), v.scope(), ids)
	if err != nil {
		return nil, fmt.Errorf("read messages of callbacks: %w", err)
	}
	findings, err := s.Store.FindingsOf(v.ctx(), v.scope(), ids)
	if err != nil {
		return nil, fmt.Errorf("read what was found in callbacks: %w", err)
	}
	of := map[int64]store.Voicemail{}
	for _, vm := range vs {
		of[vm.ID] = vm
	}
	read := v.reading()
	rows := make([]workRow, 0, len(cases))
	for _, c := range cases {
		id := c.Messages[0].VoicemailID
		row := workRowOf(c, of[id], v.user.Name, business, late, read)
		if about := strings.TrimSpace(saidAt(of[id].Text, []store.Span{findings[id].About})); about != "" {
			row.Text = cut(about, callerWords)
		}
		row.May, row.Listen = may(v.user.Role, rightWork), c.Messages[0].Lane == store.LaneListen
		for _, m := range c.Messages {
			if row.Listening == "" {
				row.Listening = s.work.listener(m.VoicemailID, v.user.Name, v.now)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// workRowOf is a case as a row. vm is its first message.
func workRowOf(c store.Case, vm store.Voicemail, you string, business *waits.Clock, late []store.Late, read reading) workRow {
	m := headOf(c, read.now)
	row := workRow{ID: m.VoicemailID, Href: callbackHref(m.VoicemailID), Who: whoCalled(vm.Caller), Name: m.Name,
		Left: read.Exact(m.LeftAt), Lang: langTag(m.Lang), Text: cut(vm.Text, callerWords), NoText: transcriptWords(vm.Transcript),
		Urgent: urgencyWords(m.Urgency), Reason: listenWords(m, read.now), New: m.SeenAt.IsZero()}
	if m.Name != "" {
		row.Who, row.Name = m.Name, whoCalled(vm.Caller)
	}
	if m.Number != "" {
		row.Number, row.Other = numberViewOf(m.Number, "").Text, m.Number != m.Caller
	}
	row.Waiting = waitingWords(m, business, read.now)
	row.Overdue = anyOverdue(c, late, read.now)
	row.Old = m.Lane == store.LaneOld
	if row.Old {
		row.Waiting = "" // nobody does
	}
	if n := len(c.Messages); n > 1 {
		row.Messages = plural(n, "message")
	}
	if m.Lang != "" {
		row.Facts = append(row.Facts, langName(m.Lang))
	}
	if m.Queue != "" {
		row.Facts = append(row.Facts, m.Queue)
	}
	if vm.Duration > 0 {
		row.Facts = append(row.Facts, clock(vm.Duration))
	}
	if at := slices.IndexFunc(sorted(vm.Recordings), func(r store.Recording) bool { return r.Status == store.RecordingSuccess || !r.KeptAt.IsZero() }); at >= 0 {
		row.Track = recordingPath(vm.ID, sorted(vm.Recordings)[at].N)
	}
	if !m.DueAt.IsZero() {
		due := read.Stamp(m.DueAt)
		row.Due = &due
	}
	row.state(m, you, read)
	return row
}

// state says where the work stands.
func (row *workRow) state(m store.Callback, you string, read reading) {
	switch m.StatusAt(read.now) {
	case store.CallbackClaimed:
		row.Held, row.Mine = true, m.Assignee == you
		row.State, row.Mark = "held by "+m.Assignee, "warn"
		if row.Mine {
			row.State, row.Mark = "yours", "good"
		}
	case store.CallbackDone:
		row.Done, row.Overdue, row.Due = true, false, nil
		row.State, row.Mark = "done", "good"
		if m.Assignee != "" {
			row.State = "done by " + m.Assignee
		}
		row.Waiting = ""
	default:
		if m.NextAt.After(read.now) {
			at := read.Stamp(m.NextAt)
			row.Rests = &at
		}
		if m.Attempts > 0 {
			row.State, row.Mark = "tried "+times(m.Attempts), "dim"
		}
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// oldWords says what old requests are.
func oldWords(d store.Desk) string {
	age := "long"
	if d.Old > 0 {
		age = "more than " + spanText(d.Old)
	}
	return "Messages that were left " + age + " before Afterbeep found them. They are no open work: nobody is offered them, and they count nowhere as waiting. Take one up to call back all the same."
}

// urgencyWords says how much it matters; "" where it is as most.
func urgencyWords(urgency int) string {
	switch {
	case urgency <= 0:
		return ""
	case urgency == 1:
		return "goes first"
	}
	return "urgent"
}

// listenWords says why somebody has to listen, "" for no reason.
func listenWords(c store.Callback, now time.Time) string {
	switch c.Listen {
	case "":
		return ""
	case store.ListenNoText:
		if c.NextAt.After(now) {
			return "no text yet"
		}
		return "no text after an hour"
	case store.ListenTextCame:
		return "its text came later and asks for nothing"
	case store.ListenDoubtful:
		return "it is doubtful what the caller wants"
	case store.ListenLanguage:
		return "a language that Afterbeep can’t judge"
	case store.ListenFewWords:
		return "few words for its length"
	case store.ListenInvented:
		return "words that recognisers make up"
	}
	return string(c.Listen)
}

// turnsIn is in how many milliseconds cases are shown otherwise though nobody does
// anything: a claim runs out, one that rests comes back, one gets overdue. 0 is not
// within a day. It is a little late, so that the clock of the store is there, too.
func turnsIn(cases []store.Case, business *waits.Clock, now time.Time) int64 {
	const soon, late = 24 * time.Hour, time.Second
	first := now.Add(soon)
	by := func(at time.Time) {
		if at.After(now) && at.Before(first) {
			first = at
		}
	}
	for _, c := range cases {
		for _, m := range c.Messages {
			if m.StatusAt(now) == store.CallbackClaimed {
				by(m.LeaseUntil)
			}
			by(m.NextAt)
			if m.Lane == store.LaneRequests && m.Status != store.CallbackDone {
				by(business.OverdueAt(m.BotID, m.Queue, m.LeftAt, m.DueAt))
			}
		}
	}
	if first.Equal(now.Add(soon)) {
		return 0
	}
	return (first.Sub(now) + late).Milliseconds()
}

// waitingWords is how long a caller has waited: by the clock, and in the time in
// which people work, where that is set.
func waitingWords(m store.Callback, business *waits.Clock, now time.Time) string {
	words := lasting(now.Sub(m.LeftAt))
	if business.Set() {
		words += ", " + hoursText(business.Waited(m.BotID, m.Queue, m.LeftAt, now)) + " of it in business hours"
	}
	return words
}

// lasting is how long something takes or lasted, in its two largest units.
func lasting(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	hours, days := minutes/60, minutes/(24*60)
	switch {
	case minutes < 1:
		return "less than a minute"
	case hours < 1:
		return plural(minutes, "minute")
	case days < 1 && minutes%60 == 0:
		return plural(hours, "hour")
	case days < 1:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours%24 == 0:
		return plural(days, "day")
	}
	return fmt.Sprintf("%s %d h", plural(days, "day"), hours%24)
}
