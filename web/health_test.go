package web

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func TestHealthOfTheParts(t *testing.T) {
	fine := func(c *Config) {
		equipped(c)
		c.Ingest = &engineRoom{status: IngestStatus{Bots: []string{"st-a"}, LastEnd: noon.Add(-time.Minute)}}
		c.Keeper = &larder{status: KeeperStatus{FreeKnown: true, Free: 5e9}}
	}
	tests := []struct {
		name   string
		change func(*Config)
		want   []string
	}{
		{"all is well", fine, []string{"Everything is well.", "Asked for new voicemails 1 minute ago", "There is room for 5.0 GB more", "None was given up."}},
		{"no bot", func(c *Config) { fine(c); c.Ingest = nil }, []string{"1 thing needs a look.", "No bot is connected"}},
		{"the last pass failed", func(c *Config) {
			fine(c)
			c.Ingest = &engineRoom{status: IngestStatus{Bots: []string{"st-a"}, LastFailed: true, LastResult: "the token was refused"}}
		}, []string{"1 thing needs a look.", "Contact centre not well The token was refused."}},
		{"the archive is full", func(c *Config) {
			fine(c)
			c.Keeper = &larder{status: KeeperStatus{Full: true, Why: "no room on the disk"}}
		},
			[]string{"Audio archive not well", "No room on the disk."}},
		{"no audio archive", func(c *Config) { fine(c); c.Keeper = nil }, []string{"Audio archive needs a look"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.change)
			b.catchUp()
			page := text(b.get("/status", b.person("ada", store.RoleAdmin)).doc(t))
			for _, words := range tt.want {
				if !strings.Contains(page, words) {
					t.Errorf("the page does not say %q: %s", words, page)
				}
			}
		})
	}
}

// unready is a store that does not answer when it is asked whether it does.
type unready struct{ store.Store }

func (unready) Ready(context.Context) error { return errors.New("gone") }

func TestHealthOfTheDatabase(t *testing.T) {
	b := newBench(t, equipped, func(c *Config) { c.Store = unready{c.Store} })
	page := text(b.get("/status", b.person("ada", store.RoleAdmin)).doc(t))
	if !strings.Contains(page, "Database not well It does not answer") {
		t.Errorf("got %s", page)
	}
}

func TestLookNowFromTheBots(t *testing.T) {
	room := &engineRoom{status: IngestStatus{Bots: []string{"st-a"}, Schedule: "*/5 * * * *", LastEnd: noon.Add(-time.Minute), NextAt: noon.Add(4 * time.Minute),
		Accounts: []AccountStatus{{ID: "acc", Bots: []string{"st-a"}}}}}
	b := newBench(t, equipped, func(c *Config) { c.Ingest = room })
	admin := b.person("ada", store.RoleAdmin)
	b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("please call me back"), recordings: wav()})
	page := text(b.get("/bots", admin).doc(t))
	for _, words := range []string{"1 minute ago", "4 minutes from now", "*/5 * * * *", "0 of 1 recording archived"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	got := b.post("/ingest/run", url.Values{"back": {"/bots"}}, admin)
	if got.StatusCode != away || got.Header.Get("Location") != "/bots?done=run#main" || room.ran != 1 {
		t.Errorf("got %d to %q, %d passes", got.StatusCode, got.Header.Get("Location"), room.ran)
	}
}

// An empty installation leads from signing in to the first search; one with
// voicemails does not.
func TestFirstRunLeads(t *testing.T) {
	b := newBench(t, equipped, func(c *Config) { c.Ingest = nil })
	admin := b.person("ada", store.RoleAdmin)
	page := b.get("/bots", admin).doc(t)
	if now := text(all(page, "li", "aria-current=step")...); !strings.Contains(now, "Give Afterbeep a key") {
		t.Errorf("got step %q", now)
	}
	b.Ingest = &engineRoom{status: IngestStatus{Bots: []string{"st-a"}}}
	if now := text(all(b.get("/bots", admin).doc(t), "li", "aria-current=step")...); !strings.Contains(now, "Let the first voicemails arrive") {
		t.Errorf("connected: got step %q", now)
	}
	if page := text(b.get("/bots", b.person("some", store.RoleAdmin, "st-a")).doc(t)); strings.Contains(page, "From here") {
		t.Error("an administrator of some bots is led")
	}
	b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})
	if page := text(b.get("/bots", admin).doc(t)); strings.Contains(page, "From here to the first search") {
		t.Error("with voicemails it leads still")
	}
}
