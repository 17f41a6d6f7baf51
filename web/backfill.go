package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"afterbeep/store"
)

// backfillsView is the part of the ledger's page about the past.
type backfillsView struct {
	Can      bool // a range can be asked for
	Accounts []option
	Runs     []backfillView
	From, To string // as typed
	Account  string
	Problem  string
}

type backfillView struct {
	ID       int64
	Account  string
	Range    string
	State    string // in words
	Progress *progressView
	Facts    []string
	To       store.BackfillState // what a button would make of it; "" for none
	Button   string
}

// backfills shows the ranges of the past that are looked at.
func (s *Server) backfills(v *visit, zone *time.Location) (backfillsView, error) {
	var view backfillsView
	if s.Backfills == nil {
		return view, nil
	}
	view.Can = true
	for _, id := range s.wholeAccounts(v) {
		view.Accounts = append(view.Accounts, option{Value: id, Text: id})
	}
	runs, err := s.Backfills.Backfills(v.ctx())
	if err != nil {
		return view, fmt.Errorf("list backfills: %w", err)
	}
	for _, b := range runs {
		if s.ownsAccount(v, b.AccountID) {
			view.Runs = append(view.Runs, backfillViewOf(b, zone, v.now))
		}
	}
	return view, nil
}

func backfillViewOf(b BackfillStatus, zone *time.Location, now time.Time) backfillView {
	const layout = "2 Jan 2006"
	view := backfillView{ID: b.ID, Account: b.AccountID,
		Range: b.From.In(zone).Format(layout) + " to " + b.To.Add(-1).In(zone).Format(layout)}
	percent := int(min(max(b.Looked, 0), 1) * 100)
	view.Progress = &progressView{Value: percent, Max: 100, Text: fmt.Sprintf("%d %% looked at", percent)}
	switch b.State {
	case store.BackfillOpen:
		view.State, view.To, view.Button = "going on", store.BackfillStopped, "Stop"
		if b.EndsAt.After(now) {
			view.Facts = append(view.Facts, "about "+strings.TrimSpace(humanize.RelTime(now, b.EndsAt, "", ""))+" to go, by an estimate")
		}
	case store.BackfillStopped:
		view.State, view.To, view.Button = "stopped", store.BackfillOpen, "Go on"
	case store.BackfillDone:
		view.State = "done"
	default:
		view.State = string(b.State)
	}
	if b.Due > 0 {
		view.Facts = append(view.Facts, have(b.Due, "session is", "sessions are")+" still to be fetched")
	}
	if b.Why != "" {
		view.Facts = append(view.Facts, b.Why)
	}
	if b.AskedBy != "" {
		view.Facts = append(view.Facts, "asked for by "+b.AskedBy+" "+ago(b.AskedAt, now))
	}
	return view
}

// postBackfill begins to look at a range of the past.
func (s *Server) postBackfill(v *visit) error {
	form := v.Request().PostForm
	from, to, account := form.Get("past_from"), form.Get("past_to"), form.Get("account")
	detail := fmt.Sprintf("account %s, %s to %s", cut(account, maxName), cut(from, maxName), cut(to, maxName))
	if err := s.allow(v, store.AuditEntry{Detail: detail}); err != nil {
		return err
	}
	if s.Backfills == nil {
		return nobodyFetches()
	}
	err := s.addBackfill(v, account, from, to, form.Get("tz"))
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return s.ledgerWithProblem(v, backfillsView{From: from, To: to, Account: account, Problem: bad.Words})
	}
	if err != nil {
		return err
	}
	s.nudge()
	return v.seeOther(withDone(form.Get("back"), ledgerPath, "backfill", 0))
}

func (s *Server) addBackfill(v *visit, account, from, to, tz string) error {
	zone, err := zoneOf(tz)
	if err != nil {
		return err
	}
	first, err := moment("past_from", from, zone, 0)
	if err != nil {
		return err
	}
	end, err := moment("past_to", to, zone, 1)
	if err != nil {
		return err
	}
	if end.IsZero() || end.After(v.now) {
		end = v.now.Truncate(time.Minute)
	}
	known := s.wholeAccounts(v)
	if account == "" && len(known) == 1 {
		account = known[0]
	}
	switch {
	case first.IsZero():
		return &ParamError{"past_from", "Say from which day on the past is to be looked at."}
	case !first.Before(end):
		return &ParamError{"past_to", "The range must begin before it ends, and before now."}
	case !slices.Contains(known, account):
		return &ParamError{"account", "Choose one of the connected accounts."}
	}
	_, err = s.Backfills.AddBackfill(v.ctx(), account, first, end, v.user.Name)
	if errors.Is(err, store.ErrInvalid) {
		return &ParamError{"past_from", "That range can’t be looked at."}
	}
	if err != nil {
		return fmt.Errorf("add backfill: %w", err)
	}
	return nil
}

// ledgerWithProblem shows the ledger with a form that can't be taken.
func (s *Server) ledgerWithProblem(v *visit, typed backfillsView) error {
	page, err := s.ledger(v, v.inReadersZone(url.Values{}))
	if err != nil {
		return err
	}
	page.Past.From, page.Past.To, page.Past.Account, page.Past.Problem = typed.From, typed.To, typed.Account, typed.Problem
	for i, o := range page.Past.Accounts {
		page.Past.Accounts[i].Chosen = o.Value == typed.Account
	}
	v.standsAt(ledgerPath)
	return s.page(v, http.StatusUnprocessableEntity, page)
}

// postBackfillState stops a backfill, or lets it go on.
func (s *Server) postBackfillState(v *visit) error {
	id, err := strconv.ParseInt(v.Param("id"), 10, 64)
	if err != nil {
		return notFound()
	}
	to := store.BackfillState(v.FormValue("state"))
	entry := store.AuditEntry{Detail: fmt.Sprintf("backfill %d, %s", id, cut(string(to), maxName))}
	if owns, err := s.ownsBackfill(v, id); err != nil {
		return err
	} else if !owns {
		return s.deny(v, entry, notFound())
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	done := map[store.BackfillState]string{store.BackfillOpen: "backfill", store.BackfillStopped: "stopped"}[to]
	if done == "" {
		return badRequest("A backfill can be stopped and can go on, nothing else.")
	}
	if err := s.Store.SetBackfill(v.ctx(), id, to); err != nil {
		return fmt.Errorf("set backfill: %w", err)
	}
	s.nudge()
	return v.seeOther(withDone(v.FormValue("back"), ledgerPath, done, 0))
}
