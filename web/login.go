package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"afterbeep/store"
)

const loginPath = "/login"

// loginLife is how long a sign-in lasts, used or not.
const loginLife = 12 * time.Hour

// maxName bounds what is written down of a name that somebody typed.
const maxName = 100

type loginPage struct {
	frame
	Next    string
	Name    string
	Problem string
	// Nobody says that there are no users yet.
	Nobody bool
}

func (s *Server) cookieName() string {
	if s.secure {
		return "__Host-afterbeep"
	}
	return "afterbeep"
}

// cookie holds the secret; an empty one takes the cookie away.
func (s *Server) cookie(secret string) *http.Cookie {
	c := &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(loginLife.Seconds())}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *Server) getLogin(v *visit) error {
	next := ownPath(v.QueryParam("next"))
	if v.user != nil {
		return v.seeOther(next)
	}
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return s.page(v, http.StatusOK, &loginPage{frame: s.frame(v, "Sign in"), Next: next, Nobody: len(users) == 0})
}

func (s *Server) postLogin(v *visit) error {
	name, password := store.FoldName(v.FormValue("name")), v.FormValue("password")
	next := ownPath(v.FormValue("next"))
	if wait := s.tries.try(v.RealIP(), name, v.now); wait > 0 {
		return s.refuseLogin(v, name, next, tooMany(wait))
	}
	u, err := s.Store.User(v.ctx(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("sign in: %w", err)
	}
	// An unknown user's hash is empty: the work is done all the same, so that
	// time tells nobody who has an account.
	right, err := s.hasher.check(v.ctx(), u.PasswordHash, password)
	if err != nil {
		return err
	}
	entry := store.AuditEntry{Actor: cut(name, maxName)}
	if !right || u.Disabled {
		wrong := &fault{status: http.StatusUnauthorized, words: "That name and password don’t belong together."}
		return s.refuseLogin(v, name, next, s.deny(v, entry, wrong))
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	s.tries.forget(v.RealIP(), name)
	if err := s.signIn(v, u); err != nil {
		return err
	}
	s.learnZone(v, u)
	return v.seeOther(next)
}

// learnZone takes the zone that the browser named for the one of a person who
// never chose any. It is a convenience: where it can't be kept, nothing is lost.
func (s *Server) learnZone(v *visit, u store.User) {
	zone := v.FormValue("zone")
	if _, err := zoneOf(zone); err != nil || zone == "" || u.Settings.Zone != "" {
		return
	}
	u.Settings.Zone = zone
	if err := s.Store.SaveSettings(v.ctx(), u.ID, u.Settings); err != nil {
		s.Log.Warn("zone not kept", "request_id", v.id, "err", err)
	}
}

// refuseLogin shows the form again with why. Anything but a refusal stays an
// error.
func (s *Server) refuseLogin(v *visit, name, next string, why error) error {
	f, ok := errors.AsType[*fault](why)
	if !ok || f.status >= http.StatusInternalServerError {
		return why
	}
	v.retryAfter(f.retry)
	return s.page(v, f.status, &loginPage{frame: s.frame(v, "Sign in"), Next: next, Name: cut(name, maxName), Problem: f.words})
}

// doorAgain is the form of a stranger who has to wait, with the name that was
// typed; nil where none was sent. Its own handler may not have been reached.
func (s *Server) doorAgain(v *visit, f *fault) view {
	if v.route == nil || v.Request().Method != http.MethodPost || f.status != http.StatusServiceUnavailable {
		return nil
	}
	name, problem := cut(v.FormValue("name"), maxName), f.title+". "+f.words
	switch v.route.path {
	case loginPath:
		return &loginPage{frame: s.frame(v, "Sign in"), Next: ownPath(v.FormValue("next")), Name: name, Problem: problem}
	case SetupPath:
		return s.setupForm(v, v.FormValue("key"), name, problem)
	}
	return nil
}

// signIn starts a new login and ends the one that the browser came with, so
// that no secret from before outlives the sign-in.
func (s *Server) signIn(v *visit, u store.User) error {
	secret := NewSecret()
	l := store.Login{Hash: HashSecret(secret), UserID: u.ID, ExpiresAt: v.now.Add(loginLife), Remote: v.RealIP(), Agent: v.Request().UserAgent()}
	if err := s.Store.CreateLogin(v.ctx(), l); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if v.login != "" {
		if err := s.Store.DeleteLogin(v.ctx(), v.login); err != nil {
			return fmt.Errorf("end earlier login: %w", err)
		}
	}
	v.SetCookie(s.cookie(secret))
	return nil
}

func (s *Server) postLogout(v *visit) error {
	v.SetCookie(s.cookie(""))
	if v.user == nil || v.login == "" {
		return v.seeOther(loginPath)
	}
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	if err := s.Store.DeleteLogin(v.ctx(), v.login); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return v.seeOther(loginPath)
}

// cut shortens to at most n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
