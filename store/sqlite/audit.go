package sqlite

import (
	"context"
	"database/sql"

	"afterbeep/store"
)

// Audit implements store.AuditLog.
func (s *Store) Audit(ctx context.Context, e store.AuditEntry) error {
	e = e.Clean()
	return wrap("write audit entry", s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO audit (at, actor, action, allowed, voicemail_id, detail, remote) VALUES (?,?,?,?,?,?,?)`,
			known(s.now()), e.Actor, e.Action, e.Allowed, e.VoicemailID, e.Detail, e.Remote)
		return err
	}))
}

// AuditTrail implements store.AuditLog.
func (s *Store) AuditTrail(ctx context.Context, limit int) ([]store.AuditEntry, error) {
	return s.AuditEntries(ctx, store.AuditQuery{Limit: limit})
}

// AuditEntries implements store.AuditLog.
func (s *Store) AuditEntries(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	q = q.Clean()
	where, args := "TRUE", []any{}
	and := func(wanted bool, condition string, values ...any) {
		if wanted {
			where, args = where+" AND "+condition, append(args, values...)
		}
	}
	and(q.Actor != "", "actor = ?", q.Actor)
	and(q.Action != "", "action = ?", q.Action)
	and(q.VoicemailID != 0, "voicemail_id <> 0 AND voicemail_id = ?", q.VoicemailID)
	and(q.Refused, "NOT allowed")
	and(!q.From.IsZero(), "at >= ?", known(q.From))
	and(!q.To.IsZero(), "at < ?", known(q.To))
	and(q.Before != 0, "id < ?", q.Before)
	var trail []store.AuditEntry
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT id, at, actor, action, allowed, voicemail_id, detail, remote FROM audit WHERE `+where+` ORDER BY id DESC LIMIT ?`,
			append(args, q.Limit), func(rows *sql.Rows) error {
				var e store.AuditEntry
				err := rows.Scan(&e.ID, at(&e.At), &e.Actor, &e.Action, &e.Allowed, &e.VoicemailID, &e.Detail, &e.Remote)
				trail = append(trail, e)
				return err
			})
	})
	if err != nil {
		return nil, wrap("read audit trail", err)
	}
	return trail, nil
}

// Listens implements store.AuditLog.
func (s *Store) Listens(ctx context.Context, scope store.Scope, voicemailID int64, limit int) ([]store.AuditEntry, error) {
	var list []store.AuditEntry
	err := s.inView(ctx, func(tx *sql.Tx) error {
		// "<> 0" lets SQLite use the index on voicemails, which leaves out the others.
		return each(ctx, tx, `SELECT v.bot_id, v.queue, a.id, a.at, a.actor, a.action, a.allowed, a.voicemail_id, a.detail, a.remote
			FROM audit a JOIN voicemails v ON v.id = a.voicemail_id
			WHERE a.voicemail_id = ? AND a.voicemail_id <> 0 AND a.action = ? AND a.allowed ORDER BY a.id DESC LIMIT ?`,
			[]any{voicemailID, store.AuditPlay, store.Clamp(limit, store.MaxAudit)}, func(rows *sql.Rows) error {
				var bot, queue string
				var e store.AuditEntry
				err := rows.Scan(&bot, &queue, &e.ID, at(&e.At), &e.Actor, &e.Action, &e.Allowed, &e.VoicemailID, &e.Detail, &e.Remote)
				if scope.Holds(bot, queue) {
					list = append(list, e)
				}
				return err
			})
	})
	if err != nil {
		return nil, wrap("list listens", err)
	}
	return list, nil
}
