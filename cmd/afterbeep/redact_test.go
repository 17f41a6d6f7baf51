package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"afterbeep/store"
	"afterbeep/store/postgres"
	"afterbeep/store/sqlite"
	"afterbeep/store/storetest"
	"afterbeep/web"
)

// everywhere is a reply that says a card wherever the upstream may write a text,
// in the ways that texts are written; ids are by what is asked for and stored.
const everywhere = `{"status":"4242 4242 4242 4242","4242424242424242":{"4242-4242-4242-4242":true},"note":["4242 4242","4242 4242"],"n":[4242424242424242,4.242424242424242e15],
	"voicemail recording":[{"fileName":"4242424242424242.wav","fileUrl":"https://h.example/4242%204242%204242%204242.wav?sig=1","4242.4242.4242.4242":1},"https://h.example/4242424242424242"],
	"transcriptions":[{"_id":"ms-1","type":"4242424242424242","status":"4242424242424242","chnl":"4242424242424242","lang":"4242424242424242","createdOn":"4242424242424242",
		"lmodifiedOn":4242424242424242,"author":{"id":"u-4242424242424242","type":"4242 4242 4242 4242","name":"Ann 4242 4242 4242 4242","profile":{"customerId":"4242424242424242"}},
		"components":[{"_id":"cp-1","cT":"text","data":{"text":"please charge 4242 4242 4242 4242 security code 123 and call me back on 617 555 0123","html":"<b>4242</b> 4242 4242 4242"}},
			{"_id":"cp-2","cT":"4242424242424242","data":{"text":"","4242424242424242":"4242424242424242"}}]}]}`

// spokenCards say one in each language, and what of it may be nowhere.
var spokenCards = map[string]string{
	"en": "my card is four two four two four two four two four two four two four two four two thank you",
	"es": "mi tarjeta es cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos gracias",
	"fr": "ma carte est quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux merci",
	"de": "meine karte ist vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei danke",
}

// hidden are the texts that are looked for.
var hidden = []string{
	"4242 4242", "42424242", "4242-4242", "4242.4242", "4242%204242", "4242+4242", "4.2424242", "security code 123",
	"four two four two", "cuatro dos cuatro dos", "quatre deux quatre deux", "vier zwei vier zwei",
}

func importedCards() string {
	reply := strings.Join(strings.Fields(everywhere), " ")
	lines := fmt.Sprintf(`{"botId":"st-1","sessionId":"s-1","caller":"4242424242424242","response":%s}`+"\n", reply)
	for lang, said := range spokenCards {
		lines += fmt.Sprintf(`{"botId":"st-1","sessionId":"s-%s","response":{"status":"success","transcriptions":[{"_id":"m","lang":%q,"createdOn":"2025-02-11T13:57:42.032Z","components":[{"_id":"c","cT":"text","data":{"text":%q}}]}]}}`+"\n", lang, lang, said)
	}
	// What can't be read is told without what it says.
	return lines + `{"botId":"st-1","sessionId":"s-x","response":{"status":"success","4242 4242 4242 4242 four two four two` + "\n" +
		`{"botId":"st-1","sessionId":"s-y","response":{"message":"4242 4242 4242 4242","errors":[{"msg":"` + spokenCards["en"] + `","code":"4242424242424242"}]}}` + "\n"
}

// TestCardsAreMasked imports messages with the number of a card everywhere, types
// it wherever people may, and looks for it in what is printed and answered, in
// every byte of the data folder and of the database.
func TestCardsAreMasked(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		code, stdout, printed := in.run(importedCards(), "import", "-")
		if printed += stdout; code != 1 || !strings.Contains(printed, "5 replies read") || !strings.Contains(printed, "2 lines skipped") {
			t.Fatalf("exit status %d, printed %s", code, printed)
		}
		typed := []string{"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", spokenCards["en"]}
		for _, q := range typed {
			out := in.must("", "search", "--queue", q, "--bot", q, "--", q)
			if !strings.Contains(out, "0 found") {
				t.Errorf("search for the card printed %s", out)
			}
		}
		printed += in.must("", "search", "--json", "--limit", "200") + in.must("", "export", "--format", "jsonl") + in.must("", "export")
		if !strings.Contains(printed, "617 555 0123") {
			t.Error("the telephone number is lost")
		}
		printed += in.askedOfServer(t, typed)
		for _, hit := range in.payloads(t) {
			printed += hit
		}
		printed += in.holds(t)
		for _, text := range hidden {
			if at := strings.Index(printed, text); at >= 0 {
				t.Errorf("%q survives in %q", text, printed[max(0, at-200):min(len(printed), at+100)])
			}
		}
	})
}

// askedOfServer types a card into a running server and returns what it answered
// and printed.
func (in *installation) askedOfServer(t *testing.T, typed []string) string {
	t.Helper()
	in.env["HOOK_TOKEN"] = strings.Repeat("x", 40)
	server := in.serve()
	token := in.token("ann", "admin")
	server.awaitTotal(token, 5)
	var said strings.Builder
	a, err := server.search(token, url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range a.Hits {
		for _, path := range []string{"/voicemails/%d", "/api/v1/voicemails/%d", "/voicemails/%d/recordings/0"} {
			_, body := server.get(fmt.Sprintf(path, h.ID), token)
			said.WriteString(body)
		}
	}
	for _, path := range []string{"/", "/status", "/ledger", "/ledger/gaps", "/metrics", "/api/v1/ledger", "/api/v1/sessions/s-1"} {
		_, body := server.get(path, token)
		said.WriteString(body)
	}
	// Where somebody types one, the answer may repeat it: it is not kept.
	for _, q := range typed {
		for _, path := range []string{"/?q=", "/api/v1/voicemails?queue=x&q=", "/?lang=", "/?from=", "/ledger/gaps?session=", "/ledger/gaps?bot=", "/api/v1/sessions/", "/sessions/", "/?cursor="} {
			server.get(path+url.QueryEscape(q), token)
		}
		server.send("/hooks/kore/"+url.PathEscape(q), "Bearer "+in.env["HOOK_TOKEN"], "application/json", fmt.Sprintf(`{"sessionId": %q}`, q))
		server.post("/synonyms", token, url.Values{"text": {q}, "do": {"save"}})
		server.post("/login", "", url.Values{"name": {q}, "password": {q}})
	}
	server.stop()
	text, _ := server.out.read()
	return said.String() + text
}

// payloads are the replies as they are archived.
func (in *installation) payloads(t *testing.T) (all []string) {
	t.Helper()
	var s store.Store
	var err error
	if database := in.env["DATABASE_URL"]; database != "" {
		s, err = postgres.Open(t.Context(), postgres.Config{URL: database})
	} else {
		s, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(in.dir, "afterbeep.db")})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for line := range strings.Lines(in.must("", "export", "--format", "jsonl")) {
		var h web.Hit
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatal(err)
		}
		payload, err := s.Payload(context.Background(), store.AllBots(), h.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(payload))
	}
	if len(all) != 5 {
		t.Errorf("%d payloads, want 5", len(all))
	}
	return all
}

// holds is what the data folder and the database hold.
func (in *installation) holds(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(in.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		all.WriteString(path + "\n")
		all.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if database := in.env["DATABASE_URL"]; database != "" {
		all.WriteString(storetest.PostgresText(t, database))
	}
	return all.String()
}

// TestCardsAreKeptWhereAsked finds with the same search what is not masked.
func TestCardsAreKeptWhereAsked(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		in.env["REDACT"] = "off"
		in.run(importedCards(), "import", "-")
		for _, typed := range []string{"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"} {
			if out := in.must("", "search", typed); strings.Contains(out, "\n0 found") || strings.HasPrefix(out, "0 found") {
				t.Errorf("search for the card printed %s", out)
			}
		}
		held := in.holds(t)
		for _, text := range []string{"4242 4242", "42424242", "four two four two", "cuatro dos cuatro dos", "quatre deux quatre deux", "vier zwei vier zwei"} {
			if !strings.Contains(held, text) {
				t.Errorf("%q is not found where it is", text)
			}
		}
	})
}
