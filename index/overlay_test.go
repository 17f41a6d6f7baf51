package index_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// board is what people and the machine say of voicemails, as a feed of it.
type board struct {
	callbacks map[int64]store.Callback
	tags      map[int64]store.TagChange
	seq       int64
	failing   error
}

func newBoard() *board {
	return &board{callbacks: map[int64]store.Callback{}, tags: map[int64]store.TagChange{}}
}

func (b *board) say(c store.Callback) {
	b.seq++
	c.Seq = b.seq
	b.callbacks[c.VoicemailID] = c
}

func (b *board) tag(id int64, names ...string) {
	b.seq++
	slices.Sort(names)
	b.tags[id] = store.TagChange{Seq: b.seq, VoicemailID: id, Names: slices.Compact(names)}
}

// rewind takes back all that was said, as a store does that is put back.
func (b *board) rewind() {
	clear(b.callbacks)
	clear(b.tags)
	b.seq = 0
}

func after[C any](all map[int64]C, seq func(C) int64, after int64, limit int) []C {
	var list []C
	for _, c := range all {
		if seq(c) > after {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b C) int { return int(seq(a) - seq(b)) })
	return list[:min(limit, len(list))]
}

func (b *board) CallbackChanges(_ context.Context, seq int64, limit int) ([]store.Callback, error) {
	return after(b.callbacks, func(c store.Callback) int64 { return c.Seq }, seq, min(limit, 3)), b.failing
}

func (b *board) TagChanges(_ context.Context, seq int64, limit int) ([]store.TagChange, error) {
	return after(b.tags, func(c store.TagChange) int64 { return c.Seq }, seq, min(limit, 3)), b.failing
}

// is says of a voicemail what an operator asks, by reading what was said of it.
func (b *board) is(id int64, what, person string, now time.Time) bool {
	c, known := b.callbacks[id]
	status := store.CallbackStatus("")
	if known {
		status = c.StatusAt(now)
	}
	seen := !c.SeenAt.IsZero() || !c.HeardAt.IsZero()
	switch what {
	case "open":
		return status == store.CallbackOpen && c.Lane == store.LaneRequests
	case "listen":
		return status == store.CallbackOpen && c.Lane == store.LaneListen
	case "claimed":
		return status == store.CallbackClaimed
	case "mine":
		return status == store.CallbackClaimed && person != "" && c.Assignee == person
	case "done":
		return status == store.CallbackDone
	case "seen":
		return seen
	case "heard":
		return !c.HeardAt.IsZero()
	case "new":
		return !seen && status != store.CallbackDone
	case index.CallbackRequested:
		return c.Requested
	case "old":
		return status == store.CallbackOpen && c.Lane == store.LaneOld
	case index.CallbackTimely:
		return c.Requested && c.Lane != store.LaneOld
	case index.CallbackUnrequested:
		return !c.Requested
	case index.CallbackNone:
		return !b.is(id, "open", "", now) && !b.is(id, "listen", "", now) && !b.is(id, "old", "", now) && status != store.CallbackClaimed && status != store.CallbackDone
	}
	panic(what)
}

func (b *board) draw(t *rapid.T, id int64) {
	at := func(name string) time.Time {
		if rapid.Bool().Draw(t, name) {
			return noon
		}
		return time.Time{}
	}
	if rapid.IntRange(0, 3).Draw(t, "tag") == 0 {
		b.tag(id, rapid.SliceOfN(rapid.SampledFrom([]string{"urgent", "refund", "call-back"}), 0, 3).Draw(t, "tags")...)
		return
	}
	c := store.Callback{
		VoicemailID: id, Requested: rapid.Bool().Draw(t, "requested"),
		Lane:       rapid.SampledFrom([]store.Lane{store.LaneNone, store.LaneRequests, store.LaneListen, store.LaneOld}).Draw(t, "lane"),
		Status:     rapid.SampledFrom([]store.CallbackStatus{store.CallbackOpen, store.CallbackClaimed, store.CallbackDone}).Draw(t, "status"),
		Assignee:   rapid.SampledFrom([]string{"", "ada", "ben"}).Draw(t, "assignee"),
		LeaseUntil: noon.Add(time.Duration(rapid.IntRange(-2, 5).Draw(t, "lease")) * time.Minute),
		SeenAt:     at("seen"), HeardAt: at("heard"),
	}
	if c.Lane == store.LaneOld && c.Status == store.CallbackClaimed {
		c.Status = store.CallbackOpen // a claim takes up what is old
	}
	b.say(c)
}

var besides = []string{"open", "listen", "old", "claimed", "mine", "done", "seen", "heard", "new", index.CallbackRequested, index.CallbackTimely, index.CallbackUnrequested, index.CallbackNone}

// holds reads a query of the test below: filters, with or without a minus sign.
func (b *board) holds(n query.Node, m message, person string, now time.Time) bool {
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n.Nodes, func(kid query.Node) bool { return !b.holds(kid, m, person, now) })
	case query.Or:
		return slices.ContainsFunc(n.Nodes, func(kid query.Node) bool { return b.holds(kid, m, person, now) })
	case query.Not:
		return !b.holds(n.Node, m, person, now)
	case query.Word:
		return slices.Contains(strings.Fields(m.text), n.Text)
	case query.Filter:
		switch n.Field {
		case "is":
			return b.is(m.id(), n.Value, person, now)
		case "has":
			return b.is(m.id(), index.CallbackRequested, person, now)
		case "tag":
			return slices.Contains(b.tags[m.id()].Names, store.FoldTag(n.Value))
		}
	}
	return true
}

// TestOverlayAgreesWithReadingAll compares what is found with what a plain scan
// finds, over archives and boards that change between searches, with merges and
// restarts in between.
func TestOverlayAgreesWithReadingAll(t *testing.T) {
	t.Parallel()
	empty := emptyStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		copyStore(t, empty, filepath.Join(dir, "store.db"))
		a, b := openArchive(t, filepath.Join(dir, "store.db")), newBoard()
		defer a.Close()
		config := index.Config{Dir: filepath.Join(dir, "index"), Feed: a, Work: b}
		x, err := index.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = x.Close() }()
		var all []message
		for round := range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			for i := range rapid.IntRange(0, 6).Draw(rt, "messages") {
				m := message{session: fmt.Sprint(round, "-", i), bot: rapid.SampledFrom([]string{"st-a", "st-b"}).Draw(rt, "bot"),
					text: rapid.SampledFrom([]string{"refund please", "thanks"}).Draw(rt, "text"), left: noon}
				a.record(t, m)
				all = append(all, m)
			}
			if len(all) > 0 && rapid.IntRange(0, 2).Draw(rt, "again") == 0 { // the document moves to another segment
				at := rapid.IntRange(0, len(all)-1).Draw(rt, "which")
				all[at].text, all[at].modified = all[at].text+" again", noon.Add(time.Duration(round)*time.Hour)
				a.record(t, all[at])
			}
			switch rapid.IntRange(0, 5).Draw(rt, "between") {
			case 0:
				if err := x.Rebuild(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
			case 1:
				_ = x.Close()
				if x, err = index.Open(t.Context(), config); err != nil {
					t.Fatal(err)
				}
			case 2:
				b.rewind()
			}
			catchUp(t, x)
			for range 6 {
				if len(all) > 0 {
					// Told of after the index has caught up: a search sees it all the same.
					b.draw(rt, all[rapid.IntRange(0, len(all)-1).Draw(rt, "of")].id())
				}
				compareBeside(rt, t, x, b, all)
			}
		}
	})
}

func compareBeside(rt *rapid.T, t *testing.T, x *index.Index, b *board, all []message) {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"is:open", "-is:open", "is:claimed", "is:mine", "is:done", "is:listen", "is:old", "-is:old", "is:new", "is:seen", "is:heard",
		"-is:heard", "has:callback", "-has:callback", "tag:urgent", "-tag:Refund", `tag:"call back"`, "(is:open OR tag:refund)", "refund", "is:open,done"}), 0, 3).Draw(rt, "query")
	person := rapid.SampledFrom([]string{"", "ada", "ben"}).Draw(rt, "person")
	r := index.Request{Query: query.Parse(strings.Join(parts, " ")), Limit: 200, FullOnly: true, Facets: true,
		Now: noon.Add(time.Duration(rapid.IntRange(-3, 6).Draw(rt, "now")) * time.Minute)}
	if rapid.Bool().Draw(rt, "callback") {
		r.Callback = rapid.SampledFrom(besides).Draw(rt, "callback is")
	}
	if rapid.IntRange(0, 3).Draw(rt, "has") == 0 {
		r.Has = "callback"
	}
	scope := rapid.SampledFrom([]store.Scope{store.AllBots(), store.OnlyBots("st-b")}).Draw(rt, "scope").As(person)
	want, facet := []int64{}, map[string]int{}
	for _, m := range all {
		if !scope.Sees(m.bot) || !b.holds(r.Query.Root, m, person, r.Now) || r.Callback != "" && !b.is(m.id(), r.Callback, person, r.Now) ||
			r.Has != "" && !b.is(m.id(), index.CallbackRequested, person, r.Now) {
			continue
		}
		want = append(want, m.id())
		for _, what := range []string{"open", "listen", "old", "claimed", "done", index.CallbackNone} {
			if b.is(m.id(), what, person, r.Now) {
				facet[what]++
			}
		}
	}
	res := search(t, x, scope, r)
	got, counted := []int64{}, map[string]int{}
	for _, h := range res.Hits {
		got = append(got, h.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" || res.Total != len(want) {
		rt.Fatalf("%q callback %q as %q: %d found, want %d: -want +got\n%s", r.Query, r.Callback, person, res.Total, len(want), diff)
	}
	for _, f := range res.Facets.Callback {
		counted[f.Value] = f.Count
	}
	if !r.AsksOverlay() {
		return // its facet may be some moments old
	}
	if diff := gocmp.Diff(facet, counted); diff != "" {
		rt.Fatalf("%q callback %q: facet -want +got\n%s", r.Query, r.Callback, diff)
	}
}

func withWork(t *testing.T, a *archive, b *board) *index.Index {
	t.Helper()
	x, err := index.Open(t.Context(), index.Config{Dir: t.TempDir(), Feed: a, Work: b})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// A claim is not written down again when it runs out: time alone opens it.
func TestClaimsRunOut(t *testing.T) {
	b := newBoard()
	a := newArchive(t)
	m := message{session: "s", bot: "st-a", text: "please call me", left: noon}
	a.record(t, m)
	x := withWork(t, a, b)
	catchUp(t, x)
	b.say(store.Callback{VoicemailID: m.id(), Requested: true, Lane: store.LaneRequests, Status: store.CallbackClaimed, Assignee: "ada", LeaseUntil: noon.Add(time.Minute)})
	for _, tc := range []struct {
		at                  time.Duration
		open, claimed, mine int
	}{
		{0, 0, 1, 1}, {time.Minute - time.Microsecond, 0, 1, 1}, {time.Minute, 1, 0, 0}, {time.Hour, 1, 0, 0},
	} {
		count := func(q string) int {
			return search(t, x, store.AllBots().As("ada"), index.Request{Query: query.Parse(q), Now: noon.Add(tc.at)}).Total
		}
		if open, claimed, mine := count("is:open"), count("is:claimed"), count("is:mine"); open != tc.open || claimed != tc.claimed || mine != tc.mine {
			t.Errorf("after %s: %d open, %d claimed, %d mine, want %d, %d, %d", tc.at, open, claimed, mine, tc.open, tc.claimed, tc.mine)
		}
	}
}

func TestMineOfNobody(t *testing.T) {
	x := withWork(t, newArchive(t), newBoard())
	res := search(t, x, store.AllBots(), index.Request{Query: query.Parse("is:mine")})
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "nobody is signed in") {
		t.Errorf("notes %q", res.Notes)
	}
}

// What is told while the store does not answer is what was known before, and
// the answer says so.
func TestOverlayWithoutItsStore(t *testing.T) {
	b := newBoard()
	a := newArchive(t)
	m := message{session: "s", bot: "st-a", text: "please call me", left: noon}
	a.record(t, m)
	b.tag(m.id(), "urgent")
	x := withWork(t, a, b)
	catchUp(t, x)
	b.failing = os.ErrDeadlineExceeded
	res := ask(t, x, "tag:urgent")
	if res.Total != 1 || len(res.Notes) != 1 {
		t.Errorf("%d found, notes %q; want one of each", res.Total, res.Notes)
	}
	if res := ask(t, x, "please"); res.Total != 1 || len(res.Notes) != 0 {
		t.Errorf("without an operator: %d found, notes %q", res.Total, res.Notes)
	}
}

// A reader who is limited to queues finds and counts nothing of others.
func TestQueuesOfAScope(t *testing.T) {
	a := newArchive(t)
	for i, queue := range []string{"billing", "billing", "claims", ""} {
		s := store.Session{AccountID: "acc", BotID: "st-a", SessionID: fmt.Sprint(i), StartedAt: noon, QueueName: queue}
		if _, err := a.SaveSessions(t.Context(), []store.Session{s}); err != nil {
			t.Fatal(err)
		}
		a.record(t, message{session: fmt.Sprint(i), bot: "st-a", text: "refund", left: noon})
	}
	x := openIndex(t, t.TempDir(), a)
	catchUp(t, x)
	for _, tc := range []struct {
		scope store.Scope
		queue string
		want  int
	}{
		{store.AllBots(), "", 4},
		{store.AllBots().InQueues("billing"), "", 2},
		{store.AllBots().InQueues("billing"), "claims", 0},
		{store.AllBots().InQueues("billing", "claims"), "claims", 1},
		{store.OnlyBots("st-b").InQueues("billing"), "", 0},
		{store.OnlyBots("st-a").InQueues("claims"), "", 1},
	} {
		res := search(t, x, tc.scope, index.Request{Query: query.Parse("refund"), Queue: tc.queue, Facets: true})
		if res.Total != tc.want {
			t.Errorf("%v in %q: %d found, want %d", tc.scope.Queues(), tc.queue, res.Total, tc.want)
		}
		for _, f := range res.Facets.Queue {
			if !tc.scope.SeesQueue(f.Value) {
				t.Errorf("%v: the facet tells of %q", tc.scope.Queues(), f.Value)
			}
		}
	}
}

// Who changes something finds it at once, while the index follows, voicemails
// arrive and others search.
func TestOverlayWhileFollowed(t *testing.T) {
	a := newArchive(t)
	x, err := index.Open(t.Context(), index.Config{Dir: t.TempDir(), Feed: a, Work: a, Poll: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = x.Follow(ctx) })
	t.Cleanup(func() { stop(); running.Wait(); _ = x.Close() })
	var all []message
	for i := range 20 {
		all = append(all, message{session: fmt.Sprint(i), bot: "st-a", text: "refund", left: noon})
	}
	a.record(t, all...)
	catchUp(t, x)
	running.Go(func() {
		for i := 0; ctx.Err() == nil && i < 30; i++ { // each moves a document to another segment
			m := all[i%len(all)]
			m.text, m.modified = fmt.Sprint("refund again ", i), noon.Add(time.Duration(i+1)*time.Hour)
			if err := a.recordAll(ctx, []message{m}); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	var group sync.WaitGroup
	for person := range 3 {
		group.Go(func() {
			name := fmt.Sprint("tag-", person)
			for i := range 20 {
				id := all[(i*3+person)%len(all)].id()
				if _, err := a.AddTag(ctx, store.AllBots(), store.Tag{VoicemailID: id, Name: name, By: "ada"}); err != nil {
					t.Error(err)
				}
				if res := ask(t, x, "tag:"+name); res.Total != 1 || res.Hits[0].ID != id {
					t.Errorf("%s: %d found, want it alone", name, res.Total)
				}
				if err := a.DeleteTag(ctx, store.AllBots(), id, name); err != nil {
					t.Error(err)
				}
				if res := ask(t, x, "tag:"+name); res.Total != 0 {
					t.Errorf("%s: %d found after it was taken off", name, res.Total)
				}
			}
		})
	}
	group.Wait()
}
