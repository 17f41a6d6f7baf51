package audio

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// ITU-T G.711 (11/88), tables 1a (A-law) and 2a (µ-law): character signals, their
// bits as sent, with the values of the decoder's output.
func TestG711Tables(t *testing.T) {
	tests := []struct {
		name  string
		table *[256]int16
		unit  int16 // of the tables' values, in 16 bit PCM
		want  map[byte]int16
	}{
		{"µ-law", muLaw, 4, map[byte]int16{
			0x80: 8031, 0x8f: 4191, 0x9f: 2079, 0xaf: 1023, 0xbf: 495, 0xcf: 231, 0xdf: 99, 0xef: 33, 0xfe: 2, 0xff: 0,
		}},
		{"A-law", aLaw, 8, map[byte]int16{
			// With even bits inverted: 1111 1111 is sent as 1010 1010.
			0xff ^ 0x55: 4032, 0xf0 ^ 0x55: 2112, 0xe0 ^ 0x55: 1056, 0xd0 ^ 0x55: 528, 0xc0 ^ 0x55: 264, 0xb0 ^ 0x55: 132, 0xa0 ^ 0x55: 66, 0x80 ^ 0x55: 1,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for code, want := range tt.want {
				if got := tt.table[code]; got != want*tt.unit {
					t.Errorf("%#02x is %d, want %d", code, got, want*tt.unit)
				}
				if got := tt.table[code^0x80]; got != -want*tt.unit {
					t.Errorf("%#02x is %d, want %d", code^0x80, got, -want*tt.unit)
				}
			}
		})
	}
}

// Another program decodes every code to the same.
func TestG711LikeSox(t *testing.T) {
	for name, table := range map[string]*[256]int16{"mulaw.pcm": muLaw, "alaw.pcm": aLaw} {
		var got []byte
		for _, v := range table {
			got = binary.LittleEndian.AppendUint16(got, uint16(v))
		}
		if want := file(t, name); !bytes.Equal(got, want) {
			t.Errorf("%s: our table differs:\n%v\n%v", name, got, want)
		}
	}
}
