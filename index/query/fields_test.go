package query

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	hintDay    = "write a day as 2025-02-11, 2025-02, today, yesterday or monday"
	hintAge    = "write an age as 30m, 2h, 7d, 2w, 6mo or 1y"
	hintLength = "write a length as 30s, 1m30s or 90"
	hintLang   = "write a language as de or german"
	hintHas    = "there is number, recording, transcript, callback"
)

func bad(typed, hint string) []string {
	return []string{typed + " is not understood, taken as text: " + hint}
}

func empty(field string) []string { return []string{field + ": needs a value, taken as text"} }

func TestParseFields(t *testing.T) {
	tests := []struct {
		in, want string
		notes    []string
	}{
		// Names.
		{"from:Ann", "from:Ann", nil},
		{"FROM:Ann From：Bo", "from:Ann from:Bo", nil},
		{"caller:Ann", "from:Ann", nil},
		{"older-than:7d Older_Than:7d olderthan:7d older:7d", "older_than:7d older_than:7d older_than:7d older_than:7d", nil},
		{"from: Ann x", "from:Ann x", nil},
		{"from:\u00a0\u200eAnn", "from:Ann", nil},
		{"form:Ann", `"form ann"`, []string{"unknown operator form:, taken as text; did you mean from:?"}},
		{"sess:1", `"sess 1"`, []string{"unknown operator sess:, taken as text; did you mean session:?"}},
		{"foo:Ann", `"foo ann"`, []string{"unknown operator foo:, taken as text"}},
		{"http://from:x https://a.b/~me from://x", `"http from x" "https a b me" "from x"`, []string{noteTilde}},
		{"at 10:30 or 9:15", `at "10 30" or "9 15"`, nil},
		{`"from:ann"`, `"from ann"`, nil},
		{"x,from:ann", `"x from ann"`, nil},

		// Where a value begins and ends.
		{"from:", "from", empty("from")},
		{"from: OR x", "from OR x", empty("from")},
		{"from: -x", "from -x", empty("from")},
		{"from: to:x", "from to:x", empty("from")},
		{"(from:)", "from", empty("from")},
		{"from:)", "from", append(empty("from"), noteClose)},
		{`from:""`, "from", bad("from:", "it needs a value")},
		{"from:🙂 x", "from x", bad("from:🙂", "it needs a value")},
		{"bot:,,", "bot", bad("bot:,,", "it needs a value")},
		{"from:OR", "from:OR", nil},
		{"from:-x", "from:-x", nil},
		{`queue:"Customer (care), 2nd" x`, `queue:"Customer (care), 2nd" x`, nil},
		{`queue:"Customer`, `queue:Customer`, []string{noteQuote}},
		{"queue:“Customer\n\tcare”", `queue:"Customer care"`, nil},
		{`queue:"東京：大阪" bot：a`, `queue:"東京：大阪" bot:a`, nil},
		{`from:a"b"`, `from:a "b"`, nil},
		{"bot:st-*", "bot:st-", []string{"a * counts only behind words: bot:st-* is read as bot:st-"}},
		{"bot:a:b", "bot:a:b", nil},
		{"bot:\xffa\x00b", "bot:a b", nil},
		{"author:" + strings.Repeat("é", 300), "author:" + strings.Repeat("é", 200), nil},

		// Not, OR, lists and groups.
		{"-from:Ann", "-from:Ann", nil},
		{"refund -(from:Ann OR has:number)", "refund -(from:Ann OR has:number)", nil},
		{"refund OR from:Ann", "refund OR from:Ann", nil},
		{"lang:de,fr", "lang:de OR lang:fr", nil},
		{"lang:de, fr, x", "(lang:de OR lang:fr) x", nil},
		{"lang:de, refund", "lang:de refund", nil},
		{"lang:german, french refund", "(lang:de OR lang:fr) refund", nil},
		{"after:2025-02-11T13:57:42+01:00, refund", `after:2025-02-11T13:57:42+01:00 refund`, nil},
		{"tel:6175550123 tel:+1-617-555-0123", "6175550123 +1 617 555 0123", nil},
		{"tel:x", `"tel x"`, []string{"unknown operator tel:, taken as text"}},
		{"!refund", "refund", []string{"a ! is left out: write -word to leave a word out"}},
		{"+refund +617", "refund +617", []string{"a + is not needed, left out: words side by side must all match"}},
		{"-lang:de,fr x", "-(lang:de OR lang:fr) x", nil},
		{"bot:a,b、a,,", "bot:a OR bot:b", nil},
		{"lang:de,xyzq", `"lang de xyzq"`, bad("lang:xyzq", hintLang)},
		{"lang:(de OR fr)", "lang:de OR lang:fr", nil},
		{`from:(Ann -"Bo B" to:(0199) x)`, `from:Ann -from:"Bo B" to:0199 from:x`, nil},
		{"has:(number recording) x", "has:number has:recording x", nil},
		{"lang:()", "", []string{noteGroup}},

		// Callers and numbers called.
		{`from:"+1 (617) 555-0123"`, "from:+16175550123", nil},
		{"from:+1(617)555-0123", "from:+16175550123", nil},
		{"from:(617) 555-0123 refund", "from:6175550123 refund", nil},
		{"-from:617 555 0123 x", "-from:6175550123 x", nil},
		{"from:+49 (0)30 123456", "from:+4930123456", nil},
		{"from:0049 152 28817386", "from:004915228817386", nil},
		{"to:0199", "to:0199", nil},
		{"to:٠١٩٩", "to:0199", nil},
		{"from:0123,4567", "from:0123 OR from:4567", nil},
		{"from:0123 555", "from:0123555", nil},
		{"from:0123 55", `from:"0123" 55`, nil},
		{`from:"0123" 555`, `from:"0123" 555`, nil},
		{"from:5550123 5550124", "from:\"5550123\" 5550124", nil},
		{`-from:"0123" 555`, `-from:"0123" 555`, nil},
		{"from:anonymous", "from:anonymous", nil},
		{"from:sip:ann@example.com", "from:sip:ann@example.com", nil},

		// Choices and languages.
		{"has:number has:Recordings has:transcription", "has:number has:recording has:transcript", nil},
		{"has:recoding", `"has recoding"`, bad("has:recoding", hintHas+"; did you mean has:recording?")},
		{"has: x", "has x", bad("has:x", hintHas)},
		{"lang:DE lang:en-US lang:pt_BR lang:German-AT lang:xx", "lang:de lang:en lang:pt lang:de lang:xx", nil},
		{"lang:klingon", `"lang klingon"`, bad("lang:klingon", hintLang)},
		{"lang:germn", `"lang germn"`, bad("lang:germn", hintLang+"; did you mean lang:german?")},

		// Days.
		{"on:2025-02-11 on:2025-2-1 on:2025/02/11 on:20250211 on:11.2.2025", "on:2025-02-11 on:2025-02-01 on:2025-02-11 on:2025-02-11 on:2025-02-11", nil},
		{"on:2025-02 on:2025 date:2025", "on:2025-02 on:2025 on:2025", nil},
		{"on:Today after:Yesterday before:mon on:Tues, x", "on:today after:yesterday before:monday on:tuesday x", nil},
		{"since:2025-02-11 until:yesterday", "-before:2025-02-11 -after:yesterday", nil},
		{"-since:2025", "before:2025", nil},
		{"on:٢٠٢٥-٠٢-١١", "on:2025-02-11", nil},
		{"on:2/11/2025", `"on 2 11 2025"`, bad("on:2/11/2025", hintDay)},
		{"on:2025-02-30", `"on 2025 02 30"`, bad("on:2025-02-30", hintDay)},
		{"on:0000 on:2025-13", `"on 0000" "on 2025 13"`, append(bad("on:0000", hintDay), bad("on:2025-13", hintDay)...)},
		{`on:"next tuesday"`, `"on next tuesday"`, bad("on:next tuesday", hintDay)},
		{"on: the way", "on the way", bad("on:the", hintDay)},
		{"on:2025,2024", `"on 2025 2024"`, bad("on:2025,2024", hintDay)},

		// Ages.
		{"older_than:7d newer_than:2h newer:30min newer:1Week older:6mo older:01y", "older_than:7d newer_than:2h newer_than:30m newer_than:1w older_than:6mo older_than:1y", nil},
		{"newer_than:2 days x", "newer_than:2d x", nil},
		{"newer_than:2 x", "newer_than:2d x", []string{"newer_than:2 is read as newer_than:2d"}},
		{"newer_than:0h", `"newer than 0h"`, bad("newer_than:0h", hintAge)},
		{"newer_than:30s newer_than:1000000d", `"newer than 30s" "newer than 1000000d"`, append(bad("newer_than:30s", hintAge), bad("newer_than:1000000d", hintAge)...)},

		// Lengths.
		{"longer:30s longer:90 longer:1m30s longer:1:30 longer:1m30 longer:90s", "longer:30s longer:1m30s longer:1m30s longer:1m30s longer:1m30s longer:1m30s", nil},
		{"shorter:1h shorter:2 min x", "shorter:1h shorter:2m x", nil},
		{`shorter:"2 minutes 5 s"`, "shorter:2m5s", nil},
		{"longer:0 longer:7d", `"longer 0" "longer 7d"`, append(bad("longer:0", hintLength), bad("longer:7d", hintLength)...)},
	}
	for _, tt := range tests {
		t.Run(excerpt(tt.in), func(t *testing.T) {
			got := Parse(tt.in)
			if got.String() != tt.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", tt.in, got, tt.want)
			}
			if diff := cmp.Diff(tt.notes, got.Notes); diff != "" {
				t.Errorf("Parse(%q): notes (-want +got):\n%s", tt.in, diff)
			}
			checkQuery(t, tt.in)
		})
	}
}

func TestFilterDigits(t *testing.T) {
	for in, want := range map[string]string{
		`from:"+1 (617) 555-0123"`: "16175550123", "from:0123": "0123", "from:0049-30-123456": "4930123456", "to:011493012345": "493012345",
		"from:0012": "0012", "from:01155": "01155", "from:Ann": "", "from:ann7": "", "on:2025": "", "bot:123": "",
	} {
		if got := filterOf(t, in).Digits(); got != want {
			t.Errorf("%s: got digits %q, want %q", in, got, want)
		}
	}
}

func TestFilterLength(t *testing.T) {
	for in, want := range map[string][2]time.Duration{
		"longer:1m30s": {90 * time.Second, 0}, "shorter:1h": {0, time.Hour}, "on:2025": {}, "longer:999999h": {999999 * time.Hour, 0},
	} {
		atLeast, below := filterOf(t, in).Length()
		if got := [2]time.Duration{atLeast, below}; got != want {
			t.Errorf("%s: got %v, want %v", in, got, want)
		}
	}
}

func filterOf(t *testing.T, in string) Filter {
	t.Helper()
	q := Parse(in)
	f, ok := q.Root.(Filter)
	if !ok || q.Notes != nil {
		t.Fatalf("%s is read as %s, notes %q", in, q, q.Notes)
	}
	return f
}
