package engine

import (
	"testing"

	bleveindex "github.com/blevesearch/bleve_index_api"
	zap "github.com/blevesearch/zapx/v17"
	gocmp "github.com/google/go-cmp/cmp"
)

// analysed is a document with words in its field of stems.
func analysed(name string, words ...string) *indexed {
	d := newIndexed(name, func(d *Document) {
		d.ID, d.Left = 1, 1
		for i, w := range words {
			d.Place(FieldStem, w, uint32(i))
		}
	})
	d.analyse()
	return d
}

// One long voicemail does not let the many short ones behind it take as much
// room as it did.
func TestSegmentsTakeNoMoreRoomThanTheyNeed(t *testing.T) {
	b := new(builder)
	long := make([]string, 10_000)
	for i := range long {
		long[i] = string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
	}
	var short []*indexed
	for range 1000 {
		short = append(short, analysed("short", "one", "two"))
	}
	for _, docs := range [][]*indexed{{analysed("long", long...)}, short} {
		made, err := b.build(docs)
		if err != nil {
			t.Fatal(err)
		}
		if got, most := cap(made.bytes), len(made.bytes)*5/4+1024; got > most {
			t.Errorf("a segment of %d bytes has %d", len(made.bytes), got)
		}
	}
}

// A batch that fails leaves nothing behind that a later one would be built with.
func TestBuildsAfterAFailure(t *testing.T) {
	broken := analysed("broken", "z")
	broken.ends[FieldText] = 1 << 20
	p := plugin{new(zap.ZapPlugin)}
	for range 4 { // the pool may give away another one
		if Guard(func() error {
			_, _, err := p.New([]bleveindex.Document{analysed("a", "one", "two", "three"), broken})
			return err
		}) == nil {
			t.Fatal("a broken document is built")
		}
		s, _, err := p.New([]bleveindex.Document{analysed("b", "three", "one")})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = interfaces{s}.terms(FieldStem.String(), nil, nil, nil, true, func(term string, _ uint64) bool {
			got = append(got, term)
			return true
		})
		if diff := gocmp.Diff([]string{"one", "three"}, got); err != nil || diff != "" {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	}
}
