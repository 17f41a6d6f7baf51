package web

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	print "golang.org/x/text/message" // tests have a type of its name

	"afterbeep/store"
)

// reading is how somebody reads times and numbers. The zero value reads UTC and
// writes as Afterbeep does.
type reading struct {
	zone    *time.Location
	manner  manner
	first   time.Weekday
	now     time.Time
	printer *print.Printer
}

// manner is how a locale writes. The words of pages stay English, so where
// times have names of months, these are English, too.
type manner struct {
	locale string // BCP 47
	name   string // for people
	day    string // layouts of a day,
	moment string // of a time to the minute, with its weekday,
	fine   string // and to the millisecond
	sunday bool   // weeks begin on Sundays
}

// manners lists the locales that are known; the first is for all others.
func manners() []manner {
	return []manner{
		{"en-GB", "English (United Kingdom)", "2 Jan 2006", "Mon 2 Jan 2006, 15:04", "2 Jan 2006, 15:04:05.000", false},
		{"en-US", "English (United States)", "Jan 2, 2006", "Mon, Jan 2, 2006, 3:04 PM", "Jan 2, 2006, 3:04:05.000 PM", true},
		{"en-IN", "English (India)", "2 Jan 2006", "Mon, 2 Jan 2006, 3:04 pm", "2 Jan 2006, 3:04:05.000 pm", true},
		{"de-DE", "German", "02.01.2006", "Mon 02.01.2006, 15:04", "02.01.2006, 15:04:05,000", false},
		{"es-ES", "Spanish", "02/01/2006", "Mon 02/01/2006, 15:04", "02/01/2006, 15:04:05,000", false},
		{"fr-FR", "French", "02/01/2006", "Mon 02/01/2006 15:04", "02/01/2006 15:04:05,000", false},
		{"ja-JP", "Japanese", "2006/01/02", "Mon 2006/01/02 15:04", "2006/01/02 15:04:05.000", true},
		{"pt-BR", "Portuguese (Brazil)", "02/01/2006", "Mon 02/01/2006, 15:04", "02/01/2006, 15:04:05,000", true},
		{"sv-SE", "Swedish", "2006-01-02", "Mon 2006-01-02 15:04", "2006-01-02 15:04:05,000", false},
	}
}

// mannerOf is the manner of a locale; false where it is not in the list.
func mannerOf(locale string) (manner, bool) {
	all := manners()
	i := slices.IndexFunc(all, func(m manner) bool { return strings.EqualFold(m.locale, locale) })
	if i < 0 {
		return all[0], false
	}
	return all[i], true
}

// accepted is the manner that a browser asks for by Accept-Language.
func accepted(header string) manner {
	all := manners()
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return all[0]
	}
	tags := make([]language.Tag, len(all))
	for i, m := range all {
		tags[i] = language.Make(m.locale)
	}
	_, i, sure := language.NewMatcher(tags).Match(wanted...)
	if sure < language.High {
		return all[0]
	}
	return all[i]
}

// readingOf is how somebody with these settings reads, whose browser sent
// Accept-Language as header, at now.
func readingOf(set store.Settings, header string, now time.Time) reading {
	r := reading{zone: time.UTC, now: now}
	if zone, err := zoneOf(set.Zone); err == nil {
		r.zone = zone
	}
	var known bool
	if r.manner, known = mannerOf(set.Locale); !known {
		r.manner = accepted(header)
	}
	switch {
	case set.WeekStart == "sunday", set.WeekStart == "" && r.manner.sunday:
		r.first = time.Sunday
	case set.WeekStart == "saturday":
		r.first = time.Saturday
	default:
		r.first = time.Monday
	}
	r.printer = print.NewPrinter(language.Make(r.manner.locale))
	return r
}

// reading is how the visitor reads.
func (v *visit) reading() reading {
	var set store.Settings
	if v.user != nil {
		set = v.user.Settings
	}
	return readingOf(set, v.Request().Header.Get("Accept-Language"), v.now)
}

// zone is the zone that an address asks for by tz, else the visitor's.
// *ParamError for a name that is none.
func (v *visit) zone(tz string) (*time.Location, error) {
	if tz == "" {
		return v.reading().zone, nil
	}
	return zoneOf(tz)
}

// in is the same in another zone, as where a search names one.
func (r reading) in(zone *time.Location) reading {
	r.zone = zone
	return r
}

// near is how far from now a time may be to be told by its distance: farther
// away, "9 months ago" could be any of thirty days.
const near = 30 * 24 * time.Hour

// Stamp is a time as pages show it, and the one way to do so: its distance from
// now, or its day where that is far away, and the exact time in the reader's
// zone beside it. Templates show it with {{template "time" .}}.
func (r reading) Stamp(t time.Time) stampView {
	view := r.Exact(t)
	if t.IsZero() {
		return view
	}
	view.Text = r.Day(t)
	if d := r.now.Sub(t); d > -near && d < near {
		view.Ago = ago(t, r.now)
		view.Text = view.Ago
	}
	return view
}

// Exact is Stamp for where the exact time is what matters: it is the text then.
func (r reading) Exact(t time.Time) stampView { return r.stamp(t, r.style().moment) }

// Fine is Exact to the millisecond.
func (r reading) Fine(t time.Time) stampView { return r.stamp(t, r.style().fine) }

func (r reading) stamp(t time.Time, layout string) stampView {
	if t.IsZero() {
		return stampView{Text: "unknown"}
	}
	text := t.In(r.place()).Format(layout)
	return stampView{ISO: t.UTC().Format(time.RFC3339Nano), Text: text, Exact: t.In(r.place()).Format(r.style().moment) + " " + r.place().String()}
}

// Day is the day of a time in the reader's zone.
func (r reading) Day(t time.Time) string { return t.In(r.place()).Format(r.style().day) }

// Number is a number with its digits in groups.
func (r reading) Number(n int64) string {
	return r.print("%d", n)
}

func (r reading) print(format string, n any) string {
	p := r.printer
	if p == nil {
		p = print.NewPrinter(language.Make(r.style().locale))
	}
	return p.Sprintf(format, n)
}

// Locale is how the reader writes, for scripts.
func (r reading) Locale() string { return r.style().locale }

// Decimal is a number with one decimal.
func (r reading) Decimal(n float64) string { return r.print("%.1f", n) }

// Percent is a share, with a decimal where it is small. All of it is said of all
// alone.
func (r reading) Percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	share := 100 * float64(n) / float64(of)
	switch {
	case share > 99 && n < of:
		return "> 99 %"
	case share >= 10 || n == 0:
		return r.print("%.0f %%", share)
	case share < 0.1:
		return "< " + r.Decimal(0.1) + " %"
	}
	return r.Decimal(share) + " %"
}

// Count is a number of things: "1 bot", "1,234 bots".
func (r reading) Count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return r.Number(n) + " " + noun + "s"
}

func (r reading) place() *time.Location {
	if r.zone == nil {
		return time.UTC
	}
	return r.zone
}

func (r reading) style() manner {
	if r.manner.day == "" {
		return manners()[0]
	}
	return r.manner
}
