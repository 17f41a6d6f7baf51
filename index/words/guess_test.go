package words

import "testing"

func TestSpoken(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		{"", "hi it's me can you call me back about my invoices", "en"},
		{"", "hola soy yo quería saber cuándo llega mi pedido gracias", "es"},
		{"und", "bonjour je vous appelle pour ma facture merci de me rappeler", "fr"},
		{"", "guten tag ich habe eine frage zu meiner rechnung bitte rufen sie mich an", "de"},
		{"", "Kraków Gdańsk Warszawa", ""},
		{"", "", ""},
		{"", "taxi", ""},
		{"pl", "hi it's me can you call me back", "pl"},
		{"en-US", "hola soy yo gracias", "en"},
	} {
		if got := Spoken(tt.lang, tt.text); got != tt.want {
			t.Errorf("Spoken(%q, %q) = %q, want %q", tt.lang, tt.text, got, tt.want)
		}
	}
}
