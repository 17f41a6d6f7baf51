package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/web"
)

// asked is what is searched for, as search and export take it.
type asked struct {
	Bot      string   `help:"Only this bot." placeholder:"ID"`
	Queue    string   `help:"Only this queue." placeholder:"NAME"`
	Lang     string   `help:"Only this language." placeholder:"CODE"`
	Has      string   `help:"Only what has a number, a recording, a transcript or a callback." placeholder:"WHAT"`
	Callback string   `help:"Only what is requested, unrequested, open, claimed, done, listen, old, new, seen, heard or none." placeholder:"STATE"`
	From     string   `help:"Not before this date or time." placeholder:"T"`
	To       string   `help:"Up to this date, or before this time." placeholder:"T"`
	TZ       string   `name:"tz" help:"Time zone of dates, as Europe/Berlin; UTC without this flag." placeholder:"ZONE"`
	Sort     string   `help:"newest, oldest or relevance." placeholder:"ORDER"`
	Query    []string `arg:"" optional:"" help:"Words, \"phrases\", -not, OR, prefix*, from:NUMBER and more (docs/query.md); everything without one. A query that starts with - follows --."`
}

// params are those of the flags, with limit and cursor as typed. The error names
// a flag whose value can't be read.
func (a asked) params(limit, cursor string) (web.Params, error) {
	p := web.Params{
		Q: strings.Join(a.Query, " "), Bot: a.Bot, Queue: a.Queue, Lang: a.Lang, Has: a.Has, Callback: a.Callback, From: a.From, To: a.To,
		TZ: a.TZ, Sort: a.Sort, Limit: limit, Cursor: cursor,
	}
	err := p.Check()
	if bad, ok := errors.AsType[*web.ParamError](err); ok {
		err = fmt.Errorf("--%s: %s", bad.Field, bad.Words)
	}
	return p, err
}

type searchCmd struct {
	JSON   bool   `help:"Print the answer as the API gives it."`
	Limit  string `help:"How many hits, at most 200; ${default} without this flag." default:"20" placeholder:"N"`
	Cursor string `help:"Go on where an answer's next_cursor says." placeholder:"CURSOR"`
	asked  `embed:""`
}

// Run prints what was found.
func (c searchCmd) Run(ctx context.Context, p *program) error {
	params, err := c.params(c.Limit, c.Cursor)
	if err != nil {
		return err
	}
	answer, err := p.search(ctx, params)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer)
	}
	return printAnswer(p.stdout, answer)
}

// search asks the running server, or opens the index where none is running.
func (p *program) search(ctx context.Context, params web.Params) (*web.SearchAnswer, error) {
	var answer *web.SearchAnswer
	err := p.withIndex(ctx, func(s store.Store, x *index.Index) (err error) {
		answer, err = searchAs(ctx, s, x, params)
		return err
	})
	if !errors.Is(err, index.ErrInUse) {
		return answer, err
	}
	err = newControlClient(p.config.DataDir).call(ctx, controlSearch, params, func(value json.RawMessage) error {
		return json.Unmarshal(value, &answer)
	})
	if err == nil && answer == nil {
		err = errors.New("the running server gave no answer; its log says why")
	}
	return answer, err
}

// withIndex opens store and index, brings the index up to date and runs f.
func (p *program) withIndex(ctx context.Context, f func(store.Store, *index.Index) error) error {
	return p.withStore(ctx, func(s store.Store) error {
		synonyms, err := web.OpenThesaurus(ctx, s, p.log)
		if err != nil {
			return fmt.Errorf("read the synonyms: %w", err)
		}
		x, err := p.openIndex(ctx, s, synonyms)
		if err != nil {
			return err
		}
		bar := p.progress("indexing")
		err = x.CatchUp(ctx, bar.set)
		bar.end()
		if err == nil {
			err = f(s, x)
		}
		return errors.Join(err, x.Close())
	})
}

// searchAs answers a command's search: everything may be seen, and the audit
// log tells of it first.
func searchAs(ctx context.Context, s store.Store, x *index.Index, params web.Params) (*web.SearchAnswer, error) {
	return ask(ctx, s, x, params, store.AuditSearch)
}

func ask(ctx context.Context, s store.Store, x *index.Index, params web.Params, action string) (*web.SearchAnswer, error) {
	entry := store.AuditEntry{Actor: actorCommandLine, Action: action, Allowed: true, Detail: params.Detail()}
	if err := s.Audit(ctx, entry); err != nil {
		return nil, fmt.Errorf("write the audit log: %w", err)
	}
	engine := web.Engine{Index: x, Archive: s, Now: time.Now}
	return engine.Search(ctx, store.AllBots(), params)
}

func printAnswer(w io.Writer, a *web.SearchAnswer) error {
	var b strings.Builder
	mark, unmark := "", ""
	if isTerminal(w) {
		mark, unmark = "\x1b[1m", "\x1b[0m"
	}
	for _, note := range a.Notes {
		fmt.Fprintf(&b, "Note: %s\n", printable(note))
	}
	for _, h := range a.Hits {
		why := ""
		if h.Partial {
			why = "  (in part)"
		} else if inexact := slices.DeleteFunc(slices.Clone(h.Matched), func(m string) bool { return m == "exact" }); len(inexact) > 0 {
			why = "  (" + strings.Join(inexact, ", ") + ")"
		}
		fmt.Fprintf(&b, "%d  %s  %s  %s  %s%s\n", h.ID, time.Time(h.LeftAt).UTC().Format("2006-01-02 15:04"), printable(h.Caller), printable(h.Lang), printable(h.Queue), why)
		text := printable(strings.ReplaceAll(h.Snippet, "\n", " "))
		text = strings.NewReplacer("<mark>", mark, "</mark>", unmark).Replace(text)
		fmt.Fprintf(&b, "    %s\n", html.UnescapeString(text))
	}
	fmt.Fprintf(&b, "%d found", a.Total)
	if a.PartialTotal > 0 {
		fmt.Fprintf(&b, ", %d more match in part", a.PartialTotal)
	}
	if a.NextCursor != "" {
		fmt.Fprintf(&b, "; go on with --cursor %s", a.NextCursor)
	}
	b.WriteByte('\n')
	for _, o := range a.Offers {
		fmt.Fprintf(&b, "%s: %s (%d)\n", o.Why, printable(o.Query), o.Count)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
