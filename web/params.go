package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"afterbeep/index"
	"afterbeep/index/query"
)

// Params is a search as it stands in an address: text, as typed. The zero
// Params is everything, newest first.
type Params struct {
	Q        string // the query
	Bot      string // a bot id
	Lang     string // as "en"
	Queue    string // a queue's name
	Has      string // one of Haves
	From     string // a date, or a time as in RFC 3339; the first that counts
	To       string // a date, which counts as a whole, or a time, which counts no more
	TZ       string // zone of dates and bins, as "Europe/Berlin"; "" is UTC
	Callback string // one of Callbacks
	Sort     string // "newest", "oldest", "relevance"; "" is relevance with Q, newest without
	Limit    string // 1 to MaxLimit; "" is DefaultLimit
	Cursor   string // next_cursor of the answer before
	Facets   string // "1" asks for facets
	Saved    string // the saved search that this came from, for pages alone: it narrows nothing
}

// Bounds of Params.Limit: the index's.
const (
	DefaultLimit = index.DefaultLimit
	MaxLimit     = index.MaxLimit
)

// ParamsOf reads a search from the query of an address. Of a name that stands
// there twice, the first counts.
func ParamsOf(v url.Values) Params {
	var p Params
	for name, field := range p.fields() {
		*field = v.Get(name)
	}
	return p
}

// fields names the fields as they stand in an address.
func (p *Params) fields() map[string]*string {
	return map[string]*string{"q": &p.Q, "bot": &p.Bot, "lang": &p.Lang, "queue": &p.Queue, "has": &p.Has, "from": &p.From, "to": &p.To, "tz": &p.TZ,
		"callback": &p.Callback, "sort": &p.Sort, "limit": &p.Limit, "cursor": &p.Cursor, "facets": &p.Facets, savedField: &p.Saved}
}

// Link is the address of a path that keeps the search.
func (p Params) Link(path string) string {
	v := url.Values{}
	for name, field := range p.fields() {
		if *field != "" {
			v.Set(name, *field)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// Haves lists what Params.Has may be: what "has:" may in a query.
func Haves() []string {
	var names []string
	for _, f := range query.Fields() {
		if f.Name == "has" {
			for _, v := range f.Values {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// ordered has the order that a search without one comes in where it has words:
// everything else is in the usual order of an export, too.
func (p Params) ordered() Params {
	if p.Sort == "" && p.Q != "" {
		p.Sort = string(index.SortRelevance)
	}
	return p
}

// has is Has as the index knows it.
func (p Params) has() (string, error) {
	has := strings.ToLower(strings.TrimSpace(p.Has))
	if has != "" && !slices.Contains(Haves(), has) {
		return "", &ParamError{"has", fmt.Sprintf("“%s” is nothing that a voicemail has; there are %s.", shown(p.Has), strings.Join(Haves(), ", "))}
	}
	return has, nil
}

// Check is the *ParamError of a field that can't be read, which Search would
// return; nil where there is none. It is pure.
func (p Params) Check() error {
	_, _, err := p.request(time.Time{})
	return err
}

// ParamError says that a field of Params can't be read. Words are for people.
type ParamError struct {
	Field string // as it stands in an address
	Words string
}

// Error returns the field and the words.
func (e *ParamError) Error() string { return e.Field + ": " + e.Words }

// window is what From, To and TZ mean: from inclusive, to exclusive, zero where
// there is no bound.
type window struct {
	from, to time.Time
	zone     *time.Location
}

func (p Params) window() (window, error) {
	zone, err := zoneOf(p.TZ)
	if err != nil {
		return window{}, err
	}
	w := window{zone: zone}
	if w.from, err = moment("from", p.From, zone, 0); err != nil {
		return window{}, err
	}
	if w.to, err = moment("to", p.To, zone, 1); err != nil {
		return window{}, err
	}
	return w, nil
}

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	// "Local" is the server's own zone, which nobody outside can know.
	if err != nil || name == "Local" {
		return nil, &ParamError{"tz", fmt.Sprintf("“%s” is not a time zone; write one like Europe/Berlin.", shown(name))}
	}
	return zone, nil
}

// moment reads a date or a time. Of a date it takes the start of the day that
// is days later.
func moment(field, s string, zone *time.Location, days int) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.Parse(time.DateOnly, s); err == nil { // not in the zone, where its midnight may be left out
		return query.DayStart(d.Year(), d.Month(), d.Day()+days, zone), nil
	}
	// A plus sign in an address is a space to those who decode it.
	t, err := time.Parse(time.RFC3339, strings.Replace(s, " ", "+", 1))
	if err != nil {
		return time.Time{}, &ParamError{field, fmt.Sprintf("“%s” is neither a date like 2025-02-11 nor a time like 2025-02-11T13:57:42Z.", shown(s))}
	}
	return t, nil
}

// limit reads Limit and clamps it, with a note where it had to.
func (p Params) limit() (n int, note string, err error) {
	if p.Limit == "" {
		return DefaultLimit, "", nil
	}
	n, err = strconv.Atoi(p.Limit)
	if err != nil && !isNumber(p.Limit) {
		return 0, "", &ParamError{"limit", fmt.Sprintf("“%s” is not a number.", shown(p.Limit))}
	}
	// Atoi gives the nearest number for one that is too large.
	clamped := min(max(n, 1), MaxLimit)
	if clamped != n {
		note = fmt.Sprintf("limit is 1 to %d, taken as %d", MaxLimit, clamped)
	}
	return clamped, note, nil
}

func isNumber(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// shown bounds what of somebody's input stands in a message.
func shown(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	return cut(s, 60)
}
