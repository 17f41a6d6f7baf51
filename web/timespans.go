package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// spanParts are a number and its unit in a length of time that was typed.
var spanParts = regexp.MustCompile(`^\s*([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\b`)

// typedSpan reads a length of time as people write it: "15 min", "1 h 30 min",
// "1.5 hours", "2 days". A number alone is of minutes.
func typedSpan(text string) (time.Duration, bool) {
	rest := strings.ToLower(strings.TrimSpace(text))
	if n, err := strconv.Atoi(rest); err == nil && n >= 0 && n < 1_000_000 {
		return time.Duration(n) * time.Minute, true
	}
	var sum time.Duration
	for rest != "" {
		part := spanParts.FindStringSubmatch(rest)
		if part == nil {
			return 0, false
		}
		n, err := strconv.ParseFloat(strings.Replace(part[1], ",", ".", 1), 64)
		if err != nil {
			return 0, false
		}
		unit := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[part[2][0]]
		sum += time.Duration(n * float64(unit)).Round(time.Second)
		rest = strings.TrimLeft(rest[len(part[0]):], " ,")
	}
	return sum, sum > 0
}

// spanText is a length of time as typedSpan reads it: "15 min", "1 h 30 min",
// "2 days"; "0 min" for none.
func spanText(d time.Duration) string {
	const day = 24 * time.Hour
	var parts []string
	if days := d / day; days > 0 {
		parts = append(parts, plural(int(days), "day"))
	}
	if h := d % day / time.Hour; h > 0 {
		parts = append(parts, fmt.Sprintf("%d h", h))
	}
	if m := d % time.Hour / time.Minute; m > 0 || len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("%d min", m))
	}
	return strings.Join(parts, " ")
}

// waitText is how long somebody waited: as hoursText has it, but from two days on
// days and hours; in business time (working), where a day is as long as people work,
// it says which hours they are.
func waitText(d time.Duration, working bool) string {
	switch {
	case d < 48*time.Hour:
		return hoursText(d)
	case working:
		return fmt.Sprintf("%d business hours", d/time.Hour)
	}
	return spanText(d.Truncate(time.Hour))
}

// hoursText is a length of time in whole minutes, hours and minutes, or hours alone:
// never in days, which are shorter where people work.
func hoursText(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "under 1 min"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d%time.Hour/time.Minute > 0:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}
