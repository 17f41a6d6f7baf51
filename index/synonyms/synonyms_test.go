package synonyms

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDup(t *testing.T) {
	l, errs := Parse(DefaultText())
	for _, e := range errs {
		t.Error(e)
	}
	seen := map[string]int{}
	for _, es := range l.starts {
		for _, e := range es {
			seen[e.lang+" "+strings.Join(e.keys, " ")+fmt.Sprintf(" %p", &e.group[0])]++
		}
	}
	d := map[string]int{}
	for k := range seen {
		d[k[:strings.LastIndex(k, " ")]]++
	}
	for k, n := range d {
		if n > 1 && os.Getenv("DUP") != "" {
			fmt.Println("dup", n, k)
		}
	}
	fmt.Println(l.Groups())
}
