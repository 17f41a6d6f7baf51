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
	var trail []store.AuditEntry
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT id, at, actor, action, allowed, voicemail_id, detail, remote FROM audit ORDER BY id DESC LIMIT ?`,
			[]any{store.Clamp(limit, store.MaxAudit)}, func(rows *sql.Rows) error {
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
