package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"afterbeep/store"
)

const deskPath = "/desk"

// suggestionsShown is how many numbers of many names are suggested.
const suggestionsShown = 20

// deskPage is how the house works its callbacks.
type deskPage struct {
	frame
	Said      string
	Problem   string
	Problems  map[string]string // what is wrong, by field
	Faults    []choice          // the same in the order of the form, with where it is
	Can       bool              // this visitor may change it
	Saved     string            // the version of what was saved when the form was made
	Form      deskForm
	Suggested []manyNamedView
	Zones     []string
	Bots      []string
	Queues    []string
}

// manyNamedView is a number that may be shared.
type manyNamedView struct {
	Number, Text, Words string
	Messages            string // the address of what was left from it
	Chosen              bool
}

func (s *Server) getDesk(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	saved, err := s.Store.Desk(v.ctx())
	if err != nil {
		return fmt.Errorf("read how the desk works: %w", err)
	}
	page, err := s.deskPage(v, saved)
	if err != nil {
		return err
	}
	page.Form = formOfDesk(saved)
	if v.QueryParam("done") == "desk" {
		page.Said = "Saved. Whoever works callbacks goes by it from now on."
	}
	return s.page(v, http.StatusOK, page)
}

// deskPage is the page about what is saved, without the form.
func (s *Server) deskPage(v *visit, saved store.Desk) (*deskPage, error) {
	page := &deskPage{frame: s.frame(v, "Desk"), Can: changesDesk(v), Zones: zones(), Problems: map[string]string{}}
	var err error
	if page.Saved, err = deskVersion(saved); err != nil {
		return nil, err
	}
	counts, err := s.Store.CountWork(v.ctx(), v.scope(), v.user.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("count callbacks: %w", err)
	}
	page.Queues = slices.Collect(maps.Keys(counts.Queues))
	page.Bots = slices.Collect(maps.Keys(counts.Bots))
	if s.Ingest != nil {
		page.Bots = append(page.Bots, v.seen(s.Ingest.Status().Bots)...)
	}
	for _, h := range saved.Hours {
		page.Bots, page.Queues = append(page.Bots, h.BotID), append(page.Queues, h.Queue)
	}
	for _, list := range []*[]string{&page.Bots, &page.Queues} {
		slices.Sort(*list)
		*list = slices.DeleteFunc(slices.Compact(*list), func(name string) bool { return name == "" })
	}
	if !page.Can {
		return page, nil // whose numbers these are is of all bots
	}
	many, err := s.Store.ManyNamed(v.ctx(), store.MaxManyNamed)
	if err != nil {
		return nil, fmt.Errorf("list numbers of many names: %w", err)
	}
	for _, m := range many {
		if slices.Contains(saved.Shared, m.Number) || len(page.Suggested) == suggestionsShown {
			continue
		}
		page.Suggested = append(page.Suggested, manyNamedView{Number: m.Number, Text: numberViewOf(m.Number, "").Text,
			Words: fmt.Sprintf("%d names in %s", m.Names, page.Count(int64(m.Messages), "message")), Messages: Params{Q: callerFilter(m.Number)}.Link("/")})
	}
	return page, nil
}

// changesDesk reports whether the visitor may change how everybody works.
func changesDesk(v *visit) bool { return v.scope().All() && len(v.scope().Queues()) == 0 }

// deskVersion tells two desks apart.
func deskVersion(d store.Desk) (string, error) {
	text, err := d.Encode()
	if err != nil {
		return "", fmt.Errorf("write how the desk works: %w", err)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8]), nil
}

// postDesk saves the form.
func (s *Server) postDesk(v *visit) error {
	if !changesDesk(v) {
		return s.deny(v, store.AuditEntry{Detail: "change"}, notYourDesk())
	}
	form := typedDesk(v)
	if !v.Request().PostForm.Has("lease") {
		return s.deny(v, store.AuditEntry{Detail: "form"}, badRequest("This form is not whole."))
	}
	desk, wrong := form.desk(s.region(), v.Request().PostForm["share"])
	entry := store.AuditEntry{Detail: deskDetail(desk)}
	saved, err := s.Store.Desk(v.ctx())
	if err != nil {
		return fmt.Errorf("read how the desk works: %w", err)
	}
	version, err := deskVersion(saved)
	if err != nil {
		return err
	}
	problem := ""
	switch {
	case len(wrong) > 0:
		problem = "Nothing was saved: some of it can’t be taken."
	case v.FormValue("version") != version:
		problem = "Nothing was saved: somebody else changed it meanwhile. What you typed stands below; save it again to replace theirs."
	}
	if problem != "" {
		if err := s.deny(v, entry, nil); err != nil {
			return err
		}
		return s.refuseDesk(v, saved, form, problem, wrong)
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	err = s.Store.SaveDesk(v.ctx(), desk)
	if errors.Is(err, store.ErrInvalid) {
		return s.refuseDesk(v, saved, form, "Nothing was saved: some of it can’t be taken.", wrong)
	}
	if err != nil {
		return fmt.Errorf("save how the desk works: %w", err)
	}
	return v.seeOther(deskPath + "?done=desk#main")
}

// refuseDesk shows the form again.
func (s *Server) refuseDesk(v *visit, saved store.Desk, form deskForm, problem string, wrong map[string]string) error {
	page, err := s.deskPage(v, saved)
	if err != nil {
		return err
	}
	page.Form, page.Problem, page.Problems = form.roomy(), problem, wrong
	for _, field := range []string{"lease", "max_attempts", "no_answer", "busy", "left_message", "overdue", "old", "call_link", "ends", "hours", "shared"} {
		if why := wrong[field]; why != "" {
			page.Faults = append(page.Faults, choice{Href: "#" + field, Text: why})
		}
	}
	for i := range page.Suggested {
		page.Suggested[i].Chosen = slices.Contains(v.Request().PostForm["share"], page.Suggested[i].Number)
	}
	return s.page(v, http.StatusUnprocessableEntity, page)
}

// region is where numbers without a country are from.
func (s *Server) region() string {
	if s.Region == "" {
		return "US"
	}
	return strings.ToUpper(s.Region)
}

func deskDetail(d store.Desk) string {
	return fmt.Sprintf("%s, hours %d, shared %d, claims of %s, limit %s, old after %s", plural(len(d.Dispositions), "outcome"), len(d.Hours), len(d.Shared), spanText(d.Lease), spanText(d.Overdue), spanText(d.Old))
}

func notYourDesk() *fault {
	f := forbidden()
	f.words = "How callbacks are worked is for everybody: only an administrator of all bots may change it."
	return f
}
