package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func waitingRows() []row {
	return []row{
		{"evidence is what was answered later, the latest first", evidenceOrder},
		{"evidence is in the scope, queues too", evidenceScope},
		{"waits are requests by when they were left", waitsOrder},
		{"waits tell when a case was tried", waitsTried},
		{"waits are as people say, and in the scope", waitsScope},
		{"open requests are summed up by bot and queue", openSums},
		{"numbers of many names are told, the most names first", manyNamed},
	}
}

// talked is a session in which an agent spoke to a caller.
func talked(id, caller string, at time.Time, seconds int) store.Session {
	return store.Session{AccountID: account, BotID: bot, SessionID: id, FoundBy: store.FoundByCallDetails, Voicemail: store.FlagNo, StartedAt: at,
		CallerE164: caller, CalledE164: "+18005550100", Direction: "Inbound", Agents: []store.Agent{{ID: "u-1", Status: "Answered", Seconds: seconds}}}
}

func (b *bench) evidence(t *testing.T, s store.Scope, since time.Time, limit int, numbers ...string) string {
	t.Helper()
	list, err := b.Evidence(t.Context(), s, numbers, since, limit)
	must(t, err)
	text := ""
	for _, e := range list {
		text += fmt.Sprintf("%s %s by %s for %s; ", e.SessionID, e.Number, e.Agent, e.Talk)
	}
	return text
}

func evidenceOrder(t *testing.T, b *bench) {
	const caller, mobile = "+14155550123", "+14155550124"
	out := talked("out", "+18005550100", created.Add(3*time.Hour), 60)
	out.Direction, out.CalledE164 = "Outbound", mobile
	missed := talked("missed", caller, created.Add(time.Hour), 0)
	missed.Agents[0].Status = "Missed"
	message := talked("message", caller, created.Add(time.Hour), 9)
	message.Voicemail = store.FlagYes
	both := talked("both", caller, created.Add(4*time.Hour), 5) // it is found twice
	both.CalledE164 = mobile
	b.save(t, talked("before", caller, created, 60), talked("first", caller, created.Add(time.Second), 180), out, missed, message, both,
		talked("other", "+14155550125", created.Add(time.Hour), 60), talked("none", "", created.Add(time.Hour), 60))
	all := "both " + caller + " by u-1 for 5s; out " + mobile + " by u-1 for 1m0s; first " + caller + " by u-1 for 3m0s; "
	equal(t, "evidence", b.evidence(t, store.AllBots(), created, 10, caller, mobile, caller, "", "withheld"), all)
	equal(t, "the latest alone", b.evidence(t, store.AllBots(), created, -1, mobile), "both "+mobile+" by u-1 for 5s; ")
	equal(t, "of one number", b.evidence(t, store.AllBots(), created.Add(2*time.Hour), 10, caller), "both "+caller+" by u-1 for 5s; ")
	equal(t, "of none", b.evidence(t, store.AllBots(), time.Time{}, 10), "")
}

func evidenceScope(t *testing.T, b *bench) {
	const caller = "+14155550123"
	mine, theirs, queue := talked("mine", caller, created, 1), talked("theirs", caller, created, 1), talked("queue", caller, created, 1)
	mine.QueueName, theirs.BotID, queue.QueueID = "billing", "another", "qu-1"
	b.save(t, mine, theirs, queue)
	since := created.Add(-time.Hour)
	const of = " " + caller + " by u-1 for 1s; "
	for _, x := range []struct {
		name  string
		scope store.Scope
		want  string
	}{
		{"all", store.AllBots(), "mine" + of + "queue" + of + "theirs" + of},
		{"one bot", store.OnlyBots(bot), "mine" + of + "queue" + of},
		{"a queue", store.AllBots().InQueues("billing"), "mine" + of},
		{"a queue without a name", store.OnlyBots(bot).InQueues("qu-1"), "queue" + of},
		{"nothing", store.Scope{}, ""},
	} {
		equal(t, x.name, b.evidence(t, x.scope, since, 10, caller), x.want)
	}
}

// waits archives requests, each an hour later than the one before, in queues
// and bots as named: "bot/queue".
func (b *bench) waits(t *testing.T, where ...string) {
	t.Helper()
	for i, w := range where {
		s := from(fmt.Sprint("s", i), fmt.Sprintf("+1415555%04d", i))
		var queue string
		s.BotID, queue, _ = strings.Cut(w, "/")
		s.QueueName = queue
		r := asks("call me")
		r.Segments[0].CreatedOn = created.Add(time.Duration(i) * time.Hour)
		b.archive(t, s, r)
	}
}

func (b *bench) waitIDs(t *testing.T, s store.Scope, q store.WaitQuery) string {
	t.Helper()
	list, err := b.Waits(t.Context(), s, q)
	must(t, err)
	text := ""
	for _, w := range list {
		text += fmt.Sprintf("%s/%s+%s ", w.BotID, w.Queue, w.LeftAt.Sub(created))
	}
	return text
}

func waitsOrder(t *testing.T, b *bench) {
	b.waits(t, "a/q", "a/p", bot+"/q", "a/q")
	all := "a/q+0s a/p+1h0m0s " + bot + "/q+2h0m0s a/q+3h0m0s "
	every := store.WaitQuery{Limit: 100}
	equal(t, "all", b.waitIDs(t, store.AllBots(), every), all)
	equal(t, "clamped", b.waitIDs(t, store.AllBots(), store.WaitQuery{}), "a/q+0s ")
	equal(t, "within a time", b.waitIDs(t, store.AllBots(), store.WaitQuery{From: created.Add(time.Hour), To: created.Add(3 * time.Hour), Limit: 100}), "a/p+1h0m0s "+bot+"/q+2h0m0s ")
	equal(t, "of a bot", b.waitIDs(t, store.AllBots(), store.WaitQuery{Bots: []string{"a"}, Queues: []string{"q"}, Limit: 100}), "a/q+0s a/q+3h0m0s ")
	b.act(t, "s2", store.Action{Verb: store.VerbClaim, By: "ada"})
	b.clock.move(time.Minute)
	b.act(t, "s2", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	equal(t, "open", b.waitIDs(t, store.AllBots(), store.WaitQuery{Open: true, Limit: 100}), "a/q+0s a/p+1h0m0s a/q+3h0m0s ")
	list, err := b.Waits(t.Context(), store.OnlyBots(bot), every)
	must(t, err)
	equal(t, "whole", list, []store.Wait{{VoicemailID: vm("s2"), CaseID: vm("s2"), BotID: bot, Queue: "q", LeftAt: created.Add(2 * time.Hour), Status: store.CallbackDone, Assignee: "ada", Outcome: "reached", ClosedAt: b.clock.at(0)}})
}

// waitsTried holds that an attempt at a case of several messages is one, and that one
// which was taken back is none.
func waitsTried(t *testing.T, b *bench) {
	b.archive(t, from("s0", "+14155550001"), asks("call me"))
	try := store.Action{Verb: store.VerbAttempt, By: "ada", Result: store.AttemptBusy, Whole: true}
	b.act(t, "s0", try)
	b.archive(t, from("s1", "+14155550001"), asks("call me"))
	b.clock.move(time.Minute)
	b.act(t, "s0", try)
	b.act(t, "s0", store.Action{Verb: store.VerbUndo, By: "ada", Whole: true})
	b.clock.move(time.Minute)
	b.act(t, "s0", try)
	list, err := b.Waits(t.Context(), store.AllBots(), store.WaitQuery{Limit: 9})
	must(t, err)
	if len(list) != 2 || list[0].CaseID != list[1].CaseID {
		t.Fatalf("got %+v, want two messages of one case", list)
	}
	times := map[time.Time]bool{}
	for i, want := range []int{2, 1} {
		equal(t, fmt.Sprint("attempts at message ", i), len(list[i].Tried), want)
		for _, at := range list[i].Tried {
			times[at] = true
		}
	}
	equal(t, "the last attempt", list[1].Tried, []time.Time{b.clock.at(0)})
	equal(t, "attempts", len(times), 2)
}

func waitsScope(t *testing.T, b *bench) {
	b.waits(t, "a/q", "a/p", bot+"/q", bot+"/")
	every := store.WaitQuery{Limit: 100}
	equal(t, "a bot", b.waitIDs(t, store.OnlyBots("a"), every), "a/q+0s a/p+1h0m0s ")
	equal(t, "a queue", b.waitIDs(t, store.AllBots().InQueues("q"), every), "a/q+0s "+bot+"/q+2h0m0s ")
	equal(t, "a bot's queue", b.waitIDs(t, store.OnlyBots("a").InQueues("q", "x"), every), "a/q+0s ")
	equal(t, "nothing", b.waitIDs(t, store.Scope{}, every), "")
	no, yes := false, true
	b.act(t, "s2", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: &no}})
	b.archive(t, from("quiet", "+14155559999"), idle("nothing"))
	b.archive(t, from("unsure", "+14155559998"), asks("what", func(f *store.Finding) { f.Requested, f.Listen = false, store.ListenDoubtful }))
	equal(t, "as people say", b.waitIDs(t, store.OnlyBots(bot), every), bot+"/+3h0m0s ")
	b.act(t, "unsure", store.Action{Verb: store.VerbCorrect, By: "ada", Correction: store.Correction{Requested: &yes}})
	equal(t, "when somebody says it is one", b.waitIDs(t, store.OnlyBots(bot), every), bot+"/+0s "+bot+"/+3h0m0s ")
}

func openSums(t *testing.T, b *bench) {
	b.waits(t, "a/q", "a/q", "a/q", bot+"/q", bot+"/p")
	due := from("due", "+14155559999")
	b.archive(t, due, asks("call me", func(f *store.Finding) { f.DueAt = b.clock.at(-time.Second) }))
	b.act(t, "s4", store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	b.act(t, "s3", store.Action{Verb: store.VerbClaim, By: "ada"})
	late := []store.Late{{BotID: "a", Queue: "q", LeftBy: created.Add(2*time.Hour - time.Microsecond)}}
	list, err := b.OpenRequests(t.Context(), store.AllBots(), late)
	must(t, err)
	want := []store.OpenRequests{{BotID: "a", Queue: "q", Open: 3, Overdue: 2, Oldest: created}, {BotID: bot, Open: 1, Overdue: 1, Oldest: created}, {BotID: bot, Queue: "q", Open: 1, Oldest: created.Add(3 * time.Hour)}}
	equal(t, "sums", list, want)
	list, err = b.OpenRequests(t.Context(), store.OnlyBots(bot).InQueues("q"), late)
	must(t, err)
	equal(t, "sums in a scope", list, want[2:])
	list, err = b.OpenRequests(t.Context(), store.Scope{}, late)
	must(t, err)
	equal(t, "sums of nothing", len(list), 0)
}

func manyNamed(t *testing.T, b *bench) {
	const house, office, own = "+14155550100", "+14155550101", "+14155550102"
	for i := range 6 {
		r := asks("call me", named(fmt.Sprint("Ann ", i)))
		if i < 5 {
			r = asks("call me", named(fmt.Sprint("Ann ", i)), calling(office))
		}
		b.archive(t, from(fmt.Sprint("house", i), house), r)
		b.archive(t, from(fmt.Sprint("own", i), own), asks("call me", named("Bob")))
	}
	list, err := b.ManyNamed(t.Context(), 10)
	must(t, err)
	equal(t, "numbers", list, []store.ManyNamed{{Number: house, Names: 6, Messages: 6}, {Number: office, Names: 5, Messages: 5}})
	list, err = b.ManyNamed(t.Context(), -1)
	must(t, err)
	equal(t, "clamped", len(list), 1)
}

// waitingCalls has each method about waiting, for calls.
func waitingCalls(b *bench) map[string]func(context.Context) error {
	scope := store.AllBots()
	return map[string]func(context.Context) error{
		"Evidence": func(ctx context.Context) error {
			_, err := b.Evidence(ctx, scope, []string{ann}, created, 1)
			return err
		},
		"Waits": func(ctx context.Context) error { _, err := b.Waits(ctx, scope, store.WaitQuery{}); return err },
		"OpenRequests": func(ctx context.Context) error {
			_, err := b.OpenRequests(ctx, scope, []store.Late{{LeftBy: created}})
			return err
		},
		"ManyNamed": func(ctx context.Context) error { _, err := b.ManyNamed(ctx, 1); return err },
	}
}
