package web

import (
	"html/template"
	"time"
)

// wrongField is what an input says of itself beside its name: which words describe
// it, and that what was typed is not taken. why is what wrongWords shows, hint the
// id of words that always stand there; "" for none.
func wrongField(id, why, hint string) template.HTMLAttr {
	words := hint
	if why != "" {
		words = whyID(id)
		if hint != "" {
			words += " " + hint
		}
	}
	attr := ""
	if words != "" {
		attr = ` aria-describedby="` + template.HTMLEscapeString(words) + `"`
	}
	if why != "" {
		attr += ` aria-invalid="true"`
	}
	return template.HTMLAttr(attr)
}

// wrongWords says below an input why it is not taken, nothing where it is.
func wrongWords(id, why string) template.HTML {
	if why == "" {
		return ""
	}
	return template.HTML(`<span class="wrong" id="` + template.HTMLEscapeString(whyID(id)) + `">` + template.HTMLEscapeString(why) + `</span>`)
}

func whyID(id string) string { return id + "-why" }

// dayInput is the type and value of an input for a day. One that holds something
// else, as a moment that a link has brought, takes it as text.
func dayInput(value string) template.HTMLAttr {
	kind := "date"
	if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
		kind = "text"
	}
	return template.HTMLAttr(` type="` + kind + `" value="` + template.HTMLEscapeString(value) + `"`)
}
