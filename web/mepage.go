package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"afterbeep/store"
)

// mePage is a person's own page.
type mePage struct {
	frame
	Said        string
	Zones       []string
	Locales     []option
	WeekStarts  []option
	Themes      []option
	Speeds      []option
	Form        store.Settings // as typed
	Now         stampView
	Sample      string // a number, as the reader writes it
	Langs       string // the languages of Form, by name
	Problems    map[string]string
	Sessions    []sessionView
	Others      int // sessions that are not this one
	Tokens      tokensView
	MinPassword int
	Rights      string // what the role and the bots come to
	ByToken     bool   // sent with a token, which changes nothing here
}

// sessionView is a sign-in of somebody.
type sessionView struct {
	ID      string
	Browser string
	Remote  string
	Since   *stampView // nil where not known
	Until   stampView
	Here    bool // this very one
}

func (s *Server) getMe(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.mePage(v)
	if err != nil {
		return err
	}
	page.Said = doneWords(v)
	return s.page(v, http.StatusOK, page)
}

// mePage gathers what concerns the visitor.
func (s *Server) mePage(v *visit) (*mePage, error) {
	page := &mePage{frame: s.frame(v, "Your page"), Zones: zones(), Form: v.user.Settings, MinPassword: MinPassword,
		Problems: map[string]string{}, Rights: rightsWords(*v.user), ByToken: v.login == ""}
	page.Now, page.Sample = page.Exact(v.now), page.Number(1234567)
	page.choices()
	var err error
	if page.Sessions, err = s.sessionsOf(v, v.user.ID); err != nil {
		return nil, err
	}
	for _, one := range page.Sessions {
		if !one.Here {
			page.Others++
		}
	}
	if page.Tokens, err = s.tokensOf(v, v.user.ID); err != nil {
		return nil, err
	}
	page.Tokens.Path = ownPage + "/tokens"
	return page, nil
}

// choices fills what can be chosen from Form.
func (page *mePage) choices() {
	page.Locales = []option{{Value: "", Text: "As my browser asks"}}
	for _, m := range manners() {
		r := reading{zone: time.UTC, manner: m}
		page.Locales = append(page.Locales, option{Value: m.locale, Chosen: m.locale == page.Form.Locale,
			Text: fmt.Sprintf("%s: %s, %s", m.name, r.Day(page.now), r.Number(1234567))})
	}
	page.WeekStarts = []option{{Value: "", Text: "As the locale has it"}}
	for _, day := range store.WeekStarts() {
		page.WeekStarts = append(page.WeekStarts, option{Value: day, Text: capital(day), Chosen: day == page.Form.WeekStart})
	}
	page.Themes = nil
	for _, theme := range store.Themes() {
		words := capital(string(theme))
		if theme == store.ThemeSystem {
			words = "As my device has it"
		}
		page.Themes = append(page.Themes, option{Value: string(theme), Text: words, Chosen: theme == page.Form.Theme})
	}
	for _, speed := range speeds(page.Form.Rate()) {
		text := strconv.FormatFloat(speed, 'f', -1, 64)
		page.Speeds = append(page.Speeds, option{Value: text, Text: text + "×", Chosen: speed == page.Form.Rate()})
	}
	var names []string
	for _, lang := range page.Form.Languages() {
		names = append(names, langName(lang))
	}
	page.Langs = strings.Join(names, ", ")
}

// speeds are those that are offered, and the one that was chosen.
func speeds(chosen float64) []float64 {
	all := []float64{0.75, 1, 1.25, 1.5, 1.75, 2}
	if !slices.Contains(all, chosen) {
		all = append(all, chosen)
		slices.Sort(all)
	}
	return all
}

func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// rightsWords says what somebody may do and see.
func rightsWords(u store.User) string {
	words := "You may search, open, play, write notes and work the callbacks"
	switch u.Role {
	case store.RoleAdmin:
		words = "You may do everything"
	case store.RoleAnalyst:
		words = "You may search, open, play, write notes, export and have recordings fetched again"
	}
	switch {
	case u.AllBots:
		return words + ", in the voicemails of every bot."
	case len(u.Bots) == 0:
		return words + ", but no bot’s voicemails are yours to see yet."
	}
	return words + ", in the voicemails of " + strings.Join(u.Bots, ", ") + "."
}

// notByToken refuses what only somebody who signed in may do: who finds a token
// must not be able to make a new password or token with it.
func (s *Server) notByToken(v *visit, detail string) error {
	if v.login != "" {
		return nil
	}
	return s.deny(v, store.AuditEntry{Detail: detail}, &fault{status: http.StatusForbidden, code: codeForbidden, title: "Sign in for that",
		words: "This is changed on a page by somebody who signed in, not with a token."})
}

// postSettings changes the settings that are in the form and leaves the others.
func (s *Server) postSettings(v *visit) error {
	if err := s.notByToken(v, "settings"); err != nil {
		return err
	}
	set, problems := settingsOf(v, v.user.Settings)
	if err := s.allow(v, store.AuditEntry{Detail: "settings"}); err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.refuseSettings(v, set, problems)
	}
	err := s.Store.SaveSettings(v.ctx(), v.user.ID, set)
	if errors.Is(err, store.ErrInvalid) {
		return s.refuseSettings(v, set, map[string]string{"": "This can’t be taken."})
	}
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	if v.Request().PostForm.Has("theme") {
		s.keepTheme(v, string(set.Theme))
	}
	if strings.HasPrefix(v.Request().Header.Get("Accept"), "application/json") { // a script that keeps what it was told
		return v.NoContent(http.StatusNoContent)
	}
	return v.startAnew(ownPage+"?done=settings", "#main")
}

// settingsOf reads the form over what was chosen before, and says which fields
// can't be read.
func settingsOf(v *visit, set store.Settings) (store.Settings, map[string]string) {
	form, problems := v.Request().PostForm, map[string]string{}
	read := func(name string, field *string) {
		if form.Has(name) {
			*field = strings.TrimSpace(form.Get(name))
		}
	}
	theme := string(set.Theme)
	read("zone", &set.Zone)
	read("locale", &set.Locale)
	read("week_start", &set.WeekStart)
	read("theme", &theme)
	set.Theme = store.Theme(theme)
	if _, err := zoneOf(set.Zone); err != nil {
		problems["zone"] = "That is not a time zone; write one like Europe/Berlin, or leave it empty for UTC."
	}
	if _, known := mannerOf(set.Locale); set.Locale != "" && !known {
		problems["locale"] = "Choose one of the list."
	}
	if form.Has("langs") {
		langs, odd := languagesOf(form.Get("langs"))
		if set.Langs = strings.Join(langs, " "); odd != "" {
			set.Langs = form.Get("langs")
			problems["langs"] = fmt.Sprintf("“%s” is not a language; write codes like en, es.", shown(odd))
		}
	}
	if form.Has("speed") {
		speed, err := strconv.ParseFloat(form.Get("speed"), 64)
		if err != nil || !(speed >= store.MinSpeed && speed <= store.MaxSpeed) {
			problems["speed"] = "Choose a speed of the list."
		} else {
			set.Speed = speed
		}
	}
	return set, problems
}

// languagesOf reads codes of languages, each once. odd is the first that is none.
func languagesOf(text string) (langs []string, odd string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		base, err := language.ParseBase(word)
		if err != nil {
			return nil, word
		}
		if !slices.Contains(langs, base.String()) {
			langs = append(langs, base.String())
		}
	}
	return langs, ""
}

func (s *Server) refuseSettings(v *visit, set store.Settings, problems map[string]string) error {
	page, err := s.mePage(v)
	if err != nil {
		return err
	}
	page.Form, page.Problems, page.Speeds = set, problems, nil
	page.choices()
	v.standsAt(ownPage)
	return s.page(v, http.StatusUnprocessableEntity, page)
}

// doneWords says what a form of these pages did.
func doneWords(v *visit) string {
	switch v.QueryParam("done") {
	case "settings":
		return "Your settings are saved."
	case "password":
		return "Your password is changed. You are signed out everywhere else."
	case "ended":
		return "That session is signed out."
	case "elsewhere":
		return "You are signed out everywhere else."
	case "revoked":
		return "The token is revoked, and works no more."
	case "added":
		return "The person is added, and can sign in."
	case "rights":
		return "The rights are changed."
	case "their-password":
		return "The password is changed, and the person is signed out everywhere."
	case "disabled":
		return "The person is locked out: signed out everywhere, and no token works."
	case "enabled":
		return "The person can sign in again."
	case "out":
		return "The person is signed out everywhere."
	}
	return ""
}
