package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"afterbeep/web/pagetest"
)

// goTo loads a page of the list.
func (v *visitor) goTo(p pagetest.Page) {
	v.t.Helper()
	v.open(p.Path)
	if p.Link != "" {
		path := v.reads(fmt.Sprintf(`document.querySelector(%q)?.getAttribute("href") ?? ""`, p.Link))
		if path == "" {
			v.t.Fatalf("%s: no link %s on %s", p.Name, p.Link, p.Path)
		}
		v.open(path)
	}
	v.settled()
}

// settled waits until the page is drawn and its scripts have had their turn.
func (v *visitor) settled() {
	v.t.Helper()
	const drawn = `(async () => {
		if (document.readyState !== "complete") await new Promise(done => addEventListener("load", done, {once: true}));
		await document.fonts.ready;
		for (let i = 0; i < 2; i++) await new Promise(done => requestAnimationFrame(done));
		await new Promise(done => requestIdleCallback(done, {timeout: 500}));
		return "";
	})()`
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](drawn, chromedp.EvalAwaitPromise)); err != nil {
		v.t.Fatal(err)
	}
}

// asked returns what the asynchronous expression makes of the page, as JSON.
func (v *visitor) asked(expression string, into any) {
	v.t.Helper()
	text := value(v.t, v.ctx, chromedp.Evaluate[string](`(async () => JSON.stringify(await (`+expression+`)()))()`, chromedp.EvalAwaitPromise))
	if err := json.Unmarshal([]byte(text), into); err != nil {
		v.t.Fatalf("%s: %v", text, err)
	}
}

// TestEveryPageIsForEverybody looks at every page in light and dark, on a phone
// and on a wide screen: no rule of accessibility is broken, nothing must be
// scrolled sideways, nothing moves while it loads, the browser has nothing to
// complain of, and keys alone reach all that can be worked.
func TestEveryPageIsForEverybody(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("../../testdata/third_party/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	v := visit(t, "admin")
	v.beforeEachPage(`window.moved = []; const place = r => [r.x, r.y, r.width, r.height].map(Math.round).join(" "); new PerformanceObserver(list => {
		for (const e of list.getEntries()) if (!e.hadRecentInput) moved.push(e.value + " " + e.sources.map(s => s.node?.nodeName + "." + s.node?.className + " from " + place(s.previousRect) + " to " + place(s.currentRect)).join(", "));
	}).observe({type: "layout-shift", buffered: true})`)
	pages := pagetest.Pages()
	for _, signedIn := range []bool{true, false} {
		if !signedIn {
			v.forgetCookies()
		}
		for _, p := range pages {
			if p.Stranger == signedIn {
				continue
			}
			t.Run(p.Name, func(t *testing.T) {
				page := *v.as(t)
				for _, width := range []int64{1280, 320} {
					page.look(width, 800, "light")
					page.goTo(p)
					page.holdsStill(width)
					for _, scheme := range []string{"light", "dark"} {
						page.look(width, 800, scheme)
						page.breaksNoRule(string(axe), width, scheme)
					}
				}
				page.look(1280, 800, "light")
				page.worksByKeys()
				if got := v.complaints(); len(got) > 0 && !(p.Missing && len(got) == 2 && contains(got, "404")) {
					t.Errorf("the browser complains: %q", got)
				}
			})
		}
	}
}

// TestSavedSearchesAndAlertsAreForEverybody looks at what pages show who has saved
// a search and set an alert on it, as TestEveryPageIsForEverybody does.
func TestSavedSearchesAndAlertsAreForEverybody(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile("../../testdata/third_party/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	v := visit(t, "admin", "ALERT_HOSTS=127.0.0.1")
	token := strings.TrimSpace(v.server.in.must("", "token", "create", "--user", "ann"))
	v.server.submit(token, "/saved", url.Values{"search": {"q=please"}, "name": {"Asked nicely"}, "shared": {"1"}})
	v.server.submit(token, "/alerts", url.Values{"search": {"1"}, "channel": {"webhook"}, "target": {"http://127.0.0.1:9"}, "every": {"0s"}})
	for _, path := range []string{"/saved", "/alerts", "/alerts?alert=1"} {
		t.Run(path, func(t *testing.T) {
			page := v.as(t)
			for _, width := range []int64{1280, 320} {
				for _, scheme := range []string{"light", "dark"} {
					page.look(width, 800, scheme)
					page.open(path)
					page.settled()
					if got := page.reads(`document.querySelector("main h3, main h2 [dir=auto]")?.textContent ?? ""`); got != "Asked nicely" {
						t.Errorf("it shows %q", got)
					}
					page.breaksNoRule(string(axe), width, scheme)
				}
			}
			page.look(1280, 800, "light")
			page.open(path)
			page.settled()
			page.worksByKeys()
			if got := v.complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// as is the visitor of a part of the test.
func (v *visitor) as(t *testing.T) *visitor {
	return &visitor{t: t, ctx: v.ctx, server: v.server}
}

// holdsStill fails where something moved while the page came, or is wider than
// the window.
func (v *visitor) holdsStill(width int64) {
	v.t.Helper()
	var seen struct {
		Moved []string
		Wide  []string
	}
	v.asked(`async () => {
		const within = e => e && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || within(e.parentElement));
		return {moved, wide: document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed" && !within(e.parentElement)).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).concat("it is " + document.documentElement.scrollWidth + " wide")};
	}`, &seen)
	if len(seen.Moved) > 0 {
		v.t.Errorf("at %d px something moved while the page came: %q", width, seen.Moved)
	}
	if len(seen.Wide) > 0 {
		v.t.Errorf("at %d px the page is wider than the window: %q", width, seen.Wide)
	}
}

// breaksNoRule runs axe-core on the page, with all that is folded opened: it does
// not look into what is closed. Menus stay closed: they lie over what is below.
func (v *visitor) breaksNoRule(axe string, width int64, scheme string) {
	v.t.Helper()
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`(() => { if (!window.axe) { `+axe+` } return true; })()`)); err != nil {
		v.t.Fatalf("load axe-core: %v", err)
	}
	var broken []string
	v.asked(`async () => {
		const folded = [...document.querySelectorAll("details:not([open])")];
		for (const d of folded) {
			d.open = true;
			d.open = ![...d.children].some(part => getComputedStyle(part).position === "absolute");
		}
		const {violations} = await axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
		for (const d of folded) d.open = false;
		return violations.map(r => r.id + ": " + r.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + " [" + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? "") + "]").join(" | "));
	}`, &broken)
	for _, rule := range broken {
		v.t.Errorf("at %d px in %s: %s", width, scheme, rule)
	}
}

// worksByKeys goes through the page with the tab key: it reaches everything that
// can be worked, whatever has focus is seen, and is seen to have it.
func (v *visitor) worksByKeys() {
	v.t.Helper()
	var want int
	v.asked(`async () => {
		scrollTo(0, 0);
		document.activeElement?.blur();
		const name = e => e.outerHTML.slice(0, 110);
		const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest("[inert]");
		window.toReach = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], [tabindex='0']")]
			.filter(e => shown(e) && !e.disabled && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked));
		window.reached = new Set();
		window.faults = [];
		document.addEventListener("focusin", ({target}) => {
			reached.add(target);
			const style = getComputedStyle(target);
			if (style.outlineStyle === "none" && !target.matches("main, audio, svg *")) faults.push("focus is not seen on " + name(target));
			const box = target.getBoundingClientRect();
			if (box.bottom < 1 || box.top > innerHeight - 1) faults.push("out of sight: " + name(target));
		});
		return toReach.length;
	}`, &want)
	for range want + 24 { // fields of days take several
		v.press("\t")
		if value(v.t, v.ctx, chromedp.Evaluate[bool](`toReach.every(e => reached.has(e))`)) {
			break
		}
	}
	var got []string
	v.asked(`async () => [...faults, ...toReach.filter(e => !reached.has(e)).map(e => "not reached: " + e.outerHTML.slice(0, 110))]`, &got)
	for _, fault := range slices.Compact(got) {
		v.t.Errorf("by keys: %s", fault)
	}
}

// TestNoPageComplains follows the links of every page, two of each kind, as an
// administrator: each leads somewhere, and the browser has nothing to say.
func TestNoPageComplains(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	var todo []string
	for _, p := range pagetest.Pages() {
		if p.Link == "" && !p.Missing && !p.Stranger {
			todo = append(todo, p.Path)
		}
	}
	seen, ofKind := map[string]bool{}, map[string]int{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		kinds := kindsOf(path)
		if seen[path] || !slices.ContainsFunc(kinds, func(kind string) bool { return ofKind[kind] < 2 }) {
			continue
		}
		seen[path] = true
		for _, kind := range kinds {
			ofKind[kind]++
		}
		v.open(path)
		v.settled()
		if title := v.reads(`document.title`); !strings.HasSuffix(title, "· Afterbeep") || strings.HasPrefix(title, "Nothing here") {
			t.Errorf("%s is %q", path, title)
		}
		if got := v.complaints(); len(got) > 0 {
			t.Errorf("%s: the browser complains: %q", path, got)
		}
		var links []string
		v.asked(`async () => [...document.querySelectorAll("a[href^='/']:not([hx-boost=false], [download])")].map(a => a.getAttribute("href").split("#")[0])`, &links)
		todo = append(todo, links...)
	}
	if len(seen) < 15 {
		t.Errorf("only %d pages were found", len(seen))
	}
}

// kindsOf are the kinds of page that a path is one of: its own without parameters,
// with each of them, and with each two together. Pages of a kind differ in what
// they show. Of all the filters that a search may have at once, links lead to more
// combinations than can be followed.
func kindsOf(path string) []string {
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "0123456789") {
			parts[i] = "*"
		}
	}
	path = strings.Join(parts, "/")
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	kinds := []string{path}
	for i, name := range names {
		kinds = append(kinds, path+"?"+name)
		for _, other := range names[i+1:] {
			kinds = append(kinds, path+"?"+name+"&"+other)
		}
	}
	return kinds
}
