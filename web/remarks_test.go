package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"afterbeep/store"
)

// noted archives a message of st-a and returns its id.
func (b *bench) noted() int64 {
	return b.archive(message{bot: "st-a", session: "s1", caller: "+14155550123", left: noon.Add(-time.Hour), segments: said("please call me back")})[0]
}

func (b *bench) remarksOf(id int64) (notes, tags string) {
	b.t.Helper()
	list, err := b.store.Notes(b.t.Context(), store.AllBots(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, n := range list {
		notes += n.Author + ": " + n.Text + "\n"
	}
	all, err := b.store.Tags(b.t.Context(), store.AllBots(), []int64{id})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, t := range all[id] {
		tags += t.Name + " by " + t.By + "\n"
	}
	return notes, tags
}

func TestNotes(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	ada, bob := b.person("ada", store.RoleAgent, "st-a"), b.person("bob", store.RoleAgent, "st-a")
	got := b.post(voicemailPath(id)+"/notes?q=call", url.Values{"text": {" Called back.\r\nAll is <b>well</b> "}}, ada)
	if want := fmt.Sprintf("/voicemails/%d?done=note&q=call#notes", id); got.StatusCode != away || got.Header.Get("Location") != want {
		t.Fatalf("got %d %q, want %q", got.StatusCode, got.Header.Get("Location"), want)
	}
	doc := b.get(got.Header.Get("Location"), bob).doc(t)
	if notes := all(doc, "p", "class=remark-text"); len(notes) != 1 || text(notes[0]) != "Called back. All is <b>well</b>" || attr(notes[0], "dir") != "auto" {
		t.Errorf("got notes %q", text(notes...))
	}
	if page := text(doc); !strings.Contains(page, "The note is added.") {
		t.Errorf("the page does not say that it is added: %s", page)
	}
	if n := len(all(doc, "details", "class=really")); n != 0 {
		t.Error("a colleague may delete it")
	}
	del := voicemailPath(id) + "/notes/1/delete"
	if got := b.post(del, nil, bob); got.StatusCode != noRight {
		t.Errorf("a colleague deletes: got %d", got.StatusCode)
	}
	if got := b.post(del, nil, b.person("eve", store.RoleAdmin, "st-b")); got.StatusCode != missing {
		t.Errorf("an administrator of other bots deletes: got %d", got.StatusCode)
	}
	if notes, _ := b.remarksOf(id); notes != "ada: Called back.\nAll is <b>well</b>\n" {
		t.Errorf("got %q", notes)
	}
	doc = b.get(voicemailPath(id), ada).doc(t)
	if forms := all(doc, "form", "action="+del); len(forms) != 1 {
		t.Errorf("who wrote it is offered %d ways to delete it", len(forms))
	}
	if got := b.post(del, nil, ada); got.StatusCode != away {
		t.Errorf("who wrote it deletes: got %d", got.StatusCode)
	}
	if notes, _ := b.remarksOf(id); notes != "" {
		t.Errorf("got %q", notes)
	}
	var told []string
	for _, e := range b.trail() {
		if e.Action == store.AuditNoteEdit {
			told = append(told, fmt.Sprint(e.Actor, " ", e.Detail, " ", e.Allowed, " ", e.VoicemailID == id))
		}
	}
	want := []string{"ada note added true true", "bob note 1 deleted false true", "eve note 1 deleted false true", "ada note 1 deleted true true"}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
}

func TestAdministratorsDeleteNotes(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"hello"}}, b.person("ada", store.RoleAnalyst))
	if got := b.post(voicemailPath(id)+"/notes/1/delete", nil, b.person("root", store.RoleAdmin)); got.StatusCode != away {
		t.Errorf("got %d", got.StatusCode)
	}
}

// Who wrote a note changes it, and nobody else.
func TestNotesAreEdited(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	ada, root := b.person("ada", store.RoleAgent, "st-a"), b.person("root", store.RoleAdmin)
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"Caled back."}}, ada)
	at := voicemailPath(id) + "/notes/1"
	doc := b.get(voicemailPath(id)+"?q=call", ada).doc(t)
	if form := filled(doc, at+"?q=call"); form.Get("text") != "Caled back." {
		t.Fatalf("the form holds %q", form.Get("text"))
	}
	got := b.post(at+"?q=call", url.Values{"text": {" Called back. "}}, ada)
	if want := fmt.Sprintf("/voicemails/%d?done=edited&q=call#notes", id); got.StatusCode != away || got.Header.Get("Location") != want {
		t.Fatalf("got %d %q, want %q", got.StatusCode, got.Header.Get("Location"), want)
	}
	if page := text(b.get(got.Header.Get("Location"), root).doc(t)); !strings.Contains(page, "The note is changed.") || !strings.Contains(page, "· edited") || strings.Contains(page, "Save the note") {
		t.Errorf("the page says %s", page)
	}
	if got := b.post(at, url.Values{"text": {"x"}}, root); got.StatusCode != noRight {
		t.Errorf("an administrator changes somebody's words: got %d", got.StatusCode)
	}
	refused := b.post(at, url.Values{"text": {" "}}, ada)
	if page := text(refused.doc(t)); refused.StatusCode != unfit || !strings.Contains(page, "Write something first.") || !strings.Contains(page, "Called back.") {
		t.Errorf("an empty text: got %d %s", refused.StatusCode, page)
	}
	b.post(at, url.Values{"text": {"Card 4111 1111 1111 1111"}}, ada)
	if notes, _ := b.remarksOf(id); strings.Contains(notes, "4111 1111 1111 1111") || !strings.Contains(notes, "Card") {
		t.Errorf("kept is %q", notes)
	}
	var told []string
	for _, e := range b.trail() {
		if e.Action == store.AuditNoteEdit && e.Detail == "note 1 changed" {
			told = append(told, fmt.Sprint(e.Actor, " ", e.Allowed))
		}
	}
	if d := cmp.Diff([]string{"ada true", "root false", "ada false", "ada true"}, told); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
}

// What is refused stands in its field, with why.
func TestRefusedRemarks(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	ada := b.person("ada", store.RoleAgent, "st-a")
	long := strings.Repeat("x", store.MaxNote+1)
	for _, c := range []struct{ name, path, field, typed, why string }{
		{"an empty note", "/notes", "text", " \n", "Write something first."},
		{"a long note", "/notes", "text", long, "16 KB at most"},
		{"an empty tag", "/tags", "tag", " #, ", "Write a word"},
		{"a long tag", "/tags", "tag", long[:store.MaxTag+1], "64 letters at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := b.post(voicemailPath(id)+c.path, url.Values{c.field: {c.typed}}, ada)
			if got.StatusCode != unfit {
				t.Fatalf("got %d", got.StatusCode)
			}
			doc := got.doc(t)
			wrong := all(doc, "span", "class=wrong")
			if !strings.Contains(text(wrong...), c.why) {
				t.Errorf("got %q, want %q", text(wrong...), c.why)
			}
			field := append(all(doc, "textarea", "name="+c.field), all(doc, "input", "name="+c.field)...)
			if len(field) != 1 || attr(field[0], "aria-invalid") != "true" || attr(field[0], "aria-describedby") == "" {
				t.Errorf("the field does not say that it is wrong")
			}
			if c.field == "text" && strings.TrimSpace(text(field[0])) != strings.TrimSpace(c.typed) {
				t.Errorf("what was typed is lost")
			}
		})
	}
	if notes, tags := b.remarksOf(id); notes+tags != "" {
		t.Errorf("got %q", notes+tags)
	}
}

func TestTags(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	other := b.archive(message{bot: "st-a", session: "s2", left: noon, segments: said("hello")})[0]
	ada, bob := b.person("ada", store.RoleAgent, "st-a"), b.person("bob", store.RoleAnalyst)
	for _, name := range []string{"#Call Back", "vip", "VIP"} {
		if got := b.post(voicemailPath(id)+"/tags", url.Values{"tag": {name}}, ada); got.StatusCode != away || !strings.HasSuffix(got.Header.Get("Location"), "?done=tag#tags") {
			t.Fatalf("%s: got %d %s", name, got.StatusCode, got.Header.Get("Location"))
		}
	}
	doc := b.get(voicemailPath(other), bob).doc(t)
	var known []string
	for _, list := range all(doc, "datalist", "id=tags-known") {
		for _, o := range all(list, "option") {
			known = append(known, attr(o, "value"))
		}
	}
	if d := cmp.Diff([]string{"call-back", "vip"}, known); d != "" {
		t.Errorf("tags in use are not offered elsewhere: -want +got\n%s", d)
	}
	// A tag leads to all that have it, from the message, and from hits.
	for _, page := range []*html.Node{b.get(voicemailPath(id)+"?q=x&tz=Europe%2FBerlin", bob).doc(t), b.get("/?q=tag:call-back&tz=Europe%2FBerlin", bob).doc(t)} {
		links := all(page, "a", "href=/?q=tag%3Avip&tz=Europe%2FBerlin")
		if len(links) != 1 || text(links[0]) != "vip" {
			t.Errorf("the tag is no link: %s", text(page))
		}
	}
	found := b.get("/?q=tag:call-back", bob).doc(t)
	if facets := all(found, "a", "class=facet", "href=/?q=tag%3Acall-back+tag%3Avip"); counted(t, found) != 1 || len(facets) != 1 || text(facets[0]) != "vip 1" {
		t.Errorf("tags don't narrow: %s", text(all(found, "dl", "class=facets")...))
	}
	if form := b.get("/search/form", bob).doc(t); len(all(form, "option", "value=call-back")) != 1 {
		t.Error("tags in use are not offered in the form")
	}
	if got := b.post(voicemailPath(id)+"/tags/delete", url.Values{"tag": {"vip"}}, bob); got.StatusCode != noRight {
		t.Errorf("a colleague takes it off: got %d", got.StatusCode)
	}
	if got := b.post(voicemailPath(id)+"/tags/delete", url.Values{"tag": {"vip"}}, ada); got.StatusCode != away {
		t.Errorf("who put it on takes it off: got %d", got.StatusCode)
	}
	if _, tags := b.remarksOf(id); tags != "call-back by ada\n" {
		t.Errorf("got %q", tags)
	}
	b.catchUp()
	var hits struct{ Hits []Hit }
	if err := json.Unmarshal([]byte(b.get("/api/v1/voicemails?q=call", bob).body), &hits); err != nil || len(hits.Hits) != 1 || cmp.Diff([]string{"call-back"}, hits.Hits[0].Tags) != "" {
		t.Errorf("the search's hit: got %v, %v", hits.Hits, err)
	}
}

// Cards that somebody writes down are masked before they are kept, wherever they
// stand; phone numbers stay.
func TestRemarksMaskCards(t *testing.T) {
	const card, spoken = "4242 4242 4242 4242", "four two four two four two four two four two four two four two four two"
	b := newBench(t)
	id := b.noted()
	ada := b.person("ada", store.RoleAgent, "st-a")
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"card " + card + ", call 415 555 0123"}}, ada)
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"card " + spoken}}, ada)
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"4242\x004242\x0042424242"}}, ada)
	b.post(voicemailPath(id)+"/tags", url.Values{"tag": {card}}, ada)
	refused := b.post(voicemailPath(id)+"/notes", url.Values{"text": {card + strings.Repeat(" x", store.MaxNote)}}, ada)
	if strings.Contains(refused.body, card) {
		t.Error("a refused note is shown with its card")
	}
	notes, tags := b.remarksOf(id)
	if !strings.Contains(notes, "[card ending 4242]") || !strings.Contains(notes, "415 555 0123") {
		t.Errorf("got %q", notes)
	}
	var trail strings.Builder
	for _, e := range b.trail() {
		trail.WriteString(e.Detail + "\n")
	}
	for what, kept := range map[string]string{"notes": notes, "tags": tags, "audit": trail.String()} {
		plain := strings.NewReplacer(" ", "", "-", "", "\n", "").Replace(kept)
		if strings.Contains(plain, "4242424242424242") || strings.Contains(kept, "two four two four") {
			t.Errorf("%s hold a card: %q", what, kept)
		}
	}
}

func TestRemarksKeepCardsWhereToldTo(t *testing.T) {
	b := newBench(t, func(c *Config) { c.KeepCards = true })
	id := b.noted()
	b.post(voicemailPath(id)+"/notes", url.Values{"text": {"4242 4242 4242 4242"}}, b.person("ada", store.RoleAgent))
	if notes, _ := b.remarksOf(id); notes != "ada: 4242 4242 4242 4242\n" {
		t.Errorf("got %q", notes)
	}
}

func TestRemarksByAPI(t *testing.T) {
	b := newBench(t)
	id := b.noted()
	ada, bob := b.person("ada", store.RoleAgent, "st-a"), b.person("bob", store.RoleAgent, "st-a")
	api := "/api/v1" + voicemailPath(id)
	got := b.send(b.request(http.MethodPost, api+"/notes", strings.NewReader(`{"text": "Called back."}`), ada))
	if want := `{"id":1,"author":"ada","at":"2025-02-12T12:00:00.000Z","text":"Called back.","edited_at":null}`; got.StatusCode != http.StatusCreated || strings.TrimSpace(got.body) != want {
		t.Errorf("got %d %s, want %s", got.StatusCode, got.body, want)
	}
	for _, body := range []string{"", "{}", `{"text": 1}`, `{"text": " "}`} {
		if got := b.send(b.request(http.MethodPost, api+"/notes", strings.NewReader(body), ada)); got.StatusCode != unread {
			t.Errorf("%q: got %d", body, got.StatusCode)
		}
	}
	got = b.send(b.request(http.MethodPut, api+"/tags/call%20b%C3%A4ck%2Fnow", nil, ada))
	if want := `{"tags":[{"name":"call-bäck/now","by":"ada","at":"2025-02-12T12:00:00.000Z"}]}`; got.StatusCode != ok || strings.TrimSpace(got.body) != want {
		t.Errorf("got %d %s, want %s", got.StatusCode, got.body, want)
	}
	var one VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get(api, bob).body), &one); err != nil {
		t.Fatal(err)
	}
	if len(one.Notes) != 1 || one.Notes[0].Text != "Called back." || len(one.Tagged) != 1 || cmp.Diff([]string{"call-bäck/now"}, one.Tags) != "" {
		t.Errorf("got %+v %+v %v", one.Notes, one.Tagged, one.Tags)
	}
	if want := "http://127.0.0.1:8080" + voicemailPath(id); one.Link != want {
		t.Errorf("got link %q, want %q", one.Link, want)
	}
	for _, path := range []string{api + "/notes/1", api + "/tags/call-b%C3%A4ck%2Fnow"} {
		if got := b.send(b.request(http.MethodDelete, path, nil, bob)); got.StatusCode != noRight {
			t.Errorf("%s by a colleague: got %d", path, got.StatusCode)
		}
		if got := b.send(b.request(http.MethodDelete, path, nil, ada)); got.StatusCode != gone {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.body)
		}
		if got := b.send(b.request(http.MethodDelete, path, nil, ada)); got.StatusCode != missing {
			t.Errorf("%s twice: got %d", path, got.StatusCode)
		}
	}
}
