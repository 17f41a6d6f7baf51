package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterbeep/store"
)

// TestLinkedCases holds that who is in a case doesn't depend on the order in
// which messages are looked at, and that a number links all that aren't shared.
func TestLinkedCases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "messages")
		number := func(label string) string {
			return rapid.SampledFrom([]string{"", "+16175550101", "+16175550102", "+16175550103", "+16175550104"}).Draw(t, label)
		}
		members := make([]store.Callback, n)
		for i := range members {
			members[i] = store.Callback{VoicemailID: int64(i + 1), CaseID: int64(i + 1), BotID: fmt.Sprint("bot", i%2), Lane: store.LaneRequests,
				LeftAt: actedAt.Add(time.Duration(i) * time.Minute), Status: store.CallbackOpen, Caller: number("caller"), Number: number("number")}
		}
		shared := map[string]bool{"+16175550104": true}
		caseOf := func(list []store.Callback) map[int64]int64 {
			after, _ := store.Linking{Members: list, Shared: shared}.Link(actedAt)
			cases := map[int64]int64{}
			for _, c := range after {
				cases[c.VoicemailID] = c.CaseID
			}
			return cases
		}
		cases := caseOf(members)
		other := caseOf(rapid.Permutation(members).Draw(t, "order"))
		for i, a := range members {
			if other[a.VoicemailID] != cases[a.VoicemailID] {
				t.Fatalf("message %d is in case %d, or in %d", a.VoicemailID, cases[a.VoicemailID], other[a.VoicemailID])
			}
			for _, b := range members[i+1:] {
				own, _ := store.SplitLinks(a, shared)
				linked := slices.ContainsFunc(b.Links(), func(n string) bool { return slices.Contains(own, n) })
				if a.BotID == b.BotID && linked && cases[a.VoicemailID] != cases[b.VoicemailID] {
					t.Fatalf("%+v and %+v are in two cases", a, b)
				}
				if a.BotID != b.BotID && cases[a.VoicemailID] == cases[b.VoicemailID] {
					t.Fatalf("a case of two bots: %+v and %+v", a, b)
				}
			}
		}
	})
}

// TestHeldCasesStayApart links two held cases by a message that is of both.
func TestHeldCasesStayApart(t *testing.T) {
	one, two := held("ada", time.Minute), held("bob", time.Minute)
	one.Caller, two.Caller, two.VoicemailID, two.CaseID = "+16175550101", "+16175550102", 2, 2
	three := store.Callback{VoicemailID: 3, CaseID: 3, Lane: store.LaneRequests, Status: store.CallbackOpen, Caller: one.Caller, Number: two.Caller}
	after, _ := store.Linking{Members: []store.Callback{one, two, three}, New: 3}.Link(actedAt)
	if after[0].CaseID != 1 || after[1].CaseID != 2 || after[2].Status != store.CallbackOpen {
		t.Errorf("got %+v", after)
	}
	two.LeaseUntil = actedAt
	after, _ = store.Linking{Members: []store.Callback{one, two, three}, New: 3}.Link(actedAt)
	for _, c := range after {
		if c.CaseID != 1 {
			t.Errorf("message %d is in case %d, want 1", c.VoicemailID, c.CaseID)
		}
	}
	if after[2].Assignee != "ada" {
		t.Errorf("the new message is held by %q, want ada", after[2].Assignee)
	}
}

func TestDeskClean(t *testing.T) {
	week := [7]string{1: "09:00-17:00"}
	for name, change := range map[string]func(*store.Desk){
		"a key with capitals":   func(d *store.Desk) { d.Dispositions = []store.Disposition{{Key: "Sold", Label: "Sold"}} },
		"no label":              func(d *store.Desk) { d.Dispositions = []store.Disposition{{Key: "sold"}} },
		"a key twice":           func(d *store.Desk) { d.Dispositions = append(d.Dispositions, d.Dispositions[0]) },
		"no lease":              func(d *store.Desk) { d.Lease = 0 },
		"a lease of two days":   func(d *store.Desk) { d.Lease = 48 * time.Hour },
		"a negative rest":       func(d *store.Desk) { d.Retry[store.AttemptBusy] = -1 },
		"an unknown result":     func(d *store.Desk) { d.Retry["gone"] = 1 },
		"a negative limit":      func(d *store.Desk) { d.MaxAttempts = -1 },
		"a link without number": func(d *store.Desk) { d.CallLink = "https://pbx.example/" },
		"a script as a link":    func(d *store.Desk) { d.CallLink = "JavaScript:call({number})" },
		"a relative link":       func(d *store.Desk) { d.CallLink = "/call/{number}" },
		"a shared word":         func(d *store.Desk) { d.Shared = []string{"reception"} },
		"an unknown zone":       func(d *store.Desk) { d.Hours = []store.Hours{{Zone: "Europe/Atlantis", Week: week}} },
		"no zone":               func(d *store.Desk) { d.Hours = []store.Hours{{Week: week}} },
		"hours back in time":    func(d *store.Desk) { d.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{"17:00-09:00"}}} },
		"hours in words":        func(d *store.Desk) { d.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{"nine to five"}}} },
		"a day that isn't":      func(d *store.Desk) { d.Hours = []store.Hours{{Zone: "UTC", Week: week, Holidays: []string{"02-30"}}} },
	} {
		d := store.DefaultDesk()
		change(&d)
		if _, err := d.Clean(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, change := range map[string]func(*store.Desk){
		"as it is":      func(*store.Desk) {},
		"a digits link": func(d *store.Desk) { d.CallLink = "https://pbx.example/call?to={digits}" },
		"all day": func(d *store.Desk) {
			d.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{"00:00-24:00"}, Holidays: []string{"02-29"}}}
		},
	} {
		d := store.DefaultDesk()
		change(&d)
		if _, err := d.Clean(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTextThatComesLate is of messages that somebody works on because they have no
// text, which comes meanwhile.
func TestTextThatComesLate(t *testing.T) {
	worked := held("ada", time.Minute)
	worked.Lane, worked.Listen, worked.Acted, worked.LeftAt = store.LaneListen, store.ListenNoText, true, actedAt.Add(-2*time.Hour)
	closed, noted := worked, worked
	closed.Status, closed.Outcome, closed.ClosedAt = store.CallbackDone, "reached", actedAt
	noted.Lane, noted.Status = store.LaneOld, store.CallbackOpen
	asks := store.Finding{Requested: true, Confidence: .9}
	for name, tt := range map[string]struct {
		had     store.Callback
		found   store.Finding
		lane    store.Lane
		asked   bool
		reason  store.ListenReason
		history string
	}{
		"it asks":               {worked, asks, store.LaneRequests, true, "", "request "},
		"it is doubtful":        {worked, store.Finding{Listen: store.ListenDoubtful}, store.LaneListen, false, store.ListenDoubtful, "doubtful "},
		"it asks for nothing":   {worked, store.Finding{Confidence: .9}, store.LaneListen, false, store.ListenTextCame, "text_came "},
		"there is still none":   {worked, store.Finding{Listen: store.ListenNoText}, store.LaneListen, false, store.ListenNoText, ""},
		"what is done stays":    {closed, asks, store.LaneListen, false, store.ListenNoText, ""},
		"what is old stays old": {noted, asks, store.LaneOld, true, "", "request "},
	} {
		v := store.Voicemail{ID: 1, LeftAt: tt.had.LeftAt, Text: "later words", Transcript: store.TranscriptPresent}
		got, events := store.Follow(&tt.had, v, tt.found, nil, store.DefaultDesk(), actedAt)
		history := ""
		for _, e := range events {
			history += e.Detail + " "
		}
		if got.Lane != tt.lane || got.Requested != tt.asked || got.Listen != tt.reason || history != tt.history {
			t.Errorf("%s: got lane %q, requested %v, reason %q, history %q", name, got.Lane, got.Requested, got.Listen, history)
		}
		if got.Status != tt.had.Status || got.Assignee != tt.had.Assignee || !got.LeaseUntil.Equal(tt.had.LeaseUntil) {
			t.Errorf("%s: got %s of %q", name, got.Status, got.Assignee)
		}
	}
	no := false
	worked.Corrected, worked.Lane, worked.Listen = true, store.LaneNone, ""
	if got, _ := store.Follow(&worked, store.Voicemail{ID: 1, Text: "later words"}, asks, &store.Correction{Requested: &no}, store.DefaultDesk(), actedAt); got.Requested || got.Lane != store.LaneNone {
		t.Errorf("what a person says is overruled: %+v", got)
	}
}
