package contact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// checkNumbers fails where what is found is not as Number says.
func checkNumbers(t *testing.T, m Message, list []Number) {
	t.Helper()
	calling := true
	for _, n := range list {
		if n.Kind != Call {
			calling = false
		} else if !calling {
			t.Errorf("%q: a number to call comes behind others: %+v", m.Text, list)
		}
		if n.Kind == "" || (n.E164 != "") != (n.Kind == Call || n.Kind == Not || n.Kind == Write) {
			t.Errorf("%q: %+v", m.Text, n)
		}
		if strings.Trim(n.Digits+n.Ext, "0123456789") != "" || n.Digits == "" {
			t.Errorf("%q: digits of %+v", m.Text, n)
		}
		last := 0
		for _, s := range n.Spans {
			if s.Start < last || s.End <= s.Start || s.End > len(m.Text) {
				t.Fatalf("%q: spans of %+v", m.Text, n)
			}
			last = s.End
			if utf8.ValidString(m.Text) && !utf8.ValidString(m.Text[s.Start:s.End]) {
				t.Errorf("%q: a span of %+v is not at the borders of runes", m.Text, n)
			}
		}
		if len(n.Spans) == 0 && !n.CallerID {
			t.Errorf("%q: no words say %+v", m.Text, n)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("call me at six one seven five five five oh one two three extension twelve, not this number", "en", "+16175550123", "US")
	f.Add("rappelez-moi au même numéro mais qui finit par quarante-deux au lieu de quarante", "fr", "+33199003040", "FR")
	f.Add("vorwahl 069, meine nummer ist 90009 328, durchwahl vier", "de", "", "DE")
	f.Add("mi cuenta es 12345, llámeme al 91 456 78 90 o a este número", "es", "+34914567890", "")
	f.Add("0000000000000 same number ending in 1 extension", "", "+1", "XX")
	f.Add("0000000 Y A este", "0", "+100A", "")
	f.Fuzz(func(t *testing.T, text, lang, caller, region string) {
		m := Message{Text: text, Lang: lang, Caller: caller, Region: region}
		checkNumbers(t, m, Find(m))
	})
}
