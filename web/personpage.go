package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"afterbeep/store"
)

// personPage is one person, as an administrator sees them.
type personPage struct {
	frame
	Said        string
	Path        string
	Name        string
	You         bool
	Disabled    bool
	Only        bool // the last one who can give rights
	Facts       []fact
	Form        personForm
	Problem     string
	Problems    map[string]string
	Sessions    []sessionView
	Tokens      tokensView
	MinPassword int
	Trail       string // the audit log of this person
}

// person is the user whose id is in the path.
func (s *Server) person(v *visit) (store.User, error) {
	id, err := strconv.ParseInt(v.Param("id"), 10, 64)
	if err != nil {
		return store.User{}, nobody()
	}
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return store.User{}, fmt.Errorf("find person: %w", err)
	}
	i := slices.IndexFunc(users, func(u store.User) bool { return u.ID == id })
	if i < 0 {
		return store.User{}, nobody()
	}
	return users[i], nil
}

func nobody() *fault {
	return &fault{status: http.StatusNotFound, code: codeNotFound, title: "Nobody here", words: "There is no such person."}
}

func (s *Server) getPerson(v *visit) error {
	u, err := s.personToSee(v)
	if err != nil {
		return err
	}
	if err := s.allow(v, store.AuditEntry{Detail: u.Name}); err != nil {
		return err
	}
	page, err := s.personPage(v, u)
	if err != nil {
		return err
	}
	page.Said = doneWords(v)
	return s.page(v, http.StatusOK, page)
}

// personToSee is person for who leads.
func (s *Server) personToSee(v *visit) (store.User, error) {
	detail := "person " + cut(v.Param("id"), maxName)
	if err := s.mustLead(v, detail); err != nil {
		return store.User{}, err
	}
	u, err := s.person(v)
	if f, ok := errors.AsType[*fault](err); ok {
		return u, s.deny(v, store.AuditEntry{Detail: detail}, f)
	}
	return u, err
}

// personToChange is personToSee for who signed in.
func (s *Server) personToChange(v *visit) (store.User, error) {
	if err := s.notByToken(v, "person "+cut(v.Param("id"), maxName)); err != nil {
		return store.User{}, err
	}
	return s.personToSee(v)
}

func (s *Server) personPage(v *visit, u store.User) (*personPage, error) {
	page := &personPage{frame: s.frame(v, u.Name+" · People"), Path: personPath(u.ID), Name: u.Name, You: u.ID == v.user.ID, Disabled: u.Disabled,
		Problems: map[string]string{}, MinPassword: MinPassword, Trail: auditPath + "?" + url.Values{"who": {u.Name}}.Encode()}
	added := page.Stamp(u.CreatedAt)
	page.Facts = []fact{{Name: "Role", Value: string(u.Role)}, {Name: "Sees", Value: botWords(u)}, {Name: "Added", Stamp: &added}}
	if u.PasswordHash == "" {
		page.Facts = append(page.Facts, fact{Name: "Password", Value: "none: can’t sign in"})
	}
	others, err := s.othersLead(v, u)
	if err != nil {
		return nil, err
	}
	page.Only = u.Leads() && !others
	if page.Form, err = s.personForm(v, u); err != nil {
		return nil, err
	}
	if page.Sessions, err = s.sessionsOf(v, u.ID); err != nil {
		return nil, err
	}
	if page.Tokens, err = s.tokensOf(v, u.ID); err != nil {
		return nil, err
	}
	page.Tokens.Path, page.Tokens.Nobody = page.Path+"/tokens", u.Disabled
	return page, nil
}

// othersLead reports whether somebody but u can give rights.
func (s *Server) othersLead(v *visit, u store.User) (bool, error) {
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return false, fmt.Errorf("list people: %w", err)
	}
	return slices.ContainsFunc(users, func(other store.User) bool { return other.ID != u.ID && other.Leads() }), nil
}

// lastWords is why the last administrator stays one.
const lastWords = "This is the last administrator of all bots. Make somebody else one first, or nobody could give rights any more."

// change writes now over u after the audit entry, and leads back with done.
func (s *Server) change(v *visit, u, now store.User, detail, done string) error {
	entry := store.AuditEntry{Detail: detail}
	if u.Leads() && !now.Leads() {
		others, err := s.othersLead(v, u)
		if err != nil {
			return err
		}
		if !others {
			return s.refuseChange(v, u, s.deny(v, entry, last()), nil)
		}
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	err := s.Store.UpdateUser(v.ctx(), now)
	if errors.Is(err, store.ErrLastAdmin) { // the others were dismissed a moment ago
		return s.refuseChange(v, u, last(), nil)
	}
	if err != nil {
		return fmt.Errorf("change person: %w", err)
	}
	if err := GiveBack(v.ctx(), s.Store, now, v.user.Name); err != nil {
		return err
	}
	return v.seeOther(personPath(u.ID) + "?done=" + done + "#main")
}

func last() *fault { return &fault{status: http.StatusConflict, code: codeConflict, words: lastWords} }

// refuseChange shows the person's page with why. Anything but a refusal stays an
// error.
func (s *Server) refuseChange(v *visit, u store.User, why error, problems map[string]string) error {
	f, ok := errors.AsType[*fault](why)
	if !ok || f.status >= http.StatusInternalServerError {
		return why
	}
	page, err := s.personPage(v, u)
	if err != nil {
		return err
	}
	page.Problem = f.words
	if problems != nil {
		page.Problems = problems
	}
	v.standsAt(personPath(u.ID))
	return s.page(v, f.status, page)
}

func unfitForm() *fault {
	return &fault{status: http.StatusUnprocessableEntity, code: codeBadRequest, words: "Nothing was changed yet."}
}

// postRights changes what a person may do and see.
func (s *Server) postRights(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	now, problems := typedRights(v, u)
	detail := "change rights of " + u.Name
	if len(problems) > 0 {
		return s.refuseChange(v, u, s.deny(v, store.AuditEntry{Detail: detail}, unfitForm()), problems)
	}
	return s.change(v, u, now, detail+rightsDetail(now), "rights")
}

// postTheirPassword sets a person's password, which signs them out.
func (s *Server) postTheirPassword(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	detail := "set password of " + u.Name
	if u.ID == v.user.ID { // it asks for the one that she has
		return v.seeOther(ownPage + "#password-form")
	}
	hash, words, err := s.newPassword(v)
	if err != nil {
		return err
	}
	if words != "" {
		return s.refuseChange(v, u, s.deny(v, store.AuditEntry{Detail: detail}, unfitForm()), map[string]string{"new": words})
	}
	now := u
	now.PasswordHash = hash
	return s.change(v, u, now, detail, "their-password")
}

// postPersonState locks a person out, or lets them in again.
func (s *Server) postPersonState(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	now, what, done := u, "enable ", "enabled"
	switch v.FormValue("to") {
	case "enabled":
		now.Disabled = false
	case "disabled":
		now.Disabled, what, done = true, "disable ", "disabled"
	default:
		return s.deny(v, store.AuditEntry{Detail: "change " + u.Name}, badRequest("A person can be locked out or let in."))
	}
	return s.change(v, u, now, what+u.Name, done)
}

// postSignThemOut ends all sign-ins of a person but the one that asks.
func (s *Server) postSignThemOut(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	if err := s.allow(v, store.AuditEntry{Detail: "sign out " + u.Name + " everywhere"}); err != nil {
		return err
	}
	if _, err := s.Store.EndLogins(v.ctx(), u.ID, v.login); err != nil {
		return fmt.Errorf("sign out person: %w", err)
	}
	return v.seeOther(personPath(u.ID) + "?done=out#main")
}

// postTheirToken makes a token with a person's rights, and shows it this once.
func (s *Server) postTheirToken(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	token, problem, err := s.makeToken(v, u)
	if err != nil {
		return err
	}
	page, err := s.personPage(v, u)
	if err != nil {
		return err
	}
	v.standsAt(personPath(u.ID))
	return s.page(v, page.Tokens.answer(v, token, problem), page)
}

func (s *Server) postRevokeTheirToken(v *visit) error {
	u, err := s.personToChange(v)
	if err != nil {
		return err
	}
	if err := s.revokeToken(v, u); err != nil {
		return err
	}
	return v.seeOther(personPath(u.ID) + "?done=revoked#tokens")
}
