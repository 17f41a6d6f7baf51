package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"afterbeep/store"
)

const apiSavedPath = "/api/v1/saved"

// SavedListAnswer is the saved searches that somebody sees, as the API gives them:
// the own ones by name, then those that others share.
type SavedListAnswer struct {
	Saved   []SavedAnswer `json:"saved"`
	Counted bool          `json:"counted"` // there was time to count what is new in all
}

// SavedAnswer is a saved search, as the API gives it.
type SavedAnswer struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Search     string `json:"search"` // what follows "?" in the address of the search
	Words      string `json:"words"`  // the same, for people
	Shared     bool   `json:"shared"`
	Own        bool   `json:"own"` // the caller may change it
	Owner      string `json:"owner"`
	CreatedAt  Stamp  `json:"created_at"`
	ChangedAt  Stamp  `json:"changed_at"`
	LookedAt   Stamp  `json:"looked_at"`    // when the caller last looked; null where never
	New        *int   `json:"new"`          // how many are new since; null where that was not counted
	NewAtLeast bool   `json:"new_at_least"` // there are more than were counted
	Alerts     int    `json:"alerts"`       // how many the caller has on it
	URL        string `json:"url"`          // opens it for people, which counts as a look
}

// sentSearch is what the API takes to save a search, or to change one: what is
// left out stays.
type sentSearch struct {
	Name   *string `json:"name"`
	Search *string `json:"search"`
	Shared *bool   `json:"shared"`
}

// fill puts what was sent into a saved search.
func (sent sentSearch) fill(one *store.SavedSearch) error {
	if sent.Name != nil {
		one.Name = strings.TrimSpace(*sent.Name)
	}
	if sent.Shared != nil {
		one.Shared = *sent.Shared
	}
	if sent.Search == nil {
		return nil
	}
	search, err := url.ParseQuery(legible(strings.TrimPrefix(*sent.Search, "?")))
	if err != nil {
		return badRequest(`search: it must be the query of an address, as in "q=refund&lang=en".`)
	}
	one.Params = ParamsOf(search).kept()
	return nil
}

// savedAnswer is a saved search as the visitor sees it, without counts.
func (s *Server) savedAnswer(v *visit, one store.SavedSearch) SavedAnswer {
	return SavedAnswer{ID: one.ID, Name: one.Name, Search: one.Params, Words: searchWords(keptParams(one.Params)), Shared: one.Shared,
		Own: one.UserID == v.user.ID, Owner: one.Owner, CreatedAt: Stamp(one.CreatedAt), ChangedAt: Stamp(one.ChangedAt), LookedAt: Stamp(one.LookedAt),
		URL: strings.TrimRight(s.PublicURL, "/") + savedHref(one.ID)}
}

// countInto counts what is new to the visitor, as newTo does.
func (s *Server) countInto(ctx context.Context, v *visit, a *SavedAnswer, one store.SavedSearch, slow bool) (bool, error) {
	n, slow, err := s.newTo(ctx, v, one, slow)
	if n != nil {
		a.New, a.NewAtLeast = &n.n, n.atLeast
	}
	return slow, err
}

// alertsOn counts the visitor's alerts by saved search.
func (s *Server) alertsOn(v *visit) (map[int64]int, error) {
	alerts, err := s.Store.Alerts(v.ctx(), v.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	on := map[int64]int{}
	for _, a := range alerts {
		on[a.SearchID]++
	}
	return on, nil
}

func (s *Server) apiSavedList(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	list, err := s.Store.SavedSearches(v.ctx(), v.user.ID)
	if err != nil {
		return fmt.Errorf("list saved searches: %w", err)
	}
	on, err := s.alertsOn(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.ctx(), countPatience)
	defer cancel()
	a, slow := SavedListAnswer{Saved: make([]SavedAnswer, len(list))}, false
	for i, one := range list {
		a.Saved[i] = s.savedAnswer(v, one)
		a.Saved[i].Alerts = on[one.ID]
		if slow, err = s.countInto(ctx, v, &a.Saved[i], one, slow); err != nil {
			return err
		}
	}
	a.Counted = !slow
	return v.json(http.StatusOK, a)
}

// answerSaved answers with a saved search and what is new in it.
func (s *Server) answerSaved(v *visit, status int, one store.SavedSearch) error {
	on, err := s.alertsOn(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.ctx(), countPatience)
	defer cancel()
	a := s.savedAnswer(v, one)
	a.Alerts = on[one.ID]
	if _, err := s.countInto(ctx, v, &a, one, false); err != nil {
		return err
	}
	return v.json(status, a)
}

// seenSaved is the saved search of the path, and writes down who asks for it.
func (s *Server) seenSaved(v *visit) (store.SavedSearch, error) {
	one, err := s.savedOf(v)
	if _, refused := errors.AsType[*fault](err); refused {
		return one, s.deny(v, store.AuditEntry{Detail: "saved search " + cut(v.Param("id"), maxName)}, err)
	}
	if err != nil {
		return one, err
	}
	return one, s.allow(v, store.AuditEntry{Detail: one.Name})
}

func (s *Server) apiSaved(v *visit) error {
	one, err := s.seenSaved(v)
	if err != nil {
		return err
	}
	return s.answerSaved(v, http.StatusOK, one)
}

// apiLookSaved writes down that the caller has seen what the search finds now, and
// answers with it.
func (s *Server) apiLookSaved(v *visit) error {
	one, err := s.seenSaved(v)
	if err != nil {
		return err
	}
	if err := s.lookAt(v, one.ID); err != nil {
		return err
	}
	if one, err = s.savedOf(v); err != nil {
		return err
	}
	return s.answerSaved(v, http.StatusOK, one)
}

// apiAddSaved takes {"name": "...", "search": "q=...", "shared": false}.
func (s *Server) apiAddSaved(v *visit) error {
	var sent sentSearch
	err := v.body(&sent)
	if err == nil && (sent.Name == nil || sent.Search == nil) {
		err = badRequest(`The body must be JSON as in {"name": "Refunds", "search": "q=refund&lang=en", "shared": false}.`)
	}
	one := store.SavedSearch{UserID: v.user.ID, Looked: s.Index.Status().Shown}
	if err == nil {
		err = sent.fill(&one)
	}
	if err != nil {
		return s.deny(v, store.AuditEntry{}, err)
	}
	if one, err = s.saveSearch(v, one, keptParams(one.Params)); err != nil {
		return err
	}
	v.Response().Header().Set("Location", fmt.Sprintf("%s/%d", apiSavedPath, one.ID))
	return s.answerSaved(v, http.StatusCreated, one)
}

// apiChangeSaved changes what is sent of one of the caller's own.
func (s *Server) apiChangeSaved(v *visit) error {
	one, err := s.ownSaved(v)
	if err != nil {
		return err
	}
	had := one.Params
	var sent sentSearch
	if err = v.body(&sent); err == nil {
		err = sent.fill(&one)
	}
	if err != nil {
		return s.deny(v, store.AuditEntry{Detail: one.Name}, err)
	}
	if err := s.changeSearch(v, &one, had); err != nil {
		return err
	}
	return s.answerSaved(v, http.StatusOK, one)
}

func (s *Server) apiDeleteSaved(v *visit) error {
	if err := s.deleteSaved(v); err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}
