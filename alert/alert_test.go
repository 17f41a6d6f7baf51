package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/store/sqlite"
	"afterbeep/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// insideHosts allows what tests run on.
type insideHosts struct{}

func (insideHosts) Allows(scheme, host, _ string) bool           { return host == "127.0.0.1" }
func (insideHosts) AllowsAddress(_, _ string, a netip.Addr) bool { return a.IsLoopback() }

// outsideHosts allows nothing beyond what everybody may reach.
type outsideHosts struct{}

func (outsideHosts) Allows(string, string, string) bool { return false }
func (outsideHosts) AllowsAddress(_, _ string, a netip.Addr) bool {
	return !a.IsLoopback() && !a.IsPrivate()
}

// archive is a real store with a real index that follows it.
type archive struct {
	t     *testing.T
	store *sqlite.Store
	index *index.Index
	log   *logged
	users int
}

// logged is a log that several goroutines write.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "a.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(t.Context(), index.Config{Dir: t.TempDir(), Feed: s, Work: s, Poll: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { _ = x.Follow(ctx) })
	t.Cleanup(func() { stop(); following.Wait(); x.Close(); s.Close() })
	return &archive{t: t, store: s, index: x, log: &logged{}}
}

// watch is a Watch over the archive that is in a hurry.
func (a *archive) watch(change func(*Config)) *Watch {
	a.t.Helper()
	hook, err := NewHook(HookConfig{Hosts: insideHosts{}})
	if err != nil {
		a.t.Fatal(err)
	}
	c := Config{Store: a.store, Finder: &web.Engine{Index: a.index, Archive: a.store}, Through: func() int64 { return a.index.Status().Shown }, Hook: hook,
		Open:      func(_ string, sealed []byte) (string, error) { return string(sealed), nil },
		PublicURL: "https://beep.example", Poll: 5 * time.Millisecond, Log: slog.New(slog.NewTextHandler(a.log, nil)),
		Backoff: func(int) (time.Duration, bool) { return time.Millisecond, true }}
	if change != nil {
		change(&c)
	}
	w, err := New(c)
	if err != nil {
		a.t.Fatal(err)
	}
	return w
}

// mailed is a config's change that sends mail to a server.
func mailed(t *testing.T, s *mailServer) func(*Config) {
	m, err := NewMail(s.config())
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Mail = m }
}

// run runs a Watch until the test ends or stop is called.
func (a *archive) run(w *Watch) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			a.t.Errorf("run: %v", err)
		}
	})
	stop = func() { cancel(); running.Wait() }
	a.t.Cleanup(stop)
	return stop
}

// alert makes a person of the bots, none being all, who is told of a search.
func (a *archive) alert(q string, change func(*store.Alert), bots ...string) (store.User, store.Alert) {
	a.t.Helper()
	a.users++
	u, err := a.store.CreateUser(a.t.Context(), store.User{Name: fmt.Sprint("user", a.users), Role: store.RoleAnalyst, AllBots: len(bots) == 0, Bots: bots})
	if err != nil {
		a.t.Fatal(err)
	}
	s, err := a.store.SaveSearch(a.t.Context(), store.SavedSearch{UserID: u.ID, Name: "Rückerstattung\u2028" + q, Params: q})
	if err != nil {
		a.t.Fatal(err)
	}
	one := store.Alert{SearchID: s.ID, UserID: u.ID, Channel: store.ChannelEmail, Target: u.Name + "@example.com"}
	if change != nil {
		change(&one)
	}
	if one, err = a.store.SaveAlert(a.t.Context(), one); err != nil {
		a.t.Fatal(err)
	}
	return u, one
}

// leave archives a voicemail, and returns its address.
func (a *archive) leave(bot, session, said string) string {
	a.t.Helper()
	ctx, one := a.t.Context(), store.Session{AccountID: "acc", BotID: bot, SessionID: session, Wanted: true, FoundBy: store.FoundByList, CallerE164: "+14155550123"}
	if _, err := a.store.SaveSessions(ctx, []store.Session{one}); err != nil {
		a.t.Fatal(err)
	}
	l, err := a.store.ClaimSession(ctx, one.Key(), time.Minute)
	if err != nil {
		a.t.Fatal(err)
	}
	at := time.Now().Add(-time.Minute)
	reply := &store.Reply{Payload: []byte("{}"), Segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: said, Lang: "en", CreatedOn: at, ModifiedOn: at}}}
	if _, err := a.store.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		a.t.Fatal(err)
	}
	return fmt.Sprintf("https://beep.example/voicemails/%d", store.VoicemailID(bot, session))
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// settled tells that nothing is left to be sent.
func (a *archive) settled() bool {
	sums, err := a.store.AlertSums(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	return sums.Waiting == 0
}

// told tells which of the addresses stand in what was taken. Lines of mail may be
// broken, so it looks for the end.
func told(b *inbox, urls []string) (missing []string) {
	all := strings.ReplaceAll(b.all(), "=\r\n", "")
	for _, u := range urls {
		if !strings.Contains(all, u) {
			missing = append(missing, u)
		}
	}
	return missing
}

// Every match is told by mail though the server fails in every way, and comes
// again only where the server did not say that it has it.
func TestMailIsToldAtLeastOnce(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, func(s *mailServer) { s.dice = newDice(1) })
	a.alert("q=refund", nil)
	a.run(a.watch(mailed(t, server)))
	a.many(&server.inbox)
	server.dice.mu.Lock()
	server.dice.calm = true
	server.dice.mu.Unlock()
	eventually(t, "nothing is left", a.settled)
	server.check(t, true)
}

// many leaves voicemails that match and others, in rounds: each begins when the
// one before was told, so that they come in several messages.
func (a *archive) many(taken *inbox) {
	a.t.Helper()
	for round := range 4 {
		var urls []string
		for i := range 15 {
			urls = append(urls, a.leave("bot", fmt.Sprint("s", round, "-", i), "I want a refund"))
			a.leave("bot", fmt.Sprint("other", round, "-", i), "something else")
		}
		eventually(a.t, "all are told", func() bool { return len(told(taken, urls)) == 0 })
	}
}

func TestWebhooksAreToldAtLeastOnce(t *testing.T) {
	a := newArchive(t)
	server := newHookServer(t, false)
	server.dice = newDice(2)
	a.alert("q=refund", func(one *store.Alert) {
		one.Channel, one.Target, one.Sealed = store.ChannelWebhook, server.URL, []byte(server.secret)
	})
	// Two processes share the work.
	a.run(a.watch(nil))
	a.run(a.watch(nil))
	a.many(&server.inbox)
	server.dice.mu.Lock()
	server.dice.calm = true
	server.dice.mu.Unlock()
	eventually(t, "nothing is left", a.settled)
	server.check(t, true)
}

// Each is told with the rights that the receiver has when the message is made.
func TestRightsOfWhoIsTold(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	a.alert("q=refund", nil)
	a.alert("q=refund", nil, "bot-1")
	loses, _ := a.alert("q=refund", nil, "bot-1", "bot-2")
	gone, _ := a.alert("q=refund", nil)
	w := a.watch(mailed(t, server))
	one, two := a.leave("bot-1", "s1", "refund"), a.leave("bot-2", "s2", "refund")
	head, err := a.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "all is indexed", func() bool { return w.Through() == head.Seq })
	if _, err := w.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	loses.Bots = []string{"bot-3"}
	gone.Disabled = true
	for _, u := range []store.User{loses, gone} {
		if err := a.store.UpdateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{one, two}, {one}} {
		to := fmt.Sprintf("To: <user%d@example.com>", i+1)
		at := slices.IndexFunc(server.bodies, func(b string) bool { return strings.Contains(b, to) })
		if at < 0 {
			t.Fatalf("%s: no mail", to)
		}
		plain := strings.ReplaceAll(server.bodies[at], "=\r\n", "")
		for _, url := range []string{one, two} {
			if got := strings.Contains(plain, url); got != slices.Contains(want, url) {
				t.Errorf("%s: told of %s: %v", to, url, got)
			}
		}
	}
	if server.count() != 2 {
		t.Errorf("got %d mails, want 2: none for who may see nothing of it", server.count())
	}
	list, err := a.store.Deliveries(t.Context(), loses.ID, 1)
	if err != nil || list[0].State != store.DeliveryDropped {
		t.Errorf("got %v, %v", list, err)
	}
}

// A message holds what was said only where both the installation and its reader
// want that, and then it is written down.
func TestExcerpts(t *testing.T) {
	for _, c := range []struct {
		name            string
		allowed, wanted bool
	}{{"neither", false, false}, {"not allowed", false, true}, {"not wanted", true, false}, {"both", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			a := newArchive(t)
			server := newMailServer(t, nil)
			a.alert("q=refund", func(one *store.Alert) { one.Excerpts = c.wanted })
			a.run(a.watch(func(config *Config) { mailed(t, server)(config); config.Excerpts = c.allowed }))
			a.leave("bot", "s1", "a refund\r\n.\r\nBcc: everybody@example.com")
			eventually(t, "it is told", func() bool { return server.count() == 1 && a.settled() })
			both := c.allowed && c.wanted
			for _, words := range []string{"+14155550123", "a refund"} {
				if got := strings.Contains(server.all(), words); got != both {
					t.Errorf("holds %q: %v", words, got)
				}
			}
			trail, err := a.store.AuditTrail(t.Context(), 10)
			if err != nil || slices.ContainsFunc(trail, func(e store.AuditEntry) bool { return e.Action == store.AuditAlert }) != both {
				t.Errorf("the audit log has %v, %v", trail, err)
			}
			for _, secret := range []string{"refund", "4155550123", "user1@example.com"} {
				if strings.Contains(a.log.String(), secret) {
					t.Errorf("the log tells %q: %s", secret, a.log)
				}
			}
		})
	}
}

// Quiet hours hold back what is on its way, too, without counting as attempts.
func TestQuietHoursHoldBack(t *testing.T) {
	a := newArchive(t)
	server := newMailServer(t, nil)
	u, one := a.alert("q=refund", nil)
	w := a.watch(mailed(t, server))
	a.leave("bot", "s1", "refund")
	head, _ := a.store.Head(t.Context())
	eventually(t, "it is indexed", func() bool { return w.Through() == head.Seq })
	if _, err := w.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	one.Quiet = store.Quiet{From: now.Hour() * 60, To: (now.Hour() + 2) % 24 * 60}
	if _, err := a.store.SaveAlert(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := a.store.Deliveries(t.Context(), u.ID, 1)
	if err != nil || len(list) != 1 || list[0].Attempts != 0 || !list[0].DueAt.After(now.Add(time.Minute)) || server.count() != 0 {
		t.Errorf("got %+v, %v, with %d mails", list, err, server.count())
	}
}

// What is never taken is given up in the end, and said to be.
func TestGivesUp(t *testing.T) {
	a := newArchive(t)
	u, _ := a.alert("q=refund", func(one *store.Alert) { one.Target = "user1@elsewhere.example" })
	server := newMailServer(t, nil)
	a.run(a.watch(func(c *Config) {
		config := server.config()
		config.Domains = []string{"example.com"}
		c.Mail, _ = NewMail(config)
		c.Backoff = func(n int) (time.Duration, bool) { return time.Millisecond, n < 3 }
	}))
	a.leave("bot", "s1", "refund")
	eventually(t, "it is given up", func() bool {
		list, err := a.store.Deliveries(t.Context(), u.ID, 1)
		return err == nil && len(list) == 1 && list[0].State == store.DeliveryDead && list[0].Attempts == 3 && strings.Contains(list[0].Reason, "example.com alone")
	})
}

func TestBackoff(t *testing.T) {
	sum := time.Duration(0)
	for n := 1; ; n++ {
		wait, goOn := Backoff(n, 0.5)
		if !goOn {
			break
		}
		if least, _ := Backoff(n, 0); least >= wait || wait > time.Hour {
			t.Fatalf("attempt %d: waits %s, at least %s", n, wait, least)
		}
		sum += wait
	}
	if sum < 72*time.Hour || sum > 80*time.Hour {
		t.Errorf("goes on for %s, want three days", sum)
	}
}

func TestWebhookAddresses(t *testing.T) {
	hook, err := NewHook(HookConfig{Hosts: outsideHosts{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		target string
		good   bool
	}{
		{"https://hooks.example.com/in?x=1", true}, {"http://hooks.example.com/in", false}, {"ftp://example.com", false}, {"https://", false}, {"example.com", false},
		{"https://user:pass@example.com", false}, {"https://127.0.0.1/", false}, {"https://10.1.2.3/", false}, {"https://example.com/#part", false},
	} {
		if words := hook.Check(c.target); (words == "") != c.good {
			t.Errorf("%s: %q", c.target, words)
		}
	}
	// A name that resolves inside is found out when it is dialled.
	server := newHookServer(t, true)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
	err = hook.send(t.Context(), "https://localhost:"+port, server.secret, &message{ID: "x"})
	if no, ok := errors.AsType[*Refusal](err); !ok || no.Words != notInside || server.count() != 0 {
		t.Errorf("got %v", err)
	}
}
