package alert

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// inbox is what a receiver has taken.
type inbox struct {
	mu     sync.Mutex
	copies map[string]int  // by Message-ID or delivery id
	said   map[string]bool // those that the receiver said that it has
	bodies []string
	odd    []string // repeats of what was said to be there
}

func newInbox() *inbox { return &inbox{copies: map[string]int{}, said: map[string]bool{}} }

// take keeps a message; said tells that its sender is about to be told.
func (b *inbox) take(id, body string, said bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.said[id] {
		b.odd = append(b.odd, id)
	}
	b.copies[id]++
	b.said[id] = b.said[id] || said
	b.bodies = append(b.bodies, body)
}

func (b *inbox) all() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.bodies, "\n")
}

func (b *inbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.bodies)
}

// check is that nothing came again that was said to be there, and that some did
// that was not, where repeats are expected.
func (b *inbox) check(t *testing.T, repeats bool) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.odd) > 0 {
		t.Errorf("came again though their receiver had said that it has them: %v", b.odd)
	}
	again := 0
	for _, n := range b.copies {
		if n > 1 {
			again++
		}
	}
	if repeats && again == 0 {
		t.Error("no message came twice: the receiver did not fail to say so")
	}
}

// fault is how a receiver fails. The zero fault is none.
type fault int

const (
	faultNone  fault = iota
	faultGone        // the connection ends before anything is said
	faultLater       // it says no, for now
	faultNever       // it says no, for good
	faultCut         // the connection ends in the midst of the message
	faultMute        // it takes the message and says nothing
	faultDrop        // it says that it has the message, and hangs up
	faults
)

// dice are faults at random, from a seed, until they are calmed.
type dice struct {
	mu   sync.Mutex
	rand *rand.Rand
	calm bool
}

func newDice(seed uint64) *dice { return &dice{rand: rand.New(rand.NewPCG(seed, 7))} }

func (d *dice) throw() fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calm {
		return faultNone
	}
	return fault(d.rand.IntN(int(faults)))
}

// mailServer speaks SMTP as far as a sender needs, and fails as the dice say.
type mailServer struct {
	inbox
	dice     *dice
	listener net.Listener
	sealed   *tls.Config // for STARTTLS; nil does not offer it
	auth     string      // "PLAIN" or "LOGIN"; "" asks for none
	signedIn []string
	lines    sync.WaitGroup
}

func newMailServer(t *testing.T, change func(*mailServer)) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{inbox: *newInbox(), dice: &dice{calm: true}, listener: l}
	if change != nil {
		change(s)
	}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.lines.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() { s.listener.Close(); accepting.Wait(); s.lines.Wait() })
	return s
}

// config is how mail is sent to the server.
func (s *mailServer) config() MailConfig {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return MailConfig{Host: "127.0.0.1", Port: port, TLS: TLSNone, From: "Afterbeep <alerts@example.com>"}
}

func (s *mailServer) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	f := s.dice.throw()
	if f == faultGone {
		return
	}
	r := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 ready")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-hello")
			if _, on := conn.(*tls.Conn); s.sealed != nil && !on {
				say("250-STARTTLS")
			}
			if s.auth != "" {
				say("250-AUTH " + s.auth)
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.sealed)
			r = bufio.NewReader(conn)
		case "AUTH":
			s.signIn(r, say, rest)
		case "MAIL":
			if f == faultLater {
				say("451 try again")
				continue
			}
			say("250 ok")
		case "RCPT":
			if f == faultNever {
				say("550 no such person")
				continue
			}
			say("250 ok")
		case "DATA":
			if !s.data(r, say, f) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}

// data takes a message; false ends the connection.
func (s *mailServer) data(r *bufio.Reader, say func(string), f fault) bool {
	say("354 go on")
	if f == faultCut {
		_, _ = r.ReadString('\n')
		return false
	}
	var text strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(strings.NewReader(text.String()))
	if err != nil {
		say("554 what is this?")
		return true
	}
	s.take(m.Header.Get("Message-Id"), text.String(), f != faultMute)
	if f == faultMute {
		return false
	}
	say("250 taken")
	return f != faultDrop
}

func (s *mailServer) signIn(r *bufio.Reader, say func(string), rest string) {
	way, first, _ := strings.Cut(rest, " ")
	read := func() string {
		line, _ := r.ReadString('\n')
		text, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		return string(text)
	}
	if way == "LOGIN" {
		say("334 " + base64.StdEncoding.EncodeToString([]byte("Username:")))
		user := read()
		say("334 " + base64.StdEncoding.EncodeToString([]byte("Password:")))
		s.signedIn = append(s.signedIn, user+" "+read())
	} else {
		text, _ := base64.StdEncoding.DecodeString(first)
		s.signedIn = append(s.signedIn, strings.Join(strings.Split(string(text), "\x00")[1:], " "))
	}
	say("235 welcome")
}

// hookServer takes webhooks, checks their signatures, and fails as the dice say.
type hookServer struct {
	inbox
	*httptest.Server
	dice   *dice
	secret string
}

func newHookServer(t *testing.T, sealed bool) *hookServer {
	t.Helper()
	s := &hookServer{inbox: *newInbox(), dice: &dice{calm: true}, secret: NewSecret()}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.dice.throw()
		if f == faultGone {
			panic(http.ErrAbortHandler)
		}
		if f == faultCut {
			_, _ = r.Body.Read(make([]byte, 1))
			panic(http.ErrAbortHandler)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		switch f {
		case faultLater:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case faultNever:
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		if why := s.unsigned(r, body); why != "" {
			t.Errorf("a webhook: %s", why)
		}
		s.take(r.Header.Get(HeaderID), string(body), f != faultMute)
		if f == faultMute {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if sealed {
		s.Server = httptest.NewTLSServer(handler)
	} else {
		s.Server = httptest.NewServer(handler)
	}
	s.Server.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

// unsigned says what is wrong with the signature of a webhook.
func (s *hookServer) unsigned(r *http.Request, body []byte) string {
	var told struct{ ID string }
	if err := json.Unmarshal(body, &told); err != nil {
		return err.Error()
	}
	seconds, err := time.ParseDuration(r.Header.Get(HeaderTimestamp) + "s")
	if err != nil {
		return err.Error()
	}
	want, err := Sign(s.secret, r.Header.Get(HeaderID), time.Unix(int64(seconds.Seconds()), 0), body)
	switch {
	case err != nil:
		return err.Error()
	case r.Header.Get(HeaderSignature) != want:
		return "the signature is another"
	case told.ID != r.Header.Get(HeaderID):
		return "the ids differ"
	}
	return ""
}
