package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func callerRows() []row {
	return []row{
		{"their messages, the newest first", callerOrder},
		{"the scope holds, in the total too", callerScope},
		{"nobody has no messages", callerNobody},
		{"a number that many callers use is nobody's", callerShared},
	}
}

// called archives a message of the caller that was left at that time.
func (b *bench) called(t *testing.T, session, of, caller string, left time.Time) store.Voicemail {
	t.Helper()
	s := wanted(session)
	s.BotID, s.Caller = of, caller
	r := said("hello")
	r.Segments[0].CreatedOn = left
	return b.archive(t, s, r)
}

func (b *bench) callerMessages(t *testing.T, s store.Scope, caller string, limit int) ([]store.CallerMessage, int) {
	t.Helper()
	list, total, err := b.CallerMessages(t.Context(), s, caller, limit)
	must(t, err)
	return list, total
}

func callerOrder(t *testing.T, b *bench) {
	const caller = "+14155550123"
	var want []store.CallerMessage
	for i := range 4 {
		v := b.called(t, fmt.Sprint("s", i), bot, caller, created.Add(-time.Duration(i/2)*time.Hour)) // two at a time
		want = append(want, store.CallerMessage{ID: v.ID, LeftAt: v.LeftAt, Duration: v.Duration})
		b.called(t, fmt.Sprint("other", i), bot, caller+"4", created)
	}
	for i := 0; i < 4; i += 2 {
		if want[i].ID > want[i+1].ID {
			want[i], want[i+1] = want[i+1], want[i]
		}
	}
	list, total := b.callerMessages(t, store.AllBots(), caller, 10)
	equal(t, "messages", list, want)
	equal(t, "total", total, 4)
	list, total = b.callerMessages(t, store.AllBots(), caller, 3)
	equal(t, "the newest three", list, want[:3])
	equal(t, "total of all", total, 4)
	list, _ = b.callerMessages(t, store.AllBots(), caller, -1)
	equal(t, "clamped", len(list), 1)
}

func callerScope(t *testing.T, b *bench) {
	const caller = "+14155550123"
	mine := b.called(t, "s1", bot, caller, created)
	b.called(t, "s2", "another", caller, created.Add(time.Hour))
	list, total := b.callerMessages(t, store.OnlyBots(bot, "third"), caller, 10)
	equal(t, "total", total, 1)
	if len(list) != 1 || list[0].ID != mine.ID {
		t.Errorf("got %v", list)
	}
	list, total = b.callerMessages(t, store.Scope{}, caller, 10)
	equal(t, "of nothing", len(list)+total, 0)
}

func callerShared(t *testing.T, b *bench) {
	d := store.DefaultDesk()
	d.Shared = []string{ben}
	must(t, b.SaveDesk(t.Context(), d))
	b.leaves(t, "b", ben, 0)
	list, total := b.callerMessages(t, store.AllBots(), ben, 10)
	equal(t, "of a switchboard", len(list)+total, 0)
	for i := range store.SharedNames {
		_, total = b.callerMessages(t, store.AllBots(), ann, 10)
		equal(t, "before the next name", total, i)
		b.leaves(t, fmt.Sprint("s", i), ann, time.Duration(i)*time.Minute, named(fmt.Sprint("Caller ", string(rune('A'+i)))))
	}
	_, total = b.callerMessages(t, store.AllBots(), ann, 10)
	equal(t, "under so many names", total, 0)
}

func callerNobody(t *testing.T, b *bench) {
	long := strings.Repeat("9", store.MaxCaller+1)
	for i, caller := range []string{"", long, strings.Repeat("9", 4000)} {
		b.called(t, fmt.Sprint("s", i), bot, caller, created)
		list, total := b.callerMessages(t, store.AllBots(), caller, 10)
		equal(t, fmt.Sprint("messages of ", len(caller)), len(list)+total, 0)
	}
	b.called(t, "s9", bot, long[1:], created)
	_, total := b.callerMessages(t, store.AllBots(), long[1:], 10)
	equal(t, "of as long as may be", total, 1)
}
