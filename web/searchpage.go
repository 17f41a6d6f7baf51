package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

type searchPage struct {
	frame
	Params   Params
	Zone     string
	Zones    []string
	Langs    []option
	Bots     []option
	Queues   []option
	Haves    []option
	Works    []option // where the work on callbacks stands
	Filters  string   // what narrows the search, in words; "" where nothing does
	Unfilter string   // the same search without filters
	Words    int      // how many words or phrases are searched for
	Chips    []facetValueView
	Unchip   string // the same search without any of the chips; "" where there are less than two
	Problem  string // why nothing was searched
	Trouble  []string
	// Empty: there is nothing in the archive for this reader.
	Empty     bool
	Connected bool // a bot is connected
	OnPage    bool // one can be connected on a page
	Holds     string
	Newest    stampView
	Age       string
	Gaps      string // what is known and not held, in words; "" where all is

	Understood string // "" where it is what was typed
	Notes      []string
	Count      string
	Took       string
	Sorts      []choice
	Facets     []facetView
	Histogram  *histogramView
	Offers     []offerView
	Hits       []hitView
	Partial    string // how many match most of the words; "" for none
	Partials   []hitView
	First      string     // link; "" on the first page
	Prev       string     // link; "" on the first page
	Next       string     // link; "" on the last page
	Live       int64      // the last change that it knows of; 0 for further pages
	Save       *savedForm // of this search; nil where it can't be saved
	Export     string     // link; "" for who may not, and where there is nothing
	Insights   string     // link to the figures of what was found; "" where there is nothing
}

// option is a value that a form offers.
type option struct {
	Value, Text string
	Chosen      bool
}

// choice is one of several links.
type choice struct {
	Href, Text string
	Current    bool
}

func (s *Server) getSearch(v *visit) error {
	live := s.Index.Status().Shown // before: what is applied meanwhile may not be found
	asked := ParamsOf(v.QueryParams())
	opened, err := s.openedSaved(v, &asked)
	if err != nil {
		return err
	}
	p, a, err := s.searchTyped(v, asked)
	f, unfit := errors.AsType[*fault](err)
	if unfit = unfit && f.status == http.StatusBadRequest; err != nil && !unfit {
		return err
	}
	page, err := s.searchFrame(v, p)
	if err != nil {
		return err
	}
	status := http.StatusOK
	switch {
	case unfit:
		status, page.Problem = f.status, f.words
	case page.Empty && p == (Params{}):
	default:
		zone, err := v.zone(p.TZ)
		if err != nil {
			return err
		}
		page.fill(a, p, v.reading().in(zone))
		if p.Cursor == "" {
			page.Live = live
		}
		kept := v.zoned(p)
		page.Export, page.Insights, page.Save = v.exportLink(kept.ordered(), a.Total), insightsLink(kept, a.Total), v.saveForm(kept, opened)
	}
	v.keepAddress(p)
	return s.results(v, status, page)
}

// searchFrame is the page before anything is searched.
func (s *Server) searchFrame(v *visit, p Params) (*searchPage, error) {
	zone, err := v.zone(p.TZ)
	if err != nil {
		zone = time.UTC // the search itself says what is wrong with it
	}
	sum := s.archive.ledger
	if v.wantsResults() {
		sum = s.archive.atOnce
	}
	ledger, err := sum(v.ctx(), s.Store, v.scope(), v.now)
	if err != nil {
		return nil, err
	}
	page := &searchPage{frame: s.frame(v, "Search"), Params: p, Zone: zone.String(), Zones: zones(),
		Empty: ledger.Voicemails == 0, Connected: s.connected(), OnPage: s.Bots != nil}
	if p.Q != "" {
		page.Title = cut(p.Q, 60) + " · Search"
	}
	if !page.Empty {
		read := v.reading().in(zone)
		page.Holds = fmt.Sprintf("%s from %s to", read.Count(int64(ledger.Voicemails), "voicemail"), read.Day(ledger.Oldest))
		page.Newest = read.Exact(ledger.Newest)
		page.Age = ago(ledger.Newest, v.now)
	}
	page.Gaps = lacks(ledger)
	page.Trouble = s.indexTrouble(v, ledger)
	narrow := newNarrower(p)
	page.Filters, page.Chips, page.Words = narrow.filterWords(), narrow.chips(), narrow.words()
	if len(page.Chips) > 1 {
		page.Unchip = narrow.withoutChips()
	}
	page.Unfilter = (Params{Q: p.Q, Sort: p.Sort, TZ: p.TZ, Saved: p.Saved}).Link("/")
	page.Langs = options("any language", p.Lang, nil, langName)
	page.Bots = options("any bot", p.Bot, v.scope().Bots(), func(bot string) string { return bot })
	page.Queues = options("any queue", p.Queue, nil, func(queue string) string { return queue })
	page.Haves = options("anything", p.Has, Haves(), haveWords)
	page.Works = options("any", p.Callback, Callbacks(), wordsOfCallback)
	for _, order := range []string{"relevance", "newest", "oldest"} {
		if order == "relevance" && p.Q == "" {
			continue // everything is equally relevant to nothing
		}
		to := p
		to.Sort, to.Cursor = order, ""
		current := p.Sort == order || p.Sort == "" && (order == "newest") == (p.Q == "") && order != "oldest"
		page.Sorts = append(page.Sorts, choice{Href: to.Link("/"), Text: order, Current: current})
	}
	return page, nil
}

// lacks says what is known of and not held, "" where there is nothing of that.
func lacks(l store.Ledger) string {
	var said []string
	onTheWay := 0
	for _, st := range []store.State{store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry} {
		onTheWay += l.Sessions[st]
	}
	if onTheWay > 0 {
		said = append(said, plural(onTheWay, "call")+" still to be looked at")
	}
	if n := l.Sessions[store.StateDead]; n > 0 {
		said = append(said, have(n, "was given up", "were given up"))
	}
	return strings.Join(said, ", ")
}

// indexTrouble says what searches may miss right now.
func (s *Server) indexTrouble(v *visit, ledger store.Ledger) []string {
	var said []string
	st := s.Index.Status()
	switch {
	case st.Building && v.scope().All():
		said = append(said, fmt.Sprintf("The index is being built: %s of %s so far. Searches find only what is in it.",
			v.reading().Number(int64(st.Voicemails)), v.reading().Count(int64(ledger.Voicemails), "voicemail")))
	case st.Building:
		said = append(said, "The index is being built. Searches find only what is in it so far.")
	}
	if st.LastError != "" {
		said = append(said, "The newest messages may be missing from searches: "+st.LastError+".")
	}
	return said
}

// options lists what a form offers: nothing chosen, the chosen one, and known.
func options(none, chosen string, known []string, name func(string) string) []option {
	values := slices.Clone(known)
	if chosen != "" {
		values = append(values, chosen)
	}
	slices.Sort(values)
	out := []option{{Text: none, Chosen: chosen == ""}}
	for _, value := range slices.Compact(values) {
		out = append(out, option{Value: value, Text: name(value), Chosen: value == chosen})
	}
	return out
}

// fill adds what was found.
func (page *searchPage) fill(a *SearchAnswer, p Params, read reading) {
	page.Notes, page.Count, page.Took = a.Notes, read.Count(int64(a.Total), "voicemail"), fmt.Sprintf("%.1f ms", a.TookMS)
	if a.Query != strings.Join(strings.Fields(p.Q), " ") {
		page.Understood = cut(a.Query, 200)
	}
	for _, h := range a.Hits {
		view := hitViewOf(h, p, read)
		if h.Partial {
			page.Partials = append(page.Partials, view)
		} else {
			page.Hits = append(page.Hits, view)
		}
	}
	if len(page.Partials) > 0 {
		page.Partial = read.Count(int64(a.PartialTotal), "voicemail")
	}
	if p.Cursor != "" {
		first := p
		first.Cursor = ""
		page.First = first.Link("/")
	}
	if a.PrevCursor != "" {
		prev := p
		prev.Cursor = a.PrevCursor
		page.Prev = prev.Link("/")
	} else {
		page.First = ""
	}
	if a.NextCursor != "" {
		next := p
		next.Cursor = a.NextCursor
		page.Next = next.Link("/")
	}
	if a.Facets != nil {
		page.Langs = options("any language", p.Lang, valuesIn(a.Facets.Lang), langName)
		known := valuesIn(a.Facets.Bot)
		for _, o := range page.Bots {
			known = append(known, o.Value)
		}
		known = slices.DeleteFunc(known, func(bot string) bool { return bot == "" })
		page.Bots = options("any bot", p.Bot, known, func(bot string) string { return bot })
		page.Queues = options("any queue", p.Queue, valuesIn(a.Facets.Queue), func(queue string) string { return queue })
	}
	n := newNarrower(p)
	page.Facets, page.Histogram, page.Offers = n.facets(a.Facets, read), n.histogram(a.Facets, read), n.offers(a.Offers, read)
}

func valuesIn(fs []FacetValue) []string {
	values := make([]string, 0, len(fs))
	for _, f := range fs {
		if f.Value != "" {
			values = append(values, f.Value)
		}
	}
	return values
}
