package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

// post sends a form with a bearer token and returns status, body and where to
// it leads.
func (p *process) post(path, token string, form url.Values) (status int, body, location string) {
	p.in.t.Helper()
	return p.send(path, "Bearer "+token, "application/x-www-form-urlencoded", form.Encode())
}

func (p *process) send(path, authorization, kind, content string) (status int, body, location string) {
	p.in.t.Helper()
	req, err := http.NewRequestWithContext(p.in.t.Context(), http.MethodPost, p.url+path, strings.NewReader(content))
	if err != nil {
		p.in.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", authorization)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.in.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.in.t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header.Get("Location")
}

// upstreamWith starts a simulated upstream that nobody is connected to.
func upstreamWith(t *testing.T, c koresim.Config) *koresim.Server {
	t.Helper()
	plain := koresim.Documented()
	c.Quirks, c.Until, c.Span = &plain, lately(), 24*time.Hour
	sim, err := koresim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	upstream, err := sim.Serve(t.Context(), koresim.Listen{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { upstream.Close() })
	return upstream
}

// TestConnectABotOnAPage connects a bot while the server runs; it is there
// after a restart, and its secret is nowhere to be read.
func TestConnectABotOnAPage(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		upstream := upstreamWith(t, koresim.Config{Seed: 5, Voicemails: 12, Other: 20})
		in.env["KORE_MEDIA_HOSTS"] = strings.TrimPrefix(upstream.MediaURL, "http://")
		in.env["KORE_RATE_PER_MINUTE"] = "6000"
		in.env["INGEST_SCHEDULE"] = "@every 2s"
		server := in.serve()
		token := in.token("ada", "admin")
		c := upstream.Sim.Credentials()
		form := url.Values{
			"base_url": {upstream.APIURL}, "bot_id": {c.BotIDs[0]}, "account_id": {c.AccountID}, "client_id": {c.ClientID},
			"client_secret": {"wrong-" + c.ClientSecret}, "alg": {"HS256"}, "jti": {"1"}, "region": {"us"}, "time_zone": {"Europe/Berlin"},
		}
		if status, body, _ := server.post("/bots/test", token, form); status != http.StatusOK || !strings.Contains(body, "client secret is wrong") {
			t.Errorf("testing a wrong secret: status %d\n%s", status, tail(body, 3000))
		}
		form.Set("client_secret", c.ClientSecret)
		if status, body, _ := server.post("/bots", token, form); status != http.StatusSeeOther {
			t.Fatalf("connecting: status %d\n%s", status, tail(body, 3000))
		}
		server.awaitTotal(token, 12)
		_, page := server.get("/bots", token)
		if !strings.Contains(page, c.BotIDs[0]) || strings.Contains(page, c.ClientSecret) {
			t.Error("the page does not show the bot, or shows its secret")
		}
		printed, _ := server.out.read()
		if strings.Contains(printed, c.ClientSecret) {
			t.Error("the secret is printed")
		}
		if in.env["DATABASE_URL"] == "" {
			for _, name := range []string{"afterbeep.db", "afterbeep.db-wal"} {
				text, err := os.ReadFile(filepath.Join(in.dir, name))
				if err == nil && strings.Contains(string(text), c.ClientSecret) {
					t.Errorf("the secret is in %s", name)
				}
			}
		}
		server.stop()

		// It is still connected, and can be disconnected; what was fetched stays.
		before := upstream.Sim.Stats().Requests[koresim.KindCallDetails]
		server = in.serve()
		server.await("the upstream is asked again", func() (bool, string) {
			n := upstream.Sim.Stats().Requests[koresim.KindCallDetails]
			return n > before, fmt.Sprint(n)
		})
		if code, stdout, _ := in.run("", "doctor"); code != 0 || !strings.Contains(stdout, "lets the account in") {
			t.Errorf("doctor: status %d\n%s", code, stdout)
		}
		if status, body, _ := server.post("/bots/delete", token, url.Values{"bot_id": {c.BotIDs[0]}}); status != http.StatusSeeOther {
			t.Errorf("disconnecting: status %d\n%s", status, tail(body, 2000))
		}
		server.awaitTotal(token, 12)
		if _, page := server.get("/bots", token); strings.Contains(page, c.ClientID) {
			t.Error("the bot is still connected")
		}
	})
}

// TestSeveralBots runs two accounts of a bots file, of which one has a wrong
// secret: the other doesn't mind.
func TestSeveralBots(t *testing.T) {
	t.Parallel()
	in := install(t)
	one := upstreamWith(t, koresim.Config{Seed: 1, Voicemails: 8, Other: 8, BotIDs: []string{"st-a", "st-b"}})
	two := upstreamWith(t, koresim.Config{Seed: 2, Voicemails: 8, Other: 8, BotIDs: []string{"st-c"}, AccountID: "64b0c0ffee0000000000beef"})
	type listed map[string]any
	bot := func(u *koresim.Server, id, secret string) listed {
		c := u.Sim.Credentials()
		return listed{"bot_id": id, "account_id": c.AccountID, "client_id": c.ClientID, "client_secret": secret, "base_url": u.APIURL, "schedule": "@every 2s"}
	}
	secret := one.Sim.Credentials().ClientSecret
	text, err := json.Marshal([]listed{bot(one, "st-a", secret), bot(one, "st-b", secret), bot(two, "st-c", "not the secret")})
	if err != nil {
		t.Fatal(err)
	}
	in.env["BOTS_FILE"] = filepath.Join(t.TempDir(), "bots.json")
	if err := os.WriteFile(in.env["BOTS_FILE"], text, 0o600); err != nil {
		t.Fatal(err)
	}
	in.env["KORE_MEDIA_HOSTS"] = "127.0.0.1"
	in.env["KORE_RATE_PER_MINUTE"] = "6000"
	server := in.serve()
	token := in.token("ada", "admin")
	server.awaitTotal(token, 8)
	server.await("the trouble of the other account is shown", func() (bool, string) {
		_, page := server.get("/status", token)
		return strings.Contains(page, "64b0c0ffee0000000000beef") && strings.Contains(page, "Invalid SDK credentials"), ""
	})
	code, stdout, _ := in.run("", "doctor")
	if code != 1 || !strings.Contains(stdout, "bot st-c: client id or client secret is wrong") || !strings.Contains(stdout, "bot st-a: "+one.APIURL+" lets the account in") {
		t.Errorf("doctor: status %d\n%s", code, stdout)
	}
}

// TestPushAndList make sessions known that no discovery would find.
func TestPushAndList(t *testing.T) {
	t.Parallel()
	in := install(t)
	upstream := in.connect(koresim.Config{Seed: 6, Voicemails: 3, Other: -1, Until: lately()})
	const hookToken = "a push token of some length"
	in.env["DISCOVERY"], in.env["HOOK_TOKEN"] = "none", hookToken
	server := in.serve()
	token := in.token("ada", "admin")
	bot := in.env["KORE_BOT_ID"]
	vms := upstream.Sim.Voicemails()
	for _, tt := range []struct {
		what, path, authorization, text string
		want                            int
	}{
		{"no token", bot, "", `{"sessionId": "` + vms[0].SessionID + `"}`, 401},
		{"another token", bot, "Bearer " + token, `{"sessionId": "` + vms[0].SessionID + `"}`, 401},
		{"another bot", "st-other", "Bearer " + hookToken, `{"sessionId": "` + vms[0].SessionID + `"}`, 404},
		{"no JSON", bot, "Bearer " + hookToken, `sessionId=1`, 400},
		{"no session", bot, "Bearer " + hookToken, `{"hello": "world"}`, 202},
		{"sessionId", bot, "Bearer " + hookToken, `{"sessionId": "` + vms[0].SessionID + `"}`, 202},
		{"metaInfo", bot, "Bearer " + hookToken, `{"metaInfo": {"sessionId": "` + vms[1].SessionID + `"}}`, 202},
	} {
		if status, body, _ := server.send("/hooks/kore/"+tt.path, tt.authorization, "application/json", tt.text); status != tt.want {
			t.Errorf("%s: status %d, want %d: %s", tt.what, status, tt.want, body)
		}
	}
	server.awaitTotal(token, 2)
	status, body, _ := server.post("/sessions/add", token, url.Values{"bot": {bot}, "ids": {vms[2].SessionID + "\n" + vms[1].SessionID}})
	if status >= 400 {
		t.Fatalf("a list: status %d\n%s", status, tail(body, 2000))
	}
	server.awaitTotal(token, 3)
}

// TestBackfillOnAPage looks at two years when somebody asks for them.
func TestBackfillOnAPage(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.connect(koresim.Config{Seed: 7, Voicemails: 30, Other: 30, Until: lately()})
	in.env["INGEST_SCHEDULE"] = "@every 2s"
	server := in.serve()
	token := in.token("ada", "admin")
	from := time.Now().UTC().AddDate(-2, 0, -7).Format(time.DateOnly)
	to := time.Now().UTC().Format(time.DateOnly)
	form := url.Values{"account": {in.env["KORE_ACCOUNT_ID"]}, "past_from": {from}, "past_to": {to}}
	if status, body, _ := server.post("/backfills", token, form); status != http.StatusSeeOther {
		t.Fatalf("a backfill: status %d\n%s", status, tail(body, 3000))
	}
	server.awaitTotal(token, 30)
	var ledger struct {
		Bots []struct {
			Days []struct{ Stored int }
		}
	}
	server.await("the ledger counts all", func() (bool, string) {
		status, body := server.get("/api/v1/ledger", token)
		if status != http.StatusOK {
			return false, fmt.Sprint(status, tail(body, 300))
		}
		if err := json.Unmarshal([]byte(body), &ledger); err != nil {
			t.Fatal(err)
		}
		stored := 0
		for _, b := range ledger.Bots {
			for _, d := range b.Days {
				stored += d.Stored
			}
		}
		return stored == 30, fmt.Sprint(stored)
	})
}
