package index_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// left is a message as insights look at it.
type left struct {
	bot, caller, lang, text string
	at                      time.Time
	length                  time.Duration
}

// leave records messages through a session each, as the ingester does.
func (a *archive) leave(t testing.TB, messages ...left) []int64 {
	t.Helper()
	var ids []int64
	for i, m := range messages {
		s := store.Session{BotID: m.bot, SessionID: fmt.Sprint("s", i), FoundBy: store.FoundByImport, Voicemail: store.FlagYes, Wanted: true, CallerE164: m.caller, StartedAt: m.at}
		if _, err := a.SaveSessions(t.Context(), []store.Session{s}); err != nil {
			t.Fatal(err)
		}
		lease, err := a.ClaimSession(t.Context(), s.Key(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		reply := &store.Reply{Duration: m.length, Payload: []byte("{}"),
			Segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: m.text, Lang: m.lang, CreatedOn: m.at, ModifiedOn: m.at}}}
		if _, err := a.Record(t.Context(), lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, store.VoicemailID(m.bot, s.SessionID))
	}
	return ids
}

func insights(t testing.TB, x *index.Index, s store.Scope, r index.Request) *index.Insights {
	t.Helper()
	in, err := x.Insights(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// year is a year of messages, with clocks that go forward and back, and a word
// that comes up in its last month.
func year(rng *rand.Rand) []left {
	common := []string{"invoice", "delivery", "account", "address", "reset", "branch"}
	var out []left
	for range 400 {
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(365 * 24 * time.Hour)))).Truncate(time.Millisecond)
		m := left{bot: []string{"st-a", "st-b"}[rng.IntN(2)], lang: "en", at: at, length: time.Duration(rng.IntN(400)) * time.Second,
			caller: fmt.Sprintf("+1617555%04d", 100+rng.IntN(60)), text: common[rng.IntN(6)] + " " + common[rng.IntN(6)]}
		if at.Month() == time.December && rng.IntN(3) == 0 {
			m.text += " outage"
		}
		out = append(out, m)
	}
	return out
}

// What insights count is what one counts who reads every message.
func TestInsightsAgainstCounting(t *testing.T) {
	t.Parallel()
	messages := year(rand.New(rand.NewPCG(1, 2)))
	a := newArchive(t)
	ids := a.leave(t, messages...)
	x := openIndex(t, t.TempDir(), a)
	catchUp(t, x)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	kathmandu, err := time.LoadLocation("Asia/Kathmandu") // a quarter of an hour beside others
	if err != nil {
		t.Fatal(err)
	}
	december := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		scope store.Scope
		r     index.Request
	}{
		{"everything", store.AllBots(), index.Request{}},
		{"in a zone with summer time", store.AllBots(), index.Request{Zone: berlin}},
		{"in an odd zone", store.AllBots(), index.Request{Zone: kathmandu}},
		{"of one bot", store.OnlyBots("st-b"), index.Request{Zone: berlin}},
		{"with a word", store.AllBots(), index.Request{Query: query.Parse("invoice"), Zone: berlin}},
		{"of a month", store.AllBots(), index.Request{From: december, To: december.AddDate(0, 1, 0)}},
		{"of a month in the query", store.OnlyBots("st-a"), index.Request{Query: query.Parse("on:2025-12")}},
		{"nothing", store.OnlyBots("st-z"), index.Request{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.r.Now = december.AddDate(0, 1, 0)
			if tc.r.Query.Root == nil {
				tc.r.Query = query.Parse("")
			}
			in := insights(t, x, tc.scope, tc.r)
			zone := cmp.Or(tc.r.Zone, time.UTC)
			from, to := tc.r.From, tc.r.To
			if strings.HasPrefix(tc.r.Query.String(), "on:") {
				from, to = december, december.AddDate(0, 1, 0)
			}
			var week [7][24]int
			total, callers, lengths := 0, map[string]int{}, map[time.Duration]int{}
			for _, m := range messages {
				if !tc.scope.Sees(m.bot) || tc.r.Query.String() == "invoice" && !strings.Contains(m.text, "invoice") ||
					!from.IsZero() && m.at.Before(from) || !to.IsZero() && !m.at.Before(to) {
					continue
				}
				at := m.at.In(zone)
				week[(int(at.Weekday())+6)%7][at.Hour()]++
				callers[m.caller]++
				lengths[m.length]++
				total++
			}
			if in.Total != total {
				t.Errorf("got %d in all, want %d", in.Total, total)
			}
			if diff := gocmp.Diff(week, in.Week); diff != "" {
				t.Errorf("the week (-want +got):\n%s", diff)
			}
			for day, name := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
				r := tc.r
				r.Query = query.Parse(fmt.Sprintf("%s weekday:%s hour:%d", tc.r.Query, name, day*3))
				if res := search(t, x, tc.scope, r); res.Total != week[day][day*3] {
					t.Errorf("%s: got %d, want %d", r.Query, res.Total, week[day][day*3])
				}
			}
			var most, got []int
			for _, n := range callers {
				if n > 1 {
					most = append(most, n)
				}
			}
			slices.SortFunc(most, func(a, b int) int { return b - a })
			for _, c := range in.Callers {
				at := slices.Index(ids, c.Voicemail)
				if at < 0 || callers[messages[at].caller] != c.Count {
					t.Errorf("a caller with %d: they have %d", c.Count, callers[messages[max(at, 0)].caller])
				}
				got = append(got, c.Count)
			}
			if diff := gocmp.Diff(most[:min(len(most), 20)], got); diff != "" && len(most) > 0 {
				t.Errorf("the callers (-want +got):\n%s", diff)
			}
			sum := 0
			for _, v := range in.Lengths {
				sum += v.Count
				r := tc.r
				if v.Value == "" {
					continue // lengths that are not known have no search
				}
				r.Query = query.Parse(strings.TrimSpace(tc.r.Query.String() + " " + v.Value))
				if res := search(t, x, tc.scope, r); res.Total != v.Count {
					t.Errorf("%s: got %d, its search finds %d", v.Value, v.Count, res.Total)
				}
			}
			if sum != total || lengths[0] > 0 && in.Lengths[len(in.Lengths)-1] != (index.FacetValue{Value: "", Count: lengths[0]}) {
				t.Errorf("the lengths are %v, of %d in all", in.Lengths, total)
			}
		})
	}
}

// A word that comes up is told of, with the numbers that its searches give.
func TestInsightsTellOfWords(t *testing.T) {
	t.Parallel()
	messages := year(rand.New(rand.NewPCG(1, 2)))
	a := newArchive(t)
	a.leave(t, messages...)
	x := openIndex(t, t.TempDir(), a)
	catchUp(t, x)
	december := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	r := index.Request{From: december, To: december.AddDate(0, 1, 0), Now: december.AddDate(0, 1, 0)}
	in := insights(t, x, store.AllBots(), r)
	if want := december.AddDate(0, 0, -35); !in.Since.Equal(want) { // a month, in whole weeks
		t.Errorf("it compares from %s on, want %s", in.Since, want)
	}
	if len(in.Words) == 0 || in.Words[0].Word != "outage" || in.Words[0].Before != 0 {
		t.Fatalf("got %+v, want outage first", in.Words)
	}
	for _, w := range in.Words {
		r.Query = query.Parse(`"` + w.Word + `"`)
		if res := search(t, x, store.AllBots(), r); res.Total != w.Count {
			t.Errorf("%s: got %d, its search finds %d", w.Word, w.Count, res.Total)
		}
		past := r
		past.From, past.To = in.Since, r.From
		if res := search(t, x, store.AllBots(), past); res.Total != w.Before {
			t.Errorf("%s: got %d before, its search finds %d", w.Word, w.Before, res.Total)
		}
	}
	past := index.Request{From: in.Since, To: december}
	if res := search(t, x, store.AllBots(), past); res.Total != in.Before {
		t.Errorf("got %d before, its search finds %d", in.Before, res.Total)
	}
	if in := insights(t, x, store.AllBots(), index.Request{}); len(in.Words) != 0 || !in.Since.IsZero() {
		t.Errorf("without a beginning there is nothing to compare with: got %v since %s", in.Words, in.Since)
	}
}
