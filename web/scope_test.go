package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"afterbeep/store"
)

// neighbours is a server with two bots of one account, and one of another.
func neighbours(c *Config) {
	equipped(c)
	room := c.Ingest.(*engineRoom)
	room.status.Bots = []string{"st-a", "st-b", "st-c"}
	room.status.Accounts = []AccountStatus{
		{ID: "acc-1", Bots: []string{"st-a", "st-b"}, Trouble: "The first is in trouble."},
		{ID: "acc-2", Bots: []string{"st-c"}, Trouble: "The second is in trouble."},
		{ID: "acc-0", Trouble: "The empty one is in trouble."}}
	fleet := c.Bots.(*fleet)
	for _, id := range room.status.Bots {
		fleet.bots = append(fleet.bots, ConnectedBot{BotSettings: BotSettings{BotID: id, ClientID: "cs-9", BaseURL: "https://platform.kore.ai"}})
	}
}

// An administrator of some bots sees these alone, and their accounts.
func TestPagesStayInScope(t *testing.T) {
	b := newBench(t, neighbours)
	b.archive(message{account: "acc-2", bot: "st-c", session: "s1", segments: said("hello")})
	tests := []struct {
		bots    []string
		said    string // of the bots and accounts, in words
		unheard string
		indexed bool
	}{
		{nil, "st-a st-b st-c first second empty", "", true},
		{[]string{"st-a"}, "st-a first", "st-b st-c second empty", false},
		{[]string{"st-c"}, "st-c second", "st-a st-b first empty", false},
		{[]string{"st-z"}, "", "st-a st-b st-c first second empty", false},
	}
	for i, tt := range tests {
		admin := b.person(fmt.Sprint("ada", i), store.RoleAdmin, tt.bots...)
		pages := map[string]string{}
		for _, path := range []string{"/bots", "/status", "/ledger"} {
			pages[path] = text(b.get(path, admin).doc(t))
		}
		everything := pages["/bots"] + pages["/status"] + pages["/ledger"]
		for _, word := range strings.Fields(tt.said) {
			if !strings.Contains(everything, word) {
				t.Errorf("%v: %q is not said", tt.bots, word)
			}
		}
		for path, page := range pages {
			for _, word := range strings.Fields(tt.unheard) {
				if strings.HasPrefix(word, "st-") && strings.Contains(page, word) || strings.Contains(strings.ToLower(page), word+" is in trouble") || strings.Contains(page, word+" one is in trouble") {
					t.Errorf("%v: %s says %q: %s", tt.bots, path, word, page)
				}
			}
		}
		if strings.Contains(pages["/status"], "Indexed 1 voicemail") != tt.indexed {
			t.Errorf("%v: got %s", tt.bots, pages["/status"])
		}
	}
}

// Bots of others are not there, and new ones are for administrators of all.
func TestBotsOfOthers(t *testing.T) {
	tests := []struct {
		name, path, id string
		want           int
	}{
		{"change another's", "/bots", "st-b", missing},
		{"test another's", "/bots/test", "st-b", missing},
		{"disconnect another's", "/bots/delete", "st-b", missing},
		{"disconnect none", "/bots/delete", "st-new", missing},
		{"connect a new one", "/bots", "st-new", http.StatusForbidden},
		{"test a new one", "/bots/test", "st-new", http.StatusForbidden},
		{"one of hers that is not connected", "/bots", "st-gone", http.StatusForbidden},
		{"change her own", "/bots", "st-a", away},
		{"test her own", "/bots/test", "st-a", ok},
		{"disconnect her own", "/bots/delete", "st-a", away},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, neighbours)
			admin := b.person("ada", store.RoleAdmin, "st-a", "st-gone")
			got := b.post(tt.path, botForm("bot_id", tt.id), admin)
			f := b.Bots.(*fleet)
			allowed := tt.want < 400
			if got.StatusCode != tt.want || !allowed && len(f.bots)+len(f.secrets) != 3 {
				t.Errorf("got %d, %d bots: %s", got.StatusCode, len(f.bots), text(got.doc(t)))
			}
			if tt.want == http.StatusForbidden && !strings.Contains(text(got.doc(t)), "administrator of all bots") {
				t.Errorf("got %s", text(got.doc(t)))
			}
			if trail := b.trail(); len(trail) != 1 || trail[0].Allowed != allowed {
				t.Errorf("got entries %+v", trail)
			}
		})
	}
	b := newBench(t, neighbours)
	admin := b.person("ada", store.RoleAdmin, "st-a")
	if got := b.get("/bots?bot=st-b", admin); got.StatusCode != missing {
		t.Errorf("another's form: got %d", got.StatusCode)
	}
	if forms := all(b.get("/bots", admin).doc(t), "form", "action=/bots#form"); len(forms) != 0 {
		t.Error("a form is offered that can't be sent")
	}
	if forms := all(b.get("/bots?bot=st-a", admin).doc(t), "form", "action=/bots#form"); len(forms) != 1 {
		t.Error("her own bot's form is missing")
	}
}

// The past of an account is for administrators of all its bots.
func TestBackfillsOfOthers(t *testing.T) {
	for _, tt := range []struct {
		bots []string
		may  bool
	}{{nil, true}, {[]string{"st-a", "st-b"}, true}, {[]string{"st-a"}, false}, {[]string{"st-c"}, false}} {
		t.Run(fmt.Sprint(tt.bots), func(t *testing.T) {
			b := newBench(t, neighbours)
			run, err := b.store.AddBackfill(t.Context(), store.Backfill{AccountID: "acc-1", From: noon.AddDate(-1, 0, 0), To: noon, AskedBy: "eve"})
			if err != nil {
				t.Fatal(err)
			}
			past := b.Backfills.(*historian)
			past.runs = []BackfillStatus{{Backfill: run}}
			admin := b.person("ada", store.RoleAdmin, tt.bots...)
			page := text(b.get("/ledger", admin).doc(t))
			if strings.Contains(page, "asked for by eve") != tt.may {
				t.Errorf("got %s", page)
			}
			added := b.post("/backfills", url.Values{"account": {"acc-1"}, "past_from": {"2024-01-01"}}, admin)
			if (added.StatusCode == away) != tt.may || (len(past.asked) == 1) != tt.may {
				t.Errorf("add: got %d, %d asked for", added.StatusCode, len(past.asked))
			}
			want := away
			if !tt.may {
				want = missing
			}
			stopped := b.post(fmt.Sprintf("/backfills/%d", run.ID), url.Values{"state": {"stopped"}}, admin)
			runs, err := b.store.Backfills(t.Context(), "")
			if err != nil || stopped.StatusCode != want || (runs[0].State == store.BackfillStopped) != tt.may {
				t.Errorf("stop: got %d, %+v, %v", stopped.StatusCode, runs, err)
			}
			if trail := b.trail(); trail[len(trail)-1].Allowed != tt.may {
				t.Errorf("got entries %+v", trail)
			}
		})
	}
}
