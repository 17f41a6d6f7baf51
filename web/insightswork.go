package web

import (
	"time"

	"afterbeep/index"
)

// maxRequestRows is how many days, or weeks, of requests are shown.
const maxRequestRows = 31

// requests is how many ask to be called back.
func (f *figures) requests() int {
	sum := 0
	for _, n := range f.in.Requests {
		sum += n
	}
	return sum
}

// work are the figures of callbacks: requests over time, the newest first, and
// where the work stands. There are none where nobody asks for anything.
func (f *figures) work(facets *Facets) []figureView {
	if f.requests() == 0 && len(facets.Callback) <= 1 {
		return nil
	}
	var out []figureView
	if f.requests() > 0 {
		out = append(out, f.requestFigure(facets))
	}
	href := func(value string) string { return f.link(func(p *Params) { p.Callback = value }) }
	return append(out, f.figure("callbacks", "Where callbacks stand", "Callback", facets.Callback, callbackFacetWords, href, maxFigureRows))
}

// requestFigure is how many asked to be called back by day, or by the unit of the
// histogram. A share is that of the messages of the same time.
func (f *figures) requestFigure(facets *Facets) figureView {
	unit := facets.Histogram.Unit
	view := figureView{ID: "requests", Title: "Requests to be called back", Column: map[string]string{"hour": "Hour", "day": "Day", "week": "Week", "month": "Month"}[unit]}
	most := 1
	for _, n := range f.in.Requests {
		most = max(most, n)
	}
	left := 0
	for i := len(f.in.Requests) - 1; i >= 0; i-- {
		n := f.in.Requests[i]
		if n == 0 {
			continue
		}
		if len(view.Rows) == maxRequestRows {
			left++
			continue
		}
		b := facets.Histogram.Buckets[i]
		from := time.Time(b.From).In(f.window.zone)
		view.Rows = append(view.Rows, figureRow{Text: f.Bucket(from, unit), Count: f.Number(int64(n)), Share: f.Percent(n, b.Count), Width: width(n, most),
			Href: f.link(func(p *Params) {
				p.Callback = index.CallbackRequested
				p.From, p.To = f.bounds(from, unit)
			})})
	}
	if left > 0 {
		view.More = f.Number(int64(left))
	}
	return view
}
