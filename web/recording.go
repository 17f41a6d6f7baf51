package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"afterbeep/store"
)

// noPlayer is why nothing can be played where there is no Player.
const noPlayer = "Its bot is not connected, so there is nowhere to fetch this recording from."

// getRecording streams one recording, whole or a range of it. The upstream's
// link stays behind Player.
func (s *Server) getRecording(v *visit) error {
	vm, r, err := v.recordingOf(func(id int64, n int) (store.Voicemail, error) {
		return s.listen(v, listenKey{voicemail: id, n: n, download: v.QueryParam("download") == "1"})
	})
	if err != nil {
		return err
	}
	if s.Player == nil {
		return &Unavailable{Status: http.StatusConflict, Words: noPlayer}
	}
	if s.headOfOriginal(v, r) {
		return nil
	}
	// Before opening: to ask for a link and for its file may take longer than
	// other answers do. A recorder that answers no deadlines keeps the server's.
	err = http.NewResponseController(v.Response()).SetWriteDeadline(time.Now().Add(listenPatience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("prolong answer: %w", err)
	}
	audio, err := s.openAudio(v, vm, r.N)
	if err != nil {
		return fmt.Errorf("open recording: %w", err)
	}
	defer audio.Content.Close()
	// ServeContent asks for the length as well, and has no words for why it
	// can't be told.
	size, err := measure(audio.Content)
	if err != nil {
		return fmt.Errorf("measure recording: %w", err)
	}
	v.audioHeaders(r, audio)
	return v.serveAudio(audio, size)
}

// listen opens the voicemail for somebody who listens, and writes that down
// once for each listen (see listens).
func (s *Server) listen(v *visit, k listenKey) (store.Voicemail, error) {
	detail := fmt.Sprintf("recording %d", k.n)
	if k.download {
		detail += downloaded
	}
	k.user = v.user.ID
	isNew := s.listens.isNew(k, v.Request(), v.now)
	if !isNew {
		vm, err := s.Store.Voicemail(v.ctx(), v.scope(), k.voicemail)
		if err == nil {
			s.listens.heard(k, false, v.now)
			return vm, nil
		}
		// The right to it was lost, or the store: what a first request is told.
	}
	vm, err := s.open(v, k.voicemail, detail)
	if err == nil {
		s.listens.heard(k, true, v.now)
		if !k.download && v.Request().Method == http.MethodGet {
			s.markHeard(v, vm)
		}
	}
	return vm, err
}

// openAudio opens what browsers play, or for a download what the upstream made.
func (s *Server) openAudio(v *visit, vm store.Voicemail, n int) (Audio, error) {
	if v.QueryParam("download") == "1" && s.Originals != nil {
		return s.Originals.OpenOriginal(v.ctx(), vm, n)
	}
	return s.Player.Open(v.ctx(), vm, n)
}

// For how long a browser may play again what it has without asking. Archived
// audio never changes, but each listen is to be in the audit log: a browser asks
// again as soon as it would be another listen, and is told that nothing changed.
const (
	keepsKept  = listenPause
	keepsOther = time.Minute
)

// audioHeaders describe the audio. Whoever signs in next on the same browser is
// another reader, for whom nothing is kept.
func (v *visit) audioHeaders(r store.Recording, a Audio) {
	h := v.Response().Header()
	h.Set("Content-Type", safeType(a.Type))
	keeps := keepsOther
	if a.Immutable && a.ETag != "" {
		keeps = keepsKept
	}
	h.Set("Cache-Control", fmt.Sprintf("private, max-age=%d", int(keeps.Seconds())))
	h.Set("Vary", "Cookie, Authorization")
	h.Set("Content-Disposition", disposition(v.QueryParam("download") == "1", r, a.Type))
	if a.ETag != "" {
		h.Set("ETag", a.ETag)
	}
}

// headOfOriginal answers a HEAD of a download by what is known of the archived
// audio, without opening it.
func (s *Server) headOfOriginal(v *visit, r store.Recording) bool {
	if v.Request().Method != http.MethodHead || v.QueryParam("download") != "1" || r.KeptAt.IsZero() || v.Request().Header.Get("Range") != "" {
		return false
	}
	v.audioHeaders(r, Audio{Type: r.Type, ETag: `"` + r.Digest + `"`, Immutable: true})
	http.ServeContent(v.Response(), v.Request(), "", r.KeptAt, lengthOnly{r.Bytes})
	return true
}

// measure finds the content's length, and goes back to its start.
func measure(c io.Seeker) (size int64, err error) {
	if size, err = c.Seek(0, io.SeekEnd); err != nil {
		return 0, err
	}
	_, err = c.Seek(0, io.SeekStart)
	return size, err
}

// safeType lets nothing through that a browser would show as a page.
func safeType(kind string) string {
	if strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") {
		return kind
	}
	return "application/octet-stream"
}

// disposition names the file for those who keep it. The name is the upstream's,
// so all that a file system or a header could misread is taken out of it.
func disposition(download bool, r store.Recording, kind string) string {
	name := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || strings.ContainsRune(`/\:*?"<>|;%`, c) || c == '\uFFFD' {
			return '_'
		}
		return c
	}, r.FileName)
	name = strings.TrimLeft(cut(name, 120), ". ")
	if name == "" {
		name = fmt.Sprintf("recording-%d", r.N)
	}
	name = withExtension(name, kind)
	how := "inline"
	if download {
		how = "attachment"
	}
	return cmp.Or(mime.FormatMediaType(how, map[string]string{"filename": name}), how)
}

// extensions are those of the types that audio is sniffed as.
var extensions = map[string]string{"audio/wav": ".wav", "audio/flac": ".flac", "audio/mpeg": ".mp3", "audio/ogg": ".ogg"}

// withExtension gives a file the extension of what it is: the upstream names
// everything .wav.
func withExtension(name, kind string) string {
	right, known := extensions[kind]
	if !known {
		return name
	}
	had := path.Ext(name)
	switch strings.ToLower(had) {
	case right:
		return name
	case ".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus":
		return strings.TrimSuffix(name, had) + right
	}
	return name + right
}
