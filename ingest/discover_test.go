package ingest

import (
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
)

// All that the call details tell of a session is in the ledger, also when it is
// no voicemail.
func TestEverythingOfASessionIsKept(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	in := w.ingester()
	d := &detailsReader{run: in.newRun(in.accounts[0], PassOptions{}), speakers: in.Bots()}
	page, err := kore.ParseCallDetails([]byte(`{"numResults": 2, "data": [
		{"sessionId": "68db8194aaaaaaaaaaaaaaaa", "conversationId": "c-1", "channel": "Voice", "isVoicemail": "NO", "Direction": "Inbound",
		 "finalStatus": "CLOSED", "botId": "st-of-somebody-else", "sessionStartTime": "2025-09-30T07:07:00", "sessionEndTime": "2025-09-30T07:08:06",
		 "metaInfo": {"caller": "sip:+14155552671@10.0.0.1", "callee": "(202) 555-0143", "dialedNumber": "+12025550143"},
		 "destinations": [
			{"destinationType": "QueueEntry", "queueId": "qu-1", "queueName": "Claims", "CallbackOpted": true, "CallbackOptedTime": "2025-09-30T07:07:36.810Z",
			 "respondingAgent": {"agentId": "u-1", "status": "Answered", "interactionDuration": 49},
			 "nonRespondingAgents": [{"agentId": "u-2", "status": "Rejected"}, {"agentId": "u-3", "status": "Missed", "interactionDuration": 7}]}]},
		{"sessionId": "68db7457bbbbbbbbbbbbbbbb", "channel": "Voice", "isVoicemail": "yes"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.savePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	got, err := w.store.Session(t.Context(), store.AllBots(), "68db8194aaaaaaaaaaaaaaaa")
	if err != nil {
		t.Fatal(err)
	}
	want := store.Session{
		AccountID: w.creds.AccountID, BotID: w.creds.BotIDs[0], SessionID: "68db8194aaaaaaaaaaaaaaaa", ConversationID: "c-1",
		FoundBy: store.FoundByCallDetails, Voicemail: store.FlagNo, Priority: store.PriorityUnknown,
		StartedAt: time.Date(2025, 9, 30, 7, 7, 0, 0, time.UTC), EndedAt: time.Date(2025, 9, 30, 7, 8, 6, 0, time.UTC),
		Caller: "sip:+14155552671@10.0.0.1", CallerE164: "+14155552671", Called: "(202) 555-0143", CalledE164: "+12025550143",
		QueueID: "qu-1", QueueName: "Claims", Direction: "Inbound", Channel: "Voice", FinalStatus: "CLOSED",
		Agents:        []store.Agent{{ID: "u-1", Status: "Answered", Seconds: 49}},
		CallbackOpted: true, CallbackAt: time.Date(2025, 9, 30, 7, 7, 36, 810e6, time.UTC),
		State: store.StateSkipped, FoundAt: got.FoundAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	// What is a voicemail is due, before all that may be one; its start is in
	// its id where nothing else tells.
	got, err = w.store.Session(t.Context(), store.AllBots(), "68db7457bbbbbbbbbbbbbbbb")
	if err != nil || got.State != store.StateDue || got.Priority != store.PriorityVoicemail || got.Voicemail != store.FlagYes || got.StartedAt.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A look that meets replies over the cap, or that are none, asks again.
func TestDiscoveryGetsOverOddReplies(t *testing.T) {
	for _, kind := range []koresim.FaultKind{koresim.FaultHTML, koresim.FaultHuge, koresim.FaultTruncated, koresim.FaultLimitText, koresim.FaultReset} {
		t.Run(string(kind), func(t *testing.T) {
			quirks := koresim.Documented()
			w := newWorld(t, koresim.Config{Voicemails: 3, Quirks: &quirks})
			w.sim.Inject(koresim.Fault{Kind: kind, On: koresim.KindCallDetails, Times: 2, Size: 20 << 20})
			if _, err := w.ingester().Pass(t.Context(), PassOptions{}); err != nil || !w.all() {
				t.Errorf("%v; all are stored: %v", err, w.all())
			}
		})
	}
}
