package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

// asks archives a voicemail of a queue in which the machine finds a request.
func (a *archive) asks(queue, session string, requested bool) string {
	a.t.Helper()
	ctx := a.t.Context()
	one := store.Session{AccountID: "acc", BotID: "bot", SessionID: session, QueueName: queue, Wanted: true, FoundBy: store.FoundByList}
	if _, err := a.store.SaveSessions(ctx, []store.Session{one}); err != nil {
		a.t.Fatal(err)
	}
	l, err := a.store.ClaimSession(ctx, one.Key(), time.Minute)
	if err != nil {
		a.t.Fatal(err)
	}
	at := time.Now().Add(-time.Minute)
	reply := &store.Reply{Payload: []byte("{}"), AnalysisVersion: 1, Segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: "call me", Lang: "en", CreatedOn: at, ModifiedOn: at}},
		Find: func(store.Voicemail) store.Finding { return store.Finding{Requested: requested, Confidence: 1} }}
	if _, err := a.store.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		a.t.Fatal(err)
	}
	return fmt.Sprintf("https://beep.example/voicemails/%d", store.VoicemailID("bot", session))
}

// A request is told once, when it is found, with the rights of who is told: what
// is done about it is no news, and what is nobody's is not told.
func TestRequestsAreToldOnce(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	a.alert("q=has%3Acallback", nil)
	limited, _ := a.alert("q=is%3Aopen", nil)
	limited.Queues = []string{"billing"}
	if err := a.store.UpdateUser(t.Context(), limited); err != nil {
		t.Fatal(err)
	}
	a.alert("q=is%3Amine", nil)
	a.run(a.watch(mailed(t, server)))
	billing, claims, other := a.asks("billing", "s1", true), a.asks("claims", "s2", true), a.asks("billing", "s3", false)
	eventually(t, "both are told", func() bool { return len(told(&server.inbox, []string{billing, claims})) == 0 })
	// What is done moves nothing; the last voicemail shows that all was looked at.
	if _, err := a.store.Act(t.Context(), store.AllBots(), store.VoicemailID("bot", "s1"), store.Action{Verb: store.VerbClaim, By: "user3", Lease: time.Minute}); err != nil {
		t.Fatal(err)
	}
	last := a.asks("billing", "s4", true)
	eventually(t, "the last is told", func() bool { return len(told(&server.inbox, []string{last})) == 0 })
	eventually(t, "nothing is left", a.settled)
	all := strings.ReplaceAll(server.inbox.all(), "=\r\n", "")
	for url, want := range map[string]int{billing: 2, claims: 1, other: 0, last: 2} {
		if got := strings.Count(all, url+"\r\n"); got != want {
			t.Errorf("%s is told %d times, want %d", url, got, want)
		}
	}
}

// A person who says that it is a request is told as the machine is.
func TestCorrectionsAreTold(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	a.alert("q=is%3Aopen", nil)
	a.run(a.watch(mailed(t, server)))
	missed, other := a.asks("billing", "s1", false), a.asks("billing", "s2", true)
	eventually(t, "the other is told", func() bool { return len(told(&server.inbox, []string{other})) == 0 })
	yes := true
	if _, err := a.store.Act(t.Context(), store.AllBots(), store.VoicemailID("bot", "s1"), store.Action{Verb: store.VerbCorrect, By: "ann", Correction: store.Correction{Requested: &yes}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the corrected one is told", func() bool { return len(told(&server.inbox, []string{missed})) == 0 })
	eventually(t, "nothing is left", a.settled)
}
