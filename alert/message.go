package alert

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"afterbeep/store"
)

// excerptRunes is how much of what was said a message holds at most.
const excerptRunes = 200

// message is what is told. Its JSON is the body of a webhook.
type message struct {
	ID         string      `json:"id"`
	Type       string      `json:"type"` // "voicemails", "requests" or "test"
	MadeAt     time.Time   `json:"made_at"`
	AlertID    int64       `json:"alert_id"`
	Search     searchName  `json:"search"`
	MoreThan   int         `json:"more_than"` // 0 where each is told
	WithinS    float64     `json:"within_s"`
	OlderThanS float64     `json:"older_than_s"` // of requests, in business time; 0 where it is as the desk says
	Total      int         `json:"total"`
	Voicemails []voicemail `json:"voicemails"`

	excerpts bool
	zone     *time.Location
	manage   string // where the reader changes alerts
}

// searchName names the saved search, or what else is looked for; its ID is 0 then.
type searchName struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// voicemail is one that is told. Caller and text are empty unless the alert has
// excerpts.
type voicemail struct {
	ID      int64     `json:"id"`
	URL     string    `json:"url"`
	BotID   string    `json:"bot_id"`
	LeftAt  time.Time `json:"left_at"`
	Caller  string    `json:"caller"`
	Excerpt string    `json:"excerpt"`
}

const (
	typeVoicemails = "voicemails"
	typeRequests   = "requests"
	typeTest       = "test"
)

// message is what a delivery tells.
func (w *Watch) message(l store.DeliveryLease, vs []store.Voicemail) *message {
	m := w.empty(l.Alert, l.Delivery.ID, l.Delivery.MadeAt)
	m.Type, m.Total, m.excerpts = typeVoicemails, len(vs), w.Excerpts && l.Alert.Excerpts
	if zone, err := time.LoadLocation(l.User.Settings.Zone); err == nil {
		m.zone = zone
	}
	page := "/voicemails/"
	if l.Alert.Kind == store.AlertOverdue {
		m.Type, page = typeRequests, "/callbacks/"
	}
	for _, v := range vs {
		one := voicemail{ID: v.ID, URL: w.PublicURL + page + strconv.FormatInt(v.ID, 10), BotID: v.BotID, LeftAt: v.LeftAt.UTC()}
		if m.excerpts {
			one.Caller, one.Excerpt = v.Caller, excerptOf(v.Text)
		}
		m.Voicemails = append(m.Voicemails, one)
	}
	return m
}

// testMessage is a message of an alert that tells of nothing.
func (w *Watch) testMessage(a store.Alert, now time.Time) *message {
	m := w.empty(a, "test-"+rand.Text(), now)
	m.Type = typeTest
	return m
}

func (w *Watch) empty(a store.Alert, id string, at time.Time) *message {
	m := &message{ID: id, MadeAt: at.UTC(), AlertID: a.ID, MoreThan: a.MoreThan, WithinS: a.Within.Seconds(), OlderThanS: a.OlderThan.Seconds(),
		Voicemails: []voicemail{}, zone: time.UTC,
		Search: searchName{ID: a.SearchID, Name: a.Search.Name, URL: w.PublicURL + "/saved/" + strconv.FormatInt(a.SearchID, 10)},
		manage: w.PublicURL + "/alerts"}
	if a.Kind == store.AlertOverdue {
		m.Search = searchName{Name: "Requests that wait for too long", URL: w.PublicURL + "/callbacks"}
	}
	return m
}

// excerptOf is the beginning of what was said, on one line.
func excerptOf(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= excerptRunes {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:excerptRunes])) + "…"
}

// subject is the message in a line.
func (m *message) subject() string {
	switch {
	case m.Type == typeTest:
		return "Test of the alert on " + m.Search.Name
	case m.Type == typeRequests:
		return waiting(m.Total)
	case m.MoreThan > 0:
		return fmt.Sprintf("%s within %s: %s", counted(m.Total), span(m.WithinS), m.Search.Name)
	}
	return fmt.Sprintf("%s: %s", counted(m.Total), oneLine(m.Search.Name))
}

// text is the message as people read it.
func (m *message) text() string {
	var b strings.Builder
	if m.Type == typeTest {
		fmt.Fprintf(&b, "This is a test of your alert on “%s”. It works.\n", oneLine(m.Search.Name))
	} else if m.Type == typeRequests {
		fmt.Fprintf(&b, "%s%s. They were left:\n", waiting(m.Total), m.age())
	} else {
		fmt.Fprintf(&b, "%s match your saved search “%s”.\n", counted(m.Total), oneLine(m.Search.Name))
	}
	fmt.Fprintf(&b, "%s\n", m.Search.URL)
	for _, v := range m.Voicemails {
		fmt.Fprintf(&b, "\n%s", v.LeftAt.In(m.zone).Format("Mon 2 Jan 2006, 15:04 MST"))
		if v.Caller != "" {
			fmt.Fprintf(&b, ", from %s", oneLine(v.Caller))
		}
		fmt.Fprintf(&b, "\n%s\n", v.URL)
		if v.Excerpt != "" {
			fmt.Fprintf(&b, "“%s”\n", v.Excerpt)
		}
	}
	fmt.Fprintf(&b, "\nYou set this alert in Afterbeep. Change it, or end it: %s\n", m.manage)
	return b.String()
}

// age says for how long requests have waited that are told.
func (m *message) age() string {
	if m.OlderThanS == 0 {
		return ""
	}
	return ": more than " + span(m.OlderThanS) + " of business time"
}

func waiting(n int) string {
	if n == 1 {
		return "1 request waits for too long"
	}
	return fmt.Sprintf("%d requests wait for too long", n)
}

func counted(n int) string {
	if n == 1 {
		return "1 new voicemail"
	}
	return fmt.Sprintf("%d new voicemails", n)
}

// span is a length of time in words.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// oneLine keeps what somebody else wrote on its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
