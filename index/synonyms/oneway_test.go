package synonyms

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Who asks for what stands before the > finds what stands behind it, and not the
// other way round. What stands before it means the same.
func TestOneWay(t *testing.T) {
	lists := one(t, "[en]\ndog = puppy > labrador = guide dog\ndog = hound\nhound > labrador\nnoise > labrador = bark = dog\n")
	n, others := lists.Of([]string{"dogs"}, 0)
	want := []Entry{{"en", []string{"puppy"}, false}, {"en", []string{"labrador"}, true}, {"en", []string{"guide", "dog"}, true}, {"en", []string{"hound"}, false}}
	if diff := cmp.Diff(want, others); n != 1 || diff != "" {
		t.Errorf("length %d, -want +got:\n%s", n, diff)
	}
	_, others = lists.Of([]string{"puppy"}, 0)
	want = []Entry{{"en", []string{"dog"}, false}, {"en", []string{"labrador"}, true}, {"en", []string{"guide", "dog"}, true}}
	if diff := cmp.Diff(want, others); diff != "" {
		t.Errorf("puppy: -want +got:\n%s", diff)
	}
	if n, others := lists.Of([]string{"labrador"}, 0); n != 0 || others != nil {
		t.Errorf("labrador finds %v", others)
	}
}

// What stands both ways and one way for the same is the former.
func TestBothWaysWins(t *testing.T) {
	lists := one(t, "[en]\ndog > hound\ndog = hound\n")
	_, others := lists.Of([]string{"dog"}, 0)
	if diff := cmp.Diff([]Entry{{"en", []string{"hound"}, false}}, others); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An elided word is none of an entry's, and two entries that it alone tells apart
// are one: nobody who wrote both has made a mistake.
func TestElided(t *testing.T) {
	lists := one(t, "[fr]\nd'urgence = urgence = panne d\u2019électricité > coupure = l\u2019échange = échange\n")
	n, others := lists.Of([]string{"panne", "electricite"}, 0)
	want := []Entry{{"fr", []string{"urgence"}, false}, {"fr", []string{"coupure"}, true}, {"fr", []string{"echange"}, true}}
	if diff := cmp.Diff(want, others); n != 2 || diff != "" {
		t.Errorf("length %d, -want +got:\n%s", n, diff)
	}
}

func TestOneWayErrors(t *testing.T) {
	for text, want := range map[string]string{
		"dog >":             `line 1: entry 2 of the group is empty`,
		"> dog":             `line 1: entry 1 of the group is empty`,
		"dog > cat = Dog":   `line 1: "Dog" stands twice in the group`,
		"dog > cat > mouse": `line 1: a group has one > at most`,
	} {
		if _, errs := Parse(text); len(errs) != 1 || errs[0].Error() != want {
			t.Errorf("%q: %v, want %s", text, errs, want)
		}
	}
}
