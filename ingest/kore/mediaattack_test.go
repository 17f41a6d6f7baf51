package kore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inward are hosts of links that lead into this machine or its network, in every
// way of writing that some program somewhere understands.
var inward = []string{
	// Addresses as they are: loopback, private, link-local, shared, reserved.
	"127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
	"192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "192.88.99.1",
	"[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[fec0::1]", "[5f00::1]", "[100::1]",
	// IPv4 within IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo.
	"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[0:0:0:0:0:ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
	"[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::10.0.0.1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
	// Decimal, octal, hexadecimal and shortened forms.
	"2130706433", "2852039166", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0177.0.0.0x1", "127.1", "127.0.1", "10.1", "0", "0x0",
	"0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "127.0.0.01", "127.000.000.001", "[::ffff:127.0.0.01]",
	// Dots and digits that some take for others.
	"127.0.0.1.", "169.254.169.254.", "localhost", "localhost.", "LOCALHOST", "localhost.localdomain", "ip6-localhost", "metadata.google.internal",
	"127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "lоcalhost", "127.0.0.1%00.kore.ai", "127.0.0.1%2f.kore.ai",
	// A good name where it does not count.
	"platform.kore.ai@127.0.0.1", "platform.kore.ai:443@127.0.0.1", "platform.kore.ai%40127.0.0.1", "127.0.0.1#.kore.ai", "127.0.0.1?.kore.ai", "127.0.0.1\\.kore.ai",
	"127.0.0.1 .kore.ai", "127.0.0.1\t.kore.ai", "127.0.0.1\r\n.kore.ai", "kore.ai.evil.example", "evil.example", "evilkore.ai", "kore.ai", "platform.kore.ai.evil.example",
}

// recorded makes a client of the default list with a network that records; all
// that it dials ends at one server, which also holds the API.
func recorded(t *testing.T, h http.HandlerFunc, change func(*Config)) (*Client, *network) {
	t.Helper()
	n := &network{server: strings.TrimPrefix(serve(t, h).URL, "http://"), names: map[string][]string{}}
	c, _ := newClient(t, "https://platform.kore.ai", func(cfg *Config) {
		n.into(cfg)
		if change != nil {
			change(cfg)
		}
	})
	return c, n
}

// noToken fails where a request to a media host carries anything of the account.
func noToken(t *testing.T, r *http.Request) {
	t.Helper()
	for name, values := range r.Header {
		for _, v := range values {
			if strings.EqualFold(name, "auth") || strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") || strings.Contains(v, "eyJ") || strings.Contains(v, testClient) {
				t.Errorf("the media host was told %s: %s", name, v)
			}
		}
	}
}

// refused fails unless an error refuses a link, in words and without it.
func refused(t *testing.T, what string, err error, n *network) {
	t.Helper()
	kind := KindOf(err)
	if kind != KindHost && kind != KindBadRequest || kind == KindHost && !errors.Is(err, ErrHostNotAllowed) || !strings.Contains(err.Error(), " ") {
		t.Errorf("%s: got %v, want it refused", what, err)
	}
	if err != nil && strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%s: the link is in the error: %v", what, err)
	}
	if len(n.dialed) > 0 {
		t.Errorf("%s: dialled %v", what, n.dialed)
	}
}

// TestMediaLinksInward follows none of them, and dials nothing.
func TestMediaLinksInward(t *testing.T) {
	c, n := recorded(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }, nil)
	for _, host := range inward {
		for _, form := range []string{"https://%s/a.wav?s=SECRET", "http://%s/a.wav?s=SECRET", "https://%s:8443/a.wav?s=SECRET", "HTTPS://%s?s=SECRET"} {
			link := fmt.Sprintf(form, host)
			_, err := c.Media(t.Context(), link)
			refused(t, link, err, n)
			if err := c.AllowsMedia(link); KindOf(err) != KindHost || !errors.Is(err, ErrHostNotAllowed) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s: allowed, %v", link, err)
			}
		}
	}
	if len(n.asked) > 0 {
		t.Errorf("names were looked up: %v", n.asked)
	}
}

// TestMediaRedirectsInward is asked by a good host to go there.
func TestMediaRedirectsInward(t *testing.T) {
	var to string
	c, n := recorded(t, func(w http.ResponseWriter, r *http.Request) {
		noToken(t, r)
		w.Header()["Location"] = []string{to}
		w.WriteHeader(302)
	}, func(cfg *Config) {
		hosts, err := ParseMediaHosts([]string{"media.kore.ai", "*.kore.ai", "*.korebots.com"})
		if err != nil {
			t.Fatal(err)
		}
		cfg.MediaHosts = hosts
	})
	n.names["media.kore.ai"] = []string{"93.184.216.34"}
	for _, host := range inward {
		if strings.ContainsAny(host, "\r\n") {
			continue // no header holds it
		}
		for _, form := range []string{"https://%s/a.wav?s=SECRET", "//%s/a.wav?s=SECRET", "http://%s:80/a.wav?s=SECRET"} {
			to = fmt.Sprintf(form, host)
			c.Close()
			n.dialed = nil
			_, err := c.Media(t.Context(), "http://media.kore.ai/go?s=SECRET")
			if d := cmp.Diff([]string{"93.184.216.34:80"}, n.dialed); d != "" {
				t.Errorf("%s: dialled -want +got:\n%s", to, d)
			}
			n.dialed = nil
			if KindOf(err) == KindMalformed { // no address can be made of it at all
				continue
			}
			refused(t, to, err, n)
		}
	}
}

// TestMediaNamesInward lists a name that leads there.
func TestMediaNamesInward(t *testing.T) {
	for _, addr := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "5f00::1",
		"::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001::1", "224.0.0.1", "ff02::1", "255.255.255.255",
	} {
		for _, host := range []string{"a.korebots.com", "2130706433", "0x7f000001", "media.example"} {
			c, n := recorded(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }, func(cfg *Config) {
				hosts, err := ParseMediaHosts([]string{"*.korebots.com", "2130706433", "0x7f000001", "media.example"})
				if err != nil {
					t.Fatal(err)
				}
				cfg.MediaHosts = hosts
			})
			n.names[host] = []string{addr}
			link := "https://" + host + "/a.wav?s=SECRET"
			_, err := c.Media(t.Context(), link)
			refused(t, host+" at "+addr, err, n)
			if err := c.AllowsMedia(link); err != nil {
				t.Errorf("%s: %v, though the host is listed", host, err)
			}
		}
	}
}

// TestMediaRebinding is a name that leads to a good address once.
func TestMediaRebinding(t *testing.T) {
	served := 0
	c, n := recorded(t, func(w http.ResponseWriter, r *http.Request) {
		noToken(t, r)
		served++
		io.WriteString(w, "RIFF")
	}, nil)
	listed, err := ParseMediaHosts([]string{"media.example"})
	if err != nil {
		t.Fatal(err)
	}
	c.cfg.MediaHosts = listed
	fetch := func() error {
		r, err := c.Media(t.Context(), "http://media.example/a.wav?s=SECRET")
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		return err
	}
	n.names["media.example"] = []string{"93.184.216.34"}
	if err := fetch(); err != nil {
		t.Fatal(err)
	}
	n.names["media.example"] = []string{"169.254.169.254"}
	if err := fetch(); err != nil || len(n.dialed) != 1 { // the connection is still the good one
		t.Errorf("over the open connection: %v, dialled %v", err, n.dialed)
	}
	c.Close()
	n.dialed = nil
	refused(t, "after it led elsewhere", fetch(), n)
	n.names["media.example"] = []string{"93.184.216.34"}
	if err := fetch(); err != nil || served != 3 {
		t.Errorf("after it leads back: %v, served %d", err, served)
	}
}

// TestMediaGoodAddressFails falls back from a good address to no bad one.
func TestMediaGoodAddressFails(t *testing.T) {
	var dialed []string
	c, _ := newClient(t, "https://platform.kore.ai", func(cfg *Config) {
		cfg.Lookup = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("93.184.216.35")}, nil
		}
		cfg.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
			dialed = append(dialed, address)
			return nil, io.ErrUnexpectedEOF
		}
	})
	if _, err := c.Media(t.Context(), "https://a.korebots.com/a.wav"); KindOf(err) != KindNetwork {
		t.Errorf("got %v", err)
	}
	if d := cmp.Diff([]string{"93.184.216.34:443", "93.184.216.35:443"}, dialed); d != "" {
		t.Errorf("dialled -want +got:\n%s", d)
	}
}

// TestMediaFreshLink is an expired or revoked link: the host says so, the API
// gives a fresh one, and that works. The token goes to the API alone.
func TestMediaFreshLink(t *testing.T) {
	for name, status := range map[string]int{"401": 401, "403": 403, "404": 404, "410": 410, "a page that says so": 200} {
		t.Run(name, func(t *testing.T) {
			media := serve(t, func(w http.ResponseWriter, r *http.Request) {
				noToken(t, r)
				if r.URL.Query().Get("s") == "fresh" {
					io.WriteString(w, "RIFF")
					return
				}
				w.WriteHeader(status)
				io.WriteString(w, "<html>this link is over")
			})
			given := "old"
			api := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("auth") == "" {
					t.Error("no token")
				}
				fmt.Fprintf(w, `{"status":"success","voicemail recording":[{"fileName":"a.wav","fileUrl":"%s/a.wav?e=1&n=2&s=%s"}]}`, media.URL, given)
				given = "fresh"
			})
			c, _ := newClient(t, api.URL, nil)
			for i := range 2 {
				reply, err := c.Voicemail(t.Context(), ClassListener, testBot, testSession)
				if err != nil {
					t.Fatal(err)
				}
				m, err := c.Media(t.Context(), reply.Files[0].URL)
				if err == nil {
					m.Body.Close()
				}
				over := errors.Is(err, ErrLinkExpired) || status == 200 && errors.Is(err, ErrNotMedia)
				if i == 0 && !over || i == 1 && err != nil {
					t.Errorf("link %d: got %v", i, err)
				}
			}
		})
	}
}
