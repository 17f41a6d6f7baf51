package ingest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// ranged asks for a part as a browser does.
func ranged(t *testing.T, a *Audio, from, to string) []byte {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	req.Header.Set("Range", "bytes="+from+"-"+to)
	got := httptest.NewRecorder()
	http.ServeContent(got, req, "", a.ModTime, a)
	if got.Code != http.StatusPartialContent {
		t.Fatalf("got %d", got.Code)
	}
	return got.Body.Bytes()
}

func TestWhatBrowsersCantPlayIsDecoded(t *testing.T) {
	for _, format := range []koresim.Format{koresim.FormatMulaw, koresim.FormatAlaw} {
		for _, archived := range []bool{false, true} {
			name := string(format) + " from a link"
			if archived {
				name = string(format) + " from the archive"
			}
			t.Run(name, func(t *testing.T) {
				k := keepable(t, koresim.Config{MediaFormat: format}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
				if archived {
					k.untilArchived()
				}
				p := k.archivePlayer()
				v := k.voicemail(k.all[0].ID)
				original := k.sim.VoicemailFile(v.SessionID, 0)
				a, err := p.Open(t.Context(), v, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				whole, err := io.ReadAll(a)
				if err != nil || a.ContentType != "audio/wav" {
					t.Fatalf("got %d bytes of %s, %v", len(whole), a.ContentType, err)
				}
				if tag := binary.LittleEndian.Uint16(whole[20:]); tag != 1 || len(whole) < 2*len(original)-200 {
					t.Errorf("got coding %d of %d bytes from %d", tag, len(whole), len(original))
				}
				if got := ranged(t, a, "1001", "2000"); !bytes.Equal(got, whole[1001:2001]) {
					t.Error("a part is not that of the whole")
				}
				if a.Immutable != archived {
					t.Errorf("immutable: %t", a.Immutable)
				}
				keep, err := p.OpenOriginal(t.Context(), v, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer keep.Close()
				got, err := io.ReadAll(keep)
				if err != nil || !bytes.Equal(got, original) || keep.ContentType != "audio/wav" {
					t.Errorf("the original has %d bytes of %s, %v, want %d", len(got), keep.ContentType, err, len(original))
				}
				if keep.Key == a.Key {
					t.Error("two contents have one key")
				}
			})
		}
	}
}

func TestEveryFormatIsKeptAndPlayed(t *testing.T) {
	for _, tt := range []struct {
		format koresim.Format
		want   string
	}{
		{koresim.FormatPCM, "audio/wav"}, {koresim.FormatMulaw, "audio/wav"}, {koresim.FormatFLAC, "audio/flac"},
		{koresim.FormatMP3, "audio/mpeg"}, {koresim.FormatOpus, "audio/ogg"}, {koresim.FormatVorbis, "audio/ogg"},
	} {
		t.Run(string(tt.format), func(t *testing.T) {
			k := keepable(t, koresim.Config{MediaFormat: tt.format}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
			k.untilArchived()
			v := k.voicemail(k.all[0].ID)
			if r := v.Recordings[0]; r.Type != tt.want || r.Duration == 0 {
				t.Errorf("got %+v", r)
			}
			a, err := k.archivePlayer().Open(t.Context(), v, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if _, err := io.ReadAll(a); err != nil || a.ContentType != tt.want {
				t.Errorf("got %s, %v", a.ContentType, err)
			}
		})
	}
}

func TestPlayerAsksOnceMoreForAPage(t *testing.T) {
	w, p, all := playable(t, koresim.Config{})
	place, _, _ := placeOf(all[0], 0)
	if _, err := p.links.fresh(t.Context(), w.client, wanted{v: all[0], place: place}); err != nil {
		t.Fatal(err)
	}
	// The link that is remembered answers with a page, as some hosts do when it
	// is over.
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultHTML, On: koresim.KindMedia, Times: 1})
	before := w.sim.Stats().Requests[koresim.KindVoicemail]
	readAll(t, p, all[0])
	if got := w.sim.Stats().Requests[koresim.KindVoicemail] - before; got != 1 {
		t.Errorf("asked for %d links, want 1", got)
	}
}

func TestPlayerPlaysCallsThroughLinks(t *testing.T) {
	k := keepable(t, koresim.Config{})
	v := k.add(koresim.NewVoicemail{Recordings: recorded(koresim.StatusAt{Status: "success"})})
	k.keeper = k.newKeeper(func(c *KeeperConfig) { c.Archive = nil })
	k.lookUp(v)
	p := k.archivePlayer()
	for i, r := range k.calls(v) {
		if r.Kind != store.RecordingCallV2 || r.Digest != "" {
			t.Fatalf("got %+v", r)
		}
		a, err := p.Open(t.Context(), k.voicemail(v.ID), r.N)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(a)
		if err != nil || !bytes.Equal(body, k.sim.CallFile(v.SessionID, i)) {
			t.Errorf("got %d bytes, %v", len(body), err)
		}
		a.Close()
	}
}
