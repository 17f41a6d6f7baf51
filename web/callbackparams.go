package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"afterbeep/store"
)

const (
	callbacksPath = "/callbacks"
	nextPath      = callbacksPath + "/next"
	bulkPath      = callbacksPath + "/bulk"
)

func callbackHref(id int64) string { return callbacksPath + "/" + strconv.FormatInt(id, 10) }

// workParams is a part of the work list as it stands in an address: text, as
// typed. The zero workParams is all requests.
type workParams struct {
	Lane    string // "requests", "listen" or "old"; "" is requests
	Status  string // "open", "claimed" or "done"; "" is any
	Mine    string // "1": only what the visitor holds or, where Status says so, has closed
	Overdue string // "1": only what should have been done by now
	Bot     string
	Queue   string
	Lang    string // a base code
	Limit   string // 1 to store.MaxWork; "" is workLimit
	Cursor  string // where the page before ended
}

// workLimit is how many cases a page has where nothing else is asked for.
const workLimit = 50

// fields names the fields as they stand in an address.
func (p *workParams) fields() map[string]*string {
	return map[string]*string{"lane": &p.Lane, "status": &p.Status, "mine": &p.Mine, "overdue": &p.Overdue, "bot": &p.Bot,
		"queue": &p.Queue, "lang": &p.Lang, "limit": &p.Limit, "cursor": &p.Cursor}
}

// workParamsOf reads them from the query of an address, or from a form.
func workParamsOf(v url.Values) workParams {
	var p workParams
	for name, field := range p.fields() {
		*field = v.Get(name)
	}
	return p
}

// values are the fields that are not empty.
func (p workParams) values() url.Values {
	v := url.Values{}
	for name, field := range p.fields() {
		if *field != "" {
			v.Set(name, *field)
		}
	}
	return v
}

// link is the address of a path with the parameters.
func (p workParams) link(path string) string {
	v := p.values()
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// filtered keeps what narrows the list, and nothing of which part it is.
func (p workParams) filtered() workParams {
	return workParams{Bot: p.Bot, Queue: p.Queue, Lang: p.Lang, Limit: p.Limit}
}

// place is the list that somebody works through, as cards keep it in their address:
// their next one is of it, and they lead back to it.
func (p workParams) place() workParams {
	at := workParams{Bot: p.Bot, Queue: p.Queue, Lang: p.Lang}
	if p.lane() != store.LaneRequests {
		at.Lane = p.Lane
	}
	return at
}

// workPlace is the place that an address or a form names.
func (v *visit) workPlace() workParams {
	return workParams{Lane: v.FormValue("lane"), Bot: v.FormValue("bot"), Queue: v.FormValue("queue"), Lang: v.FormValue("lang")}.place()
}

// plain is what the page shows where nothing is asked for: what is open, or what
// the visitor holds.
func (p workParams) plain() workParams {
	if p.Status != "" || p.Overdue != "" {
		return p
	}
	p.Status = string(store.CallbackOpen)
	if p.Mine != "" {
		p.Status = string(store.CallbackClaimed)
	}
	return p
}

// lane is Lane as the store has it.
func (p workParams) lane() store.Lane {
	switch l := store.Lane(p.Lane); l {
	case store.LaneListen, store.LaneOld:
		return l
	}
	return store.LaneRequests
}

// query is what the parameters ask the store for. *ParamError for what can't be
// read.
func (p workParams) query(user string) (store.WorkQuery, error) {
	q := store.WorkQuery{Lane: p.lane(), Limit: workLimit}
	if p.Lane != "" && p.Lane != string(p.lane()) {
		return q, &ParamError{"lane", fmt.Sprintf("“%s” is no lane; there are requests, listen and old.", shown(p.Lane))}
	}
	q.Status, q.Overdue = store.CallbackStatus(p.Status), p.Overdue == "1"
	switch q.Status {
	case "", store.CallbackOpen, store.CallbackClaimed, store.CallbackDone:
	default:
		return q, &ParamError{"status", fmt.Sprintf("“%s” is no status; there are open, claimed and done.", shown(p.Status))}
	}
	if p.Mine == "1" {
		q.Assignee = user
		if q.Status == "" { // as it is counted: what one has closed is asked for by its status
			q.Status = store.CallbackClaimed
		}
	}
	// What somebody has taken or done is looked for wherever it was, as it is
	// counted.
	if p.Lane == "" && (q.Assignee != "" || q.Status == store.CallbackClaimed || q.Status == store.CallbackDone) {
		q.Lane = store.LaneNone
	}
	for _, one := range []struct {
		value string
		to    *[]string
	}{{p.Bot, &q.Bots}, {p.Queue, &q.Queues}, {p.Lang, &q.Langs}} {
		if one.value != "" {
			*one.to = []string{one.value}
		}
	}
	if p.Limit != "" {
		n, err := strconv.Atoi(p.Limit)
		if err != nil {
			return q, &ParamError{"limit", fmt.Sprintf("“%s” is not a number.", shown(p.Limit))}
		}
		q.Limit = min(max(n, 1), store.MaxWork)
	}
	var err error
	q.After, err = workKeyOf(p.Cursor)
	return q, err
}

// cursorOf writes a place in the list's order, "" for its beginning or end.
func cursorOf(k store.WorkKey) string {
	if k == (store.WorkKey{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", k.Rank, k.At.UnixMicro(), k.CaseID)
}

// workKeyOf reads what cursorOf wrote.
func workKeyOf(cursor string) (store.WorkKey, error) {
	if cursor == "" {
		return store.WorkKey{}, nil
	}
	bad := &ParamError{"cursor", "this link to a further page can’t be read; begin at the first."}
	parts := strings.Split(cursor, ".")
	if len(parts) != 3 {
		return store.WorkKey{}, bad
	}
	var n [3]int64
	for i, part := range parts {
		var err error
		if n[i], err = strconv.ParseInt(part, 10, 64); err != nil {
			return store.WorkKey{}, bad
		}
	}
	return store.WorkKey{Rank: int(n[0]), At: time.UnixMicro(n[1]).UTC(), CaseID: n[2]}, nil
}
