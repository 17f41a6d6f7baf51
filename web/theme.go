package web

import (
	"cmp"
	"net/http"
	"net/url"
	"time"
)

// The themes. Of themselves pages follow what the system says.
const (
	themeSystem = ""
	themeLight  = "light"
	themeDark   = "dark"
	themeAuto   = "auto" // themeSystem as a cookie says it, which beats what somebody set
)

// themeLife is how long a browser keeps the theme that was chosen in it.
const themeLife = 365 * 24 * time.Hour

const themePath = "/theme"

func (s *Server) themeCookie() string {
	if s.secure {
		return "__Host-afterbeep-theme"
	}
	return "afterbeep-theme"
}

// theme is the one that was chosen in this browser, else the one that the person
// set, themeSystem where neither was. It is part of the page as it is sent, so
// that no page is seen in the wrong one first.
func (s *Server) theme(v *visit) string {
	chosen := ""
	if v.user != nil {
		chosen = string(v.user.Settings.Theme)
	}
	if c, err := v.Cookie(s.themeCookie()); err == nil {
		chosen = c.Value
	}
	if chosen != themeLight && chosen != themeDark {
		return themeSystem
	}
	return chosen
}

// postTheme chooses the theme of this browser and leads back to the page that it
// was chosen on.
func (s *Server) postTheme(v *visit) error {
	theme := v.FormValue("theme")
	switch theme {
	case themeSystem, themeLight, themeDark:
	default:
		return badRequest("There is no such theme.")
	}
	s.keepTheme(v, theme)
	return v.seeOther(cameFrom(v.Request()))
}

// keepTheme makes the theme the one of this browser.
func (s *Server) keepTheme(v *visit, theme string) {
	v.SetCookie(&http.Cookie{Name: s.themeCookie(), Value: cmp.Or(theme, themeAuto), Path: "/", HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(themeLife.Seconds())})
}

// cameFrom is the page of ours that a form was sent from.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return ownPath(u.RequestURI())
}
