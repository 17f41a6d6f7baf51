package index_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/store"
)

func TestHistogram(t *testing.T) {
	t.Parallel()
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	beirut, err := time.LoadLocation("Asia/Beirut") // clocks go forward at midnight
	if err != nil {
		t.Fatal(err)
	}
	apia, err := time.LoadLocation("Pacific/Apia") // 30 December 2011 was left out
	if err != nil {
		t.Fatal(err)
	}
	havana, err := time.LoadLocation("America/Havana") // clocks go back to midnight
	if err != nil {
		t.Fatal(err)
	}
	utc := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tc := range []struct {
		name string
		left []string // UTC
		r    index.Request
		unit index.Unit
		want []string // edge in the zone and count
	}{
		{"nothing", nil, index.Request{}, index.UnitDay, []string{}},
		{"hours", []string{"2025-02-11 13:59", "2025-02-11 14:00", "2025-02-11 16:30"}, index.Request{}, index.UnitHour,
			[]string{"2025-02-11 13:00 1", "2025-02-11 14:00 1", "2025-02-11 15:00 0", "2025-02-11 16:00 1"}},
		{"days in the reader's zone", []string{"2025-02-11 04:59", "2025-02-11 05:00", "2025-02-14 00:00"}, index.Request{Zone: newYork}, index.UnitDay,
			[]string{"2025-02-10 00:00 1", "2025-02-11 00:00 1", "2025-02-12 00:00 0", "2025-02-13 00:00 1"}},
		{"an hour that is there twice", []string{"2025-11-02 05:30", "2025-11-02 06:30", "2025-11-02 07:30"}, index.Request{Zone: newYork}, index.UnitHour,
			[]string{"2025-11-02 01:00 1", "2025-11-02 01:00 1", "2025-11-02 02:00 1"}},
		{"a day without midnight", []string{"2025-03-28 12:00", "2025-03-29 21:30", "2025-03-29 22:30", "2025-03-31 12:00"}, index.Request{Zone: beirut}, index.UnitDay,
			[]string{"2025-03-28 00:00 1", "2025-03-29 00:00 1", "2025-03-30 01:00 1", "2025-03-31 00:00 1"}},
		{"weeks begin on Monday", []string{"2025-02-09 23:59", "2025-02-10 00:00", "2025-05-01 00:00"}, index.Request{To: utc("2025-02-20 00:00"), From: utc("2024-10-01 00:00")}, index.UnitWeek,
			[]string{"2025-02-03 00:00 1", "2025-02-10 00:00 1"}},
		{"months", []string{"2024-01-31 10:00", "2024-02-29 10:00", "2025-03-01 00:00"}, index.Request{}, index.UnitMonth,
			[]string{"2024-01-01 00:00 1", "2024-02-01 00:00 1", "2024-03-01 00:00 0", "2024-04-01 00:00 0", "2024-05-01 00:00 0", "2024-06-01 00:00 0",
				"2024-07-01 00:00 0", "2024-08-01 00:00 0", "2024-09-01 00:00 0", "2024-10-01 00:00 0", "2024-11-01 00:00 0", "2024-12-01 00:00 0",
				"2025-01-01 00:00 0", "2025-02-01 00:00 0", "2025-03-01 00:00 1"}},
		{"a date that is wrong", []string{"0070-01-31 10:00", "2025-03-01 00:00"}, index.Request{}, index.UnitMonth,
			[]string{"0070-01-01 00:00 1", "2025-03-01 00:00 1"}},
		{"dates that are wrong", []string{"0070-01-31 10:00", "0070-03-01 00:00", "2025-03-01 00:00", "2025-03-02 00:00", "9999-12-31 23:00"}, index.Request{}, index.UnitMonth,
			[]string{"0070-01-01 00:00 1", "0070-03-01 00:00 1", "2025-03-01 00:00 2", "9999-12-01 00:00 1"}},
		{"a day that is not there", []string{"2011-12-29 12:00", "2012-01-02 09:30"}, index.Request{Zone: apia}, index.UnitDay,
			[]string{"2011-12-29 00:00 1", "2011-12-31 00:00 0", "2012-01-01 00:00 0", "2012-01-02 00:00 1"}},
		{"a midnight that is there twice", []string{"2025-11-01 12:00", "2025-11-02 04:30", "2025-11-02 05:30", "2025-11-04 12:00"}, index.Request{Zone: havana}, index.UnitDay,
			[]string{"2025-11-01 00:00 1", "2025-11-02 00:00 2", "2025-11-03 00:00 0", "2025-11-04 00:00 1"}},
		{"a wide question about one day", []string{"2025-02-09 23:59"}, index.Request{From: utc("2020-01-01 00:00")}, index.UnitMonth, []string{"2025-02-01 00:00 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var messages []message
			for i, left := range tc.left {
				messages = append(messages, message{session: fmt.Sprint("s", i), bot: "st-a", text: "text", left: utc(left)})
			}
			_, x := indexed(t, messages...)
			tc.r.Facets = true
			res := search(t, x, store.AllBots(), tc.r)
			got := []string{}
			for _, b := range res.Facets.Histogram.Buckets {
				got = append(got, fmt.Sprintf("%s %d", b.From.Format("2006-01-02 15:04"), b.Count))
			}
			if made := cap(res.Facets.Histogram.Buckets); made > 5000 {
				t.Errorf("%d buckets were made for %d", made, len(got))
			}
			if res.Facets.Histogram.Unit != tc.unit {
				t.Errorf("the unit is %s, want %s", res.Facets.Histogram.Unit, tc.unit)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	_, x := indexed(t, say("text")...)
	if search(t, x, store.AllBots(), index.Request{}).Facets != nil {
		t.Error("facets are counted although nobody asked")
	}
}
