package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"afterbeep/store"
)

// sessionID names a sign-in on a page. It is made of the hash of the hash, so
// that nothing in a page says what the store knows a cookie by.
func sessionID(l store.Login) string { return HashSecret(l.Hash)[:16] }

// sessionsOf lists where somebody is signed in, this one first.
func (s *Server) sessionsOf(v *visit, userID int64) ([]sessionView, error) {
	logins, err := s.Store.Logins(v.ctx(), userID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	r := v.reading()
	var views []sessionView
	for _, l := range logins {
		view := sessionView{ID: sessionID(l), Browser: browserName(l.Agent), Remote: l.Remote, Until: r.Stamp(l.ExpiresAt), Here: l.Hash == v.login}
		if !l.CreatedAt.IsZero() {
			since := r.Stamp(l.CreatedAt)
			view.Since = &since
		}
		views = append(views, view)
	}
	slices.SortStableFunc(views, func(a, b sessionView) int {
		switch {
		case a.Here == b.Here:
			return 0
		case a.Here:
			return -1
		}
		return 1
	})
	return views, nil
}

// browserName is what people call the browser that names itself so.
func browserName(agent string) string {
	pick := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	// The order matters: browsers name those that they are like, too.
	browser := pick([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"Firefox/", "Firefox"}, [2]string{"FxiOS/", "Firefox"},
		[2]string{"CriOS/", "Chrome"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"}, [2]string{"curl/", "curl"})
	system := pick([2]string{"Windows", "Windows"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Mac OS X", "macOS"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	switch {
	case browser == "":
		return "An unknown browser"
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// postEndSession signs the visitor out in one place, or everywhere else.
func (s *Server) postEndSession(v *visit) error {
	id := v.FormValue("id")
	detail := "sign out everywhere else"
	if id != "" {
		detail = "sign out session " + cut(id, maxName)
	}
	if err := s.notByToken(v, detail); err != nil {
		return err
	}
	if id == "" {
		if err := s.allow(v, store.AuditEntry{Detail: detail}); err != nil {
			return err
		}
		if _, err := s.Store.EndLogins(v.ctx(), v.user.ID, v.login); err != nil {
			return fmt.Errorf("sign out elsewhere: %w", err)
		}
		return v.seeOther(ownPage + "?done=elsewhere#sessions")
	}
	logins, err := s.Store.Logins(v.ctx(), v.user.ID)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	i := slices.IndexFunc(logins, func(l store.Login) bool { return sessionID(l) == id })
	if i < 0 {
		return s.deny(v, store.AuditEntry{Detail: detail}, &fault{status: http.StatusNotFound, code: codeNotFound, title: "No such session",
			words: "It is signed out already."})
	}
	if err := s.allow(v, store.AuditEntry{Detail: detail}); err != nil {
		return err
	}
	if err := s.Store.DeleteLogin(v.ctx(), logins[i].Hash); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if logins[i].Hash == v.login {
		v.SetCookie(s.cookie(""))
		return v.seeOther(loginPath)
	}
	return v.seeOther(ownPage + "?done=ended#sessions")
}

// postOwnPassword changes the visitor's password: who is signed in elsewhere is
// not any more, and the visitor is anew.
func (s *Server) postOwnPassword(v *visit) error {
	const detail = "password"
	if err := s.notByToken(v, detail); err != nil {
		return err
	}
	entry := store.AuditEntry{Detail: detail}
	// Who found a browser open must not try passwords here faster than at the door.
	if wait := s.tries.try(v.RealIP(), v.user.Name, v.now); wait > 0 {
		return s.refuseOwnPassword(v, s.deny(v, entry, tooMany(wait)), "password")
	}
	right, err := s.hasher.check(v.ctx(), v.user.PasswordHash, v.FormValue("password"))
	if err != nil {
		return err
	}
	if !right {
		return s.refuseOwnPassword(v, s.deny(v, entry, &fault{status: http.StatusUnprocessableEntity, code: codeBadRequest, words: "That is not your password."}), "password")
	}
	s.tries.forget(v.RealIP(), v.user.Name)
	hash, words, err := s.newPassword(v)
	if err != nil {
		return err
	}
	if words != "" {
		return s.refuseOwnPassword(v, s.deny(v, entry, &fault{status: http.StatusUnprocessableEntity, code: codeBadRequest, words: words}), "new")
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	u := *v.user
	u.PasswordHash = hash
	if err := s.Store.UpdateUser(v.ctx(), u); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if err := s.signIn(v, u); err != nil { // all logins ended, this one, too
		return err
	}
	return v.startAnew(ownPage+"?done=password", "#password-form")
}

// newPassword reads a new password, typed twice, and returns its hash, or what
// is wrong with it.
func (s *Server) newPassword(v *visit) (hash, words string, err error) {
	password := v.FormValue("new")
	if password != v.FormValue("again") {
		return "", "The two new passwords differ.", nil
	}
	hash, err = s.hasher.make(v.ctx(), password)
	switch {
	case errors.Is(err, ErrShortPassword):
		return "", fmt.Sprintf("The new password needs at least %d characters.", MinPassword), nil
	case errors.Is(err, ErrOddPassword):
		return "", "That password is too long.", nil
	}
	return hash, "", err
}

// refuseOwnPassword shows the page with why. Anything but a refusal stays an
// error.
func (s *Server) refuseOwnPassword(v *visit, why error, field string) error {
	f, ok := errors.AsType[*fault](why)
	if !ok || f.status >= http.StatusInternalServerError {
		return why
	}
	page, err := s.mePage(v)
	if err != nil {
		return err
	}
	page.Problems[field] = f.words
	v.standsAt(ownPage)
	v.retryAfter(f.retry)
	return s.page(v, f.status, page)
}
