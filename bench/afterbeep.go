package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
	"afterbeep/store/sqlite"
	"afterbeep/web"
)

// archive is Afterbeep on a folder: its store and its index.
type archive struct {
	store *sqlite.Store
	index *index.Index
}

func databaseIn(dir string) string { return filepath.Join(dir, "afterbeep.db") }
func indexIn(dir string) string    { return filepath.Join(dir, "index") }

// openArchive opens what is in the folder. feed stands in for the store's where
// it is not nil.
func openArchive(ctx context.Context, dir string, feed store.Feed) (*archive, error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Path: databaseIn(dir)})
	if err != nil {
		return nil, err
	}
	if feed == nil {
		feed = st
	}
	ix, err := index.Open(ctx, index.Config{Dir: indexIn(dir), Feed: feed, Work: st})
	if err != nil {
		_ = st.Close()
		return nil, err
	}
	return &archive{store: st, index: ix}, nil
}

func (a *archive) close() error {
	err := a.index.Close()
	if serr := a.store.Close(); err == nil {
		err = serr
	}
	return err
}

// page searches as the page does: the index, the store's texts, excerpts.
type page struct {
	engine *web.Engine
	typed  bool // words as people type them, not as the peers read them
}

func (a *archive) page(typed bool) page {
	return page{&web.Engine{Index: a.index, Archive: a.store}, typed}
}

func (p page) search(ctx context.Context, r request) (answer, error) {
	found, err := p.engine.Search(ctx, store.AllBots(), p.params(r))
	if err != nil {
		return answer{}, err
	}
	a := answer{total: found.Total}
	for _, h := range found.Hits {
		if h.Partial {
			break
		}
		a.hits++
		if r.New {
			a.last = append(a.last, time.Time(h.LeftAt).UnixMicro())
		}
	}
	return a, nil
}

// count is not needed: Afterbeep always tells the exact total.
func (p page) count(context.Context, request) (int, error) { return 0, errNoWay }

func (p page) params(r request) web.Params {
	params := web.Params{Q: r.text(p.typed), Lang: r.Lang, Sort: "relevance"}
	if r.New {
		params.Sort = "newest"
	}
	if r.Facets {
		params.Facets = "1"
	}
	if r.From != 0 {
		params.From = time.UnixMilli(r.From).UTC().Format(time.RFC3339Nano)
		params.To = time.UnixMilli(r.To + 1).UTC().Format(time.RFC3339Nano)
	}
	return params
}

// alone asks the index for ids only: the same request as the page's, but no
// texts and no excerpts.
type alone struct {
	page
	index *index.Index
}

func (a alone) search(ctx context.Context, r request) (answer, error) {
	q := index.Request{Query: query.Parse(r.text(a.typed)), Lang: r.Lang, Facets: r.Facets, Sort: index.SortRelevance}
	if r.New {
		q.Sort = index.SortNewest
	}
	if r.From != 0 {
		q.From, q.To = time.UnixMilli(r.From), time.UnixMilli(r.To+1)
	}
	found, err := a.index.Search(ctx, store.AllBots(), q)
	if err != nil {
		return answer{}, err
	}
	hits := 0
	for _, h := range found.Hits {
		if !h.Partial {
			hits++
		}
	}
	return answer{total: found.Total, hits: hits}, nil
}

// text is the request in Afterbeep's language: quoted, words mean themselves
// alone; as typed, also their inflections, synonyms, sounds and typos.
func (r request) text(typed bool) string {
	quote := `"`
	if typed {
		quote = ""
	}
	switch r.Kind {
	case "phrase":
		return `"` + strings.Join(r.Terms, " ") + `"`
	case "prefix":
		return r.Terms[0] + "*"
	case "fuzzy":
		return r.Terms[0] + "~"
	case "or":
		return quote + strings.Join(r.Terms, quote+" OR "+quote) + quote
	}
	return quote + strings.Join(r.Terms, quote+" "+quote) + quote
}

// madeFeed makes voicemails up as they are asked for, so that what is timed is
// the index and no database. Positions are the store's.
type madeFeed struct {
	store.Feed
	author *author
}

// Changes implements store.Feed.
func (f *madeFeed) Changes(_ context.Context, after int64, limit int) ([]store.Change, error) {
	limit = store.Clamp(limit, store.MaxChanges)
	var out []store.Change
	for seq := after + 1; seq <= min(int64(f.author.size), after+int64(limit)); seq++ {
		v := f.author.voicemail(int(seq - 1))
		out = append(out, store.Change{Seq: seq, Tag: tagOf(seq), VoicemailID: v.ID, Voicemail: v})
	}
	return out, nil
}

// tagOf is the tag of a change that load wrote.
func tagOf(seq int64) string { return fmt.Sprintf("made-%d", seq) }
