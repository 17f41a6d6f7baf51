package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"afterbeep/store"
)

func queueRows() []row {
	return []row{
		{"a scope that is limited to queues holds on every method", queuesScope},
		{"who is limited to queues leads nobody", queuesLead},
	}
}

// looks has each method that reads of a voicemail or of its session: how many it
// gives, none for what is not in the scope.
func (b *bench) looks(v store.Voicemail, note store.Note) map[string]func(context.Context, store.Scope) (int, error) {
	one := func(err error) (int, error) {
		if errors.Is(err, store.ErrNotFound) {
			return 0, nil
		}
		return 1, err
	}
	ids := []int64{v.ID}
	return map[string]func(context.Context, store.Scope) (int, error){
		"Voicemail": func(ctx context.Context, s store.Scope) (int, error) {
			_, err := b.Voicemail(ctx, s, v.ID)
			return one(err)
		},
		"Voicemails": func(ctx context.Context, s store.Scope) (int, error) {
			vs, err := b.Voicemails(ctx, s, ids)
			return len(vs), err
		},
		"Summaries": func(ctx context.Context, s store.Scope) (int, error) {
			vs, err := b.Summaries(ctx, s, ids)
			return len(vs), err
		},
		"Session": func(ctx context.Context, s store.Scope) (int, error) {
			_, err := b.Session(ctx, s, v.SessionID)
			return one(err)
		},
		"Payload": func(ctx context.Context, s store.Scope) (int, error) {
			_, err := b.Payload(ctx, s, v.ID)
			return one(err)
		},
		"Ledger": func(ctx context.Context, s store.Scope) (int, error) {
			l, err := b.Ledger(ctx, s)
			return l.Voicemails, err
		},
		"Note": func(ctx context.Context, s store.Scope) (int, error) {
			_, err := b.Note(ctx, s, v.ID, note.ID)
			return one(err)
		},
		"Notes": func(ctx context.Context, s store.Scope) (int, error) {
			list, err := b.Notes(ctx, s, v.ID)
			return len(list), err
		},
		"Tags": func(ctx context.Context, s store.Scope) (int, error) {
			tags, err := b.Tags(ctx, s, ids)
			return len(tags), err
		},
		"TagCounts": func(ctx context.Context, s store.Scope) (int, error) {
			list, err := b.TagCounts(ctx, s, 9)
			return len(list), err
		},
		"CallerMessages": func(ctx context.Context, s store.Scope) (int, error) {
			_, n, err := b.CallerMessages(ctx, s, v.Caller, 9)
			return n, err
		},
		"Listens": func(ctx context.Context, s store.Scope) (int, error) {
			list, err := b.Listens(ctx, s, v.ID, 9)
			return len(list), err
		},
		"VoicemailTasks": func(ctx context.Context, s store.Scope) (int, error) {
			list, err := b.VoicemailTasks(ctx, s, v.ID)
			return min(len(list), 1), err
		},
		"CallbacksOf": func(ctx context.Context, s store.Scope) (int, error) {
			byID, err := b.CallbacksOf(ctx, s, ids)
			return len(byID), err
		},
		"FindingsOf": func(ctx context.Context, s store.Scope) (int, error) {
			byID, err := b.FindingsOf(ctx, s, ids)
			return len(byID), err
		},
	}
}

func queuesScope(t *testing.T, b *bench) {
	one := from("s1", "+14155550123")
	one.QueueName, one.QueueID = "Billing", "q-1"
	r := asks("please call", calling("+14155550123"))
	r.Payload = []byte("{}")
	r.Recordings = []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav", Status: store.RecordingSuccess}}
	v := b.archive(t, one, r)
	b.addTag(t, v.ID, "ada", "vip")
	note := b.addNote(t, v.ID, "ada", "called")
	must(t, b.Audit(t.Context(), store.AuditEntry{Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: v.ID}))
	in := []store.Scope{store.AllBots(), store.AllBots().InQueues("Billing"), store.OnlyBots(bot).InQueues("Sales", "Billing")}
	out := []store.Scope{{}, store.AllBots().InQueues("Sales"), store.OnlyBots(bot).InQueues("Sales"), store.OnlyBots("st-other").InQueues("Billing"), store.AllBots().InQueues("q-1")}
	for name, look := range b.looks(v, note) {
		for want, scopes := range [][]store.Scope{out, in} {
			for i, s := range scopes {
				got, err := look(t.Context(), s)
				must(t, err)
				equal(t, fmt.Sprint(name, " in scope ", i), got, want)
			}
		}
	}
	for i, s := range out {
		_, err := b.AddNote(t.Context(), s, store.Note{VoicemailID: v.ID, Author: "eve", Text: "x"})
		wantErr(t, fmt.Sprint("AddNote in ", i), err, store.ErrNotFound)
		wantErr(t, fmt.Sprint("DeleteNote in ", i), b.DeleteNote(t.Context(), s, v.ID, note.ID), store.ErrNotFound)
		wantErr(t, fmt.Sprint("DeleteTag in ", i), b.DeleteTag(t.Context(), s, v.ID, "vip"), store.ErrNotFound)
	}
	// The ledger is that of whole bots.
	edges := []time.Time{one.StartedAt.Add(-24 * time.Hour), one.StartedAt.Add(24 * time.Hour)}
	for _, s := range []store.Scope{in[1], in[2]} {
		days, err := b.Days(t.Context(), s, edges, 0)
		must(t, err)
		equal(t, "days", days, []store.LedgerDay(nil))
		first, _, err := b.Known(t.Context(), s)
		must(t, err)
		equal(t, "known", first, time.Time{})
		gaps, err := b.Gaps(t.Context(), s, store.GapQuery{Limit: 9})
		must(t, err)
		equal(t, "gaps", gaps, []store.Gap(nil))
		wantErr(t, "wake", b.WakeSession(t.Context(), s, one.Key()), store.ErrNotFound)
	}
}

func queuesLead(t *testing.T, b *bench) {
	b.admin(t, "ada")
	limited, err := b.CreateUser(t.Context(), store.User{Name: "bob", Role: store.RoleAdmin, AllBots: true, Queues: []string{"Billing"}})
	must(t, err)
	equal(t, "leads", limited.Leads(), false)
	equal(t, "all", limited.Scope().All(), false)
	ada, err := b.User(t.Context(), "ada")
	must(t, err)
	ada.Queues = []string{"Billing"}
	wantErr(t, "the last one", b.UpdateUser(t.Context(), ada), store.ErrLastAdmin)
}
