package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	atMain    = `document.activeElement.id === "main"`
	sameStill = `window.same === true` // the page was not loaded anew
)

// at is whether the page is the one of the path, whole, and nothing is on its way.
func at(path, title string) string {
	return fmt.Sprintf(`location.pathname === %q && document.title.startsWith(%q) && !document.body.classList.contains("travelling")`, path, title)
}

func current(path string) string {
	return fmt.Sprintf(`document.querySelector('#top a[href=%q][aria-current=page]')`, path)
}

// TestTravel goes from page to page as people do: links, forms, back and
// forward, what is not there, what is no page.
func TestTravel(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	v.look(1280, 700, "light")
	v.reads(`window.same = true, ""`)

	// A link: title, navigation, focus and what is read out follow.
	v.click(`#top .lead-in a`)
	v.until(at("/status", "Status") + ` && ` + sameStill)
	v.until(atMain + ` && document.getElementById("said").textContent === document.title && ` + current("/status"))

	// A form: what the server leads to is shown, and stands in the address.
	v.click(`main form[action="/ingest/run"] button`)
	v.until(`location.pathname === "/status" && location.search !== "" && document.querySelector("main .note.good") && ` + sameStill + ` && ` + atMain)

	// Back and forward, the navigation and the title along.
	v.reads(`history.back(), ""`)
	v.until(at("/status", "Status") + ` && !document.querySelector("main .note.good")`)
	v.reads(`history.back(), ""`)
	v.until(at("/", "") + ` && document.querySelector("main .hit") && ` + current("/") + ` && ` + sameStill)
	v.reads(`history.forward(), ""`)
	v.until(at("/status", "Status") + ` && ` + current("/status") + ` && ` + sameStill)

	// Help is one key away from what one writes, which is there when one comes back.
	v.open("/?q=refund")
	v.reads(`window.same = true, document.getElementById("q").focus(), ""`)
	v.press(kb.F1)
	v.until(at("/help/search", "") + ` && ` + sameStill)
	v.reads(`history.back(), ""`)
	v.until(at("/", "") + ` && document.getElementById("q")?.value === "refund" && ` + sameStill)

	// What is not there says so, in place.
	v.reads(`htmx.process(Object.assign(document.querySelector("main").appendChild(document.createElement("a")), {href: "/nowhere", id: "odd", textContent: "odd"})), ""`)
	v.click(`#odd`)
	v.until(at("/nowhere", "Nothing here") + ` && ` + atMain + ` && document.querySelector("#top .person") && ` + sameStill)
	if got := v.complaints(); len(got) > 1 || len(got) == 1 && !contains(got, "404") {
		t.Errorf("the browser complains: %q", got)
	}

	// A link to a part of a page leads to that part.
	v.look(1280, 400, "light")
	v.open("/desk")
	v.reads(`window.same = true, ""`)
	v.click(`#overdue-hint a`)
	v.until(at("/alerts", "Alerts") + ` && location.hash === "#form" && document.activeElement.id === "form" && ` + sameStill)
	v.until(`scrollY > 0 && Math.abs(document.getElementById("form").getBoundingClientRect().top) < 40`)

	// So does one of a drawing, as any other.
	v.open("/insights?period=all")
	v.reads(`window.same = true, ""`)
	v.click(`.heat a`)
	v.until(`location.pathname === "/" && location.search.includes("weekday") && document.querySelector("main .hit") && ` + sameStill)
	v.look(1280, 700, "light")
	v.open("/status")

	// What is no page is left to the browser.
	v.reads(`htmx.process(Object.assign(document.querySelector("main").appendChild(document.createElement("a")), {href: "/api/v1/ledger", id: "odd", textContent: "odd"})), ""`)
	v.click(`#odd`)
	v.until(`location.pathname === "/api/v1/ledger" && document.contentType === "application/json"`)
	if got := v.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestBackLeadsToThePlaceThatWasLeft: on a long page, to where one was on it and
// to the link that one followed.
func TestBackLeadsToThePlaceThatWasLeft(t *testing.T) {
	t.Parallel()
	v := visit(t, "agent")
	v.look(1000, 600, "light")
	v.open("/?lang=en")
	v.reads(`window.same = true, ""`)
	const fifth = `document.querySelectorAll('.hit h3 a')[5]`
	v.reads(fifth + `.scrollIntoView({block: "center"}), ""`)
	there := value(t, v.ctx, chromedp.Evaluate[float64](`Math.round(scrollY)`))
	if there < 200 {
		t.Fatalf("the page is too short to scroll: at %v", there)
	}
	link := v.reads(fifth + `.getAttribute("href")`)
	v.reads(fifth + `.focus(), ""`)
	v.press("\r")
	v.until(`location.pathname.startsWith("/voicemails/") && scrollY === 0 && ` + atMain)
	v.reads(`history.back(), ""`)
	v.until(fmt.Sprintf(`location.pathname === "/" && Math.abs(scrollY - %v) < 4 && document.activeElement.getAttribute("href") === %q && %s`, there, link, sameStill))
	v.reads(`history.forward(), ""`)
	v.until(`location.pathname.startsWith("/voicemails/") && document.querySelector("main article") && scrollY < 4 && ` + sameStill)
	if got := v.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestTravelWhenSignedOut: who is signed out meanwhile is led to sign in, and
// from there to where they wanted to go; after signing out, back shows nothing.
func TestTravelWhenSignedOut(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	v.look(1280, 700, "light")
	v.forgetCookies()
	v.click(`#top .lead-in a`)
	v.until(`location.pathname === "/login" && !document.body.hasAttribute("hx-boost") && document.querySelector("input[name=next]").value === "/status"`)
	v.enter()
	v.until(at("/status", "Status") + ` && document.body.hasAttribute("hx-boost")`)

	v.click(`#top details.menu summary`)
	v.click(`#top form[action="/logout"] button`)
	v.until(`location.pathname === "/login"`)
	v.reads(`history.back(), ""`)
	v.until(`location.pathname === "/login" && location.search.includes("next=") && !document.querySelector("#top .person")`)
}

// TestWhatCannotBeReached: a form that can't be sent, or that comes to nothing, says
// so and stays as it is.
func TestWhatCannotBeReached(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	v.open("/synonyms")
	v.reads(`window.same = true, ""`)
	do(t, v.ctx, chromedp.SetValue(chromedp.CSS("#text"), "cat = kitten"))
	stays := ` && document.getElementById("text").value === "cat = kitten" && location.pathname === "/synonyms" && ` + sameStill

	// Who was signed out meanwhile signs in elsewhere and sends it again.
	v.forgetCookies()
	v.click(`main button[value=preview]`)
	v.until(`document.querySelector(".toast.bad")?.textContent.includes("not signed in any more") && document.querySelector(".toast.bad a[target=_blank]")` + stays)
	v.click(`.toast.bad button`)
	v.reads(`fetch("/login", {method: "POST", body: new URLSearchParams({name: "ann", password: ` + quoted(testPassword) + `})}).then(() => { window.signedIn = true; }), ""`)
	v.until(`window.signedIn`)
	v.click(`main button[value=preview]`)
	v.until(`document.querySelector("#preview")` + stays)

	// What the server says instead of the page is said over it.
	v.reads(`{ const form = Object.assign(document.querySelector("main").appendChild(document.createElement("form")), {method: "post", action: "/people/4711/state", id: "odd"});
		form.append(Object.assign(document.createElement("button"), {textContent: "odd"})); htmx.process(form); }; ""`)
	v.click(`#odd button`)
	v.until(`document.querySelector(".toast.bad")?.textContent.startsWith("Nobody here. There is no such person.")` + stays)
	v.click(`.toast.bad button`)

	v.server.kill()
	v.click(`main button[value=save]`)
	v.until(`document.querySelector(".toast.bad")?.textContent.includes("can’t be reached") && document.getElementById("text").value === "cat = kitten" && ` + sameStill)
	v.click(`.toast.bad button`)
	v.until(`!document.querySelector(".toast")`)
}
