package postgres

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

// What the agents work on, and how: agentLease is short, so that what a killed
// process held is open again before the test ends.
const (
	agentRequests  = 5000
	agentProcesses = 3
	agentLives     = 4 // of each process; the last one ends by itself
	agentCount     = 50
	agentLease     = 2 * time.Second
	agentReport    = 40 // actions from one line of a process to the next
)

// TestMain runs the tests, or is one of the processes of TestFiftyAgents.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Arg(0) != "agents" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := runAgents(flag.Args()[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runAgents is a process of agents: URL, number of the process, of the life.
func runAgents(args []string, out io.Writer) error {
	ctx := context.Background()
	s, err := Open(ctx, Config{URL: args[0], MaxConns: 6})
	if err != nil {
		return err
	}
	defer s.Close()
	process, life := args[1], args[2]
	var acted atomic.Int64
	var g errgroup.Group
	first, err := strconv.Atoi(process)
	if err != nil {
		return err
	}
	for i := first; i < agentCount; i += agentProcesses {
		a := &agent{store: s, name: fmt.Sprint("agent", i), rng: rand.New(rand.NewPCG(uint64(i), uint64(len(life)*31+int(life[0]))))}
		g.Go(func() error {
			for life != "last" || a.actions < 40 {
				if err := a.act(ctx); err != nil {
					return fmt.Errorf("%s: %w", a.name, err)
				}
				if n := acted.Add(1); n%agentReport == 0 {
					fmt.Fprintln(out, n)
				}
			}
			return a.finish(ctx)
		})
	}
	return g.Wait()
}

// agent does things at random.
type agent struct {
	store   *Store
	name    string
	rng     *rand.Rand
	held    []int64
	closed  []int64
	actions int
}

// act does one thing. Some callers give up in the middle of it.
func (a *agent) act(ctx context.Context) error {
	a.actions++
	cut := a.rng.IntN(20) == 0
	if cut {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(a.rng.IntN(8000))*time.Microsecond)
		defer cancel()
	}
	err := a.one(ctx)
	for _, expected := range []error{store.ErrHeld, store.ErrClosed, store.ErrTooOften, store.ErrInvalid, store.ErrNotFound, store.ErrConflict} {
		if errors.Is(err, expected) {
			return nil
		}
	}
	if cut && err != nil {
		return nil
	}
	return err
}

func (a *agent) one(ctx context.Context) error {
	if len(a.held) == 0 || a.rng.IntN(4) == 0 {
		return a.claim(ctx)
	}
	id := a.held[0]
	x := store.Action{By: a.name, Whole: a.rng.IntN(4) > 0, Lease: agentLease}
	switch a.rng.IntN(6) {
	case 0:
		x.Verb = store.VerbRelease
	case 1, 2:
		x.Verb, x.Result = store.VerbAttempt, store.AttemptBusy
	case 3:
		x.Verb = store.VerbNote
		x.Note = "still here"
	case 4:
		x.Verb = store.VerbReopen
		if len(a.closed) > 0 {
			id, a.closed = a.closed[0], a.closed[1:]
		}
	default:
		x.Verb, x.Outcome = store.VerbClose, "reached"
		a.closed = append(a.closed, id)
	}
	if x.Verb != store.VerbReopen && x.Verb != store.VerbNote {
		a.held = a.held[1:]
	}
	if _, err := a.store.Act(ctx, store.AllBots(), id, x); err != nil {
		return err
	}
	if a.rng.IntN(8) == 0 {
		_, err := a.store.Act(ctx, store.AllBots(), id, store.Action{Verb: store.VerbUndo, By: a.name, Whole: x.Whole})
		return err
	}
	return nil
}

// claim claims the next one, or any, and looks whether it has it.
func (a *agent) claim(ctx context.Context) error {
	x := store.Action{Verb: store.VerbClaim, By: a.name, Whole: true, Lease: agentLease}
	var list []store.Callback
	var err error
	if a.rng.IntN(2) == 0 {
		list, err = a.store.ClaimNext(ctx, store.AllBots(), store.WorkQuery{}, x)
	} else {
		list, err = a.store.Act(ctx, store.AllBots(), 1+a.rng.Int64N(agentRequests), x)
	}
	if err != nil || len(list) == 0 {
		return err
	}
	c, err := a.store.Callback(ctx, store.AllBots(), list[0].VoicemailID)
	if err != nil {
		return err
	}
	if c.Assignee != a.name && c.Assignee != "" { // "": it has run out meanwhile
		return fmt.Errorf("has claimed %d, which %s holds", c.VoicemailID, c.Assignee)
	}
	a.held = append(a.held, c.VoicemailID)
	return nil
}

// finish closes what is left, until all is done.
func (a *agent) finish(ctx context.Context) error {
	for {
		cases, _, err := a.store.Work(ctx, store.AllBots(), store.WorkQuery{Status: store.CallbackOpen, Limit: store.MaxWork})
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			n, err := a.store.CountWork(ctx, store.AllBots(), a.name, nil)
			if err != nil || n.Open+n.Claimed == 0 {
				return err
			}
			if !pause(ctx, 2) { // somebody's claim has yet to run out
				return ctx.Err()
			}
		}
		for _, i := range a.rng.Perm(len(cases))[:min(len(cases), 10)] {
			_, err := a.store.Act(ctx, store.AllBots(), cases[i].Messages[0].VoicemailID,
				store.Action{Verb: store.VerbClose, By: a.name, Outcome: "reached", Whole: true})
			if err != nil && !errors.Is(err, store.ErrClosed) && !errors.Is(err, store.ErrHeld) {
				return err
			}
		}
	}
}

// TestFiftyAgents has fifty agents in three processes claim, release, try, close
// and reopen five thousand requests at random, some two of one caller, while the
// processes are killed at moments that they can't know and callers give up. No
// case is ever held by two, none is lost, and each history tells all that
// happened, in its order.
func TestFiftyAgents(t *testing.T) {
	url := storetest.Postgres(t)
	s := open(t, Config{URL: url})
	seedAgents(t, s)
	var g errgroup.Group
	for p := range agentProcesses {
		g.Go(func() error { return liveAgents(t, url, p) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	n, err := s.CountWork(t.Context(), store.AllBots(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := agentRequests - agentRequests/10; n.Done != want || n.Open+n.Claimed > 0 {
		t.Errorf("%+v; want %d done", n, want)
	}
	checkHistories(t, s, readHistory(t, s))
}

// liveAgents runs a process for its lives.
func liveAgents(t *testing.T, url string, process int) error {
	rng := rand.New(rand.NewPCG(7, uint64(process)))
	for life := range agentLives {
		last := life == agentLives-1
		name := fmt.Sprint(life)
		if last {
			name = "last"
		}
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$", "agents", url, strconv.Itoa(process), name)
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			return err
		}
		if err := c.Start(); err != nil {
			return err
		}
		lines := bufio.NewScanner(out)
		for n := 3 + rng.IntN(12); (last || n > 0) && lines.Scan(); n-- {
		}
		if !last {
			if err := c.Process.Kill(); err != nil {
				return err
			}
		}
		if err := c.Wait(); last != (err == nil) {
			return fmt.Errorf("process %d in life %s ended with %w", process, name, err)
		}
	}
	return nil
}

// seedAgents writes the requests as a recording of them leaves them. Every tenth
// is the second of a caller.
func seedAgents(t *testing.T, s *Store) {
	t.Helper()
	d := store.DefaultDesk()
	d.MaxAttempts = 2
	d.Retry = map[store.AttemptResult]time.Duration{store.AttemptBusy: 50 * time.Millisecond}
	if err := s.SaveDesk(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO voicemails (` + voicemailColumns + `) SELECT n, 'bot', 's-' || n, 'a', '', '', '', NULL, 'en', '', '', NULL, NULL,
			now(), 'please call me back', 'present', 0, 4 FROM generate_series(1, $1::int) AS n`,
		`INSERT INTO callbacks (` + callbackColumns + `, rank, order_at, listed) SELECT n, 'bot', '', 'en', now(), CASE WHEN n % 10 = 0 THEN n - 1 ELSE n END,
			'requests', true, 0.9, '', false, '', '', '', 0, 0, NULL, 'open', '', NULL, NULL, 0, '', NULL, NULL, '', NULL, '', false, now(), n, 3, now(), true
			FROM generate_series(1, $1::int) AS n`,
		`INSERT INTO callback_events (voicemail_id, at, done_by, verb, status_from, status_to, detail, note, number, before)
			SELECT n, now(), '', 'found', 'open', 'open', 'request', '', '', '' FROM generate_series(1, $1::int) AS n`,
		`UPDATE feed SET callbacks = $1::int`,
		`ANALYZE callbacks`,
	} {
		args := []any{agentRequests}
		if query == `ANALYZE callbacks` {
			args = nil
		}
		if _, err := s.pool.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
}

// historied is an event with the case that it is about.
type historied struct {
	store.CallbackEvent
	caseID int64
}

func readHistory(t *testing.T, s *Store) []historied {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), `SELECT e.id, e.voicemail_id, e.at, e.done_by, e.verb, e.status_from, e.status_to, e.detail, c.case_id
		FROM callback_events e JOIN callbacks c ON c.voicemail_id = e.voicemail_id ORDER BY e.id`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (h historied, err error) {
		err = r.Scan(&h.ID, &h.VoicemailID, at(&h.At), &h.By, &h.Verb, &h.From, &h.To, &h.Detail, &h.caseID)
		return h, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// replayed is a message as its history has it so far.
type replayed struct {
	status store.CallbackStatus
	at     time.Time
	holder string
	until  time.Time
	before time.Time // what until was before the last claim
}

// checkHistories replays the events.
func checkHistories(t *testing.T, s *Store, events []historied) {
	t.Helper()
	now, cases, verbs := map[int64]*replayed{}, map[int64][]*replayed{}, map[store.Verb]int{}
	for _, e := range events {
		verbs[e.Verb]++
		m := now[e.VoicemailID]
		if m == nil {
			m = &replayed{status: store.CallbackOpen}
			now[e.VoicemailID], cases[e.caseID] = m, append(cases[e.caseID], m)
		}
		if e.From != m.status || e.At.Before(m.at) {
			t.Fatalf("event %d, %s by %s, is of %s at %v; the one before left %+v", e.ID, e.Verb, e.By, e.From, e.At, *m)
		}
		m.replay(e, cases[e.caseID], t)
	}
	list, err := s.CallbackChanges(t.Context(), 0, store.MaxChanges)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != agentRequests || len(now) != agentRequests {
		t.Errorf("%d requests and %d histories, want %d", len(list), len(now), agentRequests)
	}
	for _, c := range list {
		if m := now[c.VoicemailID]; m == nil || m.status != c.Status {
			t.Errorf("%d is %s; its history says %+v", c.VoicemailID, c.Status, m)
		}
	}
	t.Logf("%d events: %v", len(events), verbs)
	for _, verb := range []store.Verb{store.VerbClaim, store.VerbRelease, store.VerbAttempt, store.VerbClose, store.VerbReopen, store.VerbUndo, store.VerbLapse} {
		if verbs[verb] == 0 {
			t.Errorf("there was no %s", verb)
		}
	}
}

// replay does the event to the message, and looks whether it takes what another
// holds.
func (m *replayed) replay(e historied, members []*replayed, t *testing.T) {
	t.Helper()
	if e.To == store.CallbackClaimed && e.Verb != store.VerbUndo && e.Verb != store.VerbNote {
		for _, o := range members {
			if o.holder != "" && o.holder != e.By && o.until.After(e.At) {
				t.Errorf("event %d: %s takes what %s holds until %v, at %v", e.ID, e.By, o.holder, o.until, e.At)
			}
		}
		m.before = m.until
		if until := e.At.Add(agentLease); m.holder != e.By || until.After(m.until) {
			m.until = until
		}
		m.holder = e.By
	}
	if e.Verb == store.VerbUndo && e.To == store.CallbackClaimed {
		m.holder = e.By // what is restored was one's own; its lease is no longer than it was
		if e.Detail == string(store.VerbClaim) {
			m.until = m.before // what is undone prolonged it
		}
	}
	if e.To != store.CallbackClaimed {
		m.holder = ""
	}
	m.status, m.at = e.To, e.At
}
