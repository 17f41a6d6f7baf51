package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"afterbeep/ingest"
	"afterbeep/store"
	"afterbeep/web"
)

// botsForWeb connects bots on a page.
type botsForWeb struct {
	bots     *upstreams
	ingester *ingest.Ingester
}

// List lists every connected bot.
func (b botsForWeb) List(ctx context.Context) ([]web.ConnectedBot, error) {
	if err := b.reload(ctx); err != nil {
		return nil, err
	}
	kept, err := b.bots.store.Bots(ctx)
	if err != nil {
		return nil, err
	}
	var list []web.ConnectedBot
	for _, u := range b.bots.all() {
		bot := web.ConnectedBot{BotSettings: settingsOfBot(u.Upstream), From: "the " + u.From, Trouble: u.trouble}
		if u.From == fromPage {
			bot.From = ""
		}
		if i := slices.IndexFunc(kept, func(k store.Bot) bool { return k.ID == u.BotID }); i >= 0 && u.From == fromPage {
			bot.CreatedAt, bot.CreatedBy = kept[i].CreatedAt, kept[i].CreatedBy
		}
		list = append(list, bot)
	}
	slices.SortFunc(list, func(x, y web.ConnectedBot) int { return strings.Compare(x.BotID, y.BotID) })
	return list, nil
}

// Test tries settings on the upstream.
func (b botsForWeb) Test(ctx context.Context, s web.BotSettings, secret web.Secret) ([]web.Finding, error) {
	u, err := b.upstream(ctx, s, secret)
	if err != nil {
		return nil, err
	}
	tried := b.bots.connect(u)
	if tried.client == nil {
		return nil, &web.FormError{Fields: []web.FieldError{{Words: tried.trouble}}}
	}
	defer tried.client.Close()
	var findings []web.Finding
	for _, warning := range tried.client.Warnings() {
		findings = append(findings, web.Finding{What: "connection", Bad: true, Words: warning})
	}
	for _, f := range b.bots.p.checkBot(ctx, b.bots.store, tried.client, u) {
		findings = append(findings, web.Finding{What: f.what, Bad: f.bad, Words: f.words})
	}
	return findings, nil
}

// Save connects a bot or changes one.
func (b botsForWeb) Save(ctx context.Context, s web.BotSettings, secret web.Secret, by string) error {
	u, err := b.upstream(ctx, s, secret)
	if err != nil {
		return err
	}
	err = b.bots.store.SaveBot(ctx, store.Bot{
		ID: u.BotID, AccountID: u.AccountID, BaseURL: u.BaseURL, ClientID: u.ClientID, Sealed: b.bots.sealer.sealBot(&u),
		Alg: u.Alg, JTI: u.JTI, Region: u.Region, TimeZone: u.TimeZone, Schedule: u.Schedule, CreatedBy: by,
	})
	if err != nil {
		return fmt.Errorf("save a bot: %w", err)
	}
	return b.reload(ctx)
}

// Delete disconnects a bot that was connected on a page.
func (b botsForWeb) Delete(ctx context.Context, botID string) error {
	if err := b.bots.store.DeleteBot(ctx, botID); err != nil {
		return err
	}
	return b.reload(ctx)
}

// reload takes over what the store keeps now.
func (b botsForWeb) reload(ctx context.Context) error { return b.bots.sync(ctx, b.ingester.SetBots) }

// upstream checks what was typed. An empty secret is the saved one's, which
// goes nowhere but where it was saved for.
func (b botsForWeb) upstream(ctx context.Context, s web.BotSettings, secret web.Secret) (Upstream, error) {
	u := Upstream{
		BotID: strings.TrimSpace(s.BotID), AccountID: strings.TrimSpace(s.AccountID), ClientID: strings.TrimSpace(s.ClientID),
		BaseURL: strings.TrimRight(strings.TrimSpace(s.BaseURL), "/"), ClientSecret: strings.TrimSpace(string(secret)),
		Region: strings.ToUpper(strings.TrimSpace(s.Region)), TimeZone: strings.TrimSpace(s.TimeZone), Schedule: strings.TrimSpace(s.Schedule),
		Alg: s.Alg, JTI: s.JTI, From: fromPage,
	}
	form := &web.FormError{}
	for _, set := range b.bots.p.config.Bots {
		if set.BotID == u.BotID {
			form.Fields = append(form.Fields, web.FieldError{Field: "bot_id", Words: "is connected by the " + set.From + ", which can't be changed here"})
		}
	}
	if u.ClientSecret == "" {
		words, err := b.savedSecret(ctx, &u)
		if err != nil {
			return u, err
		}
		if words != "" {
			form.Fields = append(form.Fields, web.FieldError{Field: "client_secret", Words: words})
		}
	}
	for _, f := range u.faults() {
		field := strings.TrimPrefix(f.field, "jwt_")
		if !slices.ContainsFunc(form.Fields, func(had web.FieldError) bool { return had.Field == field }) {
			form.Fields = append(form.Fields, web.FieldError{Field: field, Words: f.words})
		}
	}
	if len(form.Fields) > 0 {
		return u, form
	}
	return u, nil
}

// savedSecret puts the saved secret into u, or says why it can't.
func (b botsForWeb) savedSecret(ctx context.Context, u *Upstream) (words string, err error) {
	kept, err := b.bots.store.Bots(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(kept, func(k store.Bot) bool { return k.ID == u.BotID })
	if at < 0 {
		return "", nil
	}
	if err := b.bots.sealer.openBot(u, kept[at].Sealed); err != nil {
		return "enter it again: the saved one is for another client id or base URL, or was sealed with another key", nil
	}
	return "", nil
}

func settingsOfBot(u Upstream) web.BotSettings {
	return web.BotSettings{
		BotID: u.BotID, AccountID: u.AccountID, ClientID: u.ClientID, BaseURL: u.BaseURL,
		Region: u.Region, TimeZone: u.TimeZone, Schedule: u.Schedule, Alg: u.Alg, JTI: u.JTI,
	}
}
