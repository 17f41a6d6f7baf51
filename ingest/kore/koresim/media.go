package koresim

import (
	"bytes"
	"net/http"
	"time"
)

// cachedFiles is how many made-up files are kept: a player asks for several
// ranges of the same one.
const cachedFiles = 16

// audioCache keeps the files made last. Sim.mu guards it.
type audioCache struct {
	order []string
	files map[string][]byte
}

// Media returns the handler of the second origin, which serves the files.
// Safe for concurrent use.
func (s *Sim) Media() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.count(KindMedia)
		if leaksCredential(r) {
			s.mu.Lock()
			s.stats.AuthLeaks++
			s.mu.Unlock()
			s.cfg.Log.Warn("credential sent to the media host")
			envelope(400, 400, "credentials are not accepted here").send(w)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Method == http.MethodHead && s.quirks.NoRange {
			reply{status: 405, kind: "text/plain", body: []byte("method not allowed\n")}.send(w)
			return
		}
		x, n := s.open(r.URL.EscapedPath(), r.URL.RawQuery, s.cfg.Now())
		id := ""
		if x != nil {
			id = x.id
		}
		fault := s.strike(KindMedia, id)
		if fault != nil {
			s.cfg.Log.Info("fault strikes", "request", KindMedia, "fault", fault.Kind)
			if out, ok := fault.instead(); ok {
				out.send(w)
				return
			}
		}
		if x == nil || x.kind != kindVoicemail {
			s.mu.Lock()
			s.stats.LinksRefused++
			s.mu.Unlock()
			reply{status: 403, kind: "text/plain; charset=utf-8", body: []byte("Forbidden\n")}.send(w)
			return
		}
		s.serveFile(w, r, fault, s.file(x, n))
	})
}

// leaksCredential tells whether anything came along that only the API may see.
func leaksCredential(r *http.Request) bool {
	h := r.Header
	return h.Get("auth") != "" || h.Get("Authorization") != "" || h.Get("Cookie") != "" ||
		h.Get("accountId") != "" || h.Get("iId") != ""
}

func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request, fault *Fault, file []byte) {
	out := reply{status: 200, kind: s.quirks.MediaType, body: file}
	switch {
	case fault != nil:
		fault.deliver(w, r, out)
	case s.quirks.NoRange:
		out.send(w)
	default:
		w.Header().Set("Content-Type", s.quirks.MediaType)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	}
}

// file is the audio of one file of x, made now or kept from before.
func (s *Sim) file(x *session, n int) []byte {
	if x.spec != nil && x.spec.Audio != nil {
		return x.spec.Audio
	}
	key := s.fileID(x.id, n)
	s.mu.Lock()
	have, ok := s.audio.files[key]
	s.mu.Unlock()
	if ok {
		return have
	}
	m, who := s.message(x), s.personOf(x)
	if n >= len(m.clips) {
		return nil
	}
	d := newDice(x.key, "voice", 0)
	made := wav(speak(m.clips[n].spoken, m.clips[n].seconds, newVoice(&d, who.female)))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.audio.files == nil {
		s.audio.files = map[string][]byte{}
	}
	if _, ok := s.audio.files[key]; !ok {
		s.audio.files[key] = made
		s.audio.order = append(s.audio.order, key)
	}
	if len(s.audio.order) > cachedFiles {
		delete(s.audio.files, s.audio.order[0])
		s.audio.order = s.audio.order[1:]
	}
	return made
}
