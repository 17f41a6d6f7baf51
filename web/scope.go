package web

import (
	"fmt"
	"net/http"
	"slices"

	"afterbeep/store"
)

// seen keeps the bots that the visitor may see.
func (v *visit) seen(bots []string) []string {
	scope := v.scope()
	return slices.DeleteFunc(slices.Clone(bots), func(bot string) bool { return !scope.Sees(bot) })
}

// accounts lists the accounts behind the bots that the visitor may see, whole
// ones and others.
func (s *Server) accounts(v *visit) []AccountStatus {
	if s.Ingest == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Ingest.Status().Accounts), func(a AccountStatus) bool {
		return !v.scope().All() && len(v.seen(a.Bots)) == 0
	})
}

// wholeAccounts lists the ids of accounts that are the visitor's: what is done
// for an account is done for each of its bots.
func (s *Server) wholeAccounts(v *visit) []string {
	var ids []string
	for _, a := range s.accounts(v) {
		if len(v.seen(a.Bots)) == len(a.Bots) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// ownsAccount reports whether all that an account has is the visitor's. One that
// is not connected is nobody's but theirs who may see everything.
func (s *Server) ownsAccount(v *visit, id string) bool {
	return v.scope().All() || slices.Contains(s.wholeAccounts(v), id)
}

// accountTrouble says what ails the visitor's accounts.
func (s *Server) accountTrouble(v *visit) []string {
	var said []string
	for _, a := range s.accounts(v) {
		if a.Trouble != "" {
			said = append(said, fmt.Sprintf("Account %s: %s", a.ID, a.Trouble))
		}
	}
	return said
}

// ownsBackfill finds whether a backfill is of an account of the visitor's.
func (s *Server) ownsBackfill(v *visit, id int64) (bool, error) {
	if v.scope().All() {
		return true, nil
	}
	runs, err := s.Store.Backfills(v.ctx(), "")
	if err != nil {
		return false, fmt.Errorf("list backfills: %w", err)
	}
	return slices.ContainsFunc(runs, func(b store.Backfill) bool { return b.ID == id && s.ownsAccount(v, b.AccountID) }), nil
}

// newBotForbidden: whoever connects a bot decides whose calls come in, so it
// takes somebody to whom none is closed.
func newBotForbidden() *fault {
	return &fault{status: http.StatusForbidden, code: codeForbidden, title: "Not yours to connect",
		words: "A new bot can be connected only by an administrator of all bots."}
}
