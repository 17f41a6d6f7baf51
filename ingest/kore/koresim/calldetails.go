package koresim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The documented maxima of call details.
const (
	maxLimit  = 100
	maxOffset = 10
	maxRange  = 7 * 24 * time.Hour
)

// detailsQuery is the body of a call details request as documented.
type detailsQuery struct {
	StartDate      string   `json:"startDate"`
	EndDate        string   `json:"endDate"`
	TimeZoneOffset *float64 `json:"timeZoneOffset"`
	SelectedFields []string `json:"selectedFields"`
	Channels       []string `json:"channels"`
	Queues         []string `json:"queues"`
	Direction      string   `json:"direction"`
	IsAutomation   *bool    `json:"isAutomation"`
}

// window is a checked request.
type window struct {
	detailsQuery
	from, to      time.Time // both included
	zone          time.Duration
	limit, offset int
}

// callDetails answers call details v2, also known as interaction details v2.
func (s *Sim) callDetails(c call) reply {
	if c.PathValue("accountId") != s.cfg.AccountID || c.Header.Get("accountId") != s.cfg.AccountID {
		return envelope(400, 400, "accountId missing in the header, or not that of the app")
	}
	if !slices.Contains(s.cfg.BotIDs, c.Header.Get("iId")) {
		return envelope(400, 400, "iId missing in the header, or not an app of the account")
	}
	if !strings.HasPrefix(strings.ToLower(c.Header.Get("Content-Type")), "application/json") {
		return envelope(400, 400, "content-type must be application/json")
	}
	w, err := s.parseWindow(c)
	if err != nil {
		return envelope(400, 400, err.Error())
	}
	all := s.rowsOf(w, c.now)
	skip := w.offset * w.limit
	if s.quirks.OffsetRows {
		skip = w.offset
	}
	page := all[min(skip, len(all)):]
	page = page[:min(w.limit, len(page))]
	if w.offset > maxOffset && s.quirks.OverOffset == OverflowEmpty {
		page = nil
	}
	rows := make([]object, 0, len(page))
	for _, x := range page {
		rows = append(rows, recase(s.row(x, w), s.quirks.Keys).(object))
	}
	n := len(rows)
	if s.quirks.TotalResults {
		n = len(all)
	}
	return jsonReply(200, object{{"numResults", n}, {"data", rows}})
}

// parseWindow checks a request as the documents say. Which words refuse one is
// not documented.
func (s *Sim) parseWindow(c call) (window, error) {
	var w window
	if err := json.Unmarshal(c.body, &w.detailsQuery); err != nil {
		return w, errors.New("request body is not valid")
	}
	if w.TimeZoneOffset == nil {
		return w, errors.New("timeZoneOffset is required")
	}
	if *w.TimeZoneOffset < -14*60 || *w.TimeZoneOffset > 14*60 {
		return w, errors.New("timeZoneOffset is not valid")
	}
	// As in JavaScript: minutes by which UTC is ahead of local time.
	w.zone = -time.Duration(*w.TimeZoneOffset * float64(time.Minute))
	var err error
	if w.from, _, err = parseLocal(w.StartDate, w.zone); err != nil {
		return w, fmt.Errorf("startDate %w", err)
	}
	var dateOnly bool
	if w.to, dateOnly, err = parseLocal(w.EndDate, w.zone); err != nil {
		return w, fmt.Errorf("endDate %w", err)
	}
	if dateOnly { // the whole day: the samples ask for one day with the same date twice
		w.to = w.to.Add(24*time.Hour - time.Second)
	}
	if w.to.Before(w.from) {
		return w, errors.New("endDate is before startDate")
	}
	if w.to.Sub(w.from) > maxRange {
		return w, errors.New("the days' range can't be more than seven days")
	}
	return w, s.parsePage(c, &w)
}

func (s *Sim) parsePage(c call, w *window) error {
	q := c.URL.Query()
	w.limit = s.quirks.DefaultLimit
	var err error
	if v := q.Get("limit"); v != "" {
		if w.limit, err = strconv.Atoi(v); err != nil || w.limit < 1 {
			return errors.New("limit is not valid")
		}
	}
	if w.limit > maxLimit {
		if s.quirks.OverLimit == OverflowReject {
			return fmt.Errorf("limit can't be more than %d", maxLimit)
		}
		w.limit = maxLimit
	}
	if v := q.Get("offset"); v != "" {
		if w.offset, err = strconv.Atoi(v); err != nil || w.offset < 0 || w.offset > 1<<30 {
			return errors.New("offset is not valid")
		}
	}
	if w.offset > maxOffset && s.quirks.OverOffset == OverflowReject {
		return fmt.Errorf("offset can't be more than %d", maxOffset)
	}
	return nil
}

// parseLocal reads both documented formats in a zone.
func parseLocal(text string, zone time.Duration) (t time.Time, dateOnly bool, err error) {
	t, err = time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		dateOnly = true
		if t, err = time.Parse("2006-01-02", text); err != nil {
			return t, false, errors.New("must be yyyy-mm-dd HH24:mm:ss")
		}
	}
	return t.Add(-zone), dateOnly, nil
}

// longestSession bounds how much earlier than its end a session may have begun.
const longestSession = 3 * time.Hour

// rowsOf returns the sessions that a window shows at now, in the quirk's order.
func (s *Sim) rowsOf(w window, now time.Time) []*session {
	from := w.from
	if s.quirks.WindowByEnd {
		from = from.Add(-longestSession)
	}
	rows := slices.DeleteFunc(s.between(from, w.to), func(x *session) bool {
		if s.quirks.WindowByEnd {
			// Only near the borders does the length matter.
			if x.start.Before(w.from) || x.start.After(w.to.Add(-longestSession)) {
				if end := s.end(x); end.Before(w.from) || end.After(w.to) {
					return true
				}
			}
		}
		return !s.rowThere(x, now) || !s.wanted(x, w)
	})
	slices.SortFunc(rows, func(a, b *session) int {
		switch s.quirks.Sort {
		case OrderOldest:
			return byStart(a, b)
		case OrderEndFirst:
			return cmp.Or(s.end(b).Compare(s.end(a)), byStart(b, a))
		case OrderHash:
			return cmp.Or(cmp.Compare(mix(a.key), mix(b.key)), byStart(a, b))
		default:
			return byStart(b, a)
		}
	})
	return rows
}

// wanted holds the filters of the request's body.
func (s *Sim) wanted(x *session, w window) bool {
	if w.IsAutomation != nil && !*w.IsAutomation && x.kind == kindBot {
		return false
	}
	switch strings.ToLower(w.Direction) {
	case "inbound":
		if x.kind == kindOutbound {
			return false
		}
	case "outbound":
		if x.kind != kindOutbound {
			return false
		}
	}
	if len(w.Channels) > 0 {
		want := "rtm"
		if s.channel(x) == "Voice" {
			want = "voice"
		}
		if !slices.ContainsFunc(w.Channels, func(c string) bool { return strings.EqualFold(c, want) }) {
			return false
		}
	}
	return len(w.Queues) == 0 || x.kind != kindBot && slices.Contains(w.Queues, s.message(x).queue.id)
}

func (s *Sim) channel(x *session) string {
	switch x.kind {
	case kindChat, kindBot:
		return "Web/Mobile Client"
	default:
		return "Voice"
	}
}
