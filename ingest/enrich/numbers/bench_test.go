package numbers

import "testing"

const plain = "Hello, this is Catherine Miller calling about the refund that I was promised last week for the damaged dishwasher, " +
	"nobody has called me back and I am really getting tired of waiting, so please ask somebody from your billing department " +
	"to get in touch with me before the weekend, otherwise I have to cancel the whole contract, thank you and goodbye"

const spoken = "Hello, this is Catherine Miller, please call me back at six one seven, five five five, oh one two three, " +
	"or at area code seven one eight, triple five, sorry, double five four oh one nine nine, after twenty past five, thanks"

func BenchmarkFind(b *testing.B) {
	for _, bb := range []struct{ name, text, lang string }{
		{"none en", plain, "en"}, {"none unknown", plain, ""}, {"numbers en", spoken, "en"}, {"numbers unknown", spoken, ""},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(bb.text, bb.lang)
			}
		})
	}
}
