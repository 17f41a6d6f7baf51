package cards

import "strconv"

// markDates marks the days that are written in digits: 25.03.1989, 02/23/2016,
// 1989-03-25. They are no part of another number.
func markDates(text string, ts []token) {
	for i := 0; i+2 < len(ts); i++ {
		a, b, c := ts[i], ts[i+1], ts[i+2]
		if a.digits == "" || b.digits == "" || c.digits == "" || b.start != a.end+1 || c.start != b.end+1 || text[a.end] != text[b.end] {
			continue
		}
		sign := text[a.end]
		if sign == '-' {
			a, c = c, a
		}
		if !isDay(a.digits, b.digits, c.digits, sign) || i > 0 && tied(text, ts[i-1], ts[i]) || i+3 < len(ts) && tied(text, ts[i+2], ts[i+3]) {
			continue
		}
		ts[i].opens, ts[i+2].closes = true, true
		i += 2
	}
}

// isDay reports whether digits are a day and a month in any order, of which the day
// comes last where hyphens part them, and a year.
func isDay(day, month, year string, sign byte) bool {
	if len(day) > 2 || len(month) > 2 || len(year) != 4 || year[:2] != "19" && year[:2] != "20" {
		return false
	}
	d, _ := strconv.Atoi(day)
	m, _ := strconv.Atoi(month)
	switch sign {
	case '-':
		return len(day) == 2 && len(month) == 2 && inDay(d, m)
	case '.', '/':
		return inDay(d, m) || inDay(m, d)
	}
	return false
}

func inDay(day, month int) bool { return 1 <= day && day <= 31 && 1 <= month && month <= 12 }

// tied reports whether a sign and nothing else stands between tokens, or nothing.
func tied(text string, a, b token) bool {
	return b.start <= a.end+1 && text[a.end:b.start] != " " && text[a.end:b.start] != "\n"
}
