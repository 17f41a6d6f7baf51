package kore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testSecret  = "Zm9yIHRlc3RzIG9ubHkgMTIzNDU2Nzg5MA=="
	testClient  = "cs-11111111-2222-5333-8444-555555555555"
	testAccount = "674daf4bc9d17f4dc0700001"
	testBot     = "st-b110e148-7428-5295-960b-099e81670001"
	testSession = "67aa38026e199c8f470e0001"
)

// budget allows everything and remembers it.
type budget struct {
	mu       sync.Mutex
	classes  []Class
	verdicts []Verdict
	refuse   error
}

func (b *budget) Reserve(_ context.Context, c Class) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.classes = append(b.classes, c)
	return b.refuse
}

func (b *budget) Report(_ context.Context, v Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.verdicts = append(b.verdicts, v)
}

func (b *budget) seen() ([]Class, []Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.classes, b.verdicts
}

// newClient makes a client of base; change may alter its Config.
func newClient(t *testing.T, base string, change func(*Config)) (*Client, *budget) {
	t.Helper()
	b := &budget{}
	cfg := Config{
		BaseURL: base, AccountID: testAccount, ClientID: testClient, ClientSecret: testSecret,
		JTI: true, Budget: b, Timeout: time.Minute,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, b
}

// serve starts a server that is closed when the test ends.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// answering serves one answer, always.
func answering(t *testing.T, status int, header map[string]string, body string) *httptest.Server {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// claimsOf checks a token's signature and gives its claims.
func claimsOf(t *testing.T, token, alg string, now time.Time) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return []byte(testSecret), nil },
		jwt.WithValidMethods([]string{alg}), jwt.WithIssuedAt(), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		t.Errorf("token: %v", err)
	}
	return claims
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func isErr(err, target error) bool { return errors.Is(err, target) }

// endpoints ask each of the API's endpoints once, for nothing in particular.
var endpoints = map[string]func(context.Context, *Client) error{
	"voicemail": func(ctx context.Context, c *Client) error {
		_, err := c.Voicemail(ctx, ClassFresh, testBot, testSession)
		return err
	},
	"call details": func(ctx context.Context, c *Client) error {
		now := time.Now()
		_, err := c.CallDetails(ctx, ClassDiscovery, CallDetailsQuery{BotID: testBot, From: now.Add(-time.Hour), To: now})
		return err
	},
	"sessions": func(ctx context.Context, c *Client) error {
		now := time.Now()
		_, err := c.Sessions(ctx, ClassDiscovery, SessionsQuery{BotID: testBot, From: now.Add(-time.Hour), To: now})
		return err
	},
	"recordings": func(ctx context.Context, c *Client) error {
		_, err := c.Recordings(ctx, ClassRecordings, testBot, testSession)
		return err
	},
	"recordings v1": func(ctx context.Context, c *Client) error {
		_, err := c.RecordingsV1(ctx, ClassRecordings, RecordingsV1Query{BotID: testBot, SessionID: testSession}, func(a InlineAudio) error {
			_, err := io.Copy(io.Discard, a.Body)
			return err
		})
		return err
	},
}

// repeat is a text without end.
func repeat(text string) io.Reader { return &repeater{text: bytes.Repeat([]byte(text), 4096)} }

type repeater struct {
	text []byte
	at   int
}

func (r *repeater) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// growth is by how many megabytes the heap grows at most while do runs.
func growth(do func() error) (int, error) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before := heap()
	peak := before
	done := make(chan error)
	go func() { done <- do() }()
	for {
		select {
		case err := <-done:
			return int((max(peak, heap()) - before) >> 20), err
		case <-time.After(time.Millisecond):
			peak = max(peak, heap())
		}
	}
}
