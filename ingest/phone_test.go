package ingest

import "testing"

func TestE164(t *testing.T) {
	for _, tt := range []struct{ raw, region, want string }{
		{"+14155550123", "", "+14155550123"},
		{"(415) 555-0123", "US", "+14155550123"},
		{"030 901820", "DE", "+4930901820"},
		{"sip:+14155550123@sbc.example.com;user=phone", "US", "+14155550123"},
		{"SIPS:+14155550123@x", "US", "+14155550123"},
		{"tel:+14155550123;phone-context=x", "US", "+14155550123"},
		{"14155550123", "US", "+14155550123"},
		{"anonymous", "US", ""},
		{"sip:anonymous@anonymous.invalid", "US", ""},
		{"1001", "US", ""},
		{"", "US", ""},
		{"(415) 555-0123", "", ""},
	} {
		if got := e164(tt.raw, tt.region); got != tt.want {
			t.Errorf("%q in %q: got %q, want %q", tt.raw, tt.region, got, tt.want)
		}
	}
}
