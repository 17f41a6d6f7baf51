package alert

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// MailConfig is how mail is sent.
type MailConfig struct {
	Host string // of the mail server
	Port string
	// TLS says how the connection is sealed: "tls" from the first byte, "starttls"
	// once it is open, or "none".
	TLS      string
	User     string // "" signs in as nobody
	Password string
	From     string // the sender's address, with or without a name
	// Domains are those that mail goes to; none is any.
	Domains []string
	// Hello is the name that this machine gives; "" is "localhost".
	Hello string
	// Roots are the TLS settings of tests; nil is the system's.
	Roots *tls.Config
}

// The values of MailConfig.TLS.
const (
	TLSFirst = "tls"
	TLSStart = "starttls"
	TLSNone  = "none"
)

// Mail sends mail over SMTP. It is safe for concurrent use.
type Mail struct {
	MailConfig
	from *mail.Address
}

// NewMail checks the configuration; the server need not answer.
func NewMail(c MailConfig) (*Mail, error) {
	if c.Host == "" || c.Port == "" {
		return nil, errors.New("mail: no server given")
	}
	if !slices.Contains([]string{TLSFirst, TLSStart, TLSNone}, c.TLS) {
		return nil, fmt.Errorf("mail: %q is no way to seal a connection", c.TLS)
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New("mail: the sender's address can't be read")
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	return &Mail{MailConfig: c, from: from}, nil
}

// Check says what is wrong with an address that mail is to go to, in words for
// people; "" where nothing is.
func (m *Mail) Check(target string) string {
	a, err := mail.ParseAddress(target)
	if err != nil || a.Address != target {
		return "write a mail address, as ada@example.com"
	}
	_, domain, _ := strings.Cut(a.Address[strings.LastIndex(a.Address, "@"):], "@")
	fits := func(d string) bool { return strings.EqualFold(d, domain) }
	if len(m.Domains) > 0 && !slices.ContainsFunc(m.Domains, fits) {
		return "mail goes to addresses of " + strings.Join(m.Domains, ", ") + " alone"
	}
	return ""
}

// send sends one message to one address. It returns nil once the server has said
// that it has the message, whatever becomes of the connection then.
func (m *Mail) send(ctx context.Context, to string, msg *message) error {
	if words := m.Check(to); words != "" {
		return &Refusal{Words: words} // rules may be others than when it was set
	}
	body, err := m.compose(to, msg)
	if err != nil {
		return &Refusal{Words: "the message could not be written", Err: err}
	}
	c, err := m.dial(ctx)
	if err != nil {
		return mailTrouble(err)
	}
	defer c.Close()
	if err := m.deliver(c, to, body); err != nil {
		return mailTrouble(err)
	}
	_ = c.Quit() // it has the message
	return nil
}

// dial connects, seals the connection and signs in.
func (m *Mail) dial(ctx context.Context) (*smtp.Client, error) {
	address := net.JoinHostPort(m.Host, m.Port)
	dialer := &net.Dialer{Timeout: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			conn.Close()
			return nil, err
		}
	}
	if m.TLS == TLSFirst {
		conn = tls.Client(conn, m.sealing())
	}
	c, err := smtp.NewClient(conn, m.Host)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if err := m.open(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (m *Mail) sealing() *tls.Config {
	c := &tls.Config{}
	if m.Roots != nil {
		c = m.Roots.Clone()
	}
	c.ServerName, c.MinVersion = m.Host, tls.VersionTLS12
	return c
}

// errNoTLS is a server that would take passwords and messages in the open.
var errNoTLS = errors.New("the mail server does not offer STARTTLS")

func (m *Mail) open(c *smtp.Client) error {
	if err := c.Hello(m.Hello); err != nil {
		return err
	}
	if m.TLS == TLSStart {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errNoTLS
		}
		if err := c.StartTLS(m.sealing()); err != nil {
			return err
		}
	}
	if m.User == "" {
		return nil
	}
	_, ways := c.Extension("AUTH")
	return c.Auth(m.auth(strings.Fields(strings.ToUpper(ways))))
}

// auth is the way to sign in that the server offers: PLAIN, else LOGIN, which
// some know alone.
func (m *Mail) auth(ways []string) smtp.Auth {
	if !slices.Contains(ways, "PLAIN") && slices.Contains(ways, "LOGIN") {
		return &loginAuth{m.User, m.Password, m.TLS != TLSNone}
	}
	return smtp.PlainAuth("", m.User, m.Password, m.Host)
}

// loginAuth answers the two questions of AUTH LOGIN.
type loginAuth struct {
	user, password string
	sealed         bool
}

// Start implements smtp.Auth.
func (a *loginAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	if !a.sealed {
		return "", nil, errNoTLS
	}
	return "LOGIN", nil, nil
}

// Next implements smtp.Auth.
func (a *loginAuth) Next(question []byte, more bool) ([]byte, error) {
	switch {
	case !more:
		return nil, nil
	case bytes.HasPrefix(bytes.ToLower(question), []byte("user")):
		return []byte(a.user), nil
	}
	return []byte(a.password), nil
}

func (m *Mail) deliver(c *smtp.Client, to string, body []byte) error {
	if err := c.Mail(m.from.Address); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close() // here the server says whether it has it
}

// compose writes the mail. Its Message-ID is the delivery's, so that a repeat is
// known as one.
func (m *Mail) compose(to string, msg *message) ([]byte, error) {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(m.from.Address, "@")
	for _, h := range [][2]string{
		{"From", m.from.String()},
		{"To", (&mail.Address{Address: to}).String()},
		{"Subject", mime.QEncoding.Encode("utf-8", oneLine(msg.subject()))},
		{"Date", msg.MadeAt.Format(time.RFC1123Z)},
		{"Message-ID", "<" + msg.ID + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "All"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	if _, err := q.Write([]byte(strings.ReplaceAll(msg.text(), "\n", "\r\n"))); err != nil {
		return nil, err
	}
	return b.Bytes(), q.Close()
}

// mailTrouble says for people what went wrong.
func mailTrouble(err error) error {
	var said *textproto.Error
	var unsure *tls.CertificateVerificationError
	switch {
	case errors.As(err, &said):
		return &Refusal{Words: fmt.Sprintf("the mail server answered %d", said.Code), Err: err}
	case errors.Is(err, errNoTLS):
		return &Refusal{Words: errNoTLS.Error(), Err: err}
	case errors.As(err, &unsure):
		return &Refusal{Words: "the mail server's certificate can't be trusted", Err: err}
	}
	return &Refusal{Words: "the mail server could not be reached, or did not answer to the end", Err: err}
}
