package web

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"afterbeep/index/query"
)

// maxValues is how many values of a facet are seen at first, and maxRest how many
// further ones are folded away; the form has them all.
const (
	maxValues = 8
	maxRest   = 200
)

// facetView is a row of links that narrow the search.
type facetView struct {
	Name   string
	Values []facetValueView
	Rest   []facetValueView // rarer ones, which can be looked through
	More   int              // values that are not on the page
}

// facetValueView is a value with the link that narrows to it, or gives it up
// where it is chosen. Without a link it only counts.
type facetValueView struct {
	ID                string // of the element; "" for a chip
	Text, Count, Href string
	Chosen            bool
}

// facetID is the same for a value wherever it stands, so that who has taken it
// by keyboard is still on it when the page is there.
func facetID(row, value string) string {
	h := fnv.New64a()
	h.Write([]byte(row + "\x00" + value)) // never fails
	return fmt.Sprintf("f%x", h.Sum64())
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
func (n *narrower) facets(f *Facets, read reading) []facetView {
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
		some   bool // a match may have no value: one is a choice already
	}{
		{"Language", f.Lang, field(func(p *Params) *string { return &p.Lang }), func(v string) string { return named("not known")(langName(v)) }, false},
		{"Bot", f.Bot, field(func(p *Params) *string { return &p.Bot }), named("none"), false},
		{"Queue", f.Queue, field(func(p *Params) *string { return &p.Queue }), named("none"), false},
		{"Callback", f.Callback, field(func(p *Params) *string { return &p.Callback }), callbackFacetWords, false},
		{"Tag", f.Tag, n.byTag, named(""), true},
		{"Recording", f.Recording, n.byRecording, func(v string) string { return map[string]string{"yes": "with audio", "no": "without"}[v] }, false},
		{"Length", f.Duration, func(v string) facetValueView { return n.byQuery(cmp.Or(v, unknownLength)) }, lengthWords, false},
	} {
		view := facetView{Name: row.name}
		for _, v := range row.values {
			one := row.narrow(v.Value)
			one.ID, one.Text, one.Count = facetID(row.name, v.Value), row.text(v.Value), read.Number(int64(v.Count))
			switch {
			case len(view.Values) < maxValues || one.Chosen:
				view.Values = append(view.Values, one)
			case len(view.Rest) < maxRest:
				view.Rest = append(view.Rest, one)
			default:
				view.More++
			}
		}
		if len(view.Values) > 1 || len(view.Values) == 1 && (row.some || view.Values[0].Chosen) {
			out = append(out, view)
		}
	}
	return out
}

func (n *narrower) byTag(value string) facetValueView {
	return n.byQuery(query.Filter{Field: "tag", Value: value}.String())
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

// unknownLength is what a query says for messages whose length is not known: those
// that are neither long nor short.
const unknownLength = "-longer:1s -shorter:1s"

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

// chips are the filters that are on, each with the link that takes it off: those
// of the address, then those of the query.
func (n *narrower) chips() []facetValueView {
	out := n.addressChips()
	all := clauses(n.query.Root)
	for i, c := range all {
		if !isFilter(c) {
			continue
		}
		left := slices.Delete(slices.Clone(all), i, i+1)
		out = append(out, facetValueView{Text: cut(c.String(), maxChip), Chosen: true, Href: n.link(func(p *Params) { p.Q = joined(left) })})
	}
	return out
}

// words is how many clauses of the query are no filters.
func (n *narrower) words() int {
	return len(slices.DeleteFunc(slices.Clone(clauses(n.query.Root)), isFilter))
}

// withoutChips is the search for the words alone.
func (n *narrower) withoutChips() string {
	left := slices.DeleteFunc(slices.Clone(clauses(n.query.Root)), isFilter)
	return Params{Q: joined(left), Sort: n.p.Sort, TZ: n.p.TZ, Limit: n.p.Limit, Saved: n.p.Saved}.Link("/")
}

// maxChip is how much of a filter stands on its chip.
const maxChip = 80

// addressChips are those of the fields of a form.
func (n *narrower) addressChips() []facetValueView {
	var out []facetValueView
	add := func(words string, fields ...func(*Params) *string) {
		for _, field := range fields {
			if *field(&n.p) == "" {
				return
			}
		}
		out = append(out, facetValueView{Text: words, Chosen: true, Href: n.link(func(p *Params) {
			for _, field := range fields {
				*field(p) = ""
			}
		})})
	}
	from, to := func(p *Params) *string { return &p.From }, func(p *Params) *string { return &p.To }
	add(shown(langName(n.p.Lang)), func(p *Params) *string { return &p.Lang })
	add("bot "+shown(n.p.Bot), func(p *Params) *string { return &p.Bot })
	add("queue "+shown(n.p.Queue), func(p *Params) *string { return &p.Queue })
	add("with "+haveWords(shown(n.p.Has)), func(p *Params) *string { return &p.Has })
	if n.p.Callback != "" {
		add(n.p.callbackChip(), func(p *Params) *string { return &p.Callback })
	}
	switch {
	case n.p.From != "" && n.p.From == n.p.To:
		add("on "+shown(n.p.From), from, to)
	case n.p.From != "" && n.p.To != "":
		add(shown(n.p.From)+" to "+shown(n.p.To), from, to)
	default:
		add("from "+shown(n.p.From), from)
		add("to "+shown(n.p.To), to)
	}
	return out
}

// isFilter tells whether a clause narrows by something beside the words.
func isFilter(n query.Node) bool {
	switch n := n.(type) {
	case query.Filter:
		return true
	case query.Not:
		return isFilter(n.Node)
	case query.Or:
		return !slices.ContainsFunc(n.Nodes, func(kid query.Node) bool { return !isFilter(kid) })
	}
	return false
}

// filterWords says what the form narrows the search by, as its chips do.
func (n *narrower) filterWords() string {
	var said []string
	for _, chip := range n.addressChips() {
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
	case "callback":
		return "a request to be called back"
	}
	return has
}

func (n *narrower) offers(list []Offer, read reading) []offerView {
	var out []offerView
	for _, o := range list {
		p := n.p
		if o.Unfiltered {
			p = Params{Sort: p.Sort, TZ: p.TZ, Limit: p.Limit, Saved: p.Saved}
		}
		p.Q = o.Query
		if len(p.Q) <= maxNext {
			out = append(out, offerView{Href: p.Link("/"), Query: cut(o.Query, 200), Why: o.Why, Count: read.Count(int64(o.Count), "voicemail")})
		}
	}
	return out
}
