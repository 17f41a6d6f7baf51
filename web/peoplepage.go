package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"afterbeep/store"
)

const peoplePath = "/people"

// peoplePage lists who may sign in, and adds people.
type peoplePage struct {
	frame
	Said        string
	People      []personRow
	Form        personForm
	Name        string // as typed
	Problem     string
	Problems    map[string]string
	MinPassword int
}

type personRow struct {
	Href, Name, Role, Bots string
	Disabled, You, Leads   bool
	Since                  stampView
}

// personForm is what somebody may do and see, as a form.
type personForm struct {
	Roles   []roleOption
	AllBots bool
	Bots    []option // those that are known and those that the person has
	Others  string   // ids that are not in the list, as typed
	Queues  string   // the only ones that the person sees, one a line; "" is all
}

type roleOption struct {
	Value, Text, Words string
	Chosen             bool
}

// roleWords says what a role may do.
func roleWords(r store.Role) string {
	switch r {
	case store.RoleAdmin:
		return "Everything: bots, people, the ledger and all that analysts do."
	case store.RoleAnalyst:
		return "Search, open, play, notes and tags, insights, export, see how callbacks are worked, and have recordings fetched again."
	case store.RoleAgent:
		return "Search, open, play, notes and tags, insights, and work the callbacks."
	}
	return ""
}

// mustLead lets through who may give rights to everybody: an administrator of
// some bots could make herself one of all.
func (s *Server) mustLead(v *visit, detail string) error {
	if v.user.Leads() {
		return nil
	}
	return s.deny(v, store.AuditEntry{Detail: detail}, &fault{status: http.StatusForbidden, code: codeForbidden, title: "Not yours to see",
		words: "People and what they did are for administrators of all bots."})
}

func (s *Server) getPeople(v *visit) error {
	if err := s.mustLead(v, ""); err != nil {
		return err
	}
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.peoplePage(v)
	if err != nil {
		return err
	}
	page.Said = doneWords(v)
	return s.page(v, http.StatusOK, page)
}

func (s *Server) peoplePage(v *visit) (*peoplePage, error) {
	page := &peoplePage{frame: s.frame(v, "People"), MinPassword: MinPassword, Problems: map[string]string{}}
	users, err := s.Store.Users(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	for _, u := range users {
		page.People = append(page.People, personRow{Href: personPath(u.ID), Name: u.Name, Role: string(u.Role), Bots: botWords(u),
			Disabled: u.Disabled, You: u.ID == v.user.ID, Leads: u.Leads(), Since: page.Stamp(u.CreatedAt)})
	}
	page.Form, err = s.personForm(v, store.User{Role: store.RoleAgent, AllBots: true})
	return page, err
}

func personPath(id int64) string { return peoplePath + "/" + strconv.FormatInt(id, 10) }

// botWords says whose voicemails somebody may see.
func botWords(u store.User) string {
	words := strings.Join(u.Bots, ", ")
	switch {
	case u.AllBots:
		words = "every bot"
	case len(u.Bots) == 0:
		return "no bot"
	}
	if len(u.Queues) > 0 {
		words += "; only " + strings.Join(u.Queues, ", ")
	}
	return words
}

// personForm is the form for the rights of u.
func (s *Server) personForm(v *visit, u store.User) (personForm, error) {
	form := personForm{AllBots: u.AllBots}
	for _, r := range store.Roles() {
		form.Roles = append(form.Roles, roleOption{Value: string(r), Text: capital(string(r)), Words: roleWords(r), Chosen: r == u.Role})
	}
	known, err := s.knownBots(v)
	if err != nil {
		return form, err
	}
	var others []string
	for _, bot := range u.Bots {
		if !slices.Contains(known, bot) {
			others = append(others, bot)
		}
	}
	for _, bot := range known {
		form.Bots = append(form.Bots, option{Value: bot, Text: bot, Chosen: slices.Contains(u.Bots, bot)})
	}
	form.Others, form.Queues = strings.Join(others, " "), strings.Join(u.Queues, "\n")
	return form, nil
}

// knownBots are the bots that are connected.
func (s *Server) knownBots(v *visit) ([]string, error) {
	var known []string
	if s.Ingest != nil {
		known = append(known, s.Ingest.Status().Bots...)
	}
	if s.Bots != nil {
		bots, err := s.Bots.List(v.ctx())
		if err != nil {
			return nil, fmt.Errorf("list bots: %w", err)
		}
		for _, b := range bots {
			known = append(known, b.BotID)
		}
	}
	slices.Sort(known)
	return slices.Compact(known), nil
}

// typedQueues reads names of queues, one a line: they may hold anything else.
func typedQueues(text string) []string {
	var queues []string
	for line := range strings.Lines(text) {
		if name := strings.TrimSpace(line); name != "" {
			queues = append(queues, name)
		}
	}
	return queues
}

// typedRights reads role, bots and queues into u, and says what is wrong with them.
func typedRights(v *visit, u store.User) (store.User, map[string]string) {
	problems := map[string]string{}
	u.Role, u.AllBots, u.Bots = store.Role(v.FormValue("role")), v.FormValue("reach") == "all", nil
	if !slices.Contains(store.Roles(), u.Role) {
		problems["role"] = "Choose what the person may do."
	}
	u.Queues = typedQueues(v.FormValue("queues"))
	if slices.ContainsFunc(u.Queues, func(queue string) bool { return len(queue) > store.MaxID }) {
		problems["queues"] = "One of these is longer than the name of a queue."
	}
	if u.AllBots {
		return u, problems
	}
	u.Bots = append(u.Bots, v.Request().PostForm["bot"]...)
	u.Bots = append(u.Bots, strings.FieldsFunc(v.FormValue("others"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })...)
	for _, bot := range u.Bots {
		if !isID(bot) {
			problems["bots"] = "An id is " + idWords + "."
		}
	}
	if len(u.Bots) == 0 { // what was left out must give no more rights than it was meant to
		problems["bots"] = "Choose the bots, or every bot."
	}
	return u, problems
}

// postPerson adds a person.
func (s *Server) postPerson(v *visit) error {
	name := v.FormValue("name")
	detail := "add " + cut(store.FoldName(name), maxName)
	if err := s.mayChangePeople(v, detail); err != nil {
		return err
	}
	u, problems := typedRights(v, store.User{Name: name})
	if store.FoldName(name) == "" || cut(name, maxName) != name {
		problems["name"] = "Choose a name of 1 to 100 characters."
	}
	hash, words, err := s.newPassword(v)
	if err != nil {
		return err
	}
	if words != "" {
		problems["new"] = words
	}
	if len(problems) > 0 {
		return s.refusePerson(v, u, detail, problems)
	}
	u.PasswordHash = hash
	if err := s.allow(v, store.AuditEntry{Detail: detail + rightsDetail(u)}); err != nil {
		return err
	}
	_, err = s.Store.CreateUser(v.ctx(), u)
	switch {
	case errors.Is(err, store.ErrExists):
		return s.refusePerson(v, u, detail, map[string]string{"name": "There is somebody of that name already."})
	case errors.Is(err, store.ErrInvalid):
		return s.refusePerson(v, u, detail, map[string]string{"name": "That name can’t be used."})
	case err != nil:
		return fmt.Errorf("add person: %w", err)
	}
	return v.seeOther(peoplePath + "?done=added#main")
}

// rightsDetail is what the audit log says of rights.
func rightsDetail(u store.User) string { return " as " + string(u.Role) + ", " + cut(botWords(u), 200) }

// mayChangePeople is mustLead of somebody who signed in.
func (s *Server) mayChangePeople(v *visit, detail string) error {
	if err := s.notByToken(v, detail); err != nil {
		return err
	}
	return s.mustLead(v, detail)
}

// refusePerson shows the list with the form as typed.
func (s *Server) refusePerson(v *visit, u store.User, detail string, problems map[string]string) error {
	if err := s.audit(v, store.AuditEntry{Detail: detail}); err != nil {
		return err
	}
	page, err := s.peoplePage(v)
	if err != nil {
		return err
	}
	page.Name, page.Problems, page.Problem = cut(u.Name, maxName), problems, "Nobody was added yet."
	if page.Form, err = s.personForm(v, u); err != nil {
		return err
	}
	return s.page(v, http.StatusUnprocessableEntity, page)
}
