package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

const botsPath = "/bots"

type botsPage struct {
	frame
	Said     string
	Can      bool // bots can be connected on a page
	New      bool // and this visitor may connect new ones
	Bots     []botView
	Named    []string // the connected bots, where nothing more is known
	Form     BotSettings
	Changing bool // Form is of a bot that is there
	Kept     string
	Algs     []option
	Zones    []string
	Problem  string            // what is wrong with the form as a whole
	Problems map[string]string // what is wrong with its fields
	Findings []Finding
	Verdict  string // what the findings come to; "" without a test
	Bad      bool
	Progress *botsProgress // nil where no bot is connected
	Lead     []leadStep    // the way to the first voicemail; none once there is one
}

type botView struct {
	ID      string
	From    string // "" is this page
	Trouble string
	Running bool // it is being looked for its voicemails now
	Facts   []fact
	Change  string // link; "" for one that can't be changed here
}

func (s *Server) getBots(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page, err := s.botsPage(v)
	if err != nil {
		return err
	}
	page.Said = saidOf(v)
	if page.Progress != nil && v.QueryParam("done") == "run" {
		page.Progress.Moving = true // it is about to
	}
	page.Form = BotSettings{BaseURL: "https://platform.kore.ai", Alg: Algs()[0], JTI: true}
	if id := v.QueryParam("bot"); id != "" {
		b, err := s.savedBot(v, id)
		if err != nil {
			return err
		}
		if b == nil {
			return notFound()
		}
		page.Form, page.Changing = b.BotSettings, true
	}
	page.Algs = algOptions(page.Form.Alg)
	return s.page(v, http.StatusOK, page)
}

// botsPage is the page with the list and an empty form.
func (s *Server) botsPage(v *visit) (*botsPage, error) {
	page := &botsPage{frame: s.frame(v, "Bots"), Can: s.Bots != nil, New: v.scope().All(), Zones: zones(), Algs: algOptions(Algs()[0])}
	ledger, err := s.archive.ledger(v.ctx(), s.Store, v.scope(), v.now)
	if err != nil {
		return nil, err
	}
	if page.Progress, err = s.progressOf(v, ledger); err != nil {
		return nil, err
	}
	page.Lead = s.leadOf(v, ledger)
	if s.Bots == nil {
		if s.Ingest != nil {
			page.Named = v.seen(s.Ingest.Status().Bots)
		}
		return page, nil
	}
	bots, err := s.Bots.List(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	for _, b := range bots {
		if !v.scope().Sees(b.BotID) {
			continue
		}
		b.Trouble = cmp.Or(b.Trouble, s.troubleOf(b.BotID))
		page.Bots = append(page.Bots, s.botViewOf(b, v))
	}
	return page, nil
}

// troubleOf is what ails the account of a bot.
func (s *Server) troubleOf(bot string) string {
	if s.Ingest == nil {
		return ""
	}
	for _, a := range s.Ingest.Status().Accounts {
		if slices.Contains(a.Bots, bot) {
			return a.Trouble
		}
	}
	return ""
}

func (s *Server) botViewOf(b ConnectedBot, v *visit) botView {
	r := v.reading()
	view := botView{ID: b.BotID, From: b.From, Trouble: b.Trouble}
	text := func(name, value string, code bool) {
		if value != "" {
			view.Facts = append(view.Facts, fact{Name: name, Value: value, Code: code})
		}
	}
	text("Address", b.BaseURL, true)
	text("Account", b.AccountID, true)
	text("Client id", b.ClientID, true)
	text("Region", b.Region, true)
	text("Time zone", b.TimeZone, false)
	text("Schedule", b.Schedule, true)
	for _, a := range s.accounts(v) {
		if !slices.Contains(a.Bots, b.BotID) {
			continue
		}
		view.Running = a.Running
		looked := func(name string, t time.Time) {
			if !t.IsZero() {
				st := r.Stamp(t)
				view.Facts = append(view.Facts, fact{Name: name, Stamp: &st})
			}
		}
		looked("Looked last", a.LastEnd)
		looked("Looks next", a.NextAt)
	}
	signed := b.Alg
	if signed != "" && b.JTI {
		signed += ", each token with an id"
	}
	text("Tokens", signed, false)
	if !b.CreatedAt.IsZero() {
		st := r.Stamp(b.CreatedAt)
		if b.CreatedBy != "" {
			st.Text += ", by " + b.CreatedBy
		}
		view.Facts = append(view.Facts, fact{Name: "Connected", Stamp: &st})
	}
	if b.From == "" {
		view.Change = changeBotHref(b.BotID) + "#form"
	}
	return view
}

// changeBotHref is the page on which a bot is changed.
func changeBotHref(id string) string { return botsPath + "?" + url.Values{"bot": {id}}.Encode() }

func algOptions(chosen string) []option {
	var out []option
	for _, alg := range Algs() {
		out = append(out, option{Value: alg, Text: alg, Chosen: alg == chosen})
	}
	return out
}

// savedBot is the bot of an id that was connected on a page; nil where there is
// none that the visitor may see.
func (s *Server) savedBot(v *visit, id string) (*ConnectedBot, error) {
	if s.Bots == nil || !v.scope().Sees(id) {
		return nil, nil
	}
	bots, err := s.Bots.List(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	i := slices.IndexFunc(bots, func(b ConnectedBot) bool { return b.BotID == id && b.From == "" })
	if i < 0 {
		return nil, nil
	}
	return &bots[i], nil
}

// typedBot reads the form. The secret is the one typed or, where none was, the
// one that was typed for a test a moment ago.
func (s *Server) typedBot(v *visit) (BotSettings, Secret) {
	f := func(name string) string { return strings.TrimSpace(v.FormValue(name)) }
	b := BotSettings{BotID: f("bot_id"), AccountID: f("account_id"), ClientID: f("client_id"), BaseURL: strings.TrimRight(f("base_url"), "/"),
		Region: strings.ToUpper(f("region")), TimeZone: f("time_zone"), Schedule: f("schedule"), Alg: f("alg"), JTI: v.FormValue("jti") == "1"}
	secret := Secret(f("client_secret"))
	if secret == "" {
		secret = s.secrets.take(f("kept"), secretFor{v.user.ID, b.ClientID, b.BaseURL}, v.now)
	}
	return b, secret
}

// checkBot says what can be told to be wrong without asking anybody.
func checkBot(b BotSettings, secret Secret, had *ConnectedBot) []FieldError {
	var bad []FieldError
	wrong := func(field, words string) { bad = append(bad, FieldError{field, words}) }
	for _, f := range []struct{ field, value, words string }{
		{"bot_id", b.BotID, "Enter the bot’s id. It begins with st-."},
		{"account_id", b.AccountID, "Enter the id of the contact centre’s account."},
		{"client_id", b.ClientID, "Enter the client id of the JWT app. It begins with cs-."},
	} {
		if f.value == "" {
			wrong(f.field, f.words)
		} else if !isID(f.value) {
			wrong(f.field, "An id is "+idWords+".")
		}
	}
	if u, err := url.Parse(b.BaseURL); err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		wrong("base_url", "Enter an address like https://platform.kore.ai.")
	}
	if _, err := zoneOf(b.TimeZone); err != nil {
		wrong("time_zone", "That is not a time zone; write one like Europe/Berlin, or leave it empty for UTC.")
	}
	if b.Region != "" && (len(b.Region) != 2 || strings.Trim(b.Region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		wrong("region", "Write two letters like US or DE, or leave it empty.")
	}
	if b.Alg != "" && !slices.Contains(Algs(), b.Alg) {
		wrong("alg", "Tokens are signed with "+strings.Join(Algs(), " or ")+".")
	}
	switch {
	case secret != "":
	case had == nil:
		wrong("client_secret", "Enter the client secret of the JWT app.")
	case had.BaseURL != b.BaseURL || had.ClientID != b.ClientID:
		wrong("client_secret", "Enter the client secret again, for the address or the client id is another one.")
	}
	return bad
}

// sentBot is a form that was sent.
type sentBot struct {
	BotSettings
	secret Secret
	had    *ConnectedBot // with the same id; nil where there is none
}

// sentBot reads the form of somebody who may send it. *FormError, beside what
// was sent, for what can be told to be wrong without asking anybody.
func (s *Server) sentBot(v *visit) (sent sentBot, err error) {
	sent.BotSettings, sent.secret = s.typedBot(v)
	entry := store.AuditEntry{Detail: "bot " + cut(sent.BotID, maxName)}
	if sent.had, err = s.mayChangeBot(v, sent.BotID); err != nil {
		if why, ok := errors.AsType[*fault](err); ok {
			return sent, s.deny(v, entry, why)
		}
		return sent, err
	}
	if err := s.allow(v, entry); err != nil {
		return sent, err
	}
	if bad := checkBot(sent.BotSettings, sent.secret, sent.had); bad != nil {
		return sent, &FormError{bad}
	}
	return sent, nil
}

// postBot connects a bot, or changes one.
func (s *Server) postBot(v *visit) error {
	sent, err := s.sentBot(v)
	if err == nil {
		err = s.Bots.Save(v.ctx(), sent.BotSettings, sent.secret, v.user.Name)
	}
	if err != nil {
		return s.refuseBot(v, sent, err)
	}
	return v.seeOther(botsPath + "?done=saved#main") // else a browser keeps the form's place
}

// mayChangeBot returns the saved bot with the id, nil where there is none yet
// and the visitor may connect one. *fault where it is not the visitor's.
func (s *Server) mayChangeBot(v *visit, id string) (*ConnectedBot, error) {
	if s.Bots == nil {
		return nil, noBotsHere()
	}
	if v.scope().All() {
		return s.savedBot(v, id)
	}
	bots, err := s.Bots.List(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	switch known := slices.ContainsFunc(bots, func(b ConnectedBot) bool { return b.BotID == id }); {
	case !known:
		return nil, newBotForbidden()
	case !v.scope().Sees(id):
		return nil, notFound()
	}
	return s.savedBot(v, id)
}

func noBotsHere() *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "Bots can’t be connected here",
		words: "This Afterbeep takes its bots from its settings alone."}
}

// postBotTest tries the settings without saving them.
func (s *Server) postBotTest(v *visit) error {
	sent, err := s.sentBot(v)
	var findings []Finding
	if err == nil {
		findings, err = s.Bots.Test(v.ctx(), sent.BotSettings, sent.secret)
	}
	if err != nil {
		return s.refuseBot(v, sent, err)
	}
	return s.botForm(v, sent, nil, findings)
}

// refuseBot shows the form again where something in it is wrong.
func (s *Server) refuseBot(v *visit, sent sentBot, err error) error {
	if bad, ok := errors.AsType[*FormError](err); ok {
		return s.botForm(v, sent, bad, nil)
	}
	return fmt.Errorf("try or save a bot: %w", err)
}

// botForm shows the form again, with what is wrong or what was found.
func (s *Server) botForm(v *visit, sent sentBot, bad *FormError, findings []Finding) error {
	page, err := s.botsPage(v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	page.Form, page.Changing, page.Algs, page.Problems = sent.BotSettings, sent.had != nil, algOptions(sent.Alg), map[string]string{}
	if sent.secret != "" {
		page.Kept = s.secrets.keep(sent.secret, secretFor{v.user.ID, sent.ClientID, sent.BaseURL}, v.now)
	}
	if bad != nil {
		status = http.StatusUnprocessableEntity
		page.Problem = "This can’t be taken yet."
		for _, f := range bad.Fields {
			if f.Field == "" {
				page.Problem = sentence(f.Words)
			} else {
				page.Problems[f.Field] = sentence(f.Words)
			}
		}
	}
	if findings != nil {
		page.Findings = findings
		page.Verdict = "Everything works. Save it, and its voicemails arrive within minutes."
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Bad }) {
			page.Bad, page.Verdict = true, "Something is not right yet. It can be saved all the same, but voicemails arrive only when all of this is right."
		}
	}
	at := botsPath
	if page.Changing {
		at = changeBotHref(sent.BotID)
	}
	v.standsAt(at)
	return s.page(v, status, page)
}

// postBotDelete disconnects a bot.
func (s *Server) postBotDelete(v *visit) error {
	id := v.FormValue("bot_id")
	entry := store.AuditEntry{Detail: "disconnect bot " + cut(id, maxName)}
	if s.Bots == nil {
		return s.deny(v, entry, noBotsHere())
	}
	had, err := s.savedBot(v, id)
	if err != nil {
		return err
	}
	if had == nil {
		return s.deny(v, entry, notFound())
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if err := s.Bots.Delete(v.ctx(), id); err != nil {
		return fmt.Errorf("disconnect bot: %w", err)
	}
	return v.seeOther(botsPath + "?done=gone#main")
}
