package koresim

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// storePath is where links lead with the quirk of that name.
const storePath = "/api/mediaStore/SIM/"

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
		path := r.URL.EscapedPath()
		if rest, ok := strings.CutPrefix(path, storePath); ok {
			path = mediaPath + rest
		} else if s.quirks.Redirect && strings.HasPrefix(path, mediaPath) {
			// Where the link leads is told without looking whether it holds.
			to := storePath + strings.TrimPrefix(path, mediaPath) + "?" + r.URL.RawQuery
			reply{status: http.StatusFound, kind: "text/plain", header: http.Header{"Location": {to}}}.send(w)
			return
		}
		x, n := s.open(path, r.URL.RawQuery, s.cfg.Now())
		id := ""
		if x != nil {
			id = x.id
		}
		fault := s.strike(KindMedia, id, id+path)
		if fault != nil {
			s.cfg.Log.Info("fault strikes", "request", KindMedia, "fault", fault.Kind)
			if out, ok := fault.instead(); ok {
				out.send(w)
				return
			}
		}
		if x == nil || !s.hasFile(x, n) {
			s.mu.Lock()
			s.stats.LinksRefused++
			s.mu.Unlock()
			reply{status: 403, kind: "text/plain; charset=utf-8", body: []byte("Forbidden\n")}.send(w)
			return
		}
		if s.deleted(x, s.cfg.Now()) {
			reply{status: 404, kind: "text/plain; charset=utf-8", body: []byte("Not Found\n")}.send(w)
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

func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request, fault *Fault, m media) {
	kind := s.quirks.MediaType
	if s.quirks.TypeByFormat {
		kind = m.format.mediaType()
	}
	if m.kind != "" {
		kind = m.kind
	}
	out := reply{status: 200, kind: kind, src: m.source}
	switch {
	case fault != nil:
		fault.deliver(w, r, out)
	case s.quirks.NoLength:
		out.head(w)
		// Flushed before there is anything: so no length is known.
		_ = http.NewResponseController(w).Flush()
		if r.Method != http.MethodHead {
			_, _ = io.Copy(w, out.reader())
		}
	case s.quirks.NoRange:
		w.Header().Set("Content-Length", strconv.FormatInt(m.Size(), 10))
		out.send(w)
	default:
		w.Header().Set("Content-Type", kind)
		http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(m.source, 0, m.Size()))
	}
}

// callFile is the number of a session's first call recording; those below it
// are its voicemails.
const callFile = 8

// fileObject is one file of a reply, with a fresh link.
func (s *Sim) fileObject(x *session, n int, name string, now time.Time) object {
	f := s.newFile(x, n)
	ending := ".wav"
	if s.quirks.HonestNames {
		ending = s.formatOf(x, f).ending()
	}
	if name += ending; f.Name != "" {
		name = f.Name
	}
	return object{{"fileName", name}, {"fileUrl", s.link(x, n, ending, now)}}
}

// newFile is what somebody said of a file; the zero value where nobody did.
func (s *Sim) newFile(x *session, n int) NewFile {
	var list []NewFile
	switch {
	case n >= callFile:
		list, n = s.planOf(x).files, n-callFile
	case x.spec != nil:
		list = x.spec.Files
	}
	var f NewFile
	if n < len(list) {
		f = list[n]
	}
	if x.spec != nil && x.spec.Audio != nil && f.Audio == nil && n < callFile {
		f.Audio = x.spec.Audio
	}
	return f
}

// formatOf is what a file is inside.
func (s *Sim) formatOf(x *session, f NewFile) Format {
	format := f.Format
	if format == "" {
		format = s.cfg.MediaFormat
	}
	if format == FormatMixed {
		d := newDice(x.key, "format", 0)
		format = pick(&d, formats)
	}
	return format
}

// hasFile tells whether there is such a file.
func (s *Sim) hasFile(x *session, n int) bool {
	if n >= callFile {
		return n-callFile < len(s.planOf(x).files)
	}
	return x.kind == kindVoicemail && n < len(s.message(x).clips)
}

// file is one file of x, made now or kept from before.
func (s *Sim) file(x *session, n int) media {
	f := s.newFile(x, n)
	m := media{format: s.formatOf(x, f), name: f.Name, kind: f.Type}
	switch {
	case f.Audio != nil:
		m.source = byteSource(f.Audio)
		return m
	case f.Size > 0:
		m.source = huge(m.format, f.Size, x.key+uint64(n))
		return m
	}
	key := s.fileID(x.id, n)
	s.mu.Lock()
	have, ok := s.audio.files[key]
	s.mu.Unlock()
	if !ok {
		var err error
		if have, err = encodeAudio(m.format, s.samples(x, n, f, m.format), key); err != nil {
			s.cfg.Log.Error("made no audio", "format", m.format, "error", err)
		}
		s.keep(key, have)
	}
	m.source = byteSource(have)
	return m
}

// samples is what one hears in a file.
func (s *Sim) samples(x *session, n int, f NewFile, format Format) []int16 {
	d, who := newDice(x.key, "voice", 0), s.personOf(x)
	text, seconds := "", 0.
	if n >= callFile {
		text, seconds = s.dialogue(x, n-callFile)
	} else {
		c := s.message(x).clips[n]
		text, seconds = c.spoken, c.seconds
	}
	seconds = s.fileSeconds(seconds, f)
	if format == FormatMP3 || format == FormatOpus || format == FormatVorbis {
		return make([]int16, int(seconds*sampleRate)) // nobody would hear it
	}
	return speak(text, seconds, newVoice(&d, who.female))
}

// fileSeconds is how long the file of something said is.
func (s *Sim) fileSeconds(said float64, f NewFile) float64 {
	switch {
	case f.Seconds > 0:
		return f.Seconds
	case s.cfg.MediaSeconds > 0:
		return min(said, s.cfg.MediaSeconds)
	default:
		return said
	}
}

// recordedSeconds is how much of a call is made up at most, to keep files small.
const recordedSeconds = 12

// dialogue is what is said in a call: something, for some seconds.
func (s *Sim) dialogue(x *session, n int) (text string, seconds float64) {
	d := newDice(x.key, "dialogue", uint64(n))
	who := s.personOf(x)
	t := &talk{d: &d, g: s.lib.langs[who.lang], trade: pick(&d, queues).trade, who: who, used: map[said]bool{}, made: map[string]string{}}
	text = t.compose("message")
	return text, min(secondsOf(text), float64(s.length(x)), recordedSeconds)
}

// keep puts a file into the cache.
func (s *Sim) keep(key string, made []byte) {
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
}

// VoicemailFile returns the bytes of the n-th file of a voicemail, and nil
// where there is none; CallFile those of the n-th call recording of a session,
// ready or not. A file of some size is made in memory here.
func (s *Sim) VoicemailFile(sessionID string, n int) []byte {
	return s.fileBytes(sessionID, n, n < callFile)
}

// CallFile returns the bytes of the n-th call recording of a session, ready or
// not, and nil where there is none. A file of some size is made in memory here.
func (s *Sim) CallFile(sessionID string, n int) []byte {
	return s.fileBytes(sessionID, callFile+n, n < callFile)
}

func (s *Sim) fileBytes(sessionID string, n int, ok bool) []byte {
	x := s.find(sessionID)
	if !ok || n < 0 || x == nil || !s.hasFile(x, n) {
		return nil
	}
	m := s.file(x, n)
	b := make([]byte, m.Size())
	if _, err := m.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil
	}
	return b
}
