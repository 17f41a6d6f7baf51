package kore

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MediaHosts says where recordings may be fetched from. The zero value allows
// nothing. It is not changed after it is made and safe for concurrent use.
//
// A name allows links to it; it allows neither plain http, when it stands there
// through *.domain, nor an address that is not public, whatever it resolves to.
// Those are allowed only where the address itself is listed.
type MediaHosts []mediaHost

// mediaHost is one entry: a name, a domain with all below it, an address, or a
// range of addresses.
type mediaHost struct {
	name   string // lower case; of a domain without "*."
	below  bool   // *.domain
	addrs  netip.Prefix
	port   string // "" is any
	noHTTP bool   // plain http is not allowed
	inside bool   // the name may resolve to loopback and private addresses
}

// ParseMediaHosts reads entries of the forms host, host:port and *.domain, where
// a host may be a name, an address ([::1]:8080 with a port), localhost, or a
// range of addresses such as 10.0.0.0/8. Empty entries are left out; a list
// without any entry is an error, as is every entry that is none.
func ParseMediaHosts(entries []string) (MediaHosts, error) {
	hosts := MediaHosts{}
	for _, entry := range entries {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if entry == "" {
			continue
		}
		h, err := parseMediaHost(entry)
		if err != nil {
			return nil, fmt.Errorf("media host %q: %w", excerpt(entry), err)
		}
		hosts = append(hosts, h)
	}
	if len(hosts) == 0 {
		return nil, fmt.Errorf("media hosts: the list is empty")
	}
	return hosts, nil
}

func parseMediaHost(entry string) (mediaHost, error) {
	if p, err := netip.ParsePrefix(entry); err == nil {
		return mediaHost{addrs: p.Masked()}, nil
	}
	if strings.ContainsAny(entry, "/?#@") {
		return mediaHost{}, fmt.Errorf("want a host, not a URL")
	}
	if a, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		return addressHost(a, ""), nil
	}
	host, port := entry, ""
	if strings.Contains(entry, ":") {
		var err error
		if host, port, err = net.SplitHostPort(entry); err != nil {
			return mediaHost{}, fmt.Errorf("want host or host:port")
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return mediaHost{}, fmt.Errorf("want a port from 1 to 65535")
		}
		if a, err := netip.ParseAddr(host); err == nil {
			return addressHost(a, port), nil
		}
	}
	name, below := strings.CutPrefix(strings.TrimSuffix(host, "."), "*.")
	switch {
	case strings.Contains(name, "*"):
		return mediaHost{}, fmt.Errorf("a star stands only in front, as in *.example.com")
	case !isName(name):
		return mediaHost{}, fmt.Errorf("not a host name")
	case below && !strings.Contains(name, "."):
		return mediaHost{}, fmt.Errorf("a whole top-level domain is too much")
	}
	return mediaHost{name: name, below: below, port: port, noHTTP: below, inside: name == "localhost"}, nil
}

func addressHost(a netip.Addr, port string) mediaHost {
	a = a.Unmap().WithZone("")
	return mediaHost{addrs: netip.PrefixFrom(a, a.BitLen()), port: port}
}

// isName takes what DNS takes, in lower case ASCII, and an underscore.
func isName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		bad := func(r rune) bool { return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, bad) {
			return false
		}
	}
	return true
}

// DefaultMediaHosts is where recordings come from unless somebody lists other
// places: the API's own host, *.kore.ai and *.korebots.com. It allows nothing
// where baseURL is none.
func DefaultMediaHosts(baseURL string) MediaHosts {
	base, err := parseBase(baseURL)
	if err != nil {
		return nil
	}
	return defaultMediaHosts(base)
}

// defaultMediaHosts trusts the API's host as far as the operator does: over
// plain http, and inside the network, where the API itself is spoken to so.
func defaultMediaHosts(base *url.URL) MediaHosts {
	hosts := MediaHosts{
		{name: "kore.ai", below: true, noHTTP: true},
		{name: "korebots.com", below: true, noHTTP: true},
	}
	host := strings.TrimSuffix(strings.ToLower(base.Hostname()), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return append(hosts, addressHost(a, ""))
	}
	return append(hosts, mediaHost{name: host, noHTTP: base.Scheme != "http", inside: true})
}

// String is the list as it is written in the configuration.
func (m MediaHosts) String() string {
	var all []string
	for _, h := range m {
		all = append(all, h.String())
	}
	return strings.Join(all, ",")
}

func (h mediaHost) String() string {
	text := h.name
	switch {
	case h.below:
		text = "*." + h.name
	case h.addrs.IsSingleIP():
		text = h.addrs.Addr().String()
	case h.addrs.IsValid():
		text = h.addrs.String()
	}
	if h.port != "" {
		return net.JoinHostPort(text, h.port)
	}
	return text
}

// allowsLink says whether a link to this host may be followed at all; host is
// lower case, without the brackets of an address.
func (m MediaHosts) allowsLink(scheme, host, port string) bool {
	addr, err := netip.ParseAddr(host)
	for _, h := range m {
		if h.port != "" && h.port != port || scheme == "http" && h.noHTTP {
			continue
		}
		if err == nil {
			if h.addrs.IsValid() && h.addrs.Contains(addr.Unmap()) {
				return true
			}
			continue
		}
		if h.names(host) {
			return true
		}
	}
	return false
}

// Allows says whether the list has a host for a scheme, as allowsLink does for
// links. host is lower case, without the brackets of an address.
func (m MediaHosts) Allows(scheme, host, port string) bool { return m.allowsLink(scheme, host, port) }

// AllowsAddress says whether an address may be dialled for a host: a public one,
// one that is listed, or one inside where the host's own entry lets it be there.
func (m MediaHosts) AllowsAddress(host, port string, addr netip.Addr) bool {
	return m.allowsAddress(host, port, addr)
}

// names says whether an entry that is a name is that of the host. A domain does
// not stand for itself: *.kore.ai is not kore.ai.
func (h mediaHost) names(host string) bool {
	if h.name == "" {
		return false
	}
	return host == h.name && !h.below || h.below && strings.HasSuffix(host, "."+h.name)
}

// allowsAddress says whether an address may be dialled for a host: a public one,
// one that is listed, or where the host's own entry lets it be inside.
func (m MediaHosts) allowsAddress(host, port string, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if isPublic(addr) {
		return true
	}
	for _, h := range m {
		if h.port != "" && h.port != port {
			continue
		}
		if h.addrs.IsValid() && h.addrs.Contains(addr) {
			return true
		}
		inside := addr.IsLoopback() || addr.IsPrivate() && h.name != "localhost"
		if h.inside && h.names(host) && inside {
			return true
		}
	}
	return false
}

// notPublic are ranges beyond those that netip names: shared, reserved, test and
// documentation networks, and the ways of writing another address.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("3fff::/20"),
}

// nat64 is how a network without IPv4 writes an IPv4 address.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// global is all of IPv6 that is given out to anybody.
var global = netip.MustParsePrefix("2000::/3")

func isPublic(a netip.Addr) bool {
	if nat64.Contains(a) {
		b := a.As16()
		return isPublic(netip.AddrFrom4([4]byte(b[12:])))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !global.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
