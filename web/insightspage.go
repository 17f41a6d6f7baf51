package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"afterbeep/index"
	"afterbeep/store"
)

const insightsPath = "/insights"

// insightsPage shows figures of what a search finds. Each number leads to its
// search, and each drawing stands beside the table of its numbers.
type insightsPage struct {
	frame
	Params  Params
	Zone    string
	Periods []choice
	Hidden  []hiddenField
	Chips   []facetValueView
	Problem string
	Empty   bool // nothing matches
	Notes   []string
	Heading string // which days
	Search  string // link to the search
	Export  string // link; "" for who may not
	AllDays string // link to the same of all days

	Stats    []statView
	Over     *histogramView
	OverUnit string
	OverRows []figureRow
	Heat     *heatView
	Figures  []figureView
	Words    []wordRow
	Against  string // what Words are compared with; "" for nothing
	TooFew   bool   // there was too little before
}

// statView is a number that stands alone.
type statView struct{ Number, Words, Href string }

// figureView is a table of values and how many have each.
type figureView struct {
	ID, Title, Column string
	Rows              []figureRow
	More              string // how many values are not shown; "" for none
}

// figureRow is one value. Width is its bar's, from 0 to 100.
type figureRow struct {
	Text, Count, Share, Href string
	Width                    int
}

// wordRow is a word that is more frequent than before.
type wordRow struct {
	Text, Count, Share, Before, Rise, Href, BeforeHref string
}

// maxFigureRows is how many values of a kind are shown.
const maxFigureRows = 12

func (s *Server) getInsights(v *visit) error {
	p := ParamsOf(v.QueryParams())
	p.Cursor, p.Limit, p.Facets, p.Sort = "", "", "", ""
	page := &insightsPage{frame: s.frame(v, "Insights")}
	page.Wide = true
	zone, err := v.zone(p.TZ)
	if err != nil {
		return s.unreadableInsights(v, page, p, err)
	}
	if p.TZ == "" && zone != time.UTC {
		p.TZ = zone.String() // for the links: their days are these
	}
	page.Zone = zone.String()
	if p, err = s.period(v, page, p, zone); err != nil {
		return err
	}
	page.Params = p
	if err := s.allow(v, store.AuditEntry{Detail: p.Detail()}); err != nil {
		return err
	}
	in, err := s.engine.Insights(v.ctx(), v.scope(), p)
	if err != nil {
		return s.unreadableInsights(v, page, p, err)
	}
	w, err := p.window()
	if err != nil {
		return err
	}
	f := &figures{narrower: newNarrower(p), reading: v.reading().in(zone), in: in, window: w}
	page.fill(f)
	page.Export = v.exportLink(p, in.Total)
	return s.page(v, http.StatusOK, page)
}

// unreadableInsights says what of a search can't be read; other errors are
// returned.
func (s *Server) unreadableInsights(v *visit, page *insightsPage, p Params, err error) error {
	bad, ok := errors.AsType[*ParamError](err)
	if !ok {
		return err
	}
	page.Params, page.Problem = p, bad.Error()
	return s.page(v, http.StatusBadRequest, page)
}

// periods are what can be looked at by one click: so many days until today.
var periods = []struct {
	name, text string
	days       int // 0 is all
}{
	{"7d", "7 days", 7}, {"4w", "4 weeks", 28}, {"12w", "12 weeks", 84}, {"1y", "12 months", 365}, {"all", "All", 0},
}

// insightsLink leads to the figures of all that a search finds, "" where that is
// nothing.
func insightsLink(p Params, total int) string {
	if total == 0 {
		return ""
	}
	p.Sort, p.Limit, p.Cursor = "", "", ""
	if p.From == "" && p.To == "" {
		return withPeriod(p.Link(insightsPath), "all")
	}
	return p.Link(insightsPath)
}

func withPeriod(href, period string) string {
	sep := "?"
	if strings.Contains(href, "?") {
		sep = "&"
	}
	return href + sep + "period=" + period
}

// period is the search with the days that it looks at: those that were typed,
// else those of a period, else four weeks.
func (s *Server) period(v *visit, page *insightsPage, p Params, zone *time.Location) (Params, error) {
	chosen := v.QueryParam("period")
	typed := p.From != "" || p.To != ""
	if chosen == "" && !typed {
		chosen = "4w"
	}
	ledger, err := s.archive.ledger(v.ctx(), s.Store, v.scope(), v.now)
	if err != nil {
		return p, err
	}
	// An archive of the past has its last days, not ours.
	last := v.now
	if newest := ledger.Newest; !newest.IsZero() && newest.Before(last.AddDate(0, 0, -28)) {
		last = newest
	}
	out := p
	for _, one := range periods {
		link := p
		link.From, link.To = "", ""
		href := withPeriod(link.Link(insightsPath), one.name)
		if one.days == 0 {
			page.AllDays = href
		}
		current := chosen == one.name && !typed
		page.Periods = append(page.Periods, choice{Href: href, Text: one.text, Current: current})
		if current && one.days > 0 {
			out.From, out.To = shift(last, 1-one.days, zone).In(zone).Format(time.DateOnly), last.In(zone).Format(time.DateOnly)
		}
	}
	for name, field := range p.fields() {
		if *field != "" && name != "q" && name != "from" && name != "to" {
			page.Hidden = append(page.Hidden, hiddenField{name, *field})
		}
	}
	return out, nil
}

// figures makes what the page shows of what was counted.
type figures struct {
	*narrower
	reading
	in     *Insights
	window window
}

func (page *insightsPage) fill(f *figures) {
	page.Notes, page.Empty, page.Search = f.in.Notes, f.in.Total == 0, f.link(func(*Params) {})
	days := *f.narrower
	days.p.From, days.p.To = "", "" // the heading says these
	page.Chips, page.Heading = days.chips(), f.days()
	if page.Empty {
		return
	}
	page.Stats = f.stats()
	facets := facetsOf(f.in.Facets)
	page.Over, page.OverUnit, page.OverRows = f.histogram(facets, f.reading), facets.Histogram.Unit, f.overRows(facets)
	page.Heat = f.heat()
	named := func(none string, name func(string) string) func(string) string {
		return func(value string) string {
			if value == "" {
				return none
			}
			return name(value)
		}
	}
	field := func(of func(*Params) *string) func(string) string {
		return func(value string) string {
			if value == "" {
				return ""
			}
			return f.link(func(p *Params) { *of(p) = value })
		}
	}
	length := func(filters string) string { return f.also(cmp.Or(filters, unknownLength)) }
	page.Figures = append(page.Figures,
		f.figure("lengths", "How long they are", "Length", valuesOf(f.in.Lengths), lengthWords, length, len(f.in.Lengths)),
		f.figure("languages", "Languages", "Language", facets.Lang, named("not known", langName), field(func(p *Params) *string { return &p.Lang }), maxFigureRows),
		f.figure("queues", "Queues", "Queue", facets.Queue, named("none", same), field(func(p *Params) *string { return &p.Queue }), maxFigureRows))
	if len(facets.Bot) > 1 {
		page.Figures = append(page.Figures, f.figure("bots", "Bots", "Bot", facets.Bot, same, field(func(p *Params) *string { return &p.Bot }), maxFigureRows))
	}
	page.Figures = append(page.Figures, f.work(facets)...)
	if callers := f.callers(); len(callers) > 0 {
		page.Figures = append(page.Figures, f.figure("callers", "Who called most often", "Caller", callers, whoCalled,
			func(number string) string { return f.also(callerFilter(number)) }, tellingCallers))
	}
	page.Words, page.Against, page.TooFew = f.words(), f.against(), !f.in.Since.IsZero() && len(f.in.Words) == 0
}

// also is the link to the search with something beside it that must match, too.
func (f *figures) also(filters string) string {
	return f.link(func(p *Params) { p.Q = alsoBy(f.query.Root, filters) })
}

// days says which days are looked at.
func (f *figures) days() string {
	w := f.window
	switch {
	case w.from.IsZero() && w.to.IsZero():
		return "All days"
	case w.from.IsZero():
		return "Until " + f.Day(w.to.Add(-1))
	case w.to.IsZero():
		return "From " + f.Day(w.from) + " on"
	}
	return f.Day(w.from) + " to " + f.Day(w.to.Add(-1))
}

func (f *figures) stats() []statView {
	in := f.in
	out := []statView{{f.Number(int64(in.Total)), "voicemails", f.link(func(*Params) {})}}
	if buckets := in.Facets.Histogram.Buckets; len(buckets) > 0 {
		first, last := buckets[0].From, f.now
		if !f.window.from.IsZero() {
			first = f.window.from
		}
		if !f.window.to.IsZero() && f.window.to.Before(last) {
			last = f.window.to
		}
		if days := last.Sub(first).Hours() / 24; days > 1 {
			out = append(out, statView{Number: f.decimal(float64(in.Total) / days), Words: "a day, on average"})
		}
	}
	day, hour, most := busiest(in.Week)
	if most > 0 {
		out = append(out, statView{Number: weekdayNames[day][:3] + " " + clockHour(hour), Words: "busiest hour: " + f.Count(int64(most), "voicemail"), Href: f.also(weekFilter(day, hour))})
	}
	if n := f.requests(); n > 0 {
		out = append(out, statView{f.Number(int64(n)), "ask to be called back", f.link(func(p *Params) { p.Callback = index.CallbackRequested })})
	}
	for _, v := range in.Facets.Recording {
		if v.Value == "yes" {
			out = append(out, statView{f.Percent(v.Count, in.Total), "with audio", f.link(func(p *Params) { p.Has = "recording" })})
		}
	}
	return out
}

func (f *figures) decimal(n float64) string {
	if n >= 10 {
		return f.Number(int64(n + .5))
	}
	return f.Decimal(n)
}

// overRows are the numbers of the histogram, the newest first. Stretches without
// any are in the drawing alone.
func (f *figures) overRows(facets *Facets) []figureRow {
	most := 1
	for _, b := range facets.Histogram.Buckets {
		most = max(most, b.Count)
	}
	var rows []figureRow
	for i := len(facets.Histogram.Buckets) - 1; i >= 0 && len(rows) < maxBars; i-- {
		b := facets.Histogram.Buckets[i]
		if b.Count == 0 {
			continue
		}
		from := time.Time(b.From).In(f.window.zone)
		rows = append(rows, figureRow{Text: f.Bucket(from, facets.Histogram.Unit), Count: f.Number(int64(b.Count)), Share: f.Percent(b.Count, f.in.Total), Width: width(b.Count, most),
			Href: f.link(func(p *Params) { p.From, p.To = f.bounds(from, facets.Histogram.Unit) })})
	}
	return rows
}

func width(n, most int) int {
	if n == 0 {
		return 0
	}
	return max(1, n*100/max(most, 1))
}

// figure is a table of values, the first ones of them.
func (f *figures) figure(id, title, column string, values []FacetValue, name, href func(string) string, limit int) figureView {
	view := figureView{ID: id, Title: title, Column: column}
	most := 1
	for _, v := range values {
		most = max(most, v.Count)
	}
	for i, v := range values {
		if i == limit {
			view.More = f.Number(int64(len(values) - limit))
			break
		}
		row := figureRow{Text: name(v.Value), Count: f.Number(int64(v.Count)), Share: f.Percent(v.Count, f.in.Total), Width: width(v.Count, most)}
		if v.Count > 0 {
			row.Href = href(v.Value)
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

func (f *figures) callers() []FacetValue {
	var out []FacetValue
	for _, c := range f.in.Callers {
		out = append(out, FacetValue{c.Number, c.Count})
	}
	return out
}

func (f *figures) words() []wordRow {
	var out []wordRow
	for _, w := range f.in.Words {
		row := wordRow{Text: w.Written, Count: f.Number(int64(w.Count)), Share: f.Percent(w.Count, f.in.Total), Before: f.Percent(w.Before, f.in.Before), Rise: "new",
			Href: f.also(wordFilter(w.Folded))}
		if w.Before > 0 {
			row.Rise = f.decimal(float64(w.Count)/float64(f.in.Total)*float64(f.in.Before)/float64(w.Before)) + " ×"
			row.BeforeHref = f.before(wordFilter(w.Folded))
		}
		out = append(out, row)
	}
	return out
}

// before is the link to what was left before and matches something, too; ""
// where the query itself says what is looked at.
func (f *figures) before(filters string) string {
	if f.p.From == "" {
		return ""
	}
	return f.link(func(p *Params) {
		p.Q = alsoBy(f.query.Root, filters)
		p.From, p.To = f.in.Since.UTC().Format(time.RFC3339Nano), f.window.from.UTC().Format(time.RFC3339Nano)
	})
}

func (f *figures) against() string {
	if f.in.Since.IsZero() {
		return ""
	}
	return fmt.Sprintf("the %s left from %s until then", f.Count(int64(f.in.Before), "voicemail"), f.Day(f.in.Since))
}
