package cards

import (
	"strings"
	"testing"
)

const plain = `hello this is maria lopez i am calling because the delivery that was promised for today did not come and nobody answered when i tried
to reach the office i was told that somebody would ring me back but i am still waiting so please let me know what is going on with it thank you very much
and have a good day bye`

const withCard = `hello my name is marcus bell it's for order 9290863 somebody used my card without asking it's five two zero zero eight two eight two
eight two eight two eight two one zero it expires zero three two seven my phone is five zero three uh 555 zero one six four thanks bye`

func BenchmarkPlain60Words(b *testing.B) {
	text := strings.Join(strings.Fields(plain)[:60], " ")
	b.ReportAllocs()
	for b.Loop() {
		MaskText(text, "en")
	}
}

func BenchmarkCard(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		MaskText(withCard, "en")
	}
}

func BenchmarkManyDigits(b *testing.B) {
	text := strings.Repeat("four 2 ", 20_000)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		MaskText(text, "en")
	}
}
