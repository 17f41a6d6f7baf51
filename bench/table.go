package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// table is a titled table with words below it.
type table struct {
	title string
	head  []string
	rows  [][]string
	below string
}

// add appends a row; cells that are missing are empty.
func (t *table) add(cells ...string) {
	t.rows = append(t.rows, append(cells, make([]string, max(0, len(t.head)-len(cells)))...))
}

// text is the table for a terminal.
func (t table) text() string {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n%s\n", strings.ToUpper(t.title), strings.Repeat("-", utf8.RuneCountInString(t.title)))
	for _, row := range append([][]string{t.head}, t.rows...) {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
		}
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	if t.below != "" {
		fmt.Fprintf(&b, "%s\n", t.below)
	}
	return b.String()
}

// markdown is the table for a page.
func (t table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n", t.title)
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + strings.ReplaceAll(c, "|", "\\|") + " ")
		}
		b.WriteString("|\n")
	}
	line(t.head)
	b.WriteString(strings.Repeat("|---", len(t.head)) + "|\n")
	for _, row := range t.rows {
		line(row)
	}
	if t.below != "" {
		fmt.Fprintf(&b, "\n%s\n", t.below)
	}
	return b.String()
}

// ms writes milliseconds with two digits that say something.
func ms(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v < 1:
		return fmt.Sprintf("%.2f", v)
	case v < 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// many writes a count or size with thousands apart.
func many(v float64) string {
	if v == 0 {
		return "-"
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
