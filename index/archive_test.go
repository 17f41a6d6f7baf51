package index_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// archive is a real store with a way to fill it.
type archive struct {
	*sqlite.Store
	path string
}

func newArchive(t testing.TB) *archive {
	t.Helper()
	return openArchive(t, filepath.Join(t.TempDir(), "store.db"))
}

func openArchive(t testing.TB, path string) *archive {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &archive{Store: s, path: path}
}

// message is one voicemail to record. Recording a session again with a later
// modified time replaces its text.
type message struct {
	session, bot, lang, text string
	left                     time.Time
	modified                 time.Time
}

func (m message) id() int64 { return store.VoicemailID(m.bot, m.session) }

// noon is when the messages of tests are left if they don't say.
var noon = time.Date(2025, 2, 11, 12, 0, 0, 0, time.UTC)

// say makes messages of one bot, a minute apart, the first one oldest.
func say(texts ...string) []message {
	out := make([]message, len(texts))
	for i, text := range texts {
		out[i] = message{
			session: fmt.Sprintf("s%d", i), bot: "st-a", lang: "en", text: text,
			left: noon.Add(time.Duration(i) * time.Minute),
		}
	}
	return out
}

func (a *archive) record(t testing.TB, messages ...message) {
	t.Helper()
	if err := a.recordAll(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
}

func (a *archive) recordAll(ctx context.Context, messages []message) error {
	sessions := make([]store.Session, len(messages))
	for i, m := range messages {
		sessions[i] = store.Session{AccountID: "acc", BotID: m.bot, SessionID: m.session, StartedAt: m.left}
	}
	if _, err := a.SaveSessions(ctx, sessions); err != nil {
		return fmt.Errorf("save sessions: %w", err)
	}
	for i, m := range messages {
		lease, err := a.ClaimSession(ctx, sessions[i].Key(), time.Minute)
		if err != nil {
			return fmt.Errorf("claim: %w", err)
		}
		reply := &store.Reply{Segments: []store.Segment{{
			MessageID: "m", ComponentID: "c", Text: m.text, Lang: m.lang, CreatedOn: m.left, ModifiedOn: m.modified,
		}}}
		if _, err := a.Record(ctx, lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

func openIndex(t testing.TB, dir string, feed store.Feed) *index.Index {
	t.Helper()
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: feed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("close the index: %v", err)
		}
	})
	return x
}

func catchUp(t testing.TB, x *index.Index) {
	t.Helper()
	if err := x.CatchUp(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// indexed is an index that has caught up with the messages.
func indexed(t testing.TB, messages ...message) (*archive, *index.Index) {
	t.Helper()
	a := newArchive(t)
	a.record(t, messages...)
	x := openIndex(t, t.TempDir(), a)
	catchUp(t, x)
	return a, x
}

func search(t testing.TB, x *index.Index, s store.Scope, r index.Request) *index.Result {
	t.Helper()
	res, err := x.Search(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func ask(t testing.TB, x *index.Index, q string) *index.Result {
	t.Helper()
	return search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)})
}
