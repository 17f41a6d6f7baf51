package engine_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

var benchDocuments = flag.Int("engine.documents", 100_000, "how many documents benchmarks index")

// synthetic is a document of a Zipf vocabulary, the same for the same id.
func synthetic(id int64, texts bool) entry {
	rng := rand.New(rand.NewPCG(uint64(id), 1))
	zipf := rand.NewZipf(rng, 1.1, 4, 200_000)
	d := entry{
		id: id, left: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() + id*90_000_000 + rng.Int64N(10_000_000_000),
		duration: uint32(rng.IntN(1800)), keywords: map[engine.Field]string{
			engine.FieldBot: fmt.Sprint("st-", rng.IntN(40)), engine.FieldLang: []string{"en", "en", "en", "en", "es", "fr", "de", ""}[rng.IntN(8)],
			engine.FieldQueue: fmt.Sprint("queue ", rng.IntN(8)), engine.FieldAuthor: fmt.Sprint("author-", rng.IntN(2000)),
		},
	}
	if rng.IntN(3) > 0 {
		d.has = engine.HasNames()[:2]
	}
	words := 4
	if texts {
		words = 30 + rng.IntN(60)
	}
	for range words {
		d.words = append(d.words, fmt.Sprint("w", zipf.Uint64()))
	}
	return d
}

// build indexes synthetic documents and makes one segment of them.
func build(t testing.TB, n int, texts bool) *engine.Engine {
	t.Helper()
	e := open(t, t.TempDir())
	for from := 1; from <= n; from += 5000 {
		b := engine.NewBatch()
		for id := from; id < min(from+5000, n+1); id++ {
			synthetic(int64(id), texts).put(b)
		}
		if err := e.Apply(b); err != nil {
			t.Fatal(err)
		}
	}
	apply(t, e, engine.NewBatch(), true)
	for {
		fatal(t, e.Merge(context.Background()))
		fatal(t, e.Refresh())
		s, err := e.Snapshot()
		fatal(t, err)
		segments := len(s.Segments)
		s.Close()
		if segments <= 1 {
			return e
		}
	}
}

// cpu returns what tells the processor's time of a round since, in nanoseconds:
// the time on a clock says little where others are at work, too.
func cpu(b *testing.B) func() float64 {
	now := func() int64 {
		var u syscall.Rusage
		fatal(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return u.Utime.Nano() + u.Stime.Nano()
	}
	start := now()
	return func() float64 { return float64(now()-start) / float64(b.N) }
}

// BenchmarkRead measures every way to read one segment, straight and through
// scorch's interfaces.
func BenchmarkRead(b *testing.B) {
	e := build(b, *benchDocuments, true)
	s := snapshot(b, e)
	if len(s.Segments) != 1 {
		b.Fatalf("%d segments, want 1", len(s.Segments))
	}
	raw := s.Segments[0]
	for _, way := range []struct {
		name string
		seg  *engine.Segment
	}{{"straight", raw}, {"interfaces", raw.Slow()}} {
		for _, w := range []string{"w0", "w30", "w3000", "w150000"} {
			docs, err := way.seg.Bitmap(engine.FieldText, w)
			fatal(b, err)
			few := roaring.New()
			for i, doc := range docs.ToArray() {
				if i%(int(docs.GetCardinality())/20+1) == 0 {
					few.Add(doc)
				}
			}
			n := int(docs.GetCardinality())
			bench := func(what string, postings int, f func() error) {
				b.Run(fmt.Sprintf("%s of %s (%d)/%s", what, w, n, way.name), func(b *testing.B) {
					b.ReportAllocs()
					spent := cpu(b)
					for b.Loop() {
						fatal(b, f())
					}
					b.ReportMetric(spent()/float64(max(postings, 1)), "cpu-ns/posting")
				})
			}
			var sum uint32
			bench("documents", 1, func() error { _, err := way.seg.Bitmap(engine.FieldText, w); return err })
			bench("count", 1, func() error { _, err := way.seg.DocFreq(engine.FieldText, w); return err })
			weigh := func(_, freq, length uint32) { sum += freq + length }
			bench("weights", n, func() error { return way.seg.Weights(engine.FieldText, w, nil, weigh) })
			bench("weights of 20", 20, func() error { return way.seg.Weights(engine.FieldText, w, few, weigh) })
			place := func(_ uint32, at []uint32) { sum += at[0] }
			bench("places", n, func() error { return way.seg.Positions(engine.FieldText, w, nil, place) })
			bench("places of 20", 20, func() error { return way.seg.Positions(engine.FieldText, w, few, place) })
		}
		var many []string
		for i := range 200 {
			many = append(many, fmt.Sprint("w", 3000+i))
		}
		b.Run("union of 200/"+way.name, func(b *testing.B) {
			b.ReportAllocs()
			spent := cpu(b)
			for b.Loop() {
				_, err := way.seg.Union(engine.FieldText, many)
				fatal(b, err)
			}
			b.ReportMetric(spent(), "cpu-ns/op")
		})
		b.Run("prefix/"+way.name, func(b *testing.B) {
			for b.Loop() {
				fatal(b, way.seg.Prefix(engine.FieldText, "w300", 200, func(string, uint64) bool { return true }))
			}
		})
		b.Run("one edit/"+way.name, func(b *testing.B) {
			for b.Loop() {
				fatal(b, way.seg.OneEdit(engine.FieldText, "w300", func(string) bool { return true }))
			}
		})
	}
}

// BenchmarkColumns measures what is done with sets of documents.
func BenchmarkColumns(b *testing.B) {
	s := snapshot(b, build(b, *benchDocuments, false))
	seg := s.Segments[0]
	c, n := seg.Columns(), seg.Count()
	edges := []int64{}
	for at := time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC); len(edges) < 37; at = at.AddDate(0, 1, 0) {
		edges = append(edges, at.UnixMicro())
	}
	for _, part := range []int{1000, 100, 30, 3, 1} {
		hits := roaring.New()
		rng := rand.New(rand.NewPCG(1, 1))
		for doc := range n {
			if rng.IntN(part) == 0 {
				hits.Add(doc)
			}
		}
		lengths := engine.NewLengths([]uint32{0, 1, 150, 300, 600, 1200})
		for _, bc := range []struct {
			name string
			f    func() error
		}{
			{"bots", func() error { _, err := seg.CountValues(hits, &c.Bot); return err }},
			{"languages", func() error { _, err := seg.CountValues(hits, &c.Lang); return err }},
			{"authors", func() error { _, err := seg.CountValues(hits, &c.Author); return err }},
			{"lengths", func() error { seg.CountDurations(hits, lengths); return nil }},
			{"months", func() error { seg.CountTimes(hits, edges); return nil }},
			{"first and last", func() error { seg.Times(hits); return nil }},
			{"newest 20", func() error { seg.Newest(hits, 20, engine.Span{}); return nil }},
			{"newest 20 behind", func() error { seg.Newest(hits, 20, engine.Span{Behind: &engine.Place{Left: edges[2]}}); return nil }},
			{"a month", func() error { seg.Between(hits, edges[1], edges[2]); return nil }},
			{"two bots", func() error {
				_, err := seg.Keyword(&c.Bot, func(name string) bool { return name == "st-1" || name == "st-2" })
				return err
			}},
		} {
			b.Run(fmt.Sprintf("%s of %d", bc.name, hits.GetCardinality()), func(b *testing.B) {
				spent := cpu(b)
				for b.Loop() {
					fatal(b, bc.f())
				}
				b.ReportMetric(spent(), "cpu-ns/op")
				b.ReportMetric(spent()/float64(hits.GetCardinality()), "cpu-ns/hit")
			})
		}
	}
}

// BenchmarkLoad measures how long the columns of a segment take to read.
func BenchmarkLoad(b *testing.B) {
	s := snapshot(b, build(b, *benchDocuments, false))
	spent := cpu(b)
	for b.Loop() {
		fatal(b, s.Segments[0].Reload())
	}
	b.ReportMetric(spent()/float64(*benchDocuments), "cpu-ns/document")
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		build(b, *benchDocuments, true)
	}
	b.ReportMetric(float64(*benchDocuments)*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}
