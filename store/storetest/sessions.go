package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"afterbeep/store"
)

func sessionRows() []row {
	return []row{
		{"new ones are due where wanted, else skipped", newSessions},
		{"every field comes back", sessionRoundTrip},
		{"nothing known is taken away", sessionKeeps},
		{"the same by account, under another bot", sameByAccount},
		{"the same by bot, where one side knows no account", sameByBot},
		{"not the same under another bot without an account", notSame},
		{"twice in one call is one session", savedTwice},
		{"skipped becomes due when wanted", skippedBecomesDue},
		{"empty becomes due when it turns out a voicemail", emptyBecomesDue},
		{"no other state is touched", saveKeepsState},
		{"a session without ids, or with endless ones, is refused with all beside it", sessionInvalid},
		{"the longest ids fit together", sessionLongest},
		{"no sessions are no error", func(t *testing.T, b *bench) { equal(t, "saved", b.save(t), store.Saved{}) }},
		{"a thousand in one call", manySessions},
		{"the voicemail follows what it shows", voicemailFollows},
		{"the voicemail stays where it shows nothing of it", voicemailStays},
		{"a leased session stays leased", saveWhileLeased},
	}
}

func newSessions(t *testing.T, b *bench) {
	skipped := wanted("s2")
	skipped.Wanted, skipped.State, skipped.Attempts, skipped.Reason = false, store.StateStored, 7, "handed in"
	equal(t, "saved", b.save(t, wanted("s1"), skipped), store.Saved{New: 2, Due: 1})

	got := b.session(t, "s1")
	equal(t, "state", got.State, store.StateDue)
	equal(t, "due at", got.DueAt, b.clock.at(0))
	equal(t, "found at", got.FoundAt, b.clock.at(0))

	got = b.session(t, "s2")
	equal(t, "state", got.State, store.StateSkipped)
	equal(t, "due at", got.DueAt, time.Time{})
	equal(t, "attempts", got.Attempts, 0)
	equal(t, "reason", got.Reason, "")
	equal(t, "saved again", b.save(t, wanted("s1"), skipped), store.Saved{})
}

// full is a session with every field that SaveSessions takes.
func full() store.Session {
	at := time.Date(2025, 2, 11, 12, 0, 0, 123_456_789, time.FixedZone("", -5*3600))
	return store.Session{
		AccountID: account, BotID: bot, SessionID: "s1", ConversationID: "c1", FoundBy: store.FoundByCallDetails,
		Voicemail: store.FlagYes, Wanted: true, Priority: store.PriorityUnknown, StartedAt: at, EndedAt: at.Add(time.Minute),
		Caller: "(415) 555-0123", CallerE164: "+14155550123", Called: "800", CalledE164: "+18005550100",
		QueueID: "q1", QueueName: "Billing", Direction: "inbound", Channel: "korevg", FinalStatus: "closed",
		Agents:        []store.Agent{{ID: "a2", Status: "missed", Seconds: 3}, {ID: "a1"}},
		CallbackOpted: true, CallbackAt: at.Add(time.Hour),
	}
}

func sessionRoundTrip(t *testing.T, b *bench) {
	b.save(t, full())
	want := full()
	want.StartedAt, want.EndedAt, want.CallbackAt = store.Cut(want.StartedAt), store.Cut(want.EndedAt), store.Cut(want.CallbackAt)
	want.State, want.DueAt, want.FoundAt = store.StateDue, b.clock.at(0), b.clock.at(0)
	equal(t, "session", b.session(t, "s1"), want)

	bare := store.Session{BotID: bot, SessionID: "bare"}
	b.save(t, bare)
	bare.State, bare.FoundAt = store.StateSkipped, b.clock.at(0)
	equal(t, "bare session", b.session(t, "bare"), bare)
	if loc := b.session(t, "s1").StartedAt.Location(); loc != time.UTC {
		t.Errorf("times come back in %v, want UTC", loc)
	}
}

func sessionKeeps(t *testing.T, b *bench) {
	b.save(t, full())
	had := b.session(t, "s1")
	b.clock.move(time.Minute)
	bare := store.Session{AccountID: account, BotID: bot, SessionID: "s1", Voicemail: store.FlagNo, Priority: store.PriorityUnknown}
	equal(t, "saved", b.save(t, bare), store.Saved{})
	equal(t, "after a bare row", b.session(t, "s1"), had)

	more := bare
	more.QueueName, more.Agents, more.Priority = "Sales", []store.Agent{{ID: "a3"}}, store.PriorityVoicemail
	b.save(t, more)
	had.QueueName, had.Agents, had.Priority = "Sales", more.Agents, store.PriorityVoicemail
	equal(t, "after a row that knows more", b.session(t, "s1"), had)
}

func sameByAccount(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	again := wanted("s1")
	again.BotID, again.QueueName = "st-another", "Billing"
	equal(t, "saved", b.save(t, again), store.Saved{})
	got := b.session(t, "s1")
	equal(t, "bot", got.BotID, bot)
	equal(t, "queue", got.QueueName, "Billing")
	_, err := b.Session(t.Context(), store.OnlyBots("st-another"), "s1")
	wantErr(t, "under the other bot", err, store.ErrNotFound)
}

func sameByBot(t *testing.T, b *bench) {
	imported := wanted("s1")
	imported.AccountID, imported.FoundBy = "", store.FoundByImport
	equal(t, "imported", b.save(t, imported), store.Saved{New: 1, Due: 1})
	equal(t, "discovered", b.save(t, wanted("s1")), store.Saved{})
	equal(t, "account", b.session(t, "s1").AccountID, account)

	equal(t, "imported again", b.save(t, imported), store.Saved{})
	equal(t, "account", b.session(t, "s1").AccountID, account)

	// Bot and session id are the voicemail's key, so a second account can't
	// have the session too.
	other := wanted("s1")
	other.AccountID = "account-2"
	equal(t, "another account", b.save(t, other), store.Saved{})
	equal(t, "account", b.session(t, "s1").AccountID, account)
}

func notSame(t *testing.T, b *bench) {
	one, two := wanted("s1"), wanted("s1")
	one.AccountID, two.AccountID, two.BotID = "", "", "st-another"
	equal(t, "saved", b.save(t, one, two), store.Saved{New: 2, Due: 2})
	three := wanted("s1")
	three.BotID = "st-third"
	equal(t, "saved", b.save(t, three), store.Saved{New: 1, Due: 1})
}

func savedTwice(t *testing.T, b *bench) {
	one, two := wanted("s1"), wanted("s1")
	one.Wanted, two.QueueName = false, "Billing"
	equal(t, "saved", b.save(t, one, two), store.Saved{New: 1, Due: 1})
	got := b.session(t, "s1")
	equal(t, "queue", got.QueueName, "Billing")
	equal(t, "state", got.State, store.StateDue)
}

func skippedBecomesDue(t *testing.T, b *bench) {
	one := wanted("s1")
	one.Wanted = false
	b.save(t, one)
	b.clock.move(time.Minute)
	equal(t, "saved", b.save(t, wanted("s1")), store.Saved{Due: 1})
	got := b.session(t, "s1")
	equal(t, "state", got.State, store.StateDue)
	equal(t, "due at", got.DueAt, b.clock.at(0))
	equal(t, "found at", got.FoundAt, b.clock.at(-time.Minute))
}

func emptyBecomesDue(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	b.fetch(t, "s1", store.Outcome{State: store.StateEmpty, Reason: "no voicemail"})
	equal(t, "saved without a flag", b.save(t, wanted("s1")), store.Saved{})
	equal(t, "state", b.session(t, "s1").State, store.StateEmpty)

	flagged := wanted("s1")
	flagged.Voicemail = store.FlagYes
	equal(t, "saved with a flag", b.save(t, flagged), store.Saved{Due: 1})
	got := b.session(t, "s1")
	equal(t, "state", got.State, store.StateDue)
	equal(t, "reason", got.Reason, "")

	b.fetch(t, "s1", store.Outcome{State: store.StateEmpty})
	equal(t, "flagged before it was asked", b.save(t, flagged), store.Saved{})
}

func saveKeepsState(t *testing.T, b *bench) {
	for _, state := range []store.State{store.StateStored, store.StateWaiting, store.StateRetry, store.StateGone, store.StateDead} {
		id := string(state)
		b.save(t, wanted(id))
		b.fetch(t, id, store.Outcome{State: state, After: time.Hour, Reason: "as it was"})
		had := b.session(t, id)
		again := wanted(id)
		again.Voicemail = store.FlagYes
		equal(t, id+": saved", b.save(t, again), store.Saved{})
		had.Voicemail = store.FlagYes
		equal(t, id, b.session(t, id), had)
	}
}

func sessionInvalid(t *testing.T, b *bench) {
	long := incompressible(store.MaxID + 1)
	for _, bad := range []store.Session{
		{BotID: bot}, {SessionID: "s2"}, {BotID: bot, SessionID: "\x00"},
		{BotID: bot, SessionID: long}, {BotID: long, SessionID: "s2"}, {AccountID: long, BotID: bot, SessionID: "s2"},
		{BotID: bot, SessionID: "s2", CallerE164: long},
	} {
		_, err := b.SaveSessions(t.Context(), []store.Session{wanted("s1"), bad})
		wantErr(t, "save", err, store.ErrInvalid)
	}
	_, err := b.Session(t.Context(), store.AllBots(), "s1")
	wantErr(t, "the one beside it", err, store.ErrNotFound)
}

func sessionLongest(t *testing.T, b *bench) {
	long := incompressible(store.MaxID)
	s := store.Session{AccountID: long, BotID: long, SessionID: long, CallerE164: long, Wanted: true}
	equal(t, "saved", b.save(t, s), store.Saved{New: 1, Due: 1})
	got, err := b.Session(t.Context(), store.AllBots(), long)
	must(t, err)
	equal(t, "key", got.Key(), s.Key())
}

// incompressible is text that no database makes shorter to fit its indexes.
func incompressible(bytes int) string {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte('!' + random.IntN('~'-'!'))
	}
	return string(b)
}

func manySessions(t *testing.T, b *bench) {
	sessions := make([]store.Session, 1000)
	for i := range sessions {
		sessions[i] = wanted(fmt.Sprintf("s%04d", i))
		sessions[i].Wanted = i%2 == 0
	}
	equal(t, "saved", b.save(t, sessions...), store.Saved{New: 1000, Due: 500})
	equal(t, "saved again", b.save(t, sessions...), store.Saved{})
	l, err := b.Ledger(t.Context(), store.AllBots())
	must(t, err)
	equal(t, "ledger", l.Sessions, map[store.State]int{store.StateDue: 500, store.StateSkipped: 500})
}

func voicemailFollows(t *testing.T, b *bench) {
	v := b.archive(t, store.Session{BotID: bot, SessionID: "s1"}, said("hello"))
	seq := b.head(t)
	b.save(t, full())
	want := v
	want.AccountID, want.Caller, want.Called, want.Queue = account, "+14155550123", "+18005550100", "Billing"
	want.StartedAt = store.Cut(full().StartedAt)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "state", b.session(t, "s1").State, store.StateStored)
	equal(t, "head", b.head(t), seq+1)
	changes, err := b.Changes(t.Context(), seq, 10)
	must(t, err)
	equal(t, "changes", len(changes), 1)
	b.save(t, full())
	equal(t, "head after the same again", b.head(t), seq+1)
}

func voicemailStays(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	had, seq := b.voicemail(t, "s1"), b.head(t)
	more := wanted("s1")
	more.EndedAt, more.Agents, more.FinalStatus = created, []store.Agent{{ID: "a1"}}, "closed"
	b.save(t, more)
	equal(t, "session", b.session(t, "s1").FinalStatus, "closed")
	equal(t, "voicemail", b.voicemail(t, "s1"), had)
	equal(t, "head", b.head(t), seq)
}

func saveWhileLeased(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l := b.lease(t, "s1")
	more := wanted("s1")
	more.CallerE164 = "+14155550123"
	b.save(t, more)
	equal(t, "state", b.session(t, "s1").State, store.StateLeased)
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	must(t, err)
	equal(t, "caller told meanwhile", b.voicemail(t, "s1").Caller, "+14155550123")
}

func windowRows() []row {
	return []row{
		{"come back ordered by from and to", windowOrder},
		{"the same window replaces", windowReplaces},
		{"end after since", windowSince},
	}
}

func window(from, to time.Duration, rows int) store.Window {
	return store.Window{AccountID: account, From: created.Add(from), To: created.Add(to), Pages: 2, Rows: rows, LookedAt: created}
}

func (b *bench) windows(t *testing.T, since time.Time) []store.Window {
	t.Helper()
	got, err := b.Windows(t.Context(), account, since)
	must(t, err)
	return got
}

func windowOrder(t *testing.T, b *bench) {
	want := []store.Window{window(0, time.Hour, 1), window(0, 2*time.Hour, 2), window(time.Hour, 2*time.Hour, 3)}
	for _, i := range []int{2, 0, 1} {
		w := want[i]
		w.From, w.LookedAt = w.From.Add(999), w.LookedAt.Add(999) // nanoseconds, which are cut
		must(t, b.SaveWindow(t.Context(), w))
	}
	other := window(0, time.Hour, 9)
	other.AccountID = "account-2"
	must(t, b.SaveWindow(t.Context(), other))
	equal(t, "windows", b.windows(t, time.Time{}), want)
}

func windowReplaces(t *testing.T, b *bench) {
	must(t, b.SaveWindow(t.Context(), window(0, time.Hour, 1)))
	again := window(0, time.Hour, 7)
	again.Pages, again.LookedAt = 3, created.Add(time.Minute)
	must(t, b.SaveWindow(t.Context(), again))
	equal(t, "windows", b.windows(t, time.Time{}), []store.Window{again})
}

func windowSince(t *testing.T, b *bench) {
	must(t, b.SaveWindow(t.Context(), window(0, time.Hour, 1)))
	must(t, b.SaveWindow(t.Context(), window(time.Hour, 2*time.Hour, 2)))
	equal(t, "since the end of the first", b.windows(t, created.Add(time.Hour)), []store.Window{window(time.Hour, 2*time.Hour, 2)})
	equal(t, "a microsecond before", len(b.windows(t, created.Add(time.Hour-time.Microsecond))), 2)
	equal(t, "since all of them", b.windows(t, created.Add(2*time.Hour)), []store.Window(nil))
}
