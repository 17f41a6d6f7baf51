package web

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	waits "afterbeep/measure"
	"afterbeep/store"
)

const (
	measurePath       = "/callbacks/measure"
	measureExportPath = measurePath + "/export"
	apiMeasurePath    = "/api/v1/callbacks/measure"
)

// measured are the requests that were left in some days, summed up for a visitor.
type measured struct {
	waits.Sums
	params  Params // From, To, Bot, Queue and TZ
	window  window
	limit   time.Duration // Desk.Overdue
	hours   bool          // business hours are set
	partial bool          // there are more than are counted
	whole   bool          // all agents are told, not only the visitor
}

// measureParams are what of the address says which requests are measured, with
// the days of the last weeks where it says none.
func measureParams(v *visit) (Params, *time.Location, error) {
	all := ParamsOf(v.QueryParams())
	p := Params{From: all.From, To: all.To, Bot: all.Bot, Queue: all.Queue, TZ: all.TZ}
	zone, err := v.zone(p.TZ)
	if err != nil {
		return p, time.UTC, err
	}
	if p.TZ == "" && zone != time.UTC {
		p.TZ = zone.String() // for the links: their days are these
	}
	if p.From == "" && p.To == "" {
		days := measurePeriods()[measureDefault].days
		for _, one := range measurePeriods() {
			if one.name == v.QueryParam("period") {
				days = one.days
			}
		}
		p.From, p.To = shift(v.now, 1-days, zone).In(zone).Format(time.DateOnly), v.now.In(zone).Format(time.DateOnly)
	}
	return p, zone, nil
}

type measurePeriod struct {
	name, text string
	days       int
}

// measureDefault is the period that is looked at where nothing else is asked for.
const measureDefault = 1

// measurePeriods are what can be looked at by one click: so many days until today.
func measurePeriods() []measurePeriod {
	return []measurePeriod{{"7d", "7 days", 7}, {"4w", "4 weeks", 28}, {"12w", "12 weeks", 84}, {"1y", "12 months", 365}}
}

// measure sums up the requests that p asks for. *ParamError for what can't be
// read of it.
func (s *Server) measure(v *visit, p Params, zone *time.Location) (*measured, error) {
	m := &measured{params: p, whole: may(v.user.Role, rightExport)}
	var err error
	if m.window, err = p.window(); err != nil {
		return nil, err
	}
	m.window.zone = zone
	desk, err := s.Store.Desk(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read how the desk works: %w", err)
	}
	clock, err := waits.NewClock(desk)
	if err != nil {
		return nil, fmt.Errorf("read business hours: %w", err)
	}
	q := store.WaitQuery{From: m.window.from, To: m.window.to, Limit: store.MaxWaits}
	for value, to := range map[string]*[]string{p.Bot: &q.Bots, p.Queue: &q.Queues} {
		if value != "" {
			*to = []string{value}
		}
	}
	asked, err := s.Store.Waits(v.ctx(), v.scope(), q)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	m.limit, m.hours, m.partial = desk.Overdue, clock.Set(), len(asked) == store.MaxWaits
	m.Sums = waits.SumUp(asked, desk, clock, zone, v.now)
	if !m.whole {
		// How colleagues do is for those who look after them.
		m.Agents = slices.DeleteFunc(m.Agents, func(r waits.Row) bool { return r.Name != v.user.Name })
	}
	return m, nil
}

// MeasureAnswer is how long callers waited, as the API tells it. Times are of
// business time, in seconds.
type MeasureAnswer struct {
	From     Stamp  `json:"from"` // requests left at or after; null without bound
	To       Stamp  `json:"to"`   // and before
	TZ       string `json:"tz"`
	Business bool   `json:"business_hours"` // hours are set: else all time counts
	// LimitS is after how long a request is overdue that names no time; null
	// without a limit.
	LimitS  *float64      `json:"limit_s"`
	Partial bool          `json:"partial"` // there are more requests than are counted
	All     SumAnswer     `json:"all"`
	Days    []DayAnswer   `json:"days"`
	Queues  []QueueAnswer `json:"queues"`
	Agents  []AgentAnswer `json:"agents"`
}

// SumAnswer sums up requests.
type SumAnswer struct {
	Requests int      `json:"requests"`
	Reached  int      `json:"reached"` // closed, and the caller was spoken to
	Closed   int      `json:"closed"`  // closed otherwise
	Open     int      `json:"open"`    // not closed
	Overdue  int      `json:"overdue"`
	Attempts int      `json:"attempts"`
	MedianS  *float64 `json:"median_s"` // of those reached; null where nobody was
	P90S     *float64 `json:"p90_s"`
	OldestS  *float64 `json:"oldest_s"` // of those open; null where none is
}

// DayAnswer is a day on which messages were left.
type DayAnswer struct {
	Day string `json:"day"`
	SumAnswer
}

// QueueAnswer is a queue; "" is none.
type QueueAnswer struct {
	Queue string `json:"queue"`
	SumAnswer
}

// AgentAnswer is somebody who holds or closed requests.
type AgentAnswer struct {
	Agent string `json:"agent"`
	SumAnswer
}

func sumAnswerOf(s waits.Sum) SumAnswer {
	a := SumAnswer{Requests: s.Requests, Reached: s.Reached, Closed: s.Closed, Open: s.Open, Overdue: s.Overdue, Attempts: s.Attempts}
	if s.Reached > 0 {
		a.MedianS, a.P90S = secondsOf(s.Median), secondsOf(s.P90)
	}
	if s.Open > 0 {
		a.OldestS = secondsOf(s.Oldest)
	}
	return a
}

func secondsOf(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

func (m *measured) answer() MeasureAnswer {
	a := MeasureAnswer{From: Stamp(m.window.from), To: Stamp(m.window.to), TZ: m.window.zone.String(), Business: m.hours, Partial: m.partial, All: sumAnswerOf(m.All),
		Days: []DayAnswer{}, Queues: []QueueAnswer{}, Agents: []AgentAnswer{}}
	if m.limit > 0 {
		a.LimitS = secondsOf(m.limit)
	}
	for _, r := range m.Days {
		a.Days = append(a.Days, DayAnswer{r.Day.Format(time.DateOnly), sumAnswerOf(r.Sum)})
	}
	for _, r := range m.Queues {
		a.Queues = append(a.Queues, QueueAnswer{r.Name, sumAnswerOf(r.Sum)})
	}
	for _, r := range m.Agents {
		a.Agents = append(a.Agents, AgentAnswer{r.Name, sumAnswerOf(r.Sum)})
	}
	return a
}

func (s *Server) apiMeasure(v *visit) error {
	m, err := s.auditedMeasure(v)
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, m.answer())
}

// auditedMeasure is the measure that the address asks for, written down. A
// parameter that can't be read is the caller's fault.
func (s *Server) auditedMeasure(v *visit) (*measured, error) {
	p, zone, err := measureParams(v)
	if errAudit := s.allow(v, store.AuditEntry{Detail: p.Detail()}); errAudit != nil {
		return nil, errAudit
	}
	var m *measured
	if err == nil {
		m, err = s.measure(v, p, zone)
	}
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return nil, badRequest(sentence(bad.Words))
	}
	return m, err
}

// getMeasureExport answers with the tables of the page as one.
func (s *Server) getMeasureExport(v *visit) error {
	m, err := s.auditedMeasure(v)
	if err != nil {
		return err
	}
	h := v.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="afterbeep-measure.csv"`)
	v.Response().WriteHeader(http.StatusOK)
	if v.Request().Method == http.MethodHead {
		return nil
	}
	return m.table(v.Response())
}

// table writes all rows as CSV that opens in a spreadsheet. Times are minutes of
// business time.
func (m *measured) table(to io.Writer) error {
	w := csv.NewWriter(&marked{w: to})
	w.UseCRLF = true
	rows := [][]string{{"by", "name", "requests", "reached", "closed_otherwise", "open", "overdue", "attempts", "median_min", "p90_min", "oldest_open_min"}}
	add := func(by, name string, s waits.Sum) {
		minutes := func(d time.Duration, any int) string {
			if any == 0 {
				return ""
			}
			return strconv.FormatFloat(d.Minutes(), 'f', 1, 64)
		}
		row := []string{by, harmless(name)}
		for _, n := range []int{s.Requests, s.Reached, s.Closed, s.Open, s.Overdue, s.Attempts} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, append(row, minutes(s.Median, s.Reached), minutes(s.P90, s.Reached), minutes(s.Oldest, s.Open)))
	}
	add("all", "", m.All)
	for _, r := range m.Days {
		add("day", r.Day.Format(time.DateOnly), r.Sum)
	}
	for _, r := range m.Queues {
		add("queue", r.Name, r.Sum)
	}
	for _, r := range m.Agents {
		add("agent", r.Name, r.Sum)
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write the measure: %w", err)
	}
	return nil
}
