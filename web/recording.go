package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

// noPlayer is why nothing can be played where there is no Player.
const noPlayer = "No bot is connected, so there is nowhere to fetch this recording from."

// getRecording streams one recording, whole or a range of it. The upstream's
// link stays behind Player.
func (s *Server) getRecording(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	n, err := v.recordingNumber()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, fmt.Sprintf("recording %d", n))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(vm.Recordings, func(r store.Recording) bool { return r.N == n })
	if i < 0 {
		return notFound()
	}
	if s.Player == nil {
		return &Unavailable{Status: http.StatusConflict, Words: noPlayer}
	}
	// Before opening: to ask for a link and for its file may take longer than
	// other answers do. A recorder that answers no deadlines keeps the server's.
	err = http.NewResponseController(v.Response()).SetWriteDeadline(time.Now().Add(listenPatience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("prolong answer: %w", err)
	}
	audio, err := s.Player.Open(v.ctx(), vm, n)
	if err != nil {
		return fmt.Errorf("open recording: %w", err)
	}
	defer audio.Content.Close()
	// ServeContent asks for the length as well, and has no words for why it
	// can't be told.
	if err := measure(audio.Content); err != nil {
		return fmt.Errorf("measure recording: %w", err)
	}
	h := v.Response().Header()
	h.Set("Content-Type", safeType(audio.Type))
	h.Set("Cache-Control", "private")
	h.Set("Content-Disposition", disposition(v.QueryParam("download") == "1", vm.Recordings[i], audio.Type))
	if audio.ETag != "" {
		h.Set("ETag", audio.ETag)
	}
	http.ServeContent(v.Response(), v.Request(), "", audio.ModTime, audio.Content)
	return nil
}

// measure finds whether the content's length can be told, and goes back to its
// start.
func measure(c io.Seeker) error {
	if _, err := c.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	_, err := c.Seek(0, io.SeekStart)
	return err
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
	if path.Ext(name) == "" {
		if kind == "audio/mpeg" {
			name += ".mp3"
		} else if strings.Contains(kind, "wav") {
			name += ".wav"
		}
	}
	how := "inline"
	if download {
		how = "attachment"
	}
	return cmp.Or(mime.FormatMediaType(how, map[string]string{"filename": name}), how)
}
