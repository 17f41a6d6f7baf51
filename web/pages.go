package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"afterbeep/store"
)

//go:embed templates/*.html
var templateFiles embed.FS

// view is what a page shows: one struct for each template, named after it.
type view interface{ template() string }

func (*searchPage) template() string      { return "search" }
func (*searchFormPage) template() string  { return "searchform" }
func (*helpPage) template() string        { return "help" }
func (*voicemailPage) template() string   { return "voicemail" }
func (*loginPage) template() string       { return "login" }
func (*setupPage) template() string       { return "setup" }
func (*statusPage) template() string      { return "status" }
func (*ledgerPage) template() string      { return "ledger" }
func (*gapsPage) template() string        { return "gaps" }
func (*sessionPage) template() string     { return "session" }
func (*addSessionsPage) template() string { return "sessions" }
func (*botsPage) template() string        { return "bots" }
func (*synonymsPage) template() string    { return "synonyms" }
func (*deskPage) template() string        { return "desk" }
func (*measurePage) template() string     { return "measure" }
func (*insightsPage) template() string    { return "insights" }
func (*exportPage) template() string      { return "export" }
func (*mePage) template() string          { return "me" }
func (*peoplePage) template() string      { return "people" }
func (*personPage) template() string      { return "person" }
func (*auditPage) template() string       { return "audit" }
func (*savedPage) template() string       { return "saved" }
func (*alertsPage) template() string      { return "alerts" }
func (*errorPage) template() string       { return "error" }
func (*componentsPage) template() string  { return "components" }
func (*callbacksPage) template() string   { return "callbacks" }
func (*callbackPage) template() string    { return "callback" }

// frame is what is around every page.
type frame struct {
	Title     string
	Here      string // path of the page, for the navigation
	Person    string // "" for a stranger
	Role      string
	Admin     bool
	Wide      bool // the page uses the whole width
	Theme     string
	Places    navigation
	RequestID string
	Nonce     string // what a style must carry that a script makes (policy)
	Assets    assets
	Version   string
	Settings  store.Settings // the reader's; zero for a stranger
	reading                  // how times and numbers are written: Stamp, Exact, Day, Number
}

// assets are the addresses of the static files, with their digests.
type assets struct{ Style, Script, Htmx, Icon string }

type errorPage struct {
	frame
	Status int
	Words  string
	Retry  string // when to come back; "" where waiting doesn't help
	Again  string // the page that was asked for, where waiting helps
	Away   bool   // it comes by itself, once the store does
}

// pages renders templates. Safe for concurrent use.
type pages struct {
	byName  map[string]*template.Template
	static  *staticFiles
	assets  assets
	version string
	// lastResort is an error page rendered at start, for the day on which a
	// template fails.
	lastResort []byte
}

// builtIn are the pages of this program, of no version. They are the same for
// all servers of a process, and take long to load.
var builtIn = sync.OnceValues(loadPages)

// pagesOf are the built-in pages, as they are of a version.
func pagesOf(version string) (*pages, error) {
	loaded, err := builtIn()
	if err != nil {
		return nil, err
	}
	p := *loaded
	p.version = version
	p.lastResort, err = p.render(excuse(p.blank("Something went wrong")))
	return &p, err
}

// loadPages parses every template and executes each on a sample, so that a bad
// one stops the program at start and not a reader.
func loadPages() (*pages, error) {
	st, err := loadStatic()
	if err != nil {
		return nil, err
	}
	p := &pages{byName: map[string]*template.Template{}, static: st,
		assets: assets{Style: st.address(styleName), Script: st.address("js/app.js"), Htmx: st.address("vendor/htmx.min.js"), Icon: st.address("icon.svg")}}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	layout, err := template.New("layout").Funcs(template.FuncMap{"htmxConfig": func() string { return htmxConfig }, "icon": icon, "wrong": wrongField, "why": wrongWords, "day": dayInput}).ParseFS(templateFiles, "templates/layout.html", "templates/connect.html", "templates/dock.html", "templates/save.html", "templates/persons.html", "templates/message.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if name == "layout" || name == "connect" || name == "dock" || name == "save" || name == "persons" || name == "message" {
			continue
		}
		t, err := template.Must(layout.Clone()).ParseFS(templateFiles, file)
		if err != nil {
			return nil, fmt.Errorf("parse templates: %w", err)
		}
		p.byName[name] = t
	}
	for _, sample := range samples(p.blank("Something went wrong")) {
		if _, err = p.render(sample); err != nil {
			return nil, err
		}
		if p.byName[sample.template()].Lookup(partResults) == nil {
			continue
		}
		if _, err = p.renderPart(sample, partResults); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// htmxConfig keeps htmx within the policy, keeps transcripts out of the
// browser's storage, and shows error pages as what they are.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,` +
	`"historyCacheSize":0,"scrollBehavior":"instant","responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}`

// blank is the frame for nobody.
func (p *pages) blank(title string) frame {
	return frame{Title: title, Assets: p.assets, Version: p.version}
}

// samples has one of every page.
func samples(blank frame) []view {
	f := blank
	f.Person, f.Role, f.Admin = "ada", "admin", true
	for _, p := range places() {
		f.Places.Main = append(f.Places.Main, p.view(p.path))
	}
	f.Places.Admin, f.Places.Own = f.Places.Main, ownPage
	hit := hitView{Href: "/", Who: "+14155550123", Why: "sounds like", Facts: []string{"en"}}
	return []view{
		&searchPage{frame: f, Notes: []string{"note"}, Hits: []hitView{hit}, Partials: []hitView{hit}, Sorts: []choice{{}},
			Langs: []option{{}}, Bots: []option{{}}, Queues: []option{{}}, Haves: []option{{}}, Chips: []facetValueView{{Href: "/"}, {}},
			Facets: []facetView{{Values: []facetValueView{{Href: "/", Chosen: true}, {}}, Rest: []facetValueView{{}}, More: 1}}, Histogram: &histogramView{Anywhen: "/", Bars: []barView{{Href: "/"}, {}}}, Gaps: "gaps",
			Offers: []offerView{{}}, Trouble: []string{"trouble"}, Zones: zones(), Save: &savedForm{}},
		&searchFormPage{frame: f, Langs: []option{{}}, Bots: []option{{}}, Queues: []option{{}}, Haves: []option{{}}},
		&helpPage{frame: f, Rules: []ruleView{{}}, Fields: []fieldView{{Aliases: []string{"a:", "b:"}}}},
		components(f),
		&searchPage{frame: f, Empty: true},
		&searchPage{frame: f, Empty: true, OnPage: true},
		&voicemailPage{frame: f, Caller: &callerView{}},
		&voicemailPage{frame: f, Matches: 2, Work: &workState{When: &stampView{}, Done: "/", Reopen: "/"}, Console: "https://upstream.example", Numbers: []numberView{{Call: "tel:+14155550123", Said: "four one five"}, {}},
			Remarks: remarksView{NoteAt: "/", TagAt: "/", TagOff: "/", BadNote: "why", BadTag: "why", Known: []string{"vip"},
				Notes: []noteView{{You: true, Delete: "/"}, {}}, Tags: []tagView{{Delete: true}, {}}},
			Caller: &callerView{Words: "2 messages", Line: &timelineView{Dots: []dotView{{}, {This: true}}}, All: "/",
				Messages: []callerMessageView{{Text: "words", Length: "0:12"}, {This: true}}},
			Heard:    heardView{People: []hearerView{{You: true, Times: "2 times", Downloaded: true}, {}}, More: "and 1 other"},
			Segments: []segmentView{{}}, Facts: []fact{{Stamp: &stampView{}}, {}}, LookUp: "asked", LookUpNext: &stampView{},
			LookUpAt: "/", LookUpDo: "Look", Session: "/", Recordings: []recordingView{{Playable: true, Wave: waveOf([]byte{1, 255}), Kept: "kept", Fetch: "/", Next: &stampView{}}, {}}},
		&callbacksPage{frame: f},
		&callbacksPage{frame: f, Said: "done", Lanes: []countedChoice{{Count: "1"}}, Tabs: []countedChoice{{Warn: true}}, Bots: []option{{}}, Queues: []option{{}}, Langs: []option{{}},
			Mine: "English", First: "/", Next: "/", May: true, Ends: store.DefaultDesk().Dispositions, Snoozes: []option{{}}, Hidden: []hiddenField{{}},
			Rows: []workRow{{Held: true, Due: &stampView{}, Overdue: true, Rests: &stampView{}, Track: "/", Reason: "why", Listening: "bea"}, {Done: true}, {Old: true}}},
		&callbacksPage{frame: f, May: true, Listen: true, Rows: []workRow{{}}},
		&callbacksPage{frame: f, May: true, Old: "old", Rows: []workRow{{}}},
		&callbackPage{voicemailPage: &voicemailPage{frame: f, Caller: &callerView{}}},
		&callbackPage{voicemailPage: &voicemailPage{frame: f, Caller: &callerView{}}, Said: "done", Problem: "why", Old: "old", Due: &stampView{}, Until: &stampView{},
			Best: &callNumber{Time: "now", Odd: true, Warn: "why"}, Others: []callNumber{{}}, Reasons: []string{"why"}, Reason: "why", Evidence: []evidenceView{{First: true, Queue: "q"}, {N: 1}}, CaseWords: "2 messages", Case: []caseView{{Done: true}, {}},
			Can: workCan{true, true, true, true, true, true, true, true, true}, History: []eventView{{Note: "note"}}, Ends: store.DefaultDesk().Dispositions, Snoozes: []option{{}},
			People: []string{"bea"}, Colleague: "bea"},
		&loginPage{frame: f}, &setupPage{frame: f},
		&statusPage{frame: f, Connected: true, States: []stateRow{{}}, Facts: []fact{{}}},
		&statusPage{frame: f, Checks: []checkView{{State: "on"}, {State: "hold", Href: "/"}, {State: "off"}}},
		&statusPage{frame: f, OnPage: true},
		&ledgerPage{frame: f, Problem: "why"},
		&ledgerPage{frame: f, Said: "done", Odd: []string{"odd"}, Trouble: []string{"trouble"}, Bots: []option{{}}, Lags: []fact{{}}, Safe: &progressView{},
			Keeping: []fact{{}}, Newer: "/", Older: "/", Ledgers: []ledgerView{{Columns: ledgerColumns(), Total: dayView{Complete: true}, Days: []dayView{{Day: "Mon",
				Counts: []countView{{"Stored", "1"}}, Missing: []missingView{{Bad: true}}, Odd: []string{"odd"}}}}}, Past: backfillsView{Can: true, Problem: "why",
				Accounts: []option{{}}, Runs: []backfillView{{Progress: &progressView{}, Facts: []string{"fact"}, Button: "Stop"}}}, Adding: "/"},
		&gapsPage{frame: f},
		&gapsPage{frame: f, Said: "done", Kinds: []choice{{Current: true}}, WakeAll: true, Query: url.Values{"kind": {"dead"}}, More: "/",
			Gaps: []gapView{{Reason: "why", Excerpt: "<html>", Next: &stampView{}, Wake: "/", Voicemail: "/"}, {}}},
		&sessionPage{frame: f, Said: "done", Failed: true, Reason: "why", Excerpt: "<html>", Agents: []agentView{{}}, Facts: []fact{{}}, Wake: "/", Voicemail: "/"},
		&addSessionsPage{frame: f},
		&addSessionsPage{frame: f, Can: true, Bots: []option{{}}, Problem: "why", Done: &listDone{Odd: "odd", OddLines: []string{"odd"}, Again: "again"}},
		&botsPage{frame: f},
		&botsPage{frame: f, Named: []string{"st-1"}},
		&botsPage{frame: f, Can: true, New: true, Lead: []leadStep{{Done: true}, {Kore: true, Current: true}, {Href: "/"}},
			Progress: &botsProgress{Running: true, Ask: true, Due: "due", Safe: &progressView{}, Ran: []fact{{Stamp: &stampView{}}},
				Past: []backfillView{{Progress: &progressView{}, Facts: []string{"fact"}}}}},
		&botsPage{frame: f, Can: true, Said: "done", Bots: []botView{{Trouble: "why", Change: "/", Facts: []fact{{}}}, {From: "a file"}}, Changing: true,
			Algs: algOptions("HS256"), Zones: zones(), Problem: "why", Problems: map[string]string{"bot_id": "why"}, Verdict: "bad", Bad: true,
			Findings: []Finding{{Bad: true}, {}}},
		&mePage{frame: f},
		&peoplePage{frame: f},
		&peoplePage{frame: f, Said: "done", People: []personRow{{You: true, Leads: true}, {Disabled: true}}, Problem: "why", Problems: map[string]string{"bots": "why"},
			Form: personForm{Roles: []roleOption{{Chosen: true}}, Bots: []option{{Chosen: true}}}},
		&personPage{frame: f, Said: "done", Only: true, Problem: "why", Problems: map[string]string{"new": "why"}, Sessions: []sessionView{{}}, Facts: []fact{{}},
			Form: personForm{Roles: []roleOption{{}}, Bots: []option{{}}, AllBots: true}, Tokens: tokensView{Lives: []option{{}}}},
		&personPage{frame: f, Disabled: true},
		&auditPage{frame: f},
		&auditPage{frame: f, Problem: "why", Asked: true, People: []string{"ada"}, Actions: []option{{Chosen: true}}, Older: "/", Newest: "/",
			Entries: []auditRow{{Person: "/", Voicemail: "/", Refused: true}, {}}},
		&mePage{frame: f, Said: "done", Locales: []option{{}}, WeekStarts: []option{{}}, Themes: []option{{}}, Speeds: []option{{Chosen: true}},
			Problems: map[string]string{"": "why", "zone": "why", "new": "why"}, Sessions: []sessionView{{Here: true, Since: &stampView{}}, {}}, Others: 1,
			Tokens: tokensView{List: []tokenView{{Since: &stampView{}}, {Expired: true}}, Lives: []option{{}}, Made: "ab_", Problem: "why"}},
		&synonymsPage{frame: f},
		&synonymsPage{frame: f, BuiltIn: "a = b", Said: "done", Can: true, Problem: "why", Wrong: []string{"line 1"}, Counted: true, Preview: []groupView{{}}, Changed: "now"},
		&deskPage{frame: f, Form: formOfDesk(store.DefaultDesk())},
		&deskPage{frame: f, Can: true, Said: "done", Problem: "why", Problems: map[string]string{"lease": "why"}, Zones: zones(), Bots: []string{"st-1"}, Queues: []string{"billing"},
			Form:      deskForm{Ends: []endField{{Fixed: true, Key: "reached"}, {N: 1, Wrong: "why"}}, Hours: []hoursField{{WrongZone: "why", WrongWeek: "why", WrongHolidays: "why", Days: []dayField{{Wrong: "why"}}}, {N: 1, New: true}}},
			Suggested: []manyNamedView{{Messages: "/", Chosen: true}, {Messages: "/"}}},
		&measurePage{frame: f, Problem: "why"},
		&measurePage{frame: f, Empty: true, Periods: []choice{{Current: true}, {}}},
		&measurePage{frame: f, Notes: []string{"note", "note"}, Desk: "/", Export: "/", Stats: []statView{{Href: "/"}, {}},
			Chart:  &measureChart{Longest: "1 h", Bars: []measureBar{{Href: "/", ReachedH: 1, ClosedH: 1, OpenH: 1, P90H: 1}}},
			Tables: []measureTable{{Folded: true, Rows: []measureRow{{RequestsHref: "/", OpenHref: "/"}}}, {Rows: []measureRow{{}}}, {None: "none"}}},
		&insightsPage{frame: f, Problem: "why"},
		&insightsPage{frame: f, Empty: true, Periods: []choice{{Current: true}, {}}},
		&insightsPage{frame: f, Notes: []string{"note"}, Periods: []choice{{}}, Hidden: []hiddenField{{}}, Chips: []facetValueView{{Href: "/"}, {}}, Stats: []statView{{Href: "/"}, {}},
			Over: &histogramView{Bars: []barView{{Href: "/"}, {}}}, OverRows: []figureRow{{Href: "/"}, {}}, Heat: &heatView{Days: []string{"Monday"}, Cells: []heatCell{{Href: "/"}},
				Rows: []heatRow{{Cells: []heatCell{{Href: "/"}, {}}}}}, Figures: []figureView{{ID: "a", Rows: []figureRow{{Href: "/"}, {}}, More: "1"}},
			Words: []wordRow{{Href: "/", BeforeHref: "/"}, {}}, Against: "before", Export: "/"},
		&exportPage{frame: f, Problem: "why"},
		&exportPage{frame: f, None: true},
		&exportPage{frame: f, Understood: "q", Filters: "lang", Partial: "3", Hidden: []hiddenField{{}}, Formats: exportFormats()},
		&savedPage{frame: f},
		&savedPage{frame: f, Said: "done", Problem: "why", Form: savedForm{Words: "words"}, Slow: true, CanTell: true,
			Own: []savedView{{New: "1 new", Own: true, Shared: true, Looked: &stampView{}, Alerts: "1 alert"}}, Shared: []savedView{{Owner: "bob"}}},
		&alertsPage{frame: f},
		&alertsPage{frame: f, Can: true},
		&alertsPage{frame: f, Can: true, Form: alertForm{Kind: "overdue"}},
		&alertsPage{frame: f, Can: true, Hooks: true, Said: "done", Problem: "why", Problems: map[string]string{"target": "why"}, Secret: "whsec_",
			Ways: AlertWays{Excerpts: true, Domains: []string{"a", "b"}}, Alerts: []alertView{{Gone: true}, {Paused: true, Facts: []fact{{}}}},
			Deliveries: []deliveryView{{Reason: "why", Again: true}}, Form: alertForm{ID: "1"}, Searches: []option{{}}, Withins: []option{{}}, Everies: []option{{Value: "0s"}}, Zones: zones()},
		excuse(blank),
	}
}

// excuse is the page for when a page can't be rendered.
func excuse(blank frame) *errorPage {
	return &errorPage{frame: blank, Status: http.StatusInternalServerError,
		Words: "Afterbeep could not show this page. The reason is in its log."}
}

// render executes the page's template to memory.
func (p *pages) render(data view) ([]byte, error) { return p.renderPart(data, "layout") }

// renderPart executes one of the templates that the page's file defines.
func (p *pages) renderPart(data view, part string) ([]byte, error) {
	t, ok := p.byName[data.template()]
	if !ok {
		return nil, fmt.Errorf("render: no template %s", data.template())
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", data.template(), err)
	}
	return b.Bytes(), nil
}

// frame begins every page.
func (s *Server) frame(v *visit, title string) frame {
	f := s.pages.blank(title)
	f.Here, f.RequestID, f.Nonce, f.Theme, f.reading = v.Request().URL.Path, v.id, v.nonce, s.theme(v), v.reading()
	if v.user != nil {
		f.Settings = v.user.Settings
		f.Person, f.Role, f.Admin = v.user.Name, string(v.user.Role), may(v.user.Role, rightAdminister)
		f.Places = s.navigation(v)
	}
	return f
}

// page renders and answers.
func (s *Server) page(v *visit, status int, data view) error {
	b, err := s.pages.render(data)
	if err != nil {
		return err
	}
	return v.HTMLBlob(status, b)
}

// answerPage is answerError's page.
func (s *Server) answerPage(v *visit, f *fault) error {
	if v.route == nil {
		s.recogniseLost(v)
	}
	if door := s.doorAgain(v, f); door != nil {
		return s.page(v, f.status, door)
	}
	asked := v.Request().Method == http.MethodGet
	p := &errorPage{frame: s.frame(v, f.title), Status: f.status, Words: f.words, Away: f.away && asked}
	if f.retry > 0 {
		p.Retry = inWords(f.retry)
		if again := ownPath(v.Request().URL.RequestURI()); asked && again != "/" {
			p.Again = again
		}
	}
	part := "layout"
	if v.wantsResults() {
		part = partResults
	}
	b, err := s.pages.renderPart(p, part)
	if err != nil {
		return v.HTMLBlob(f.status, s.pages.lastResort)
	}
	return v.HTMLBlob(f.status, b)
}
