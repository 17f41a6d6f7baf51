package main

import (
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"afterbeep/web/pagetest"
)

// How many bytes a page may take over the network, as they are sent.
const (
	firstWeight = 150 << 10
	laterWeight = 30 << 10
)

// TestPagesAreLight counts what comes over the network: for the first page of a
// browser that knows nothing, and for each page after it.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	var bytes atomic.Int64
	err := chromedp.Listen(v.ctx, func(event any) {
		if e, ok := event.(*network.EventLoadingFinished); ok {
			bytes.Add(int64(e.EncodedDataLength))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	weigh := func(act func()) int64 {
		bytes.Store(0)
		act()
		v.settled()
		return bytes.Load()
	}
	v.forgetCache()
	first := weigh(func() { v.open("/?q=please") })
	if first > firstWeight || first < laterWeight/3 {
		t.Errorf("the first page takes %d bytes, want at most %d", first, firstWeight)
	}
	t.Logf("the first page takes %d bytes", first)
	for _, p := range pagetest.Pages() {
		if p.Stranger {
			continue
		}
		if got := weigh(func() { v.goTo(p) }); got > laterWeight && p.Link == "" || got > 2*laterWeight {
			t.Errorf("%s takes %d bytes, want at most %d", p.Name, got, laterWeight)
		} else {
			t.Logf("%s takes %d bytes", p.Name, got)
		}
	}
}
