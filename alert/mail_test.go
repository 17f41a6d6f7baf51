package alert

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// certified is a certificate for 127.0.0.1 and who trusts it.
func certified(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: roots}
}

func testMail() *message {
	return &message{ID: "id-1", Type: typeTest, MadeAt: time.Now(), Search: searchName{Name: "Rückruf\r\nBcc: all@example.com", URL: "https://beep.example/saved/1"}, zone: time.UTC}
}

func TestMailIsSealedAndSignedIn(t *testing.T) {
	server, client := certified(t)
	for _, c := range []struct {
		name, tls, auth string
		offers          bool // STARTTLS
		trusts          bool
		want            string // in what is said to people; "" where it is sent
	}{
		{"starttls and plain", TLSStart, "PLAIN LOGIN", true, true, ""},
		{"starttls and login", TLSStart, "LOGIN", true, true, ""},
		{"tls and plain", TLSFirst, "PLAIN", false, true, ""},
		{"no starttls", TLSStart, "PLAIN", false, true, "does not offer STARTTLS"},
		{"a certificate of a stranger", TLSStart, "PLAIN", true, false, "can't be trusted"},
		{"a certificate of a stranger, at once", TLSFirst, "PLAIN", false, false, "can't be trusted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newMailServer(t, func(s *mailServer) {
				s.auth = c.auth
				if c.offers {
					s.sealed = server
				}
				if c.tls == TLSFirst {
					s.listener = tls.NewListener(s.listener, server)
				}
			})
			config := s.config()
			config.TLS, config.User, config.Password = c.tls, "afterbeep", "s3cret"
			if c.trusts {
				config.Roots = client
			}
			m, err := NewMail(config)
			if err != nil {
				t.Fatal(err)
			}
			err = m.send(t.Context(), "ada@example.com", testMail())
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v", err)
			case c.want == "" && (s.count() != 1 || s.signedIn[0] != "afterbeep s3cret"):
				t.Errorf("got %d mails, signed in as %q", s.count(), s.signedIn)
			case c.want != "" && (err == nil || !strings.Contains(Words(err), c.want) || len(s.signedIn) > 0 || s.count() > 0):
				t.Errorf("got %v, signed in as %q", err, s.signedIn)
			}
			if strings.Contains(s.all(), "\nBcc:") {
				t.Errorf("a name became a header: %s", s.all())
			}
		})
	}
}

func TestMailAddresses(t *testing.T) {
	m, err := NewMail(MailConfig{Host: "h", Port: "25", TLS: TLSNone, From: "a@example.com", Domains: []string{"example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	for target, good := range map[string]bool{
		"ada@example.com": true, "ada@EXAMPLE.com": true, "ada@example.org": false, "ada@sub.example.com": false, "": false, "ada": false,
		"Ada <ada@example.com>": false, "ada@example.com, bob@example.com": false, "ada@example.com\r\nRCPT TO:<x@y.z>": false,
	} {
		if words := m.Check(target); (words == "") != good {
			t.Errorf("%q: %q", target, words)
		}
	}
}
