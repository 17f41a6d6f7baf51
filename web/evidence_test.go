package web

import (
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

// A later call with the number stands on the card, with what closes it; by itself
// it closes nothing.
func TestEvidenceOnTheCard(t *testing.T) {
	b := newBench(t)
	agent := b.person("ann", store.RoleAgent)
	b.saveDesk(func(d *store.Desk) { nineToFive(d); d.Shared = []string{"+14155550199"} })
	id, shared := b.requested("s1", "st-a", "billing", "+14155550123", 20*time.Hour), b.requested("s2", "st-a", "billing", "+14155550199", 20*time.Hour)
	call := func(session, caller string, before time.Duration) store.Session {
		return store.Session{AccountID: "acc", BotID: "st-a", SessionID: session, FoundBy: store.FoundByCallDetails, Voicemail: store.FlagNo, StartedAt: noon.Add(-before),
			CallerE164: caller, Direction: "Inbound", QueueName: "billing", Agents: []store.Agent{{ID: "u-7", Status: "Answered", Seconds: 180}}}
	}
	path := callbackHref(id)
	if page := b.get(path, agent).body; strings.Contains(page, "Already handled") || !strings.Contains(page, "overdue") {
		t.Errorf("before the call: %s", page)
	}
	if _, err := b.store.SaveSessions(t.Context(), []store.Session{call("early", "+14155550123", 30*time.Hour), call("late", "+14155550123", 2*time.Hour), call("switchboard", "+14155550199", 2*time.Hour)}); err != nil {
		t.Fatal(err)
	}
	page := text(all(b.get(path, agent).doc(t), "div", "class=note warn evidence")...)
	if !strings.Contains(page, "Answered by agent u-7 for 3 min") || !strings.Contains(page, "10:00") || strings.Count(page, "Yes, close it") != 1 {
		t.Fatalf("the card says %q", page)
	}
	if page := b.get(callbackHref(shared), agent).body; strings.Contains(page, "Already handled") {
		t.Error("a call of a shared number is evidence for each of its callers")
	}
	doc := b.get(path, agent).doc(t)
	if c, err := b.store.Callback(t.Context(), store.AllBots(), id); err != nil || c.Status != store.CallbackOpen {
		t.Fatalf("it was closed by looking at it: %v, %v", c.Status, err)
	}
	form := filled(all(doc, "div", "class=note warn evidence")[0], path+"/close")
	form.Set("outcome", "reached")
	if got := b.post(path+"/close", form, agent); got.StatusCode != away {
		t.Fatalf("closing: got %d %s", got.StatusCode, got.body)
	}
	done := b.get(path, agent).body
	if strings.Contains(done, "Already handled?") || !strings.Contains(done, "Handled already: Answered by agent u-7 for 3 min") {
		t.Errorf("after closing: %s", done)
	}
	if value := metric(b.get("/metrics", nil), metricReached+"_count"); value != "1" {
		t.Errorf("%s reached are counted, want 1", value)
	}
}
