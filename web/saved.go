package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"afterbeep/index"
	"afterbeep/store"
)

// News is what counting what is new needs of the store; store.Store is one.
type News interface {
	// News lists the voicemails that were news after a number of the change feed.
	News(ctx context.Context, after int64, limit int) ([]int64, error)
}

// kept is a search as it is saved: without what is a page's alone.
func (p Params) kept() string {
	p.Cursor, p.Limit, p.Facets, p.Saved = "", "", "", ""
	return strings.TrimPrefix(p.Link(""), "?")
}

// keptParams is the reverse of kept.
func keptParams(kept string) Params {
	v, err := url.ParseQuery(kept)
	if err != nil {
		v = nil // what of it is broken was so when it was saved
	}
	return ParamsOf(v)
}

// Among finds which of the voicemails match a saved search (SavedSearch.Params)
// in the scope, by their ids, those left last first. They are at most
// index.MaxFullLimit. *ParamError for a field that can't be read.
func (e *Engine) Among(ctx context.Context, scope store.Scope, params string, ids []int64) ([]int64, error) {
	found, err := e.among(ctx, scope, params, ids, index.MaxFullLimit)
	if err != nil {
		return nil, err
	}
	out := make([]int64, len(found.Hits))
	for i, h := range found.Hits {
		out[i] = h.ID
	}
	return out, nil
}

func (e *Engine) among(ctx context.Context, scope store.Scope, params string, ids []int64, limit int) (*index.Result, error) {
	request, _, err := keptParams(params).request(e.now())
	if err != nil {
		return nil, err
	}
	if ids == nil {
		ids = []int64{} // none, and not every one
	}
	request.Among, request.Limit, request.FullOnly, request.Sort, request.Cursor, request.Facets = ids, limit, true, index.SortNewest, "", false
	found, err := e.Index.Search(ctx, scope, request)
	if err != nil {
		return nil, fmt.Errorf("search among given voicemails: %w", err)
	}
	return found, nil
}

// newCount is how many voicemails match a saved search that were not there when
// the reader last looked at it.
type newCount struct {
	n       int
	atLeast bool // there is more news than is counted
}

// countNew counts what of a saved search is new to its reader. A search that
// can't be made any more, as where a zone is gone, has nothing new.
func (e *Engine) countNew(ctx context.Context, news News, scope store.Scope, saved store.SavedSearch) (newCount, error) {
	ids, err := news.News(ctx, saved.Looked, store.MaxChanges)
	if err != nil {
		return newCount{}, fmt.Errorf("list news: %w", err)
	}
	if len(ids) == 0 {
		return newCount{}, nil
	}
	found, err := e.among(ctx, scope, saved.Params, ids, 1)
	if _, odd := errors.AsType[*ParamError](err); odd {
		return newCount{}, nil
	}
	if err != nil {
		return newCount{}, err
	}
	return newCount{found.Total, len(ids) == store.MaxChanges}, nil
}
