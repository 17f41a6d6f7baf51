package kore

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestExcerptKeepsWhatExplains(t *testing.T) {
	for _, text := range []string{
		"Invalid SDK credentials", "You’ve exceeded the per-minute rate limit. Please wait for sometime before retrying.",
		`error verifying the jwt: if "jti" claim "exp" must be <= 1 hour(s)`, "Conversation not found for the given session id.", "code 4002 at 12:30",
	} {
		if got := excerpt(text); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	if got, want := excerpt("a\r\n\tb\x00c\u202ed"), "a b c d"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := excerpt(strings.Repeat("word ", 1000)); utf8.RuneCountInString(got) > maxExcerpt+3 {
		t.Errorf("got %d characters", utf8.RuneCountInString(got))
	}
}

// TestExcerptHides puts secrets into random texts, and finds none of them in
// what comes out.
func TestExcerptHides(t *testing.T) {
	c, _ := newClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now = func() time.Time { return time.Unix(1_700_000_000, 0) } })
	token, err := c.mint()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]string{
		token: strings.Split(token, "."),
		"https://h/api/getMediaStream/f.wav?e=1739359482&n=3757551799&s=SWxkWWVr$$": {"getMediaStream", "1739359482", "SWxkWWVr"},
		"/api/f.wav?e=1739359482&n=3757551799&s=SWxkWWVr$$":                         {"1739359482", "SWxkWWVr"},
		"+1 (415) 555-0123": {"415", "0123"}, "4155550123": {"415", "0123"}, "０４１５５５５": {"０４１"}, "555 01 23": {"555", "23"},
		"1.415.555.0123": {"415", "0123"}, "tel:+14155550123": {"415"}, "caller4155550123": {"415"},
		"jane.doe@example.com": {"jane", "example.com"}, testSecret: {testSecret[:30]},
	}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		var forbidden []string
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			text.WriteString(rapid.StringMatching(`[a-z <>"{}:\n]{0,400}`).Draw(t, "filler") + " ")
			secret := rapid.SampledFrom(keysOf(secrets)).Draw(t, "secret")
			text.WriteString(secret + " ")
			forbidden = append(forbidden, secrets[secret]...)
		}
		for _, got := range []string{excerpt(text.String()), failure("x", 500, nil, []byte(text.String()), time.Time{}).Error()} {
			for _, part := range forbidden {
				if strings.Contains(got, part) {
					t.Fatalf("%q is left in %q", part, got)
				}
			}
		}
	})
}

func keysOf(m map[string][]string) []string {
	return slices.Sorted(maps.Keys(m))
}

func TestCodesThatAreNone(t *testing.T) {
	for code, want := range map[string]string{"4002": "4002", "E_LIMIT": "E_LIMIT", "4155550123": "[number]", "a b": "", "": "", strings.Repeat("x", 50): ""} {
		if got := safeCode(code); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
}
