package web

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"afterbeep/store"
)

const (
	apiAlertsPath     = "/api/v1/alerts"
	apiDeliveriesPath = "/api/v1/deliveries"
	// kindSearch is how the API calls store.AlertSearch.
	kindSearch = "search"
)

// AlertsAnswer is somebody's alerts, as the API gives them.
type AlertsAnswer struct {
	Ways   AlertWaysAnswer `json:"ways"`
	Alerts []AlertAnswer   `json:"alerts"`
}

// AlertWaysAnswer is how people can be told.
type AlertWaysAnswer struct {
	Email    bool     `json:"email"`    // there is a mail server
	Webhook  bool     `json:"webhook"`  // the caller may make webhooks
	Excerpts bool     `json:"excerpts"` // messages may hold who called and what was said
	Domains  []string `json:"domains"`  // mail goes to these alone; empty is any
}

// AlertAnswer is an alert, as the API gives it.
type AlertAnswer struct {
	ID         int64        `json:"id"`
	Kind       string       `json:"kind"`   // "search" or "overdue"
	Search     *AlertSearch `json:"search"` // null of "overdue", and where it is not shared with the caller any more
	Channel    string       `json:"channel"`
	Target     string       `json:"target"`
	MoreThan   int          `json:"more_than"` // 0 tells of each
	WithinS    float64      `json:"within_s"`
	OlderThanS float64      `json:"older_than_s"` // of "overdue", in business time; 0 is as Desk says
	EveryS     float64      `json:"every_s"`      // 0 is at once
	Quiet      QuietAnswer  `json:"quiet"`
	Excerpts   bool         `json:"excerpts"`
	Paused     bool         `json:"paused"`
	CreatedAt  Stamp        `json:"created_at"`
	ToldAt     Stamp        `json:"told_at"` // null where nothing was told yet
}

// AlertSearch is the saved search that an alert is on.
type AlertSearch struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// QuietAnswer is when nobody is told.
type QuietAnswer struct {
	From     string `json:"from"` // as 20:00; "" where there are no quiet hours
	To       string `json:"to"`
	Weekends bool   `json:"weekends"`
	Zone     string `json:"zone"` // IANA name; "" is UTC
}

// AlertKept is an alert that was set.
type AlertKept struct {
	AlertAnswer
	Secret string `json:"secret"` // of a webhook to an address that is new, this once; else ""
}

// AlertTested is what came of a test message.
type AlertTested struct {
	Taken bool   `json:"taken"`
	Words string `json:"words"` // why it was not
}

// DeliveriesAnswer is messages of somebody's alerts, the newest first.
type DeliveriesAnswer struct {
	Deliveries []DeliveryAnswer `json:"deliveries"`
}

// DeliveryAnswer is a message of an alert.
type DeliveryAnswer struct {
	ID         string `json:"id"` // the receiver's webhook-id, and in its Message-ID
	AlertID    int64  `json:"alert_id"`
	Voicemails int    `json:"voicemails"`
	State      string `json:"state"` // "due", "sending", "sent", "given_up" or "dropped": nothing was left to tell
	Attempts   int    `json:"attempts"`
	MadeAt     Stamp  `json:"made_at"`
	DueAt      Stamp  `json:"due_at"`   // when it is tried next
	EndedAt    Stamp  `json:"ended_at"` // null while it is not ended
	Reason     string `json:"reason"`   // why it stands so
}

// sentAlert is what the API takes to set an alert. What is left out of a change
// stays.
type sentAlert struct {
	Kind       *string    `json:"kind"` // "search", which it is without, or "overdue"; of a new one
	SearchID   *int64     `json:"search_id"`
	Channel    *string    `json:"channel"` // "email", which it is without, or "webhook"
	Target     *string    `json:"target"`
	MoreThan   *int       `json:"more_than"`
	WithinS    *float64   `json:"within_s"`
	OlderThanS *float64   `json:"older_than_s"`
	EveryS     *float64   `json:"every_s"`
	Quiet      *sentQuiet `json:"quiet"`
	Excerpts   *bool      `json:"excerpts"`
	Paused     *bool      `json:"paused"`
}

// sentQuiet replaces all of the quiet hours.
type sentQuiet struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Weekends bool   `json:"weekends"`
	Zone     string `json:"zone"`
}

// fill puts what was sent into a form, which judges it.
func (sent sentAlert) fill(form *alertForm) error {
	kind := form.Kind
	if kind == "" {
		kind = kindSearch
	}
	if form.ID != "" && (sent.Kind != nil && *sent.Kind != kind || sent.SearchID != nil && strconv.FormatInt(*sent.SearchID, 10) != form.Search) {
		return badRequest("search_id: what an alert is on can’t be changed. Make another alert, and delete this one.")
	}
	if sent.Kind != nil {
		if form.Kind = *sent.Kind; form.Kind == kindSearch {
			form.Kind = string(store.AlertSearch)
		}
	}
	if form.Kind != string(store.AlertSearch) && form.Kind != string(store.AlertOverdue) {
		return badRequest(`kind: it is "search" or "overdue".`)
	}
	if sent.SearchID != nil {
		form.Search = strconv.FormatInt(*sent.SearchID, 10)
	}
	if sent.Channel != nil {
		form.Channel = *sent.Channel
	}
	if c := store.Channel(form.Channel); c != store.ChannelEmail && c != store.ChannelWebhook {
		return badRequest(`channel: it is "email" or "webhook".`)
	}
	if sent.Target != nil {
		form.Target = strings.TrimSpace(*sent.Target)
	}
	if sent.MoreThan != nil {
		form.MoreThan = strconv.Itoa(*sent.MoreThan)
	}
	if sent.Quiet != nil {
		q := sent.Quiet
		form.QuietFrom, form.QuietTo, form.Weekends, form.Zone = q.From, q.To, q.Weekends, q.Zone
	}
	if sent.Excerpts != nil {
		form.Excerpts = *sent.Excerpts
	}
	return sent.fillSpans(form)
}

// fillSpans puts lengths of time into the form as it reads them.
func (sent sentAlert) fillSpans(form *alertForm) error {
	for _, at := range []struct {
		field string
		sent  *float64
		most  time.Duration
		to    *string
	}{
		{"within_s", sent.WithinS, store.MaxWithin, &form.Within},
		{"older_than_s", sent.OlderThanS, store.MaxOlderThan, &form.OlderThan},
		{"every_s", sent.EveryS, store.MaxEvery, &form.Every},
	} {
		switch {
		case at.sent == nil:
			continue
		case *at.sent < 0 || *at.sent > at.most.Seconds():
			return badRequest(fmt.Sprintf("%s: it may be from 0 to %.0f seconds.", at.field, at.most.Seconds()))
		case at.field == "older_than_s":
			*at.to = minutesText(time.Duration(*at.sent * float64(time.Second)))
		default:
			*at.to = time.Duration(math.Round(*at.sent * float64(time.Second))).String()
		}
	}
	return nil
}

// minutesText is a length of time as typedSpan reads it, to the second; "" for
// none.
func minutesText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatFloat(d.Minutes(), 'f', -1, 64) + "m"
}

// alertFields are the API's names of the form's fields.
func alertFields() map[string]string {
	return map[string]string{"search": "search_id", "within": "within_s", "older_than": "older_than_s", "every": "every_s",
		"quiet_from": "quiet.from", "quiet_to": "quiet.to", "zone": "quiet.zone"}
}

// alertRefusal says all that is wrong with an alert.
func alertRefusal(wrong map[string]string) *fault {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		words := wrong[field]
		if name := alertFields()[field]; name != "" {
			field = name
		}
		parts = append(parts, strings.TrimPrefix(field+": "+words, ": "))
	}
	return badRequest(strings.Join(parts, " "))
}

func alertAnswerOf(a store.Alert) AlertAnswer {
	out := AlertAnswer{ID: a.ID, Kind: kindSearch, Channel: string(a.Channel), Target: a.Target, MoreThan: a.MoreThan, WithinS: a.Within.Seconds(),
		OlderThanS: a.OlderThan.Seconds(), EveryS: a.Every.Seconds(), Quiet: QuietAnswer{Weekends: a.Quiet.Weekends, Zone: a.Quiet.Zone},
		Excerpts: a.Excerpts, Paused: a.Paused, CreatedAt: Stamp(a.CreatedAt), ToldAt: Stamp(a.ToldAt)}
	if a.Kind == store.AlertOverdue {
		out.Kind = string(store.AlertOverdue)
	}
	if a.Search.ID != 0 {
		out.Search = &AlertSearch{ID: a.Search.ID, Name: a.Search.Name}
	}
	if a.Quiet.From != a.Quiet.To {
		out.Quiet.From, out.Quiet.To = clockOf(a.Quiet.From), clockOf(a.Quiet.To)
	}
	return out
}

func (s *Server) apiAlerts(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	list, err := s.Store.Alerts(v.ctx(), v.user.ID)
	if err != nil {
		return fmt.Errorf("list alerts: %w", err)
	}
	a := AlertsAnswer{Ways: AlertWaysAnswer{Domains: []string{}}, Alerts: make([]AlertAnswer, len(list))}
	if s.Alerts != nil {
		ways := s.Alerts.Ways()
		a.Ways = AlertWaysAnswer{Email: ways.Email, Webhook: may(v.user.Role, rightExport), Excerpts: ways.Excerpts, Domains: append([]string{}, ways.Domains...)}
	}
	for i, one := range list {
		a.Alerts[i] = alertAnswerOf(one)
	}
	return v.json(http.StatusOK, a)
}

func (s *Server) apiAlert(v *visit) error {
	a, err := s.pathAlert(v, "look at")
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, alertAnswerOf(a))
}

func (s *Server) apiAddAlert(v *visit) error {
	return s.apiSetAlert(v, http.StatusCreated, alertForm{Channel: string(store.ChannelEmail), Every: "0s"})
}

// apiChangeAlert changes what is sent of one of the caller's own.
func (s *Server) apiChangeAlert(v *visit) error {
	had, err := s.ownAlert(v, v.Param("id"))
	if _, refused := errors.AsType[*fault](err); refused {
		return s.deny(v, store.AuditEntry{Detail: "set alert " + cut(v.Param("id"), maxName)}, err)
	}
	if err != nil {
		return err
	}
	form := formOfAlert(had)
	form.OlderThan = minutesText(had.OlderThan)
	return s.apiSetAlert(v, http.StatusOK, form)
}

// apiSetAlert sets an alert as the form, with what was sent in it, says.
func (s *Server) apiSetAlert(v *visit, status int, form alertForm) error {
	var sent sentAlert
	err := v.body(&sent)
	if err == nil {
		err = sent.fill(&form)
	}
	if err != nil {
		return s.deny(v, store.AuditEntry{Detail: "set an alert"}, err)
	}
	kept, secret, wrong, err := s.setAlert(v, form, sent.Paused)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		return alertRefusal(wrong)
	}
	if status == http.StatusCreated {
		v.Response().Header().Set("Location", fmt.Sprintf("%s/%d", apiAlertsPath, kept.ID))
	}
	return v.json(status, AlertKept{AlertAnswer: alertAnswerOf(kept), Secret: string(secret)})
}

func (s *Server) apiDeleteAlert(v *visit) error {
	if err := s.deleteAlert(v); err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}

// apiTestAlert sends a test message, and answers with what came of it.
func (s *Server) apiTestAlert(v *visit) error {
	words, err := s.testAlert(v)
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, AlertTested{Taken: words == "", Words: sentence(words)})
}

func (s *Server) apiDeliveries(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	list, err := s.Store.Deliveries(v.ctx(), v.user.ID, deliveriesShown)
	if err != nil {
		return fmt.Errorf("list deliveries: %w", err)
	}
	a := DeliveriesAnswer{Deliveries: make([]DeliveryAnswer, len(list))}
	for i, d := range list {
		a.Deliveries[i] = DeliveryAnswer{ID: d.ID, AlertID: d.AlertID, Voicemails: d.Matches, State: deliveryState(d.State), Attempts: d.Attempts,
			MadeAt: Stamp(d.MadeAt), DueAt: Stamp(d.DueAt), EndedAt: Stamp(d.EndedAt), Reason: d.Reason}
	}
	return v.json(http.StatusOK, a)
}

func deliveryState(state store.DeliveryState) string {
	switch state {
	case store.DeliveryLeased:
		return "sending"
	case store.DeliveryDead:
		return "given_up"
	}
	return string(state)
}

// apiDeliveryAgain sends again what was given up.
func (s *Server) apiDeliveryAgain(v *visit) error {
	err := s.wakeDelivery(v)
	if errors.Is(err, store.ErrConflict) {
		return conflict("It was not given up, so it is not sent again.")
	}
	if err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}
