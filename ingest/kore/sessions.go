package kore

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const opSessions = "sessions"

// The vendor's caps on a sessions query. The span stays below MaxSessionsSpan.
const (
	MaxSessionsSpan  = 7 * 24 * time.Hour
	MaxSessionsLimit = 100 // as in the samples: the documents leave the cap open
	MaxSessionIDs    = 50
)

// The values of SessionsQuery.Containment.
const (
	ContainmentAgent       = "agent"
	ContainmentSelfService = "selfService"
	ContainmentDropOff     = "dropOff"
)

// SessionsQuery asks for sessions of a bot: one page of those of a stretch of
// time, newest first, or those with the given ids, which leaves every other
// filter aside.
type SessionsQuery struct {
	BotID string
	// From and To are taken to whole milliseconds, outwards, and less than
	// MaxSessionsSpan apart. Both may be zero where SessionIDs is given.
	From, To    time.Time
	Containment string   // "" is any
	Skip        int      // how many sessions to pass over, for the next page
	Limit       int      // 1 to MaxSessionsLimit; 0 is MaxSessionsLimit
	SessionIDs  []string // MaxSessionIDs at most
}

// SessionsPage is one page of sessions.
type SessionsPage struct {
	Rows []SessionRow
	// Received is how many rows the reply held, those left out included: by
	// so many the next page's Skip is higher.
	Received int
	More     bool     // there is a next page
	Total    int      // of all pages; 0 where nothing is said
	Invalid  []string // the ids asked for that the upstream doesn't know
	Notes    []string // what was odd about the reply; safe to log
}

// LogValue tells how much is on the page, and nothing of what is.
func (p SessionsPage) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("rows", len(p.Rows)), slog.Int("received", p.Received), slog.Bool("more", p.More))
}

// SessionRow is one session as the sessions history tells of it. Times are UTC;
// zero where nothing is said.
type SessionRow struct {
	SessionID   string
	BotID       string
	UserID      string
	Channel     string // "korevg" is a call
	Containment string // "agent", ...
	Status      string // "closed", ...
	Caller      string // as the upstream writes it, from the session's tags
	StartedAt   time.Time
	EndedAt     time.Time
	Lang        string // the first of its languages
	Developer   Flag   // somebody tried the bot out
}

// LogValue is the session's id: the rest is about people.
func (r SessionRow) LogValue() slog.Value { return slog.StringValue(r.SessionID) }

// check says what the vendor would refuse.
func (q SessionsQuery) check() error {
	if err := checkID("bot id", q.BotID); err != nil {
		return err
	}
	for _, id := range q.SessionIDs {
		if err := checkID("session id", id); err != nil {
			return err
		}
	}
	from, to := q.bounds()
	untimed := q.From.IsZero() && q.To.IsZero() && len(q.SessionIDs) > 0
	known := []string{"", ContainmentAgent, ContainmentSelfService, ContainmentDropOff}
	switch {
	case len(q.SessionIDs) > MaxSessionIDs:
		return fmt.Errorf("%d session ids: want %d at most", len(q.SessionIDs), MaxSessionIDs)
	case !untimed && (q.From.IsZero() || q.To.IsZero() || to.Before(from)):
		return fmt.Errorf("want a stretch of time, from before to")
	case to.Sub(from) >= MaxSessionsSpan:
		return fmt.Errorf("the stretch is not shorter than 7 days")
	case q.Skip < 0:
		return fmt.Errorf("skip %d: want 0 or more", q.Skip)
	case q.Limit < 0 || q.Limit > MaxSessionsLimit:
		return fmt.Errorf("limit %d: want 1 to %d", q.Limit, MaxSessionsLimit)
	case !slices.Contains(known, q.Containment):
		return fmt.Errorf("containment: want agent, selfService or dropOff")
	}
	return nil
}

func (q SessionsQuery) bounds() (from, to time.Time) {
	from, to = q.From.UTC().Truncate(time.Millisecond), q.To.UTC().Truncate(time.Millisecond)
	if to.Before(q.To) {
		to = to.Add(time.Millisecond)
	}
	return from, to
}

func (q SessionsQuery) limit() int {
	if q.Limit == 0 {
		return MaxSessionsLimit
	}
	return q.Limit
}

// sessionsTime is how the vendor's tables write a moment, in GMT.
const sessionsTime = "2006-01-02T15:04:05.000Z"

// body says where the page begins under both of the documented names.
func (q SessionsQuery) body() ([]byte, error) {
	b := map[string]any{"skip": q.Skip, "offset": q.Skip, "limit": q.limit()}
	if len(q.SessionIDs) > 0 {
		b["sessionId"] = q.SessionIDs
	}
	if !q.From.IsZero() {
		from, to := q.bounds()
		b["dateFrom"], b["dateTo"] = from.Format(sessionsTime), to.Format(sessionsTime)
	}
	return json.Marshal(b)
}

// Sessions asks for one page of a bot's sessions. It draws on the Config's
// SessionsBudget. A query over the vendor's caps is an *Error of KindBadRequest
// and is not sent. Other errors are *Error, or wrap those of the Budget and of
// ctx.
func (c *Client) Sessions(ctx context.Context, class Class, q SessionsQuery) (*SessionsPage, error) {
	if err := q.check(); err != nil {
		return nil, &Error{Op: opSessions, Kind: KindBadRequest, Msg: err.Error()}
	}
	body, err := q.body()
	if err != nil {
		return nil, fmt.Errorf("kore sessions: %w", err)
	}
	ask := call{
		op: opSessions, class: class, method: http.MethodPost, budget: c.cfg.SessionsBudget,
		path: "/api/public/bot/" + url.PathEscape(q.BotID) + "/getSessions",
		body: body,
	}
	if q.Containment != "" {
		ask.query = url.Values{"containmentType": {q.Containment}}
	}
	var page *SessionsPage
	ask.read = func(body []byte) (bool, *Error) {
		var e *Error
		if page, e = parseSessions(body, q.Skip, q.limit()); e != nil {
			return false, e
		}
		return page.Received+len(page.Invalid) > 0, nil
	}
	if _, err := c.do(ctx, ask); err != nil {
		return nil, err
	}
	return page, nil
}

// ParseSessions reads a reply to a query with this skip and limit, as
// tolerantly as ParseVoicemail and with the same errors. Skip and limit decide
// whether there is more, where the reply does not say.
func ParseSessions(body []byte, skip, limit int) (*SessionsPage, error) {
	p, e := parseSessions(body, skip, limit)
	if e != nil {
		return nil, e
	}
	return p, nil
}

const (
	keySessions = "sessions"
	keyInvalid  = "invalidSessions"
)

// moreKeys are the names under which a reply says whether there is a next page.
var moreKeys = []string{"moreAvailable", "isMoreAvailable", "hasMore", "more"}

func parseSessions(body []byte, skip, limit int) (*SessionsPage, *Error) {
	n := &notes{}
	o, e := readObject(opSessions, body, n)
	if e != nil {
		return nil, e
	}
	p := &SessionsPage{Received: len(o.list(keySessions)), Total: max(0, o.whole("total")), Invalid: idsIn(o, keyInvalid)}
	for _, item := range o.objects(keySessions) {
		row := sessionIn(item)
		if row.SessionID == "" {
			n.add("%s: has no session id", item.at)
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 && len(p.Invalid) == 0 {
		if e := trouble(opSessions, o, keySessions, keyInvalid); e != nil {
			return nil, e
		}
		said := slices.ContainsFunc(append([]string{keySessions, keyInvalid, "total"}, moreKeys...), o.has)
		if noneReadable(o, keySessions) || !said {
			return nil, unexpected(opSessions, o)
		}
	}
	p.More = moreIn(o, p, skip, limit)
	p.Notes = n.all()
	return p, nil
}

// moreIn says whether there is a next page: by the reply's word, else by its
// total. Where neither can be read a next page is asked for in any case, for the
// documents leave open how long a full one is.
func moreIn(o object, p *SessionsPage, skip, limit int) bool {
	for _, key := range moreKeys {
		switch f := o.flag(key); {
		case f == FlagYes && p.Received == 0:
			o.n.add("%s: said of an empty page", key)
			return false // skipping nothing would ask for it again and again
		case f != FlagUnknown:
			return f == FlagYes
		}
	}
	o.n.add("the reply does not say whether there is more")
	if p.Total > 0 && skip+p.Received >= p.Total { // some count the page only
		return p.Received >= limit
	}
	return p.Received > 0
}

// idsIn reads a list of session ids: texts, or objects that hold one.
func idsIn(o object, key string) []string {
	var ids []string
	for _, v := range o.list(key) {
		id, ok := textOf(v)
		if m, is := v.(map[string]any); is {
			id, ok = object{at: o.place(key), keys: m, n: o.n}.text("sessionId", "_id", "id"), true
		}
		if !ok {
			o.wrong(key, "ids", v)
		} else if id = strings.ReplaceAll(strings.TrimSpace(id), "\x00", ""); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func sessionIn(o object) SessionRow {
	row := SessionRow{
		SessionID:   o.word("sessionId", "_id"),
		BotID:       o.text("botId", "streamId"),
		UserID:      o.text("userId"),
		Channel:     o.text("channel"),
		Containment: o.text("containmentType"),
		Status:      o.text("sessionStatus", "status"),
		StartedAt:   o.time("start_time", "sessionStartTime"),
		EndedAt:     o.time("end_time", "sessionEndTime"),
		Developer:   o.flag("isDeveloper"),
	}
	for _, name := range []string{"session_lang", "lang", "language"} {
		for _, v := range o.list(name) {
			if s, ok := textOf(v); ok && row.Lang == "" {
				row.Lang = strings.ReplaceAll(s, "\x00", "")
			}
		}
	}
	row.Caller = callerIn(o)
	return row
}

// callerIn looks for the caller's number where sessions keep their tags.
func callerIn(o object) string {
	holders := append(o.objects("tags"), o)
	for _, holder := range holders {
		for _, key := range []string{"sessionTags", "sessionleveltags"} {
			if v := tagIn(holder, key, "callerNumber"); v != "" {
				return v
			}
		}
	}
	return tagIn(o, "tags", "callerNumber") // a list without its levels
}
