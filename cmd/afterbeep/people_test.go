package main

import (
	"strings"
	"testing"
)

// set writes into a field as somebody who types would have it in the end.
func (v *visitor) set(selector, value string) {
	v.t.Helper()
	v.reads(`{ const f = document.querySelector(` + quoted(selector) + `); f.value = ` + quoted(value) + `; f.dispatchEvent(new Event("input", {bubbles: true})); }; ""`)
}

func quoted(s string) string { return "`" + s + "`" }

// TestPeoplePages is an administrator's way through people's pages: her own
// settings, a new colleague, who is locked out again, and what is written down
// of it all.
func TestPeoplePages(t *testing.T) {
	t.Parallel()
	v := visit(t, "admin")
	v.look(1280, 800, "light")

	v.open("/me")
	v.set("#zone", "Asia/Tokyo")
	v.set("#theme", "dark")
	v.click(`form[action="/me/settings"] .do button`)
	v.until(`location.search === "?done=settings" && document.documentElement.dataset.theme === "dark" && document.querySelector("#zone").value === "Asia/Tokyo"`)
	v.open("/")
	v.until(`[...document.querySelectorAll("main time[title]")].every(t => t.title.endsWith("Asia/Tokyo"))`)

	v.open("/people")
	v.set("#name", "Bob")
	v.click("#role-analyst")
	v.set("#new", "a long enough password")
	v.set("#again", "another password")
	v.click("#form .do button")
	v.until(`document.querySelector("#form .wrong")?.textContent.includes("differ") && document.querySelector("#name").value === "Bob" && document.querySelector("#role-analyst").checked`)
	v.until(`document.activeElement.id === "new" && document.getElementById("new-why").textContent.includes("differ")`)
	v.until(`(box => box.top >= 0 && box.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())`)
	v.complaints() // a form that is refused is an error to the console
	v.set("#new", "a long enough password")
	v.set("#again", "a long enough password")
	v.click("#form .do button")
	v.until(`location.search === "?done=added" && [...document.querySelectorAll(".person-row a")].some(a => a.textContent === "bob")`)
	// What was done is told in sight, not above the form that was left.
	v.until(`!location.hash && document.activeElement.id === "main" && (box => box.top >= 0 && box.bottom <= innerHeight)(document.querySelector("main .note.good").getBoundingClientRect())`)
	v.click(`.person-row a:not([href="/people/1"])`)
	v.until(`document.querySelector("main h1")?.textContent === "bob"`)
	v.click(`form[action$="/state"] button`)
	v.until(`document.querySelector("main .note.good")?.textContent.includes("locked out")`)

	v.open("/audit?what=change+user")
	if said := v.reads(`document.querySelector("main table").textContent`); !strings.Contains(said, "add bob as analyst, every bot") || !strings.Contains(said, "disable bob") {
		t.Errorf("the audit log says %s", said)
	}
	if got := v.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}
