package main

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var longUnits = regexp.MustCompile(`(\d+(?:\.\d*)?|\.\d+)([wd])`)

// parseDuration reads a duration as Go writes it, with d for days and w for
// weeks besides: 36h, 2d, 1w2d, 1.5d.
func parseDuration(s string) (time.Duration, error) {
	var sum float64
	rest := longUnits.ReplaceAllStringFunc(s, func(part string) string {
		number, _ := strconv.ParseFloat(part[:len(part)-1], 64)
		days := number
		if part[len(part)-1] == 'w' {
			days *= 7
		}
		sum += days * float64(24*time.Hour)
		return ""
	})
	const limit = float64(200 * 365 * 24 * time.Hour)
	if rest == "" && s != "" && sum < limit {
		return time.Duration(sum), nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || sum+float64(d) > limit {
		return 0, fmt.Errorf("%q is not a duration; write it as 90m, 36h, 2d or 1w", s)
	}
	return time.Duration(sum) + d, nil
}
