package query

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of docs/query.md")

// The documentation shows the language as the program does: its table is made
// of the same rows.
func TestSyntaxIsDocumented(t *testing.T) {
	const file, begin, end = "../../docs/query.md", "| type | finds |\n|---|---|\n", "\n\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no table of the language", file)
	}
	var rows []string
	for _, rule := range Syntax() {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", rule.Example, rule.Means))
	}
	want := head + begin + strings.Join(rows, "\n") + end + tail
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("%s is not what it should be; write it with: go test ./index/query -run TestSyntaxIsDocumented -update", file)
	}
}

func TestFieldsTellAllOfThemselves(t *testing.T) {
	seen := make(map[string]string)
	for _, f := range Fields() {
		for _, name := range append(append([]string{f.Name}, f.Aliases...), f.Opposites...) {
			if other, ok := seen[foldName(name)]; ok {
				t.Errorf("%s names %s and %s", name, f.Name, other)
			}
			seen[foldName(name)] = f.Name
		}
		q := Parse(f.Example)
		found := false
		walk(q.Root, func(n Node) {
			filter, ok := n.(Filter)
			found = found || ok && filter.Field == f.Name
		})
		if !found || len(q.Notes) > 0 || f.Means == "" {
			t.Errorf("%s: %s is read as %s, notes %q, means %q", f.Name, f.Example, q, q.Notes, f.Means)
		}
		for _, v := range f.Values {
			for _, typed := range append([]string{v.Name}, v.Aliases...) {
				if got := Parse(f.Name + ":" + strings.ToUpper(typed)); got.String() != f.Name+":"+v.Name {
					t.Errorf("%s:%s is read as %s", f.Name, typed, got)
				}
			}
		}
	}
}

func walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case And:
		for _, m := range n.Nodes {
			walk(m, visit)
		}
	case Or:
		for _, m := range n.Nodes {
			walk(m, visit)
		}
	case Not:
		walk(n.Node, visit)
	}
}
