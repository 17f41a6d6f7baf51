package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"afterbeep/index"
	waits "afterbeep/measure"
	"afterbeep/store"
)

// measurePage shows from message to reached: how many asked to be called back, how
// many were reached, and how long that took. Each number leads to its messages.
type measurePage struct {
	frame
	Params  Params
	Zone    string
	Periods []choice
	Problem string
	Heading string
	Notes   []string
	Empty   bool
	working bool   // times are of business hours
	Export  string // link; "" for who may not
	Desk    string // link to the settings; "" for who may not
	Stats   []statView
	Chart   *measureChart
	Tables  []measureTable
}

// measureTable is the rows of one kind.
type measureTable struct {
	ID, Title, Column, None string
	Folded                  bool
	Rows                    []measureRow
}

// measureRow is a row of a table. Links are "" where a number is none.
type measureRow struct {
	Name                                               string
	Requests, Reached, Closed, Open, Overdue, Attempts string
	RequestsHref, OpenHref                             string
	Median, P90, Oldest                                string
	Quiet                                              bool // nobody was reached
}

// measureChart draws the days, the first at the left: how many were left, and how
// long it took.
type measureChart struct {
	Width       int
	Words       string // what it shows, for who does not see it
	TimeWords   string
	First, Last string
	Most        string // of a day
	Longest     string // "" where nobody was reached
	Bars        []measureBar
}

// measureBar is a day. Heights are of barHeight, from the bottom.
type measureBar struct {
	X                            int
	Href, Title, TimeTitle       string
	ReachedY, ReachedH           int
	ClosedY, ClosedH             int
	OpenY, OpenH                 int
	MedianY, MedianH, P90Y, P90H int
}

// BarWidth is how wide a day is drawn, BarRoom its column, and BarHeight how high
// a drawing is.
func (measureChart) BarWidth() int  { return barWidth - barGap }
func (measureChart) BarRoom() int   { return barWidth }
func (measureChart) BarHeight() int { return barHeight }

func (s *Server) getMeasure(v *visit) error {
	page := &measurePage{frame: s.frame(v, "Time to call back")}
	page.Wide = true
	p, zone, err := measureParams(v)
	page.Params, page.Zone = p, zone.String()
	page.reading = page.in(zone) // its days are those
	page.periods(v, p)
	if errAudit := s.allow(v, store.AuditEntry{Detail: p.Detail()}); errAudit != nil {
		return errAudit
	}
	var m *measured
	if err == nil {
		m, err = s.measure(v, p, zone)
	}
	if bad, ok := errors.AsType[*ParamError](err); ok {
		page.Problem = sentence(bad.Words)
		return s.page(v, http.StatusBadRequest, page)
	}
	if err != nil {
		return err
	}
	page.fill(m, v)
	return s.page(v, http.StatusOK, page)
}

// wait is how long somebody waited.
func (page *measurePage) wait(d time.Duration) string { return waitText(d, page.working) }

// periods are the links to the last days.
func (page *measurePage) periods(v *visit, p Params) {
	asked := v.QueryParams()
	typed := asked.Get("from") != "" || asked.Get("to") != ""
	for i, one := range measurePeriods() {
		q := url.Values{"period": {one.name}}
		for name, value := range map[string]string{"bot": p.Bot, "queue": p.Queue, "tz": p.TZ} {
			if value != "" {
				q.Set(name, value)
			}
		}
		chosen := asked.Get("period")
		current := !typed && (chosen == one.name || chosen == "" && i == measureDefault)
		page.Periods = append(page.Periods, choice{Href: measurePath + "?" + q.Encode(), Text: one.text, Current: current})
	}
}

func (page *measurePage) fill(m *measured, v *visit) {
	page.working = m.hours
	page.Heading, page.Empty = daysOf(m.window, page.reading), m.All.Requests == 0
	if may(v.user.Role, rightExport) {
		page.Export = m.params.Link(measureExportPath)
	}
	if may(v.user.Role, rightAdminister) {
		page.Desk = deskPath
	}
	switch {
	case m.hours:
		page.Notes = append(page.Notes, "Times are of business hours.")
	case page.Desk != "":
		page.Notes = append(page.Notes, "No business hours are set, so all time counts.")
	}
	if m.partial {
		page.Notes = append(page.Notes, fmt.Sprintf("Only the first %s requests of these days are counted. Choose fewer days.", page.Number(store.MaxWaits)))
	}
	if page.Empty {
		return
	}
	page.stats(m)
	page.Chart = page.chart(m)
	days := page.table("days", "By day", "Left on", m.Days, func(p *Params, r waits.Row) { p.From = r.Day.Format(time.DateOnly); p.To = p.From })
	days.Folded = len(m.Days) > 14
	queues := page.table("queues", "By queue", "Queue", m.Queues, func(p *Params, r waits.Row) { p.Queue = r.Name })
	agents := page.table("agents", "By agent", "Agent", m.Agents, nil)
	agents.None = "Nobody has taken one yet."
	if !m.whole {
		agents.Title, agents.None = "Yours", "You have taken none of these."
	}
	page.Tables = []measureTable{days, queues, agents}
}

// daysOf says which days are looked at.
func daysOf(w window, r reading) string {
	switch {
	case w.from.IsZero() && w.to.IsZero():
		return "All days"
	case w.from.IsZero():
		return "Until " + r.Day(w.to.Add(-1))
	case w.to.IsZero():
		return "From " + r.Day(w.from) + " on"
	}
	return r.Day(w.from) + " to " + r.Day(w.to.Add(-1))
}

// requests is the link to the messages of p that ask to be called back, but for
// old ones.
func requests(p Params) string {
	p.Callback = index.CallbackTimely
	return p.Link("/")
}

// unanswered is the link to those of them that are not done.
func unanswered(p Params) string {
	p.Callback, p.Q = index.CallbackRequested, "is:open OR is:claimed"
	return p.Link("/")
}

func (page *measurePage) stats(m *measured) {
	number := func(n int) string { return page.Number(int64(n)) }
	work := func(p workParams) string {
		p.Bot, p.Queue = m.params.Bot, m.params.Queue
		return p.link(callbacksPath)
	}
	overdue := "overdue"
	if m.limit > 0 {
		overdue = "overdue: past their time, or open for " + spanText(m.limit)
	}
	page.Stats = []statView{
		{number(m.All.Requests), "asked to be called back", requests(m.params)},
		{number(m.All.Reached), "reached, " + page.Percent(m.All.Reached, m.All.Requests), ""},
		{number(m.All.Open), "open", unanswered(m.params)},
		{number(m.All.Overdue), overdue, work(workParams{Overdue: "1"})},
	}
	if m.All.Reached > 0 {
		page.Stats = append(page.Stats, statView{page.wait(m.All.Median), "until half of them were reached", ""}, statView{page.wait(m.All.P90), "until nine of ten were", ""})
	}
	if m.All.Open > 0 {
		page.Stats = append(page.Stats, statView{page.wait(m.All.Oldest), "waits the one that waits longest", work(workParams{})})
	}
}

// table makes a table of rows. narrow is what of a search a row stands for; nil
// where no search does.
func (page *measurePage) table(id, title, column string, rows []waits.Row, narrow func(*Params, waits.Row)) measureTable {
	t := measureTable{ID: id, Title: title, Column: column}
	for _, r := range rows {
		row := measureRow{Name: r.Name, Quiet: r.Reached == 0}
		if !r.Day.IsZero() {
			row.Name = r.Day.Format("Mon ") + page.Day(r.Day)
		}
		for n, to := range map[*int]*string{&r.Requests: &row.Requests, &r.Reached: &row.Reached, &r.Closed: &row.Closed, &r.Open: &row.Open, &r.Overdue: &row.Overdue, &r.Attempts: &row.Attempts} {
			*to = page.Number(int64(*n))
		}
		if r.Reached > 0 {
			row.Median, row.P90 = page.wait(r.Median), page.wait(r.P90)
		}
		if r.Open > 0 {
			row.Oldest = page.wait(r.Oldest)
		}
		if narrow != nil {
			p := page.Params
			narrow(&p, r)
			if row.Name == "" { // no search is for no queue
				row.Name = "no queue"
			} else {
				row.RequestsHref = requests(p)
				if r.Open > 0 {
					row.OpenHref = unanswered(p)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// chart draws the days that are looked at, also those on which nothing was left.
func (page *measurePage) chart(m *measured) *measureChart {
	days := slices.Clone(m.Days)
	slices.Reverse(days)
	first, last := days[0].Day, days[len(days)-1].Day
	total := int(last.Sub(first).Hours()/24+.5) + 1
	if total < 2 || total > maxChartDays {
		return nil
	}
	most, longest := 1, time.Minute
	for _, d := range days {
		most, longest = max(most, d.Requests), max(longest, d.P90)
	}
	c := &measureChart{Width: total*barWidth - barGap, First: page.Day(first), Last: page.Day(last), Most: page.Number(int64(most)), Longest: page.wait(longest)}
	c.Words = fmt.Sprintf("Requests by day from %s to %s, at most %s", c.First, c.Last, c.Most)
	if m.All.Reached == 0 {
		c.Longest = "" // there is nothing to draw
	}
	c.TimeWords = fmt.Sprintf("Time until they were reached, by day, at most %s", c.Longest)
	for _, d := range days {
		at := int(d.Day.Sub(first).Hours()/24 + .5)
		p := page.Params
		p.From = d.Day.Format(time.DateOnly)
		p.To = p.From
		name := page.Day(d.Day)
		bar := measureBar{X: at * barWidth, Href: requests(p), Title: fmt.Sprintf("%s: %s, %d reached, %d open", name, plural(d.Requests, "request"), d.Reached, d.Open),
			TimeTitle: name + ": nobody was reached"}
		// From the bottom: each begins where the one below ends, by sums, so that
		// no rounding leaves a gap.
		top := func(n int) int { return barHeight - (n*barHeight+most-1)/most }
		bar.ReachedY = top(d.Reached)
		bar.ReachedH = barHeight - bar.ReachedY
		bar.ClosedY = top(d.Reached + d.Closed)
		bar.ClosedH = bar.ReachedY - bar.ClosedY
		bar.OpenY = top(d.Requests)
		bar.OpenH = bar.ClosedY - bar.OpenY
		if d.Reached > 0 {
			bar.TimeTitle = fmt.Sprintf("%s: half within %s, nine of ten within %s", name, page.wait(d.Median), page.wait(d.P90))
			height := func(w time.Duration) int { return max(1, int(int64(barHeight)*int64(w)/int64(longest))) }
			bar.MedianH, bar.P90H = height(d.Median), height(d.P90)
			bar.MedianY, bar.P90Y = barHeight-bar.MedianH, barHeight-bar.P90H
		}
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// maxChartDays is how many days are drawn at most.
const maxChartDays = 400

// ViewBox is the drawings' own coordinates.
func (c *measureChart) ViewBox() string {
	return "0 0 " + strconv.Itoa(c.Width) + " " + strconv.Itoa(barHeight)
}
