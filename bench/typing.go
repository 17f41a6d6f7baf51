package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"afterbeep/store"
	"afterbeep/web"
)

// How somebody types in the typing part: a fast typist.
const (
	typedQueries = 60
	betweenKeys  = 120 * time.Millisecond // and up to as much again
	typingLasts  = 10 * time.Minute       // at most
)

// keyFigures are the times from a key going down to the results of what was typed
// with it being on the screen.
type keyFigures struct {
	Keys    spread  `json:"keys"`
	InTime  float64 `json:"in_time"` // the share of keys that took goalKey at most
	Asked   int     `json:"asked"`   // requests: one is under way at most
	Queries int     `json:"queries"`
}

// errNoBrowser means that there is nothing to type in.
var errNoBrowser = errors.New("no Chromium on this machine")

func browserPath() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// partTyping types queries into the page in a real browser, on the real server
// over what was built. It signs somebody in, so it changes the store.
func partTyping(ctx context.Context, p *plan, o options) (*figures, error) {
	path, err := browserPath()
	if err != nil {
		fmt.Fprintln(os.Stderr, "typing is left out:", err)
		return new(figures), nil
	}
	a, err := openArchive(ctx, o.Dir, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	const name, password = "typist", "types what people type"
	if err := addTypist(ctx, a.store, name, password); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, typingLasts)
	defer cancel()
	address, stop, err := serveArchive(a)
	if err != nil {
		return nil, err
	}
	defer stop()
	page, closePage := openBrowser(ctx, path)
	defer closePage()
	err = chromedp.Do(page,
		chromedp.Navigate(address+"/login"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), name),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), password),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
		chromedp.WaitVisible(chromedp.CSS("#q")),
	)
	if err != nil {
		return nil, err
	}
	f := new(figures)
	f.Keys, err = typeAll(page, toType(p.Requests), o.Seed)
	return f, err
}

// addTypist makes the user; in a folder that was used before there is one.
func addTypist(ctx context.Context, st store.Store, name, password string) error {
	hash, err := web.HashPassword(password)
	if err != nil {
		return err
	}
	_, err = st.CreateUser(ctx, store.User{Name: name, Role: store.RoleAnalyst, AllBots: true, PasswordHash: hash})
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// serveArchive serves the pages until stop is called.
func serveArchive(a *archive) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address = "http://" + listener.Addr().String()
	server, err := web.New(web.Config{Store: a.store, Index: a.index, PublicURL: address, Version: "bench", Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		_ = listener.Close()
		return "", nil, err
	}
	h := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	var serving errgroup.Group
	serving.Go(func() error { return h.Serve(listener) })
	return address, func() { _ = h.Close(); _ = serving.Wait() }, nil
}

func openBrowser(ctx context.Context, path string) (page context.Context, close func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	page, end := chromedp.NewContext(ctx)
	return page, func() { end(); stop() }
}

// toType are queries as people type them, each once: words alone, the frequent
// ones and the rare.
func toType(requests []request) []string {
	var out []string
	for _, r := range requests {
		if r.Kind == "term" || r.Kind == "and" {
			if text := strings.Join(r.Terms, " "); !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), typedQueries)]
}

// watchKeys has the page note when each key went down, and when the results of
// what it made were drawn: the task after the frame in which they were put there.
const watchKeys = `(() => {
	const seen = window.seenKeys = { down: [], took: [], asked: 0, upTo: 0, going: false };
	document.addEventListener("keydown", (event) => seen.down.push(event.timeStamp), true);
	document.addEventListener("htmx:beforeRequest", (event) => {
		if (event.detail.elt.id !== "q") return;
		Object.assign(seen, { upTo: seen.down.length, going: true, asked: seen.asked + 1 });
	});
	document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.id === "q") seen.going = false; });
	document.addEventListener("results:shown", () => {
		const upTo = seen.upTo;
		requestAnimationFrame(() => {
			const after = new MessageChannel();
			after.port1.onmessage = () => {
				const now = performance.now();
				while (seen.took.length < upTo) seen.took.push(now - seen.down[seen.took.length]);
			};
			after.port2.postMessage(0);
		});
	});
	return true;
})()`

// typeAll types the queries one after the other into an empty box.
func typeAll(page context.Context, queries []string, seed uint64) (*keyFigures, error) {
	if _, err := chromedp.Run(page, chromedp.Evaluate[bool](watchKeys)); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	for _, q := range queries {
		if _, err := chromedp.Run(page, chromedp.Evaluate[bool](`(() => { const q = document.getElementById("q"); q.focus(); q.value = ""; q.dispatchEvent(new Event("input", { bubbles: true })); return true })()`)); err != nil {
			return nil, err
		}
		if err := settled(page); err != nil {
			return nil, err
		}
		for _, key := range q {
			due := time.Now().Add(betweenKeys + time.Duration(rng.Int64N(int64(betweenKeys))))
			if err := chromedp.Do(page, chromedp.KeyEvent(string(key))); err != nil {
				return nil, err
			}
			time.Sleep(time.Until(due))
		}
		if err := settled(page); err != nil {
			return nil, err
		}
	}
	ms, err := chromedp.Run(page, chromedp.Evaluate[[]float64](`seenKeys.took`))
	if err != nil {
		return nil, err
	}
	f := &keyFigures{Queries: len(queries)}
	if f.Asked, err = chromedp.Run(page, chromedp.Evaluate[int](`seenKeys.asked`)); err != nil {
		return nil, err
	}
	took := make([]time.Duration, len(ms))
	for i, one := range ms {
		took[i] = time.Duration(one * float64(time.Millisecond))
		if one <= goalKey {
			f.InTime += 1 / float64(len(ms))
		}
	}
	f.Keys = spreadOf(took)
	return f, nil
}

// settled waits until everything that was typed is on the screen.
func settled(page context.Context) error {
	const is = `!seenKeys.going && seenKeys.took.length === seenKeys.down.length`
	for {
		if ok, err := chromedp.Run(page, chromedp.Evaluate[bool](is)); err != nil || ok {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func keysTable(f figures) table {
	k := f.Keys
	t := table{title: "Results while typing: from key to pixels, in a browser", head: []string{"keys", "p50 ms", "p95 ms", "max ms", "within 100 ms", "requests"}}
	t.add(fmt.Sprint(k.Keys.N), ms(k.Keys.P50), ms(k.Keys.P95), ms(k.Keys.Max), fmt.Sprintf("%.1f %%", 100*k.InTime), fmt.Sprint(k.Asked))
	t.below = fmt.Sprintf("%d queries typed into the page at about six keys a second, in headless Chromium on the same machine as the server and its store. "+
		"A key counts from when it went down to after the frame that shows the results of what it made. Goal: p95 within %d ms (%s).",
		k.Queries, goalKey, verdict(k.Keys.P95 <= goalKey))
	return t
}
