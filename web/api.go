package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/ingest/enrich/cards"
	"afterbeep/store"
)

// search audits and then asks the engine.
func (s *Server) search(v *visit, p Params) (*SearchAnswer, error) {
	if err := s.allow(v, store.AuditEntry{Detail: p.Detail()}); err != nil {
		return nil, err
	}
	a, err := s.engine.Search(v.ctx(), v.scope(), p)
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return nil, badRequest(bad.Error())
	}
	return a, err
}

// maxDetail bounds what of a query the audit log keeps.
const maxDetail = 2000

// Detail is what the audit log tells of a search: the query, and the filters
// where there are any. The number of a card is masked in it as in a message: who
// looks for one would write it into the store.
func (p Params) Detail() string {
	p.Limit, p.Facets, p.TZ = "", "", ""
	q := p.Q
	p.Q = ""
	return cut(maskDetail(q), maxDetail) + cut(maskDetail(p.Link("")), maxDetail)
}

// maskDetail masks cards in what the audit log is to keep: as it stands, and as it
// is meant where it is a part of an address.
func maskDetail(detail string) string {
	detail = cards.MaskText(detail, "")
	plain, err := url.QueryUnescape(detail)
	if err != nil {
		return detail
	}
	if masked := cards.MaskText(plain, ""); masked != plain {
		return masked
	}
	return detail
}

func (s *Server) apiSearch(v *visit) error {
	a, err := s.search(v, ParamsOf(v.QueryParams()))
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, a)
}

// open reads a voicemail in the visitor's scope and writes down that it is
// opened or, where it isn't there for the visitor, that this was tried.
func (s *Server) open(v *visit, id int64, detail string) (store.Voicemail, error) {
	entry := store.AuditEntry{VoicemailID: id, Detail: detail}
	vm, err := s.Store.Voicemail(v.ctx(), v.scope(), id)
	if errors.Is(err, store.ErrNotFound) {
		return vm, s.deny(v, entry, notFound())
	}
	if err != nil {
		return vm, fmt.Errorf("open voicemail: %w", err)
	}
	return vm, s.allow(v, entry)
}

func (s *Server) apiVoicemail(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, "")
	if err != nil {
		return err
	}
	a, err := s.voicemailAnswer(v, vm)
	if err != nil {
		return err
	}
	marker, err := s.marker(v, v.QueryParam("q"))
	if err != nil {
		return err
	}
	a.Snippet = marker.Snippet(vm.Text, vm.Lang)
	return v.json(http.StatusOK, a)
}

// marker marks in a voicemail what a query finds in it.
func (s *Server) marker(v *visit, q string) (*index.Marker, error) {
	m, err := s.Index.Marker(v.ctx(), query.Parse(q))
	if err != nil {
		return nil, fmt.Errorf("mark what was searched: %w", err)
	}
	return m, nil
}

// voicemailAnswer is a voicemail with what is being done for its audio.
func (s *Server) voicemailAnswer(v *visit, vm store.Voicemail) (*VoicemailAnswer, error) {
	so, err := s.sound(v, vm)
	if err != nil {
		return nil, err
	}
	a := voicemailAnswerOf(vm)
	for i, r := range sorted(vm.Recordings) {
		a.Recordings[i].NextAt = Stamp(so.next(r))
	}
	if so.lookUp != nil {
		a.LookUp = &LookUp{State: string(so.lookUp.State), Words: so.lookUpWords(vm.Recordings)}
		if !so.deaf {
			a.LookUp.NextAt = Stamp(so.lookUp.DueAt)
		}
	}
	return a, s.fillAnswer(v, a, vm)
}

func (s *Server) apiSession(v *visit) error {
	entry := store.AuditEntry{Detail: "session " + cut(v.sessionID("sessionId"), maxDetail)}
	row, err := s.Store.Session(v.ctx(), v.scope(), v.sessionID("sessionId"))
	if errors.Is(err, store.ErrNotFound) {
		return s.deny(v, entry, notFound())
	}
	if err != nil {
		return fmt.Errorf("find session: %w", err)
	}
	a := SessionAnswer{Session: ledgerRowOf(row)}
	vm, err := s.Store.Voicemail(v.ctx(), v.scope(), store.VoicemailID(row.BotID, row.SessionID))
	switch {
	case err == nil:
		entry.VoicemailID = vm.ID
	case !errors.Is(err, store.ErrNotFound): // not found: known, without a voicemail so far
		return fmt.Errorf("open voicemail: %w", err)
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if vm.ID != 0 {
		if a.Voicemail, err = s.voicemailAnswer(v, vm); err != nil {
			return err
		}
	}
	return v.json(http.StatusOK, a)
}

// recordingNumber reads the n of the path. What is no number is no recording.
func (v *visit) recordingNumber() (int, error) {
	n, err := strconv.Atoi(v.Param("n"))
	if err != nil || n < 0 {
		return 0, notFound()
	}
	return n, nil
}
