package index

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// TestKeptIsLookedUpOnce holds that what was found stays found, that failures
// don't, and that more than the bytes there are never stay.
func TestKeptIsLookedUpOnce(t *testing.T) {
	t.Parallel()
	var k kept
	asked := 0
	look := func(name string, err error) []string {
		out, got := k.list(name, 0, func() ([]string, error) {
			asked++
			return []string{name}, err
		})
		if got != err {
			t.Errorf("%s: error %v, want %v", name, got, err)
		}
		return out
	}
	if look("a", fmt.Errorf("away")); asked != 1 || k.words.bytes != 0 {
		t.Errorf("%d bytes of a failure are kept", k.words.bytes)
	}
	for range 2 {
		if out := look("a", nil); !slices.Equal(out, []string{"a"}) {
			t.Errorf("found %q", out)
		}
	}
	if asked != 2 {
		t.Errorf("looked up %d times, want 2", asked)
	}
	for i := range 3 * leastKept / entryBytes {
		look(fmt.Sprint(i), nil)
		if k.words.bytes > leastKept {
			t.Fatalf("%d bytes are kept, at most %d may be", k.words.bytes, leastKept)
		}
	}
}

// TestKeptSetsStandAlone holds that a set that is kept is not of the memory it
// was found in, and that one too large is given but not kept.
func TestKeptSetsStandAlone(t *testing.T) {
	t.Parallel()
	raw, err := roaring.BitmapOf(1, 5, 9).ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	of := func(raw []byte) func() (*roaring.Bitmap, error) {
		return func() (*roaring.Bitmap, error) {
			set := roaring.New()
			_, err := set.FromBuffer(raw)
			return set, err
		}
	}
	var k kept
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := k.set("few", 0, of(raw)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	clear(raw) // the file is gone
	set, err := k.set("few", 0, func() (*roaring.Bitmap, error) { return nil, fmt.Errorf("asked again") })
	if err != nil || !slices.Equal(set.ToArray(), []uint32{1, 5, 9}) {
		t.Errorf("kept %v, error %v", set, err)
	}
	large := roaring.New()
	for i := range uint32(leastKept) {
		large.Add(i * 16)
	}
	set, err = k.set("many", 0, func() (*roaring.Bitmap, error) { return large, nil })
	if err != nil || !set.Equals(large) || len(k.sets.values) != 1 {
		t.Errorf("error %v, %d sets kept", err, len(k.sets.values))
	}
}
