package index_test

import (
	"slices"
	"testing"

	"afterbeep/index/engine"
	"afterbeep/index/query"
)

// What can be asked for is what is in the index, or beside it.
func TestHasIsIndexed(t *testing.T) {
	at := slices.IndexFunc(query.Fields(), func(f query.Field) bool { return f.Name == "has" })
	var asked []string
	for _, v := range query.Fields()[at].Values {
		asked = append(asked, v.Name)
	}
	indexed := append(engine.HasNames(), "callback")
	slices.Sort(asked)
	slices.Sort(indexed)
	if !slices.Equal(asked, indexed) {
		t.Errorf("asked for can be %q, and indexed is %q", asked, indexed)
	}
}
