package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"afterbeep/store"
)

// Who loses the right to work on a case gives it back at once, and not when the claim
// runs out; what they may still work on stays theirs.
func TestLostRightsGiveCasesBack(t *testing.T) {
	for name, tt := range map[string]struct {
		form url.Values // what is sent to the person's page
		held map[string]bool
	}{
		"a bot less":   {url.Values{"role": {"agent"}, "reach": {"some"}, "bot": {"st-a"}}, map[string]bool{"a": true, "b": true, "c": false}},
		"a queue only": {url.Values{"role": {"agent"}, "reach": {"all"}, "queues": {"Billing"}}, map[string]bool{"a": true, "b": false, "c": true}},
		"an analyst":   {url.Values{"role": {"analyst"}, "reach": {"all"}}, map[string]bool{"a": false, "b": false, "c": false}},
		"nothing less": {url.Values{"role": {"agent"}, "reach": {"all"}}, map[string]bool{"a": true, "b": true, "c": true}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ada := b.person("ada", store.RoleAdmin)
			b.person("bea", store.RoleAgent)
			ids := map[string]int64{
				"a": b.requested("a", "st-a", "Billing", "+14155550001", time.Hour),
				"b": b.requested("b", "st-a", "Sales", "+14155550002", time.Hour),
				"c": b.requested("c", "st-c", "Billing", "+14155550003", time.Hour),
			}
			for _, id := range ids {
				b.act(id, store.Action{Verb: store.VerbClaim, By: "bea"})
			}
			if got := b.post(personPath(b.user("bea").ID), tt.form, ada); got.StatusCode != http.StatusSeeOther {
				t.Fatalf("got %d", got.StatusCode)
			}
			for which, held := range tt.held {
				c := b.callback(ids[which])
				if got := c.Status == store.CallbackClaimed && c.Assignee == "bea"; got != held {
					t.Errorf("%s: held %v, want %v: %s by %q", which, got, held, c.Status, c.Assignee)
				}
			}
		})
	}
}
