package web

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

// BenchmarkPage is what a page of results costs on a small archive: the engine
// alone, and with all that is around it.
func BenchmarkPage(b *testing.B) {
	bench := newBench(b)
	var messages []message
	for i := range 600 {
		m := message{bot: "st-a", session: fmt.Sprint("s", i), caller: "+14155550123", queue: "Returns", left: noon.Add(-time.Duration(i) * 7 * time.Hour), length: time.Minute, recordings: wav(),
			segments: said(fmt.Sprintf("Hello, this is caller %d. Please call me back about the refund that was promised last week. My order is still missing "+
				"and nobody has returned my calls since Monday. The invoice shows another amount than the order did. Thank you, it's urgent, goodbye and have a nice day.", i))}
		messages = append(messages, m)
	}
	bench.archive(messages...)
	admin := bench.person("ada", store.RoleAdmin)
	for _, q := range []string{"", "refund", "refund order missing", `"call me back"`} {
		p := Params{Q: q, Facets: "1"}
		b.Run(fmt.Sprintf("engine %q", q), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a, err := bench.engine.Search(b.Context(), store.AllBots(), p); err != nil || len(a.Hits) != DefaultLimit {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("page %q", q), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := bench.get(p.Link("/"), admin); got.StatusCode != ok {
					b.Fatal(got.StatusCode)
				}
			}
		})
	}
}
