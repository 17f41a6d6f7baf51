package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"afterbeep/store"
)

// tokensView is the part of a page about somebody's bearer tokens.
type tokensView struct {
	Path    string // where forms go
	List    []tokenView
	Lives   []option
	Made    string // a new token, shown this once
	Name    string // as typed
	Problem string
	Nobody  bool // tokens can't be made for this person
}

type tokenView struct {
	ID, Name string
	Since    *stampView // nil where not known
	Until    stampView
	Expired  bool
}

// tokenLives are the lives that are offered for tokens, in days, and
// tokenLifeOf the usual one.
func tokenLives() []int { return []int{1, 7, 30, 90, 365} }

const usualTokenLife = 90

// maxTokens is how many tokens one person has at most: a list that is not
// looked after is no list.
const maxTokens = 50

func (s *Server) tokensOf(v *visit, userID int64) (tokensView, error) {
	tokens, err := s.Store.Tokens(v.ctx(), userID)
	if err != nil {
		return tokensView{}, fmt.Errorf("list tokens: %w", err)
	}
	r := v.reading()
	var view tokensView
	for _, t := range tokens {
		one := tokenView{ID: t.ID, Name: t.Name, Until: r.Stamp(t.ExpiresAt), Expired: !v.now.Before(t.ExpiresAt)}
		if !t.CreatedAt.IsZero() {
			since := r.Stamp(t.CreatedAt)
			one.Since = &since
		}
		view.List = append(view.List, one)
	}
	view.lives(usualTokenLife)
	return view, nil
}

func (view *tokensView) lives(chosen int) {
	view.Lives = nil
	for _, days := range tokenLives() {
		view.Lives = append(view.Lives, option{Value: strconv.Itoa(days), Text: plural(days, "day"), Chosen: days == chosen})
	}
}

// makeToken makes a token of the user by the form that was sent, after the audit
// entry. problem says what is wrong with the form.
func (s *Server) makeToken(v *visit, u store.User) (token, problem string, err error) {
	name, days := strings.TrimSpace(v.FormValue("name")), 0
	if n, err := strconv.Atoi(v.FormValue("days")); err == nil && slices.Contains(tokenLives(), n) {
		days = n
	}
	token, id, hash := NewToken()
	entry := store.AuditEntry{Detail: "create token " + id + " of " + u.Name}
	have, err := s.Store.Tokens(v.ctx(), u.ID)
	if err != nil {
		return "", "", fmt.Errorf("list tokens: %w", err)
	}
	switch {
	case name == "" || cut(name, maxName) != name:
		problem = "Say in 1 to 100 characters what the token is for."
	case days == 0:
		problem = "Choose how long it is good for."
	case len(have) >= maxTokens:
		problem = fmt.Sprintf("That would be more than %d tokens. Revoke some first.", maxTokens)
	case u.Disabled:
		problem = "Who is locked out can’t have a token."
	}
	if problem != "" {
		return "", problem, s.audit(v, entry)
	}
	if err := s.allow(v, entry); err != nil {
		return "", "", err
	}
	err = s.Store.CreateToken(v.ctx(), store.APIToken{ID: id, Hash: hash, UserID: u.ID, Name: name, ExpiresAt: v.now.Add(time.Duration(days) * 24 * time.Hour)})
	if err != nil {
		return "", "", fmt.Errorf("create token: %w", err)
	}
	return token, "", nil
}

// revokeToken ends a token of the user, after the audit entry.
func (s *Server) revokeToken(v *visit, u store.User) error {
	id := v.FormValue("id")
	entry := store.AuditEntry{Detail: "revoke token " + cut(id, maxName) + " of " + u.Name}
	have, err := s.Store.Tokens(v.ctx(), u.ID)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	if !slices.ContainsFunc(have, func(t store.APIToken) bool { return t.ID == id }) {
		return s.deny(v, entry, &fault{status: http.StatusNotFound, code: codeNotFound, title: "No such token", words: "It is revoked already."})
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if err := s.Store.RevokeToken(v.ctx(), id); err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// postOwnToken makes a token of the visitor's, and shows it this once.
func (s *Server) postOwnToken(v *visit) error {
	if err := s.notByToken(v, "create token"); err != nil {
		return err
	}
	token, problem, err := s.makeToken(v, *v.user)
	if err != nil {
		return err
	}
	page, err := s.mePage(v)
	if err != nil {
		return err
	}
	status := page.Tokens.answer(v, token, problem)
	v.standsAt(ownPage)
	return s.page(v, status, page)
}

// answer shows what became of the form, and returns the status for it.
func (view *tokensView) answer(v *visit, token, problem string) int {
	if problem == "" {
		view.Made = token
		return http.StatusOK
	}
	view.Problem, view.Name = problem, cut(v.FormValue("name"), maxName)
	if days, err := strconv.Atoi(v.FormValue("days")); err == nil {
		view.lives(days)
	}
	return http.StatusUnprocessableEntity
}

func (s *Server) postRevokeOwnToken(v *visit) error {
	if err := s.notByToken(v, "revoke token"); err != nil {
		return err
	}
	if err := s.revokeToken(v, *v.user); err != nil {
		return err
	}
	return v.seeOther(ownPage + "?done=revoked#tokens")
}
