package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"afterbeep/index/query"
	"afterbeep/store"
)

func TestWishes(t *testing.T) {
	for _, tt := range []struct {
		name string
		wish wish
		want string
	}{
		{"nothing", wish{}, ""},
		{"words", wish{All: "refund order", Phrase: `call me "back"`, Any: "late OR missing", None: "wrong -number"}, `refund order "call me back" (late OR missing) -wrong -number`},
		{"filters", wish{From: "+1 (617) 555-0123", Since: "2025-02-11", Until: "yesterday", Queue: "Customer care", Lang: "german", Longer: "90"},
			`from:+16175550123 -before:2025-02-11 -after:yesterday lang:de queue:"Customer care" longer:1m30s`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.wish.query(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// clausesOf are the clauses of a query in one order.
func clausesOf(q string) []string {
	var out []string
	for _, c := range clauses(query.Parse(q).Root) {
		out = append(out, c.String())
	}
	slices.Sort(out)
	return out
}

// Whatever the language has stands in the form, and is written as it was.
func TestFormKeepsWhatWasTyped(t *testing.T) {
	for _, r := range query.Syntax() {
		for _, q := range []string{r.Example, r.Example + ` extra "two words" -other has:number`, `-has:recording "a b" "c d" (x OR "y z") ` + r.Example} {
			if got, want := clausesOf(wishOf(q).query()), clausesOf(q); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", q, got, want)
			}
		}
	}
}

func TestSearchForm(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	admin := b.person("ada", store.RoleAdmin)
	doc := b.get("/search/form?"+url.Values{"q": {`refund "order number" -zebra from:0123`}, "lang": {"de"}}.Encode(), admin).doc(t)
	for name, want := range map[string]string{"all": "refund", "phrase": "order number", "none": "zebra", "from": "0123"} {
		if got := attr(all(doc, "input", "name="+name)[0], "value"); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	// What the form has no field for goes with it, and back.
	doc = b.get("/search/form?q=refund&sort=oldest&tz=Europe%2FBerlin&cursor=x", admin).doc(t)
	for name, want := range map[string]string{"sort": "oldest", "tz": "Europe/Berlin"} {
		if hidden := all(doc, "input", "type=hidden", "name="+name); len(hidden) != 1 || attr(hidden[0], "value") != want {
			t.Errorf("the form forgets %s", name)
		}
	}
	if back := all(doc, "a", "href=/?q=refund&sort=oldest&tz=Europe%2FBerlin"); len(back) != 1 {
		t.Error("nothing leads back to the search")
	}
	got := b.get("/search/form?write=1&all=refund&queue=Care+%26+%3CCo%3E&lang=de", admin)
	if want := (Params{Q: `refund lang:de queue:"Care & <Co>"`}).Link("/"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
		t.Errorf("got %d to %q, want %q", got.StatusCode, got.Header.Get("Location"), want)
	}
}

// What is offered is what the reader may see, and is read as it says.
func TestOperators(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	offered := func(cookie *http.Cookie) []Operator {
		var list []Operator
		if err := json.Unmarshal([]byte(b.get(operatorsPath, cookie).body), &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	values := 0
	list := offered(b.person("ada", store.RoleAdmin))
	for _, o := range list {
		for _, v := range o.Values {
			values++
			q := query.Parse(v.Text)
			if f, ok := q.Root.(query.Filter); !ok || f.Field+":" != o.Name || len(q.Notes) > 0 {
				t.Errorf("%q is read as %v %q", v.Text, q.Root, q.Notes)
			}
		}
	}
	if len(list) != len(query.Fields()) || values < 20 {
		t.Errorf("%d operators with %d values are offered", len(list), values)
	}
	for _, o := range offered(b.person("al", store.RoleAgent, "st-b")) {
		for _, v := range o.Values {
			if strings.Contains(v.Text, "st-a") {
				t.Errorf("offered without a right: %s", v.Text)
			}
		}
	}
}
