package kore

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestParseMediaHosts(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"media.example.com", "media.example.com"}, {" Media.Example.COM. ,", "media.example.com"}, {"h:8080", "h:8080"},
		{"*.example.com", "*.example.com"}, {"*.example.com:443", "*.example.com:443"}, {"127.0.0.1", "127.0.0.1"}, {"127.0.0.1:9000", "127.0.0.1:9000"},
		{"::1", "::1"}, {"[::1]", "::1"}, {"[::1]:90", "[::1]:90"}, {"localhost:90,*.kore.ai", "localhost:90,*.kore.ai"}, {"10.1.2.3/8", "10.0.0.0/8"},
		{"::ffff:10.0.0.1", "10.0.0.1"},
	} {
		got, err := ParseMediaHosts(strings.Split(tt.in, ","))
		if err != nil || got.String() != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
	for in, want := range map[string]string{
		"": "empty", " , ": "empty", "https://h": "not a URL", "h/path": "not a URL", "u@h": "not a URL", "*": "star", "*.com": "top-level", "a.*.com": "star",
		"*x.example.com": "star", "h:0": "port", "h:99999": "port", "h:http": "port", "a:b:c": "host:port", "a b": "not a host", "a..b": "not a host", "bücher.example": "not a host",
	} {
		if _, err := ParseMediaHosts(strings.Split(in, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", in, err, want)
		}
	}
}

func TestAllowsLink(t *testing.T) {
	for _, tt := range []struct {
		hosts string // "" is the default for base
		base  string
		link  string
		want  bool
	}{
		{"", "https://platform.kore.ai", "https://platform.kore.ai/x", true},
		{"", "https://platform.kore.ai", "https://PLATFORM.kore.ai.:8443/x", true},
		{"", "https://platform.kore.ai", "https://agentassist-az.korebots.com/x", true},
		{"", "https://platform.kore.ai", "http://platform.kore.ai/x", false},
		{"", "https://platform.kore.ai", "http://a.korebots.com/x", false},
		{"", "https://platform.kore.ai", "https://kore.ai/x", false},
		{"", "https://platform.kore.ai", "https://evilkore.ai/x", false},
		{"", "https://platform.kore.ai", "https://kore.ai.evil.example/x", false},
		{"", "https://platform.kore.ai", "https://127.0.0.1/x", false},
		{"", "http://127.0.0.1:4000", "http://127.0.0.1:4001/x", true},
		{"", "http://127.0.0.1:4000", "http://localhost:4001/x", false},
		{"", "http://127.0.0.1:4000", "http://127.0.0.2:4001/x", false},
		{"", "http://localhost:4000", "http://localhost:4001/x", true},
		{"", "http://kore.corp", "http://kore.corp/x", true},
		{"media.example.com", "https://platform.kore.ai", "https://platform.kore.ai/x", false},
		{"media.example.com", "", "http://media.example.com/x", true},
		{"media.example.com:443", "", "https://media.example.com/x", true},
		{"media.example.com:443", "", "https://media.example.com:444/x", false},
		{"media.example.com:80", "", "https://media.example.com/x", false},
		{"*.example.com", "", "https://a.b.example.com/x", true},
		{"*.example.com", "", "http://a.b.example.com/x", false},
		{"*.example.com", "", "https://example.com/x", false},
		{"127.0.0.1:9000", "", "http://127.0.0.1:9000/x", true},
		{"127.0.0.1:9000", "", "http://127.0.0.1:9001/x", false},
		{"127.0.0.1", "", "http://2130706433/x", false},
		{"127.0.0.1", "", "http://0x7f.1/x", false},
		{"127.0.0.1", "", "http://127.1/x", false},
		{"127.0.0.1", "", "http://[::ffff:127.0.0.1]/x", true},
		{"::1", "", "http://[::1]:90/x", true},
		{"10.0.0.0/8", "", "http://10.1.2.3/x", true},
		{"10.0.0.0/8", "", "http://11.1.2.3/x", false},
	} {
		hosts := DefaultMediaHosts(tt.base)
		if tt.hosts != "" {
			var err error
			if hosts, err = ParseMediaHosts([]string{tt.hosts}); err != nil {
				t.Fatal(err)
			}
		}
		u, err := url.Parse(tt.link)
		if err != nil {
			t.Fatal(err)
		}
		host, port := linkHost(u)
		if got := hosts.allowsLink(u.Scheme, host, port); got != tt.want {
			t.Errorf("%s with %s: got %v, want %v", tt.link, hosts, got, tt.want)
		}
	}
}

func TestAllowsAddress(t *testing.T) {
	for _, tt := range []struct {
		hosts, host, addr string
		want              bool
	}{
		{"h.example", "h.example", "8.8.8.8", true}, {"h.example", "h.example", "2606:4700::1", true},
		{"h.example", "h.example", "10.0.0.1", false}, {"h.example", "h.example", "127.0.0.1", false}, {"h.example", "h.example", "169.254.169.254", false},
		{"h.example", "h.example", "::1", false}, {"h.example", "h.example", "fe80::1%eth0", false}, {"h.example", "h.example", "fd00::1", false},
		{"h.example", "h.example", "::ffff:10.0.0.1", false}, {"h.example", "h.example", "64:ff9b::10.0.0.1", false}, {"h.example", "h.example", "64:ff9b::8.8.8.8", true},
		{"h.example", "h.example", "2002:a00:1::1", false}, {"h.example", "h.example", "100.64.0.1", false}, {"h.example", "h.example", "0.0.0.0", false},
		{"h.example", "h.example", "::", false}, {"h.example", "h.example", "224.0.0.1", false}, {"h.example", "h.example", "255.255.255.255", false},
		{"h.example", "h.example", "::10.0.0.1", false}, {"h.example", "h.example", "198.18.0.1", false},
		{"h.example,10.0.0.1", "h.example", "10.0.0.1", true}, {"h.example,10.0.0.0/8", "h.example", "::ffff:10.9.9.9", true},
		{"h.example,10.0.0.1:90", "h.example", "10.0.0.1", false},
		{"localhost", "localhost", "127.0.0.1", true}, {"localhost", "localhost", "::1", true}, {"localhost", "localhost", "10.0.0.1", false},
		{"localhost,h.example", "h.example", "127.0.0.1", false},
		{"base http://kore.corp", "kore.corp", "10.0.0.1", true}, {"base http://kore.corp", "kore.corp", "169.254.169.254", false},
		{"base http://kore.corp", "a.kore.ai", "10.0.0.1", false},
	} {
		var hosts MediaHosts
		if base, ok := strings.CutPrefix(tt.hosts, "base "); ok {
			hosts = DefaultMediaHosts(base)
		} else {
			var err error
			if hosts, err = ParseMediaHosts(strings.Split(tt.hosts, ",")); err != nil {
				t.Fatal(err)
			}
		}
		if got := hosts.allowsAddress(tt.host, "443", netip.MustParseAddr(tt.addr)); got != tt.want {
			t.Errorf("%s for %s with %s: got %v, want %v", tt.addr, tt.host, tt.hosts, got, tt.want)
		}
	}
}
