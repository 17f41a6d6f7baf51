package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"
)

//go:embed static
var staticFS embed.FS

// staticFiles are the files beside the pages. They are addressed with their
// digest, so that browsers may keep them for ever.
type staticFiles struct {
	bytes  map[string][]byte
	digest map[string]string
}

func loadStatic() (*staticFiles, error) {
	st := &staticFiles{bytes: map[string][]byte{}, digest: map[string]string{}}
	entries, err := fs.ReadDir(staticFS, "static")
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	for _, e := range entries {
		b, err := staticFS.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read static files: %w", err)
		}
		sum := sha256.Sum256(b)
		st.bytes[e.Name()], st.digest[e.Name()] = b, hex.EncodeToString(sum[:8])
	}
	return st, nil
}

func (st *staticFiles) address(name string) string {
	return "/static/" + name + "?v=" + st.digest[name]
}

// contentType is said here, for machines without a list of their own.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func (s *Server) getStatic(v *visit) error { return s.serveStatic(v, v.Param("file")) }

func (s *Server) getFavicon(v *visit) error { return s.serveStatic(v, "icon.svg") }

func (s *Server) serveStatic(v *visit, name string) error {
	b, ok := s.static.bytes[name]
	if !ok {
		return notFound()
	}
	h := v.Response().Header()
	h.Set("Content-Type", contentType(name))
	h.Set("ETag", `"`+s.static.digest[name]+`"`)
	h.Set("Cache-Control", "no-cache")
	if v.QueryParam("v") == s.static.digest[name] {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(v.Response(), v.Request(), "", time.Time{}, bytes.NewReader(b))
	return nil
}
