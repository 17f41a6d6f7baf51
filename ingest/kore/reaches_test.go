package kore

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestReachesMedia(t *testing.T) {
	hosts, err := ParseMediaHosts([]string{"*.media.example"})
	if err != nil {
		t.Fatal(err)
	}
	leads := map[string][]netip.Addr{
		"out.media.example":  {netip.MustParseAddr("93.184.216.34")},
		"in.media.example":   {netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("::1")},
		"both.media.example": {netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("93.184.216.34")},
		"none.media.example": {},
	}
	c, _ := newClient(t, "https://api.example", func(c *Config) {
		c.MediaHosts = hosts
		c.Lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
			if a, ok := leads[host]; ok {
				return a, nil
			}
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		c.Dial = func(context.Context, string, string) (net.Conn, error) {
			t.Error("something is dialled")
			return nil, errors.New("not here")
		}
	})
	for _, tt := range []struct {
		link string
		want Kind
	}{
		{"https://out.media.example/a?s=1", KindNone},
		{"https://both.media.example/a?s=1", KindNone},
		{"https://in.media.example/a?s=1", KindHost},
		{"https://none.media.example/a?s=1", KindHost},
		{"https://elsewhere.example/a?s=1", KindHost},
		{"https://unknown.media.example/a?s=1", KindNetwork},
		{"no link", KindHost},
	} {
		if err := c.ReachesMedia(t.Context(), tt.link); KindOf(err) != tt.want {
			t.Errorf("%s: got %v, want kind %q", tt.link, err, tt.want)
		}
	}
}
