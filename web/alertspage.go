package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"afterbeep/store"
)

// deliveriesShown is how many deliveries the page lists.
const deliveriesShown = 50

type alertsPage struct {
	frame
	Said       string
	Problem    string
	Problems   map[string]string // what is wrong, by field
	Can        bool              // people can be told at all
	Ways       AlertWays
	Hooks      bool   // this visitor may make webhooks
	Secret     string // of a webhook that was just made; shown once
	Alerts     []alertView
	Deliveries []deliveryView
	Form       alertForm
	Searches   []option
	Withins    []option
	Everies    []option
	Zones      []string
}

// alertView is an alert in the list.
type alertView struct {
	ID     int64
	Name   string
	Facts  []fact
	Paused bool
	Gone   bool // its search is not the reader's any more
	Change string
}

// deliveryView is a delivery in the list.
type deliveryView struct {
	ID     string
	Name   string // of the search
	Made   stampView
	What   string
	State  string
	Mark   string // of the state's tag
	Reason string
	Again  bool // it was given up and can be sent again
}

// alertForm is the form as it was typed.
type alertForm struct {
	ID        string // "" is a new one
	Kind      string // a store.AlertKind
	OlderThan string
	Search    string
	Channel   string
	Target    string
	MoreThan  string
	Within    string
	Every     string
	QuietFrom string
	QuietTo   string
	Weekends  bool
	Zone      string
	Excerpts  bool
}

func (s *Server) getAlerts(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.alertsPage(v)
	if err != nil {
		return err
	}
	page.Said = alertSaid(v.QueryParam("done"))
	page.Form = page.blank()
	page.Form.Kind, page.Form.Search = v.QueryParam("kind"), v.QueryParam("search")
	if id := v.QueryParam("alert"); id != "" {
		a, err := s.ownAlert(v, id)
		if err != nil {
			return err
		}
		page.Form = formOfAlert(a)
	}
	page.offer()
	return s.page(v, http.StatusOK, page)
}

func alertSaid(done string) string {
	switch done {
	case "saved":
		return "The alert is set. You are told of what becomes new from now on."
	case "paused":
		return "The alert is paused. What comes meanwhile is not told."
	case "goes on":
		return "The alert goes on. You are told of what becomes new from now on."
	case "gone":
		return "The alert is gone."
	case "tested":
		return "The test message was taken."
	case "again":
		return "It is sent again now."
	}
	return ""
}

// alertsPage is the page with all of the visitor's, but for the form.
func (s *Server) alertsPage(v *visit) (*alertsPage, error) {
	page := &alertsPage{frame: s.frame(v, "Alerts"), Can: s.Alerts != nil, Hooks: may(v.user.Role, rightExport), Zones: zones(), Problems: map[string]string{}}
	if s.Alerts != nil {
		page.Ways = s.Alerts.Ways()
	}
	searches, err := s.Store.SavedSearches(v.ctx(), v.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list saved searches: %w", err)
	}
	for _, one := range searches {
		page.Searches = append(page.Searches, option{Value: strconv.FormatInt(one.ID, 10), Text: one.Name})
	}
	alerts, err := s.Store.Alerts(v.ctx(), v.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	names := map[int64]string{}
	for _, a := range alerts {
		view := alertViewOf(a, page.reading)
		names[a.ID] = view.Name
		page.Alerts = append(page.Alerts, view)
	}
	deliveries, err := s.Store.Deliveries(v.ctx(), v.user.ID, deliveriesShown)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	for _, d := range deliveries {
		page.Deliveries = append(page.Deliveries, deliveryViewOf(d, names[d.AlertID], page.reading))
	}
	return page, nil
}

// blank is the form of a new alert, by a way that there is.
func (page *alertsPage) blank() alertForm {
	form := alertForm{Channel: string(store.ChannelEmail), Every: "0s", Zone: page.place().String()}
	if !page.Ways.Email && page.Hooks {
		form.Channel = string(store.ChannelWebhook)
	}
	return form
}

// offer fills in what the form offers, with what it holds chosen.
func (page *alertsPage) offer() {
	for i := range page.Searches {
		page.Searches[i].Chosen = page.Searches[i].Value == page.Form.Search
	}
	page.Withins = spans(page.Form.Within, 15*time.Minute, time.Hour, 4*time.Hour, 24*time.Hour, store.MaxWithin)
	page.Everies = spans(page.Form.Every, 0, 15*time.Minute, time.Hour, 4*time.Hour, 24*time.Hour)
	for i, o := range page.Everies {
		if d, err := time.ParseDuration(o.Value); err == nil && d > 0 {
			page.Everies[i].Text = "together, at most every " + everyWords(d)
		}
	}
}

// spans offers lengths of time.
func spans(chosen string, offered ...time.Duration) []option {
	var out []option
	had := false
	for _, d := range offered {
		o := option{Value: d.String(), Text: spanWords(d), Chosen: d.String() == chosen}
		had = had || o.Chosen
		out = append(out, o)
	}
	if d, err := time.ParseDuration(chosen); err == nil && !had {
		out = append(out, option{Value: chosen, Text: spanWords(d), Chosen: true})
	}
	return out
}

func spanWords(d time.Duration) string {
	switch {
	case d == 0:
		return "at once"
	case d%(24*time.Hour) == 0:
		return plural(int(d/(24*time.Hour)), "day")
	case d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/time.Minute), "minute")
}

// everyWords are spanWords behind "every".
func everyWords(d time.Duration) string { return strings.TrimPrefix(spanWords(d), "1 ") }

func alertViewOf(a store.Alert, r reading) alertView {
	id := strconv.FormatInt(a.ID, 10)
	view := alertView{ID: a.ID, Name: a.Search.Name, Paused: a.Paused, Gone: a.Search.ID == 0 && a.Kind == store.AlertSearch, Change: alertsPath + "?alert=" + id + "#form"}
	if view.Gone {
		view.Name = "A search that is not shared with you any more"
	}
	if a.Kind == store.AlertOverdue {
		view.Name = overdueName
	}
	say := func(name, value string) { view.Facts = append(view.Facts, fact{Name: name, Value: value}) }
	if a.Channel == store.ChannelWebhook {
		say("Sent to", a.Target)
	} else {
		say("Mail to", a.Target)
	}
	when := "of each that is new"
	if a.Kind == store.AlertOverdue {
		when = "once of each, when it is overdue"
		if a.OlderThan > 0 {
			when = "once of each, when it is older than " + spanText(a.OlderThan) + " of business time"
		}
	} else if a.MoreThan > 0 {
		when = fmt.Sprintf("when more than %d are left within %s", a.MoreThan, spanWords(a.Within))
	}
	if a.Every > 0 {
		when += ", no more often than every " + everyWords(a.Every)
	}
	say("Tells", when)
	if quiet := quietWords(a.Quiet); quiet != "" {
		say("Quiet", quiet)
	}
	if a.Excerpts {
		say("Holds", "who called, and the beginning of what was said")
	}
	if !a.ToldAt.IsZero() {
		at := r.Stamp(a.ToldAt)
		view.Facts = append(view.Facts, fact{Name: "Last told", Stamp: &at})
	}
	return view
}

func quietWords(q store.Quiet) string {
	var parts []string
	if q.From != q.To {
		parts = append(parts, clockOf(q.From)+" to "+clockOf(q.To))
	}
	if q.Weekends {
		parts = append(parts, "weekends")
	}
	if len(parts) == 0 {
		return ""
	}
	zone := q.Zone
	if zone == "" {
		zone = "UTC"
	}
	return strings.Join(parts, ", ") + " (" + zone + ")"
}

// clockOf is a minute of the day as clocks show it.
func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func deliveryViewOf(d store.Delivery, name string, r reading) deliveryView {
	view := deliveryView{ID: d.ID, Name: name, Made: r.Stamp(d.MadeAt), What: plural(d.Matches, "voicemail"), Reason: d.Reason, Again: d.State == store.DeliveryDead}
	switch d.State {
	case store.DeliverySent:
		view.State, view.Mark, view.Reason = "sent", "good", ""
	case store.DeliveryDead:
		view.State, view.Mark = "given up", "bad"
	case store.DeliveryDropped:
		view.State, view.Mark = "not sent", "dim"
	default:
		view.State, view.Mark = "on its way", "dim"
		if d.Attempts > 0 {
			view.State, view.Mark = "tried "+plural(d.Attempts, "time")+", goes on", "warn"
		}
	}
	return view
}

// ownAlert is the visitor's own alert of an id; *fault where there is none.
func (s *Server) ownAlert(v *visit, id string) (store.Alert, error) {
	alerts, err := s.Store.Alerts(v.ctx(), v.user.ID)
	if err != nil {
		return store.Alert{}, fmt.Errorf("list alerts: %w", err)
	}
	for _, a := range alerts {
		if strconv.FormatInt(a.ID, 10) == id {
			return a, nil
		}
	}
	return store.Alert{}, notFound()
}

// pathAlert is ownAlert of the path, for those who change it: what is not theirs
// is written down as refused, and what is theirs as allowed.
func (s *Server) pathAlert(v *visit, what string) (store.Alert, error) {
	a, err := s.ownAlert(v, v.Param("id"))
	entry := store.AuditEntry{Detail: what + " alert " + cut(v.Param("id"), maxName)}
	if _, refused := errors.AsType[*fault](err); refused {
		return a, s.deny(v, entry, err)
	}
	if err != nil {
		return a, err
	}
	entry.Detail = fmt.Sprintf("%s %s", what, alertDetail(a))
	return a, s.allow(v, entry)
}

// overdueName is what alerts on requests are called.
const overdueName = "Requests that wait for too long"

func alertDetail(a store.Alert) string {
	if a.Kind == store.AlertOverdue {
		return fmt.Sprintf("alert on requests that wait by %s to %s", a.Channel, cut(a.Target, maxName))
	}
	return fmt.Sprintf("alert on %s by %s to %s", cut(a.Search.Name, maxName), a.Channel, cut(a.Target, maxName))
}

// postAlertPause pauses an alert, or has it go on.
func (s *Server) postAlertPause(v *visit) error {
	a, err := s.pathAlert(v, "pause")
	if err != nil {
		return err
	}
	a.Paused = v.FormValue("paused") == "1"
	if _, err := s.Store.SaveAlert(v.ctx(), a); err != nil {
		return fmt.Errorf("pause an alert: %w", err)
	}
	if a.Paused {
		return v.seeOther(alertsPath + "?done=paused#main")
	}
	return v.seeOther(alertsPath + "?done=goes+on#main")
}

// postAlertDelete forgets an alert.
func (s *Server) postAlertDelete(v *visit) error {
	if err := s.deleteAlert(v); err != nil {
		return err
	}
	return v.seeOther(alertsPath + "?done=gone#main")
}

func (s *Server) deleteAlert(v *visit) error {
	a, err := s.pathAlert(v, "delete")
	if err != nil {
		return err
	}
	if err := s.Store.DeleteAlert(v.ctx(), v.user.ID, a.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delete an alert: %w", err)
	}
	return nil
}

// postAlertTest sends a test message, and says what came of it.
func (s *Server) postAlertTest(v *visit) error {
	words, err := s.testAlert(v)
	if err != nil {
		return err
	}
	if words == "" {
		return v.seeOther(alertsPath + "?done=tested#main")
	}
	page, err := s.alertsPage(v)
	if err != nil {
		return err
	}
	v.standsAt(alertsPath)
	page.Problem = "The test message was not taken. " + sentence(words)
	page.Form = page.blank()
	page.offer()
	return s.page(v, http.StatusOK, page)
}

// testAlert sends the test message. words say why it was not taken; "" where it
// was.
func (s *Server) testAlert(v *visit) (words string, err error) {
	a, err := s.pathAlert(v, "test")
	if err != nil {
		return "", err
	}
	if s.Alerts == nil {
		return "", noAlertsHere()
	}
	return s.Alerts.Test(v.ctx(), a), nil
}

func noAlertsHere() *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "Nobody can be told here",
		words: "This Afterbeep sends no alerts."}
}

// postDeliveryAgain sends again what was given up. One that is on its way is, too.
func (s *Server) postDeliveryAgain(v *visit) error {
	if err := s.wakeDelivery(v); err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	return v.seeOther(alertsPath + "?done=again#main")
}

// wakeDelivery sends again the delivery of the path. store.ErrConflict where it
// was not given up.
func (s *Server) wakeDelivery(v *visit) error {
	if err := s.allow(v, store.AuditEntry{Detail: "send again " + cut(v.Param("id"), maxName)}); err != nil {
		return err
	}
	err := s.Store.WakeDelivery(v.ctx(), v.user.ID, v.Param("id"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	case err != nil:
		return fmt.Errorf("send a delivery again: %w", err)
	}
	if s.Alerts != nil {
		s.Alerts.Nudge()
	}
	return nil
}
