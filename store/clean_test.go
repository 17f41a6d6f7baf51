package store_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func TestCleanText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"plain", "plain"}, {"é🦊\n\t\x01", "é🦊\n\t\x01"}, {"a\x00b\x00", "ab"}, {"\x00", ""},
		{"a\xff\xfeb", "a\ufffdb"}, {"\xc3", "\ufffd"}, {"\xed\xa0\x80", "\ufffd"}, {"\xc3\x00\xa9", "\ufffd\ufffd"}, {"\ufffd", "\ufffd"},
	} {
		if got := store.CleanText(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"", "a\x00b", "\xff\x00\xfe", "é", "\xc3\x00\xa9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := store.CleanText(s)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || store.CleanText(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		if utf8.ValidString(s) && !strings.ContainsRune(s, 0) && got != s {
			t.Errorf("%q was clean and became %q", s, got)
		}
		if name := store.FoldName(s); store.FoldName(name) != name || store.CleanText(name) != name {
			t.Errorf("folding the name %q is not settled: %q, then %q", s, name, store.FoldName(name))
		}
	})
}

func TestCleanLeavesItsArgument(t *testing.T) {
	s := store.Session{BotID: "b", SessionID: "s", Agents: []store.Agent{{ID: "a\x00"}}}
	if got, err := s.Clean(); err != nil || got.Agents[0].ID != "a" || s.Agents[0].ID != "a\x00" {
		t.Errorf("got %+v, %v from %+v", got.Agents, err, s.Agents)
	}
	r := &store.Reply{Segments: []store.Segment{{Text: "a\x00"}}, Recordings: []store.Recording{{FileName: "a\x00"}}}
	if got := r.Clean(); got.Segments[0].Text != "a" || got.Recordings[0].FileName != "a" || r.Segments[0].Text != "a\x00" || r.Recordings[0].FileName != "a\x00" {
		t.Errorf("got %+v from %+v", got, r)
	}
	if got := (*store.Reply)(nil).Clean(); got != nil {
		t.Errorf("got %+v from no reply", got)
	}
}

func TestCut(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	for _, c := range []struct{ in, want time.Time }{
		{time.Time{}, time.Time{}},
		{noon.Add(1999), noon.Add(1000)},
		{noon.Add(999).In(zone), noon},
		{time.Unix(0, -1), time.Unix(0, -1000).UTC()},
	} {
		got := store.Cut(c.in)
		if !got.Equal(c.want) || got.Location() != time.UTC || got != store.Cut(got) {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}

func TestClamp(t *testing.T) {
	for _, c := range []struct{ n, most, want int }{{-1, 9, 1}, {0, 9, 1}, {1, 9, 1}, {9, 9, 9}, {10, 9, 9}, {1 << 60, 9, 9}} {
		if got := store.Clamp(c.n, c.most); got != c.want {
			t.Errorf("%d of %d: got %d, want %d", c.n, c.most, got, c.want)
		}
	}
}

func TestPack(t *testing.T) {
	for _, body := range [][]byte{nil, {}, []byte("{}"), bytes.Repeat([]byte("voicemail "), 1_000_000)} {
		packed, err := store.Pack(body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Unpack(packed)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d bytes came back as %d, error %v", len(body), len(got), err)
		}
	}
	if _, err := store.Pack(make([]byte, store.MaxPayload+1)); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("too long: got error %v", err)
	}
	for _, broken := range [][]byte{nil, []byte("{}"), {0x1f, 0x8b}} {
		if _, err := store.Unpack(broken); err == nil {
			t.Errorf("%q was unpacked", broken)
		}
	}
}

// TestUnpackIsBounded unpacks what is small packed and large unpacked.
func TestUnpackIsBounded(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range store.MaxPayload>>20 + 1 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Unpack(b.Bytes()); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("got error %v", err)
	}
}

func TestOutcomeClean(t *testing.T) {
	if got, err := (store.Outcome{State: store.StateRetry, After: -time.Hour, Reason: "a\x00"}).Clean(); err != nil || got.After != 0 || got.Reason != "a" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, state := range []store.State{"", "other", store.StateLeased, store.StateSkipped} {
		if _, err := (store.Outcome{State: state}).Clean(); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("state %q: got error %v", state, err)
		}
	}
}

func TestScope(t *testing.T) {
	for _, c := range []struct {
		name  string
		scope store.Scope
		sees  []string
		not   []string
	}{
		{"zero", store.Scope{}, nil, []string{"", "a"}},
		{"all", store.AllBots(), []string{"", "a"}, nil},
		{"none", store.OnlyBots(), nil, []string{"", "a"}},
		{"some", store.OnlyBots("b", "a", "b"), []string{"a", "b"}, []string{"", "A", "ab", "c"}},
		{"user with all bots", store.User{AllBots: true, Bots: []string{"a"}}.Scope(), []string{"a", "b"}, nil},
		{"user with some", store.User{Bots: []string{"a"}}.Scope(), []string{"a"}, []string{"b"}},
		{"user with none", store.User{}.Scope(), nil, []string{"", "a"}},
	} {
		for _, bot := range c.sees {
			if !c.scope.Sees(bot) {
				t.Errorf("%s doesn't see %q", c.name, bot)
			}
		}
		for _, bot := range c.not {
			if c.scope.Sees(bot) {
				t.Errorf("%s sees %q", c.name, bot)
			}
		}
	}
	bots := []string{"b", "a", "b"}
	scope := store.OnlyBots(bots...)
	if d := cmp.Diff([]string{"b", "a", "b"}, bots); d != "" {
		t.Errorf("the argument changed: %s", d)
	}
	scope.Bots()[0] = "x"
	if d := cmp.Diff([]string{"a", "b"}, scope.Bots()); d != "" {
		t.Errorf("the scope changed: %s", d)
	}
}

func TestFoldName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {" Ada\n", "ada"}, {"ÉLODIE", "élodie"}, {"E\u0301", "é"}, {"Straße", "strasse"}, {"ΣΑΣ", "σασ"}, {"ada lovelace", "ada lovelace"},
		{"İ", "i̇"}, {"Ꭰ", "Ꭰ"}, {"ꭰ", "Ꭰ"}, {"ᏸ", "Ᏸ"}, {"a\x00", "a"}, {"\u00a0x\u2003", "x"},
	} {
		if got := store.FoldName(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestVoicemailID(t *testing.T) {
	seen := make(map[int64]string)
	for _, c := range []struct {
		bot, session string
		want         int64
	}{{"", "", 3877433990182511}, {"st-1", "s1", 3370480318545976}, {"st-1s", "1", 2745103945101085}, {"st-bot-1", "67aa", 1087914533462109}} {
		got := store.VoicemailID(c.bot, c.session)
		if got != c.want || got < 1 || got >= 1<<53 {
			t.Errorf("%q %q: got %d, want %d", c.bot, c.session, got, c.want)
		}
		if other, taken := seen[got]; taken {
			t.Errorf("%q %q has the id of %s", c.bot, c.session, other)
		}
		seen[got] = c.bot + " " + c.session
	}
}
