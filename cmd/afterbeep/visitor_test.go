package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/web/pagetest"
)

// visitor is somebody in a browser, signed in to a program with some voicemails,
// and what their browser complains of.
type visitor struct {
	t      *testing.T
	ctx    context.Context
	server *process

	mu       sync.Mutex
	troubles []string
}

const visitorsMessages = 30

// visit starts a program with more settings, and signs a person of the role in.
func visit(t *testing.T, role string, settings ...string) *visitor {
	t.Helper()
	in := install(t)
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		in.env[name] = value
	}
	plain := koresim.Documented()
	in.connect(koresim.Config{Quirks: &plain, Seed: 5, Voicemails: visitorsMessages, Other: 10, Until: lately(), Span: 24 * time.Hour})
	server := in.serve()
	token := in.token("ann", role)
	server.awaitKept(token, visitorsMessages) // or pages change under the visitor's eyes
	v := &visitor{t: t, server: server, ctx: browser(t)}
	v.watch()
	v.signIn()
	return v
}

// watch writes down what goes wrong in the browser: errors in its console, among
// them what the policy refused, and what scripts throw.
func (v *visitor) watch() {
	v.t.Helper()
	note := func(format string, args ...any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.troubles = append(v.troubles, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(v.ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				note("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			note("thrown: %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				note("console.error: %s", said(e.Args))
			}
		}
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

// said is what a script wrote to the console.
func said(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		all = append(all, cmp.Or(a.Description, string(a.Value)))
	}
	return strings.Join(all, " ")
}

// complaints takes what the browser complained of so far.
func (v *visitor) complaints() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := v.troubles
	v.troubles = nil
	return all
}

// signIn signs in as ann.
func (v *visitor) signIn() {
	v.t.Helper()
	v.open("/login")
	v.enter()
}

// enter fills the form of the sign-in page, and waits for the page behind it.
func (v *visitor) enter() {
	v.t.Helper()
	v.until(`location.pathname === "/login"`) // or the form may be another a moment later
	do(v.t, v.ctx,
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "ann"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), testPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
	)
	v.until(`location.pathname !== "/login" && document.querySelector("#top details.menu")`)
}

// open loads a page anew, and waits for it: what the page before put into the address
// meanwhile may pass for the end of a navigation.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.reads(`window.left = true, ""`)
	do(v.t, v.ctx, chromedp.Navigate(v.server.url+path))
	const loaded = `window.left === undefined && document.readyState === "complete"`
	v.wait(path, func() error {
		ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](loaded))
		if err == nil && !ok {
			err = errors.New("it is not there")
		}
		return err
	})
}

// look sets the size of the window and the scheme of colours, for somebody who
// wants nothing to move: colours are then what they are at once.
func (v *visitor) look(width, height int64, scheme string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// beforeEachPage runs the script in every page before its own.
func (v *visitor) beforeEachPage(script string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// forgetCookies signs out without a word.
func (v *visitor) forgetCookies() { v.forget(network.ClearBrowserCookies) }

// forgetCache makes the next page the first of its browser.
func (v *visitor) forgetCache() { v.forget(network.ClearBrowserCache) }

func (v *visitor) forget(what cdp.Command[cdp.Empty, cdp.Empty]) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, what, cdp.Empty{})
		return err
	}))
}

// click clicks on what is seen, once nothing is on its way and it is where it was a
// moment ago.
func (v *visitor) click(selector string) {
	v.t.Helper()
	var spot []float64
	same := 0 // times that it was where it had been
	v.wait("one can click on "+selector, func() error {
		now, err := chromedp.Run(v.ctx, chromedp.Evaluate[[]float64](pagetest.Spot(selector)))
		if err != nil || now == nil || !slices.Equal(now, spot) {
			spot, same = now, 0
			return cmp.Or(err, fmt.Errorf("it is at %v", now))
		}
		if same++; same < 3 {
			return errors.New("it may move")
		}
		return nil
	})
	do(v.t, v.ctx, chromedp.MouseClickXY(spot[0], spot[1]))
}

// press presses keys, one after another.
func (v *visitor) press(keys string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.KeyEvent(keys))
}

// strokes presses a key of two strokes, which are for each other only when they
// follow soon: again where this machine had no time for it.
func (v *visitor) strokes(keys, expression string) {
	v.t.Helper()
	pressed := time.Time{}
	v.wait(keys+" leads to where "+expression, func() error {
		if time.Since(pressed) > patience/20 {
			v.press(keys)
			pressed = time.Now()
		}
		return v.ask(expression)
	})
}

// reads is a text in the page.
func (v *visitor) reads(expression string) string {
	v.t.Helper()
	return value(v.t, v.ctx, chromedp.Evaluate[string](expression))
}

// until waits until the expression is true in the page, and nothing is on its way.
func (v *visitor) until(expression string) {
	v.t.Helper()
	v.wait(expression, func() error { return v.ask(expression) })
}

// ask fails where the expression is not true in the page, or something is on its way.
func (v *visitor) ask(expression string) error {
	ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](pagetest.Still+" && Boolean("+expression+")"))
	if err == nil && !ok {
		err = errors.New("it is not so")
	}
	return err
}

// wait asks again and again until there is no error: the page may be on its way out
// while it is asked.
func (v *visitor) wait(what string, ask func() error) {
	v.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			state := v.reads(`location.href + " | " + document.title + " | focus on " + document.activeElement?.outerHTML.slice(0, 200) + " | " + document.body.innerText.slice(0, 600) + " | " + (document.getElementById("dock")?.outerHTML ?? "no player")`)
			v.t.Fatalf("waited in vain until %s (%v):\n%s\n%s", what, err, state, strings.Join(v.complaints(), "\n"))
		}
		select {
		case <-v.ctx.Done():
			v.t.Fatalf("until %s: %v", what, v.ctx.Err())
		case <-time.After(15 * time.Millisecond):
		}
	}
}
