package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/store"
)

// admit lets a visit through to its route's handler, or says why not. It is the
// one place where rights are judged.
func (s *Server) admit(v *visit) error {
	if v.route.right == rightPublic && v.route.form != formPage {
		return nil // asks nothing of the store, so that probes work without it
	}
	if v.route.right == rightPush {
		return s.admitPush(v) // its token is nobody's
	}
	if err := s.recognise(v); err != nil {
		return err
	}
	switch {
	case v.route.right == rightPublic:
		return nil
	case v.user == nil && v.wantsJSON():
		return unauthorized()
	case v.user == nil:
		return v.seeOtherInstead(loginFor(v.Request()))
	case !may(v.user.Role, v.route.right):
		return s.deny(v, store.AuditEntry{Detail: v.route.path}, forbidden())
	}
	return nil
}

// recognise finds out who sends the request.
func (s *Server) recognise(v *visit) (err error) {
	v.user, err = s.whoSends(v)
	return err
}

// whoSends is who sends the request: by bearer token where there is one, else by
// cookie. nil is a stranger.
func (s *Server) whoSends(v *visit) (*store.User, error) {
	var u store.User
	var err error
	if token := bearer(v.Request()); token != "" {
		u, err = s.Store.TokenUser(v.ctx(), HashSecret(token))
	} else if cookie, errCookie := v.Cookie(s.cookieName()); errCookie == nil {
		v.login = HashSecret(cookie.Value)
		u, err = s.Store.LoginUser(v.ctx(), v.login)
	} else {
		return nil, nil
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("recognise visitor: %w", err)
	}
	return &u, nil
}

// recogniseLost finds out who asked for an address that is not there, so that
// they keep the navigation. Where that can't be told, the page is a stranger's.
func (s *Server) recogniseLost(v *visit) {
	// The time of the request itself is over where its error is answered.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), readyPatience)
	defer cancel()
	v.SetRequest(v.Request().WithContext(ctx))
	if s.recognise(v) != nil {
		v.user = nil
	}
}

// audit writes down what is about to be answered or refused. Without an entry
// there is no answer: callers return its error.
func (s *Server) audit(v *visit, e store.AuditEntry) error {
	if v.user != nil && e.Actor == "" {
		e.Actor = v.user.Name
	}
	if e.Action == "" {
		e.Action = v.route.action
	}
	e.Actor, e.Detail, e.Remote = cards.MaskText(e.Actor, ""), maskDetail(e.Detail), v.RealIP()
	// Written down even where the visitor does not wait for the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), auditPatience)
	defer cancel()
	if err := s.Store.Audit(ctx, e); err != nil {
		return &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "Can’t be written down",
			words: "Afterbeep writes down who searches, opens and plays before it answers. It could not, so it did not answer.",
			retry: auditPatience, away: true, err: fmt.Errorf("audit: %w", err)}
	}
	return nil
}

// allow writes an entry for what is about to be answered.
func (s *Server) allow(v *visit, e store.AuditEntry) error {
	e.Allowed = true
	return s.audit(v, e)
}

// deny writes an entry for what is refused, and returns why.
func (s *Server) deny(v *visit, e store.AuditEntry, why error) error {
	e.Allowed = false
	if v.route.action == "" {
		return why
	}
	if err := s.audit(v, e); err != nil {
		return err
	}
	return why
}

// elsewhere is not a failure: the visitor is sent on.
type elsewhere struct{ path string }

func (e *elsewhere) Error() string { return "see other" }

func (v *visit) seeOtherInstead(path string) error { return &elsewhere{path: path} }

// maxNext keeps a long query from doubling itself in the address of the login
// page.
const maxNext = 2048

// loginFor is where a stranger is sent, to come back to what was asked for.
func loginFor(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet || next == "/" || len(next) > maxNext || ownPath(next) == "/" {
		return loginPath
	}
	return loginPath + "?" + url.Values{"next": {next}}.Encode()
}

// ownPages are the pages that a form or a sign-in may lead back to.
func ownPages() []string {
	return []string{"/", "/status", ledgerPath, gapsPath, botsPath, helpPath, componentsPath, synonymsPath, exportPath, insightsPath,
		ownPage, peoplePath, auditPath, savedPath, alertsPath, callbacksPath}
}

// ownPath returns next if it leads to a page of ours, else "/". The answer is
// built anew from path and query, so that no host can hide in it.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	path := (&url.URL{Path: u.Path, RawPath: u.RawPath}).EscapedPath()
	own := slices.Contains(ownPages(), path) || strings.HasPrefix(path, "/voicemails/") || strings.HasPrefix(path, "/sessions/") ||
		strings.HasPrefix(path, peoplePath+"/") || strings.HasPrefix(path, savedPath+"/") || strings.HasPrefix(path, callbacksPath+"/")
	if !own || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "..") {
		return "/"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
