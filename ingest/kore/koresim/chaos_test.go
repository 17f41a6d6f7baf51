package koresim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Damaged replies are never what they were, and what Chaos damages keeps the
// truth that it does not say otherwise.
func TestDamage(t *testing.T) {
	const in = `{"status":"success","n":12,"yes":true,"none":null,"list":[{"id":"a b"},7],"o":{"k":"v"}}`
	for kind, want := range map[FaultKind]string{
		FaultTwisted:       `{"list":{"0":[3],"1":"about 7"},"n":"about 12","none":0,"o":[1],"status":7,"yes":"perhaps"}`,
		FaultWrongLeaves:   `{"list":[{"id":3},"about 7"],"n":"about 12","none":0,"o":{"k":1},"status":7,"yes":"perhaps"}`,
		FaultDuplicateKeys: `{"list":0,"n":1,"none":2,"o":3,"status":4,"yes":5,"status":"success","n":12,"yes":true,"none":null,"list":[{"id":"a b"},7],"o":{"k":"v"}}`,
		FaultInvalidUTF8:   strings.Replace(in, "a b", "a\xff\xfe b", 1),
		FaultHugeNumbers: `{"x":1e400,"y":-1` + strings.Repeat("0", 40) + `,"list":[{"id":"a b"},1` + strings.Repeat("0", 40) +
			`],"n":1e400,"none":null,"o":{"k":"v"},"status":"success","yes":true}`,
	} {
		if diff := cmp.Diff(want, string(damages[kind]([]byte(in)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	for kind, damage := range damages {
		for _, odd := range []string{"", "{}", "[]", "null", "RIFF....", `{"a":`} {
			damage([]byte(odd)) // must not panic
		}
		if !json.Valid(damage([]byte(in))) && kind != FaultInvalidUTF8 {
			t.Errorf("%s: no JSON any more", kind)
		}
	}
}

func TestChaosStrikesItsShare(t *testing.T) {
	for _, share := range []float64{0.05, 0.5, 1} {
		list := Chaos(share)
		for _, k := range []Kind{KindCallDetails, KindSessions, KindVoicemail, KindRecordings, KindRecordingsV1, KindMedia} {
			spared := 1.
			for _, f := range list {
				if f.On == k {
					spared *= 1 - f.Probability
				}
			}
			if got := 1 - spared; got < share-1e-9 || got > share+1e-9 {
				t.Errorf("%s: strikes %.3f, want %.3f", k, got, share)
			}
		}
	}
	if len(Chaos(0)) != 0 {
		t.Error("a share of 0 has faults")
	}
}

// Whatever else is asked meanwhile and in which order: the same requests meet
// the same faults, and every request gets through in the end.
func TestChaosIsDeterministic(t *testing.T) {
	run := func(order func([]string) []string) map[string][]FaultKind {
		f := start(t, Config{Voicemails: 25, Other: -1, Quirks: documented(nil)})
		for _, c := range Chaos(.6) {
			c.Size = 1000
			f.Inject(c)
		}
		got := map[string][]FaultKind{}
		var list []string
		for _, v := range f.Voicemails() {
			list = append(list, v.SessionID)
		}
		for _, id := range order(list) {
			for {
				var k FaultKind
				if fault := f.strike(KindVoicemail, id, id); fault != nil {
					k = fault.Kind
				}
				got[id] = append(got[id], k)
				if k == "" {
					break
				}
			}
		}
		return got
	}
	a := run(func(l []string) []string { return l })
	b := run(func(l []string) []string { slices.Reverse(l); return l })
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-in order +reversed):\n%s", diff)
	}
	struck, all := 0, 0
	for _, tries := range a {
		struck, all = struck+len(tries)-1, all+len(tries)
	}
	if struck*100 < 45*all || struck*100 > 75*all {
		t.Errorf("%d of %d requests struck, want about 60 in 100", struck, all)
	}
}

// A client that asks until it is answered as if there were no faults gets
// everything, with many at once.
func TestChaosLetsEverythingThrough(t *testing.T) {
	f := start(t, Config{Voicemails: 100, Other: -1, Quirks: documented(nil)})
	calm := map[string][]string{}
	for _, v := range f.Voicemails() {
		calm[v.SessionID] = texts(t, decode(t, f.voicemail(v.SessionID)))
	}
	for _, c := range Chaos(.5) {
		c.Size = 1 << 16
		f.Inject(c)
	}
	var wg sync.WaitGroup
	for id, want := range calm {
		wg.Go(func() {
			for range 200 {
				a, err := f.do("GET", f.voicemailURL(id), map[string]string{"auth": token(t, f.Sim, nil)}, nil)
				var reply map[string]any
				if err != nil || a.status != 200 || json.Unmarshal(a.body, &reply) != nil || reply["status"] != "success" {
					continue
				}
				if got := plainTexts(reply); cmp.Equal(want, got) {
					return
				}
			}
			t.Errorf("%s: never got through", id)
		})
	}
	wg.Wait()
	if n := len(f.Stats().FaultsBy); n < 15 {
		t.Errorf("%d kinds of fault struck: %v", n, f.Stats().FaultsBy)
	}
}

// plainTexts is texts for replies that may be anything.
func plainTexts(reply map[string]any) (out []string) {
	list, _ := reply["transcriptions"].([]any)
	for _, x := range list {
		o, _ := x.(map[string]any)
		parts, _ := o["components"].([]any)
		var joined []string
		for _, p := range parts {
			c, _ := p.(map[string]any)
			d, _ := c["data"].(map[string]any)
			text, _ := d["text"].(string)
			joined = append(joined, text)
		}
		out = append(out, strings.Join(joined, "\n"))
	}
	return out
}

// The flood of 100 MB takes no such memory to send, packed or not.
func TestFloods(t *testing.T) {
	for _, kind := range []FaultKind{FaultHuge, FaultGzipBomb} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f := Fault{Kind: kind}
			f.deliver(w, r, jsonReply(200, object{{"status", "success"}}))
		}))
		res, err := http.Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err != nil || n < 100<<20 || n > 100<<20+100 {
			t.Errorf("%s: %d bytes, %v", kind, n, err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		srv.Close()
	}
}

func TestMostWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offsets := rapid.SliceOf(rapid.IntRange(0, 200)).Draw(t, "seconds")
		var times []time.Time
		want := 0
		for _, o := range offsets {
			times = append(times, at.Add(time.Duration(o)*time.Second))
		}
		for _, from := range times { // by hand: [from, from+minute)
			n := 0
			for _, x := range times {
				if !x.Before(from) && x.Before(from.Add(time.Minute)) {
					n++
				}
			}
			want = max(want, n)
		}
		if got := MostWithin(times, time.Minute); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}
