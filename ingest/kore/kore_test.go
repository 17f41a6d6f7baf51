package kore

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
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
		JTI: true, Budget: b, Timeout: 10 * time.Second,
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
