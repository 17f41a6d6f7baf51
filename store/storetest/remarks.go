package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func noteRows() []row {
	return []row{
		{"come back whole, the oldest first, in every handle", notesRoundTrip},
		{"the scope holds on every method", notesScope},
		{"notes: their authors change them", notesEdited},
		{"are deleted once, and belong to one voicemail", notesDeleted},
		{"what can't be a note is refused", notesInvalid},
		{"of many at once no more than the most", notesRace},
		{"text is cleaned at the door", notesCleaned},
	}
}

func tagRows() []row {
	return []row{
		{"come back by voicemail, by name, in every handle", tagsRoundTrip},
		{"the scope holds on every method", tagsScope},
		{"one that is there stays as it is", tagsTwice},
		{"are found however they are written", tagsFolded},
		{"what can't be a tag is refused", tagsInvalid},
		{"are counted, the most used first", tagsCounted},
		{"changes of them come in their order, each voicemail once", tagsChange},
		{"changes of many at once are numbered without gaps", tagsChangeAtOnce},
		{"a thousand voicemails, some twice", tagsMany},
	}
}

func (b *bench) addNote(t *testing.T, voicemail int64, author, text string) store.Note {
	t.Helper()
	n, err := b.AddNote(t.Context(), store.AllBots(), store.Note{VoicemailID: voicemail, Author: author, Text: text})
	must(t, err)
	return n
}

func (b *bench) notes(t *testing.T, s store.Scope, voicemail int64) []store.Note {
	t.Helper()
	list, err := b.Notes(t.Context(), s, voicemail)
	must(t, err)
	return list
}

func (b *bench) addTag(t *testing.T, voicemail int64, by, name string) bool {
	t.Helper()
	added, err := b.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: voicemail, By: by, Name: name})
	must(t, err)
	return added
}

// tagsOf are the names of the voicemail's tags, in one line.
func (b *bench) tagsOf(t *testing.T, s store.Scope, voicemail int64) string {
	t.Helper()
	tags, err := b.Tags(t.Context(), s, []int64{voicemail})
	must(t, err)
	var names []string
	for _, tag := range tags[voicemail] {
		names = append(names, tag.Name)
	}
	return strings.Join(names, " ")
}

func notesRoundTrip(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	equal(t, "none yet", b.notes(t, store.AllBots(), v.ID), []store.Note(nil))
	// Number and time are the store's to give.
	first, err := b.AddNote(t.Context(), store.OnlyBots(bot), store.Note{ID: 77, VoicemailID: v.ID, Author: "ada", Text: "two\nlines, é", At: created})
	must(t, err)
	want := store.Note{ID: first.ID, VoicemailID: v.ID, Author: "ada", Text: "two\nlines, é", At: b.clock.at(0)}
	equal(t, "added", first, want)
	b.clock.move(-time.Hour) // order is the order of writing, not of the clock
	second := b.addNote(t, v.ID, "bob", "again")
	if second.ID <= first.ID {
		t.Errorf("numbers %d, %d don't ascend", first.ID, second.ID)
	}
	equal(t, "notes", b.notes(t, store.AllBots(), v.ID), []store.Note{want, second})
	one, err := b.another(t).Note(t.Context(), store.AllBots(), v.ID, first.ID)
	must(t, err)
	equal(t, "one, in another handle", one, want)
}

func notesScope(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	n := b.addNote(t, v.ID, "ada", "seen by some")
	for name, scope := range map[string]store.Scope{"another bot": store.OnlyBots("another"), "nothing": {}} {
		_, err := b.AddNote(t.Context(), scope, store.Note{VoicemailID: v.ID, Author: "eve", Text: "x"})
		wantErr(t, name+": add", err, store.ErrNotFound)
		_, err = b.Note(t.Context(), scope, v.ID, n.ID)
		wantErr(t, name+": read", err, store.ErrNotFound)
		wantErr(t, name+": delete", b.DeleteNote(t.Context(), scope, v.ID, n.ID), store.ErrNotFound)
		equal(t, name+": list", len(b.notes(t, scope, v.ID)), 0)
	}
	equal(t, "in the scope", len(b.notes(t, store.OnlyBots(bot), v.ID)), 1)
	_, err := b.AddNote(t.Context(), store.AllBots(), store.Note{VoicemailID: v.ID + 1, Author: "ada", Text: "x"})
	wantErr(t, "no voicemail", err, store.ErrNotFound)
}

func notesEdited(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	n := b.addNote(t, v.ID, "ada", "first")
	b.clock.move(time.Hour)
	want := n
	want.Text, want.EditedAt = "second", b.clock.at(0)
	got, err := b.EditNote(t.Context(), store.OnlyBots(bot), store.Note{ID: n.ID, VoicemailID: v.ID, Author: "ada", Text: " second\r\n", At: created})
	must(t, err)
	equal(t, "edited", got, want)
	for name, c := range map[string]struct {
		scope store.Scope
		note  store.Note
		want  error
	}{
		"another's":               {store.AllBots(), store.Note{ID: n.ID, VoicemailID: v.ID, Author: "bob", Text: "x"}, store.ErrNotFound},
		"another bot's":           {store.OnlyBots("another"), store.Note{ID: n.ID, VoicemailID: v.ID, Author: "ada", Text: "x"}, store.ErrNotFound},
		"under another voicemail": {store.AllBots(), store.Note{ID: n.ID, VoicemailID: v.ID + 1, Author: "ada", Text: "x"}, store.ErrNotFound},
		"one that is not there":   {store.AllBots(), store.Note{ID: n.ID + 1, VoicemailID: v.ID, Author: "ada", Text: "x"}, store.ErrNotFound},
		"no text":                 {store.AllBots(), store.Note{ID: n.ID, VoicemailID: v.ID, Author: "ada", Text: " "}, store.ErrInvalid},
	} {
		_, err := b.EditNote(t.Context(), c.scope, c.note)
		wantErr(t, name, err, c.want)
	}
	equal(t, "kept", b.notes(t, store.AllBots(), v.ID), []store.Note{want})
	one, err := b.Note(t.Context(), store.AllBots(), v.ID, n.ID)
	must(t, err)
	equal(t, "read", one, want)
}

func notesDeleted(t *testing.T, b *bench) {
	v, other := b.archive(t, wanted("s1"), said("hello")), b.archive(t, wanted("s2"), said("hello"))
	n, stays := b.addNote(t, v.ID, "ada", "goes"), b.addNote(t, v.ID, "ada", "stays")
	wantErr(t, "under another voicemail", b.DeleteNote(t.Context(), store.AllBots(), other.ID, n.ID), store.ErrNotFound)
	_, err := b.Note(t.Context(), store.AllBots(), other.ID, n.ID)
	wantErr(t, "read under another voicemail", err, store.ErrNotFound)
	must(t, b.DeleteNote(t.Context(), store.OnlyBots(bot), v.ID, n.ID))
	wantErr(t, "twice", b.DeleteNote(t.Context(), store.AllBots(), v.ID, n.ID), store.ErrNotFound)
	equal(t, "left", b.notes(t, store.AllBots(), v.ID), []store.Note{stays})
	if again := b.addNote(t, v.ID, "ada", "new"); again.ID <= stays.ID {
		t.Errorf("number %d was given before", again.ID)
	}
}

func notesInvalid(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	for name, n := range map[string]store.Note{
		"no text":       {Author: "ada", Text: " \r\n\t "},
		"no author":     {Text: "hello"},
		"one byte more": {Author: "ada", Text: strings.Repeat("x", store.MaxNote+1)},
	} {
		n.VoicemailID = v.ID
		_, err := b.AddNote(t.Context(), store.AllBots(), n)
		wantErr(t, name, err, store.ErrInvalid)
	}
	equal(t, "as long as may be", len(b.addNote(t, v.ID, "ada", strings.Repeat("x", store.MaxNote)).Text), store.MaxNote)
}

func notesRace(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	for range store.MaxNotes - 3 {
		b.addNote(t, v.ID, "ada", "one of many")
	}
	handles := []store.Store{b.Store, b.another(t)}
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			_, err := handles[i%2].AddNote(ctx, store.AllBots(), store.Note{VoicemailID: v.ID, Author: "ada", Text: "one more"})
			return ignore(err, store.ErrInvalid)
		})
	}
	must(t, g.Wait())
	equal(t, "notes", len(b.notes(t, store.AllBots(), v.ID)), store.MaxNotes)
}

func notesCleaned(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	n := b.addNote(t, v.ID, "a\x00da", "  a\x00b\xffc\r\nd \n")
	equal(t, "author", n.Author, "ada")
	equal(t, "text", n.Text, "ab\ufffdc\nd")
	equal(t, "read", b.notes(t, store.AllBots(), v.ID), []store.Note{n})
	for _, odd := range oddTexts() {
		text := "x" + odd + "x"
		equal(t, "odd text", b.addNote(t, v.ID, "ada", text).Text, strings.ReplaceAll(text, "\r\n", "\n"))
	}
}

func tagsRoundTrip(t *testing.T, b *bench) {
	v, other, bare := b.archive(t, wanted("s1"), said("hello")), b.archive(t, wanted("s2"), said("hello")), b.archive(t, wanted("s3"), said("hello"))
	added, err := b.AddTag(t.Context(), store.OnlyBots(bot), store.Tag{VoicemailID: v.ID, Name: "vip", By: "ada", At: created})
	must(t, err)
	equal(t, "added", added, true)
	b.clock.move(time.Minute)
	b.addTag(t, v.ID, "bob", "éclair")
	b.addTag(t, v.ID, "bob", "refund")
	b.addTag(t, other.ID, "bob", "vip")
	got, err := b.another(t).Tags(t.Context(), store.AllBots(), []int64{v.ID, bare.ID, other.ID, v.ID, 1})
	must(t, err)
	equal(t, "tags", got, map[int64][]store.Tag{
		v.ID: {{VoicemailID: v.ID, Name: "refund", By: "bob", At: b.clock.at(0)}, {VoicemailID: v.ID, Name: "vip", By: "ada", At: b.clock.at(-time.Minute)},
			{VoicemailID: v.ID, Name: "éclair", By: "bob", At: b.clock.at(0)}},
		other.ID: {{VoicemailID: other.ID, Name: "vip", By: "bob", At: b.clock.at(0)}},
	})
	must(t, b.DeleteTag(t.Context(), store.OnlyBots(bot), v.ID, "vip"))
	wantErr(t, "twice", b.DeleteTag(t.Context(), store.AllBots(), v.ID, "vip"), store.ErrNotFound)
	equal(t, "left", b.tagsOf(t, store.AllBots(), v.ID), "refund éclair")
	equal(t, "the other's stays", b.tagsOf(t, store.AllBots(), other.ID), "vip")
}

func tagsScope(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	b.addTag(t, v.ID, "ada", "vip")
	for name, scope := range map[string]store.Scope{"another bot": store.OnlyBots("another"), "nothing": {}} {
		_, err := b.AddTag(t.Context(), scope, store.Tag{VoicemailID: v.ID, Name: "x", By: "eve"})
		wantErr(t, name+": add", err, store.ErrNotFound)
		wantErr(t, name+": delete", b.DeleteTag(t.Context(), scope, v.ID, "vip"), store.ErrNotFound)
		equal(t, name+": list", b.tagsOf(t, scope, v.ID), "")
		counts, err := b.TagCounts(t.Context(), scope, 10)
		must(t, err)
		equal(t, name+": counts", counts, []store.TagCount(nil))
	}
	_, err := b.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: v.ID + 1, Name: "x", By: "eve"})
	wantErr(t, "no voicemail", err, store.ErrNotFound)
}

func tagsTwice(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	equal(t, "first", b.addTag(t, v.ID, "ada", "vip"), true)
	b.clock.move(time.Hour)
	equal(t, "second", b.addTag(t, v.ID, "bob", "VIP"), false)
	got, err := b.Tags(t.Context(), store.AllBots(), []int64{v.ID})
	must(t, err)
	equal(t, "tags", got[v.ID], []store.Tag{{VoicemailID: v.ID, Name: "vip", By: "ada", At: b.clock.at(-time.Hour)}})
	g, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		g.Go(func() error {
			_, err := b.AddTag(ctx, store.AllBots(), store.Tag{VoicemailID: v.ID, Name: "at-once", By: "ada"})
			return err
		})
	}
	must(t, g.Wait())
	equal(t, "of many at once", b.tagsOf(t, store.AllBots(), v.ID), "at-once vip")
}

func tagsFolded(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	b.addTag(t, v.ID, "ada", "  #Grüße, aus\t KÖLN\x00 ")
	equal(t, "kept", b.tagsOf(t, store.AllBots(), v.ID), "grüsse-aus-köln")
	must(t, b.DeleteTag(t.Context(), store.AllBots(), v.ID, "GRÜSSE aus ko\u0308ln"))
	equal(t, "left", b.tagsOf(t, store.AllBots(), v.ID), "")
}

func tagsInvalid(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	for name, tag := range map[string]store.Tag{
		"no name":       {Name: " #, \t", By: "ada"},
		"nobody":        {Name: "vip"},
		"one byte more": {Name: strings.Repeat("x", store.MaxTag+1), By: "ada"},
	} {
		tag.VoicemailID = v.ID
		_, err := b.AddTag(t.Context(), store.AllBots(), tag)
		wantErr(t, name, err, store.ErrInvalid)
	}
	for i := range store.MaxTags {
		b.addTag(t, v.ID, "ada", fmt.Sprintf("tag%02d", i))
	}
	_, err := b.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: v.ID, Name: "more", By: "ada"})
	wantErr(t, "one more", err, store.ErrInvalid)
	if errors.Is(err, store.ErrNotFound) {
		t.Error("it is not said to be missing")
	}
	equal(t, "one that is there", b.addTag(t, v.ID, "ada", "tag00"), false)
}

func tagsCounted(t *testing.T, b *bench) {
	for i := range 4 {
		s := wanted(fmt.Sprint("s", i))
		if i == 3 {
			s.BotID = "another"
		}
		v := b.archive(t, s, said("hello"))
		b.addTag(t, v.ID, "ada", "all")
		if i > 0 {
			b.addTag(t, v.ID, "ada", "zebra")
			b.addTag(t, v.ID, "ada", "apple")
		}
	}
	for _, c := range []struct {
		name  string
		scope store.Scope
		limit int
		want  []store.TagCount
	}{
		{"of all", store.AllBots(), 10, []store.TagCount{{Name: "all", Count: 4}, {Name: "apple", Count: 3}, {Name: "zebra", Count: 3}}},
		{"of one bot", store.OnlyBots(bot), 10, []store.TagCount{{Name: "all", Count: 3}, {Name: "apple", Count: 2}, {Name: "zebra", Count: 2}}},
		{"clamped", store.AllBots(), 0, []store.TagCount{{Name: "all", Count: 4}}},
	} {
		got, err := b.TagCounts(t.Context(), c.scope, c.limit)
		must(t, err)
		equal(t, c.name, got, c.want)
	}
}

func tagsMany(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	b.addTag(t, v.ID, "ada", "vip")
	ids := []int64{v.ID}
	for i := range int64(1200) {
		ids = append(ids, i+1)
	}
	got, err := b.Tags(t.Context(), store.AllBots(), append(ids, v.ID))
	must(t, err)
	equal(t, "tags", len(got[v.ID]), 1)
	none, err := b.Tags(t.Context(), store.AllBots(), nil)
	must(t, err)
	equal(t, "none", len(none), 0)
}

// remarkCalls has each method about notes, tags, callers and listeners, for
// calls.
func remarkCalls(b *bench) map[string]func(context.Context) error {
	scope, id := store.AllBots(), store.VoicemailID(bot, "stored")
	return map[string]func(context.Context) error{
		"AddNote": func(ctx context.Context) error {
			_, err := b.AddNote(ctx, scope, store.Note{VoicemailID: id, Author: "ada", Text: "x"})
			return err
		},
		"Note": func(ctx context.Context) error { _, err := b.Note(ctx, scope, id, 1); return err },
		"EditNote": func(ctx context.Context) error {
			_, err := b.EditNote(ctx, scope, store.Note{ID: 1, VoicemailID: id, Author: "ada", Text: "x"})
			return err
		},
		"DeleteNote": func(ctx context.Context) error { return b.DeleteNote(ctx, scope, id, 1) },
		"Notes":      func(ctx context.Context) error { _, err := b.Notes(ctx, scope, id); return err },
		"AddTag": func(ctx context.Context) error {
			_, err := b.AddTag(ctx, scope, store.Tag{VoicemailID: id, Name: "x", By: "ada"})
			return err
		},
		"DeleteTag":  func(ctx context.Context) error { return b.DeleteTag(ctx, scope, id, "x") },
		"Tags":       func(ctx context.Context) error { _, err := b.Tags(ctx, scope, []int64{id}); return err },
		"TagChanges": func(ctx context.Context) error { _, err := b.TagChanges(ctx, 0, 1); return err },
		"TagCounts":  func(ctx context.Context) error { _, err := b.TagCounts(ctx, scope, 1); return err },
		"CallerMessages": func(ctx context.Context) error {
			_, _, err := b.CallerMessages(ctx, scope, "+14155550123", 1)
			return err
		},
		"Listens": func(ctx context.Context) error { _, err := b.Listens(ctx, scope, id, 1); return err },
	}
}

// changesOfTags are the changes after a number, as "voicemail: names", with the
// last number.
func (b *bench) changesOfTags(t *testing.T, after int64, limit int) (said []string, last int64) {
	t.Helper()
	list, err := b.TagChanges(t.Context(), after, limit)
	must(t, err)
	last = after
	for _, c := range list {
		if c.Seq <= last {
			t.Errorf("change %d comes after %d", c.Seq, last)
		}
		last = c.Seq
		said = append(said, fmt.Sprint(c.VoicemailID, ": ", strings.Join(c.Names, " ")))
	}
	return said, last
}

func tagsChange(t *testing.T, b *bench) {
	v, w := b.archive(t, wanted("s1"), said("hello")), b.archive(t, wanted("s2"), said("bye"))
	none, at := b.changesOfTags(t, 0, 10)
	equal(t, "nothing is tagged", none, []string(nil))
	head, err := b.Head(t.Context())
	must(t, err)
	b.addTag(t, v.ID, "ada", "refund")
	b.addTag(t, w.ID, "ada", "b")
	b.addTag(t, v.ID, "ada", "angry")
	b.addTag(t, v.ID, "ada", "angry") // which changes nothing
	all, at := b.changesOfTags(t, at, 10)
	equal(t, "all", all, []string{fmt.Sprint(w.ID, ": b"), fmt.Sprint(v.ID, ": angry refund")})
	one, _ := b.changesOfTags(t, 0, 0) // clamped to 1
	equal(t, "the first", one, all[:1])
	must(t, b.DeleteTag(t.Context(), store.AllBots(), w.ID, "b"))
	if err := b.DeleteTag(t.Context(), store.AllBots(), w.ID, "b"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	gone, last := b.changesOfTags(t, at, 10)
	equal(t, "deleted", gone, []string{fmt.Sprint(w.ID, ": ")})
	rest, _ := b.changesOfTags(t, last, 10)
	equal(t, "after the last", rest, []string(nil))
	now, err := b.Head(t.Context())
	must(t, err)
	equal(t, "the feed of voicemails", now, head)
}

func tagsChangeAtOnce(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	var group errgroup.Group
	const most = 12
	for i := range most {
		group.Go(func() error {
			_, err := b.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: v.ID, By: "ada", Name: fmt.Sprint("tag-", i)})
			return err
		})
	}
	must(t, group.Wait())
	list, err := b.TagChanges(t.Context(), 0, 10)
	must(t, err)
	if len(list) != 1 || list[0].Seq != most || len(list[0].Names) != most {
		t.Errorf("changes %v, want one with %d tags and that number", list, most)
	}
}
