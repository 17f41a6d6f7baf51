package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
	"afterbeep/web/pagetest"
)

// browserPatience is how long a test waits for what must happen next in a browser.
// Nothing takes that long on a machine that has time for it.
const browserPatience = 3 * time.Minute

// gate holds back what scripts ask for until it is let through, and keeps what
// was asked for.
type gate struct {
	next http.Handler
	cut  atomic.Bool // nothing is answered

	mu      sync.Mutex
	asked   []string // the queries of q, in the order in which they came
	waiting chan struct{}
	under   int // how many are under way
	most    int
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	if r.Header.Get("HX-Target") == "results" {
		g.mu.Lock()
		g.asked = append(g.asked, r.URL.Query().Get("q"))
		g.under++
		g.most = max(g.most, g.under)
		waiting := g.waiting
		g.mu.Unlock()
		if waiting != nil {
			select {
			case <-waiting:
			case <-r.Context().Done():
			}
		}
		defer func() { g.mu.Lock(); g.under--; g.mu.Unlock() }()
	}
	g.next.ServeHTTP(w, r)
}

// hold keeps answers back until what it returns is called.
func (g *gate) hold() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = make(chan struct{})
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		close(g.waiting)
		g.waiting = nil
	}
}

func (g *gate) seen() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

// reader is somebody who is signed in, in a real browser.
type reader struct {
	t    *testing.T
	ctx  context.Context
	url  string
	gate *gate
}

// reads opens a browser on a server over the bench and signs in.
func (b *bench) reads(t *testing.T, width, height int) *reader {
	t.Helper()
	b.person("ada", store.RoleAdmin)
	g := &gate{next: b.Server}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	r := &reader{t: t, ctx: chromium(t), url: srv.URL, gate: g}
	r.do(
		chromedp.EmulateViewport(int64(width), int64(height)),
		chromedp.Navigate(r.url+"/login"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "ada"),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), goodPassword),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
	)
	awaits(r, focused, "q")
	return r
}

func chromium(t *testing.T) context.Context {
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
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.WSURLReadTimeout(browserPatience),
		chromedp.Flag("force-prefers-reduced-motion", true)) // what one clicks on does not glide away
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*browserPatience)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	return ctx
}

func (r *reader) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	if err := chromedp.Do(r.ctx, steps...); err != nil {
		r.t.Fatal(err)
	}
}

// opens opens a page that has the search box, and waits until what is typed comes
// to it where it is empty.
func (r *reader) opens(path string) {
	r.t.Helper()
	r.do(chromedp.Navigate(r.url + path))
	awaits(r, `document.getElementById("q").value !== "" || document.activeElement.id === "q"`, true)
}

// clicks clicks on what is seen, once nothing is on its way and it is where it was a
// moment ago.
func (r *reader) clicks(selector string) {
	r.t.Helper()
	var spot []float64
	same := 0 // times that it was where it had been
	await(r.t, "to click on "+selector, func() bool {
		now, err := chromedp.Run(r.ctx, chromedp.Evaluate[[]float64](pagetest.Spot(selector)))
		if err != nil || now == nil || !slices.Equal(now, spot) {
			spot, same = now, 0
			return false
		}
		same++
		return same == 3
	})
	r.do(chromedp.MouseClickXY(spot[0], spot[1]))
}

func (r *reader) types(keys string) {
	r.t.Helper()
	r.do(chromedp.KeyEvent(keys))
}

// says evaluates what a script says of the page.
func says[T any](r *reader, script string) T {
	r.t.Helper()
	v, err := chromedp.Run(r.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		r.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// awaits waits until what a script says is so, and the page is whole: it may be on
// its way out while it is asked.
func awaits[T comparable](r *reader, script string, want T) {
	r.t.Helper()
	var got T
	var err error
	for end := time.Now().Add(browserPatience); time.Now().Before(end) && r.ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		got, err = chromedp.Run(r.ctx, chromedp.Evaluate[T](script))
		if err == nil && got == want && says[bool](r, pagetest.Whole) {
			return
		}
	}
	if err != nil {
		r.t.Fatalf("%s: %v", script, err)
	}
	r.t.Fatalf("%s: got %v, want %v; the box holds %q, and the focus is on %q", script, got, want, says[string](r, `document.getElementById("q")?.value ?? ""`), says[string](r, focused))
}

const (
	count   = `document.querySelector("#results .count strong")?.textContent ?? ""`
	address = `decodeURIComponent(location.pathname + location.search)`
	focused = `document.activeElement.id || document.activeElement.textContent.trim()`
)

// kettles is an archive in which each letter more of "kettle" finds less.
func kettles() []message {
	var out []message
	for i, text := range []string{"kids", "keep", "kettle", "kettles", "kettledrum", "other"} {
		out = append(out, message{bot: "st-a", session: text, caller: "+1415555012" + string(rune('0'+i)), left: noon.Add(-time.Duration(i) * time.Hour), segments: said("the " + text + " is here")})
	}
	return out
}

// While an answer is under way nothing more is asked; what was typed meanwhile is
// asked at once when it is there, the last state alone.
func TestTypingAsksOneAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(kettles()...)
	r := b.reads(t, 1280, 800)
	r.opens("/")
	awaits(r, focused, "q")
	release := r.gate.hold()
	for _, letter := range "kett" {
		r.types(string(letter))
	}
	await(t, "a first answer to be asked for", func() bool { return len(r.gate.seen()) > 0 })
	r.types("l")
	if before := says[string](r, count); before != "6 voicemails" {
		t.Errorf("before any answer: %q", before)
	}
	release()
	awaits(r, count, "3 voicemails")
	if diff := cmp.Diff([]string{"k", "kettl"}, r.gate.seen()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if r.gate.most != 1 {
		t.Errorf("%d were under way at once", r.gate.most)
	}
	awaits(r, address, "/?q=kettl*")
	if at, value := says[string](r, focused), says[string](r, `document.getElementById("q").value`); at != "q" || value != "kettl" {
		t.Errorf("the focus is on %q, and the box holds %q", at, value)
	}
	if title := says[string](r, `document.title`); title != "kettl* · Search · Afterbeep" {
		t.Errorf("the title is %q", title)
	}

	// The address gives the same results again; Enter searches for the word itself.
	r.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#results .count")))
	awaits(r, count, "3 voicemails")
	r.opens("/")
	r.types("kettle")
	awaits(r, address, "/?q=kettle*")
	r.types("\r")
	awaits(r, address, "/?q=kettle")
	awaits(r, count, "2 voicemails") // and its plural
	awaits(r, focused, "q")
}

// What is below the screen comes after what is on it, and is what the same address
// gives as a whole; links below are followed without leaving the page.
func TestHitsBelowTheScreenFollow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 400, 500)
	r.opens("/")
	awaits(r, focused, "q")
	r.types("refund")
	awaits(r, address, "/?q=refund*")
	const listed = `[...document.querySelectorAll("#results > *")].map((part) => part.className).join() + [...document.querySelectorAll(".hit")].map((hit) => hit.dataset.voicemail).join()`
	typed := says[string](r, listed)
	r.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#results .count")))
	if whole := says[string](r, listed); typed != whole {
		t.Errorf("typed %s\nwhole %s", typed, whole)
	}
	awaits(r, `document.querySelectorAll(".hit").length`, DefaultLimit)

	r.opens("/")
	release := r.gate.hold()
	r.types("order")
	awaits(r, `document.getElementById("results").ariaBusy ?? ""`, "true")
	release()
	awaits(r, address, "/?q=order*")
	awaits(r, `document.getElementById("results").ariaBusy ?? ""`, "")
	says[bool](r, `window.stays = true`)
	last := says[string](r, `[...document.querySelectorAll(".hit h3 a")].at(-1).pathname`)
	r.clicks(".hit:last-child h3 a")
	awaits(r, `location.pathname`, last)
	if !says[bool](r, `window.stays === true`) {
		t.Error("a link below the screen loaded the page anew")
	}

	// Who opens a hit as soon as it is there doesn't leave the page either, and
	// comes back to what was typed.
	r.opens("/")
	says[bool](r, `window.stays = true`)
	says[bool](r, `(document.addEventListener("results:shown", () => requestAnimationFrame(() => setTimeout(() => setTimeout(() =>
		document.querySelector(".hit h3 a").click()))), { once: true }), true)`)
	r.types("o")
	awaits(r, `location.pathname.startsWith("/voicemails/")`, true)
	if !says[bool](r, `window.stays === true`) {
		t.Error("a link that was followed at once loaded the page anew")
	}
	says[bool](r, `(history.back(), true)`)
	awaits(r, address, "/?q=o*")

	// Nor does what is seen to later take the address of a page that is on its way.
	r.opens("/")
	says[bool](r, `(document.addEventListener("results:shown", () => history.pushState({}, "", "/?q=elsewhere"), { once: true }), true)`)
	r.types("o")
	awaits(r, address+` === "/?q=elsewhere" && document.querySelectorAll(".hit").length`, 20.0)
	r.types(kb.Home)
	if at := says[string](r, address); at != "/?q=elsewhere" {
		t.Errorf("the address is %q, not that of the page on its way", at)
	}
}

// An answer that comes after another page was asked for changes nothing.
func TestLateAnswersAreDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(kettles()...)
	r := b.reads(t, 1280, 800)
	r.opens("/")
	release := r.gate.hold()
	r.types("kett")
	await(t, "a first answer to be asked for", func() bool { return len(r.gate.seen()) > 0 })
	r.do(chromedp.Click(chromedp.CSS(`nav a[href="/status"]`)))
	awaits(r, address, "/status")
	release()
	awaits(r, `document.querySelector("h1").textContent`, "Status")
	if at := says[string](r, address); at != "/status" {
		t.Errorf("the address is %s", at)
	}
	if asked := r.gate.seen(); len(asked) != 1 {
		t.Errorf("asked on: %q", asked)
	}
}

// A hit that is pressed as other results arrive is opened.
func TestPressesOutlastAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(kettles()...)
	r := b.reads(t, 1280, 800)
	r.opens("/")
	awaits(r, count, "6 voicemails")
	release := r.gate.hold()
	r.types("kett")
	await(t, "an answer to be asked for", func() bool { return len(r.gate.seen()) > 0 })
	let := r.presses(".hit:last-child h3 a")
	pressed := says[string](r, `window.pressed.pathname`)
	release()
	awaits(r, `document.querySelector(".htmx-request") === null`, true)
	let()
	awaits(r, `location.pathname`, pressed)
}

// presses puts the pointer down on an element, which is window.pressed then, and
// returns what lifts it.
func (r *reader) presses(selector string) (let func()) {
	r.t.Helper()
	spot := says[[]float64](r, fmt.Sprintf(`(() => {
		window.pressed = document.querySelector(%q);
		window.pressed.scrollIntoView({ block: "nearest" });
		const box = window.pressed.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	r.do(chromedp.MouseEvent(chromedp.MousePressed, spot[0], spot[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	return func() {
		r.t.Helper()
		r.do(chromedp.MouseEvent(chromedp.MouseReleased, spot[0], spot[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
}

// spread is an archive over a year, from many queues.
func spread() []message {
	var out []message
	for i := range 60 {
		out = append(out, message{bot: "st-a", session: "s" + string(rune('A'+i)), caller: "+14155550123", queue: "Queue " + string(rune('A'+i%14)),
			left: noon.AddDate(0, 0, -6*i), length: 20 * time.Second, segments: said("please refund my order"), recordings: wav()})
	}
	return out
}

// Everything that narrows is reached and used by keys, keeps the focus where it
// was, and is taken back.
func TestNarrowingByKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 1280, 900)
	r.opens("/?q=refund")
	awaits(r, count, "60 voicemails")
	// Where there is room, what narrows stands at the side, not above the hits.
	awaits(r, `document.querySelector(".hit").getBoundingClientRect().top < document.querySelector("#narrow .facet").getBoundingClientRect().bottom`, true)

	// The list of keys is longer than the window, and opens at its beginning.
	r.types("?")
	awaits(r, focused, "keys-title")
	awaits(r, `document.querySelector("dialog").scrollHeight > document.querySelector("dialog").clientHeight && document.querySelector("dialog").scrollTop`, 0.0)
	r.types(kb.Escape)
	awaits(r, `document.querySelector("dialog") === null`, true)

	// Who wants none of it goes past, from the top of the page and from the box.
	const first = `document.activeElement.matches(".hit:first-child h3 a")`
	for _, from := range []string{"#main", "form.search > .filters > summary"} {
		r.do(chromedp.Focus(chromedp.CSS(from)))
		r.types("\t")
		awaits(r, focused, "Skip to the results")
		r.types(kb.Enter)
		awaits(r, focused, "hits")
		r.types("\t")
		awaits(r, first, true)
		r.opens("/?q=refund")
	}
	awaits(r, `[...document.querySelectorAll("#results section[aria-label]")].map((part) => part.ariaLabel).join()`, "Narrow down,Results")

	// The histogram: two bars taken with Shift, and the search goes there.
	r.do(chromedp.Focus(chromedp.CSS(`.histogram a[tabindex="0"]`)))
	r.types(kb.ArrowLeft)
	r.do(chromedp.KeyEvent(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift)))
	awaits(r, `document.querySelector(".stretch").textContent`, "week of Jan 27, 2025 to week of Feb 3, 2025")
	r.types(kb.Enter)
	awaits(r, address, "/?from=2025-01-27&q=refund&to=2025-02-09")
	awaits(r, count, "2 voicemails")
	awaits(r, `document.querySelector(".chips a span").textContent`, "2025-01-27 to 2025-02-09")

	// A facet keeps the focus, and Enter on it again gives it up.
	r.do(chromedp.Focus(chromedp.CSS(`.facet[href*="Queue"]`)))
	queue := says[string](r, `document.activeElement.id`)
	r.types(kb.Enter)
	awaits(r, `document.querySelectorAll(".chips a.chip").length`, 2)
	awaits(r, `document.activeElement.id`, queue)
	r.types(kb.Enter)
	awaits(r, count, "2 voicemails")

	// Rarer values are found by their names.
	r.opens("/?q=refund")
	r.clicks(".rarer summary")
	r.do(chromedp.SendKeys(chromedp.CSS(".rarer input"), "queue n"))
	awaits(r, `[...document.querySelectorAll(".rarer .facet")].filter(f => f.checkVisibility()).length`, 1)

	// j, k and Enter.
	r.opens("/?q=refund")
	says[bool](r, `(document.activeElement.blur(), true)`)
	for _, key := range []string{"j", "j", "j", "k"} {
		r.types(key)
	}
	awaits(r, `[...document.querySelectorAll(".hit")].indexOf(document.activeElement.closest(".hit"))`, 1)
	at := says[string](r, `document.activeElement.closest(".hit").dataset.voicemail`)
	r.types(kb.Enter)
	awaits(r, `location.pathname`, "/voicemails/"+at)
	says[bool](r, `(history.back(), true)`)
	awaits(r, `document.querySelector(".hit.opened").dataset.voicemail`, at)
}

// A pointer that is drawn over the histogram takes what is below.
func TestDrawingOverTheHistogram(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 1280, 900)
	r.opens("/")
	box := says[[]float64](r, `(() => { const b = [...document.querySelectorAll(".histogram a")].slice(2, 4).map(a => a.querySelector(".room").getBoundingClientRect());
		return [b[0].left + b[0].width / 2, b[0].top + 5, b[1].left + b[1].width / 2, b[1].top + 5] })()`)
	want := says[[]string](r, `[...document.querySelectorAll(".histogram a")].slice(2, 4).map(a => a.dataset.from + " " + a.dataset.to)`)
	r.do(
		chromedp.MouseEvent(chromedp.MousePressed, box[0], box[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, box[0]+10, box[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, box[2], box[3], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, box[2], box[3], chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	awaits(r, address, "/?from="+want[0][:10]+"&to="+want[1][11:])
	awaits(r, `document.querySelector(".chips a span").textContent.slice(0, 10)`, want[0][:10])
}

// A bar of the histogram is no wider than its time, whatever else is called a
// bar in the styles.
func TestBarsOfTheHistogramStandApart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 1280, 900)
	r.opens("/")
	widest := says[float64](r, `Math.max(...[...document.querySelectorAll(".histogram a")].map(a =>
		a.querySelector(".pile").getBoundingClientRect().width / a.querySelector(".room").getBoundingClientRect().width))`)
	if widest <= 0 || widest > 1 {
		t.Errorf("a bar is %.2f times as wide as its room", widest)
	}
}

// Filters are offered as they are typed, and taken by keys alone.
func TestFiltersAreOffered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 1280, 900)
	r.opens("/")
	const offered = `[...document.querySelectorAll("#operators:not([hidden]) code")].map(c => c.textContent).join(" ")`
	r.types("refund qu")
	awaits(r, offered, "queue: queue_id:"[:6])
	r.types(kb.ArrowDown + kb.Enter)
	awaits(r, `document.getElementById("q").value`, "refund queue:")
	r.types("n")
	awaits(r, offered, `queue:"Queue N"`)
	awaits(r, `document.getElementById("q").getAttribute("aria-expanded")`, "true")
	r.types(kb.ArrowDown)
	awaits(r, `document.getElementById(document.getElementById("q").getAttribute("aria-activedescendant")).querySelector("code").textContent`, `queue:"Queue N"`)
	r.types(kb.Enter)
	awaits(r, `document.getElementById("q").value`, `refund queue:"Queue N" `)
	awaits(r, count, "4 voicemails")
	r.types(kb.Enter)
	awaits(r, `document.querySelector(".chips a span").textContent`, `queue:"Queue N"`)

	// The form has the same, and writes it.
	r.clicks(`button[formaction]`)
	awaits(r, `document.getElementById("queue").value`, "Queue N")
	r.do(chromedp.SendKeys(chromedp.CSS("#phrase"), "my order"), chromedp.Submit(chromedp.CSS("#phrase")))
	awaits(r, `document.getElementById("q").value`, `refund "my order" queue:"Queue N"`)
	awaits(r, address, `/?q=refund+"my+order"+queue:"Queue+N"`)
}

// On a phone hits come before what narrows them, which stays open once somebody
// has opened it; where there is room it stands open.
func TestHitsComeFirstOnAPhone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 360, 740)
	const seen = `document.querySelector("#narrow .facet").checkVisibility()`
	r.opens("/?q=refund")
	awaits(r, seen, false)
	if top, room := says[float64](r, `document.querySelector(".hit").getBoundingClientRect().top`), 740.0; top > room {
		t.Errorf("the first hit begins %v px down, where %v are seen", top, room)
	}
	r.clicks("#narrow > summary")
	awaits(r, seen, true)
	r.do(chromedp.Focus(chromedp.CSS(`#narrow .facet[href*="Queue"]`)))
	at := says[string](r, `document.activeElement.id`)
	r.types(kb.Enter)
	awaits(r, `document.querySelectorAll(".chips a.chip").length`, 1)
	awaits(r, seen+` && document.activeElement.id`, at)

	r.do(chromedp.EmulateViewport(1024, 768))
	r.opens("/?q=refund")
	awaits(r, seen+` || document.querySelector(".hit").getBoundingClientRect().top > 440`, false)

	r.do(chromedp.EmulateViewport(1280, 800))
	r.opens("/?q=refund")
	awaits(r, seen+` && document.querySelector(".hit").getBoundingClientRect().top < 400`, true)
	awaits(r, `document.querySelector("#narrow > summary").checkVisibility()`, false)
	// However long a name is, its count is in one piece; what opens says so.
	awaits(r, `(() => {
		const [[name, count], [, other]] = [...document.querySelectorAll("#narrow .facet")].map((facet) => facet.children);
		[name.textContent, count.textContent] = ["Donaudampfschifffahrtsgesellschaftskapitän of accounts", "1,256"];
		return count.offsetHeight === other.offsetHeight;
	})()`, true)
	const marker = `getComputedStyle(document.querySelector(".rarer > summary"), "::before").content`
	awaits(r, marker, `"▸ "`)
	r.clicks(".rarer > summary")
	awaits(r, marker, `"▾ "`)
}

// From a message one goes on to the next of the results, and back to its place
// among them.
func TestFromHitToHit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.archive(spread()...)
	r := b.reads(t, 1000, 600)
	r.opens("/?q=refund&sort=newest")
	hits := says[[]string](r, `[...document.querySelectorAll(".hit h3 a")].map((a) => a.pathname)`)
	r.clicks(".hit:nth-child(8) h3 a")
	awaits(r, `location.pathname`, hits[7])
	says[bool](r, `window.same = true`)
	r.types("j")
	awaits(r, `location.pathname`, hits[8])
	awaits(r, `document.querySelectorAll(".said mark").length`, 1)
	r.types("k")
	awaits(r, `location.pathname`, hits[7])
	r.clicks(`.beside [data-by="-1"]`)
	awaits(r, `location.pathname`, hits[6])
	r.clicks(".back a")
	awaits(r, `document.activeElement.pathname ?? ""`, hits[6])
	awaits(r, `(() => { const {top, bottom} = document.activeElement.getBoundingClientRect(); return scrollY > 0 && top > 0 && bottom < innerHeight })()`, true)
	if !says[bool](r, `window.same === true`) {
		t.Error("the page was left, and what is heard with it")
	}

	r.opens("/?q=refund&sort=newest")
	r.clicks(".hit:first-child h3 a")
	awaits(r, `[...document.querySelectorAll(".beside a")].map((a) => a.hasAttribute("href")).join()`, "false,true")

	// Where the page of results ends one goes on to the next one, and back.
	r.opens("/?q=refund&sort=newest")
	says[bool](r, `(window.same = true)`)
	last, next := hits[len(hits)-1], says[string](r, `document.querySelector(".pager a[rel=next]").getAttribute("href")`)
	r.clicks(".hit:last-child h3 a")
	awaits(r, `location.pathname`, last)
	r.types("j")
	awaits(r, `location.pathname !== `+strconv.Quote(last)+` && location.pathname.startsWith("/voicemails/") && document.querySelector(".beside").checkVisibility()`, true)
	first := says[string](r, `location.pathname`)
	if slices.Contains(hits, first) {
		t.Errorf("after the last of the page comes %s, which is on it", first)
	}
	r.types("k")
	awaits(r, `location.pathname`, last)
	r.types("j")
	awaits(r, `location.pathname`, first)
	awaits(r, `document.querySelector(".back a").getAttribute("href")`, next)
	if !says[bool](r, `window.same === true`) {
		t.Error("the page was left, and what is heard with it")
	}
	// Who comes from elsewhere has no list to go through.
	says[bool](r, `(sessionStorage.clear(), true)`)
	r.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".back a")))
	awaits(r, `document.querySelector(".beside").checkVisibility()`, false)
}
