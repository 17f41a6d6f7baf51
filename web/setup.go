package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"afterbeep/store"
)

// SetupPath is where the first administrator is made, with ?key=. The link
// works while there are no users.
const SetupPath = "/setup"

// SetupLink is the address that makes the first administrator: the key belongs
// to Config.SetupHash.
func SetupLink(publicURL, key string) string {
	return publicURL + SetupPath + "?" + url.Values{"key": {key}}.Encode()
}

type setupPage struct {
	frame
	Key         string
	Name        string
	Problem     string
	MinPassword int
}

// maySetUp checks that the link is right and still of use.
func (s *Server) maySetUp(v *visit, key string) error {
	gone := &fault{status: http.StatusNotFound, code: codeNotFound, title: "This link is not valid",
		words: "It works once, while Afterbeep has no users, and only as it was printed when Afterbeep last started. Sign in, or ask an administrator."}
	if !isSecret(s.SetupHash, key) {
		return gone
	}
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	if len(users) > 0 {
		return gone
	}
	return nil
}

func (s *Server) getSetup(v *visit) error {
	key := v.QueryParam("key")
	if err := s.maySetUp(v, key); err != nil {
		return err
	}
	return s.page(v, http.StatusOK, s.setupForm(v, key, "", ""))
}

func (s *Server) setupForm(v *visit, key, name, problem string) *setupPage {
	return &setupPage{frame: s.frame(v, "Welcome"), Key: key, Name: name, Problem: problem, MinPassword: MinPassword}
}

func (s *Server) postSetup(v *visit) error {
	key, name, password := v.FormValue("key"), v.FormValue("name"), v.FormValue("password")
	if err := s.maySetUp(v, key); err != nil {
		return err
	}
	again := func(problem string) error {
		return s.page(v, http.StatusUnprocessableEntity, s.setupForm(v, key, cut(name, maxName), problem))
	}
	if store.FoldName(name) == "" || cut(name, maxName) != name {
		return again("Choose a name of 1 to 100 characters.")
	}
	hash, err := s.hasher.make(v.ctx(), password)
	switch {
	case errors.Is(err, ErrShortPassword):
		return again(fmt.Sprintf("The password needs at least %d characters.", MinPassword))
	case errors.Is(err, ErrOddPassword):
		return again("That password is too long.")
	}
	if err != nil {
		return err
	}
	entry := store.AuditEntry{Actor: store.FoldName(name), Detail: "first administrator"}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	u, err := s.Store.CreateFirstUser(v.ctx(), store.User{Name: name, Role: store.RoleAdmin, AllBots: true, PasswordHash: hash})
	switch {
	case errors.Is(err, store.ErrExists):
		return v.seeOther(loginPath)
	case errors.Is(err, store.ErrInvalid):
		return again("That name can’t be used.")
	}
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	if err := s.signIn(v, u); err != nil {
		return err
	}
	s.learnZone(v, u)
	if s.Bots != nil && !s.connected() {
		return v.seeOther(botsPath) // which leads on, step by step
	}
	return v.seeOther("/")
}
