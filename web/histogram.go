package web

import (
	"fmt"
	"strconv"
	"time"
)

// histogramView draws how many were left when. Its bars are links; with scripts
// they are gone through by arrow keys, and several are taken by drawing over them.
// The form has the same for who types.
type histogramView struct {
	Width, Height int
	Words         string // what it shows, for who does not see it
	First, Last   string // below its ends
	Most          string // of a bar
	Anywhen       string // the address of the search without its bounds in time; "" for none
	Bars          []barView
}

// barView is a stretch of time. All of its column can be pointed at.
type barView struct {
	At                  int // which column it is
	X, Y, Width, Height int
	Room                int // width of the column
	Href, Title         string
	From, To            string // Params.From and Params.To of the stretch
}

// Bounds of the histogram, in its own units.
const (
	barWidth  = 10
	barGap    = 2
	barHeight = 48
	maxBars   = 240
)

func (n *narrower) histogram(f *Facets, read reading) *histogramView {
	if f == nil || len(f.Histogram.Buckets) < 2 {
		return nil
	}
	buckets := f.Histogram.Buckets
	buckets = buckets[max(0, len(buckets)-maxBars):]
	most := 1
	for _, b := range buckets {
		most = max(most, b.Count)
	}
	first, last := time.Time(buckets[0].From).In(read.place()), time.Time(buckets[len(buckets)-1].From).In(read.place())
	unit := f.Histogram.Unit
	view := &histogramView{Width: len(buckets)*barWidth - barGap, Height: barHeight, First: read.Bucket(first, unit), Last: read.Bucket(last, unit),
		Most: read.Number(int64(most)), Anywhen: n.link(func(p *Params) { p.From, p.To = "", "" })}
	view.Words = fmt.Sprintf("Voicemails by %s, from %s to %s, at most %s", unit, view.First, view.Last, view.Most)
	for i, b := range buckets {
		if b.Count == 0 {
			continue
		}
		from := time.Time(b.From).In(read.place())
		height := max(2, (b.Count*barHeight+most-1)/most)
		bar := barView{At: i, X: i * barWidth, Y: barHeight - height, Width: barWidth - barGap, Height: height, Room: barWidth,
			Title: read.Bucket(from, unit) + ": " + read.Count(int64(b.Count), "voicemail")}
		bar.From, bar.To = n.bounds(from, unit)
		bar.Href = n.link(func(p *Params) { p.From, p.To = bar.From, bar.To })
		view.Bars = append(view.Bars, bar)
	}
	return view
}

// bounds are bucketBounds within those of the search: its first and last buckets
// may go beyond them.
func (n *narrower) bounds(from time.Time, unit string) (first, last string) {
	first, last = bucketBounds(from, unit)
	looked, err := n.p.window()
	if err != nil {
		return first, last
	}
	bucket, err := Params{From: first, To: last, TZ: n.p.TZ}.window()
	if err != nil {
		return first, last
	}
	if looked.from.After(bucket.from) {
		first = n.p.From
	}
	if !looked.to.IsZero() && looked.to.Before(bucket.to) {
		last = n.p.To
	}
	return first, last
}

// bucketBounds are From and To of a search for one bucket.
func bucketBounds(from time.Time, unit string) (first, last string) {
	y, m, d := from.Date()
	switch unit {
	case "hour":
		return from.UTC().Format(time.RFC3339), from.UTC().Add(time.Hour).Format(time.RFC3339)
	case "week":
		d += 6
	case "month":
		m, d = m+1, 0
	}
	return from.Format(time.DateOnly), time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func (r reading) Bucket(from time.Time, unit string) string {
	switch unit {
	case "hour":
		return r.Day(from) + ", " + r.Clock(from.In(r.place()))
	case "week":
		return "week of " + r.Day(from)
	case "month":
		return from.In(r.place()).Format("Jan 2006")
	}
	return r.Day(from)
}

// ViewBox is the drawing's own coordinates.
func (h *histogramView) ViewBox() string {
	return "0 0 " + strconv.Itoa(h.Width) + " " + strconv.Itoa(h.Height)
}
