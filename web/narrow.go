package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"afterbeep/index/query"
)

// maxValues is how many values of a facet are shown; the form has them all.
const maxValues = 8

// facetView is a row of links that narrow the search.
type facetView struct {
	Name   string
	Values []facetValueView
	More   int // values that are not shown
}

// facetValueView is a value with the link that narrows to it, or gives it up
// where it is chosen. Without a link it only counts.
type facetValueView struct {
	Text, Count, Href string
	Chosen            bool
}

// offerView is a link to another search.
type offerView struct{ Href, Query, Why, Count string }

// narrower makes the links from one search to those beside it.
type narrower struct {
	p     Params
	query query.Query
	links bool // a query of 32 KB in each of a hundred links is a page of megabytes
}

func newNarrower(p Params) *narrower {
	p.Cursor = ""
	return &narrower{p: p, query: query.Parse(p.Q), links: len(p.Q) <= maxNext}
}

func (n *narrower) link(change func(*Params)) string {
	if !n.links {
		return ""
	}
	p := n.p
	change(&p)
	return p.Link("/")
}

// byField narrows by a parameter of the address.
func (n *narrower) byField(field func(*Params) *string, value string) facetValueView {
	chosen := *field(&n.p) != ""
	view := facetValueView{Text: value, Chosen: chosen}
	switch {
	case chosen:
		view.Href = n.link(func(p *Params) { *field(p) = "" })
	case value != "":
		view.Href = n.link(func(p *Params) { *field(p) = value })
	}
	return view
}

// byQuery narrows by what is added to the query. More than one filter may be.
func (n *narrower) byQuery(filters string) facetValueView {
	if filters == "" {
		return facetValueView{}
	}
	had, added := clauses(n.query.Root), clauses(query.Parse(filters).Root)
	var left []query.Node
	for _, c := range had {
		if !isAmong(added, c) {
			left = append(left, c)
		}
	}
	if len(left) == len(had)-len(added) {
		return facetValueView{Chosen: true, Href: n.link(func(p *Params) { p.Q = joined(left) })}
	}
	return facetValueView{Href: n.link(func(p *Params) { p.Q = joined(append(left, added...)) })}
}

// clauses are what stands side by side in a query.
func clauses(n query.Node) []query.Node {
	switch n := n.(type) {
	case query.And:
		return n.Nodes
	case query.All:
		return nil
	}
	return []query.Node{n}
}

func isAmong(list []query.Node, n query.Node) bool {
	for _, other := range list {
		if other.String() == n.String() {
			return true
		}
	}
	return false
}

// joined is the query of clauses side by side.
func joined(list []query.Node) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0].String()
	}
	return query.And{Nodes: list}.String()
}

// facets are the rows worth a look: those with a choice, or with one made.
func (n *narrower) facets(f *Facets) []facetView {
	if f == nil {
		return nil
	}
	named := func(text string) func(string) string {
		return func(value string) string {
			if value == "" {
				return text
			}
			return value
		}
	}
	field := func(of func(*Params) *string) func(string) facetValueView {
		return func(value string) facetValueView { return n.byField(of, value) }
	}
	var out []facetView
	for _, row := range []struct {
		name   string
		values []FacetValue
		narrow func(string) facetValueView
		text   func(string) string
	}{
		{"Language", f.Lang, field(func(p *Params) *string { return &p.Lang }), func(v string) string { return named("not known")(langName(v)) }},
		{"Bot", f.Bot, field(func(p *Params) *string { return &p.Bot }), named("none")},
		{"Queue", f.Queue, field(func(p *Params) *string { return &p.Queue }), named("none")},
		{"Recording", f.Recording, n.byRecording, func(v string) string { return map[string]string{"yes": "with audio", "no": "without"}[v] }},
		{"Length", f.Duration, n.byQuery, lengthWords},
	} {
		view := facetView{Name: row.name}
		for _, v := range row.values {
			one := row.narrow(v.Value)
			if len(view.Values) == maxValues && !one.Chosen {
				view.More++
				continue
			}
			one.Text, one.Count = row.text(v.Value), humanize.Comma(int64(v.Count))
			view.Values = append(view.Values, one)
		}
		if len(view.Values) > 1 || len(view.Values) == 1 && view.Values[0].Chosen {
			out = append(out, view)
		}
	}
	return out
}

func (n *narrower) byRecording(value string) facetValueView {
	const recording = "recording"
	switch {
	case value != "yes":
		return n.byQuery("-has:" + recording)
	case n.p.Has == "" && !isAmong(clauses(n.query.Root), query.Filter{Field: "has", Value: recording}):
		return facetValueView{Href: n.link(func(p *Params) { p.Has = recording })}
	case n.p.Has == recording:
		return facetValueView{Chosen: true, Href: n.link(func(p *Params) { p.Has = "" })}
	}
	return n.byQuery("has:" + recording)
}

// lengthWords says which lengths filters leave, as "15 to 30 seconds".
func lengthWords(filters string) string {
	var atLeast, below time.Duration
	for _, c := range clauses(query.Parse(filters).Root) {
		if f, ok := c.(query.Filter); ok {
			from, to := f.Length()
			atLeast, below = max(atLeast, from), max(below, to)
		}
	}
	switch {
	case atLeast == 0 && below == 0:
		return "not known"
	case atLeast == 0:
		return "under " + clock(below)
	case below == 0:
		return clock(atLeast) + " and longer"
	}
	return clock(atLeast) + " to " + clock(below)
}

// chips are the filters that are on, each with the link that takes it off.
func (n *narrower) chips() []facetValueView {
	var out []facetValueView
	add := func(field func(*Params) *string, words string) {
		if *field(&n.p) != "" {
			out = append(out, facetValueView{Text: words, Chosen: true, Href: n.link(func(p *Params) { *field(p) = "" })})
		}
	}
	add(func(p *Params) *string { return &p.Lang }, shown(langName(n.p.Lang)))
	add(func(p *Params) *string { return &p.Bot }, "bot "+shown(n.p.Bot))
	add(func(p *Params) *string { return &p.Queue }, "queue "+shown(n.p.Queue))
	add(func(p *Params) *string { return &p.Has }, "with "+haveWords(shown(n.p.Has)))
	add(func(p *Params) *string { return &p.From }, "from "+shown(n.p.From))
	add(func(p *Params) *string { return &p.To }, "to "+shown(n.p.To))
	return out
}

// filterWords says what narrows the search, as its chips do.
func (n *narrower) filterWords() string {
	var said []string
	for _, chip := range n.chips() {
		said = append(said, chip.Text)
	}
	return strings.Join(said, ", ")
}

// haveWords says what Params.Has means.
func haveWords(has string) string {
	switch has {
	case "number":
		return "a number said"
	case "recording":
		return "audio"
	case "transcript":
		return "a transcript"
	}
	return has
}

func (n *narrower) offers(list []Offer) []offerView {
	var out []offerView
	for _, o := range list {
		p := n.p
		if o.Unfiltered {
			p = Params{Sort: p.Sort, TZ: p.TZ, Limit: p.Limit}
		}
		p.Q = o.Query
		if len(p.Q) <= maxNext {
			out = append(out, offerView{Href: p.Link("/"), Query: cut(o.Query, 200), Why: o.Why, Count: plural(o.Count, "voicemail")})
		}
	}
	return out
}

// histogramView draws how many were left when. Its bars are links for who
// points; the form has the same for who types.
type histogramView struct {
	Width, Height int
	Words         string // what it shows, for who does not see it
	First, Last   string // below its ends
	Bars          []barView
}

type barView struct {
	X, Y, Width, Height int
	Href, Title         string
}

// Bounds of the histogram, in its own units.
const (
	barWidth  = 10
	barGap    = 2
	barHeight = 48
	maxBars   = 240
)

func (n *narrower) histogram(f *Facets, zone *time.Location) *histogramView {
	if f == nil || len(f.Histogram.Buckets) < 2 {
		return nil
	}
	buckets := f.Histogram.Buckets
	buckets = buckets[max(0, len(buckets)-maxBars):]
	most := 1
	for _, b := range buckets {
		most = max(most, b.Count)
	}
	first, last := time.Time(buckets[0].From).In(zone), time.Time(buckets[len(buckets)-1].From).In(zone)
	unit := f.Histogram.Unit
	view := &histogramView{Width: len(buckets)*barWidth - barGap, Height: barHeight, First: bucketName(first, unit), Last: bucketName(last, unit)}
	view.Words = fmt.Sprintf("Voicemails by %s, from %s to %s, at most %s", unit, view.First, view.Last, humanize.Comma(int64(most)))
	for i, b := range buckets {
		if b.Count == 0 {
			continue
		}
		from := time.Time(b.From).In(zone)
		height := max(2, (b.Count*barHeight+most-1)/most)
		view.Bars = append(view.Bars, barView{X: i * barWidth, Y: barHeight - height, Width: barWidth - barGap, Height: height,
			Title: bucketName(from, unit) + ": " + plural(b.Count, "voicemail"),
			Href:  n.link(func(p *Params) { p.From, p.To = bucketBounds(from, unit) })})
	}
	return view
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

func bucketName(from time.Time, unit string) string {
	switch unit {
	case "hour":
		return from.Format("2 Jan 2006, 15:04")
	case "week":
		return "week of " + from.Format("2 Jan 2006")
	case "month":
		return from.Format("Jan 2006")
	}
	return strings.TrimSpace(from.Format("2 Jan 2006"))
}

// ViewBox is the drawing's own coordinates.
func (h *histogramView) ViewBox() string {
	return "0 0 " + strconv.Itoa(h.Width) + " " + strconv.Itoa(h.Height)
}
