package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEvidenceOf(t *testing.T) {
	at := time.Date(2026, 3, 10, 10, 42, 0, 0, time.UTC)
	const number, house = "+14155550123", "+18005550100"
	numbers := []string{"+14155550199", number}
	inbound := Session{BotID: "b", SessionID: "s", StartedAt: at, CallerE164: number, CalledE164: house, Direction: "Inbound", QueueName: "Billing",
		Agents: []Agent{{ID: "u-1", Status: "Answered", Seconds: 180}}}
	with := func(change func(*Session)) Session {
		s := inbound
		change(&s)
		return s
	}
	told := Evidence{BotID: "b", SessionID: "s", StartedAt: at, Number: number, Queue: "Billing", Agent: "u-1", Talk: 3 * time.Minute}
	tests := []struct {
		name    string
		session Session
		want    Evidence
		ok      bool
	}{
		{"answered", inbound, told, true},
		{"called by the house", with(func(s *Session) { s.Direction, s.CallerE164, s.CalledE164 = "OUTBOUND", house, number }),
			Evidence{BotID: "b", SessionID: "s", StartedAt: at, Number: number, Outbound: true, Queue: "Billing", Agent: "u-1", Talk: 3 * time.Minute}, true},
		{"who spoke for longest is named", with(func(s *Session) {
			s.Agents = []Agent{{ID: "u-0", Status: "Answered", Seconds: 9}, {ID: "u-1", Status: "answered ", Seconds: 180}, {ID: "u-2", Status: "Rejected", Seconds: 999}}
		}), told, true},
		{"no status, but a length", with(func(s *Session) { s.Agents = []Agent{{ID: "u-1", Seconds: 180}} }), told, true},
		{"answered, of no known length", with(func(s *Session) { s.Agents = []Agent{{ID: "u-1", Status: "Answered"}} }),
			Evidence{BotID: "b", SessionID: "s", StartedAt: at, Number: number, Queue: "Billing", Agent: "u-1"}, true},
		{"it rang and nobody took it", with(func(s *Session) { s.Agents = []Agent{{ID: "u-1", Status: "Missed", Seconds: 20}} }), Evidence{}, false},
		{"an agent of no status and no length", with(func(s *Session) { s.Agents = []Agent{{ID: "u-1"}} }), Evidence{}, false},
		{"nobody was there", with(func(s *Session) { s.Agents = nil }), Evidence{}, false},
		{"another number", with(func(s *Session) { s.CallerE164 = "+14155550124" }), Evidence{}, false},
		{"no number", with(func(s *Session) { s.CallerE164, s.CalledE164 = "", "" }), Evidence{}, false},
		{"another message", with(func(s *Session) { s.Voicemail = FlagYes }), Evidence{}, false},
		{"a message that nobody flagged", with(func(s *Session) { s.State = StateStored }), Evidence{}, false},
		{"nobody knows when", with(func(s *Session) { s.StartedAt = time.Time{} }), Evidence{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := EvidenceOf(tt.session, numbers)
			if ok != tt.ok {
				t.Fatalf("it is evidence: %v, want %v", ok, tt.ok)
			}
			if d := cmp.Diff(tt.want, got); ok && d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
