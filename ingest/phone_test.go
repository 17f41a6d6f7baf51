package ingest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

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

// What is read without libphonenumber is what that makes of it.
func TestPlainNumberIsWhatLibphonenumberReads(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for code := range phonenumbers.GetSupportedCallingCodes() {
		for range 200 {
			e164 := fmt.Sprintf("+%d%d", code, random.Uint64N([]uint64{1e4, 1e6, 1e8, 1e9, 1e10, 1e12, 1e14}[random.IntN(7)]))
			got := plainNumber(e164)
			if got == nil {
				continue
			}
			plain++
			if want, err := phonenumbers.Parse(e164, ""); err != nil || phonenumbers.IsNumberMatchWithNumbers(got, want) != phonenumbers.EXACT_MATCH {
				t.Errorf("%s: got %v, libphonenumber %v, %v", e164, got, want, err)
			}
		}
	}
	if plain < 1000 {
		t.Errorf("only %d were plain", plain)
	}
	for _, odd := range []string{"", "+", "+1", "13125550188", "+1 3125550188", "+1312555018x", "+1+312555018", "+10125550188", "+1312555018812345678", "anonymous"} {
		if got := plainNumber(odd); got != nil {
			t.Errorf("%q: got %v", odd, got)
		}
	}
}
