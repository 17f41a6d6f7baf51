package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func textRows() []row {
	return []row{
		{"odd text comes back", textOdd},
		{"text is cleaned at the door, and found under what it was", textCleaned},
		{"huge text", textHuge},
		{"times of all ages", textTimes},
		{"ids that differ in case or accents are different", textDistinct},
	}
}

// oddTexts come back byte by byte.
func oddTexts() []string {
	return []string{
		"", " ", "\t\r\n", `'; DROP TABLE users; --`, `"quoted" \back\slash`, "%_*?$1 :name @p {}", "null", "NULL",
		"🦊👩‍👩‍👧‍👦 emoji", "e\u0301 stays decomposed", "\u200b\u202e\ufeffinvisible", "\U0010ffff", "\ufffd", "日本語", "\x01\x1b\x7f", "{\"a\": \"\\u0000\"}",
	}
}

func textOdd(t *testing.T, b *bench) {
	for i, odd := range oddTexts() {
		id := fmt.Sprintf("s%d%s", i, odd)
		s := wanted(id)
		s.Caller, s.QueueName, s.FinalStatus, s.Agents = odd, odd, odd, []store.Agent{{ID: odd, Status: odd}}
		r := said("x" + odd)
		r.Segments[0].Author.ID, r.Segments[0].Lang, r.Recordings[0].FileName, r.Recordings[0].Status = odd, odd, odd, odd
		v := b.archive(t, s, r)
		equal(t, "text", v.Text, "x"+odd)
		equal(t, "caller", v.Caller, odd)
		equal(t, "author", v.Author.ID, odd)
		equal(t, "file", v.Recordings[0].FileName, odd)
		got := b.session(t, id)
		equal(t, "agents", got.Agents, s.Agents)
		equal(t, "queue", got.QueueName, odd)
		must(t, b.Audit(t.Context(), store.AuditEntry{Detail: odd}))
		equal(t, "detail", b.trail(t, 1)[0].Detail, odd)
	}
}

func textCleaned(t *testing.T, b *bench) {
	const odd, clean = "a\x00b\xff\xfec", "ab\ufffdc"
	s := store.Session{AccountID: odd, BotID: odd, SessionID: odd, Caller: odd, Agents: []store.Agent{{ID: odd}}, Wanted: true}
	r := said(odd)
	r.Segments[0].MessageID, r.Segments[0].ComponentID, r.Recordings[0].FileName, r.Recordings[0].Kind = odd, odd, odd, odd
	b.save(t, s)
	equal(t, "saved again", b.save(t, s), store.Saved{})
	equal(t, "due", len(b.claim(t, 1, odd)), 1)
	b.clock.move(time.Hour)
	l, err := b.ClaimSession(t.Context(), s.Key(), time.Hour)
	must(t, err)
	l.Session.SessionID = odd // as a caller may hold it
	_, err = b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reason: odd, Reply: r})
	must(t, err)
	v, err := b.Voicemail(t.Context(), store.OnlyBots(odd), store.VoicemailID(clean, clean))
	must(t, err)
	equal(t, "texts", []string{v.BotID, v.SessionID, v.Caller, v.Text, v.Segments[0].MessageID, v.Recordings[0].FileName},
		[]string{clean, clean, clean, clean, clean, clean})
	got, err := b.Session(t.Context(), store.OnlyBots(odd), odd)
	must(t, err)
	equal(t, "reason", got.Reason, clean)
	equal(t, "agent", got.Agents[0].ID, clean)
	cleanedNames(t, b, odd)
}

// cleanedNames uses a name that no database can keep wherever one is taken.
func cleanedNames(t *testing.T, b *bench, odd string) {
	t.Helper()
	must(t, b.AcquireLock(t.Context(), odd, odd, time.Minute))
	must(t, b.AcquireLock(t.Context(), odd, odd, time.Minute))
	must(t, b.ReleaseLock(t.Context(), odd, odd))
	must(t, b.SaveWindow(t.Context(), store.Window{AccountID: odd, To: created}))
	windows, err := b.Windows(t.Context(), odd, time.Time{})
	must(t, err)
	equal(t, "windows", len(windows), 1)
	_, err = b.Reserve(t.Context(), odd, store.ClassListener, store.Limits(1)...)
	must(t, err)
	must(t, b.Answered(t.Context(), odd, store.Verdict{Limited: true}))
	must(t, b.Audit(t.Context(), store.AuditEntry{Actor: odd, Action: odd, Detail: odd, Remote: odd}))
	u, err := b.CreateUser(t.Context(), store.User{Name: odd, Role: store.RoleAgent, Bots: []string{odd}, PasswordHash: odd})
	must(t, err)
	_, err = b.User(t.Context(), odd)
	must(t, err)
	must(t, b.CreateLogin(t.Context(), store.Login{Hash: odd, UserID: u.ID, ExpiresAt: b.clock.at(time.Hour)}))
	_, err = b.LoginUser(t.Context(), odd)
	must(t, err)
	must(t, b.DeleteLogin(t.Context(), odd))
	must(t, b.CreateToken(t.Context(), store.APIToken{ID: odd, Hash: odd, UserID: u.ID, ExpiresAt: b.clock.at(time.Hour)}))
	_, err = b.TokenUser(t.Context(), odd)
	must(t, err)
	must(t, b.RevokeToken(t.Context(), odd))
	_, err = b.Knows(t.Context(), store.Position{StoreID: odd, Seq: 1, Tag: odd})
	must(t, err)
}

func textHuge(t *testing.T, b *bench) {
	text := strings.Repeat("please call me back, 🦊 ", 20_000)
	v := b.archive(t, wanted("s1"), said(text))
	equal(t, "same text", v.Text == text && v.Segments[0].Text == text, true)
	many := said("x")
	many.Segments = nil
	for i := range 300 {
		many.Segments = append(many.Segments, segment(fmt.Sprint("m", i), fmt.Sprint("word", i)))
	}
	v = b.archive(t, wanted("s2"), many)
	equal(t, "segments", len(v.Segments), 300)
	equal(t, "last", v.Segments[299].Text, "word299")
}

func textTimes(t *testing.T, b *bench) {
	for i, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(0, -1), time.Unix(-1, 999_999_999), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC),
		time.Date(1883, 11, 18, 12, 0, 0, 1500, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2025, 3, 30, 2, 30, 0, 999, time.FixedZone("", 2*3600)),
	} {
		id := fmt.Sprint("s", i)
		s := wanted(id)
		s.StartedAt, s.EndedAt, s.CallbackAt = at, at, at
		r := said("hello")
		r.Segments[0].CreatedOn, r.Segments[0].ModifiedOn, r.Recordings[0].ExpiryHint = at, at, at
		v := b.archive(t, s, r)
		want := store.Cut(at)
		got := b.session(t, id)
		for _, have := range []time.Time{got.StartedAt, got.EndedAt, got.CallbackAt, v.StartedAt, v.Segments[0].CreatedOn,
			v.Segments[0].ModifiedOn, v.Recordings[0].ExpiryHint} {
			equal(t, at.String(), have, want)
		}
		equal(t, "saved again", b.save(t, s), store.Saved{})
	}
	equal(t, "head: one change each", b.head(t), int64(8))
}

func textDistinct(t *testing.T, b *bench) {
	names := []string{"abc", "ABC", "abç", "abc ", "ab\u0063\u0327", "abc\u200b"}
	for _, name := range names {
		b.archive(t, store.Session{BotID: bot, SessionID: name}, said(name))
	}
	for _, name := range names {
		equal(t, "text", b.voicemail(t, name).Text, name)
		equal(t, "session", b.session(t, name).SessionID, name)
	}
	l, err := b.Ledger(t.Context(), store.AllBots())
	must(t, err)
	equal(t, "voicemails", l.Voicemails, len(names))
}
