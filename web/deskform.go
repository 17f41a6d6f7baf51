package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/hours"
	"afterbeep/store"
)

// deskForm is the form of how the house works, as it was typed.
type deskForm struct {
	Ends        []endField
	Lease       string
	NoAnswer    string
	Busy        string
	LeftMessage string
	MaxAttempts string
	CallLink    string
	Overdue     string
	Old         string
	Shared      string
	Hours       []hoursField
}

// endField is the row of an outcome.
type endField struct {
	N          int // its place in the form
	Key, Label string
	Reached    bool
	Fixed      bool // it is always there
	Wrong      string
}

// hoursField is one set of hours.
type hoursField struct {
	N                int
	Bot, Queue, Zone string
	Days             []dayField // from Monday
	Holidays         string     // one a line
	Remove           bool
	New              bool // it is there to be filled in

	WrongZone, WrongHolidays, WrongWeek string
}

type dayField struct {
	N                 int // the weekday, from Sunday
	Name, Text, Wrong string
}

// Bounds of the form.
const (
	maxEndRows  = 100
	maxHourSets = 100
	blankEnds   = 2
	maxOld      = 100 * 366 * 24 * time.Hour
)

// formOfDesk is the form that changes a desk.
func formOfDesk(d store.Desk) deskForm {
	form := deskForm{Lease: spanText(d.Lease), NoAnswer: spanText(d.Retry[store.AttemptNoAnswer]), Busy: spanText(d.Retry[store.AttemptBusy]),
		LeftMessage: spanText(d.Retry[store.AttemptLeftMessage]), CallLink: d.CallLink, Shared: strings.Join(d.Shared, "\n")}
	if d.MaxAttempts > 0 {
		form.MaxAttempts = strconv.Itoa(d.MaxAttempts)
	}
	if d.Overdue > 0 {
		form.Overdue = spanText(d.Overdue)
	}
	if d.Old > 0 {
		form.Old = spanText(d.Old)
	}
	for _, x := range d.Dispositions {
		form.Ends = append(form.Ends, endField{Key: x.Key, Label: x.Label, Reached: x.Reached})
	}
	for _, h := range d.Hours {
		set := hoursField{Bot: h.BotID, Queue: h.Queue, Zone: h.Zone, Holidays: strings.Join(h.Holidays, "\n")}
		for day := range h.Week {
			set.Days = append(set.Days, dayField{N: day, Text: h.Week[day]})
		}
		form.Hours = append(form.Hours, set)
	}
	return form.roomy()
}

// roomy is the form with rows that are still to be filled in, numbered, with
// what every row says of itself.
func (form deskForm) roomy() deskForm {
	blank := 0
	for _, e := range form.Ends {
		if e.Key == "" && e.Label == "" {
			blank++
		}
	}
	for ; blank < blankEnds; blank++ {
		form.Ends = append(form.Ends, endField{})
	}
	for i := range form.Ends {
		e := &form.Ends[i]
		e.N = i
		_, e.Fixed = store.DefaultDesk().Disposition(e.Key)
	}
	if !slices.ContainsFunc(form.Hours, func(h hoursField) bool { return h.blank() }) {
		form.Hours = append(form.Hours, hoursField{})
	}
	for i := range form.Hours {
		h := &form.Hours[i]
		h.N, h.New = i, h.blank()
		days := make([]dayField, 7)
		for _, d := range h.Days {
			days[d.N] = d
		}
		for day := range days {
			days[day].N, days[day].Name = day, time.Weekday(day).String()
		}
		h.Days = append(days[1:], days[0])
	}
	return form
}

// blank reports whether nothing was filled in.
func (h hoursField) blank() bool {
	return h.Zone == "" && h.Bot == "" && h.Queue == "" && strings.TrimSpace(h.Holidays) == "" && !slices.ContainsFunc(h.Days, func(d dayField) bool { return d.Text != "" })
}

// typedDesk reads the form.
func typedDesk(v *visit) deskForm {
	f := func(name string) string { return strings.TrimSpace(v.FormValue(name)) }
	form := deskForm{Lease: f("lease"), NoAnswer: f("no_answer"), Busy: f("busy"), LeftMessage: f("left_message"), MaxAttempts: f("max_attempts"),
		CallLink: f("call_link"), Overdue: f("overdue"), Old: f("old"), Shared: unixLines(v.FormValue("shared"))}
	sent := v.Request().PostForm
	for i := range maxEndRows {
		name := func(field string) string { return fmt.Sprintf("end.%d.%s", i, field) }
		if !sent.Has(name("label")) {
			break
		}
		form.Ends = append(form.Ends, endField{Key: f(name("key")), Label: f(name("label")), Reached: f(name("reached")) == "1"})
	}
	for i := range maxHourSets {
		name := func(field string) string { return fmt.Sprintf("hours.%d.%s", i, field) }
		if !sent.Has(name("zone")) {
			break
		}
		h := hoursField{Bot: f(name("bot")), Queue: f(name("queue")), Zone: f(name("zone")), Holidays: unixLines(v.FormValue(name("holidays"))), Remove: f(name("remove")) == "1"}
		for day := range 7 {
			h.Days = append(h.Days, dayField{N: day, Text: f(name(strconv.Itoa(day)))})
		}
		form.Hours = append(form.Hours, h)
	}
	return form
}

// desk is the desk that the form asks for, with what is wrong with it by field;
// what is wrong with a row is written beside it. more are numbers to be shared
// besides those that were typed.
func (form *deskForm) desk(region string, more []string) (store.Desk, map[string]string) {
	wrong := map[string]string{}
	d := store.Desk{CallLink: form.CallLink, Retry: map[store.AttemptResult]time.Duration{}}
	var ok bool
	if d.Lease, ok = typedSpan(form.Lease); !ok || d.Lease < time.Minute || d.Lease > 24*time.Hour {
		wrong["lease"] = "Write how long a claim holds, as 15 min: from 1 minute to 24 hours."
	}
	for field, rest := range map[string]struct {
		result store.AttemptResult
		text   string
	}{"no_answer": {store.AttemptNoAnswer, form.NoAnswer}, "busy": {store.AttemptBusy, form.Busy}, "left_message": {store.AttemptLeftMessage, form.LeftMessage}} {
		if d.Retry[rest.result], ok = typedSpan(rest.text); !ok || d.Retry[rest.result] > longestRest {
			wrong[field] = "Write a time, as 2 h or 1 day; 30 days are the most."
		}
	}
	if form.MaxAttempts != "" {
		n, err := strconv.Atoi(form.MaxAttempts)
		if d.MaxAttempts = n; err != nil || n < 0 || n > 100 {
			wrong["max_attempts"] = "Write a number up to 100, or leave it empty for no limit."
		}
	}
	if form.Old != "" {
		if d.Old, ok = typedSpan(form.Old); !ok || d.Old > maxOld {
			wrong["old"] = "Write a time, as 14 days, or leave it empty for any age."
		}
	}
	if form.Overdue != "" {
		if d.Overdue, ok = typedSpan(form.Overdue); !ok || d.Overdue > store.MaxOlderThan {
			wrong["overdue"] = "Write a time, as 4 h, or leave it empty to tell nobody."
		}
	}
	if why := wrongCallLink(form.CallLink); why != "" {
		wrong["call_link"] = why
	}
	var why string
	if d.Shared, why = sharedNumbers(form.Shared, region); why != "" {
		wrong["shared"] = why
	}
	for _, n := range more {
		if isE164(n) && !slices.Contains(d.Shared, n) {
			d.Shared = append(d.Shared, n)
		}
	}
	form.readEnds(&d, wrong)
	form.readHours(&d, wrong)
	return d, wrong
}

// longestRest is how long a callback rests at most after an attempt.
const longestRest = 30 * 24 * time.Hour

// readEnds reads the outcomes. A row without words is left out, but for those
// that are always there.
func (form *deskForm) readEnds(d *store.Desk, wrong map[string]string) {
	had := map[string]bool{}
	for i := range form.Ends {
		e := &form.Ends[i]
		fixed, isFixed := store.DefaultDesk().Disposition(e.Key)
		if e.Label == "" && isFixed {
			e.Label = fixed.Label
		}
		if e.Label == "" {
			e.Key = ""
			continue
		}
		if e.Key == "" {
			e.Key = keyOf(e.Label)
		}
		switch {
		case len(e.Label) > 100:
			e.Wrong = "Write fewer words."
		case had[e.Key]:
			e.Wrong = "There is one of that name already."
		}
		if e.Wrong != "" {
			wrong["ends"] = "An outcome can’t be taken."
		}
		had[e.Key] = true
		d.Dispositions = append(d.Dispositions, store.Disposition{Key: e.Key, Label: e.Label, Reached: e.Reached})
	}
}

// keyOf is the key of an outcome that is new: its words as the API names it.
func keyOf(label string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(label) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	if key := strings.Trim(b.String(), "_"); key != "" {
		return key[:min(len(key), 60)]
	}
	return fmt.Sprintf("outcome_%x", label)[:min(len(label)*2+8, 60)] // words of other scripts
}

// readHours reads the sets of hours. A set in which nothing was filled in is left
// out, and one that is to go.
func (form *deskForm) readHours(d *store.Desk, wrong map[string]string) {
	whose := map[[2]string]bool{}
	var kept []hoursField
	for _, h := range form.Hours {
		if h.Remove || h.blank() {
			continue
		}
		one := store.Hours{BotID: h.Bot, Queue: h.Queue, Zone: h.Zone}
		if _, err := hours.New(h.Zone, [7]string{"00:00-24:00"}, nil); err != nil || h.Zone == "" {
			h.WrongZone = "Write a time zone, as Europe/Berlin."
		}
		opens := false
		for i := range h.Days {
			day := &h.Days[i]
			text, ok := plainDay(day.Text)
			if !ok {
				day.Wrong = "Write 09:00-17:00, several separated by commas."
			} else {
				day.Text, one.Week[day.N] = text, text
			}
			opens = opens || text != "" || !ok
			if day.Wrong != "" {
				h.WrongWeek = "Some hours can’t be read."
			}
		}
		switch {
		case !opens:
			h.WrongWeek = "Write on which days people work, and when."
		case whose[[2]string{h.Bot, h.Queue}]:
			h.WrongWeek = "There are hours for this bot and queue already."
		}
		whose[[2]string{h.Bot, h.Queue}] = true
		one.Holidays, h.WrongHolidays = plainHolidays(h.Holidays)
		if h.WrongZone != "" || h.WrongWeek != "" || h.WrongHolidays != "" {
			wrong["hours"] = "Hours can’t be taken."
		}
		kept = append(kept, h)
		d.Hours = append(d.Hours, one)
	}
	form.Hours = kept
}

// plainDay is the hours of a day as they are kept, from what people write: "9-17",
// "9:00 – 12:30, 13:30 – 18:00".
func plainDay(text string) (string, bool) {
	var parts []string
	for part := range strings.SplitSeq(strings.NewReplacer("–", "-", "—", "-", " to ", "-").Replace(text), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, found := strings.Cut(part, "-")
		if from, to = plainClock(from), plainClock(to); !found || from == "" || to == "" || from >= to || from == "24:00" {
			return "", false
		}
		parts = append(parts, from+"-"+to)
	}
	return strings.Join(parts, ","), true
}

// plainClock is "09:00" of "9", "9:00" or "09:00"; "" of anything else.
func plainClock(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, ":") {
		text += ":00"
	}
	if text == "24:00" {
		return text
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return ""
	}
	return at.Format("15:04")
}

// plainHolidays are the days of a text, one a line, and what is wrong with it.
func plainHolidays(text string) (days []string, wrong string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ',' || r == ' ' }) {
		_, err := time.Parse(time.DateOnly, line)
		if _, yearly := time.Parse(time.DateOnly, "2024-"+line); err != nil && yearly != nil {
			return nil, fmt.Sprintf("“%s” is not a day: write 2026-12-24, or 12-25 for every year, one a line.", shown(line))
		}
		days = append(days, line)
	}
	return days, ""
}

// sharedNumbers are the numbers of a text, one a line, as E.164, and what is wrong
// with it.
func sharedNumbers(text, region string) (numbers []string, wrong string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parsed, err := phonenumbers.Parse(line, region)
		if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
			return nil, fmt.Sprintf("“%s” is not a number. Write one a line, with its country as +1 415 555 0123.", shown(line))
		}
		if n := phonenumbers.Format(parsed, phonenumbers.E164); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers, ""
}

// wrongCallLink says what is wrong with an address by which numbers are called; ""
// where nothing is.
func wrongCallLink(link string) string {
	if link == "" {
		return ""
	}
	const how = "Write an address with {number} or {digits} in it, as https://phone.example/call?to={number}, or leave it empty for tel:."
	if !strings.Contains(link, "{number}") && !strings.Contains(link, "{digits}") || strings.ContainsFunc(link, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) || len(link) > 2000 {
		return how
	}
	filled := strings.NewReplacer("{number}", "+14155550123", "{digits}", "14155550123", "{ext}", "7").Replace(link)
	u, err := url.Parse(filled)
	switch {
	case err != nil || u.Scheme == "" || strings.ContainsAny(filled, "{}"):
		return how
	case slices.Contains([]string{"javascript", "data", "vbscript", "blob", "file", "about"}, u.Scheme):
		return "An address of " + u.Scheme + ": calls nobody."
	case (u.Scheme == "http" || u.Scheme == "https") && (u.Host == "" || u.User != nil || strings.Contains(u.Host, "4155550123")):
		return "The host of the address must be written out, without a password, and the number behind it."
	case u.Scheme != "http" && u.Scheme != "https" && u.Opaque == "" && u.Host == "" && strings.Trim(u.Path, "/") == "":
		return how
	}
	return ""
}
