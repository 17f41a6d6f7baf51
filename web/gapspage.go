package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"afterbeep/store"
)

const (
	gapsPath  = "/ledger/gaps"
	gapsShown = 200
)

type gapsPage struct {
	frame
	Said    string
	Back    string // the ledger
	What    string // as "Without text, Tue 11 Feb 2025, bot st-1"
	Zone    string
	Gaps    []gapView
	More    string // "" where all are shown
	Kinds   []choice
	Return  string // where to come back to
	Query   url.Values
	WakeAll bool // all of these can be tried again
}

type gapView struct {
	Session   string
	Href      string
	Bot       string
	When      stampView
	Kind      string // its words
	KindName  string
	State     string // in words
	Reason    string
	Excerpt   string
	Attempts  string
	Next      *stampView
	Voicemail string // its page; "" where there is none
	Wake      string // where to try again; "" where that can't be
}

// gapsAsked reads what is asked for: a day, or a span of them.
func gapsAsked(v url.Values, now time.Time) (span, []store.GapKind, error) {
	q := url.Values{"bot": v["bot"], "tz": v["tz"], "from": v["from"], "to": v["to"]}
	if day := v.Get("day"); day != "" {
		q.Set("from", day)
		q.Set("to", day)
	}
	sp, err := spanOf(q, now)
	if err != nil {
		return sp, nil, err
	}
	kinds, err := gapKinds(v)
	return sp, kinds, err
}

func (s *Server) getGaps(v *visit) error {
	q := v.inReadersZone(v.QueryParams())
	sp, kinds, err := gapsAsked(q, v.now)
	if err != nil {
		return asBadRequest(err)
	}
	limit, _, err := gapLimit(q, gapsShown)
	if err != nil {
		return asBadRequest(err)
	}
	if err := s.allow(v, store.AuditEntry{Detail: cut(v.Request().URL.RequestURI(), maxDetail)}); err != nil {
		return err
	}
	gaps, err := s.gaps(v, sp, kinds, limit)
	if err != nil {
		return err
	}
	page := &gapsPage{frame: s.frame(v, "What is missing"), Said: saidOf(v), Back: sp.link(ledgerPath), Zone: sp.zone.String(),
		What: sp.words(v.reading()), Return: withoutDone(v.Request().URL), Query: q}
	q.Del("done")
	q.Del("n")
	for _, g := range gaps {
		view := gapViewOf(g, page.reading.in(sp.zone))
		if g.Kind != store.GapUnindexed && s.canFetch(g.BotID) {
			view.Wake = sessionPath(store.SessionKey{SessionID: g.SessionID}) + "/wake"
		}
		page.Gaps = append(page.Gaps, view)
	}
	if len(gaps) == limit && limit < store.MaxGaps {
		more := withParam(q, "limit", strconv.Itoa(store.MaxGaps))
		page.More = gapsPath + "?" + more.Encode()
	}
	page.Kinds = kindChoices(q, kinds)
	page.WakeAll = slices.ContainsFunc(page.Gaps, func(g gapView) bool { return g.Wake != "" })
	return s.page(v, http.StatusOK, page)
}

func (s *Server) gaps(v *visit, sp span, kinds []store.GapKind, limit int) ([]store.Gap, error) {
	gaps, err := s.Store.Gaps(v.ctx(), v.scope(), store.GapQuery{BotID: sp.Bot, From: sp.first(), To: sp.end(), Kinds: kinds,
		Indexed: s.Index.Status().Position.Seq, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("list gaps: %w", err)
	}
	return gaps, nil
}

// words names the span for a heading, its days as the reader writes them.
func (s span) words(r reading) string {
	r = r.in(s.zone)
	said := r.Day(s.first())
	if s.days() > 1 {
		said += " to " + r.Day(s.last())
	}
	if s.Bot != "" {
		said += ", bot " + shown(s.Bot)
	}
	return said
}

// kindChoices lead to the other kinds of the same days.
func kindChoices(q url.Values, kinds []store.GapKind) []choice {
	out := []choice{{Text: "everything", Href: gapsPath + "?" + withParam(q, "kind", "").Encode(), Current: len(kinds) == 0}}
	for _, kind := range store.GapKinds() {
		out = append(out, choice{Text: gapWords(kind), Href: gapsPath + "?" + withParam(q, "kind", string(kind)).Encode(),
			Current: slices.Equal(kinds, []store.GapKind{kind})})
	}
	return out
}

// withParam is q with one value set, or taken away where it is "".
func withParam(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	out.Set(name, value)
	if value == "" {
		out.Del(name)
	}
	return out
}

// withoutDone is the address of a page, without what it said.
func withoutDone(u *url.URL) string {
	q := u.Query()
	q.Del("done")
	q.Del("n")
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

func gapViewOf(g store.Gap, r reading) gapView {
	view := gapView{Session: g.SessionID, Href: sessionPath(g.SessionKey), Bot: g.BotID, When: r.Exact(g.StartedAt),
		Kind: gapWords(g.Kind), KindName: string(g.Kind), State: sessionWords(g.State), Reason: g.Reason, Excerpt: g.Excerpt}
	if g.Kind == store.GapUnarchived {
		view.State = taskWords(g.State)
	}
	if g.Attempts > 0 {
		view.Attempts = plural(g.Attempts, "failed try")
		if g.Attempts > 1 {
			view.Attempts = fmt.Sprintf("%d failed tries", g.Attempts)
		}
	}
	if !g.NextAt.IsZero() {
		st := r.Exact(g.NextAt)
		view.Next = &st
	}
	if g.VoicemailID != 0 {
		view.Voicemail = voicemailPath(g.VoicemailID)
	}
	return view
}

// sessionPath is the page of a session, of one bot where there may be several.
func sessionPath(key store.SessionKey) string {
	path := "/sessions/" + url.PathEscape(key.SessionID)
	if key.BotID != "" {
		path += "?" + url.Values{"bot": {key.BotID}}.Encode()
	}
	return path
}

// postWakeGaps tries all of a list again, as many as a list can hold.
func (s *Server) postWakeGaps(v *visit) error {
	q := v.Request().PostForm
	sp, kinds, err := gapsAsked(q, v.now)
	if err != nil {
		return asBadRequest(err)
	}
	if err := s.allow(v, store.AuditEntry{Detail: cut(gapsPath+"?"+withParam(q, "back", "").Encode(), maxDetail)}); err != nil {
		return err
	}
	gaps, err := s.gaps(v, sp, kinds, store.MaxGaps)
	if err != nil {
		return err
	}
	woken := 0
	for _, g := range gaps {
		if g.Kind == store.GapUnindexed || !s.canFetch(g.BotID) {
			continue
		}
		err := s.wake(v, g.SessionKey, g.Kind)
		switch {
		case err == nil:
			woken++
		case !errors.Is(err, store.ErrLeased) && !errors.Is(err, store.ErrNotFound): // fetched now, or gone meanwhile
			return err
		}
	}
	s.nudge()
	return v.seeOther(withDone(v.FormValue("back"), gapsPath, "wakes", woken))
}

// withDone is a page of ours that says what was done; otherwise where next is
// none.
func withDone(next, otherwise, done string, n int) string {
	own := ownPath(next)
	if own == "/" {
		own = otherwise
	}
	u, err := url.Parse(own)
	if err != nil {
		return otherwise
	}
	q := u.Query()
	q.Set("done", done)
	q.Del("n")
	if n > 0 {
		q.Set("n", strconv.Itoa(n))
	}
	return u.EscapedPath() + "?" + q.Encode()
}
