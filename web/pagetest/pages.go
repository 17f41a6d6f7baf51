// Package pagetest lists the pages of Afterbeep, for whatever looks at all of
// them: the tests in a browser and the program that takes their pictures. A new
// page belongs in the list.
package pagetest

// Page is one page as somebody comes to it.
type Page struct {
	// Name is short and fit for a file: lower case letters and hyphens.
	Name string
	// Path is where it is, or where a link to it is when Link is set.
	Path string
	// Link is a CSS selector of the first of the links on Path that lead to the
	// page, for a page whose address nobody knows beforehand; "" where Path is it.
	Link string
	// Stranger says that it is for those who are not signed in.
	Stranger bool
	// Missing says that it is an error page: its status is not 200.
	Missing bool
}

// Pages returns every page, as an administrator of an archive with voicemails
// finds it.
func Pages() []Page {
	return []Page{
		{Name: "sign-in", Path: "/login", Stranger: true},
		{Name: "search", Path: "/"},
		{Name: "results", Path: "/?q=please+call"},
		{Name: "nothing-found", Path: "/?q=zyzzyva+xylograph"},
		{Name: "voicemail", Path: "/", Link: `.hit a[href^="/voicemails/"]`},
		{Name: "callbacks", Path: "/callbacks"},
		{Name: "callbacks-listen", Path: "/callbacks?lane=listen"},
		{Name: "callback", Path: "/callbacks", Link: `.hit a[href^="/callbacks/"]`},
		{Name: "search-form", Path: "/search/form"},
		{Name: "saved", Path: "/saved"},
		{Name: "alerts", Path: "/alerts"},
		{Name: "export", Path: "/?q=please", Link: "a#export"},
		{Name: "insights", Path: "/insights?period=all"},
		{Name: "insights-none", Path: "/insights?q=zyzzyva+xylograph"},
		{Name: "help", Path: "/help/search"},
		{Name: "components", Path: "/help/components"},
		{Name: "ledger", Path: "/ledger"},
		{Name: "gaps", Path: "/ledger/gaps"},
		{Name: "add-sessions", Path: "/sessions/add"},
		{Name: "bots", Path: "/bots"},
		{Name: "people", Path: "/people"},
		{Name: "person", Path: "/people", Link: `main a[href^="/people/"]`},
		{Name: "audit", Path: "/audit"},
		{Name: "own-page", Path: "/me"},
		{Name: "synonyms", Path: "/synonyms"},
		{Name: "desk", Path: "/desk"},
		{Name: "measure", Path: "/callbacks/measure"},
		{Name: "status", Path: "/status"},
		{Name: "not-found", Path: "/nowhere", Missing: true},
	}
}
