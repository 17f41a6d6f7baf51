package contact

import "testing"

// A person who is only spoken of is no label of the caller's own number.
func TestLabelOfCaller(t *testing.T) {
	for _, tt := range []struct{ lang, region, text, want string }{
		{"en", "US", "please call my daughter at 617 555 0123", "my daughter"},
		{"en", "US", "please have your boss call me at 617 555 0123", ""},
		{"en", "US", "my daughter said you can reach me on 617 555 0123", ""},
		{"en", "US", "call me at work on 617 555 0123", "work"},
		{"de", "DE", "ich muss den chef sprechen null eins sieben eins drei neun zwei null null eins eins", ""},
		{"de", "DE", "mein chef will dass sie mich anrufen null eins sieben eins drei neun zwei null null eins eins", ""},
		{"de", "DE", "rufen sie den chef an null eins sieben eins drei neun zwei null null eins eins", "chef"},
		{"de", "DE", "meine tochter erreichen sie unter null eins sieben eins drei neun zwei null null eins eins", "meine tochter"},
		{"fr", "FR", "que votre chef me rappelle au 06 12 34 56 78", ""},
		{"fr", "FR", "rappelez mon chef au 06 12 34 56 78", "mon chef"},
		{"es", "ES", "que me llame el administrador al 612 34 56 78", ""},
		{"es", "ES", "llame a mi hija al 612 34 56 78", "mi hija"},
		{"en", "US", "give us a bell on 415 555 0128", ""},
	} {
		list := Find(Message{Text: tt.text, Lang: tt.lang, Region: tt.region})
		if len(list) != 1 || list[0].Label != tt.want {
			t.Errorf("%q: got %+v, want one number labelled %q", tt.text, list, tt.want)
		}
	}
}
