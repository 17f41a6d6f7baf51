package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"afterbeep/store"
)

func TestAuditPage(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAdmin)
	id := b.archive(library()...)[0]
	bob := b.person("bob", store.RoleAgent)
	b.get("/?q=kettle", bob)
	b.get(fmt.Sprintf("/voicemails/%d", id), bob)
	b.get("/status", bob)
	tests := []struct {
		name, query string
		status      int
		want        []string
		not         []string
	}{
		{"everything", "", ok, []string{"search kettle", "see status refused", fmt.Sprintf("voicemail %d", id)}, nil},
		{"who", "who=bob", ok, []string{"search kettle"}, []string{"who bob see"}},
		{"what", "what=open", ok, []string{fmt.Sprintf("voicemail %d", id)}, []string{"search kettle"}},
		{"refused", "refused=1", ok, []string{"refused"}, []string{"search kettle"}},
		{"days", "from=2025-02-12&to=2025-02-12", ok, []string{"search kettle"}, nil},
		{"other days", "to=2025-02-11", ok, []string{"Nothing is written down of that"}, []string{"kettle"}},
		{"voicemail", fmt.Sprintf("voicemail=%d", id), ok, []string{fmt.Sprintf("voicemail %d", id)}, []string{"search kettle"}},
		{"no day", "from=yesterday", unread, []string{"“yesterday” is not a day"}, []string{"kettle"}},
		{"no voicemail", "voicemail=x", unread, []string{"is no voicemail’s number"}, nil},
		{"an odd page", "before=x", ok, []string{"search kettle"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := b.get("/audit?"+tt.query, ada)
			page := text(all(got.doc(t), "main")...)
			if got.StatusCode != tt.status {
				t.Errorf("got %d", got.StatusCode)
			}
			for _, words := range tt.want {
				if !strings.Contains(page, words) {
					t.Errorf("the page does not say %q: %s", words, page)
				}
			}
			for _, words := range tt.not {
				if strings.Contains(page, words) {
					t.Errorf("the page says %q: %s", words, page)
				}
			}
		})
	}
}

// The log is read page by page, and nothing is lost between two.
func TestAuditPages(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAdmin)
	for i := range auditPageSize + 20 {
		if err := b.store.Audit(t.Context(), store.AuditEntry{Actor: "bob", Action: store.AuditSearch, Allowed: true, Detail: fmt.Sprintf("<b>entry %d</b>", i)}); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	path := "/audit?who=bob"
	for range 3 {
		page := b.get(path, ada)
		seen += len(all(page.doc(t), "span", "class=detail"))
		if strings.Contains(page.body, "<b>entry") {
			t.Fatal("details are not escaped")
		}
		older := all(page.doc(t), "a", "rel=next")
		if len(older) == 0 {
			break
		}
		path = attr(older[0], "href")
		if !strings.Contains(path, "who=bob") {
			t.Errorf("the way to older entries forgets who: %s", path)
		}
	}
	if seen != auditPageSize+20 {
		t.Errorf("got %d entries", seen)
	}
}

// Whatever a route writes down can be asked for.
func TestAuditKnowsEveryAction(t *testing.T) {
	for _, r := range newBench(t).routes() {
		if r.action != "" && !slices.Contains(store.AuditActions(), r.action) {
			t.Errorf("%s %s: %q is not in the list of actions", r.method, r.path, r.action)
		}
	}
}
