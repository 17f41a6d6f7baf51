package koresim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everything pages through one window as the quirks in force need it. A window
// must hold no more than its pages can show.
func (f *fixture) everything(body map[string]any) []map[string]any {
	f.t.Helper()
	var out []map[string]any
	for page := 0; page <= maxOffset; page++ {
		offset := page
		if f.quirks.OffsetRows {
			offset = len(out)
		}
		rows := decode(f.t, f.details(fmt.Sprintf("offset=%d&limit=100", offset), body))["data"].([]any)
		for _, r := range rows {
			out = append(out, r.(map[string]any))
		}
		if len(rows) < 100 {
			return out
		}
	}
	f.t.Fatal("window overflows")
	return nil
}

func ids(rows []map[string]any) []string {
	var out []string
	for _, r := range rows {
		for k, v := range r {
			if strings.EqualFold(k, "sessionId") {
				out = append(out, v.(string))
			}
		}
	}
	return out
}

// TestEveryRowIsFoundWithEverySeed walks the whole time window by window, for
// seeds that together draw every value of every quirk.
func TestEveryRowIsFoundWithEverySeed(t *testing.T) {
	drawn := map[string]map[string]bool{}
	for seed := range uint64(40) {
		q := DrawQuirks(seed)
		for k, v := range fields(t, q) {
			if drawn[k] == nil {
				drawn[k] = map[string]bool{}
			}
			drawn[k][v] = true
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			// Later than any lag: every row is there.
			now := DefaultUntil.Add(48 * time.Hour)
			f := start(t, Config{Seed: seed, Voicemails: 50, Other: 100, Span: 10 * 24 * time.Hour, Now: now.UTC})
			got := map[string]bool{}
			step := 48 * time.Hour
			if f.quirks.OffsetRows && f.quirks.OverOffset == OverflowReject {
				step = 12 * time.Hour // 110 rows can be seen of a window, not 1,100
			}
			for from := DefaultUntil.Add(-11 * 24 * time.Hour); from.Before(now); from = from.Add(step) {
				for _, id := range ids(f.window(from, from.Add(step))) {
					got[id] = true
				}
			}
			for _, id := range f.Sessions() {
				if !got[id] {
					t.Errorf("session %s never shown", id)
				}
			}
			if len(got) != 150 {
				t.Errorf("sessions shown: got %d, want 150", len(got))
			}
		})
	}
	for k, want := range map[string]int{
		"Sort": len(sortOrders), "Flag": len(flagStyles), "Keys": len(keyCases), "Recording": len(recordingKeys),
		"NoVoicemail": len(answers), "UnknownSession": len(answers), "PendingTranscript": len(pendings), "OffsetRows": 2,
		"TotalResults": 2, "OverOffset": 3, "OverLimit": 2, "DefaultLimit": 3, "WindowByEnd": 2, "ChildBotRows": 2,
		"ForeignIDs": 2, "AuthStatus": len(authStatuses), "LimitedStatus": len(limitedCodes), "RetryAfter": 2,
		"NoRange": 2, "MediaType": len(mediaTypes), "RowLag": 3, "LateShare": 3, "LateBy": 3, "TranscriptLag": 3,
		"MediaLag": 3, "LimitedWording": len(limitedWordings),
	} {
		if got := len(drawn[k]); got != want {
			t.Errorf("quirk %s: 40 seeds draw %d values, want %d", k, got, want)
		}
	}
}

// window is everything, in pages of at most 10 where offsets count rows and end at 10.
func (f *fixture) window(from, to time.Time) []map[string]any {
	f.t.Helper()
	if !f.quirks.OffsetRows || f.quirks.OverOffset == OverflowNone {
		return f.everything(windowBody(from, to))
	}
	var out []map[string]any
	for offset := range maxOffset + 1 {
		rows := decode(f.t, f.details(fmt.Sprintf("offset=%d&limit=100", offset), windowBody(from, to)))["data"].([]any)
		for _, r := range rows {
			out = append(out, r.(map[string]any))
		}
	}
	return out
}

// fields lists a struct's fields as text.
func fields(t *testing.T, q Quirks) map[string]string {
	t.Helper()
	b, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for k, v := range m {
		out[k] = string(v)
	}
	return out
}

func TestPagesAndTotals(t *testing.T) {
	week := windowBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)
	for _, tc := range []struct {
		name       string
		edit       func(*Quirks)
		query      string
		rows       int
		numResults float64
		first      int // index in the whole list
		status     int
	}{
		{"first page", nil, "offset=0&limit=100", 100, 100, 0, 200},
		{"second page", nil, "offset=1&limit=100", 100, 100, 100, 200},
		{"last page", nil, "offset=2&limit=100", 40, 40, 200, 200},
		{"past the end", nil, "offset=5&limit=100", 0, 0, 0, 200},
		{"grand total", func(q *Quirks) { q.TotalResults = true }, "offset=2&limit=100", 40, 240, 200, 200},
		{"rows", func(q *Quirks) { q.OffsetRows = true }, "offset=2&limit=100", 100, 100, 2, 200},
		{"rows without end", func(q *Quirks) { q.OffsetRows, q.OverOffset = true, OverflowNone }, "offset=200&limit=100", 40, 40, 200, 200},
		{"default limit", func(q *Quirks) { q.DefaultLimit = 10 }, "", 10, 10, 0, 200},
		{"limit clamped", func(q *Quirks) { q.OverLimit = OverflowClamp }, "limit=200", 100, 100, 0, 200},
		{"limit refused", nil, "limit=101", 0, 0, 0, 400},
		{"offset 10", nil, "offset=10&limit=10", 10, 10, 100, 200},
		{"offset refused", nil, "offset=11&limit=10", 0, 0, 0, 400},
		{"offset empty", func(q *Quirks) { q.OverOffset = OverflowEmpty }, "offset=11&limit=10", 0, 0, 0, 200},
		{"limit 0", nil, "limit=0", 0, 0, 0, 400},
		{"offset no number", nil, "offset=x", 0, 0, 0, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, Config{Voicemails: 80, Other: 160, Span: 5 * 24 * time.Hour, Quirks: documented(tc.edit)})
			w := window{from: time.Unix(0, 0), to: at}
			all := f.rowsOf(w, at)
			a := f.details(tc.query, week)
			if a.status != tc.status {
				t.Fatalf("status: got %d, want %d: %s", a.status, tc.status, a.body)
			}
			if tc.status != 200 {
				return
			}
			v := decode(t, a)
			rows := v["data"].([]any)
			if len(rows) != tc.rows || v["numResults"] != tc.numResults {
				t.Fatalf("got %d rows, numResults %v, want %d, %v", len(rows), v["numResults"], tc.rows, tc.numResults)
			}
			if tc.rows > 0 {
				if got, want := rows[0].(map[string]any)["sessionId"], all[tc.first].id; got != want {
					t.Errorf("first row: got %v, want %v", got, want)
				}
			}
		})
	}
}

func TestRequestsAreChecked(t *testing.T) {
	day := DefaultUntil.Add(-48 * time.Hour)
	good := func() map[string]any { return windowBody(day, day.Add(time.Hour)) }
	f := start(t, Config{Voicemails: 5, Other: -1, Quirks: documented(nil)})
	for name, edit := range map[string]func(map[string]any){
		"no start":             func(b map[string]any) { delete(b, "startDate") },
		"no end":               func(b map[string]any) { delete(b, "endDate") },
		"no offset":            func(b map[string]any) { delete(b, "timeZoneOffset") },
		"offset as text":       func(b map[string]any) { b["timeZoneOffset"] = "0" },
		"offset out of bounds": func(b map[string]any) { b["timeZoneOffset"] = 6000 },
		"RFC 3339":             func(b map[string]any) { b["startDate"] = day.Format(time.RFC3339) },
		"end before start":     func(b map[string]any) { b["endDate"] = day.Add(-time.Second).Format(detailsTime) },
		"seven days and one":   func(b map[string]any) { b["endDate"] = day.Add(maxRange + time.Second).Format(detailsTime) },
		"eight dates":          func(b map[string]any) { b["startDate"], b["endDate"] = "2026-02-16", "2026-02-23" },
	} {
		t.Run(name, func(t *testing.T) {
			body := good()
			edit(body)
			if a := f.details("", body); a.status != 400 || !strings.HasPrefix(string(a.body), `{"errors":[{"msg":"`) {
				t.Errorf("got status %d: %s, want 400 and an envelope", a.status, a.body)
			}
		})
	}
	for name, edit := range map[string]func(map[string]any){
		"as documented":   func(map[string]any) {},
		"seven days":      func(b map[string]any) { b["endDate"] = day.Add(maxRange).Format(detailsTime) },
		"seven dates":     func(b map[string]any) { b["startDate"], b["endDate"] = "2026-02-16", "2026-02-22" },
		"one date":        func(b map[string]any) { b["startDate"], b["endDate"] = "2026-02-16", "2026-02-16" },
		"unknown key":     func(b map[string]any) { b["app-language"] = "en" },
		"date and second": func(b map[string]any) { b["startDate"] = day.Format("2006-01-02") },
	} {
		t.Run(name, func(t *testing.T) {
			body := good()
			edit(body)
			decode(t, f.details("", body))
		})
	}
}

func TestHeadersAreChecked(t *testing.T) {
	f := start(t, Config{Voicemails: 5, Other: -1, Quirks: documented(nil)})
	body, err := json.Marshal(windowBody(DefaultUntil.Add(-time.Hour), DefaultUntil))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "accountId", "iId", "content-type"} {
		for _, path := range []string{"callDetails", "calldetails", "interactionDetails", "interactiondetails"} {
			t.Run(name+" "+path, func(t *testing.T) {
				h := map[string]string{
					"auth": token(t, f.Sim, nil), "accountId": f.cfg.AccountID, "iId": f.cfg.BotIDs[0], "content-type": "application/json",
				}
				want := 200
				if name != "" {
					delete(h, name)
					want = 400
				}
				url := f.api.URL + "/agentassist/api/public/analytics/account/" + f.cfg.AccountID + "/v2/" + path
				if a := f.must("POST", url, h, body); a.status != want {
					t.Errorf("got status %d, want %d", a.status, want)
				}
			})
		}
	}
	if a := f.must("GET", f.api.URL+"/agentassist/api/public/analytics/account/"+f.cfg.AccountID+"/v2/callDetails", nil, nil); a.status != 404 {
		t.Errorf("GET: got status %d, want 404", a.status)
	}
	if a := f.must("GET", f.api.URL+"/api/public/nothing", nil, nil); a.status != 404 || !strings.Contains(string(a.body), "Cannot GET") {
		t.Errorf("unknown path: got status %d: %s", a.status, a.body)
	}
}

func TestNeighbouringWindowsShareTheirSecond(t *testing.T) {
	f := start(t, Config{Voicemails: 5, Other: -1, Quirks: documented(nil)})
	v := f.Voicemails()[2]
	for name, b := range map[string]map[string]any{
		"before": windowBody(v.Start.Add(-time.Hour), v.Start),
		"after":  windowBody(v.Start, v.Start.Add(time.Hour)),
	} {
		if got := ids(f.everything(b)); !slices.Contains(got, v.SessionID) {
			t.Errorf("%s: %s not among %v", name, v.SessionID, got)
		}
	}
}

func TestTimesAreLocal(t *testing.T) {
	f := start(t, Config{Voicemails: 400, Other: -1, Quirks: documented(nil)})
	var v Voicemail
	for _, v = range f.Voicemails() {
		if v.CallbackOpted {
			break
		}
	}
	for _, tc := range []struct {
		name    string
		minutes int
		zone    time.Duration
	}{{"UTC", 0, 0}, {"India", -330, 330 * time.Minute}, {"New York", 300, -5 * time.Hour}} {
		t.Run(tc.name, func(t *testing.T) {
			local := v.Start.Add(tc.zone)
			rows := f.everything(map[string]any{
				"startDate": local.Format("2006-01-02"), "endDate": local.Format("2006-01-02"), "timeZoneOffset": tc.minutes,
			})
			at := slices.IndexFunc(rows, func(r map[string]any) bool { return r["sessionId"] == v.SessionID })
			if at < 0 {
				t.Fatalf("not found on its local day")
			}
			if got, want := rows[at]["sessionStartTime"], local.Format("2006-01-02T15:04:05"); got != want {
				t.Errorf("sessionStartTime: got %v, want %v", got, want)
			}
			// Of a callback the same record tells UTC, with a Z.
			opted, err := time.Parse(time.RFC3339, rows[at]["destinations"].([]any)[0].(map[string]any)["CallbackOptedTime"].(string))
			if err != nil || opted.Before(v.Start) || opted.After(v.End) {
				t.Errorf("CallbackOptedTime: got %v %v, want between %v and %v", opted, err, v.Start, v.End)
			}
			began, ok := sessionTime(v.SessionID)
			if !ok || !began.Equal(v.Start) {
				t.Errorf("time in the id: got %v, want %v", began, v.Start)
			}
		})
	}
}

func TestFlagSpellings(t *testing.T) {
	for style, want := range map[FlagStyle][2]any{
		FlagYesUpper: {"YES", "NO"}, FlagYesTitle: {"Yes", "No"}, FlagYesLower: {"yes", "no"}, FlagY: {"Y", "N"}, FlagTrueLower: {"true", "false"},
		FlagTrueUpper: {"TRUE", "FALSE"}, FlagDigit: {"1", "0"}, FlagBool: {true, false}, FlagNumber: {1.0, 0.0}, FlagAbsent: {nil, nil},
	} {
		t.Run(string(style), func(t *testing.T) {
			f := start(t, Config{Voicemails: 20, Other: 40, Span: 5 * 24 * time.Hour, Quirks: documented(func(q *Quirks) { q.Flag = style })})
			for _, row := range f.everything(windowBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)) {
				i := 1
				switch f.find(row["sessionId"].(string)).kind {
				case kindBot:
					if _, there := row["isVoicemail"]; there {
						t.Fatal("a bot-only record has the flag")
					}
					continue
				case kindVoicemail:
					i = 0
				}
				if got := row["isVoicemail"]; got != want[i] {
					t.Fatalf("got %v, want %v", got, want[i])
				}
			}
		})
	}
}

func TestKeyCases(t *testing.T) {
	for style, want := range map[KeyCase][]string{
		KeysSample:     {"sessionId", "Direction", "reason", "isVoicemail"},
		KeysTable:      {"sessionId", "Direction", "Reason", "isVoicemail"},
		KeysLowerFirst: {"sessionId", "direction", "reason", "isVoicemail"},
		KeysLower:      {"sessionid", "direction", "reason", "isvoicemail"},
	} {
		f := start(t, Config{Voicemails: 3, Other: -1, Span: 24 * time.Hour, Quirks: documented(func(q *Quirks) { q.Keys = style })})
		row := f.everything(windowBody(DefaultUntil.Add(-24*time.Hour), DefaultUntil))[0]
		for _, k := range want {
			if _, ok := row[k]; !ok {
				t.Errorf("%s: no key %s", style, k)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	f := start(t, Config{Voicemails: 60, Other: 200, Span: 5 * 24 * time.Hour, Quirks: documented(nil)})
	count := func(edit func(map[string]any)) map[kind]int {
		body := windowBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)
		edit(body)
		out := map[kind]int{}
		for _, id := range ids(f.everything(body)) {
			out[f.find(id).kind]++
		}
		return out
	}
	all := count(func(map[string]any) {})
	for _, tc := range []struct {
		name string
		edit func(map[string]any)
		gone []kind
	}{
		{"nothing", func(map[string]any) {}, nil},
		{"no lists", func(b map[string]any) { b["channels"], b["queues"], b["direction"] = []string{}, []string{}, "Both" }, nil},
		{"voice", func(b map[string]any) { b["channels"] = []string{"voice"} }, []kind{kindBot, kindChat}},
		{"both channels", func(b map[string]any) { b["channels"] = []string{"rtm", "voice"} }, nil},
		{"inbound", func(b map[string]any) { b["direction"] = "Inbound" }, []kind{kindOutbound}},
		{"no automation", func(b map[string]any) { b["isAutomation"] = false }, []kind{kindBot}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := map[kind]int{}
			for k, n := range all {
				if !slices.Contains(tc.gone, k) {
					want[k] = n
				}
			}
			if diff := cmp.Diff(want, count(tc.edit)); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
		})
	}
}
