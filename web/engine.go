package web

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// Voicemails is what a search needs of the store; store.Store is one.
type Voicemails interface {
	// Summaries returns those of ids that are in the scope, in their order.
	Summaries(ctx context.Context, s store.Scope, ids []int64) ([]store.Voicemail, error)
	// Tags lists the tags of those of ids that are in the scope.
	Tags(ctx context.Context, s store.Scope, ids []int64) (map[int64][]store.Tag, error)
	// CallbacksOf returns the work on those of the voicemails that have any, in
	// the scope.
	CallbacksOf(ctx context.Context, s store.Scope, voicemailIDs []int64) (map[int64]store.Callback, error)
	// FindingsOf returns what the machine found in those of the voicemails in
	// which it looked, in the scope.
	FindingsOf(ctx context.Context, s store.Scope, voicemailIDs []int64) (map[int64]store.Finding, error)
}

// Engine is the one way to search: the pages, the API and the command line ask
// it, so that they find the same. It writes no audit entry; who asks it does.
// Safe for concurrent use.
type Engine struct {
	Index   Searcher
	Archive Voicemails
	Now     func() time.Time // nil is time.Now

	eachPage int // how many hits Each reads at once; 0 is the most that it may
}

func (e *Engine) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

// Search finds voicemails in the scope. *ParamError for a field that can't be
// read, which the query never is; index.ErrCursor for a foreign cursor.
func (e *Engine) Search(ctx context.Context, scope store.Scope, p Params) (*SearchAnswer, error) {
	start := e.now()
	request, notes, err := p.request(start)
	if err != nil {
		return nil, err
	}
	found, hits, err := e.page(ctx, scope, request)
	if err != nil {
		return nil, err
	}
	a := &SearchAnswer{
		Query: request.Query.String(), Total: found.Total, PartialTotal: found.PartialTotal, NextCursor: found.NextCursor, PrevCursor: found.PrevCursor,
		Notes: append(append([]string{}, notes...), found.Notes...), Hits: hits,
		Facets: facetsOf(found.Facets), Offers: make([]Offer, 0, len(found.Offers)),
	}
	for _, o := range found.Offers {
		a.Offers = append(a.Offers, Offer{Query: o.Query, Why: o.Why, Unfiltered: o.Unfiltered, Count: o.Count})
	}
	a.TookMS = float64(e.now().Sub(start).Microseconds()) / 1000
	return a, nil
}

// Each hands over every voicemail that matches, in order, however many they are:
// those that Search counts in Total, partial ones not. Without p.Sort the newest
// comes first; Limit, Cursor and Facets are not looked at. It reads a page at a
// time, so what is recorded or erased meanwhile may be there or not. It stops at
// the first error, which it returns. Errors are those of Search.
func (e *Engine) Each(ctx context.Context, scope store.Scope, p Params, each func(Hit) error) error {
	if p.Sort == "" {
		p.Sort = string(index.SortNewest) // scoring them all buys nothing
	}
	p.Limit, p.Cursor, p.Facets = "", "", ""
	request, _, err := p.request(e.now())
	if err != nil {
		return err
	}
	request.Limit, request.FullOnly = cmp.Or(e.eachPage, index.MaxFullLimit), true
	for {
		found, hits, err := e.page(ctx, scope, request)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if err := each(h); err != nil {
				return err
			}
		}
		if request.Cursor = found.NextCursor; request.Cursor == "" {
			return nil
		}
	}
}

// page is one page of hits with what the store has of them.
func (e *Engine) page(ctx context.Context, scope store.Scope, r index.Request) (*index.Result, []Hit, error) {
	found, err := e.Index.Search(ctx, scope, r)
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	ids := make([]int64, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	voicemails, err := e.Archive.Summaries(ctx, scope, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read hits: %w", err)
	}
	tags, err := e.Archive.Tags(ctx, scope, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read tags of hits: %w", err)
	}
	hits := hitsOf(found, voicemails)
	if err := e.addCallbacks(ctx, scope, hits, ids, r.Now); err != nil {
		return nil, nil, err
	}
	for i, h := range hits {
		for _, t := range tags[h.ID] {
			hits[i].Tags = append(hits[i].Tags, t.Name)
		}
	}
	return found, hits, nil
}

// request turns what was typed into what the index is asked.
func (p Params) request(now time.Time) (index.Request, []string, error) {
	q := query.Parse(p.Q)
	var notes []string // the query's own come back with the result
	w, err := p.window()
	if err != nil {
		return index.Request{}, nil, err
	}
	limit, note, err := p.limit()
	if err != nil {
		return index.Request{}, nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	order, err := p.order()
	if err != nil {
		return index.Request{}, nil, err
	}
	has, err := p.has()
	if err != nil {
		return index.Request{}, nil, err
	}
	callback, err := p.callback()
	if err != nil {
		return index.Request{}, nil, err
	}
	return index.Request{Query: q, Bot: p.Bot, Lang: p.Lang, Queue: p.Queue, Has: has, Callback: callback, Now: now,
		From: w.from, To: w.to, Zone: w.zone, Sort: order, Limit: limit, Cursor: p.Cursor, Facets: p.Facets == "1" || p.Facets == "true"}, notes, nil
}

// order is the index's word for Sort; without one the index decides.
func (p Params) order() (index.Sort, error) {
	switch order := index.Sort(p.Sort); order {
	case "", index.SortNewest, index.SortOldest, index.SortRelevance:
		return order, nil
	}
	return "", &ParamError{"sort", fmt.Sprintf("“%s” is no order; there are newest, oldest and relevance.", shown(p.Sort))}
}

// hitsOf joins what the index found with what the store has. A voicemail that
// was erased since then is left out.
func hitsOf(found *index.Result, voicemails []store.Voicemail) []Hit {
	byID := make(map[int64]*store.Voicemail, len(voicemails))
	for i, v := range voicemails {
		byID[v.ID] = &voicemails[i]
	}
	hits := make([]Hit, 0, len(found.Hits))
	for _, f := range found.Hits {
		v := byID[f.ID]
		if v == nil {
			continue
		}
		h := hitOf(*v)
		h.excerpt = found.Marker.Excerpt(v.Text, v.Lang)
		h.Score, h.Partial, h.Snippet = f.Score, f.Partial, h.excerpt.HTML()
		h.Matched = append(h.Matched, f.Matched...)
		hits = append(hits, h)
	}
	return hits
}

func facetsOf(f *index.Facets) *Facets {
	if f == nil {
		return nil
	}
	out := &Facets{Lang: valuesOf(f.Lang), Bot: valuesOf(f.Bot), Queue: valuesOf(f.Queue), Recording: valuesOf(f.Recording), Duration: valuesOf(f.Duration), Callback: valuesOf(f.Callback), Tag: valuesOf(f.Tag),
		Histogram: Histogram{Unit: string(f.Histogram.Unit), Buckets: make([]Bucket, 0, len(f.Histogram.Buckets))}}
	for _, b := range f.Histogram.Buckets {
		out.Histogram.Buckets = append(out.Histogram.Buckets, Bucket{From: WholeSecond(b.From), Count: b.Count})
	}
	return out
}

func valuesOf(vs []index.FacetValue) []FacetValue {
	out := make([]FacetValue, 0, len(vs))
	for _, v := range vs {
		out = append(out, FacetValue{Value: v.Value, Count: v.Count})
	}
	return out
}
