package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/web"
)

type searchCmd struct {
	JSON   bool     `help:"Print the answer as the API gives it."`
	Bot    string   `help:"Only this bot." placeholder:"ID"`
	Lang   string   `help:"Only this language." placeholder:"CODE"`
	From   string   `help:"Not before this date or time." placeholder:"T"`
	To     string   `help:"Up to this date, or before this time." placeholder:"T"`
	TZ     string   `name:"tz" help:"Time zone of dates, as Europe/Berlin; UTC without this flag." placeholder:"ZONE"`
	Sort   string   `help:"newest, oldest or relevance." placeholder:"ORDER"`
	Limit  string   `help:"How many hits, at most 200; ${default} without this flag." default:"20" placeholder:"N"`
	Cursor string   `help:"Go on where an answer's next_cursor says." placeholder:"CURSOR"`
	Query  []string `arg:"" optional:"" help:"Words, \"phrases\", -not, OR, prefix*; everything without one. A query that starts with - follows --."`
}

func (c searchCmd) params() web.Params {
	return web.Params{
		Q: strings.Join(c.Query, " "), Bot: c.Bot, Lang: c.Lang, From: c.From, To: c.To, TZ: c.TZ,
		Sort: c.Sort, Limit: c.Limit, Cursor: c.Cursor,
	}
}

// Run prints what was found.
func (c searchCmd) Run(ctx context.Context, p *program) error {
	answer, err := p.search(ctx, c.params())
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
		x, err := p.openIndex(ctx, s)
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
	entry := store.AuditEntry{Actor: actorCommandLine, Action: store.AuditSearch, Allowed: true, Detail: params.Detail()}
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
			why = "  (most of the words)"
		}
		fmt.Fprintf(&b, "%d  %s  %s  %s  %s%s\n", h.ID, time.Time(h.LeftAt).UTC().Format("2006-01-02 15:04"), printable(h.Caller), printable(h.Lang), printable(h.Queue), why)
		text := printable(strings.ReplaceAll(h.Snippet, "\n", " "))
		text = strings.NewReplacer("<mark>", mark, "</mark>", unmark).Replace(text)
		fmt.Fprintf(&b, "    %s\n", html.UnescapeString(text))
	}
	fmt.Fprintf(&b, "%d found", a.Total)
	if a.PartialTotal > 0 {
		fmt.Fprintf(&b, ", %d more hold most of the words", a.PartialTotal)
	}
	if a.NextCursor != "" {
		fmt.Fprintf(&b, "; go on with --cursor %s", a.NextCursor)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}
