package kore

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const opCallDetails = "call details"

// The vendor's caps on a call details query.
const (
	MaxDetailsSpan  = 7 * 24 * time.Hour
	MaxDetailsLimit = 100
	MaxDetailsPage  = 10
)

// CallDetailsQuery asks for one page of the sessions of a stretch of time. From
// and To are taken to whole seconds, outwards, and both are within.
type CallDetailsQuery struct {
	BotID string // in whose name is asked; the rows are the account's
	From  time.Time
	To    time.Time // at most MaxDetailsSpan after From
	Page  int       // 0 to MaxDetailsPage
	Limit int       // 1 to MaxDetailsLimit; 0 is MaxDetailsLimit
}

// CallDetailsPage is one page of sessions.
type CallDetailsPage struct {
	Rows []CallRow
	// Received is how many rows the reply held, those left out included: a
	// page shorter than the limit is the last one.
	Received int
	Notes    []string // what was odd about the reply; safe to log
}

// LogValue tells how much is on the page, and nothing of what is.
func (p CallDetailsPage) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("rows", len(p.Rows)), slog.Int("received", p.Received))
}

// CallRow is one session as the call details tell of it. Times are UTC; zero
// where nothing is said.
type CallRow struct {
	SessionID      string
	ConversationID string
	BotID          string
	Channel        string // "Voice", "Web/Mobile Client", ...
	Voicemail      Flag
	Direction      string // "Inbound", "Outbound"
	FinalStatus    string
	StartedAt      time.Time
	EndedAt        time.Time
	Caller         string // as the upstream writes it
	Called         string
	// QueueID and QueueName are the last queue that the session entered.
	QueueID       string
	QueueName     string
	Agents        []Agent // those who responded, in order
	CallbackOpted Flag
	CallbackAt    time.Time // when the caller opted for a callback
}

// LogValue is the session's id: the rest is about people.
func (r CallRow) LogValue() slog.Value { return slog.StringValue(r.SessionID) }

// Agent is one agent's part in a session.
type Agent struct {
	ID      string
	Status  string // "Answered", ...
	Seconds int    // how long they spoke
}

// check says what the vendor would refuse.
func (q CallDetailsQuery) check() error {
	if err := checkID("bot id", q.BotID); err != nil {
		return err
	}
	from, to := q.bounds()
	switch {
	case q.From.IsZero() || q.To.IsZero() || to.Before(from):
		return fmt.Errorf("want a stretch of time, from before to")
	case to.Sub(from) > MaxDetailsSpan:
		return fmt.Errorf("the stretch is longer than 7 days")
	case q.Page < 0 || q.Page > MaxDetailsPage:
		return fmt.Errorf("page %d: want 0 to %d", q.Page, MaxDetailsPage)
	case q.Limit < 0 || q.Limit > MaxDetailsLimit:
		return fmt.Errorf("limit %d: want 1 to %d", q.Limit, MaxDetailsLimit)
	}
	return nil
}

func (q CallDetailsQuery) bounds() (from, to time.Time) {
	from, to = q.From.UTC().Truncate(time.Second), q.To.UTC().Truncate(time.Second)
	if to.Before(q.To) {
		to = to.Add(time.Second)
	}
	return from, to
}

// detailsTime is how the vendor's tables write a moment, in the zone of
// timeZoneOffset.
const detailsTime = "2006-01-02 15:04:05"

// body asks for times at offset 0, which the rows then are in, and for the tags,
// which may hold the caller's number. It leaves customerinfo out: it is not
// needed.
func (q CallDetailsQuery) body() ([]byte, error) {
	from, to := q.bounds()
	return json.Marshal(map[string]any{
		"startDate":      from.Format(detailsTime),
		"endDate":        to.Format(detailsTime),
		"timeZoneOffset": 0,
		"selectedFields": []string{"sessionleveltags"},
	})
}

// CallDetails asks for one page of the account's sessions. A query over the
// vendor's caps is an *Error of KindBadRequest and is not sent. Other errors are
// *Error, or wrap those of the Budget and of ctx.
func (c *Client) CallDetails(ctx context.Context, class Class, q CallDetailsQuery) (*CallDetailsPage, error) {
	page, _, err := c.callDetails(ctx, class, q)
	return page, err
}

func (c *Client) callDetails(ctx context.Context, class Class, q CallDetailsQuery) (*CallDetailsPage, *answer, error) {
	if err := q.check(); err != nil {
		return nil, nil, &Error{Op: opCallDetails, Kind: KindBadRequest, Msg: err.Error()}
	}
	body, err := q.body()
	if err != nil {
		return nil, nil, fmt.Errorf("kore call details: %w", err)
	}
	limit := q.Limit
	if limit == 0 {
		limit = MaxDetailsLimit
	}
	var page *CallDetailsPage
	ans, err := c.do(ctx, call{
		op: opCallDetails, class: class, method: http.MethodPost,
		path:  "/agentassist/api/public/analytics/account/" + url.PathEscape(c.cfg.AccountID) + "/v2/callDetails",
		query: url.Values{"offset": {strconv.Itoa(q.Page)}, "limit": {strconv.Itoa(limit)}},
		header: http.Header{
			"accountId": {c.cfg.AccountID},
			"iId":       {q.BotID},
		},
		body: body,
		read: func(body []byte) (bool, *Error) {
			var e *Error
			if page, e = parseCallDetails(body); e != nil {
				return false, e
			}
			return page.Received > 0, nil
		},
	})
	if err != nil {
		return nil, ans, err
	}
	return page, ans, nil
}

// ParseCallDetails reads a reply of the call details, as tolerantly as
// ParseVoicemail and with the same errors.
func ParseCallDetails(body []byte) (*CallDetailsPage, error) {
	p, e := parseCallDetails(body)
	if e != nil {
		return nil, e
	}
	return p, nil
}

const keyRows = "data"

func parseCallDetails(body []byte) (*CallDetailsPage, *Error) {
	n := &notes{}
	o, e := readObject(opCallDetails, body, n)
	if e != nil {
		return nil, e
	}
	p := &CallDetailsPage{Received: len(o.list(keyRows))}
	for _, item := range o.objects(keyRows) {
		row := rowIn(item)
		if row.SessionID == "" {
			n.add("%s: has no session id", item.at)
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		if e := trouble(opCallDetails, o, keyRows); e != nil {
			return nil, e
		}
		if noneReadable(o, keyRows) || !o.has(keyRows) && !o.has("numResults") {
			return nil, unexpected(opCallDetails, o)
		}
	}
	p.Notes = n.all()
	return p, nil
}

// noneReadable says whether there are rows under a key, none of which has a
// session id, and not all because they have none: such a page is not an empty
// one. Rows of conversations without a session are known to exist.
func noneReadable(o object, key string) bool {
	if unread(o, key) && len(o.objects(key)) == 0 {
		return true
	}
	return slices.ContainsFunc(o.objects(key), func(row object) bool {
		wrong := slices.ContainsFunc(row.values("sessionId"), func(v any) bool { return v != "" })
		return wrong || row.text("conversationId", "channel", "botId", "userId") == ""
	})
}

func rowIn(o object) CallRow {
	meta := o.child("metaInfo")
	row := CallRow{
		SessionID:      o.word("sessionId"),
		ConversationID: o.text("conversationId"),
		BotID:          o.text("botId"),
		Channel:        o.text("channel"),
		Voicemail:      o.flag("isVoicemail"),
		Direction:      o.text("direction"),
		FinalStatus:    o.text("finalStatus"),
		StartedAt:      o.time("sessionStartTime"),
		EndedAt:        o.time("sessionEndTime"),
		Caller:         meta.text("caller"),
		// In outbound rows dialedNumber is the centre's own number.
		Called: meta.text("callee", "dialedNumber"),
	}
	if row.Caller == "" {
		row.Caller = tagIn(o, "sessionleveltags", "callerNumber")
	}
	for _, d := range o.objects("destinations") {
		row.addDestination(d)
	}
	return row
}

// addDestination takes in one leg: a queue with or without the agent who took
// the call from it, or an agent to whom it was handed on.
func (r *CallRow) addDestination(d object) {
	if id, name := d.text("queueId"), d.text("queueName"); id != "" || name != "" {
		r.QueueID, r.QueueName = id, name
	}
	if f := d.flag("CallbackOpted"); r.CallbackOpted != FlagYes && f != FlagUnknown {
		r.CallbackOpted = f
	}
	if t := d.time("CallbackOptedTime"); r.CallbackAt.IsZero() {
		r.CallbackAt = t
	}
	agents := d.objects("respondingAgent")
	for _, a := range d.objects("nonRespondingAgents") {
		// Where a call was reassigned, the one who answered stands here too.
		same := func(b object) bool { return b.text("agentId") == a.text("agentId") }
		if strings.EqualFold(a.text("status"), "Answered") && !slices.ContainsFunc(agents, same) {
			agents = append(agents, a)
		}
	}
	if d.has("agentId") {
		agents = append(agents, d)
	}
	for _, a := range agents {
		if id := a.text("agentId"); id != "" {
			r.Agents = append(r.Agents, Agent{ID: id, Status: a.text("status"), Seconds: max(0, a.whole("interactionDuration"))})
		}
	}
}

// tagIn is the value of a tag in the list under key, "" where there is none. A
// tag is an object with name and value, or the list is one object of them.
func tagIn(o object, key, name string) string {
	for _, tag := range o.objects(key) {
		if fold(tag.text("name")) == fold(name) {
			if v := tag.text("value"); v != "" {
				return v
			}
		}
		if v := tag.text(name); v != "" {
			return v
		}
	}
	return ""
}
