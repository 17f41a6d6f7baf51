package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
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

// Hosts says where webhooks may go beyond the public Internet over https.
type Hosts interface {
	// Allows says whether a host is listed for a scheme. host is lower case.
	Allows(scheme, host, port string) bool
	// AllowsAddress says whether an address may be dialled for a host: a public
	// one, or one that is listed.
	AllowsAddress(host, port string, addr netip.Addr) bool
}

// HookConfig is how webhooks are sent.
type HookConfig struct {
	Hosts   Hosts
	Version string // of the program, for User-Agent
	// Roots are the TLS settings of tests; nil is the system's.
	Roots *tls.Config
	Now   func() time.Time // of the signature; nil is time.Now
}

// Hook sends webhooks, signed as https://www.standardwebhooks.com says. It is
// safe for concurrent use.
type Hook struct {
	HookConfig
	client *http.Client
}

// The headers of a webhook.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// secretPrefix begins every secret of a webhook; base64 follows.
const secretPrefix = "whsec_"

// NewHook checks the configuration.
func NewHook(c HookConfig) (*Hook, error) {
	if c.Hosts == nil {
		return nil, errors.New("webhooks: the hosts are needed")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &Hook{HookConfig: c}
	t := &http.Transport{
		// Each message has a connection of its own: net/http may send a second
		// time by itself what it sent on a kept one.
		DisableKeepAlives: true, DialContext: h.dial, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig: c.Roots,
	}
	h.client = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return h, nil
}

// NewSecret makes a secret that webhooks are signed with.
func NewSecret() string {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Sign is the signature of a message, as HeaderSignature has it. An error for a
// secret that is none. It is pure.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return "", errors.New("a webhook's secret can't be read")
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// Check says what is wrong with an address that webhooks are to go to, in words
// for people; "" where nothing can be told to be. A name may turn out to lie
// inside when it is dialled.
func (h *Hook) Check(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Opaque != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "write an address, as https://example.com/hook"
	}
	if u.User != nil {
		return "the address may hold no user and no password; messages are signed instead"
	}
	host, port := hostOf(u)
	if u.Scheme == "http" && !h.Hosts.Allows("http", host, port) {
		return "only https:// is taken; an administrator can list the host in AFTERBEEP_ALERT_HOSTS"
	}
	if a, err := netip.ParseAddr(host); err == nil && !h.Hosts.AllowsAddress(host, port, a) {
		return notInside
	}
	return ""
}

const notInside = "it lies inside the network; an administrator can list it in AFTERBEEP_ALERT_HOSTS"

func hostOf(u *url.URL) (host, port string) {
	host, port = strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return host, port
}

// errInside is an address that may not be dialled.
var errInside = errors.New(notInside)

// dial connects to addresses that may be dialled alone, whatever a name resolves
// to at that moment.
func (h *Hook) dial(ctx context.Context, network, target string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !h.Hosts.AllowsAddress(host, port, ap.Addr()) {
			return errInside
		}
		return nil
	}}
	return d.DialContext(ctx, network, target)
}

// send sends one message. It returns nil once the receiver has answered 2xx.
func (h *Hook) send(ctx context.Context, target, secret string, msg *message) error {
	if words := h.Check(target); words != "" {
		return &Refusal{Words: words} // rules may be others than when it was set
	}
	body, err := json.Marshal(msg)
	if err != nil {
		return &Refusal{Words: "the message could not be written", Err: err}
	}
	at := h.Now()
	signature, err := Sign(secret, msg.ID, at, body)
	if err != nil {
		return &Refusal{Words: "its secret can't be read; set its address again", Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return &Refusal{Words: "its address can't be read", Err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", strings.TrimSpace("Afterbeep "+h.Version))
	req.Header.Set(HeaderID, msg.ID)
	req.Header.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(HeaderSignature, signature)
	resp, err := h.client.Do(req)
	if err != nil {
		return hookTrouble(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // it has answered
	if resp.StatusCode/100 != 2 {
		return &Refusal{Words: fmt.Sprintf("the receiver answered %d", resp.StatusCode), RetryAfter: retryAfter(resp.Header.Get("Retry-After"), at)}
	}
	return nil
}

func retryAfter(header string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(header); err == nil && s > 0 {
		return time.Duration(min(s, 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

func hookTrouble(err error) error {
	var unsure *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errInside):
		return &Refusal{Words: notInside, Err: err}
	case errors.As(err, &unsure):
		return &Refusal{Words: "the receiver's certificate can't be trusted", Err: err}
	}
	return &Refusal{Words: "the receiver could not be reached, or did not answer", Err: err}
}
