package engine

import (
	"fmt"
	"syscall"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
)

// BenchmarkMerge measures merging ten files of as many documents each, here and
// by zap.
func BenchmarkMerge(b *testing.B) {
	for _, documents := range []int{100, 500, 2000} {
		from := filesOf(b, 10, documents)
		for _, way := range []struct {
			name   string
			plugin scorch.SegmentPlugin
		}{{"here", plugin{new(zap.ZapPlugin)}}, {"zap", new(zap.ZapPlugin)}} {
			b.Run(fmt.Sprint(documents, "/", way.name), func(b *testing.B) {
				path, before := b.TempDir()+"/merged.zap", processor(b)
				for b.Loop() {
					if _, _, err := way.plugin.MergeUsing(from, make([]*roaring.Bitmap, len(from)), path, nil, nil, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(processor(b)-before)/float64(b.N*len(from)*documents), "cpu-ns/document")
			})
		}
	}
}

// filesOf are files with documents in them.
func filesOf(b *testing.B, files, documents int) []segment.Segment {
	p, docs, out := plugin{new(zap.ZapPlugin)}, someDocuments(files*documents, 60), make([]segment.Segment, files)
	for i := range out {
		made, _, err := p.NewUsing(docs[i*documents:(i+1)*documents], nil)
		path := fmt.Sprintf("%s/%d.zap", b.TempDir(), i)
		if err == nil {
			err = made.(segment.UnpersistedSegment).Persist(path)
		}
		if err == nil {
			out[i], err = p.OpenUsing(path, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := out[i].Close(); err != nil {
				b.Error(err)
			}
		})
	}
	return out
}

// processor is how much of a processor's time the process has used, in
// nanoseconds.
func processor(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
