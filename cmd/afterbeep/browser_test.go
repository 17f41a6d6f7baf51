package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"afterbeep/ingest/kore/koresim"
)

// browser starts a headless Chromium for one test, with more flags.
func browser(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("REQUIRE_BROWSER") == "1" {
			t.Fatal("no Chromium on this machine; make deps installs one")
		}
		t.Skip("NOT TESTED: no Chromium on this machine; make deps installs one")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("mute-audio", true),
	)
	options = append(options, more...)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*patience)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func value[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// hears presses play and returns the recording's length once its time moves.
func hears(t *testing.T, ctx context.Context) float64 {
	t.Helper()
	const press = `(async () => {
		document.querySelector("main [data-play]").click();
		const audio = document.querySelector("#dock audio");
		const start = performance.now();
		while (audio.currentTime < 0.2 || !audio.duration) {
			if (audio.error) throw new Error(audio.error.message);
			if (performance.now() - start > 150000) throw new Error("time does not move");
			await new Promise(done => setTimeout(done, 20));
		}
		audio.pause();
		return audio.duration;
	})()`
	return value(t, ctx, chromedp.Evaluate[float64](press, chromedp.EvalAwaitPromise))
}

// TestMainJob is the way of one voicemail as a person sees it: fetched over
// HTTP, found by two words, opened, heard; and heard again when its link is gone.
func TestMainJob(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		ctx := browser(t)
		upstream := in.connect(koresim.Config{Seed: 11, Voicemails: 60, Other: 60, Until: lately(), Span: 24 * time.Hour, LinkLifetime: time.Second})
		token := in.token("ann", "analyst")
		server := in.serve()
		server.awaitTotal(token, 60)
		words := twoWords(t, server, token)

		v := &visitor{t: t, ctx: ctx, server: server}
		v.signIn()
		do(t, ctx,
			chromedp.SendKeys(chromedp.CSS("input[name=q]"), words),
			chromedp.Submit(chromedp.CSS("input[name=q]")),
		)
		v.until(fmt.Sprintf(`new URLSearchParams(location.search).get("q") === %q && document.querySelector("mark")`, words))
		marked := value(t, ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("mark")].map(m => m.textContent.toLowerCase())`))
		for _, word := range strings.Fields(words) {
			if !contains(marked, word) {
				t.Errorf("%q is not marked, only %q", word, marked)
			}
		}
		v.click(`a[href^="/voicemails/"]`)
		v.until(`location.pathname.startsWith("/voicemails/") && document.querySelector("main [data-play]")`)
		if seconds := hears(t, ctx); seconds < 1 || seconds > 600 {
			t.Errorf("the recording is %v s long", seconds)
		}
		page := value(t, ctx, chromedp.OuterHTML(chromedp.CSS("html")))
		if strings.Contains(page, upstream.MediaURL) || strings.Contains(page, "getMediaStream") {
			t.Error("the upstream's link is in the page")
		}

		// Every link that was ever given out is gone, and after a restart so
		// is what was kept of the audio.
		upstream.Sim.RevokeLinks()
		message := v.reads(`location.pathname`)
		server.stop()
		server = in.serve()
		v.server = server
		v.open(message)
		v.until(`document.querySelector("main [data-play]")`)
		if seconds := hears(t, ctx); seconds < 1 {
			t.Errorf("with the link gone the recording is %v s long", seconds)
		}
		if leaks := upstream.Sim.Stats().AuthLeaks; leaks != 0 {
			t.Errorf("the token was sent to the media host %d times", leaks)
		}
		server.stop()
	})
}

func contains(list []string, part string) bool {
	for _, s := range list {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// twoWords are two plain words that some voicemail holds.
func twoWords(t *testing.T, server *process, token string) string {
	t.Helper()
	a, err := server.search(token, map[string][]string{"lang": {"en"}})
	if err != nil || len(a.Hits) == 0 {
		t.Fatalf("no voicemail to take words from: %+v, %v", a, err)
	}
	var words []string
	for _, h := range a.Hits {
		words = words[:0]
		for _, w := range strings.Fields(strings.ToLower(h.Text)) {
			if len(w) >= 6 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && !contains(words, w) {
				words = append(words, w)
			}
			if len(words) == 2 {
				return strings.Join(words, " ")
			}
		}
	}
	t.Fatal("no voicemail has two plain words")
	return ""
}
