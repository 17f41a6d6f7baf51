package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func workListRows() []row {
	return []row{
		{"urgent ones, then by due and waiting time; resting ones, done ones", workOrder},
		{"page by page as in one", workPages},
		{"of bots, queues, languages, lanes, overdue", workFilters},
		{"counts cases", workCounts},
		{"the next one: own languages first, each to one only", workNext},
		{"the next one of many at once", workNextRace},
		{"a follower misses nothing while many work", workFollowed},
	}
}

func due(at time.Time) func(*store.Finding) { return func(f *store.Finding) { f.DueAt = at } }

func urgent(n int) func(*store.Finding) { return func(f *store.Finding) { f.Urgency = n } }

func workOrder(t *testing.T, b *bench) {
	b.leaves(t, "late", "", 5*time.Hour)
	b.leaves(t, "early", "", time.Hour)
	b.leaves(t, "due", "", 0, due(created.Add(2*time.Hour)))
	b.leaves(t, "soon", "", 9*time.Hour, urgent(1))
	b.leaves(t, "now", "", 9*time.Hour, urgent(2))
	for i, id := range []string{"again", "again2"} {
		b.leaves(t, id, ann, time.Duration(3+i)*time.Hour)
	}
	for i, id := range []string{"rest2", "rest1"} {
		b.leaves(t, id, "", time.Duration(i)*time.Minute, urgent(2))
		b.act(t, id, store.Action{Verb: store.VerbSnooze, By: "ada", Next: b.clock.at(time.Duration(2-i) * time.Hour)})
	}
	for _, id := range []string{"done1", "done2"} {
		b.leaves(t, id, "", 0, urgent(2))
		b.act(t, id, store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
		b.clock.move(time.Second)
	}
	b.archive(t, wanted("idle"), idle("thanks"))
	const want = "now again+again2 soon early due late rest1 rest2 done2 done1 "
	equal(t, "list", b.list(t, store.WorkQuery{Limit: 20}), want)
	equal(t, "not done", b.list(t, store.WorkQuery{Status: store.CallbackOpen, Limit: 20}), strings.TrimSuffix(want, "done2 done1 "))
	b.act(t, "early", store.Action{Verb: store.VerbClaim, By: "ada"})
	equal(t, "a claimed one stays", b.list(t, store.WorkQuery{Limit: 20}), want)
	b.act(t, "again2", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	equal(t, "the messages that match", b.list(t, store.WorkQuery{Status: store.CallbackDone, Limit: 20}), "again2 done2 done1 ")
	b.clock.move(3 * time.Hour)
	equal(t, "rested", b.list(t, store.WorkQuery{Ready: true, Limit: 20}), "rest2 rest1 now again soon early due late ")
}

func workPages(t *testing.T, b *bench) {
	const callers = 9
	for i := range 40 {
		caller := ""
		if i%3 > 0 {
			caller = fmt.Sprintf("+1617555%04d", i%callers)
		}
		id := fmt.Sprint("s", i)
		b.leaves(t, id, caller, time.Duration(i*7%11)*time.Hour, urgent(i%2))
		switch i % 5 {
		case 0:
			b.act(t, id, store.Action{Verb: store.VerbSnooze, By: "ada", Next: b.clock.at(time.Duration(i%4+1) * time.Hour)})
		case 1:
			b.act(t, id, store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
			b.clock.move(time.Duration(i%2) * time.Second)
		}
	}
	for _, q := range []store.WorkQuery{{}, {Status: store.CallbackOpen}, {Status: store.CallbackDone}, {Ready: true}, {Lane: store.LaneRequests}} {
		q.Limit = store.MaxWork
		whole, next, err := b.Work(t.Context(), store.AllBots(), q)
		must(t, err)
		equal(t, "no page after", next, store.WorkKey{})
		for _, limit := range []int{1, 2, 7, len(whole)} {
			q.Limit, q.After = limit, store.WorkKey{}
			var paged []store.Case
			for range len(whole) + 1 {
				some, next, err := b.Work(t.Context(), store.AllBots(), q)
				must(t, err)
				paged = append(paged, some...)
				if q.After = next; next == (store.WorkKey{}) {
					break
				}
			}
			equal(t, fmt.Sprint("pages of ", limit, " of ", q.Status, q.Ready), paged, whole)
		}
		if !slices.IsSortedFunc(whole, func(a, b store.Case) int { return a.Key.Compare(b.Key) }) {
			t.Errorf("%+v: out of order", q)
		}
	}
	some, _, err := b.Work(t.Context(), store.AllBots(), store.WorkQuery{Limit: -1})
	must(t, err)
	equal(t, "clamped", len(some), 1)
}

// inLang is a reply in a language.
func inLang(lang string, more ...func(*store.Finding)) *store.Reply {
	r := asks("call me", more...)
	r.Segments[0].Lang = lang
	return r
}

func workFilters(t *testing.T, b *bench) {
	for id, c := range map[string]struct{ bot, queue, lang string }{
		"s1": {bot, "Billing", "en-US"}, "s2": {bot, "Sales", "es"}, "s3": {"st-other", "Billing", "de_DE"}, "s4": {"st-other", "", ""},
	} {
		one := wanted(id)
		one.AccountID, one.BotID, one.QueueName = c.bot, c.bot, c.queue
		b.archive(t, one, inLang(c.lang, due(b.clock.at((time.Duration(id[1])-'2')*time.Minute))))
	}
	b.clock.move(time.Second)
	for name, c := range map[string]struct {
		q    store.WorkQuery
		want int
	}{
		"all": {store.WorkQuery{}, 4}, "a bot": {store.WorkQuery{Bots: []string{bot}}, 2}, "bots": {store.WorkQuery{Bots: []string{"st-other", bot, "st-third"}}, 4},
		"a queue": {store.WorkQuery{Queues: []string{"Billing"}}, 2}, "without a queue": {store.WorkQuery{Queues: []string{""}}, 1},
		"a language": {store.WorkQuery{Langs: []string{"en"}}, 1}, "languages": {store.WorkQuery{Langs: []string{"DE-at", "es"}}, 2},
		"a lane": {store.WorkQuery{Lane: store.LaneRequests}, 4}, "the other": {store.WorkQuery{Lane: store.LaneListen}, 0},
		"overdue": {store.WorkQuery{Overdue: true}, 2}, "both": {store.WorkQuery{Overdue: true, Queues: []string{"Sales"}}, 1},
		"nobody's": {store.WorkQuery{Assignee: "ada"}, 0},
	} {
		c.q.Limit = 10
		cases, _, err := b.Work(t.Context(), store.AllBots(), c.q)
		must(t, err)
		equal(t, name, len(cases), c.want)
	}
}

func workCounts(t *testing.T, b *bench) {
	queue := func(id, caller, queue string, r *store.Reply) {
		one := from(id, caller)
		one.QueueName = queue
		b.archive(t, one, r)
	}
	queue("s1", ann, "Billing", asks("x", due(b.clock.at(-time.Hour))))
	queue("s2", ann, "Sales", asks("x"))
	queue("s3", ben, "Sales", inLang("es"))
	queue("s4", "", "Sales", asks("x"))
	queue("s5", "", "Sales", asks("x"))
	queue("s6", "", "Sales", asks("x", func(f *store.Finding) { *f = store.Finding{Listen: store.ListenFewWords} }))
	queue("s7", "", "Sales", idle("x"))
	b.act(t, "s3", store.Action{Verb: store.VerbClaim, By: "ada", Lease: time.Hour})
	b.act(t, "s4", store.Action{Verb: store.VerbClaim, By: "bob", Lease: time.Minute})
	b.act(t, "s5", store.Action{Verb: store.VerbClose, By: "bob", Outcome: "reached"})
	b.act(t, "s7", store.Action{Verb: store.VerbSeen, By: "bob"})
	for name, c := range map[string]struct {
		after time.Duration
		scope store.Scope
		want  store.WorkCounts
	}{
		"all": {0, store.AllBots(), store.WorkCounts{Open: 1, Mine: 1, Claimed: 2, Done: 1, Overdue: 1, Listen: 1,
			Bots: map[string]int{bot: 2}, Queues: map[string]int{"Billing": 1, "Sales": 2}, Langs: map[string]int{"en": 2}}},
		"a queue": {0, store.OnlyBots(bot).InQueues("Billing"), store.WorkCounts{Open: 1, Overdue: 1,
			Bots: map[string]int{bot: 1}, Queues: map[string]int{"Billing": 1}, Langs: map[string]int{"en": 1}}},
		"nothing": {0, store.OnlyBots("st-other"), store.WorkCounts{}},
	} {
		got, err := b.CountWork(t.Context(), c.scope, "ada", nil)
		must(t, err)
		equal(t, name, got, c.want)
	}
	b.clock.move(time.Minute)
	got, err := b.CountWork(t.Context(), store.AllBots(), "ada", nil)
	must(t, err)
	equal(t, "bob's has run out", []int{got.Open, got.Claimed, got.Mine}, []int{2, 1, 1})
}

func workNext(t *testing.T, b *bench) {
	b.leaves(t, "s1", "", 0)
	b.archive(t, from("s2", ann), inLang("es-MX"))
	b.leaves(t, "s3", ann, time.Hour)
	b.leaves(t, "s4", "", 2*time.Hour)
	b.act(t, "s4", store.Action{Verb: store.VerbSnooze, By: "ada", Next: b.clock.at(time.Hour)})
	next := func(by string, langs ...string) string {
		t.Helper()
		got, err := b.ClaimNext(t.Context(), store.AllBots(), store.WorkQuery{Langs: langs, Lane: store.LaneRequests}, store.Action{By: by, Lease: time.Minute})
		if ignore(err, store.ErrNotFound) != nil {
			t.Fatal(err)
		}
		for _, c := range got {
			equal(t, "assignee", c.Assignee, by)
		}
		return fmt.Sprint(len(got))
	}
	b.leaves(t, "s0", "", -time.Hour)
	equal(t, "in spanish: the whole case", next("ada", "es"), "2")
	equal(t, "ada's", b.list(t, store.WorkQuery{Assignee: "ada", Limit: 9}), "s2+s3 ")
	equal(t, "in no language of hers", next("bob", "fr"), "1")
	equal(t, "bob's", b.list(t, store.WorkQuery{Assignee: "bob", Limit: 9}), "s0 ")
	equal(t, "in any", next("cy"), "1")
	equal(t, "cy's", b.list(t, store.WorkQuery{Assignee: "cy", Limit: 9}), "s1 ")
	equal(t, "none", next("cy"), "0")
	b.clock.move(time.Minute)
	equal(t, "one that ran out", next("cy", "es"), "2")
}

func workNextRace(t *testing.T, b *bench) {
	const cases, agents = 30, 8
	for i := range cases {
		b.leaves(t, fmt.Sprint("s", i), fmt.Sprintf("+1617555%04d", i), time.Duration(i)*time.Minute)
	}
	handles := []store.Store{b.Store, b.another(t)}
	var mu sync.Mutex
	got := map[int64]string{}
	var g errgroup.Group
	for i := range agents {
		g.Go(func() error {
			for {
				by := fmt.Sprint("agent", i)
				list, err := handles[i%2].ClaimNext(context.Background(), store.AllBots(), store.WorkQuery{}, store.Action{By: by})
				if err != nil {
					return ignore(err, store.ErrNotFound)
				}
				mu.Lock()
				for _, c := range list {
					if other := got[c.VoicemailID]; other != "" {
						t.Errorf("%s has what %s has", by, other)
					}
					got[c.VoicemailID] = by
				}
				mu.Unlock()
			}
		})
	}
	must(t, g.Wait())
	equal(t, "claimed", len(got), cases)
}

// workFollowed has many work while a follower reads: what it has seen last of each
// callback is what is stored.
func workFollowed(t *testing.T, b *bench) {
	const writers, rounds = 4, 15
	handles := []store.Store{b.Store, b.another(t)}
	for i := range writers {
		b.leaves(t, fmt.Sprint("s", i), "", 0)
	}
	var g errgroup.Group
	done := make(chan struct{})
	for i := range writers {
		g.Go(func() error {
			for n := range rounds {
				verb := []store.Verb{store.VerbClaim, store.VerbRelease}[n%2]
				_, err := handles[i%2].Act(context.Background(), store.AllBots(), vm(fmt.Sprint("s", i)), store.Action{Verb: verb, By: fmt.Sprint("agent", i)})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	go func() { _ = g.Wait(); close(done) }()
	seen, last := map[int64]store.Callback{}, int64(0)
	for end := false; ; {
		list, err := b.CallbackChanges(t.Context(), last, 3)
		must(t, err)
		for _, c := range list {
			if c.Seq <= last {
				t.Errorf("number %d after %d", c.Seq, last)
			}
			seen[c.VoicemailID], last = c, c.Seq
		}
		if len(list) == 0 && end {
			break
		}
		select {
		case <-done:
			end = true
		default:
		}
	}
	must(t, g.Wait())
	equal(t, "last number", last, int64(writers*(rounds+1)))
	for i := range writers {
		c := b.callback(t, fmt.Sprint("s", i))
		equal(t, "callback", seen[c.VoicemailID], c)
	}
}
