package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Audit implements store.AuditLog.
func (s *Store) Audit(ctx context.Context, e store.AuditEntry) error {
	e = e.Clean()
	return s.inTx(ctx, "write the audit log", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO audit (at, actor, action, allowed, voicemail_id, detail, remote)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, now, e.Actor, e.Action, e.Allowed, e.VoicemailID, e.Detail, e.Remote)
		return err
	})
}

// AuditTrail implements store.AuditLog.
func (s *Store) AuditTrail(ctx context.Context, limit int) ([]store.AuditEntry, error) {
	return s.AuditEntries(ctx, store.AuditQuery{Limit: limit})
}

// AuditEntries implements store.AuditLog.
func (s *Store) AuditEntries(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	q = q.Clean()
	where, args := "TRUE", []any{q.Limit}
	and := func(wanted bool, condition string, values ...any) {
		if wanted {
			for _, value := range values {
				args = append(args, value)
				condition = strings.Replace(condition, "?", fmt.Sprint("$", len(args)), 1)
			}
			where += " AND " + condition
		}
	}
	and(q.Actor != "", "actor = ?", q.Actor)
	and(q.Action != "", "action = ?", q.Action)
	and(q.VoicemailID != 0, "voicemail_id <> 0 AND voicemail_id = ?", q.VoicemailID)
	and(q.Refused, "NOT allowed")
	and(!q.From.IsZero(), "at >= ?", q.From)
	and(!q.To.IsZero(), "at < ?", q.To)
	and(q.Before != 0, "id < ?", q.Before)
	var trail []store.AuditEntry
	err := s.inView(ctx, "read the audit log", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT id, at, actor, action, allowed, voicemail_id, detail, remote FROM audit
			WHERE `+where+` ORDER BY id DESC LIMIT $1`, args...)
		if err != nil {
			return err
		}
		trail, err = pgx.AppendRows(trail[:0], rows, func(r pgx.CollectableRow) (store.AuditEntry, error) {
			var e store.AuditEntry
			err := r.Scan(&e.ID, at(&e.At), &e.Actor, &e.Action, &e.Allowed, &e.VoicemailID, &e.Detail, &e.Remote)
			return e, err
		})
		return err
	})
	return trail, err
}

// Listens implements store.AuditLog.
func (s *Store) Listens(ctx context.Context, scope store.Scope, voicemailID int64, limit int) ([]store.AuditEntry, error) {
	var list []store.AuditEntry
	err := s.inView(ctx, "list listens", func(ctx context.Context, t tx) error {
		// "<> 0" lets Postgres use the index on voicemails, which leaves out the others.
		rows, err := t.Query(ctx, `SELECT a.id, a.at, a.actor, a.action, a.allowed, a.voicemail_id, a.detail, a.remote
			FROM audit a JOIN voicemails v ON v.id = a.voicemail_id
			WHERE a.voicemail_id = $1 AND a.voicemail_id <> 0 AND a.action = $2 AND a.allowed AND ($3 OR v.bot_id = ANY($4))
			AND ($6 OR v.queue = ANY($7)) ORDER BY a.id DESC LIMIT $5`, voicemailID, store.AuditPlay, scope.EveryBot(), scope.Bots(), store.Clamp(limit, store.MaxAudit),
			scope.EveryQueue(), scope.Queues())
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.AuditEntry, error) {
			var e store.AuditEntry
			err := r.Scan(&e.ID, at(&e.At), &e.Actor, &e.Action, &e.Allowed, &e.VoicemailID, &e.Detail, &e.Remote)
			return e, err
		})
		return err
	})
	return list, err
}
