package summaries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"afterbeep/store"
)

// shelf is a store of one table, of which the steps of a test decide when it is
// read. during is called while Read has its view and has not answered yet.
type shelf struct {
	texts   map[int64]string
	changes []Change
	reads   int
	during  func()
}

func (s *shelf) set(id int64, text string) {
	s.texts[id] = text
	if text == "" {
		delete(s.texts, id)
	}
	for i := range s.changes {
		if s.changes[i].VoicemailID == id {
			s.changes[i].VoicemailID = 0
		}
	}
	n := int64(len(s.changes) + 1)
	s.changes = append(s.changes, Change{Seq: n, Tag: fmt.Sprint("tag ", n), VoicemailID: id})
}

func (s *shelf) Since(_ context.Context, seq int64, limit int) ([]Change, error) {
	from := min(max(seq-1, 0), int64(len(s.changes)))
	return slices.Clone(s.changes[from:min(from+int64(limit), int64(len(s.changes)))]), nil
}

func (s *shelf) Last(context.Context) (Change, error) {
	if len(s.changes) == 0 {
		return Change{}, nil
	}
	return s.changes[len(s.changes)-1], nil
}

func (s *shelf) Read(_ context.Context, ids []int64) ([]store.Voicemail, int64, error) {
	s.reads++
	var vs []store.Voicemail
	for _, id := range ids {
		if text, ok := s.texts[id]; ok && !slices.ContainsFunc(vs, func(v store.Voicemail) bool { return v.ID == id }) {
			vs = append(vs, store.Voicemail{ID: id, BotID: fmt.Sprint("bot-", id%2), Text: text})
		}
	}
	seq := int64(len(s.changes))
	if during := s.during; during != nil {
		s.during = nil
		during()
	}
	return vs, seq, nil
}

func newShelf(t testing.TB, bytes int) (*shelf, *Cache) {
	t.Helper()
	s := &shelf{texts: make(map[int64]string)}
	c, err := New(s, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func textsOf(t rapid.TB, c *Cache, scope store.Scope, ids ...int64) string {
	t.Helper()
	vs, err := c.Summaries(context.Background(), scope, ids)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, v := range vs {
		texts = append(texts, v.Text)
	}
	return strings.Join(texts, " ")
}

// TestCacheIsAsTheStore holds that it tells what the store holds, whatever is
// written, erased and restored, also while it reads.
func TestCacheIsAsTheStore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{texts: make(map[int64]string)}
		c, err := New(s, rapid.SampledFrom([]int{1, 3000, 1 << 20}).Draw(t, "bytes"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		write := func() {
			n++
			text := fmt.Sprint("text-", n)
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				text = ""
			}
			s.set(rapid.Int64Range(1, 6).Draw(t, "id"), text)
		}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(*rapid.T) { write() },
			"write many": func(*rapid.T) {
				for range maxChanges {
					s.set(7, "many")
				}
				write()
			},
			"restore": func(t *rapid.T) {
				s.changes, s.texts = s.changes[:len(s.changes)/2], make(map[int64]string)
				n++
				for i := range s.changes { // its numbers, and others' tags
					s.changes[i].Tag = fmt.Sprint("restored ", n, i)
				}
			},
			"read while written": func(t *rapid.T) {
				id := rapid.Int64Range(1, 6).Draw(t, "read")
				s.during = func() { write(); textsOf(t, c, store.AllBots(), id) }
				textsOf(t, c, store.AllBots(), id)
				s.during = nil
			},
			"": func(t *rapid.T) {
				ids := rapid.SliceOfN(rapid.Int64Range(1, 7), 1, 6).Draw(t, "ids")
				var want []string
				for i, id := range ids {
					if text := s.texts[id]; text != "" && !slices.Contains(ids[:i], id) && id%2 == 1 {
						want = append(want, text)
					}
				}
				if got := textsOf(t, c, store.OnlyBots("bot-1"), ids...); got != strings.Join(want, " ") {
					t.Fatalf("got %q, want %q", got, want)
				}
			},
		})
	})
}

func TestCacheReadsOnce(t *testing.T) {
	s, c := newShelf(t, 1<<20)
	s.set(1, "one")
	s.set(2, "two")
	for _, want := range []int{1, 1, 1} {
		if got := textsOf(t, c, store.AllBots(), 2, 1); got != "two one" || s.reads != want {
			t.Errorf("got %q after %d reads", got, s.reads)
		}
	}
	s.set(1, "uno")
	if got := textsOf(t, c, store.AllBots(), 2); got != "two" || s.reads != 1 {
		t.Errorf("got %q after %d reads, though another has changed", got, s.reads)
	}
	if got := textsOf(t, c, store.AllBots(), 2, 1); got != "two uno" || s.reads != 2 {
		t.Errorf("got %q after %d reads", got, s.reads)
	}
}

// TestCacheIsBounded reads more than it may hold.
func TestCacheIsBounded(t *testing.T) {
	s, c := newShelf(t, 64<<10)
	for id := int64(1); id <= 500; id++ {
		s.set(id, strings.Repeat("x", int(id)))
	}
	for id := int64(1); id <= 500; id++ {
		textsOf(t, c, store.AllBots(), id, 500) // which is always wanted
		held := 0
		for _, part := range []map[int64]*store.Voicemail{c.young, c.old} {
			for _, v := range part {
				held += sizeOf(v)
			}
		}
		if held > 64<<10 {
			t.Fatalf("it holds %d bytes", held)
		}
	}
	if s.reads > 501 {
		t.Errorf("%d reads: what is always wanted is forgotten", s.reads)
	}
	s.set(1000, strings.Repeat("x", 64<<10))
	for range 2 {
		if got := textsOf(t, c, store.AllBots(), 1000); len(got) != 64<<10 {
			t.Errorf("%d bytes of what is too large to keep", len(got))
		}
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(nil, 1); err == nil {
		t.Error("no source is no error")
	}
	if _, err := New(&shelf{}, 0); err == nil {
		t.Error("no room is no error")
	}
}
