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

// typedAlert reads the form.
func typedAlert(v *visit) alertForm {
	f := func(name string) string { return strings.TrimSpace(v.FormValue(name)) }
	return alertForm{ID: f("id"), Kind: f("kind"), OlderThan: f("older_than"), Search: f("search"), Channel: f("channel"), Target: f("target"), MoreThan: f("more_than"), Within: f("within"), Every: f("every"),
		QuietFrom: f("quiet_from"), QuietTo: f("quiet_to"), Weekends: f("weekends") == "1", Zone: f("zone"), Excerpts: f("excerpts") == "1"}
}

// formOfAlert is the form that changes an alert.
func formOfAlert(a store.Alert) alertForm {
	form := alertForm{ID: strconv.FormatInt(a.ID, 10), Search: strconv.FormatInt(a.SearchID, 10), Channel: string(a.Channel), Target: a.Target,
		Every: a.Every.String(), Weekends: a.Quiet.Weekends, Zone: a.Quiet.Zone, Excerpts: a.Excerpts}
	if form.Kind = string(a.Kind); a.OlderThan > 0 {
		form.OlderThan = spanText(a.OlderThan)
	}
	if a.MoreThan > 0 {
		form.MoreThan, form.Within = strconv.Itoa(a.MoreThan), a.Within.String()
	}
	if a.Quiet.From != a.Quiet.To {
		form.QuietFrom, form.QuietTo = clockOf(a.Quiet.From), clockOf(a.Quiet.To)
	}
	return form
}

// alert is the alert that a form asks for, and what is wrong with it, by field.
func (form alertForm) alert(ways AlertWays) (store.Alert, map[string]string) {
	wrong := map[string]string{}
	a := store.Alert{Kind: store.AlertKind(form.Kind), Channel: store.Channel(form.Channel), Target: form.Target, Excerpts: form.Excerpts && ways.Excerpts}
	var err error
	if form.Kind == string(store.AlertOverdue) {
		form.MoreThan, form.Within = "", ""
		var ok bool
		if a.OlderThan, ok = typedSpan(form.OlderThan); form.OlderThan != "" && (!ok || a.OlderThan > store.MaxOlderThan) {
			wrong["older_than"] = "Write a time, as 4 h, or leave it empty."
		}
	} else if a.SearchID, err = strconv.ParseInt(form.Search, 10, 64); err != nil {
		wrong["search"] = "Choose one of the saved searches."
	}
	if form.MoreThan != "" && form.MoreThan != "0" {
		if a.MoreThan, err = strconv.Atoi(form.MoreThan); err != nil || a.MoreThan < 1 || a.MoreThan > store.MaxMoreThan {
			wrong["more_than"] = fmt.Sprintf("Write a number from 1 to %d, or leave it empty to be told of each.", store.MaxMoreThan)
		}
		if a.Within, err = time.ParseDuration(form.Within); err != nil || a.Within <= 0 || a.Within > store.MaxWithin {
			wrong["within"] = "Choose a time of up to 7 days."
		}
	}
	if a.Every, err = time.ParseDuration(form.Every); form.Every != "" && err != nil || a.Every < 0 || a.Every > store.MaxEvery {
		wrong["every"] = "Choose one of the times."
	}
	a.Quiet = store.Quiet{Weekends: form.Weekends, Zone: form.Zone}
	if _, err := zoneOf(form.Zone); err != nil {
		wrong["zone"] = "That is not a time zone; write one like Europe/Berlin, or leave it empty for UTC."
	}
	if (form.QuietFrom == "") != (form.QuietTo == "") {
		wrong["quiet_to"] = "Say both when quiet hours begin and when they end, or neither."
	} else if form.QuietFrom != "" {
		for field, at := range map[string]struct {
			text string
			to   *int
		}{"quiet_from": {form.QuietFrom, &a.Quiet.From}, "quiet_to": {form.QuietTo, &a.Quiet.To}} {
			clock, err := time.Parse("15:04", at.text)
			if err != nil {
				wrong[field] = "Write a time like 20:00."
				continue
			}
			*at.to = clock.Hour()*60 + clock.Minute()
		}
	}
	return a, wrong
}

// postAlert makes an alert, or changes one.
func (s *Server) postAlert(v *visit) error {
	form := typedAlert(v)
	_, secret, wrong, err := s.setAlert(v, form, nil)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		problem := wrong[wholeForm]
		if problem == "" {
			problem = "This can’t be taken yet."
		}
		return s.refuseAlert(v, form, problem, wrong)
	}
	if secret == "" {
		return v.seeOther(alertsPath + "?done=saved#main")
	}
	page, err := s.alertsPage(v)
	if err != nil {
		return err
	}
	page.Said, page.Secret = alertSaid("saved"), string(secret)
	page.Form = page.blank()
	page.offer()
	return s.page(v, http.StatusOK, page)
}

// wholeForm is the field under which stands what is wrong with no one field.
const wholeForm = ""

// setAlert makes the alert of a form, or changes the visitor's own that it names,
// and says what is kept. paused is whether it is paused from now on; nil leaves
// that. wrong says by field what can't be taken: nothing is changed then.
func (s *Server) setAlert(v *visit, form alertForm, paused *bool) (a store.Alert, secret Secret, wrong map[string]string, err error) {
	if s.Alerts == nil {
		return a, "", nil, s.deny(v, store.AuditEntry{Detail: "set an alert"}, noAlertsHere())
	}
	a, wrong = form.alert(s.Alerts.Ways())
	a.UserID = v.user.ID
	on := "search " + cut(form.Search, maxName)
	if a.Kind == store.AlertOverdue {
		on = "requests older than " + cut(form.OlderThan, maxName)
	}
	entry := store.AuditEntry{Detail: fmt.Sprintf("set an alert on %s by %s to %s", on, cut(form.Channel, maxName), cut(form.Target, maxName))}
	var had store.Alert
	if form.ID != "" {
		if had, err = s.ownAlert(v, form.ID); err != nil {
			if _, refused := errors.AsType[*fault](err); refused {
				err = s.deny(v, entry, err)
			}
			return a, "", nil, err
		}
		a.ID, a.Paused, a.Kind = had.ID, had.Paused, had.Kind
	}
	if paused != nil {
		a.Paused = *paused
	}
	if a.Channel == store.ChannelWebhook && !may(v.user.Role, rightExport) {
		return a, "", nil, s.deny(v, entry, forbidden()) // it takes voicemails out as an export does
	}
	if words := s.Alerts.Check(a.Channel, a.Target); words != "" {
		wrong["target"] = sentence(words)
	}
	if len(wrong) > 0 {
		return a, "", wrong, s.deny(v, entry, nil)
	}
	if err := s.allow(v, entry); err != nil {
		return a, "", nil, err
	}
	return s.saveAlert(v, had, a)
}

// saveAlert saves what may be saved. A webhook to an address that is new gets a
// secret, which is told this once.
func (s *Server) saveAlert(v *visit, had, a store.Alert) (kept store.Alert, secret Secret, wrong map[string]string, err error) {
	if a.Channel == store.ChannelWebhook && (had.Target != a.Target || had.Channel != a.Channel) {
		secret, a.Sealed = s.Alerts.NewSecret(a.Target)
	}
	kept, err = s.Store.SaveAlert(v.ctx(), a)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return a, "", map[string]string{"search": "That search is not there any more."}, nil
	case errors.Is(err, store.ErrInvalid):
		return a, "", map[string]string{wholeForm: fmt.Sprintf("It can’t be taken. You may have %d alerts.", store.MaxAlerts)}, nil
	case err != nil:
		return a, "", nil, fmt.Errorf("save an alert: %w", err)
	}
	s.Alerts.Nudge()
	return kept, secret, nil, nil
}

// refuseAlert shows the form again.
func (s *Server) refuseAlert(v *visit, form alertForm, problem string, wrong map[string]string) error {
	page, err := s.alertsPage(v)
	if err != nil {
		return err
	}
	page.Form, page.Problem, page.Problems = form, problem, wrong
	page.offer()
	return s.page(v, http.StatusUnprocessableEntity, page)
}
