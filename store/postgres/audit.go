package postgres

import (
	"context"

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
	var trail []store.AuditEntry
	err := s.inView(ctx, "read the audit log", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT id, at, actor, action, allowed, voicemail_id, detail, remote FROM audit
			ORDER BY id DESC LIMIT $1`, store.Clamp(limit, store.MaxAudit))
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
