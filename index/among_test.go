package index_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

func TestAmong(t *testing.T) {
	var texts []string
	for i := range 40 {
		texts = append(texts, []string{"refund please", "a refund, and soon", "something else"}[i%3])
	}
	messages := say(texts...)
	_, x := indexed(t, messages...)
	ids := func(at ...int) []int64 {
		out := []int64{}
		for _, i := range at {
			out = append(out, messages[i].id())
		}
		return out
	}
	for _, c := range []struct {
		name  string
		q     string
		among []int64
		want  []int
	}{
		{"none", "refund", []int64{}, nil},
		{"one that matches", "refund", ids(3), []int{3}},
		{"one that does not", "refund", ids(2), nil},
		{"some, in any order, twice", "refund", ids(30, 2, 4, 30), []int{30, 4}},
		{"those that are not there", "refund", append(ids(4), 99, 100), []int{4}},
		{"everything", "", ids(2, 3), []int{3, 2}},
		{"a negation", "-refund", ids(2, 3), []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(c.q), Sort: index.SortNewest, Among: c.among, FullOnly: true})
			if d := cmp.Diff(c.want, places(messages, res)); d != "" || res.Total != len(c.want) {
				t.Errorf("total %d, -want +got:\n%s", res.Total, d)
			}
		})
	}
	t.Run("nothing outside of the scope", func(t *testing.T) {
		res := search(t, x, store.OnlyBots("another"), index.Request{Among: ids(1, 2, 3), FullOnly: true})
		if res.Total != 0 {
			t.Errorf("got %d", res.Total)
		}
	})
	t.Run("a cursor is bound to them", func(t *testing.T) {
		r := index.Request{Among: ids(1, 2, 3), Limit: 1, Sort: index.SortNewest}
		r.Cursor = search(t, x, store.AllBots(), r).NextCursor
		r.Among = ids(1, 2)
		if _, err := x.Search(t.Context(), store.AllBots(), r); !errors.Is(err, index.ErrCursor) {
			t.Errorf("got error %v", err)
		}
	})
	t.Run("many", func(t *testing.T) {
		var all []int64
		for i := range messages {
			all = append(all, messages[i].id())
		}
		for i := range 5000 {
			all = append(all, int64(i+1))
		}
		slices.Reverse(all)
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse("refund"), Among: all, FullOnly: true})
		if want := 27; res.Total != want {
			t.Errorf("got %s, want %d", fmt.Sprint(res.Total), want)
		}
	})
}

// Whoever waits for Shown finds what was changed up to it.
func TestShownIsFound(t *testing.T) {
	messages := say("a refund", "a refund, too")
	_, x := indexed(t, messages...)
	if st := x.Status(); st.Shown != st.Position.Seq || st.Shown == 0 {
		t.Errorf("shown up to %d, applied up to %d", st.Shown, st.Position.Seq)
	}
}
