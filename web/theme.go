package web

import (
	"net/http"
	"net/url"
	"time"
)

// The themes. Of themselves pages follow what the system says.
const (
	themeSystem = ""
	themeLight  = "light"
	themeDark   = "dark"
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

// theme is the one that was chosen in this browser, themeSystem where none was.
// It is part of the page as it is sent, so that no page is seen in the wrong one
// first.
func (s *Server) theme(v *visit) string {
	c, err := v.Cookie(s.themeCookie())
	if err != nil || c.Value != themeLight && c.Value != themeDark {
		return themeSystem
	}
	return c.Value
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
	c := &http.Cookie{Name: s.themeCookie(), Value: theme, Path: "/", HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(themeLife.Seconds())}
	if theme == themeSystem {
		c.MaxAge = -1
	}
	v.SetCookie(c)
	return v.seeOther(cameFrom(v.Request()))
}

// cameFrom is the page of ours that a form was sent from.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return ownPath(u.RequestURI())
}
