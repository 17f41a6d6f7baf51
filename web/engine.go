package web

import (
	"context"
	"fmt"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// Voicemails is what a search needs of the store; store.Store is one.
type Voicemails interface {
	// Voicemails returns those of ids that are in the scope, in their order.
	Voicemails(ctx context.Context, s store.Scope, ids []int64) ([]store.Voicemail, error)
}

// Engine is the one way to search: the pages, the API and the command line ask
// it, so that they find the same. It writes no audit entry; who asks it does.
// Safe for concurrent use.
type Engine struct {
	Index   Searcher
	Archive Voicemails
	Now     func() time.Time // nil is time.Now
}

// Search finds voicemails in the scope. *ParamError for a field that can't be
// read, which the query never is; index.ErrCursor for a foreign cursor.
func (e *Engine) Search(ctx context.Context, scope store.Scope, p Params) (*SearchAnswer, error) {
	now := e.Now
	if now == nil {
		now = time.Now
	}
	start := now()
	request, notes, err := p.request()
	if err != nil {
		return nil, err
	}
	found, err := e.Index.Search(ctx, scope, request)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	ids := make([]int64, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	voicemails, err := e.Archive.Voicemails(ctx, scope, ids)
	if err != nil {
		return nil, fmt.Errorf("read hits: %w", err)
	}
	a := &SearchAnswer{
		Query: request.Query.String(), Total: found.Total, PartialTotal: found.PartialTotal, NextCursor: found.NextCursor,
		Notes: append(append([]string{}, notes...), found.Notes...), Hits: hitsOf(found, voicemails),
		Facets: facetsOf(found.Facets),
	}
	a.TookMS = float64(now().Sub(start).Microseconds()) / 1000
	return a, nil
}

// request turns what was typed into what the index is asked.
func (p Params) request() (index.Request, []string, error) {
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
	if p.Callback != "" {
		notes = append(notes, "callbacks are not detected in this version, so callback= was left out")
	}
	return index.Request{Query: q, Bot: p.Bot, Lang: p.Lang, From: w.from, To: w.to, Zone: w.zone, Sort: order,
		Limit: limit, Cursor: p.Cursor, Facets: p.Facets == "1" || p.Facets == "true"}, notes, nil
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
	out := &Facets{Lang: valuesOf(f.Lang), Bot: valuesOf(f.Bot),
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
