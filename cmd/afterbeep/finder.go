package main

import (
	"afterbeep/ingest"
	"afterbeep/store"
)

// newFinder reads callback requests out of voicemails, by the settings of the bots
// that are connected at the time.
func (p *program) newFinder(settings func(botID string) (region, zone string)) (*ingest.Finder, error) {
	return ingest.NewFinder(ingest.FinderConfig{Region: p.config.Region, Settings: settings})
}

// settings are a connected bot's own region and zone; "" for what it hasn't set.
func (u *upstreams) settings(botID string) (region, zone string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, b := range u.bots {
		if b.BotID == botID {
			return b.Region, b.TimeZone
		}
	}
	return "", ""
}

// settingsOf are those of the bots of the configuration and of the store, as
// upstreams has them, for commands that connect none.
func (p *program) settingsOf(kept []store.Bot) func(botID string) (region, zone string) {
	bots := map[string]Upstream{}
	for _, b := range kept {
		bots[b.ID] = upstreamOf(b)
	}
	for _, b := range p.config.Bots {
		bots[b.BotID] = b
	}
	return func(botID string) (region, zone string) {
		return bots[botID].Region, bots[botID].TimeZone
	}
}
