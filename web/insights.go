package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// Insights are figures of all that a search finds.
type Insights struct {
	index.Insights
	Query   string // what was understood
	Callers []Caller
	Words   []Word
}

// Caller is a number that called more than once.
type Caller struct {
	Number string // E.164
	Count  int
}

// Word is a word that is said more often than before.
type Word struct {
	Written string // as it stands in one of the messages
	Folded  string // as it is searched for
	Count   int    // messages with it
	Before  int    // messages with it before
}

// tellingCallers is how many callers are told of.
const tellingCallers = 10

// Insights counts what Search finds in the scope. Errors are those of Search.
func (e *Engine) Insights(ctx context.Context, scope store.Scope, p Params) (*Insights, error) {
	request, notes, err := p.request(e.now())
	if err != nil {
		return nil, err
	}
	found, err := e.Index.Insights(ctx, scope, request)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	found.Notes = append(notes, found.Notes...)
	in := &Insights{Insights: *found, Query: request.Query.String()}
	texts, err := e.examples(ctx, scope, found)
	if err != nil {
		return nil, err
	}
	for _, w := range found.Words {
		word := Word{Written: w.Word, Folded: w.Word, Count: w.Count, Before: w.Before}
		if v, ok := texts[w.Voicemail]; ok {
			word.Written = written(v.Text, w.Word)
		}
		in.Words = append(in.Words, word)
	}
	in.Callers, err = e.callers(ctx, scope, request, found, texts)
	return in, err
}

// examples reads a message of each caller and with each word.
func (e *Engine) examples(ctx context.Context, scope store.Scope, found *index.Insights) (map[int64]store.Voicemail, error) {
	var ids []int64
	for _, c := range found.Callers {
		ids = append(ids, c.Voicemail)
	}
	for _, w := range found.Words {
		ids = append(ids, w.Voicemail)
	}
	slices.Sort(ids)
	voicemails, err := e.Archive.Summaries(ctx, scope, slices.Compact(ids))
	if err != nil {
		return nil, fmt.Errorf("read examples: %w", err)
	}
	byID := make(map[int64]store.Voicemail, len(voicemails))
	for _, v := range voicemails {
		byID[v.ID] = v
	}
	return byID, nil
}

// callers names those who called most often, and counts their messages as the
// search for them does: a number is found however the upstream wrote it. Who has
// no whole number is not told of: withheld and shared ones are many callers.
func (e *Engine) callers(ctx context.Context, scope store.Scope, r index.Request, found *index.Insights, texts map[int64]store.Voicemail) ([]Caller, error) {
	asked := r.Query.Root
	r.Limit, r.FullOnly, r.Facets = 1, true, false
	var out []Caller
	for _, c := range found.Callers {
		number := texts[c.Voicemail].Caller
		if !isE164(number) || slices.ContainsFunc(out, func(c Caller) bool { return c.Number == number }) {
			continue
		}
		r.Query = query.Parse(alsoBy(asked, callerFilter(number)))
		one, err := e.Index.Search(ctx, scope, r)
		if err != nil {
			return nil, fmt.Errorf("count a caller: %w", err)
		}
		if out = append(out, Caller{number, one.Total}); len(out) == tellingCallers {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Caller) int { return b.Count - a.Count })
	return out, nil
}

// isE164 reports whether a caller is a whole number with its country code.
func isE164(caller string) bool {
	digits, plus := strings.CutPrefix(caller, "+")
	return plus && len(digits) >= 7 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}

// callerFilter is what a query says for the messages of a number.
func callerFilter(number string) string { return `from:"` + number + `"` }

// wordFilter is what a query says for a word as itself alone.
func wordFilter(folded string) string { return `"` + folded + `"` }

// alsoBy is a query with something beside it that must match, too.
func alsoBy(asked query.Node, more string) string {
	all := clauses(query.Parse(more).Root)
	if asked != nil {
		all = append(slices.Clone(clauses(asked)), all...)
	}
	return joined(all)
}

// written is a folded word as it stands in a text.
func written(text, folded string) string {
	for _, t := range query.Tokens(text) {
		if t.Text == folded {
			return strings.ToLower(text[t.Start:t.End])
		}
	}
	return folded
}
