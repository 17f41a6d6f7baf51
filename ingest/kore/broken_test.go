package kore

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wire is a server below HTTP: do decides what becomes of each request, counted
// from 0; false breaks the connection with a reset.
type wire struct {
	url    string
	mu     sync.Mutex
	tokens []string
	conns  []int // the connection that each request came over
}

func newWire(t *testing.T, do func(n int, conn net.Conn) bool) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{url: "http://" + l.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		n := 0
		for id := 0; ; id++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(conn)
			for alive := true; alive; {
				req, err := http.ReadRequest(in)
				if err != nil {
					break
				}
				io.Copy(io.Discard, req.Body)
				w.note(req.Header.Get("auth"), id)
				alive = do(n, conn)
				n++
			}
			conn.(*net.TCPConn).SetLinger(0) // so that closing resets
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return w
}

// seen is the token and the connection of each request so far.
func (w *wire) seen() (tokens []string, conns []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.tokens), slices.Clone(w.conns)
}

func (w *wire) note(token string, conn int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens = append(w.tokens, token)
	w.conns = append(w.conns, conn)
}

const okReply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

// TestResetOnWarmConnection breaks a reused connection after the request was
// read: net/http must not send it again by itself, with the same token.
func TestResetOnWarmConnection(t *testing.T) {
	ask := map[string]func(*Client, context.Context) error{
		"voicemail": func(c *Client, ctx context.Context) error {
			_, err := c.Voicemail(ctx, ClassFresh, testBot, testSession)
			return err
		},
		"call details": func(c *Client, ctx context.Context) error {
			now := time.Now()
			_, err := c.CallDetails(ctx, ClassDiscovery, CallDetailsQuery{BotID: testBot, From: now.Add(-time.Hour), To: now})
			if KindOf(err) == KindMalformed {
				return nil // {} is no page of call details; it is an answer
			}
			return err
		},
	}
	for name, ask := range ask {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, func(n int, conn net.Conn) bool {
				if n == 1 {
					return false
				}
				io.WriteString(conn, okReply)
				return true
			})
			c, b := newClient(t, w.url, nil)
			for range 2 { // the first warms the connection
				if err := ask(c, t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			c.Close()
			tokens, conns := w.seen()
			if d := cmp.Diff([]int{0, 0, 1}, conns); d != "" {
				t.Errorf("requests came over connections -want +got:\n%s", d)
			}
			ids := map[any]bool{}
			for _, token := range tokens {
				ids[claimsOf(t, token, "HS256", time.Now())["jti"]] = true
			}
			if classes, _ := b.seen(); len(ids) != 3 || len(tokens) != 3 || len(classes) != 3 {
				t.Errorf("got %d requests with %d different jti and %d reservations, want 3 of each", len(tokens), len(ids), len(classes))
			}
		})
	}
}

func TestResetIsRetriedOnce(t *testing.T) {
	w := newWire(t, func(int, net.Conn) bool { return false })
	c, b := newClient(t, w.url, nil)
	_, err := c.Voicemail(t.Context(), ClassFresh, testBot, testSession)
	if KindOf(err) != KindNetwork {
		t.Errorf("got %v", err)
	}
	tokens, _ := w.seen()
	if classes, verdicts := b.seen(); len(tokens) != 2 || len(classes) != 2 || len(verdicts) != 2 || !verdicts[0].Unclear || !verdicts[1].Unclear {
		t.Errorf("got %d requests, %d reserved, verdicts %v; want 2, 2 and two unclear ones", len(tokens), len(classes), verdicts)
	}
}

// TestCutShort ends connections within a reply: that is no matter of a retry
// here, and never a reply.
func TestCutShort(t *testing.T) {
	for name, reply := range map[string]string{
		"by length":  "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":",
		"in a chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"status\":",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, func(_ int, conn net.Conn) bool {
				io.WriteString(conn, reply)
				conn.(*net.TCPConn).CloseWrite()
				return true // reads on until the client is gone
			})
			c, _ := newClient(t, w.url, nil)
			_, err := c.Voicemail(t.Context(), ClassFresh, testBot, testSession)
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindNetwork || e.Status != 200 || !strings.Contains(e.Msg, "cut short after 10 bytes") {
				t.Errorf("got %v", err)
			}
			if tokens, _ := w.seen(); len(tokens) != 1 {
				t.Errorf("got %d requests, want 1", len(tokens))
			}
		})
	}
}
