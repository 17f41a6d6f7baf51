// Package storetest is the one conformance suite of package store: every
// sentence of the contract and every rule that keeps the databases from
// drifting apart has a row here, and a store is done when Run passes.
//
// It imports testing, so only test files may import it.
package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"afterbeep/store"
)

// Options say which store a row wants.
type Options struct {
	// Now is the clock that the store must judge everything by.
	Now func() time.Time
	// Database names the database: handles opened under the same name within
	// one Run share one database, also after some of them were closed. Under a
	// new name it is empty, with all migrations done. Never "".
	Database string
}

// Open opens a handle on a store. It fails the test where it can't. The suite
// closes the handle; dropping the database is the opener's, at the earliest
// when t ends.
type Open func(t *testing.T, o Options) store.Store

// Run runs the whole suite against the stores that open opens. Rows run in
// parallel, each on a database of its own.
func Run(t *testing.T, open Open) {
	t.Helper()
	topics := []struct {
		name string
		rows []row
	}{
		{"sessions", sessionRows()},
		{"windows", windowRows()},
		{"claims", claimRows()},
		{"leases", leaseRows()},
		{"record", recordRows()},
		{"task claims", taskClaimRows()},
		{"task ends", taskEndRows()},
		{"audio", audioRows()},
		{"merge", mergeRows()},
		{"payload", payloadRows()},
		{"analyses", analysisRows()},
		{"feed", feedRows()},
		{"archive", archiveRows()},
		{"summaries", summaryRows()},
		{"days", dayRows()},
		{"gaps", gapRows()},
		{"lags", lagRows()},
		{"waking", wakeRows()},
		{"bots", botRows()},
		{"backfills", backfillRows()},
		{"synonyms", synonymRows()},
		{"notes", noteRows()},
		{"tags", tagRows()},
		{"callers", callerRows()},
		{"budget", budgetRows()},
		{"pause", pauseRows()},
		{"locks", lockRows()},
		{"saved searches", savedRows()},
		{"alerts", alertRows()},
		{"deliveries", deliveryRows()},
		{"callbacks", callbackRows()},
		{"cases", caseRows()},
		{"acts on callbacks", callbackActRows()},
		{"waiting", waitingRows()},
		{"work list", workListRows()},
		{"old work", oldRows()},
		{"queues", queueRows()},
		{"people", peopleRows()},
		{"logins", loginRows()},
		{"audit", auditRows()},
		{"text", textRows()},
		{"handles", handleRows()},
	}
	for _, topic := range topics {
		t.Run(topic.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range topic.rows {
				t.Run(r.name, func(t *testing.T) {
					t.Parallel()
					r.run(t, newBench(t, open))
				})
			}
		})
	}
}

// row is one sentence of the contract.
type row struct {
	name string
	run  func(t *testing.T, b *bench)
}

// bench is what a row works on: a fresh store and its clock.
type bench struct {
	store.Store
	clock *clock
	open  Open
}

func newBench(t *testing.T, open Open) *bench {
	b := &bench{clock: newClock(), open: open}
	b.Store = b.another(t)
	return b
}

// another opens one more handle on the row's database.
func (b *bench) another(t *testing.T) store.Store {
	t.Helper()
	s := b.open(t, Options{Now: b.clock.Now, Database: t.Name()})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// newClock starts where databases have to cut: below the microsecond, and in
// another zone than UTC.
func newClock() *clock {
	zone := time.FixedZone("", 3600)
	return &clock{now: time.Date(2025, 2, 11, 14, 57, 42, 32_000_789, zone)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// at is the clock's time, as a store keeps it, d later.
func (c *clock) at(d time.Duration) time.Time { return store.Cut(c.Now().Add(d)) }

// equal compares with go-cmp; an empty list and none are the same here.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// account and bot are whose sessions are where a row doesn't care.
const (
	account = "account-1"
	bot     = "st-bot-1"
)

// wanted is a session to fetch.
func wanted(id string) store.Session {
	return store.Session{AccountID: account, BotID: bot, SessionID: id, Wanted: true, FoundBy: store.FoundByCallDetails}
}

func (b *bench) save(t *testing.T, sessions ...store.Session) store.Saved {
	t.Helper()
	saved, err := b.SaveSessions(t.Context(), sessions)
	must(t, err)
	return saved
}

// session reads the ledger row.
func (b *bench) session(t *testing.T, id string) store.Session {
	t.Helper()
	s, err := b.Session(t.Context(), store.AllBots(), id)
	must(t, err)
	return s
}

// lease leases the session for an hour, whatever its state.
func (b *bench) lease(t *testing.T, id string) store.Lease {
	t.Helper()
	l, err := b.ClaimSession(t.Context(), store.SessionKey{BotID: bot, SessionID: id}, time.Hour)
	must(t, err)
	return l
}

// fetch leases the session and records the outcome.
func (b *bench) fetch(t *testing.T, id string, o store.Outcome) bool {
	t.Helper()
	changed, err := b.Record(t.Context(), b.lease(t, id), o)
	must(t, err)
	return changed
}

// archive saves a session and records a reply for it.
func (b *bench) archive(t *testing.T, one store.Session, r *store.Reply) store.Voicemail {
	t.Helper()
	v, err := archive(t.Context(), b.Store, one, r)
	must(t, err)
	return v
}

func archive(ctx context.Context, s store.Store, one store.Session, r *store.Reply) (store.Voicemail, error) {
	if _, err := s.SaveSessions(ctx, []store.Session{one}); err != nil {
		return store.Voicemail{}, err
	}
	l, err := s.ClaimSession(ctx, one.Key(), time.Hour)
	if err != nil {
		return store.Voicemail{}, err
	}
	if _, err := s.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: r}); err != nil {
		return store.Voicemail{}, err
	}
	return s.Voicemail(ctx, store.AllBots(), store.VoicemailID(one.BotID, one.SessionID))
}

// voicemail reads the voicemail of a session of bot.
func (b *bench) voicemail(t *testing.T, session string) store.Voicemail {
	t.Helper()
	v, err := b.Voicemail(t.Context(), store.AllBots(), store.VoicemailID(bot, session))
	must(t, err)
	return v
}

// noVoicemail checks that the session has none.
func (b *bench) noVoicemail(t *testing.T, session string) {
	t.Helper()
	_, err := b.Voicemail(t.Context(), store.AllBots(), store.VoicemailID(bot, session))
	wantErr(t, "voicemail of "+session, err, store.ErrNotFound)
}

// head is the number of the newest change.
func (b *bench) head(t *testing.T) int64 {
	t.Helper()
	p, err := b.Head(t.Context())
	must(t, err)
	return p.Seq
}

// said is a reply with one segment and one file.
func said(text string) *store.Reply {
	return &store.Reply{
		Segments:   []store.Segment{segment("m1", text)},
		Recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav", Status: store.RecordingSuccess}},
		Duration:   12400 * time.Millisecond,
		Payload:    []byte(`{"said": "` + text + `"}`),
	}
}

// created is when segments of rows that don't care were made.
var created = time.Date(2025, 2, 11, 13, 50, 0, 123_456_000, time.UTC)

func segment(id, text string) store.Segment {
	return store.Segment{MessageID: id, ComponentID: "c", Text: text, Author: store.Author{ID: "u-1", Type: "VOICEMAIL"},
		Lang: "en", CreatedOn: created, ModifiedOn: created}
}

// ids are the session ids, joined, so that a row reads in one line.
func ids(leases []store.Lease) string {
	var b strings.Builder
	for _, l := range leases {
		b.WriteString(" " + l.Session.SessionID)
	}
	return strings.TrimSpace(b.String())
}

// ignore is nil for an error that a row expects.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
