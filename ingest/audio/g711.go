package audio

// The decoders of ITU-T G.711 (11/88), tables 1a and 1b (A-law) and 2a and 2b
// (µ-law), as 16 bit PCM: a value of A-law in units of 1/4096 of full scale is
// 8 times that, one of µ-law in units of 1/8192 is 4 times that, as in the
// reference code of ITU-T G.191 (alaw_expand, ulaw_expand).
var (
	muLaw = tabulate(expandMuLaw)
	aLaw  = tabulate(expandALaw)
)

func tabulate(expand func(code byte) int16) *[256]int16 {
	var table [256]int16
	for i := range table {
		table[i] = expand(byte(i))
	}
	return &table
}

// expandMuLaw decodes a sign, three bits of segment and four of step, all sent
// inverted. Each segment is twice as wide as the last, beginning 33 units early.
func expandMuLaw(code byte) int16 {
	code = ^code
	segment, step := code>>4&7, int16(code&0xf)
	value := (step<<1+33)<<segment - 33
	if code&0x80 != 0 {
		return -4 * value
	}
	return 4 * value
}

// expandALaw decodes the same with every even bit inverted; the sign is set for
// positive values and the first two segments are equally wide.
func expandALaw(code byte) int16 {
	code ^= 0x55
	segment, step := code>>4&7, int16(code&0xf)
	value := step<<1 + 1
	if segment > 0 {
		value = (value + 32) << (segment - 1)
	}
	if code&0x80 == 0 {
		return -8 * value
	}
	return 8 * value
}
