package main

import (
	"cmp"
	"context"
	"fmt"
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
	server.awaitTotal(token, visitorsMessages)
	v := &visitor{t: t, server: server, ctx: browserFor(t, 10*patience)}
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
	v.until(`document.readyState === "complete"`) // or the form may be another a moment later
	do(v.t, v.ctx,
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "ann"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), testPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
		chromedp.WaitVisible(chromedp.CSS("#top details.menu")),
	)
}

// open loads a page anew.
func (v *visitor) open(path string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.Navigate(v.server.url+path))
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

// click clicks on what is seen.
func (v *visitor) click(selector string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.Click(chromedp.CSS(selector)))
}

// press presses keys, one after another.
func (v *visitor) press(keys string) {
	v.t.Helper()
	do(v.t, v.ctx, chromedp.KeyEvent(keys))
}

// reads is a text in the page.
func (v *visitor) reads(expression string) string {
	v.t.Helper()
	return value(v.t, v.ctx, chromedp.Evaluate[string](expression))
}

// until waits until the expression is true in the page.
func (v *visitor) until(expression string) {
	v.t.Helper()
	deadline := time.Now().Add(patience / 3)
	for {
		// The page may be on its way out while it is asked.
		ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if ok && err == nil {
			return
		}
		if time.Now().After(deadline) {
			state := v.reads(`location.href + " | " + document.title + " | focus on " + document.activeElement?.outerHTML.slice(0, 200) + " | " + document.body.innerText.slice(0, 600)`)
			v.t.Fatalf("waited in vain until %s (%v):\n%s\n%s", expression, err, state, strings.Join(v.complaints(), "\n"))
		}
		select {
		case <-v.ctx.Done():
			v.t.Fatalf("until %s: %v", expression, v.ctx.Err())
		case <-time.After(15 * time.Millisecond):
		}
	}
}
