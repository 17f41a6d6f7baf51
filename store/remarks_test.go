package store

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFoldTag(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"as it is", "refund", "refund"},
		{"case and spaces", "  Call  Back\tToday ", "call-back-today"},
		{"a hash before it", "#VIP", "vip"},
		{"signs of lists", "a, b; c", "a-b-c"},
		{"what can't be seen", "a\u200bb\u202ec", "a-b-c"},
		{"one letter, however composed", "cafe\u0301", "café"},
		{"nothing", " #, ", ""},
		{"signs that stay", "q4/2025_(late)", "q4/2025_(late)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := FoldTag(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFoldTagIsFolded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := FoldTag(rapid.String().Draw(t, "name"))
		if twice := FoldTag(once); twice != once {
			t.Errorf("got %q of %q", twice, once)
		}
		if strings.ContainsAny(once, " ,;#\t\r\n\x00") {
			t.Errorf("%q is not one word", once)
		}
	})
}
