package web

import (
	"errors"
	"net/http"

	"afterbeep/store"
)

// getHealth says that the process answers, and nothing of what is behind it.
func (s *Server) getHealth(v *visit) error {
	return v.json(http.StatusOK, map[string]string{"status": "ok", "version": s.Version})
}

// readiness is the answer of /readyz. It tells strangers no sizes.
type readiness struct {
	Status     string         `json:"status"`     // "ready" or "not ready"
	Store      string         `json:"store"`      // "ok" or "unreachable"
	Migrations string         `json:"migrations"` // "ok", "newer" or "unknown"
	Index      indexReadiness `json:"index"`
}

type indexReadiness struct {
	Following  bool   `json:"following"`
	Building   bool   `json:"building"`
	Lag        *int64 `json:"lag"` // changes not indexed yet; null where the store does not answer
	CaughtUpAt Stamp  `json:"caught_up_at"`
	Error      string `json:"error"`
}

// getReady says whether Afterbeep can do its work: the store answers, its
// migrations are done, the index follows it.
func (s *Server) getReady(v *visit) error {
	st := s.Index.Status()
	r := readiness{Status: "ready", Store: "ok", Migrations: "ok", Index: indexReadiness{
		Following: st.LastError == "", Building: st.Building, CaughtUpAt: Stamp(st.CaughtUpAt), Error: st.LastError}}
	err := s.ready(v.ctx())
	if err == nil {
		var head store.Position
		if head, err = s.Store.Head(v.ctx()); err == nil {
			lag := max(0, head.Seq-st.Position.Seq)
			r.Index.Lag = &lag
		}
	}
	switch {
	case errors.Is(err, store.ErrNewerSchema):
		r.Migrations = "newer"
	case err != nil:
		r.Store, r.Migrations = "unreachable", "unknown"
	}
	if err == nil && r.Index.Following {
		return v.json(http.StatusOK, r)
	}
	s.Log.Warn("not ready", "request_id", v.id, "err", err, "index", st.LastError)
	r.Status = "not ready"
	return v.json(http.StatusServiceUnavailable, r)
}
