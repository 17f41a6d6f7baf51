package web

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"afterbeep/store"
)

const exportPath = "/export"

// exportPage offers the files that a search can be written to.
type exportPage struct {
	frame
	Params     Params
	Understood string
	Filters    string // what narrows the search, in words; "" where nothing does
	Count      string
	None       bool // nothing was found
	Partial    string
	Back       string // the search
	Problem    string // why nothing was searched
	Hidden     []hiddenField
	Formats    []formatView
}

// hiddenField is a field of a form that its reader does not change.
type hiddenField struct{ Name, Value string }

// formatView is a file that can be had.
type formatView struct {
	Value, Name, Means string
	Chosen             bool
}

func exportFormats() []formatView {
	return []formatView{
		{ExportCSV, "Table (CSV)", "For spreadsheets: one row for each voicemail, with a link to it. Nothing in it is taken for a formula.", true},
		{ExportJSONL, "JSON lines", "For programs: one object for each line, as the API gives it.", false},
	}
}

// exportLink leads to the export of a search; "" for who may not export, and
// where there is nothing.
func (v *visit) exportLink(p Params, total int) string {
	if total == 0 || len(p.Q) > maxNext || !may(v.user.Role, rightExport) {
		return ""
	}
	p.Cursor, p.Limit = "", ""
	return p.Link(exportPath)
}

// getExport writes all that a search finds, or where a person did not say in
// which format, asks for that.
func (s *Server) getExport(v *visit) error {
	p := ParamsOf(v.QueryParams())
	p.Cursor, p.Limit, p.Facets = "", "", ""
	format := v.QueryParam("format")
	if format == "" && !v.wantsJSON() {
		return s.exportPage(v, p)
	}
	format = cmp.Or(format, ExportCSV)
	if format != ExportCSV && format != ExportJSONL {
		return badRequest(fmt.Sprintf("“%s” is no format of an export; there are %s and %s.", shown(format), ExportCSV, ExportJSONL))
	}
	if err := p.Check(); err != nil {
		return badRequest(err.Error())
	}
	if v.Request().Method == http.MethodHead {
		s.exportHeaders(v, format)
		v.Response().WriteHeader(http.StatusOK)
		return nil
	}
	run, err := s.exports.begin(v.user.ID, v.QueryParam("progress"))
	if err != nil {
		return err
	}
	defer s.exports.end(run)
	return s.export(v, p, format, run)
}

// exportPage shows how much it will be, and in which formats it can be had.
func (s *Server) exportPage(v *visit, p Params) error {
	page := &exportPage{frame: s.frame(v, "Export"), Params: p, Back: p.Link("/"), Formats: exportFormats(), Filters: newNarrower(p).filterWords()}
	for name, field := range p.fields() {
		if *field != "" {
			page.Hidden = append(page.Hidden, hiddenField{name, *field})
		}
	}
	ask := p
	ask.Limit = "1"
	a, err := s.search(v, ask)
	if f, ok := errors.AsType[*fault](err); ok && f.status == http.StatusBadRequest {
		page.Problem = f.words
		return s.page(v, f.status, page)
	}
	if err != nil {
		return err
	}
	page.Understood, page.Count, page.None = cut(a.Query, 200), page.reading.Count(int64(a.Total), "voicemail"), a.Total == 0
	if a.PartialTotal > 0 {
		page.Partial = page.Number(int64(a.PartialTotal))
	}
	return s.page(v, http.StatusOK, page)
}

// exportPause is how long whoever takes an export may take nothing of it. One
// that goes on may last as long as it needs.
const exportPause = time.Minute

// export audits and then streams.
func (s *Server) export(v *visit, p Params, format string, run *exportRun) error {
	first := p
	first.Limit = "1"
	counted, err := s.engine.Search(v.ctx(), v.scope(), first)
	if err != nil {
		return err
	}
	if err := s.allow(v, store.AuditEntry{Action: store.AuditExport, Detail: fmt.Sprintf("%s (%s, %s)", p.Detail(), format, plural(counted.Total, "voicemail"))}); err != nil {
		return err
	}
	run.total.Store(int64(counted.Total))
	s.exportHeaders(v, format)
	v.Response().Header().Set("X-Total-Count", strconv.Itoa(counted.Total))
	if err := s.writeExport(v, p, format, run); err != nil {
		if !v.Response().Committed {
			return err // nothing was sent: there are words for it
		}
		// The answer has begun: only its breaking off can tell that it is not whole.
		s.Log.WarnContext(v.ctx(), "export broke off", "request_id", v.id, "written", run.written.Load(), "of", counted.Total, "err", err)
		panic(http.ErrAbortHandler)
	}
	run.whole.Store(true)
	s.Log.InfoContext(v.ctx(), "exported", "request_id", v.id, "written", run.written.Load())
	return nil
}

func (s *Server) exportHeaders(v *visit, format string) {
	kind := "text/csv; charset=utf-8; header=present"
	if format == ExportJSONL {
		kind = "application/jsonl; charset=utf-8"
	}
	h := v.Response().Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=voicemails-%s.%s", v.now.UTC().Format("2006-01-02-150405"), format))
	h.Set("X-Accel-Buffering", "no") // a proxy that waited for the end would hide how far it is
}

// writeExport writes page after page, as fast as they are taken.
func (s *Server) writeExport(v *visit, p Params, format string, run *exportRun) error {
	buffer := bufio.NewWriterSize(&patientWriter{w: v.Response(), control: http.NewResponseController(v.Response()), patience: exportPause}, 64<<10)
	x, err := NewExport(buffer, format, s.PublicURL)
	if err != nil {
		return err
	}
	checked := time.Now()
	err = s.engine.Each(v.ctx(), v.scope(), p, func(h Hit) error {
		if time.Since(checked) >= s.recheck {
			if checked = time.Now(); !s.stillMay(v) {
				return errNoLonger
			}
		}
		run.written.Add(1)
		return x.Write(h)
	})
	return errors.Join(err, x.Close(), buffer.Flush())
}

// patientWriter gives up when nothing is taken for some time.
type patientWriter struct {
	w        io.Writer
	control  *http.ResponseController
	patience time.Duration
}

// Write implements io.Writer.
func (p *patientWriter) Write(b []byte) (int, error) {
	// A recorder that answers no deadlines needs none.
	if err := p.control.SetWriteDeadline(time.Now().Add(p.patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, fmt.Errorf("prolong answer: %w", err)
	}
	return p.w.Write(b)
}
