package koresim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxSessionIDs is the documented maximum of ids in one request, those named
// twice counted twice.
const maxSessionIDs = 50

// tagsFor is how old a session may be that is asked for by id and still comes
// with its session tags.
const tagsFor = 14 * 24 * time.Hour

// sessionsQuery is the body of a getSessions request as documented.
type sessionsQuery struct {
	UserID      string   `json:"userId"`
	Skip        *int     `json:"skip"`
	Offset      *int     `json:"offset"`
	Limit       *int     `json:"limit"`
	DateFrom    string   `json:"dateFrom"`
	DateTo      string   `json:"dateTo"`
	SessionType string   `json:"sessionType"`
	SessionIDs  []string `json:"sessionId"`
	Tags        struct {
		And []tagFilter `json:"and"`
		Or  []tagFilter `json:"or"`
	} `json:"tags"`
}

// tagFilter names a tag and the values that will do; none: any.
type tagFilter struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// listing is a checked getSessions request.
type listing struct {
	sessionsQuery
	bot         string // "": all of the account
	containment string
	from, to    time.Time // both included
	skip, limit int
}

// getSessions answers both forms of Sessions History: one bot's, and the
// administrator's for all.
func (s *Sim) getSessions(c call) reply {
	l, err := s.parseListing(c)
	if err != nil {
		return envelope(400, 400, err.Error())
	}
	if l.bot != "" && !s.knowsBot(l.bot) {
		return envelope(404, 404, "Bot not found")
	}
	if len(l.SessionIDs) > 0 {
		return s.sessionsByID(c, l)
	}
	all := s.listed(l, c.now)
	page := all[min(l.skip, len(all)):]
	page = page[:min(l.limit, len(page))]
	list := make([]object, 0, len(page))
	for _, x := range page {
		list = append(list, s.sessionObject(x, c.now, true))
	}
	total := len(all)
	if s.quirks.SessionsPageTotal {
		total = len(list)
	}
	return jsonReply(200, object{
		{"total", total}, {"moreAvailable", l.skip+len(page) < len(all)}, {"sessions", list}, {"invalidSessions", []string{}},
	})
}

// sessionsByID answers for a list of ids; all other filters are ignored.
func (s *Sim) sessionsByID(c call, l listing) reply {
	if len(l.SessionIDs) > maxSessionIDs {
		return envelope(400, 400, fmt.Sprintf("sessionId can't have more than %d entries", maxSessionIDs))
	}
	found, invalid, seen := []*session{}, []string{}, map[string]bool{}
	for _, id := range l.SessionIDs {
		if seen[id] {
			continue
		}
		seen[id] = true
		x := s.find(id)
		if x == nil || l.bot != "" && !s.belongs(x, l.bot) || !s.listedAt(x, c.now) {
			invalid = append(invalid, id)
			continue
		}
		found = append(found, x)
	}
	slices.SortFunc(found, func(a, b *session) int { return byStart(b, a) })
	list := make([]object, 0, len(found))
	for _, x := range found {
		list = append(list, s.sessionObject(x, c.now, c.now.Sub(x.start) <= tagsFor))
	}
	return jsonReply(200, object{
		{"total", len(list)}, {"moreAvailable", false}, {"sessions", list}, {"invalidSessions", invalid},
	})
}

// parseListing checks a request. Which words refuse one is not documented.
func (s *Sim) parseListing(c call) (listing, error) {
	l := listing{bot: c.PathValue("botId"), containment: c.URL.Query().Get("containmentType")}
	if len(strings.TrimSpace(string(c.body))) > 0 { // the body's fields are all optional
		if err := json.Unmarshal(c.body, &l.sessionsQuery); err != nil {
			return l, errors.New("request body is not valid")
		}
	}
	if len(l.SessionIDs) > 0 {
		return l, nil // all other filters are ignored
	}
	if !slices.Contains([]string{"", "dropOff", "selfService", "agent"}, l.containment) {
		return l, errors.New("containmentType is not valid")
	}
	l.limit = s.quirks.SessionsCap
	for _, n := range []struct {
		value *int
		into  *int
		least int
	}{{l.Skip, &l.skip, 0}, {l.Offset, &l.skip, 0}, {l.Limit, &l.limit, 1}} {
		if n.value == nil {
			continue
		}
		if *n.value < n.least {
			return l, errors.New("skip, offset or limit is not valid")
		}
		*n.into = *n.value
	}
	l.limit = min(l.limit, s.quirks.SessionsCap)
	return l, l.parseDates(c.now)
}

// parseDates fills in from and to. A dateTo without a time means its whole day.
func (l *listing) parseDates(now time.Time) error {
	l.to = now
	if l.DateTo != "" {
		t, dateOnly, err := parseGMT(l.DateTo)
		if err != nil {
			return fmt.Errorf("dateTo %w", err)
		}
		if l.to = t; dateOnly {
			l.to = t.Add(24*time.Hour - time.Millisecond)
		}
	}
	if l.DateFrom == "" {
		l.from = l.to.Add(-maxRange)
		return nil
	}
	t, _, err := parseGMT(l.DateFrom)
	if err != nil {
		return fmt.Errorf("dateFrom %w", err)
	}
	switch l.from = t; {
	case l.to.Before(l.from):
		return errors.New("dateTo is before dateFrom")
	case l.to.Sub(l.from) >= maxRange:
		return errors.New("the difference between dateFrom and dateTo should be less than 7 days")
	}
	return nil
}

// parseGMT reads both documented formats.
func parseGMT(text string) (t time.Time, dateOnly bool, err error) {
	if t, err = time.Parse("2006-01-02T15:04:05.999Z", text); err == nil {
		return t, false, nil
	}
	if t, err = time.Parse("2006-01-02", text); err == nil {
		return t, true, nil
	}
	return t, false, errors.New("must be yyyy-mm-dd or yyyy-mm-ddThh:mm:ss.msZ")
}

// listed returns the sessions of a listing at now, newest first.
func (s *Sim) listed(l listing, now time.Time) []*session {
	// between counts whole seconds, start_time has milliseconds.
	list := slices.DeleteFunc(s.between(l.from.Add(-time.Second), l.to), func(x *session) bool {
		at := started(x)
		return at.Before(l.from) || at.After(l.to) || l.bot != "" && !s.belongs(x, l.bot) || !s.listedAt(x, now) || !s.matches(x, l)
	})
	slices.SortFunc(list, func(a, b *session) int { return byStart(b, a) })
	return list
}

// started is start_time: the start with its milliseconds.
func started(x *session) time.Time {
	return x.start.Add(time.Duration(mix(x.key)%1000) * time.Millisecond)
}

// listedAt tells whether getSessions knows of x.
func (s *Sim) listedAt(x *session, now time.Time) bool {
	return !x.start.After(now) && (s.quirks.OpenSessions || s.rowThere(x, now))
}

// belongs tells whether a bot may speak of x.
func (s *Sim) belongs(x *session, bot string) bool {
	return x.bot == bot || s.quirks.ChildBotRows && childBot(x.bot) == bot
}

// matches holds the filters of the request.
func (s *Sim) matches(x *session, l listing) bool {
	if l.containment != "" && s.containment(x) != l.containment {
		return false
	}
	if l.UserID != "" && !s.isUser(x, l.UserID) {
		return false
	}
	if l.SessionType != "" && l.SessionType != "interactive" {
		return false
	}
	tags := s.sessionTags(x)
	has := func(f tagFilter) bool {
		return slices.ContainsFunc(tags, func(t tag) bool {
			return t.name == f.Name && (len(f.Values) == 0 || slices.Contains(f.Values, t.value))
		})
	}
	for _, f := range l.Tags.And {
		if !has(f) {
			return false
		}
	}
	return len(l.Tags.Or) == 0 || slices.ContainsFunc(l.Tags.Or, has)
}

// containment is how a session left the bot, or that it did not.
func (s *Sim) containment(x *session) string {
	switch {
	case x.kind == kindBot && x.key%3 == 0:
		return "dropOff"
	case x.kind == kindBot, x.kind == kindVoicemail && s.inDialog(x):
		return "selfService"
	default:
		return "agent"
	}
}

// tag is a name with a value on a session.
type tag struct{ name, value string }

// sessionTags are those of the sample, and the one that the flow sets.
func (s *Sim) sessionTags(x *session) []tag {
	var out []tag
	if s.channel(x) == "Voice" {
		if s.containment(x) == "agent" {
			out = append(out, tag{"voiceAgentTransferStart", "1"})
		}
		out = append(out, tag{"callerNumber", s.personOf(x).number}, tag{"audioCodesCallDisconnect", "1"}, tag{"welcomeMessageTwilio", "1"})
	}
	if x.kind == kindVoicemail && s.cfg.VoicemailTag != "" {
		out = append(out, tag{s.cfg.VoicemailTag, "1"})
	}
	return out
}

// sessionObject is one session as the sample prints it.
func (s *Sim) sessionObject(x *session, now time.Time, tagged bool) object {
	d := newDice(x.key, "listed", 0)
	channel := "rtm"
	if s.channel(x) == "Voice" {
		channel = s.quirks.VoiceChannel
	}
	bot := x.bot
	if s.quirks.ChildBotRows && d.chance(.4) {
		bot = childBot(x.bot)
	}
	o := object{
		{"sessionId", x.id}, {"botId", bot}, {"channel", channel}, {"userId", s.userOf(x)},
		{"start_time", started(x).Format(stamp)},
	}
	status := "active"
	if end := s.end(x); !end.After(now) {
		status = "closed"
		o = append(o, field{"end_time", end.Add(time.Duration(d.n(1000)) * time.Millisecond).Format(stamp)})
	}
	tags := []object{}
	if tagged {
		for _, t := range s.sessionTags(x) {
			tags = append(tags, object{{"name", t.name}, {"value", t.value}})
		}
	}
	// Developers try out chats, not the telephone.
	developer := channel == "rtm" && d.chance(.05)
	spelled, _ := flag(s.quirks.Developer, developer)
	return append(o, object{
		{"session_lang", []string{s.personOf(x).lang}}, {"sessionType", "interactive"},
		{"containmentType", s.containment(x)}, {"sessionStatus", status}, {"isDeveloper", spelled},
		{"tags", object{{"userTags", []object{}}, {"sessionTags", tags}, {"altText", []object{}}}},
		{"noOfMessagesExchanged", d.between(2, 14)}, {"noOfTasksExecuted", d.between(0, 3)},
	}...)
}
