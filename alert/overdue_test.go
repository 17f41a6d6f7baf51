package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

// request archives a request of a bot that was left then, and returns its card.
func (a *archive) request(bot, session string, at time.Time) (int64, string) {
	a.t.Helper()
	ctx, one := a.t.Context(), store.Session{AccountID: "acc", BotID: bot, SessionID: session, Wanted: true, FoundBy: store.FoundByList}
	if _, err := a.store.SaveSessions(ctx, []store.Session{one}); err != nil {
		a.t.Fatal(err)
	}
	l, err := a.store.ClaimSession(ctx, one.Key(), time.Minute)
	if err != nil {
		a.t.Fatal(err)
	}
	reply := &store.Reply{Payload: []byte("{}"), AnalysisVersion: 1, Find: func(store.Voicemail) store.Finding { return store.Finding{Requested: true, Confidence: 1} },
		Segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: "call me", Lang: "en", CreatedOn: at, ModifiedOn: at}}}
	if _, err := a.store.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		a.t.Fatal(err)
	}
	id := store.VoicemailID(bot, session)
	return id, fmt.Sprintf("https://beep.example/callbacks/%d", id)
}

// Requests are told when they get too old, by the rights of whoever is told: not
// those that were too old before, nor those that are done.
func TestRequestsThatWaitAreTold(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	u, err := a.store.CreateUser(t.Context(), store.User{Name: "ann", Role: store.RoleAgent, Bots: []string{"mine"}})
	if err != nil {
		t.Fatal(err)
	}
	one := store.Alert{Kind: store.AlertOverdue, UserID: u.ID, Channel: store.ChannelEmail, Target: "ann@example.com", OlderThan: time.Hour}
	if _, err := a.store.SaveAlert(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	// What gets too old in a moment does so after the alert was set.
	const moment = 2 * time.Second
	begin := time.Now()
	late := begin.Add(moment - time.Hour)
	_, before := a.request("mine", "before", begin.Add(-2*time.Hour))
	_, others := a.request("other", "others", late)
	done, closed := a.request("mine", "done", late)
	_, waits := a.request("mine", "waits", late)
	_, young := a.request("mine", "young", begin)
	if _, err := a.store.Act(t.Context(), store.AllBots(), done, store.Action{Verb: store.VerbClose, By: "ann", Outcome: "reached"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is too old", func() bool { return time.Since(begin) > moment })
	a.run(a.watch(mailed(t, server)))
	eventually(t, "it is told", func() bool { return len(told(&server.inbox, []string{waits})) == 0 })
	eventually(t, "nothing is left", a.settled)
	for name, url := range map[string]string{"was too old before": before, "is another's": others, "is done": closed, "is young": young} {
		if len(told(&server.inbox, []string{url})) == 0 {
			t.Errorf("one that %s is told", name)
		}
	}
	if text := server.inbox.all(); !strings.Contains(text, "1 request waits for too long") || strings.Contains(text, "call me") {
		t.Errorf("the message is %s", text)
	}
}
