package audio

import (
	"bytes"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	frame := file(t, "mpeg2.mp3")[:144]
	free := bytes.Clone(frame)
	free[2] &= 0x0f
	layer2 := bytes.Clone(frame)
	layer2[1] = layer2[1]&^6 | 4
	other := append(bytes.Clone(frame), file(t, "mpeg1.mp3")[:200]...)
	tests := []struct {
		name string
		head []byte
		want Format
	}{
		{"nothing", nil, FormatUnknown},
		{"PCM", riff(fmtPart(1, 1, 8000, 16), dataPart(nil)), FormatWAVPCM},
		{"float", riff(fmtPart(3, 1, 8000, 32)), FormatWAVFloat},
		{"float of 16 bits", riff(fmtPart(3, 1, 8000, 16)), FormatWAVOther},
		{"µ-law", riff(fmtPart(7, 1, 8000, 8)), FormatWAVMuLaw},
		{"A-law of two channels", riff(fmtPart(6, 2, 8000, 8)), FormatWAVALaw},
		{"ADPCM", riff(fmtPart(0x11, 1, 8000, 4)), FormatWAVOther},
		{"extensible PCM", riff(part("fmt ", 40, extensible(1, 2, 48000, 24, rightGUID))), FormatWAVPCM},
		{"extensible A-law", riff(part("fmt ", 40, extensible(6, 1, 8000, 8, rightGUID))), FormatWAVALaw},
		{"extensible unknown", riff(part("fmt ", 40, extensible(1, 1, 8000, 8, "another GUID.."))), FormatWAVOther},
		{"64 bits", append([]byte("RF64"), riff(fmtPart(7, 1, 8000, 8))[4:]...), FormatWAVMuLaw},
		{"a chunk before the coding", riff(part("JUNK", 27, make([]byte, 27)), fmtPart(7, 1, 8000, 8)), FormatWAVMuLaw},
		{"the coding is further back", riff(part("JUNK", 4000, make([]byte, 4000)), fmtPart(7, 1, 8000, 8))[:512], FormatWAVOther},
		{"RIFF of a video", []byte("RIFF\x00\x00\x00\x00AVI LIST"), FormatUnknown},
		{"RIFF cut off", []byte("RIFF\x00\x00\x00\x00WA"), FormatUnknown},
		{"FLAC", file(t, "flac.flac")[:512], FormatFLAC},
		{"FLAC behind a tag", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x02xx"), "fLaC\x00"...), FormatFLAC},
		{"MP3", file(t, "mpeg2.mp3")[:512], FormatMP3},
		{"MP3 of 2.5", file(t, "mpeg25.mp3")[:512], FormatMP3},
		{"MP3 with a long first frame", file(t, "mpeg1.mp3")[:100], FormatMP3},
		{"MP3 behind a tag", file(t, "notag.mp3")[:512], FormatMP3},
		{"one frame alone", frame, FormatMP3},
		{"a frame and none after it", append(bytes.Clone(frame), "no frame at all"...), FormatUnknown},
		{"a frame of another stream after it", other, FormatUnknown},
		{"a frame of no known size", free, FormatUnknown},
		{"a frame of layer II", layer2, FormatUnknown},
		{"text in UTF-16", []byte("\xff\xfeh\x00i\x00"), FormatUnknown},
		{"AAC", []byte("\xff\xf1\x50\x80\x02\x1f\xfc\x21"), FormatUnknown},
		{"Vorbis", file(t, "vorbis.ogg")[:512], FormatOggVorbis},
		{"Opus", file(t, "opus.opus")[:512], FormatOggOpus},
		{"another Ogg", append(bytes.Clone(file(t, "opus.opus")[:28]), "\x7fFLAC"...), FormatOggOther},
		{"Ogg cut off", []byte("OggS\x00"), FormatOggOther},
		{"MP4", []byte("\x00\x00\x00\x20ftypM4A "), FormatMP4},
		{"WebM", []byte("\x1aE\xdf\xa3\x9f"), FormatWebM},
		{"AMR", []byte("#!AMR\n"), FormatAMR},
		{"a page", []byte("<!DOCTYPE html><title>Access denied</title>"), FormatUnknown},
		{"JSON", []byte(`{"errors":[]}`), FormatUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Sniff(tt.head); got != tt.want {
				t.Errorf("Sniff = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMediaTypes(t *testing.T) {
	tests := []struct {
		format   Format
		want     string
		playable bool
	}{
		{FormatWAVPCM, "audio/wav", true}, {FormatWAVFloat, "audio/wav", false}, {FormatWAVMuLaw, "audio/wav", false},
		{FormatWAVALaw, "audio/wav", false}, {FormatWAVOther, "audio/wav", false}, {FormatFLAC, "audio/flac", true},
		{FormatMP3, "audio/mpeg", true}, {FormatOggVorbis, "audio/ogg", true}, {FormatOggOpus, "audio/ogg", true},
		{FormatOggOther, "audio/ogg", true}, {FormatMP4, "audio/mp4", true}, {FormatWebM, "audio/webm", true},
		{FormatAMR, "audio/amr", false}, {FormatUnknown, "application/octet-stream", false}, {"", "application/octet-stream", false},
	}
	for _, tt := range tests {
		if got := tt.format.MediaType(); got != tt.want || tt.format.Playable() != tt.playable {
			t.Errorf("%q is %s, playable %v; want %s, %v", tt.format, got, tt.format.Playable(), tt.want, tt.playable)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, name := range sampleNames {
		f.Add(file(f, name)[:512])
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if got := Sniff(head); got == "" || !strings.Contains(got.MediaType(), "/") {
			t.Errorf("Sniff = %q of type %q", got, got.MediaType())
		}
	})
}
