package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"afterbeep/store"
)

type statusPage struct {
	frame
	Connected bool
	OnPage    bool // a bot can be connected on a page
	Running   bool
	Asked     bool   // a pass was just asked for
	Refused   string // why it was not
	Failed    string // how the last pass failed
	Facts     []fact
	States    []stateRow
	Index     []fact
	Trouble   []string
	Checks    []checkView
	Verdict   string
	Well      bool // all of the checks are
}

type stateRow struct {
	Words string
	Name  string
	Count string
}

func (s *Server) getStatus(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.status(v)
	if err != nil {
		return err
	}
	page.Asked = v.QueryParam("asked") == "1"
	return s.page(v, http.StatusOK, page)
}

func (s *Server) postRun(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	if s.connected() {
		s.Ingest.RunNow()
		if v.FormValue("back") == botsPath {
			return v.seeOther(botsPath + "?done=run#main")
		}
		return v.seeOther("/status?asked=1")
	}
	page, err := s.status(v)
	if err != nil {
		return err
	}
	page.Refused = "No bot is connected, so there is nothing to ask."
	return s.page(v, http.StatusConflict, page)
}

// status gathers how everything stands. An administrator sees the ledger of
// the bots that are hers.
func (s *Server) status(v *visit) (*statusPage, error) {
	ledger, err := s.Store.Ledger(v.ctx(), v.scope())
	if err != nil {
		return nil, fmt.Errorf("sum up the archive: %w", err)
	}
	head, err := s.Store.Head(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read the feed's head: %w", err)
	}
	page := &statusPage{frame: s.frame(v, "Status")}
	page.OnPage = s.Bots != nil
	if s.connected() {
		page.ingest(v, s.Ingest.Status(), s.accountTrouble(v))
	}
	for _, st := range states() {
		page.States = append(page.States, stateRow{Words: stateWords(st), Name: string(st), Count: page.Number(int64(ledger.Sessions[st]))})
	}
	page.archive(ledger)
	st := s.Index.Status()
	behind := max(0, head.Seq-st.Position.Seq)
	if v.scope().All() { // the index counts everybody's
		page.Index = append(page.Index, fact{Name: "Indexed", Value: page.Count(int64(st.Voicemails), "voicemail")})
	}
	page.Index = append(page.Index, fact{Name: "Changes waiting", Value: page.Number(behind)})
	if !st.CaughtUpAt.IsZero() {
		page.Index = append(page.Index, page.momentFact("Last had everything", st.CaughtUpAt))
	}
	page.Trouble = s.indexTrouble(v, ledger)
	page.Checks = s.checks(v, ledger, behind)
	page.Verdict, page.Well = verdictOf(page.Checks)
	return page, nil
}

// ingest tells of the passes. How one ended is told of everybody's bots in one
// sentence, so who may not see all of them hears of trouble with hers alone.
func (page *statusPage) ingest(v *visit, st IngestStatus, trouble []string) {
	if !v.scope().All() {
		st.LastFailed, st.LastResult = len(trouble) > 0, strings.Join(trouble, " ")
	}
	page.Connected, page.Running = true, st.Running
	if bots := v.seen(st.Bots); len(bots) > 0 {
		page.Facts = append(page.Facts, fact{Name: "Bots", Value: strings.Join(bots, ", "), Code: true})
	}
	if st.Schedule != "" {
		page.Facts = append(page.Facts, fact{Name: "Schedule", Value: st.Schedule, Code: true})
	}
	if !st.LastStart.IsZero() {
		page.Facts = append(page.Facts, page.momentFact("Last pass began", st.LastStart))
	}
	if !st.LastEnd.IsZero() {
		page.Facts = append(page.Facts, page.momentFact("Last pass ended", st.LastEnd))
	}
	if st.LastFailed {
		page.Failed = st.LastResult
	} else if st.LastResult != "" {
		page.Facts = append(page.Facts, fact{Name: "Last result", Value: st.LastResult})
	}
	if !st.NextAt.IsZero() {
		page.Facts = append(page.Facts, page.momentFact("Next pass", st.NextAt))
	}
}

func (page *statusPage) archive(l store.Ledger) {
	if l.Voicemails > 0 {
		page.Index = append(page.Index, fact{Name: "In the archive", Value: page.Count(int64(l.Voicemails), "voicemail")},
			page.momentFact("Oldest message", l.Oldest), page.momentFact("Newest message", l.Newest))
	}
	if !l.NextDue.IsZero() {
		page.Facts = append(page.Facts, page.momentFact("Next session due", l.NextDue))
	}
}

// momentFact shows how far a time is from now, and what it is for the reader.
func (r reading) momentFact(name string, t time.Time) fact {
	st := r.Exact(t)
	st.Text += " (" + ago(t, r.now) + ")"
	return fact{Name: name, Stamp: &st}
}
