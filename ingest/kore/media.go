package kore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// OpMedia is the Op of the errors of media hosts, which are none of the API.
const OpMedia = "media"

// maxHops is how many redirects of a link are followed.
const maxHops = 3

// MediaReply is a recording as its host serves it. Body must be closed.
type MediaReply struct {
	ContentLength int64 // of Body; -1 where unknown
	// Body ends with an *Error of KindTooLarge past the cap, of KindNetwork
	// where the host or the time-out cuts it short.
	Body io.ReadCloser
}

// Media fetches all of a signed link, byte for byte as it was given and without
// any token. It draws on no budget: links are served by another host.
//
// Errors are *Error: ErrHostNotAllowed for a link, a redirect or an address
// outside Config.MediaHosts (nothing is sent), ErrLinkExpired where the host
// answers 401, 403, 404 or 410, ErrNotMedia for a page instead of audio; or they
// wrap ctx's.
func (c *Client) Media(ctx context.Context, link string) (*MediaReply, error) {
	timed, cancel := context.WithTimeout(ctx, c.cfg.MediaTimeout)
	resp, err := c.followMedia(ctx, timed, strings.TrimSpace(link))
	if err != nil {
		cancel()
		return nil, err
	}
	reply, err := c.mediaReply(ctx, resp, cancel)
	if err != nil {
		resp.Body.Close()
		cancel()
		return nil, err
	}
	return reply, nil
}

// followMedia goes from hop to hop by itself: net/http would name the signed
// link to the next host as its referer.
func (c *Client) followMedia(parent, ctx context.Context, link string) (*http.Response, error) {
	for hop := 0; ; hop++ {
		req, err := c.mediaRequest(ctx, link)
		if err != nil {
			return nil, err
		}
		resp, err := c.media.RoundTrip(req)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); ok {
				return nil, trimError(err)
			}
			return nil, networkError(parent, OpMedia, err)
		}
		next := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode > 399 || resp.StatusCode == http.StatusNotModified {
			return resp, nil
		}
		resp.Body.Close()
		e := &Error{Op: OpMedia, Kind: KindMalformed, Status: resp.StatusCode}
		switch link, err = absolute(link, next); {
		case err != nil || next == "":
			e.Msg = "a redirect to nowhere"
			return nil, e
		case hop == maxHops:
			e.Msg = "too many redirects"
			return nil, e
		}
	}
}

// trimError takes an Error out of what net wrapped around it, which may name
// more than is safe to log.
func trimError(err error) error {
	e, _ := errors.AsType[*Error](err)
	return e
}

// absolute is where a redirect leads, without the next link being written anew
// where it is complete.
func absolute(link, next string) (string, error) {
	if strings.HasPrefix(next, "https://") || strings.HasPrefix(next, "http://") {
		return next, nil
	}
	base, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") {
		return base.Scheme + "://" + base.Host + next, nil
	}
	ref, err := base.Parse(next)
	if err != nil {
		return "", err
	}
	return ref.String(), nil
}

// mediaRequest makes the request for a link that may be followed.
func (c *Client) mediaRequest(ctx context.Context, link string) (*http.Request, error) {
	u, target, err := splitLink(link)
	if err != nil {
		return nil, &Error{Op: OpMedia, Kind: KindBadRequest, Msg: err.Error()}
	}
	if err := c.cfg.MediaHosts.checkLink(u); err != nil {
		return nil, err
	}
	return (&http.Request{
		Method: http.MethodGet,
		// Opaque goes on the wire as it is; a parsed path would be encoded
		// anew where it isn't as Go would write it.
		URL:    &url.URL{Scheme: u.Scheme, Host: u.Host, Opaque: target},
		Host:   u.Host,
		Header: http.Header{"Accept-Encoding": {"identity"}, "Accept": {"*/*"}, "User-Agent": {"afterbeep"}},
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx), nil
}

// AllowsMedia says whether Media would follow a link as far as its host goes: nil,
// or an *Error of KindHost that wraps ErrHostNotAllowed. Nothing is asked and no
// name is looked up: what a name leads to shows only when it is dialled.
func (c *Client) AllowsMedia(link string) error {
	u, _, err := splitLink(strings.TrimSpace(link))
	if err != nil {
		return notAllowed(err.Error())
	}
	return c.cfg.MediaHosts.checkLink(u)
}

// checkLink is the *Error for a link to a host that is not listed.
func (m MediaHosts) checkLink(u *url.URL) error {
	host, port := linkHost(u)
	if !m.allowsLink(u.Scheme, host, port) {
		return notAllowed(fmt.Sprintf("%s://%s is not among the media hosts", u.Scheme, excerptHost(host, port)))
	}
	return nil
}

// splitLink takes a link apart: where it leads, and the path and query that the
// host must get byte for byte.
func splitLink(link string) (u *url.URL, target string, err error) {
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r == 0x7f }) || len(link) > 16<<10 {
		return nil, "", errors.New("the link is not a URL")
	}
	link, _, _ = strings.Cut(link, "#")
	scheme, rest, ok := strings.Cut(link, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return nil, "", errors.New("the link is neither https nor http")
	}
	end := strings.IndexAny(rest, "/?\\")
	if end < 0 {
		end = len(rest)
	}
	u, err = url.Parse(scheme + "://" + rest[:end])
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Contains(rest[end:], "\\") {
		return nil, "", errors.New("the link has no valid host")
	}
	target = rest[end:]
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	if strings.HasPrefix(target, "//") {
		return nil, "", errors.New("the link's path starts with two slashes")
	}
	return u, target, nil
}

// linkHost is the host as the list compares it, and the port, said or not.
func linkHost(u *url.URL) (host, port string) {
	port = u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port
}

// excerptHost names a host in an error; a name that is no name may be anything.
func excerptHost(host, port string) string {
	if _, err := netip.ParseAddr(host); err != nil && !isName(host) {
		return "a host without a valid name"
	}
	return net.JoinHostPort(host, port)
}

func notAllowed(msg string) *Error {
	return &Error{Op: OpMedia, Kind: KindHost, Msg: msg, cause: ErrHostNotAllowed}
}

// dialMedia resolves a host and dials those of its addresses that are allowed,
// one after the other.
func (c *Client) dialMedia(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	addrs, err := c.mediaAddresses(ctx, host, port)
	if err != nil {
		return nil, err
	}
	var last error
	for _, a := range addrs {
		conn, err := c.dialAddress(ctx, network, host, port, a)
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

// mediaAddresses are the addresses of a media host that may be dialled, at least
// one.
func (c *Client) mediaAddresses(ctx context.Context, host, port string) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, a)
	} else if addrs, err = c.cfg.Lookup(ctx, host); err != nil {
		return nil, err
	}
	refused := notAllowed("the name has no address")
	var allowed []netip.Addr
	for _, a := range addrs {
		if !c.cfg.MediaHosts.allowsAddress(host, port, a) {
			refused = notAllowed(fmt.Sprintf("%s leads to the address %s, which is not public and not among the media hosts", excerptHost(host, port), a.Unmap()))
			continue
		}
		allowed = append(allowed, a)
	}
	if len(allowed) == 0 {
		return nil, refused
	}
	return allowed, nil
}

// ReachesMedia says whether Media would dial the host of a link: AllowsMedia,
// and besides what the host's name leads to is looked up. Nothing is dialled. An
// *Error of KindHost that wraps ErrHostNotAllowed, or of KindNetwork for a name
// that is not known.
func (c *Client) ReachesMedia(ctx context.Context, link string) error {
	if err := c.AllowsMedia(link); err != nil {
		return err
	}
	u, _, err := splitLink(strings.TrimSpace(link))
	if err != nil {
		return notAllowed(err.Error())
	}
	host, port := linkHost(u)
	if _, err := c.mediaAddresses(ctx, host, port); err != nil {
		if KindOf(err) == KindHost {
			return err
		}
		return networkError(ctx, OpMedia, err)
	}
	return nil
}

// dialAddress dials one address, and checks it once more where the system is
// about to connect.
func (c *Client) dialAddress(ctx context.Context, network, host, port string, a netip.Addr) (net.Conn, error) {
	target := net.JoinHostPort(a.Unmap().String(), port)
	if c.cfg.Dial != nil {
		return c.cfg.Dial(ctx, network, target)
	}
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !c.cfg.MediaHosts.allowsAddress(host, port, ap.Addr()) {
			return notAllowed("the address is not among the media hosts")
		}
		return nil
	}}
	return d.DialContext(ctx, network, target)
}

// mediaReply judges an answer and caps its body.
func (c *Client) mediaReply(parent context.Context, resp *http.Response, cancel context.CancelFunc) (*MediaReply, error) {
	if err := c.mediaTrouble(resp); err != nil {
		return nil, err
	}
	fail := func(err error) error { return networkError(parent, OpMedia, err) }
	body := &mediaBody{fail: fail, from: resp.Body, in: bufio.NewReaderSize(resp.Body, 4096), left: c.cfg.MaxMedia, cancel: cancel}
	// A page with status 200 is how some hosts say that a link is over.
	head, _ := body.in.Peek(64)
	head = bytes.TrimSpace(bytes.TrimPrefix(head, byteOrderMark))
	if len(head) > 0 && (head[0] == '<' || head[0] == '{') {
		return nil, &Error{Op: OpMedia, Kind: KindMalformed, Status: resp.StatusCode, Msg: "a page or document instead of audio", cause: ErrNotMedia}
	}
	return &MediaReply{ContentLength: resp.ContentLength, Body: body}, nil
}

// mediaTrouble is the Error for an answer that is no recording.
func (c *Client) mediaTrouble(resp *http.Response) error {
	e := &Error{Op: OpMedia, Status: resp.StatusCode, Msg: strings.ToLower(http.StatusText(resp.StatusCode))}
	encoding := strings.ToLower(resp.Header.Get("Content-Encoding"))
	switch s := resp.StatusCode; {
	case s == http.StatusOK:
		if encoding != "" && encoding != "identity" {
			e.Kind, e.Msg, e.cause = KindMalformed, "compressed, though asked not to be", ErrNotMedia
			return e
		}
		if resp.ContentLength > c.cfg.MaxMedia {
			e.Kind, e.Msg = KindTooLarge, fmt.Sprintf("the recording is over %d bytes", c.cfg.MaxMedia)
			return e
		}
		return nil
	case s == 401 || s == 403 || s == 404 || s == 410:
		e.Kind, e.cause = KindGone, ErrLinkExpired
	case s == http.StatusTooManyRequests:
		e.Kind = KindLimited
	case s == http.StatusRequestTimeout || s >= 500:
		e.Kind = KindServer
	case s >= 400:
		e.Kind = KindBadRequest
	default:
		e.Kind, e.cause = KindMalformed, ErrNotMedia
	}
	e.RetryAfter = retryAfter(resp.Header, c.cfg.Now())
	return e
}

// mediaBody reads a recording up to the cap.
type mediaBody struct {
	fail   func(error) error // says what ended the reading early
	from   io.Closer
	in     *bufio.Reader
	left   int64
	cancel context.CancelFunc
}

func (b *mediaBody) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if b.left <= 0 { // one byte more is one too many
		if _, err := b.in.Peek(1); err != nil {
			return 0, b.end(err)
		}
		return 0, &Error{Op: OpMedia, Kind: KindTooLarge, Msg: "the recording is over the cap"}
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, b.end(err)
}

func (b *mediaBody) end(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return b.fail(err)
}

// Close ends the reading and lets go of the connection.
func (b *mediaBody) Close() error {
	defer b.cancel()
	return b.from.Close()
}

// ExpiryHint is when a signed link says that it expires, by its parameter e. It
// is a hint: links have been known to die earlier and to live longer.
func ExpiryHint(link string) (time.Time, bool) {
	_, query, _ := strings.Cut(link, "?")
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(query, "&") {
		if v, ok := strings.CutPrefix(pair, "e="); ok {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return time.Time{}, false
			}
			return plausible(ofEpoch(float64(n)))
		}
	}
	return time.Time{}, false
}
