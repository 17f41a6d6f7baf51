package alert

import (
	"testing"
	"time"

	"afterbeep/store"
)

// A running program forgets deliveries that ended long ago, and does not tell
// again what they told.
func TestOldDeliveriesAreForgotten(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	u, _ := a.alert("q=refund", nil)
	first := a.leave("bot", "s1", "I want a refund")
	listed := func() int {
		list, err := a.store.Deliveries(t.Context(), u.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	stop := a.run(a.watch(mailed(t, server)))
	eventually(t, "the first is told", func() bool { return len(told(&server.inbox, []string{first})) == 0 && a.settled() })
	if n := listed(); n != 1 {
		t.Fatalf("%d deliveries are listed, want 1", n)
	}
	stop()
	later := a.watch(func(c *Config) {
		mailed(t, server)(c)
		c.Now = func() time.Time { return time.Now().Add(store.KeepEnded + time.Hour) }
	})
	a.run(later)
	eventually(t, "it is forgotten", func() bool { return listed() == 0 })
	second := a.leave("bot", "s2", "another refund")
	eventually(t, "the second is told", func() bool { return len(told(&server.inbox, []string{second})) == 0 && a.settled() })
	if n := server.count(); n != 2 {
		t.Errorf("%d messages were sent, want 2", n)
	}
}
