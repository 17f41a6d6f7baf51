package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var staticFS embed.FS

// styleName is the address of the files of static/css, joined in the order of
// their names: one request, and no file that is everybody's.
const styleName = "style.css"

// staticFile is one file beside the pages, in both forms that are sent.
type staticFile struct {
	plain, packed []byte
	etag          string
}

// staticFiles are the files beside the pages. Their address holds a digest of
// all of them, so that browsers may keep them for ever and modules may import
// each other by relative paths.
type staticFiles struct {
	byName map[string]staticFile
	digest string
}

func loadStatic() (*staticFiles, error) {
	plain := map[string][]byte{}
	var style []byte
	all := sha256.New()
	err := fs.WalkDir(staticFS, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := staticFS.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(all, "%s %d\n", file, len(b))
		all.Write(b)
		name := strings.TrimPrefix(file, "static/")
		if path.Dir(name) == "css" {
			style = append(style, b...)
			return nil
		}
		plain[name] = b
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	plain[styleName] = style
	st := &staticFiles{byName: map[string]staticFile{}, digest: hex.EncodeToString(all.Sum(nil)[:8])}
	for name, b := range plain {
		sum := sha256.Sum256(b)
		st.byName[name] = staticFile{plain: b, packed: pack(b), etag: hex.EncodeToString(sum[:8])}
	}
	return st, nil
}

// pack compresses what is sent over and over, once.
func pack(b []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(b) // to memory
	_ = w.Close()
	return packed.Bytes()
}

// address is where a file is found, for as long as no file changes.
func (st *staticFiles) address(name string) string {
	return "/static/" + st.digest + "/" + name
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
	case ".LICENSE", ".md":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func (s *Server) getStatic(v *visit) error {
	return s.serveStatic(v, v.Param("*"), v.Param("digest") == s.static.digest)
}

func (s *Server) getFavicon(v *visit) error { return s.serveStatic(v, "icon.svg", false) }

// serveStatic sends a file; forever says that its address is of these very
// bytes. Under an older digest the file is sent as it is now, for a page that
// was open while the program was upgraded.
func (s *Server) serveStatic(v *visit, name string, forever bool) error {
	file, ok := s.static.byName[name]
	if !ok {
		return notFound()
	}
	h := v.Response().Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache")
	if forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	body := file.plain
	if takesGzip(v.Request()) {
		body = file.packed
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+file.etag+`-gzip"`)
	} else {
		h.Set("ETag", `"`+file.etag+`"`)
	}
	http.ServeContent(v.Response(), v.Request(), "", time.Time{}, bytes.NewReader(body))
	return nil
}

// takesGzip reports whether whoever asks can unpack it. A request for a part of
// a file means a part of the file itself.
func takesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(strings.TrimSpace(q), " ", "") != "q=0"
		}
	}
	return false
}
