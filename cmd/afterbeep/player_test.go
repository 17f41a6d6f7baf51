package main

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// listening is a server with voicemails that are archived, and so have
// waveforms, and a browser in which somebody is signed in.
type listening struct {
	t      *testing.T
	ctx    context.Context
	in     *installation
	server *process
	token  string
}

// What is said in the voicemails of these tests, the newest first.
var spoken = []koresim.NewVoicemail{
	{Texts: []string{"Good morning, this is Robert Fisher speaking. I would like to know about the refund that you promised. Thank you very much, goodbye."}},
	{Texts: []string{"Please call me back."}, Files: []koresim.NewFile{{Seconds: 40}}}, // and silence
	{Texts: []string{"Hello, the parcel came."}},
	{Texts: []string{"Hello, the parcel is lost."}},
	{Texts: []string{"The lighthouse is closed."}, Files: []koresim.NewFile{{Seconds: 120}}}, // long enough to look around
}

// listen starts a server with the voicemails, archived where audio is.
func listen(t *testing.T, voicemails []koresim.NewVoicemail, env map[string]string) *listening {
	t.Helper()
	in := install(t)
	plain := koresim.Documented()
	upstream := in.connect(koresim.Config{Quirks: &plain, Seed: 8, Voicemails: -1, Other: -1, Until: lately(), Span: 24 * time.Hour})
	for name, value := range env {
		in.env[name] = value
	}
	for i, v := range voicemails {
		v.Start, v.Lang, v.Caller = lately().Add(-time.Duration(i)*time.Hour), "en", fmt.Sprintf("+1415555010%d", i)
		upstream.Sim.Add(v)
	}
	l := &listening{t: t, in: in, server: in.serve()}
	l.token = in.token("ann", "admin")
	l.server.awaitTotal(l.token, len(voicemails))
	if env["ARCHIVE"] == "off" {
		upstream.Close()
		return l
	}
	l.server.awaitKept(l.token, len(voicemails))
	return l
}

// browse signs in with a browser of a test's own.
func (l *listening) browse(t *testing.T, more ...chromedp.ExecAllocatorOption) *listening {
	t.Helper()
	own := *l
	own.t, own.ctx = t, browser(t, more...)
	own.visitor().signIn()
	return &own
}

// visitor is who listens, as somebody who looks at any page.
func (l *listening) visitor() *visitor {
	return &visitor{t: l.t, ctx: l.ctx, server: l.server}
}

// visit opens a page and collects what it complains of.
func (l *listening) visit(path string) {
	l.t.Helper()
	do(l.t, l.ctx, chromedp.Navigate(l.server.url+path), chromedp.WaitVisible(chromedp.CSS("main [data-play]")))
	l.text(`(() => {
		window.faults = [];
		for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) {
			addEventListener(kind, (event) => window.faults.push(kind + ": " + (event.message ?? event.reason ?? event.violatedDirective)));
		}
		return "";
	})()`)
}

// silent fails the test where the page complained since it was visited.
func (l *listening) silent() {
	l.t.Helper()
	if faults := l.text(`window.faults.join("\n")`); faults != "" {
		l.t.Errorf("the page complains: %s", faults)
	}
}

// page is the address of a voicemail that a search finds.
func (l *listening) page(q string) string {
	l.t.Helper()
	a, err := l.server.search(l.token, url.Values{"q": {q}})
	if err != nil || len(a.Hits) == 0 {
		l.t.Fatalf("search for %q: %d hits, error %v", q, len(a.Hits), err)
	}
	return fmt.Sprintf("/voicemails/%d", a.Hits[0].ID)
}

// until waits until the expression is true in the page.
func (l *listening) until(expression string) {
	l.t.Helper()
	l.visitor().until(expression)
}

func (l *listening) number(expression string) float64 {
	l.t.Helper()
	return value(l.t, l.ctx, chromedp.Evaluate[float64](expression, chromedp.EvalAwaitPromise))
}

func (l *listening) text(expression string) string {
	l.t.Helper()
	return value(l.t, l.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

func (l *listening) click(selector string) {
	l.t.Helper()
	l.visitor().click(selector)
}

func (l *listening) press(keys string, options ...chromedp.KeyOption) {
	l.t.Helper()
	do(l.t, l.ctx, chromedp.KeyEvent(keys, options...))
}

// listens counts the plays in the audit log.
func (l *listening) listens() int {
	l.t.Helper()
	st, err := sqlite.Open(l.t.Context(), sqlite.Config{Path: filepath.Join(l.in.dir, "afterbeep.db")})
	if err != nil {
		l.t.Fatal(err)
	}
	defer st.Close()
	entries, err := st.AuditEntries(l.t.Context(), store.AuditQuery{Action: store.AuditPlay, Limit: store.MaxAudit})
	if err != nil {
		l.t.Fatal(err)
	}
	return len(entries)
}

// heard is the audio element that plays.
const heard = `document.querySelector("#dock audio")`

func TestPlayer(t *testing.T) {
	t.Parallel()
	l := listen(t, spoken, nil)
	for _, tt := range []struct {
		name string
		test func(*listening)
		more []chromedp.ExecAllocatorOption
	}{
		// These count listens, so they are the first to hear what they hear.
		{"plays the hits", playsHits, nil},
		{"waits at a moment", waitsAtMoment, nil},
		{"goes on from page to page", playsOn, nil},
		{"shows what is said where", showsWhere, nil},
		{"is worked by keys", takesKeys, nil},
		{"skips silence", skipsSilence, nil},
		{"is for everybody", isForEverybody, nil},
		{"fits a phone", fitsPhone, []chromedp.ExecAllocatorOption{chromedp.Flag("force-prefers-reduced-motion", true)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := l.browse(t, tt.more...)
			tt.test(l)
			l.silent()
		})
	}
}

// playsOn starts a recording on a voicemail's page, and looks around meanwhile.
func playsOn(l *listening) {
	page := l.page("lighthouse")
	l.visit(page)
	l.click(`main [data-play]`)
	l.until(heard + `?.currentTime > 0.2`)
	l.text(`(() => { window.stops = 0; ` + heard + `.addEventListener("pause", () => { window.stops++; }); return ""; })()`)
	l.click(`#top a[href="/"]`)
	l.until(`document.querySelector("main .hit")`)
	before := l.number(heard + `.currentTime`)
	l.until(heard + fmt.Sprintf(`.currentTime > %v`, before+0.1))
	if stops := l.number(`window.stops`); stops != 0 {
		l.t.Errorf("the recording stopped %v times", stops)
	}
	// Its title leads back to the message.
	l.click(`#dock .dock-title a`)
	l.until(fmt.Sprintf(`location.pathname === %q && document.querySelector("main [data-play]")?.dataset.state === "playing"`, page))
	l.click(`#dock [data-do=toggle]`)
	l.until(heard + `.paused && document.querySelector("main [data-play]").dataset.state === ""`)
	l.click(`#dock [data-do=close]`)
	l.until(`document.getElementById("dock").hidden && document.activeElement.id === "main"`)
	if stops := l.number(`window.stops`); stops != 1 {
		l.t.Errorf("after one press the recording stopped %v times", stops)
	}
}

// showsWhere searches for a word, sees about where it is said, and goes there and
// to another one.
func showsWhere(l *listening) {
	page := l.page("refund")
	l.visit(page + "?q=refund")
	l.click(`main [data-play]`)
	l.until(heard + `.currentTime > 0`)
	l.click(`#dock [data-do=toggle]`) // before it ends
	l.until(heard + `.paused`)
	l.until(`document.querySelector(".dock-strip.drawn .dock-drawing div")?.shadowRoot?.querySelector("canvas")?.width > 0`)
	l.until(`document.querySelectorAll(".dock-marks li").length === 1 && ` + heard + `.duration > 0`)
	mark := l.number(`Number(document.querySelector(".dock-marks li").dataset.at)`)
	if length := l.number(heard + `.duration`); mark < length*.3 || mark > length*.9 {
		l.t.Errorf("the match is at %.1f of %.1f s", mark, length)
	}
	l.click(`#dock [data-do=next-match]`)
	if at := l.number(heard + `.currentTime`); math.Abs(at-mark) > .6 {
		l.t.Errorf("the match is at %.1f, one is brought to %.1f", mark, at)
	}
	l.until(`CSS.highlights.has("spoken")`)

	// The word "Robert": the fifth.
	want := l.number(fmt.Sprintf(`fetch("%s/recordings/0/peaks").then((a) => a.json()).then((a) => a.words[4][3])`, page))
	const place = `(() => {
		const node = document.createTreeWalker(document.querySelector("main [data-segment]"), NodeFilter.SHOW_TEXT).nextNode();
		const range = document.createRange();
		range.setStart(node, node.data.indexOf("Robert") + 2);
		range.setEnd(node, node.data.indexOf("Robert") + 4);
		range.startContainer.parentElement.scrollIntoView({ block: "center" });
		return range.getBoundingClientRect();
	})()`
	x, y := l.number(place+`.x`), l.number(place+`.y`)
	l.text(`(() => {
		window.sought = null;
		window.begun = false;
		` + heard + `.addEventListener("seeking", (event) => { window.sought ??= event.target.currentTime; });
		` + heard + `.addEventListener("play", () => { window.begun = true; });
		return "";
	})()`)
	do(l.t, l.ctx, chromedp.MouseClickXY(x, y+8))
	l.until(fmt.Sprintf(`window.begun && window.sought !== null && Math.abs(window.sought - %v) < 1.5`, want))
	if marked := l.text(`[...CSS.highlights.get("spoken")].map(String).join()`); marked == "" {
		l.t.Error("no word is marked")
	}
}

func takesKeys(l *listening) {
	l.visit("/?q=lighthouse")
	l.press("j") // to the first hit
	l.press(" ")
	l.until(heard + `.currentTime > 0.1 && document.querySelector("#dock").dataset.state === "playing"`)
	l.press(" ")
	l.until(heard + `.paused`)
	at := l.number(heard + `.currentTime = 1`)
	l.press(kb.ArrowRight)
	l.until(fmt.Sprintf(`Math.abs(%s.currentTime - %v) < 0.01`, heard, at+5))
	l.press(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift))
	l.until(heard + `.currentTime === 0`)
	l.press(">")
	l.press("z")
	l.until(heard + `.playbackRate === 1.25 && document.querySelector("[data-do=skip]").ariaPressed === "true"`)
	l.press("z")
	l.press("m")
	l.until(`document.querySelector("[data-do=mark]").ariaPressed === "true"`)
	if status, body := l.server.get("/api/v1"+l.page("lighthouse"), l.token); !strings.Contains(body, `"name":"marked"`) {
		l.t.Errorf("no tag of it: status %d, %s", status, body)
	}

	// Where somebody types, keys are letters.
	do(l.t, l.ctx, chromedp.SendKeys(chromedp.CSS("#q"), "a b z"))
	if typed := l.text(`document.getElementById("q").value`); !strings.Contains(typed, "a b z") {
		l.t.Errorf("typed %q", typed)
	}
	if !value(l.t, l.ctx, chromedp.Evaluate[bool](heard+`.paused`)) {
		l.t.Error("typing plays")
	}
	l.silent()

	// How somebody likes to listen is remembered.
	l.visit(l.page("parcel"))
	l.press(" ")
	l.until(heard + `.currentTime > 0.1 && ` + heard + `.playbackRate === 1.25 && document.getElementById("dock-speed").value === "1.25"`)

	// What is on is stopped anywhere; then it is the message of the page that is heard.
	l.click(`#top a[href="/"]`)
	page := l.page("lighthouse")
	l.click(fmt.Sprintf(`.hit h3 a[href^=%q]`, page))
	l.until(fmt.Sprintf(`location.pathname === %q && document.querySelector("main [data-play]")`, page))
	l.text(`(document.querySelector("#dock [data-do=toggle]").ariaLabel === "Pause" && ` + heard + `.pause(), "")`)
	l.until(heard + `.paused && document.querySelector("#dock [data-do=toggle]").ariaLabel === "Play"`)
	l.press(" ")
	l.until(fmt.Sprintf(`%s.src.includes(%q) && %[1]s.currentTime > 0.1`, heard, page+"/"))
}

func waitsAtMoment(l *listening) {
	before := l.listens()
	l.visit(l.page(`"call me back"`) + "?t=1")
	l.until(`!document.getElementById("dock").hidden && document.querySelector(".dock-at").textContent === "0:01"`)
	if !value(l.t, l.ctx, chromedp.Evaluate[bool](heard+`.paused`)) || l.listens() != before {
		l.t.Error("an address plays what nobody asked to hear")
	}
	l.text(heard + `.addEventListener("playing", (event) => { window.beganAt ??= event.target.currentTime; }), ""`)
	l.press(" ")
	l.until(heard + `.currentTime > 1.1 && window.beganAt !== undefined`)
	if at := l.number(`window.beganAt`); at < 0.9 || at > 4 {
		l.t.Errorf("it began at %v", at)
	}
	if got := l.listens(); got != before+1 {
		l.t.Errorf("got %d listens, want one", got-before)
	}
}

// skipsSilence hears forty seconds in which somebody says four words.
func skipsSilence(l *listening) {
	l.visit(l.page(`"call me back"`))
	l.click(`main [data-play]`)
	l.until(heard + `.duration > 39`)
	l.click(`#dock [data-do=toggle]`)
	l.until(heard + `.paused`)
	before := l.number(heard + `.currentTime`)
	l.click(`#dock [data-do=skip]`)
	l.click(`#dock [data-do=toggle]`)
	l.until(heard + `.ended`)
	const played = `((list) => [...Array(list.length).keys()].reduce((sum, i) => sum + list.end(i) - list.start(i), 0))(` + heard + `.played)`
	if more := l.number(played) - before; more > 20 {
		l.t.Errorf("%.1f s of silence were heard", more)
	}
}

// playsHits plays what a search finds, of which a page shows one.
func playsHits(l *listening) {
	before := l.listens()
	l.visit("/?q=parcel&limit=1")
	first := l.text(`document.querySelector("main [data-play]").dataset.play`)
	// What is heard is short: it may be over before anybody looks.
	l.text(`(() => {
		window.places = [];
		const place = document.querySelector(".dock-place");
		new MutationObserver(() => {
			const now = place.textContent + " " + ` + heard + `.src;
			if (place.textContent && window.places.at(-1) !== now) window.places.push(now);
		}).observe(document.getElementById("dock"), { subtree: true, childList: true, characterData: true, attributes: true });
		return "";
	})()`)
	was := func(n int, place string) string { return fmt.Sprintf(`window.places[%d]?.startsWith(%q)`, n, place) }
	l.click(`[data-play-all]`)
	l.until(was(0, "1 of 1 and more ") + ` && ` + was(1, "2 of 2 ")) // by itself, from the next page
	l.until(heard + `.currentTime > 0.1`)
	l.press("P")
	l.until(was(2, "1 of 2 ") + fmt.Sprintf(` && window.places[2].endsWith(%q)`, first))
	l.press("N")
	l.until(`document.querySelector(".dock-place").textContent === "2 of 2" && document.querySelector("[data-do=next]").disabled`)
	l.until(heard + `.ended`)
	if got := l.listens(); got != before+2 {
		l.t.Errorf("%d listens are in the audit log, want one for each of 2 messages", got-before)
	}
}

// isForEverybody looks at the player with axe-core, with all that it can show.
func isForEverybody(l *listening) {
	axe, err := os.ReadFile("../../testdata/third_party/axe-core/axe.min.js")
	if err != nil {
		l.t.Fatal(err)
	}
	l.visit("/?q=parcel&limit=1")
	l.click(`[data-play-all]`)
	l.until(`document.querySelector(".dock-strip.drawn") && document.querySelectorAll(".dock-marks li").length > 0`)
	l.click(`#dock [data-do=toggle]`)
	l.silent() // before axe-core, which tries styles of its own
	v := l.visitor()
	for _, width := range []int64{320, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			v.look(width, 800, scheme)
			v.breaksNoRule(string(axe), width, scheme)
		}
	}
	l.text(`(() => { window.faults = []; return ""; })()`)
}

func fitsPhone(l *listening) {
	do(l.t, l.ctx, chromedp.EmulateViewport(320, 640))
	l.visit(l.page("refund") + "?q=refund")
	l.click(`main [data-play]`)
	l.until(`document.querySelector(".dock-strip.drawn")`)
	if wide := l.number(`document.documentElement.scrollWidth`); wide > 320 {
		l.t.Errorf("the page is %v wide", wide)
	}
	if high := l.number(`document.getElementById("dock").offsetHeight`); high > 230 {
		l.t.Errorf("the player is %v high", high)
	}
	l.inSight("[data-do=toggle]", "[data-do=back]", "[data-do=on]", "[data-do=close]", "[data-do=mark]", "#dock-speed", "[data-do=unfold]")
	l.click(`#dock [data-do=unfold]`)
	l.inSight("[data-do=toggle]", "[data-do=skip]", "#dock-volume", "[data-do=link]", ".dock-download", "[data-do=unfold]")
	l.click(`#dock [data-do=unfold]`)
	l.until(`!document.querySelector("#dock .dock-download").checkVisibility()`)

	// What 1280 by 1024 is where everything is enlarged to 400 %: the page is still
	// there, and what has focus is never beneath the player.
	do(l.t, l.ctx, chromedp.EmulateViewport(320, 256))
	l.until(`document.getElementById("dock").offsetHeight < 256 / 3`)
	l.inSight("[data-do=toggle]", "[data-do=unfold]", "[data-do=close]")
	l.text(`(() => {
		document.activeElement.blur();
		scrollTo(0, 0);
		window.beneath = [];
		document.addEventListener("focusin", ({target}) => {
			const [box, dock] = [target.getBoundingClientRect(), document.getElementById("dock").getBoundingClientRect()];
			if (!target.closest("#dock") && box.height < dock.top && box.bottom > dock.top) beneath.push(target.outerHTML.slice(0, 110));
		});
		return "";
	})()`)
	for range 25 {
		do(l.t, l.ctx, chromedp.KeyEvent("\t"))
	}
	if beneath := l.text(`beneath.join("\n")`); beneath != "" {
		l.t.Errorf("it has focus beneath the player: %s", beneath)
	}
}

// inSight fails where one of the player's controls is not in the window, or too small.
func (l *listening) inSight(controls ...string) {
	l.t.Helper()
	for _, control := range controls {
		if out := l.text(fmt.Sprintf(`(() => {
			const at = document.querySelector("#dock %s").getBoundingClientRect();
			return at.left >= 0 && at.right <= innerWidth && at.top >= 0 && at.bottom <= innerHeight && at.height >= 24 && at.width >= 24 ? "" : JSON.stringify(at);
		})()`, control)); out != "" {
			l.t.Errorf("%s is at %s", control, out)
		}
	}
}

// TestPlayerWithoutArchive says why it can't play what is not to be had.
func TestPlayerWithoutArchive(t *testing.T) {
	t.Parallel()
	l := listen(t, spoken[:1], map[string]string{"ARCHIVE": "off"}).browse(t)
	l.visit(l.page("refund"))
	l.click(`main [data-play]`)
	l.until(`document.querySelector(".dock-trouble").textContent.length > 20`)
	if words := l.text(`document.querySelector(".dock-trouble").textContent`); words == "This browser can’t play it." {
		l.t.Errorf("it says %q", words)
	}
	if l.text(`document.querySelector("#dock").dataset.state`) != "failed" || l.number(`document.querySelectorAll(".dock-strip.drawn").length`) != 0 {
		t.Error("the player looks as if it played")
	}
}

// Without scripts the browser's own player is there, and no button that does
// nothing.
func TestPlayWithoutScripts(t *testing.T) {
	t.Parallel()
	l := listen(t, spoken[:1], nil)
	page := l.page("refund")
	l = l.browse(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	do(t, l.ctx, chromedp.Navigate(l.server.url+page), chromedp.WaitVisible(chromedp.CSS("main audio")))
	if seen := l.number(`[...document.querySelectorAll("[data-play], #dock")].filter((e) => e.checkVisibility()).length`); seen != 0 {
		t.Errorf("%v things that need scripts are shown", seen)
	}
}
