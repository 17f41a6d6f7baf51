package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"afterbeep/index"
	"afterbeep/store"
)

const (
	savedPath  = "/saved"
	alertsPath = "/alerts"
	// countPatience is for how long what is new is counted before a page is
	// shown without.
	countPatience = 3 * time.Second
	// maxSavedName is how long a name may be on a page.
	maxSavedName = 100
	// savedField names a saved search in the address of its results.
	savedField = "saved"
)

type savedPage struct {
	frame
	Said    string
	Problem string
	Form    savedForm // what is being saved; empty where nothing is
	Own     []savedView
	Shared  []savedView
	Slow    bool // there was no time to count what is new in all
	CanTell bool // alerts can be sent
}

// savedForm is a search on its way to be saved.
type savedForm struct {
	Search string // as an address has it
	Words  string // for people
	Name   string
	Shared bool
	Opened *openedView // the visitor's own that the search came from; nil for none
}

// openedView is a saved search that was opened, on the page of its results.
type openedView struct {
	Name, Href string
	Shared     bool
	Changed    bool // what is searched by now is not what is saved
}

// savedView is a saved search in the list.
type savedView struct {
	ID     int64
	Name   string
	Words  string
	Search string
	Href   string // opens it, and counts as a look
	Edit   string // its results, where what it searches can be changed
	New    string // how many are new; "" where none are, or nobody looked yet
	Looked *stampView
	Owner  string // of those that others share
	Shared bool
	Own    bool
	Alert  string // leads to where one is told
	Alerts string // how many the reader has on it; "" for none
}

func savedHref(id int64) string { return savedPath + "/" + strconv.FormatInt(id, 10) }

// saveForm is what the search page's form saves; nil where there is nothing to
// save, or it is too long for it. opened is the saved search that it came from.
func (v *visit) saveForm(p Params, opened *store.SavedSearch) *savedForm {
	search := p.kept()
	if len(search) > maxNext {
		return nil
	}
	form := &savedForm{Search: search, Name: cut(strings.Join(strings.Fields(p.Q), " "), maxSavedName)}
	if opened != nil {
		was := v.zoned(keptParams(opened.Params))
		form.Opened = &openedView{Name: opened.Name, Href: savedHref(opened.ID), Shared: opened.Shared, Changed: was.newsFirst().kept() != p.newsFirst().kept()}
	}
	return form
}

// openedSaved is the visitor's own saved search that a search came from, nil for
// none. Of one that is not theirs, or not there, the search keeps nothing.
func (s *Server) openedSaved(v *visit, p *Params) (*store.SavedSearch, error) {
	if p.Saved == "" {
		return nil, nil
	}
	id, err := strconv.ParseInt(p.Saved, 10, 64)
	if err != nil {
		p.Saved = ""
		return nil, nil
	}
	saved, err := s.Store.SavedSearch(v.ctx(), v.user.ID, id)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && saved.UserID != v.user.ID:
		p.Saved = ""
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read saved search: %w", err)
	}
	return &saved, nil
}

// openHref is the page of what a saved search finds, which knows the owner's from
// what it came.
func openHref(saved store.SavedSearch, reader int64) string {
	p := keptParams(saved.Params).newsFirst()
	if saved.UserID == reader {
		p.Saved = strconv.FormatInt(saved.ID, 10)
	}
	return p.Link("/")
}

// newsFirst has the order that a saved search opens in: what is new is what people
// come for.
func (p Params) newsFirst() Params {
	if p.Sort == "" {
		p.Sort = string(index.SortNewest)
	}
	return p
}

// searchWords says for people what a saved search asks.
func searchWords(p Params) string {
	words := cut(p.Q, 200)
	if filters := newNarrower(p).filterWords(); filters != "" {
		words = strings.TrimPrefix(words+" · "+filters, " · ")
	}
	if words == "" {
		return "everything"
	}
	return words
}

func (s *Server) getSaved(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.savedPage(v)
	if err != nil {
		return err
	}
	page.Said = savedSaid(v.QueryParam("done"))
	return s.page(v, http.StatusOK, page)
}

func savedSaid(done string) string {
	switch done {
	case "saved":
		return "The search is saved. It counts what is new from now on."
	case "changed":
		return "The saved search is changed."
	case "gone":
		return "The saved search is gone, with the alerts on it."
	}
	return ""
}

// savedPage is the page with all that the visitor sees.
func (s *Server) savedPage(v *visit) (*savedPage, error) {
	page := &savedPage{frame: s.frame(v, "Saved searches"), CanTell: s.Alerts != nil}
	list, err := s.Store.SavedSearches(v.ctx(), v.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list saved searches: %w", err)
	}
	alerts, err := s.Store.Alerts(v.ctx(), v.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	told := map[int64]int{}
	for _, a := range alerts {
		told[a.SearchID]++
	}
	ctx, cancel := context.WithTimeout(v.ctx(), countPatience)
	defer cancel()
	for _, saved := range list {
		view := savedViewOf(saved, v.user.ID, page.reading)
		if n := told[saved.ID]; n > 0 {
			view.Alerts = plural(n, "alert")
		}
		if view.New, page.Slow, err = s.newWords(ctx, v, saved, page.reading, page.Slow); err != nil {
			return nil, err
		}
		if view.Own {
			page.Own = append(page.Own, view)
		} else {
			page.Shared = append(page.Shared, view)
		}
	}
	return page, nil
}

// newWords says how many are new. slow tells that there was no time to count,
// and none is left.
func (s *Server) newWords(ctx context.Context, v *visit, saved store.SavedSearch, r reading, slow bool) (string, bool, error) {
	n, slow, err := s.newTo(ctx, v, saved, slow)
	switch {
	case err != nil, n == nil, n.n == 0:
		return "", slow, err
	case n.atLeast:
		return r.Number(int64(n.n)) + " or more new", slow, nil
	}
	return r.Number(int64(n.n)) + " new", slow, nil
}

// newTo counts what of a saved search is new to the visitor; nil where that is not
// known: nobody looked yet, or slow, there was no time.
func (s *Server) newTo(ctx context.Context, v *visit, saved store.SavedSearch, slow bool) (*newCount, bool, error) {
	if slow || saved.LookedAt.IsZero() {
		return nil, slow, nil
	}
	n, err := s.engine.countNew(ctx, s.Store, v.scope(), saved)
	switch {
	case err != nil && ctx.Err() != nil && v.ctx().Err() == nil:
		return nil, true, nil
	case err != nil:
		return nil, slow, err
	}
	return &n, slow, nil
}

func savedViewOf(saved store.SavedSearch, reader int64, r reading) savedView {
	view := savedView{ID: saved.ID, Name: saved.Name, Words: searchWords(keptParams(saved.Params)), Search: saved.Params, Href: savedHref(saved.ID),
		Shared: saved.Shared, Own: saved.UserID == reader, Edit: openHref(saved, reader), Alert: alertsPath + "?search=" + strconv.FormatInt(saved.ID, 10) + "#form"}
	if !view.Own {
		view.Owner = saved.Owner
	}
	if !saved.LookedAt.IsZero() {
		at := r.Stamp(saved.LookedAt)
		view.Looked = &at
	}
	return view
}

// openSaved goes to the search, and writes down that the visitor has looked.
func (s *Server) openSaved(v *visit) error {
	saved, err := s.savedOf(v)
	if err != nil {
		return s.deny(v, store.AuditEntry{Detail: "saved search " + cut(v.Param("id"), maxName)}, err)
	}
	if err := s.allow(v, store.AuditEntry{Detail: saved.Name}); err != nil {
		return err
	}
	// Who only asks whether it is there, or fetches ahead, has not looked.
	if v.Request().Method == http.MethodGet && v.Request().Header.Get("Sec-Purpose") == "" {
		if err := s.lookAt(v, saved.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return v.seeOther(openHref(saved, v.user.ID))
}

// lookAt writes down that the visitor has seen what a saved search finds now.
func (s *Server) lookAt(v *visit, id int64) error {
	if err := s.Store.LookAt(v.ctx(), v.user.ID, id, s.Index.Status().Shown); err != nil {
		return fmt.Errorf("look at saved search: %w", err)
	}
	return nil
}

// savedOf is the saved search that the path names; *fault where the visitor sees
// none.
func (s *Server) savedOf(v *visit) (store.SavedSearch, error) {
	id, err := v.voicemailID() // an id as any
	if err != nil {
		return store.SavedSearch{}, err
	}
	saved, err := s.Store.SavedSearch(v.ctx(), v.user.ID, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.SavedSearch{}, notFound()
	}
	if err != nil {
		return store.SavedSearch{}, fmt.Errorf("read saved search: %w", err)
	}
	return saved, nil
}

// postSaved saves a search under a name.
func (s *Server) postSaved(v *visit) error {
	form := savedForm{Name: strings.TrimSpace(v.FormValue("name")), Shared: v.FormValue("shared") == "1"}
	p := keptParams(v.FormValue("search"))
	form.Search, form.Words = p.kept(), searchWords(p)
	one := store.SavedSearch{UserID: v.user.ID, Name: form.Name, Params: form.Search, Shared: form.Shared, Looked: s.Index.Status().Shown}
	if _, err := s.saveSearch(v, one, p); err != nil {
		return s.refuseSaved(v, form, err)
	}
	return v.seeOther(savedPath + "?done=saved#main")
}

// postSavedChange gives one of the visitor's own another name, shares it or not;
// or has it search for something else, where that is what was sent.
func (s *Server) postSavedChange(v *visit) error {
	saved, err := s.ownSaved(v)
	if err != nil {
		return err
	}
	had := saved.Params
	if v.Request().PostForm.Has("search") {
		saved.Params = keptParams(v.FormValue("search")).kept()
	} else {
		saved.Name, saved.Shared = strings.TrimSpace(v.FormValue("name")), v.FormValue("shared") == "1"
	}
	if err := s.changeSearch(v, &saved, had); err != nil {
		return s.refuseSaved(v, savedForm{}, err)
	}
	return v.seeOther(savedPath + "?done=changed#main")
}

// ownSaved is the visitor's own saved search that the path names. What is not
// theirs is written down as refused.
func (s *Server) ownSaved(v *visit) (store.SavedSearch, error) {
	saved, err := s.savedOf(v)
	if err == nil && saved.UserID != v.user.ID {
		err = forbidden()
	}
	if _, refused := errors.AsType[*fault](err); refused {
		err = s.deny(v, store.AuditEntry{Detail: "saved search " + cut(v.Param("id"), maxName)}, err)
	}
	return saved, err
}

// saveSearch writes down who does it and saves. *fault with what is wrong where it
// can't be saved.
func (s *Server) saveSearch(v *visit, one store.SavedSearch, p Params) (store.SavedSearch, error) {
	detail := one.Name
	if one.Shared {
		detail += ", shared"
	}
	entry := store.AuditEntry{Detail: cut(detail, maxDetail) + ": " + p.Detail()}
	if problem := savedProblem(one.Name, p); problem != "" {
		return one, s.deny(v, entry, badRequest(problem))
	}
	if err := s.allow(v, entry); err != nil {
		return one, err
	}
	kept, err := s.Store.SaveSearch(v.ctx(), one)
	switch {
	case errors.Is(err, store.ErrExists):
		return one, conflict("You have a saved search of that name already. Give this one another.")
	case errors.Is(err, store.ErrInvalid):
		return one, badRequest(fmt.Sprintf("It can’t be saved. You may keep %d searches, with names without line breaks.", store.MaxSearches))
	case errors.Is(err, store.ErrNotFound):
		return one, notFound()
	case err != nil:
		return one, fmt.Errorf("save a search: %w", err)
	}
	return kept, nil
}

// changeSearch saves one of the visitor's own. What of another search was looked
// at, had, tells nothing of what is new in this one: that is counted from now on.
func (s *Server) changeSearch(v *visit, one *store.SavedSearch, had string) (err error) {
	if *one, err = s.saveSearch(v, *one, keptParams(one.Params)); err != nil || one.Params == had {
		return err
	}
	if err := s.lookAt(v, one.ID); err != nil {
		return err
	}
	*one, err = s.Store.SavedSearch(v.ctx(), v.user.ID, one.ID)
	if err != nil {
		return fmt.Errorf("read saved search: %w", err)
	}
	return nil
}

// savedProblem says what can be told to be wrong without asking anybody.
func savedProblem(name string, p Params) string {
	switch err := p.Check(); {
	case name == "":
		return "Give the search a name."
	case len([]rune(name)) > maxSavedName:
		return fmt.Sprintf("The name may have %d letters.", maxSavedName)
	case err != nil:
		if bad, ok := errors.AsType[*ParamError](err); ok {
			return "This search can’t be made: " + bad.Words
		}
		return "This search can’t be made."
	}
	return ""
}

// refuseSaved shows the page again with what was typed, where that is at fault.
func (s *Server) refuseSaved(v *visit, form savedForm, err error) error {
	problem, typed := typedFault(err)
	if !typed {
		return err
	}
	page, err := s.savedPage(v)
	if err != nil {
		return err
	}
	page.Form, page.Problem = form, problem
	v.standsAt(savedPath)
	return s.page(v, http.StatusUnprocessableEntity, page)
}

// typedFault says what is wrong with what somebody typed; ok is false where an
// error has another cause.
func typedFault(err error) (words string, ok bool) {
	f, ok := errors.AsType[*fault](err)
	if !ok || f.status != http.StatusBadRequest && f.status != http.StatusConflict {
		return "", false
	}
	return f.words, true
}

// postSavedDelete forgets one of the visitor's own.
func (s *Server) postSavedDelete(v *visit) error {
	if err := s.deleteSaved(v); err != nil {
		return err
	}
	return v.seeOther(savedPath + "?done=gone#main")
}

func (s *Server) deleteSaved(v *visit) error {
	saved, err := s.ownSaved(v)
	if err != nil {
		return err
	}
	if err := s.allow(v, store.AuditEntry{Detail: "delete " + saved.Name}); err != nil {
		return err
	}
	if err := s.Store.DeleteSearch(v.ctx(), v.user.ID, saved.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delete saved search: %w", err)
	}
	return nil
}
