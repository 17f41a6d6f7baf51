package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Desk is how a house works its callbacks, set by an administrator.
type Desk struct {
	// Dispositions are what a callback may be closed with, in the order of the
	// page. Those of DefaultDesk are always among them.
	Dispositions []Disposition `json:"dispositions"`
	// Lease is how long a claim holds.
	Lease time.Duration `json:"lease"`
	// Retry is how long a callback rests after an attempt, by its result.
	Retry map[AttemptResult]time.Duration `json:"retry"`
	// MaxAttempts is how often a caller is tried in a day at most, by the
	// caller's calendar day; 0 is without a limit.
	MaxAttempts int `json:"max_attempts"`
	// CallLink is the address by which a number is called, with {number} in it
	// for the E.164 number and {digits} for it without the plus; "" is tel:{number}.
	CallLink string `json:"call_link"`
	// Overdue is how long a request may wait, in business time, that names no time
	// of its own; 0 is for ever. See Callback.Overdue.
	Overdue time.Duration `json:"overdue"`
	// Old is how old a message may be when it is first found to ask for a call, or
	// for somebody to listen: what was older is in LaneOld. 0 is any age. What was
	// found is not moved when this changes.
	Old time.Duration `json:"old"`
	// Shared are E.164 numbers that many callers use: they never make a case.
	Shared []string `json:"shared"`
	// Hours are when a bot's or a queue's people work. The first that fits is
	// used: one for the bot and the queue, for the bot, for all; without any,
	// all time is business time.
	Hours []Hours `json:"hours"`
}

// Disposition is what a callback may be closed with.
type Disposition struct {
	Key   string `json:"key"` // lower case letters, digits and underscores
	Label string `json:"label"`
	// Reached says that the caller was spoken to: the measure counts it.
	Reached bool `json:"reached"`
}

// Hours are the business hours of a bot's queue.
type Hours struct {
	BotID string `json:"bot_id"` // "" is every bot
	Queue string `json:"queue"`  // "" is every queue
	Zone  string `json:"zone"`   // an IANA name
	// Week is when people work, by weekday from Sunday: "09:00-17:00", several
	// separated by commas, "" for closed.
	Week [7]string `json:"week"`
	// Holidays are days on which nobody works: "2006-01-02", or "01-02" for
	// every year.
	Holidays []string `json:"holidays"`
}

// DefaultDesk is how a house works that has set nothing.
func DefaultDesk() Desk {
	return Desk{
		Dispositions: []Disposition{
			{Key: "reached", Label: "Reached the caller", Reached: true},
			{Key: "not_needed", Label: "No call needed"},
			{Key: "wrong_number", Label: "Wrong number"},
			{Key: "gave_up", Label: "Could not be reached"},
		},
		Lease:       15 * time.Minute,
		Retry:       map[AttemptResult]time.Duration{AttemptNoAnswer: 2 * time.Hour, AttemptBusy: 15 * time.Minute, AttemptLeftMessage: 24 * time.Hour},
		MaxAttempts: 3,
		Old:         defaultOld,
	}
}

// defaultOld is how old what is found may be for open work where nobody has said.
const defaultOld = 14 * 24 * time.Hour

// isOld reports whether what was left then is too old to be open work if it is
// found by now.
func (d Desk) isOld(leftAt, now time.Time) bool {
	return d.Old > 0 && !leftAt.IsZero() && now.Sub(leftAt) > d.Old
}

// maxDesk is how many dispositions, shared numbers, hours or holidays there are at most.
const maxDesk = 1000

// Disposition is the one with the key.
func (d Desk) Disposition(key string) (Disposition, bool) {
	at := slices.IndexFunc(d.Dispositions, func(x Disposition) bool { return x.Key == key })
	if at < 0 {
		return Disposition{}, false
	}
	return d.Dispositions[at], true
}

// Clean returns the desk with clean text, what DefaultDesk has to be there, and
// shared numbers sorted, each once. ErrInvalid for what can't be worked by: keys
// and numbers that are none, a lease that isn't positive or is over a day,
// negative times, a link without a place for the number, unknown zones, and hours
// and days that can't be read.
func (d Desk) Clean() (Desk, error) {
	var err error
	if d.Dispositions, err = cleanDispositions(d.Dispositions); err != nil {
		return Desk{}, err
	}
	if d.Retry, err = cleanRetry(d.Retry); err != nil {
		return Desk{}, err
	}
	d.CallLink = strings.TrimSpace(CleanText(d.CallLink))
	d.Shared = cleanSet(d.Shared)
	switch {
	case d.Lease <= 0 || d.Lease > 24*time.Hour:
		return Desk{}, fmt.Errorf("a claim must hold, and no longer than a day: %w", ErrInvalid)
	case d.MaxAttempts < 0 || d.Overdue < 0 || d.Old < 0:
		return Desk{}, fmt.Errorf("a limit is below 0: %w", ErrInvalid)
	case !callable(d.CallLink):
		return Desk{}, fmt.Errorf("a link to call with must be an address with {number} or {digits}: %w", ErrInvalid)
	case max(len(d.Dispositions), len(d.Shared), len(d.Hours)) > maxDesk:
		return Desk{}, fmt.Errorf("%d of a kind are the most: %w", maxDesk, ErrInvalid)
	case slices.ContainsFunc(d.Shared, func(n string) bool { return !isE164(n) }):
		return Desk{}, fmt.Errorf("a shared number isn't written as +15550100: %w", ErrInvalid)
	}
	d.Hours = slices.Clone(d.Hours)
	for i := range d.Hours {
		if d.Hours[i], err = d.Hours[i].clean(); err != nil {
			return Desk{}, err
		}
	}
	return d, nil
}

// cleanDispositions keeps the order, and adds what is missing of DefaultDesk's.
func cleanDispositions(list []Disposition) ([]Disposition, error) {
	list = slices.Clone(list)
	known := map[string]bool{}
	for i := range list {
		x := &list[i]
		cleanAll(&x.Key, &x.Label)
		x.Label = strings.TrimSpace(x.Label)
		odd := strings.ContainsFunc(x.Key, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
		if x.Key == "" || odd || known[x.Key] || x.Label == "" || max(len(x.Key), len(x.Label)) > maxName {
			return nil, fmt.Errorf("an outcome needs a label and a key of its own, of a-z, 0-9 and _: %w", ErrInvalid)
		}
		known[x.Key] = true
	}
	for _, x := range DefaultDesk().Dispositions {
		if !known[x.Key] {
			list = append(list, x)
		}
	}
	return list, nil
}

func cleanRetry(retry map[AttemptResult]time.Duration) (map[AttemptResult]time.Duration, error) {
	clean := DefaultDesk().Retry
	for result, rest := range retry {
		if _, known := clean[result]; !known || rest < 0 {
			return nil, fmt.Errorf("a rest after an unknown result, or below 0: %w", ErrInvalid)
		}
		clean[result] = rest
	}
	return clean, nil
}

// callable reports whether a link can be made of the template: any scheme but
// those that run in the page.
func callable(template string) bool {
	if template == "" {
		return true
	}
	scheme, rest, found := strings.Cut(template, ":")
	if !found || rest == "" || len(template) > 2000 || strings.ContainsFunc(template, unicode.IsControl) {
		return false
	}
	switch strings.ToLower(scheme) {
	case "javascript", "data", "vbscript", "blob", "file", "about":
		return false
	}
	if strings.ContainsFunc(scheme, func(r rune) bool {
		return !strings.ContainsRune("+-.", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return false
	}
	return strings.Contains(template, "{number}") || strings.Contains(template, "{digits}")
}

func (h Hours) clean() (Hours, error) {
	cleanAll(&h.BotID, &h.Queue, &h.Zone)
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "" || h.Zone == "Local" {
		return Hours{}, fmt.Errorf("hours in an unknown zone: %w", ErrInvalid)
	}
	for i, day := range h.Week {
		var spans []string
		for _, span := range strings.Split(day, ",") {
			if span = strings.TrimSpace(span); span == "" {
				continue
			}
			if !isSpan(span) {
				return Hours{}, fmt.Errorf("hours must be written as 09:00-17:00: %w", ErrInvalid)
			}
			spans = append(spans, span)
		}
		h.Week[i] = strings.Join(spans, ",")
	}
	h.Holidays = cleanSet(h.Holidays)
	if len(h.Holidays) > maxDesk {
		return Hours{}, fmt.Errorf("%d of a kind are the most: %w", maxDesk, ErrInvalid)
	}
	for _, day := range h.Holidays {
		// A leap year, so that the 29th of February is a day of every year.
		if !isTime("2006-01-02", day) && !isTime("2006-01-02", "2024-"+day) {
			return Hours{}, fmt.Errorf("holidays must be written as 2006-01-02 or 01-02: %w", ErrInvalid)
		}
	}
	return h, nil
}

// isSpan reports whether text is a time of the day, a dash and a later one, which
// may be 24:00.
func isSpan(text string) bool {
	from, to, found := strings.Cut(text, "-")
	return found && isTime("15:04", from) && (isTime("15:04", to) || to == "24:00") && from < to
}

func isTime(layout, text string) bool {
	t, err := time.Parse(layout, text)
	return err == nil && t.Format(layout) == text
}

// Encode is the form in which the desk is kept: JSON, opaque to SQL.
func (d Desk) Encode() (string, error) {
	text, err := json.Marshal(d)
	return string(text), err
}

// DecodeDesk is the reverse of Encode; no text is DefaultDesk.
func DecodeDesk(text string) (Desk, error) {
	if text == "" {
		return DefaultDesk(), nil
	}
	d := Desk{Old: defaultOld} // as it was saved before there was a limit
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Desk{}, fmt.Errorf("read how the house works: %w", err)
	}
	return d, nil
}
