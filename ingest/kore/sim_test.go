package kore_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
)

// free is a budget without limits.
type free struct{}

func (free) Reserve(context.Context, kore.Class) error { return nil }
func (free) Report(context.Context, kore.Verdict)      {}

// upstream is a simulated upstream, whole and ended, and a client of it.
func upstream(t *testing.T, seed uint64) (*koresim.Sim, *kore.Client) {
	t.Helper()
	now := koresim.DefaultUntil.Add(72 * time.Hour)
	sim, err := koresim.New(koresim.Config{Seed: seed, Voicemails: 20, Other: 60, Span: 72 * time.Hour, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.Serve(t.Context(), koresim.Listen{})
	if err != nil {
		t.Fatal(err)
	}
	cred := sim.Credentials()
	c, err := kore.New(kore.Config{
		BaseURL: s.APIURL, AccountID: cred.AccountID, ClientID: cred.ClientID, ClientSecret: cred.ClientSecret,
		JTI: true, Budget: free{}, Timeout: 20 * time.Second, MaxReply: 1 << 20, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); s.Close() })
	return sim, c
}

// listed pages through all sessions of a bot.
func listed(t *testing.T, c *kore.Client, bot string) []string {
	t.Helper()
	var ids []string
	q := kore.SessionsQuery{BotID: bot, From: koresim.DefaultUntil.Add(-73 * time.Hour), To: koresim.DefaultUntil.Add(time.Hour)}
	for more := true; more; {
		page, err := c.Sessions(t.Context(), kore.ClassDiscovery, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			ids = append(ids, row.SessionID)
		}
		q.Skip, more = q.Skip+page.Received, page.More
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// inline are the recordings of a session by v1.
func inline(ctx context.Context, c *kore.Client, bot, session string) (files [][]byte, err error) {
	_, err = c.RecordingsV1(ctx, kore.ClassRecordings, kore.RecordingsV1Query{BotID: bot, SessionID: session}, func(a kore.InlineAudio) error {
		b, err := io.ReadAll(a.Body)
		files = append(files, b)
		return err
	})
	return files, err
}

// TestAgainstSimulator finds, with every reading of what the documents leave
// open, the sessions and call recordings that there are, and no others.
func TestAgainstSimulator(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			sim, c := upstream(t, seed)
			known := listed(t, c, sim.Credentials().BotIDs[0])
			if len(known) < 50 {
				t.Fatalf("found %d sessions", len(known))
			}
			for _, id := range sim.Sessions() {
				if _, ok := slices.BinarySearch(known, id); !ok && len(sim.Credentials().BotIDs) == 1 {
					t.Errorf("session %s was not found", id)
				}
			}
			files := 0
			for _, call := range sim.Calls() {
				checkCall(t, sim, c, call)
				files += call.Files
			}
			if files < 5 {
				t.Errorf("there were %d call recordings to find", files)
			}
		})
	}
}

// checkCall compares one call's recordings, by v2 and v1, with the truth.
func checkCall(t *testing.T, sim *koresim.Sim, c *kore.Client, call koresim.Call) {
	t.Helper()
	want := 0
	if call.Status == "success" {
		want = call.Files
	}
	r, err := c.Recordings(t.Context(), kore.ClassRecordings, call.BotID, call.SessionID)
	if err != nil && (want > 0 || kore.KindOf(err) != kore.KindNotFound && kore.KindOf(err) != kore.KindBadRequest && kore.KindOf(err) != kore.KindServer) {
		t.Errorf("session %s (%s, %d files): %v", call.SessionID, call.Status, call.Files, err)
	}
	if err == nil && (len(r.Files) != want || call.Status != "" && r.Status != call.Status) {
		t.Errorf("session %s: got %d files and %q, want %d and %q", call.SessionID, len(r.Files), r.Status, want, call.Status)
	}
	files, err := inline(t.Context(), c, call.BotID, call.SessionID)
	if want == 0 && len(files) > 0 || want > 0 && (err != nil || len(files) != want) {
		t.Errorf("session %s by v1: got %d files, %v, want %d", call.SessionID, len(files), err, want)
	}
	for n, file := range files {
		if !bytes.Equal(file, sim.CallFile(call.SessionID, n)) {
			t.Errorf("session %s by v1: file %d is another", call.SessionID, n)
		}
	}
}

// TestSimulatorFaults lets each fault strike each endpoint: the answer is the
// truth or an error of a kind, never something else.
func TestSimulatorFaults(t *testing.T) {
	sim, c := upstream(t, 3)
	bot := sim.Credentials().BotIDs[0]
	var call koresim.Call
	for _, one := range sim.Calls() {
		if one.Status == "success" && one.Files > 0 && one.BotID == bot && (call.Files == 0 || one.End.Sub(one.Start) < call.End.Sub(call.Start)) {
			call = one // the shortest, for it is sent again and again
		}
	}
	vm := sim.Voicemails()[0]
	asks := map[koresim.Kind]func(ctx context.Context) (any, error){
		koresim.KindCallDetails: func(ctx context.Context) (any, error) {
			p, err := c.CallDetails(ctx, kore.ClassDiscovery, kore.CallDetailsQuery{BotID: bot, From: vm.Start.Add(-time.Hour), To: vm.Start.Add(time.Hour)})
			if err != nil {
				return nil, err
			}
			var ids []string
			for _, row := range p.Rows {
				ids = append(ids, row.SessionID)
			}
			return ids, nil
		},
		koresim.KindSessions: func(ctx context.Context) (any, error) {
			p, err := c.Sessions(ctx, kore.ClassDiscovery, kore.SessionsQuery{BotID: bot, From: vm.Start.Add(-time.Hour), To: vm.Start.Add(time.Hour)})
			if err != nil {
				return nil, err
			}
			var ids []string
			for _, row := range p.Rows {
				ids = append(ids, row.SessionID)
			}
			return ids, nil
		},
		koresim.KindVoicemail: func(ctx context.Context) (any, error) {
			r, err := c.Voicemail(ctx, kore.ClassFresh, vm.BotID, vm.SessionID)
			if err != nil {
				return nil, err
			}
			return []int{len(r.Files), len(r.Transcriptions)}, nil
		},
		koresim.KindRecordings: func(ctx context.Context) (any, error) {
			r, err := c.Recordings(ctx, kore.ClassRecordings, call.BotID, call.SessionID)
			if err != nil {
				return nil, err
			}
			return len(r.Files), nil
		},
		koresim.KindRecordingsV1: func(ctx context.Context) (any, error) { return inline(ctx, c, call.BotID, call.SessionID) },
	}
	struck := 0
	for kind, ask := range asks {
		truth, err := ask(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, f := range koresim.Chaos(1) {
			if f.On != kind {
				continue
			}
			f.Probability, f.Times = 0, 1
			if f.Kind == koresim.FaultReset || f.Kind == koresim.FaultReplay {
				f.Times = 2 // the client asks again by itself
			}
			remove := sim.Inject(f)
			got, err := ask(t.Context())
			remove()
			struck++
			if err != nil {
				if kore.KindOf(err) == kore.KindNone || kore.KindOf(err) == kore.KindNotFound || kore.KindOf(err) == kore.KindGone {
					t.Errorf("%s with %s: %v", kind, f.Kind, err)
				}
				continue
			}
			if d := cmp.Diff(truth, got); d != "" && f.Kind != koresim.FaultUnknownStatus {
				t.Errorf("%s with %s: taken for the truth, -want +got:\n%s", kind, f.Kind, d)
			}
		}
		if after, err := ask(t.Context()); err != nil || cmp.Diff(truth, after) != "" {
			t.Errorf("%s afterwards: %v", kind, err)
		}
	}
	t.Logf("%d faults", struck)
}
