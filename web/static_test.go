package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The files of others are the very bytes that were looked at: README.md beside
// them names each with its digest.
func TestVendoredFilesAreThoseThatAreNamed(t *testing.T) {
	list, err := staticFS.ReadFile("static/vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(list)); lines.Scan(); {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) > 5 && strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			named[strings.Trim(cells[1], " `")] = strings.Trim(cells[5], " `")
		}
	}
	files, err := staticFS.ReadDir("static/vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file.Name(), ".md") || strings.HasSuffix(file.Name(), ".LICENSE") {
			continue
		}
		b, err := staticFS.ReadFile("static/vendor/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != named[file.Name()] {
			t.Errorf("%s: its digest is %s, README.md says %q", file.Name(), got, named[file.Name()])
		}
		delete(named, file.Name())
	}
	for name := range named {
		t.Errorf("README.md names %s, which is not there", name)
	}
}

func TestStaticFilesArePackedForWhoTakesThem(t *testing.T) {
	b := newBench(t)
	plain := b.get(b.static.address(styleName), nil)
	r := b.request(http.MethodGet, b.static.address(styleName), nil, nil)
	r.Header.Set("Accept-Encoding", "br;q=1.0, gzip;q=0.8")
	packed := b.send(r)
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Errorf("packed: got %v", packed.Header)
	}
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	want, err := io.ReadAll(plain.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes unpacked, want the %d of the file", len(got), len(want))
	}
	r.Header.Set("Accept-Encoding", "gzip;q=0")
	if got := b.send(r).Header.Get("Content-Encoding"); got != "" {
		t.Errorf("got %q for who refuses gzip", got)
	}
}
