package web

import (
	"fmt"
	"html/template"
)

// icons are drawn on a grid of 24 by 24, as lines of the text's own colour
// (20-components.css). What they mean stands beside them, or in the label of what
// holds them: to who listens to a page an icon is nothing.
var icons = map[string]string{
	"archive":  "M4 8h16M5 8v11h14V8M3 4h18v4H3zM10 12h4",
	"back":     "M19 12H5M11 6l-6 6 6 6",
	"bell":     "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
	"book":     "M12 6c-2-1.5-4.5-2-8-2v14c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2V4c-3.5 0-6 .5-8 2zM12 6v14",
	"bot":      "M5 9h14v10H5zM12 9V5M12 5h.01M9 13v2M15 13v2M2 13v3M22 13v3",
	"calendar": "M4 6h16v14H4zM4 10.5h16M8 3v5M16 3v5",
	"chart":    "M4 20V4M4 20h16M8.5 16v-4M13 16V7M17.5 16v-6",
	"check":    "M5 12.5l4.5 4.5L19 7.5",
	"clock":    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5V12l3 2",
	"close":    "M6 6l12 12M18 6L6 18",
	"copy":     "M9 9h11v11H9zM15 9V4H4v11h5",
	"down":     "M6 9.5l6 6 6-6",
	"download": "M12 4v11M7 10.5l5 5 5-5M4 20h16",
	"edit":     "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
	"external": "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
	"filter":   "M3 5h18l-7 8.5V20l-4-2v-4.5z",
	"forward":  "M5 12h14M13 6l6 6-6 6",
	"gear":     "M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM12 2.5v3M12 18.5v3M21.5 12h-3M5.5 12h-3M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1M18.7 18.7l-2.1-2.1M7.4 7.4L5.3 5.3",
	"globe":    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.5 3.7 5.5 3.7 9s-1.2 6.5-3.7 9c-2.5-2.5-3.7-5.5-3.7-9S9.5 5.5 12 3z",
	"help":     "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.5h.01",
	"keyboard": "M2.5 6h19v12h-19zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14.5h10",
	"link":     "M10 14l4-4M11 7l2-2a4.2 4.2 0 0 1 6 6l-2 2M13 17l-2 2a4.2 4.2 0 0 1-6-6l2-2",
	"list":     "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
	"live":     "M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8",
	"lock":     "M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3",
	"logout":   "M10 4H4v16h6M9 12h11M16 8l4 4-4 4",
	"mail":     "M3 5.5h18v13H3zM3.5 6.5L12 13l8.5-6.5",
	"menu":     "M4 7h16M4 12h16M4 17h16",
	"moon":     "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
	"more":     "M5 12h.01M12 12h.01M19 12h.01",
	"next":     "M6 5l9 7-9 7zM18.5 5v14",
	"note":     "M5 3.5h9l5 5V20.5H5zM14 3.5v5h5M8.5 13h7M8.5 16.5h5",
	"pause":    "M8.5 5v14M15.5 5v14",
	"phone":    "M5 3.5h4l2 5-2.5 1.5a11 11 0 0 0 5.5 5.5l1.5-2.5 5 2v4a1.5 1.5 0 0 1-1.5 1.5C11 20.5 3.5 13 3.5 5A1.5 1.5 0 0 1 5 3.5z",
	"play":     "M7 4.5l12 7.5-12 7.5z",
	"plus":     "M12 5v14M5 12h14",
	"prev":     "M18 5l-9 7 9 7zM5.5 5v14",
	"pulse":    "M2.5 12h4.5l3-8 4.5 16 3-8h4",
	"refresh":  "M20 5v5h-5M4 19v-5h5M5 9.5a7.5 7.5 0 0 1 14-1.5l1 2M19 14.5a7.5 7.5 0 0 1-14 1.5l-1-2",
	"screen":   "M3 4.5h18v12H3zM8.5 20.5h7M12 16.5v4",
	"search":   "M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM15.5 15.5L21 21",
	"send":     "M3.5 11L21 3.5 13.5 21l-2.5-8z",
	"shield":   "M12 3l8 3v5.5c0 4.5-3 7.8-8 9.5-5-1.7-8-5-8-9.5V6zM8.5 12l2.5 2.5 4.5-5",
	"star":     "M12 3.5l2.7 5.5 6 .9-4.4 4.2 1.1 6L12 17.2 6.6 20.1l1.1-6L3.3 9.9l6-.9z",
	"sun":      "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M21.5 12h-2M4.5 12h-2M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4M18.7 18.7l-1.4-1.4M6.7 6.7L5.3 5.3",
	"tag":      "M3.5 3.5h8l9 9-8 8-9-9zM8 8h.01",
	"trash":    "M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6",
	"up":       "M6 14.5l6-6 6 6",
	"user":     "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
	"users":    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.5-3.5 3-5 6.5-5s6 1.5 6.5 5M16 5a3.5 3.5 0 0 1 0 6.5M18 14.7c2 .6 3.2 2.2 3.5 4.8",
	"volume":   "M4 9.5h3.5L13 5v14l-5.5-4.5H4zM16.5 9a4.2 4.2 0 0 1 0 6M19 6.5a7.8 7.8 0 0 1 0 11",
	"warn":     "M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01",
}

// icon is the drawing of that name. A name that there is not stops the program
// when it tries its templates.
func icon(name string) (template.HTML, error) {
	d, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return template.HTML(`<svg class="glyph" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="` + d + `"/></svg>`), nil
}
