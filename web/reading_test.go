package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func TestReaderStamps(t *testing.T) {
	berlin := store.Settings{Zone: "Europe/Berlin", Locale: "de-DE"}
	tests := []struct {
		name   string
		set    store.Settings
		header string
		at     time.Time
		want   stampView
	}{
		{"not known", store.Settings{}, "", time.Time{}, stampView{Text: "unknown"}},
		{"an hour ago", store.Settings{}, "", noon.Add(-time.Hour), stampView{"2025-02-12T11:00:00Z", "1 hour ago", "1 hour ago", "Wed 12 Feb 2025, 11:00 UTC"}},
		{"tomorrow", store.Settings{}, "", noon.Add(25 * time.Hour), stampView{"2025-02-13T13:00:00Z", "1 day from now", "1 day from now", "Thu 13 Feb 2025, 13:00 UTC"}},
		{"long ago", store.Settings{}, "", noon.Add(-near), stampView{"2025-01-13T12:00:00Z", "13 Jan 2025", "", "Mon 13 Jan 2025, 12:00 UTC"}},
		{"long ago, on another day there", berlin, "", time.Date(2024, 6, 30, 23, 0, 0, 0, time.UTC),
			stampView{"2024-06-30T23:00:00Z", "01.07.2024", "", "Mon 01.07.2024, 01:00 Europe/Berlin"}},
		{"as the browser asks", store.Settings{}, "en-US,en;q=0.9", time.Date(2024, 6, 30, 23, 0, 0, 0, time.UTC),
			stampView{"2024-06-30T23:00:00Z", "Jun 30, 2024", "", "Sun, Jun 30, 2024, 11:00 PM UTC"}},
		{"a choice goes before the browser", store.Settings{Locale: "sv-SE"}, "en-US", time.Date(2024, 6, 30, 23, 0, 0, 0, time.UTC),
			stampView{"2024-06-30T23:00:00Z", "2024-06-30", "", "Sun 2024-06-30 23:00 UTC"}},
		{"a zone that is gone", store.Settings{Zone: "Mars/Olympus"}, "", noon, stampView{"2025-02-12T12:00:00Z", "now", "now", "Wed 12 Feb 2025, 12:00 UTC"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, readingOf(tt.set, tt.header, noon).Stamp(tt.at)); diff != "" {
				t.Errorf("stamp (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReaderLocales(t *testing.T) {
	tests := []struct {
		name, header string
		set          store.Settings
		number       string
		first        time.Weekday
	}{
		{"nothing known", "", store.Settings{}, "1,234,567", time.Monday},
		{"a header that is none", "\xff;;q=", store.Settings{}, "1,234,567", time.Monday},
		{"a language without a manner", "zh-CN", store.Settings{}, "1,234,567", time.Monday},
		{"any language", "*", store.Settings{}, "1,234,567", time.Monday},
		{"the browser's", "de", store.Settings{}, "1.234.567", time.Monday},
		{"the browser's second", "zh;q=1,de-AT;q=0.5", store.Settings{}, "1.234.567", time.Monday},
		{"chosen", "de", store.Settings{Locale: "en-IN"}, "12,34,567", time.Sunday},
		{"chosen day", "en-US", store.Settings{WeekStart: "monday"}, "1,234,567", time.Monday},
		{"chosen saturday", "", store.Settings{WeekStart: "saturday"}, "1,234,567", time.Saturday},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := readingOf(tt.set, tt.header, noon)
			if got := r.Number(1234567); got != tt.number {
				t.Errorf("number: got %q, want %q", got, tt.number)
			}
			if r.first != tt.first {
				t.Errorf("week: begins on %v, want %v", r.first, tt.first)
			}
		})
	}
}

// Templates can call what the frame knows of its reader.
func TestZeroReader(t *testing.T) {
	var r reading
	if got := r.Count(1234, "voicemail") + ", " + r.Count(1, "bot") + ", " + r.Day(noon); got != "1,234 voicemails, 1 bot, 12 Feb 2025" {
		t.Errorf("got %q", got)
	}
}

// Days are told as the reader's locale writes them, those of a zone that the address
// asks for, too.
func TestPagesTellDaysInTheReadersManner(t *testing.T) {
	b := newBench(t)
	for i, left := range []time.Time{time.Date(2025, 2, 11, 20, 0, 0, 0, time.UTC), time.Date(2025, 2, 10, 9, 0, 0, 0, time.UTC)} {
		m := request("st-a", fmt.Sprint("s", i), fmt.Sprintf("+1415555012%d", i))
		m.left = left
		b.archive(m)
	}
	ada := b.person("ada", store.RoleAdmin)
	if err := b.store.SaveSettings(t.Context(), b.user("ada").ID, store.Settings{Locale: "de-DE"}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/ledger":                            "Tue 11.02.2025",
		"/insights?period=all":               "11.02.2025",
		"/?q=please":                         "10.02.2025",
		"/callbacks/measure":                 "Tue 11.02.2025",
		"/callbacks/measure?tz=Asia%2FTokyo": "Wed 12.02.2025",
	} {
		if page := b.get(path, ada).body; !strings.Contains(page, want) || strings.Contains(page, "Feb 2025") {
			t.Errorf("%s does not say %s, or says a day otherwise", path, want)
		}
	}
}

// A search without a zone is in the reader's: its days, its times, and those of
// the links that lead on.
func TestSearchIsInTheReadersZone(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", left: time.Date(2025, 2, 11, 20, 0, 0, 0, time.UTC), segments: said("kettle")})
	ada := b.person("ada", store.RoleAgent)
	count := func(path string) string { return text(all(b.get(path, ada).doc(t), "p", "class=count")...) }
	const day = "/?q=kettle&from=2025-02-12&to=2025-02-12"
	if got := count(day); !strings.HasPrefix(got, "0 voicemails") {
		t.Errorf("in UTC: got %q", got)
	}
	if err := b.store.SaveSettings(t.Context(), b.user("ada").ID, store.Settings{Zone: "Asia/Tokyo"}); err != nil {
		t.Fatal(err)
	}
	if got := count(day); !strings.HasPrefix(got, "1 voicemail") {
		t.Errorf("in Tokyo: got %q", got)
	}
	if got := count(day + "&tz=UTC"); !strings.HasPrefix(got, "0 voicemails") {
		t.Errorf("asked for UTC: got %q", got)
	}
	if page := text(b.get("/?q=kettle", ada).doc(t)); !strings.Contains(page, "Times are in Asia/Tokyo") {
		t.Errorf("got %s", page)
	}
}

// What is counted and what is missing is told as the reader's locale does.
func TestCountsAndGapsFollowTheLocale(t *testing.T) {
	german := reading{}
	german.manner, _ = mannerOf("de-DE")
	rows := newNarrower(Params{}).facets(&Facets{Lang: []FacetValue{{"en", 1204}, {"de", 2}}}, german)
	if len(rows) != 1 || rows[0].Values[0].Count != "1.204" {
		t.Errorf("got %+v", rows)
	}
	gap := gapViewOf(store.Gap{StartedAt: noon, NextAt: noon}, german)
	if want := german.Exact(noon).Text; gap.When.Text != want || gap.Next.Text != want || !strings.Contains(want, noon.Format("02.01.2006")) {
		t.Errorf("got %q and %q, want %q", gap.When.Text, gap.Next.Text, want)
	}
}
