package kore

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const signedPath = "/api/getMediaStream/a%20b|c/é/f-1.wav?e=1739359482&n=3757551799&s=InpqMWpnVzRk+/ek09Ig$$"

// TestMedia fetches a recording: the link goes out byte for byte, without a
// token, and the answer comes back as it is.
func TestMedia(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != signedPath {
			t.Errorf("got  %s\nwant %s", r.RequestURI, signedPath)
		}
		for _, name := range []string{"auth", "Authorization", "Cookie", "Referer", "accountId", "Range"} {
			if v := r.Header.Get(name); v != "" {
				t.Errorf("header %s was sent: %q", name, v)
			}
		}
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("got encoding %q", got)
		}
		w.Header().Set("Content-Type", "audio/wav")
		http.ServeContent(w, r, "f.wav", time.Unix(1, 0), strings.NewReader("RIFF0123456789"))
	})
	c, b := newClient(t, s.URL, nil)
	r, err := c.Media(t.Context(), s.URL+signedPath)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != "RIFF0123456789" || r.ContentLength != 14 {
		t.Errorf("got %q (%d), %v", body, r.ContentLength, err)
	}
	if classes, _ := b.seen(); len(classes) > 0 {
		t.Errorf("the API's budget was drawn on: %v", classes)
	}
}

func TestMediaFailures(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		kind   Kind
		is     error
	}{
		{"401", 401, nil, "", KindGone, ErrLinkExpired}, {"403", 403, nil, "", KindGone, ErrLinkExpired},
		{"404", 404, nil, "", KindGone, ErrLinkExpired}, {"410", 410, nil, "", KindGone, ErrLinkExpired},
		{"429", 429, map[string]string{"Retry-After": "9"}, "", KindLimited, nil}, {"500", 500, nil, "", KindServer, nil}, {"400", 400, nil, "", KindBadRequest, nil},
		{"no content", 204, nil, "", KindMalformed, ErrNotMedia},
		{"a page", 200, nil, "\n <html>", KindMalformed, ErrNotMedia}, {"a document", 200, nil, `{"error":"expired"}`, KindMalformed, ErrNotMedia},
		{"compressed", 200, map[string]string{"Content-Encoding": "gzip"}, "x", KindMalformed, ErrNotMedia},
		{"too large", 200, nil, strings.Repeat("x", 2000), KindTooLarge, nil},
		{"a part, though all was asked for", 206, map[string]string{"Content-Range": "bytes 0-1/9"}, "xx", KindMalformed, ErrNotMedia},
		{"redirect to nowhere", 302, nil, "", KindMalformed, nil},
		{"redirect to itself", 302, map[string]string{"Location": "/again"}, "", KindMalformed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := answering(t, tt.status, tt.header, tt.body)
			c, _ := newClient(t, s.URL, func(c *Config) { c.MaxMedia = 1000 })
			_, err := c.Media(t.Context(), s.URL+"/f.wav?e=1&n=2&s=SECRET")
			if KindOf(err) != tt.kind || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %v, want %s", err, tt.kind)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the link is in the error: %v", err)
			}
		})
	}
}

func TestMediaBodyIsCapped(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/exact" {
			w.(http.Flusher).Flush() // without a length
			io.WriteString(w, strings.Repeat("x", 1000))
			return
		}
		endless(w)
	})
	c, _ := newClient(t, s.URL, func(c *Config) { c.MaxMedia = 1000 })
	for path, want := range map[string]Kind{"/exact": KindNone, "/endless": KindTooLarge} {
		r, err := c.Media(t.Context(), s.URL+path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if n != 1000 || KindOf(err) != want {
			t.Errorf("%s: got %d bytes, %v", path, n, err)
		}
	}
}

func TestMediaTimeout(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "RIFF"+strings.Repeat("x", 100))
		w.(http.Flusher).Flush()
		<-release
	})
	t.Cleanup(func() { close(release) })
	c, _ := newClient(t, s.URL, func(c *Config) { c.MediaTimeout = 2 * time.Second }) // enough for what comes at once
	r, err := c.Media(t.Context(), s.URL+"/x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if n, err := io.Copy(io.Discard, r.Body); n != 104 || KindOf(err) != KindNetwork {
		t.Errorf("got %d bytes, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c, _ = newClient(t, s.URL, nil)
	r, err = c.Media(ctx, s.URL+"/x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	cancel()
	if _, err := io.Copy(io.Discard, r.Body); !errors.Is(err, context.Canceled) || KindOf(err) != KindNone {
		t.Errorf("got %v, want the context's own error", err)
	}
}

// network is a name server and a dialer that record; nothing leaves the machine:
// each address that is dialled ends at the one server.
type network struct {
	names  map[string][]string
	dialed []string
	asked  []string
	server string
}

func (n *network) into(c *Config) {
	c.Lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		n.asked = append(n.asked, host)
		var addrs []netip.Addr
		for _, a := range n.names[host] {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		if addrs == nil {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return addrs, nil
	}
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		n.dialed = append(n.dialed, address)
		return (&net.Dialer{}).DialContext(ctx, network, n.server)
	}
}

// TestMediaDialsOnlyWhatIsAllowed judges links by what would be dialled.
func TestMediaDialsOnlyWhatIsAllowed(t *testing.T) {
	names := map[string][]string{
		"media.example": {"93.184.216.34"}, "mixed.example": {"10.0.0.1", "93.184.216.34"}, "inside.example": {"10.0.0.1"},
		"loop.example": {"127.0.0.1", "::1"}, "meta.example": {"169.254.169.254"}, "mapped.example": {"::ffff:192.168.0.1"}, "a.sub.example": {"93.184.216.34"},
		"localhost": {"127.0.0.1"},
	}
	const list = "media.example,mixed.example,inside.example,loop.example,meta.example,mapped.example,unknown.example,127.0.0.1:9000,10.9.9.9"
	for _, tt := range []struct {
		name, link string
		kind       Kind
		dialed     []string
	}{
		{"listed and public", "http://media.example/x", KindNone, []string{"93.184.216.34:80"}},
		{"with a port", "http://MEDIA.example.:8080/x", KindNone, []string{"93.184.216.34:8080"}},
		{"the public one of two", "http://mixed.example/x", KindNone, []string{"93.184.216.34:80"}},
		{"listed address and port", "http://127.0.0.1:9000/x", KindNone, []string{"127.0.0.1:9000"}},
		{"listed private address", "http://10.9.9.9/x", KindNone, []string{"10.9.9.9:80"}},
		{"other port", "http://127.0.0.1:9001/x", KindHost, nil},
		{"not listed", "http://a.sub.example/x", KindHost, nil},
		{"localhost is another name", "http://localhost:9000/x", KindHost, nil},
		{"resolves to a private address", "http://inside.example/x", KindHost, nil},
		{"resolves to loopback", "http://loop.example/x", KindHost, nil},
		{"resolves to loopback, the port being listed", "http://loop.example:9000/x", KindNone, []string{"127.0.0.1:9000"}},
		{"resolves to link-local", "http://meta.example/x", KindHost, nil},
		{"resolves to a mapped address", "http://mapped.example/x", KindHost, nil},
		{"link-local", "http://169.254.169.254/latest", KindHost, nil},
		{"no such name", "http://unknown.example/x", KindNetwork, nil},
		{"user in front", "http://media.example@10.0.0.1/x", KindBadRequest, nil},
		{"backslash", "http://10.0.0.1\\@media.example/x", KindBadRequest, nil},
		{"other scheme", "file:///etc/passwd", KindBadRequest, nil},
		{"no scheme", "//media.example/x", KindBadRequest, nil},
		{"no host", "http:///x", KindBadRequest, nil},
		{"a line break", "http://media.example/x\r\nauth: y", KindBadRequest, nil},
		{"two slashes", "http://media.example//10.0.0.1/x", KindBadRequest, nil},
		{"nothing", "", KindBadRequest, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := &network{names: names, server: strings.TrimPrefix(answering(t, 200, nil, "RIFF").URL, "http://")}
			c, _ := newClient(t, "https://platform.kore.ai", func(cfg *Config) {
				n.into(cfg)
				var err error
				if cfg.MediaHosts, err = ParseMediaHosts(strings.Split(list, ",")); err != nil {
					t.Fatal(err)
				}
			})
			r, err := c.Media(t.Context(), tt.link)
			if err == nil {
				r.Body.Close()
			}
			if KindOf(err) != tt.kind || (tt.kind == KindHost) != errors.Is(err, ErrHostNotAllowed) {
				t.Errorf("got %v, want %q", err, tt.kind)
			}
			if d := cmp.Diff(tt.dialed, n.dialed); d != "" {
				t.Errorf("dialled -want +got:\n%s", d)
			}
		})
	}
}

// TestMediaRedirects goes along within the list and no further, and tells the
// next host nothing of the link before.
func TestMediaRedirects(t *testing.T) {
	var paths []string
	h := func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.Host+r.RequestURI)
		if ref := r.Header.Get("Referer"); ref != "" {
			t.Errorf("the link before was told: %s", ref)
		}
		switch r.URL.Path {
		case "/file":
			io.WriteString(w, "RIFF")
		case "/loop":
			w.Header().Set("Location", "/loop")
		default:
			w.Header().Set("Location", r.URL.RawQuery)
		}
		if r.URL.Path != "/file" {
			w.WriteHeader(302)
		}
	}
	s := serve(t, h)
	n := &network{server: strings.TrimPrefix(s.URL, "http://"), names: map[string][]string{
		"media.example": {"93.184.216.34"}, "cdn.example": {"93.184.216.35"}, "inside.example": {"10.0.0.1"},
	}}
	c, _ := newClient(t, "https://platform.kore.ai", func(cfg *Config) {
		n.into(cfg)
		cfg.MediaHosts, _ = ParseMediaHosts([]string{"media.example", "cdn.example", "inside.example"})
	})
	for _, tt := range []struct {
		name, to string
		kind     Kind
		paths    []string
	}{
		{"to a listed host", "http://cdn.example/file?s=$$", KindNone, []string{"media.example/go?http://cdn.example/file?s=$$", "cdn.example/file?s=$$"}},
		{"within the host", "/file?a|b", KindNone, []string{"media.example/go?/file?a|b", "media.example/file?a|b"}},
		{"relative", "file", KindNone, []string{"media.example/go?file", "media.example/file"}},
		{"to another host", "http://evil.example/file", KindHost, []string{"media.example/go?http://evil.example/file"}},
		{"to an address", "http://169.254.169.254/file", KindHost, []string{"media.example/go?http://169.254.169.254/file"}},
		{"to a name that is inside", "http://inside.example/file", KindHost, []string{"media.example/go?http://inside.example/file"}},
		{"to another scheme", "file:///etc/passwd", KindBadRequest, []string{"media.example/go?file:///etc/passwd"}},
		{"for ever", "/loop", KindMalformed, []string{"media.example/go?/loop", "media.example/loop", "media.example/loop", "media.example/loop"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			paths = nil
			r, err := c.Media(t.Context(), "http://media.example/go?"+tt.to)
			if err == nil {
				r.Body.Close()
			}
			if KindOf(err) != tt.kind {
				t.Errorf("got %v, want %q", err, tt.kind)
			}
			if d := cmp.Diff(tt.paths, paths); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// TestMediaSystemDialer goes through the real dialer and its last check.
func TestMediaSystemDialer(t *testing.T) {
	s := answering(t, 200, nil, "RIFF")
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	lookup := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	for list, want := range map[string]Kind{"name.example": KindHost, "name.example,127.0.0.1": KindNone} {
		c, _ := newClient(t, "https://platform.kore.ai", func(cfg *Config) {
			cfg.Lookup = lookup
			cfg.MediaHosts, _ = ParseMediaHosts(strings.Split(list, ","))
		})
		r, err := c.Media(t.Context(), "http://name.example:"+port+"/x")
		if err == nil {
			r.Body.Close()
		}
		if KindOf(err) != want {
			t.Errorf("%s: got %v, want %q", list, err, want)
		}
	}
	c, _ := newClient(t, "https://platform.kore.ai", nil)
	if _, err := c.dialAddress(t.Context(), "tcp", "name.example", port, netip.MustParseAddr("127.0.0.1")); !errors.Is(err, ErrHostNotAllowed) {
		t.Errorf("got %v from the last check", err)
	}
}

func TestExpiryHint(t *testing.T) {
	for _, tt := range []struct {
		link string
		want time.Time
		ok   bool
	}{
		{"https://h/p.wav?e=1739359482&n=1&s=x", time.Unix(1739359482, 0).UTC(), true},
		{"https://h/p.wav?n=1&e=1739359482000#x", time.Unix(1739359482, 0).UTC(), true},
		{"https://h/p.wav?n=1&s=x", time.Time{}, false}, {"https://h/p.wav?e=soon", time.Time{}, false},
		{"https://h/p.wav?e=1", time.Time{}, false}, {"https://h/p.wav?e=99999999999999999", time.Time{}, false}, {"", time.Time{}, false},
	} {
		if got, ok := ExpiryHint(tt.link); ok != tt.ok || !got.Equal(tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.link, got, ok, tt.want)
		}
	}
}
