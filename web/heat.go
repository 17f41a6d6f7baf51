package web

import (
	"fmt"
	"strconv"
	"strings"
)

// heatView draws when in the week most are left: a row for each day of the week,
// a column for each hour.
type heatView struct {
	ViewBox string
	Days    []string // in the reader's order
	Hours   []string // those that stand below
	Cells   []heatCell
	Rows    []heatRow // the same as a table: a row for each hour
	Most    string
}

// heatRow is an hour of the table.
type heatRow struct {
	Hour  string
	Cells []heatCell
}

// heatCell is an hour of the week. Level says how warm it is, from 0 to heatLevels.
type heatCell struct {
	X, Y, Width, Height int
	Level               int
	Count, Title, Href  string
}

// The drawing's own units.
const (
	heatStep   = 20
	heatGap    = 2
	heatLevels = 6
)

var weekdayNames = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// weekFilter is what a query says for an hour of the week; day 0 is Monday.
func weekFilter(day, hour int) string {
	return "weekday:" + strings.ToLower(weekdayNames[day]) + " hour:" + strconv.Itoa(hour)
}

func clockHour(hour int) string { return fmt.Sprintf("%02d:00", hour) }

// busiest is the hour of the week with the most, the first of several.
func busiest(week [7][24]int) (day, hour, most int) {
	for d := range week {
		for h, n := range week[d] {
			if n > most {
				day, hour, most = d, h, n
			}
		}
	}
	return day, hour, most
}

func (f *figures) heat() *heatView {
	_, _, most := busiest(f.in.Week)
	view := &heatView{ViewBox: fmt.Sprintf("0 0 %d %d", 24*heatStep-heatGap, 7*heatStep-heatGap), Most: f.Number(int64(most)), Hours: []string{"00:00", "06:00", "12:00", "18:00"}}
	first := (int(f.first) + 6) % 7 // time's weeks begin on Sundays, these on Mondays
	for hour := range 24 {
		row := heatRow{Hour: clockHour(hour)}
		for i := range 7 {
			day := (first + i) % 7
			n := f.in.Week[day][hour]
			cell := heatCell{X: hour * heatStep, Y: i * heatStep, Width: heatStep - heatGap, Height: heatStep - heatGap, Count: f.Number(int64(n)),
				Title: fmt.Sprintf("%s %s to %s: %s", weekdayNames[day], clockHour(hour), clockHour(hour+1), f.Count(int64(n), "voicemail"))}
			if n > 0 {
				cell.Level, cell.Href = min(1+(n*heatLevels-1)/most, heatLevels), f.also(weekFilter(day, hour))
			}
			view.Cells, row.Cells = append(view.Cells, cell), append(row.Cells, cell)
		}
		view.Rows = append(view.Rows, row)
	}
	for i := range 7 {
		view.Days = append(view.Days, weekdayNames[(first+i)%7])
	}
	return view
}
