package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"afterbeep/store"
)

const auditPath = "/audit"

// auditPageSize is how many entries a page has.
const auditPageSize = 100

// auditPage tells who did what.
type auditPage struct {
	frame
	People   []string
	Actions  []option
	Who      string
	From, To string
	Refused  bool
	About    string // a voicemail's id
	Asked    bool   // something is asked for
	Problem  string
	Entries  []auditRow
	Older    string // "" where there is nothing older
	Newest   string // "" on the first page
	Zone     string
}

type auditRow struct {
	When               stampView
	Who, Person, What  string
	Refused            bool
	Voicemail, Message string // its page, and what it is called
	Detail, Remote     string
}

func (s *Server) getAudit(v *visit) error {
	if err := s.mustLead(v, ""); err != nil {
		return err
	}
	page := &auditPage{frame: s.frame(v, "Audit")}
	page.Wide, page.Zone = true, page.place().String()
	q := page.asked(v)
	if err := s.allow(v, store.AuditEntry{Detail: auditDetail(page, q)}); err != nil {
		return err
	}
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return fmt.Errorf("list people: %w", err)
	}
	ids := map[string]int64{}
	for _, u := range users {
		page.People, ids[u.Name] = append(page.People, u.Name), u.ID
	}
	if page.Problem != "" {
		return s.page(v, http.StatusBadRequest, page)
	}
	q.Limit = auditPageSize + 1
	entries, err := s.Store.AuditEntries(v.ctx(), q)
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	if len(entries) > auditPageSize {
		entries = entries[:auditPageSize]
		page.Older = page.link(v, entries[auditPageSize-1].ID)
	}
	if q.Before != 0 {
		page.Newest = page.link(v, 0)
	}
	for _, e := range entries {
		page.Entries = append(page.Entries, page.row(e, ids))
	}
	return s.page(v, http.StatusOK, page)
}

// asked reads the filters, and says in Problem what can’t be read.
func (page *auditPage) asked(v *visit) store.AuditQuery {
	var q store.AuditQuery
	get := func(name string) string { return strings.TrimSpace(v.QueryParam(name)) }
	page.Who, page.From, page.To, page.About, page.Refused = get("who"), get("from"), get("to"), get("voicemail"), get("refused") == "1"
	q.Actor, q.Action, q.Refused = page.Who, get("what"), page.Refused
	page.Actions = []option{{Value: "", Text: "anything"}}
	for _, action := range store.AuditActions() {
		page.Actions = append(page.Actions, option{Value: action, Text: action, Chosen: action == q.Action})
	}
	page.Asked = page.Who != "" || q.Action != "" || page.From != "" || page.To != "" || page.About != "" || page.Refused
	var err error
	if q.From, err = moment("from", page.From, page.place(), 0); err != nil {
		page.Problem = fmt.Sprintf("“%s” is not a day; write one like 2025-02-11.", shown(page.From))
	}
	if q.To, err = moment("to", page.To, page.place(), 1); err != nil {
		page.Problem = fmt.Sprintf("“%s” is not a day; write one like 2025-02-11.", shown(page.To))
	}
	if page.About != "" {
		if q.VoicemailID, err = strconv.ParseInt(page.About, 10, 64); err != nil || q.VoicemailID <= 0 {
			page.Problem = fmt.Sprintf("“%s” is no voicemail’s number.", shown(page.About))
		}
	}
	q.Before, _ = strconv.ParseInt(v.QueryParam("before"), 10, 64) // anything else is the first page
	return q
}

// auditDetail is what the audit log says of who reads it.
func auditDetail(page *auditPage, q store.AuditQuery) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+cut(value, maxName))
		}
	}
	add("who", page.Who)
	add("what", q.Action)
	add("from", page.From)
	add("to", page.To)
	add("voicemail", page.About)
	if page.Refused {
		parts = append(parts, "refused")
	}
	return strings.Join(parts, ", ")
}

// link is the same list before an entry; 0 is the newest.
func (page *auditPage) link(v *visit, before int64) string {
	kept := url.Values{}
	for _, name := range []string{"who", "what", "from", "to", "voicemail", "refused"} {
		if value := v.QueryParam(name); value != "" {
			kept.Set(name, value)
		}
	}
	if before != 0 {
		kept.Set("before", strconv.FormatInt(before, 10))
	}
	if len(kept) == 0 {
		return auditPath
	}
	return auditPath + "?" + kept.Encode()
}

func (page *auditPage) row(e store.AuditEntry, ids map[string]int64) auditRow {
	row := auditRow{When: page.exactBeside(e.At), Who: e.Actor, What: e.Action, Refused: !e.Allowed, Detail: e.Detail, Remote: e.Remote}
	if id := ids[e.Actor]; id != 0 {
		row.Person = personPath(id)
	}
	if e.VoicemailID != 0 {
		row.Voicemail, row.Message = voicemailPath(e.VoicemailID), "voicemail "+strconv.FormatInt(e.VoicemailID, 10)
	}
	return row
}

// exactBeside is a time of which the second counts.
func (r reading) exactBeside(t time.Time) stampView {
	view := r.Stamp(t)
	if t.IsZero() {
		return view
	}
	view.Text = r.Day(t) + ", " + t.In(r.place()).Format("15:04:05")
	return view
}
