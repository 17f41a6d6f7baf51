package web

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// event is one of a stream.
type event struct{ id, name, data string }

// hears reads a stream's events one after the other; the zero event comes at
// its end.
func hears(res *http.Response) func() event {
	lines := bufio.NewScanner(res.Body)
	return func() event {
		var e event
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "" && e.name != "":
				return e
			case name == "id":
				e.id = value
			case name == "event":
				e.name = value
			case name == "data":
				e.data = value
			}
		}
		return event{}
	}
}

// fresh is a message that was just left.
func fresh(bot, session string) message {
	return message{bot: bot, session: session, left: noon.Add(-time.Minute), segments: said("call me back")}
}

func newLiveBench(t *testing.T) *bench {
	b := newBench(t)
	b.eventsPause, b.recheck = 10*time.Millisecond, 10*time.Millisecond
	return b
}

func TestEventsTellWhatArrives(t *testing.T) {
	b := newLiveBench(t)
	b.archive(fresh("st-a", "there before"))
	srv := b.live()
	ann, bea := b.person("ann", store.RoleAnalyst), b.person("bea", store.RoleAgent, "st-b")
	all, some := hears(b.asked(srv, "/events", ann)), hears(b.asked(srv, "/events", bea))
	if got := all(); got.name != "ready" || got.id == "" {
		t.Fatalf("got %+v, want to hear that it is ready", got)
	}
	some()
	old := fresh("st-a", "left long ago")
	old.left = noon.Add(-48 * time.Hour)
	b.archive(fresh("st-a", "new"), old)
	got := all()
	if got.name != "voicemails" || got.data != `{"count":1,"more":false,"newest":"2025-02-12T11:59:00.000Z"}` {
		t.Errorf("got %+v, want one", got)
	}
	// Of what bea may not see she hears nothing: the next that she hears is hers.
	b.archive(fresh("st-b", "for both"))
	if got := some(); got.data != `{"count":1,"more":false,"newest":"2025-02-12T11:59:00.000Z"}` {
		t.Errorf("bea hears %+v, want one", got)
	}
	// Whoever comes again goes on where they were cut off.
	for name, way := range map[string]struct{ path, header string }{"header": {"/events", got.id}, "address": {"/events?after=" + got.id, ""}} {
		t.Run(name, func(t *testing.T) {
			next := hears(b.asked(srv, way.path, ann, "Last-Event-ID", way.header))
			if ready := next(); ready.id != got.id {
				t.Errorf("it goes on at %s, want %s", ready.id, got.id)
			}
			if missed := next(); !strings.Contains(missed.data, `"count":1,`) {
				t.Errorf("got %+v, want the one that was missed", missed)
			}
		})
	}
	b.stop()
	for all() != (event{}) {
	}
	for some() != (event{}) {
	}
}

// What changes once more is no news, not even to a process that just started.
func TestEventsAreNoChanges(t *testing.T) {
	b := newLiveBench(t)
	again := func() { // its audio is found to be there
		t.Helper()
		key := store.SessionKey{BotID: "st-a", SessionID: "s1"}
		if err := b.store.WakeSession(t.Context(), store.AllBots(), key); err != nil {
			t.Fatal(err)
		}
		lease, err := b.store.ClaimSession(t.Context(), key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		m := fresh("st-a", "s1")
		reply := &store.Reply{Segments: m.segments, Recordings: wav(), Payload: []byte("{}")}
		if _, err := b.store.Record(t.Context(), lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
			t.Fatal(err)
		}
		b.catchUp()
	}
	b.archive(fresh("st-a", "s1"))
	next := hears(b.asked(b.live(), "/events", b.person("ann", store.RoleAnalyst)))
	begun := next()
	again()
	b.archive(fresh("st-a", "s2"))
	if got := next(); !strings.Contains(got.data, `"count":1,`) || got.id == begun.id {
		t.Errorf("got %+v, want the new one alone", got)
	}
}

func TestEventsEndWithTheRight(t *testing.T) {
	b := newLiveBench(t)
	b.archive(fresh("st-a", "s1"))
	srv := b.live()
	for name, lose := range map[string]func(*testing.T, store.User, *http.Cookie) error{
		"signed-out": func(t *testing.T, _ store.User, c *http.Cookie) error {
			return b.store.DeleteLogin(t.Context(), HashSecret(c.Value))
		},
		"disabled": func(t *testing.T, u store.User, _ *http.Cookie) error {
			u.Disabled = true
			return b.store.UpdateUser(t.Context(), u)
		},
		"other-bots": func(t *testing.T, u store.User, _ *http.Cookie) error {
			u.AllBots, u.Bots = false, []string{"st-b"}
			return b.store.UpdateUser(t.Context(), u)
		},
	} {
		t.Run(name, func(t *testing.T) {
			cookie := b.person(name, store.RoleAgent)
			u, err := b.store.User(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			next := hears(b.asked(srv, "/events", cookie))
			next()
			if err := lose(t, u, cookie); err != nil {
				t.Fatal(err)
			}
			if got := next(); got != (event{}) {
				t.Errorf("got %+v, want the end", got)
			}
		})
	}
}

func TestEventsAreWrittenDownOnceAnHour(t *testing.T) {
	b := newLiveBench(t)
	srv, ann := b.live(), b.person("ann", store.RoleAnalyst)
	for range 3 {
		res := b.asked(srv, "/events", ann)
		hears(res)()
		_ = res.Body.Close()
	}
	want := []store.AuditEntry{{Actor: "ann", Action: store.AuditFollow, Allowed: true}}
	if diff := cmp.Diff(want, b.trail()); diff != "" {
		t.Errorf("the audit log (-want +got):\n%s", diff)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	b := newLiveBench(t)
	b.archive(fresh("st-a", "s1"))
	srv, ann := b.live(), b.person("ann", store.RoleAnalyst)
	for range maxStreamsEach {
		hears(b.asked(srv, "/events", ann))()
	}
	if res := b.asked(srv, "/events", ann); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one more: got %d", res.StatusCode)
	}
}

// A look at the past brings more than anybody is told one by one.
func TestArrivalsInMasses(t *testing.T) {
	b := newLiveBench(t)
	a := &arrivals{feed: b.store, index: b.index, now: b.Now}
	_, begun, err := a.since(t.Context(), store.AllBots(), -1)
	if err != nil {
		t.Fatal(err)
	}
	var ms []message
	for i := range maxChangesNow + 2 {
		ms = append(ms, fresh("st-a", fmt.Sprint(i)))
	}
	b.archive(ms...)
	a.looked = time.Time{}
	got, now, err := a.since(t.Context(), store.AllBots(), begun)
	if err != nil || !got.More || got.Count != 0 || now <= begun {
		t.Errorf("got %+v up to %d, %v; want to hear that there may be more", got, now, err)
	}
	if got, _, _ := a.since(t.Context(), store.AllBots(), now); got != (news{Newest: Stamp{}}) {
		t.Errorf("then: got %+v, want nothing", got)
	}
}
