package web

import "net/http"

// place is a row of the navigation: a page with a name of its own.
type place struct {
	path, text, icon string
	stroke           string // after "g"; "" is none
	admin            bool   // one of the second row
	under            []string
}

// places lists the navigation, in its order. A row is shown to those who may
// take the route of its path.
func places() []place {
	return []place{
		{path: "/", text: "Search", icon: "search", stroke: "s"},
		{path: callbacksPath, text: "Callbacks", icon: "phone", stroke: "c", under: []string{callbacksPath + "/:id", measurePath}},
		{path: savedPath, text: "Saved", icon: "star", stroke: "f", under: []string{alertsPath}},
		{path: "/insights", text: "Insights", icon: "chart", stroke: "i"},
		{path: "/status", text: "Status", icon: "pulse", stroke: "t", admin: true},
		{path: ledgerPath, text: "Ledger", icon: "archive", stroke: "l", admin: true, under: []string{gapsPath, addSessionsPath, "/backfills", "/sessions/:id"}},
		{path: botsPath, text: "Bots", icon: "bot", stroke: "b", admin: true, under: []string{botsPath + "/test"}},
		{path: peoplePath, text: "People", icon: "users", stroke: "p", admin: true, under: []string{peoplePath + "/:id"}},
		{path: auditPath, text: "Audit", icon: "shield", stroke: "a", admin: true},
		{path: deskPath, text: "Desk", icon: "clock", stroke: "d", admin: true},
		{path: synonymsPath, text: "Synonyms", icon: "book", stroke: "y", admin: true},
	}
}

// ownPage is where people see to their own affairs.
const ownPage = "/me"

// placeView is a link of the navigation.
type placeView struct {
	Href, Text, Icon, Keys string
	Current                bool
}

// navigation is what leads from page to page.
type navigation struct {
	Main, Admin []placeView
	InAdmin     bool   // the page is one of the second row
	Own         string // path of the person's own page; "" where there is none
}

// navigation shows a visitor the places that they may go to.
func (s *Server) navigation(v *visit) navigation {
	var n navigation
	at := ""
	if v.route != nil {
		at = v.route.path
	}
	for _, p := range places() {
		if !s.mayGo(v, p.path) {
			continue
		}
		view := p.view(at)
		if !p.admin {
			n.Main = append(n.Main, view)
			continue
		}
		n.Admin = append(n.Admin, view)
		n.InAdmin = n.InAdmin || view.Current
	}
	if s.mayGo(v, ownPage) {
		n.Own = ownPage
	}
	return n
}

// mayGo reports whether the page is there and for this visitor.
func (s *Server) mayGo(v *visit, path string) bool {
	r := s.byPattern[http.MethodGet+" "+path]
	if r == nil || v.user == nil || !may(v.user.Role, r.right) {
		return false
	}
	return v.user.Leads() || path != peoplePath && path != auditPath
}

// view is the place as seen from a page.
func (p place) view(at string) placeView {
	view := placeView{Href: p.path, Text: p.text, Icon: p.icon, Current: at == p.path}
	for _, path := range p.under {
		view.Current = view.Current || at == path
	}
	if p.stroke != "" {
		view.Keys = "g " + p.stroke
	}
	return view
}
