package main

import (
	"cmp"
	"context"
	"slices"

	"afterbeep/alert"
	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/web"
)

// sealedFor binds the secret of a webhook to where it is sent.
func sealedFor(target string) string { return "alert\x00" + target }

// newAlerts tells people what saved searches find.
func (p *program) newAlerts(s store.Store, x *index.Index, sealer *sealer, publicURL string) (*alert.Watch, error) {
	c := p.config.Alerts
	hook, err := alert.NewHook(alert.HookConfig{Hosts: c.Hosts, Version: versionName()})
	if err != nil {
		return nil, err
	}
	var mail *alert.Mail
	if c.Mail != nil {
		if mail, err = alert.NewMail(*c.Mail); err != nil {
			return nil, err
		}
	}
	return alert.New(alert.Config{
		Store: s, Finder: &web.Engine{Index: x, Archive: s}, Through: func() int64 { return x.Status().Shown },
		Mail: mail, Hook: hook, PublicURL: publicURL, Excerpts: c.Excerpts, Log: p.log,
		Open: func(target string, sealed []byte) (string, error) { return sealer.open(sealed, sealedFor(target)) },
	})
}

// alertsForWeb keeps the secrets of webhooks and sends tests for the pages.
type alertsForWeb struct {
	watch  *alert.Watch
	sealer *sealer
}

// Ways says in which ways people can be told.
func (a alertsForWeb) Ways() web.AlertWays {
	ways := web.AlertWays{Email: a.watch.Mail != nil, Excerpts: a.watch.Excerpts}
	if ways.Email {
		ways.Domains = slices.Clone(a.watch.Mail.Domains)
	}
	return ways
}

// Check says what is wrong with an address.
func (a alertsForWeb) Check(channel store.Channel, target string) string {
	switch channel {
	case store.ChannelWebhook:
		return a.watch.Hook.Check(target)
	case store.ChannelEmail:
		if a.watch.Mail == nil {
			return "no mail server is set; an administrator can set one with AFTERBEEP_SMTP_URL"
		}
		return a.watch.Mail.Check(target)
	}
	return "choose how you want to be told"
}

// NewSecret makes the secret of a webhook.
func (a alertsForWeb) NewSecret(target string) (web.Secret, []byte) {
	secret := alert.NewSecret()
	return web.Secret(secret), a.sealer.seal(secret, sealedFor(target))
}

// Test sends a test message.
func (a alertsForWeb) Test(ctx context.Context, one store.Alert) string {
	if err := a.watch.Test(ctx, one); err != nil {
		return alert.Words(err)
	}
	return ""
}

// Nudge says that something is to be sent.
func (a alertsForWeb) Nudge() { a.watch.Nudge() }

// Sent says how attempts ended.
func (a alertsForWeb) Sent() []web.SentCount {
	var list []web.SentCount
	for c, n := range a.watch.Sent() {
		list = append(list, web.SentCount{Channel: c.Channel, Outcome: c.Outcome, N: n})
	}
	slices.SortFunc(list, func(x, y web.SentCount) int {
		return cmp.Or(cmp.Compare(x.Channel, y.Channel), cmp.Compare(x.Outcome, y.Outcome))
	})
	return list
}
