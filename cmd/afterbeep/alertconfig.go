package main

import (
	"cmp"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"afterbeep/alert"
	"afterbeep/ingest/kore"
)

// AlertConfig is how people are told of what saved searches find.
type AlertConfig struct {
	Mail     *alert.MailConfig // nil where there is no mail server
	Hosts    kore.MediaHosts   // beyond public ones over https
	Excerpts bool
}

// setAlerts never repeats the URL: it may hold a password.
func (c *Config) setAlerts(s Settings) error {
	var errs []error
	var err error
	if c.Alerts.Excerpts, err = strconv.ParseBool(s.AlertExcerpts); err != nil {
		errs = append(errs, wrong("alert-excerpts", "%q is not allowed; use true or false", s.AlertExcerpts))
	}
	if hosts := listOf(s.AlertHosts); len(hosts) > 0 {
		if c.Alerts.Hosts, err = kore.ParseMediaHosts(hosts); err != nil {
			errs = append(errs, wrong("alert-hosts", "%v", err))
		}
	}
	if s.SMTPURL == "" {
		for _, f := range []struct{ flag, value string }{{"smtp-password", s.SMTPPassword}, {"smtp-from", s.SMTPFrom}} {
			if f.value != "" {
				errs = append(errs, wrong(f.flag, "is of no use without %s", variable("smtp-url")))
			}
		}
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, c.setMail(s))...)
}

func (c *Config) setMail(s Settings) error {
	u, err := url.Parse(s.SMTPURL)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return wrong("smtp-url", "write it as smtps://user@host:465, smtp://user@host:587 or smtp+insecure://host:25, with special characters percent-encoded")
	}
	m := &alert.MailConfig{Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Password: s.SMTPPassword, From: s.SMTPFrom}
	switch u.Scheme {
	case "smtps":
		m.TLS, m.Port = alert.TLSFirst, cmp.Or(m.Port, "465")
	case "smtp":
		m.TLS, m.Port = alert.TLSStart, cmp.Or(m.Port, "587")
	case "smtp+insecure":
		m.TLS, m.Port = alert.TLSNone, cmp.Or(m.Port, "25")
	default:
		return wrong("smtp-url", "must start with smtps:// (TLS), smtp:// (STARTTLS) or smtp+insecure:// (neither)")
	}
	password, inURL := u.User.Password()
	switch {
	case inURL && s.SMTPPassword != "":
		return wrong("smtp-password", "%s holds one, too; set one", variable("smtp-url"))
	case inURL:
		m.Password = password
	}
	if m.User != "" && m.TLS == alert.TLSNone && !isLoopback(m.Host) {
		return wrong("smtp-url", "a password is not sent in the open; use smtps:// or smtp://")
	}
	from, err := mail.ParseAddress(s.SMTPFrom)
	if err != nil {
		return wrong("smtp-from", "must be the sender's mail address, as afterbeep@example.com")
	}
	m.Domains = listOf(s.AlertDomains)
	if len(m.Domains) == 0 {
		_, domain, _ := strings.Cut(from.Address, "@")
		m.Domains = []string{strings.ToLower(domain)}
	}
	if slices.Contains(m.Domains, "*") {
		m.Domains = nil
	}
	c.Alerts.Mail = m
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
