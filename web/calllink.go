package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"afterbeep/store"
)

// runsInPage are schemes of addresses that a browser would run, or show as a page
// of ours.
var runsInPage = []string{"", "javascript", "data", "vbscript", "blob", "file", "about"}

// callLink is the address by which the desk calls a number, in E.164: tel: where
// nothing else is set, or where what is set can't be followed.
func callLink(d store.Desk, e164, ext string) template.URL {
	if e164 == "" || strings.Trim(e164, "+0123456789") != "" || strings.Trim(ext, "0123456789") != "" {
		return ""
	}
	plain := "tel:" + e164
	if ext != "" {
		plain += ";ext=" + ext
	}
	if d.CallLink == "" {
		return template.URL(plain)
	}
	number := url.QueryEscape(e164)
	if !strings.HasPrefix(d.CallLink, "http") { // tel: and its like are no queries
		number = e164
	}
	link := strings.NewReplacer("{number}", number, "{digits}", strings.TrimPrefix(e164, "+"), "{ext}", ext).Replace(d.CallLink)
	if to, err := url.Parse(link); err == nil && !slices.Contains(runsInPage, to.Scheme) {
		return template.URL(link)
	}
	return template.URL(plain)
}
