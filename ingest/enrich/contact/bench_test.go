package contact

import "testing"

const typical = "Hello, this is Catherine Miller calling about the refund that I was promised last week for the damaged dishwasher, " +
	"order number 4471 0092, nobody has called me back and I am really getting tired of waiting, so please call me at " +
	"six one seven, five five five, oh one two three, extension twelve, not this number, before five, thank you and goodbye"

func BenchmarkFind(b *testing.B) {
	for _, bb := range []struct{ name, text, lang string }{
		{"typical en", typical, "en"},
		{"typical unknown", typical, ""},
		{"none en", "hello this is nobody calling about nothing and there is no need to do anything about it thank you", "en"},
		{"typical de", "guten tag hier ist die frau kowalski aus bochum es geht um die stromrechnung kundennummer vier sieben eins eins acht acht zwei " +
			"rufen sie mich bitte zurück unter null eins sieben eins drei neun zwei null null eins fünf danke", "de"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(Message{Text: bb.text, Lang: bb.lang, Caller: "+16175550142", Region: "US"})
			}
		})
	}
}
