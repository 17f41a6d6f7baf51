package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

func loginRows() []row {
	return []row{
		{"lead to their user until they expire", loginExpires},
		{"expired ones are dropped, others stay", loginDropped},
		{"can be ended, twice", loginDeleted},
		{"disabled users have none", loginDisabled},
		{"need a user and a hash of their own", loginInvalid},
		{"are listed until they expire", loginsListed},
		{"end elsewhere", loginsEnded},
		{"tokens lead to their user until they expire", tokenExpires},
		{"tokens can be revoked", tokenRevoked},
		{"tokens need a user, an id and a hash of their own", tokenInvalid},
		{"tokens are listed", tokensListed},
	}
}

func (b *bench) login(t *testing.T, hash string, u store.User, d time.Duration) {
	t.Helper()
	must(t, b.CreateLogin(t.Context(), store.Login{Hash: hash, UserID: u.ID, ExpiresAt: b.clock.Now().Add(d)}))
}

func (b *bench) token(t *testing.T, id string, u store.User, d time.Duration) {
	t.Helper()
	must(t, b.CreateToken(t.Context(), store.APIToken{ID: id, Hash: "hash of " + id, UserID: u.ID, ExpiresAt: b.clock.Now().Add(d)}))
}

func loginExpires(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.user(t, "bob")
	b.login(t, "h", u, time.Hour)
	b.clock.move(time.Hour - time.Microsecond)
	got, err := b.LoginUser(t.Context(), "h")
	must(t, err)
	equal(t, "user", got, u)
	b.clock.move(time.Microsecond)
	_, err = b.LoginUser(t.Context(), "h")
	wantErr(t, "expired", err, store.ErrNotFound)
	_, err = b.LoginUser(t.Context(), "H")
	wantErr(t, "unknown", err, store.ErrNotFound)
}

func loginDropped(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.login(t, "short", u, time.Minute)
	b.login(t, "long", u, time.Hour)
	b.clock.move(time.Minute)
	b.login(t, "short", u, time.Minute) // the dropped one's hash is free again
	_, err := b.LoginUser(t.Context(), "long")
	must(t, err)
}

func loginDeleted(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.login(t, "h", u, time.Hour)
	b.login(t, "other", u, time.Hour)
	for range 2 {
		must(t, b.DeleteLogin(t.Context(), "h"))
		_, err := b.LoginUser(t.Context(), "h")
		wantErr(t, "deleted", err, store.ErrNotFound)
	}
	_, err := b.LoginUser(t.Context(), "other")
	must(t, err)
}

func loginDisabled(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	u.Disabled = true
	must(t, b.UpdateUser(t.Context(), u))
	b.login(t, "h", u, time.Hour)
	b.token(t, "t", u, time.Hour)
	_, err := b.LoginUser(t.Context(), "h")
	wantErr(t, "login", err, store.ErrNotFound)
	_, err = b.TokenUser(t.Context(), "hash of t")
	wantErr(t, "token", err, store.ErrNotFound)
	u.Disabled = false
	must(t, b.UpdateUser(t.Context(), u))
	_, err = b.TokenUser(t.Context(), "hash of t")
	must(t, err)
}

func loginInvalid(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.login(t, "h", u, time.Hour)
	l := store.Login{Hash: "h", UserID: u.ID, ExpiresAt: b.clock.at(2 * time.Hour)}
	wantErr(t, "taken", b.CreateLogin(t.Context(), l), store.ErrExists)
	l = store.Login{Hash: "h2", UserID: u.ID + 1, ExpiresAt: b.clock.at(time.Hour)}
	wantErr(t, "no user", b.CreateLogin(t.Context(), l), store.ErrNotFound)
}

func tokenExpires(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.token(t, "t", u, time.Hour)
	got, err := b.TokenUser(t.Context(), "hash of t")
	must(t, err)
	equal(t, "user", got, u)
	_, err = b.TokenUser(t.Context(), "t")
	wantErr(t, "the id is not the hash", err, store.ErrNotFound)
	_, err = b.LoginUser(t.Context(), "hash of t")
	wantErr(t, "a token is no login", err, store.ErrNotFound)
	b.clock.move(time.Hour)
	_, err = b.TokenUser(t.Context(), "hash of t")
	wantErr(t, "expired", err, store.ErrNotFound)
}

func tokenRevoked(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.token(t, "t", u, time.Hour)
	b.token(t, "other", u, time.Hour)
	must(t, b.RevokeToken(t.Context(), "t"))
	_, err := b.TokenUser(t.Context(), "hash of t")
	wantErr(t, "revoked", err, store.ErrNotFound)
	wantErr(t, "again", b.RevokeToken(t.Context(), "t"), store.ErrNotFound)
	_, err = b.TokenUser(t.Context(), "hash of other")
	must(t, err)
}

func tokenInvalid(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.token(t, "t", u, time.Hour)
	for _, c := range []struct {
		name string
		t    store.APIToken
		want error
	}{
		{"id taken", store.APIToken{ID: "t", Hash: "x", UserID: u.ID}, store.ErrExists},
		{"hash taken", store.APIToken{ID: "x", Hash: "hash of t", UserID: u.ID}, store.ErrExists},
		{"no user", store.APIToken{ID: "x", Hash: "x", UserID: u.ID + 1}, store.ErrNotFound},
	} {
		c.t.ExpiresAt = b.clock.at(time.Hour)
		wantErr(t, c.name, b.CreateToken(t.Context(), c.t), c.want)
	}
}

func loginsListed(t *testing.T, b *bench) {
	u, other := b.user(t, "ada"), b.user(t, "bob")
	b.login(t, "other", other, time.Hour)
	want := []store.Login{
		{Hash: "late", UserID: u.ID, ExpiresAt: b.clock.at(2 * time.Hour), CreatedAt: b.clock.at(time.Second), Remote: "192.0.2.1", Agent: "Firefox"},
		{Hash: "a", UserID: u.ID, ExpiresAt: b.clock.at(time.Hour), CreatedAt: b.clock.at(0)},
		{Hash: "b", UserID: u.ID, ExpiresAt: b.clock.at(time.Minute), CreatedAt: b.clock.at(0), Agent: strings.Repeat("x", store.MaxAgent)},
	}
	for _, l := range []store.Login{want[2], want[1]} {
		l.Agent += strings.Repeat("y", len(l.Agent)) // cut
		must(t, b.CreateLogin(t.Context(), l))
	}
	b.clock.move(time.Second)
	l := want[0]
	l.CreatedAt = created // the store's to give
	must(t, b.CreateLogin(t.Context(), l))
	list := func() []store.Login {
		got, err := b.Logins(t.Context(), u.ID)
		must(t, err)
		return got
	}
	equal(t, "logins", list(), want)
	b.clock.move(time.Minute)
	equal(t, "one has expired", list(), want[:2])
	must(t, b.DeleteLogin(t.Context(), "late"))
	equal(t, "one was ended", list(), want[1:2])
}

func loginsEnded(t *testing.T, b *bench) {
	u, other := b.user(t, "ada"), b.user(t, "bob")
	b.login(t, "other", other, time.Hour)
	b.login(t, "expired", u, time.Minute)
	for _, hash := range []string{"1", "2", "3"} {
		b.login(t, hash, u, time.Hour)
	}
	b.clock.move(time.Minute)
	end := func(keep string) int {
		n, err := b.EndLogins(t.Context(), u.ID, keep)
		must(t, err)
		return n
	}
	equal(t, "ended", end("2"), 2)
	equal(t, "again", end("2"), 0)
	_, err := b.LoginUser(t.Context(), "2")
	must(t, err)
	equal(t, "all", end(""), 1)
	_, err = b.LoginUser(t.Context(), "2")
	wantErr(t, "all", err, store.ErrNotFound)
	_, err = b.LoginUser(t.Context(), "other")
	must(t, err)
}

func tokensListed(t *testing.T, b *bench) {
	u, other := b.user(t, "ada"), b.user(t, "bob")
	b.token(t, "other", other, time.Hour)
	long := strings.Repeat("é", store.MaxTokenName)
	must(t, b.CreateToken(t.Context(), store.APIToken{ID: "z", Hash: "hz", UserID: u.ID, ExpiresAt: b.clock.at(time.Minute), Name: long}))
	b.clock.move(time.Hour)
	for _, id := range []string{"y", "x"} {
		must(t, b.CreateToken(t.Context(), store.APIToken{ID: id, Hash: "h" + id, UserID: u.ID, ExpiresAt: b.clock.at(time.Minute), Name: "for the wall"}))
	}
	got, err := b.Tokens(t.Context(), u.ID)
	must(t, err)
	equal(t, "tokens", got, []store.APIToken{
		{ID: "x", Hash: "hx", UserID: u.ID, ExpiresAt: b.clock.at(time.Minute), CreatedAt: b.clock.at(0), Name: "for the wall"},
		{ID: "y", Hash: "hy", UserID: u.ID, ExpiresAt: b.clock.at(time.Minute), CreatedAt: b.clock.at(0), Name: "for the wall"},
		{ID: "z", Hash: "hz", UserID: u.ID, ExpiresAt: b.clock.at(time.Minute - time.Hour), CreatedAt: b.clock.at(-time.Hour), Name: long[:store.MaxTokenName]},
	})
	must(t, b.RevokeToken(t.Context(), "x"))
	got, err = b.Tokens(t.Context(), u.ID)
	must(t, err)
	equal(t, "tokens", len(got), 2)
}

// loginCalls is the part of calls that is about people's own pages and the
// audit log's.
func loginCalls(b *bench) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"SaveSettings": func(ctx context.Context) error { return b.SaveSettings(ctx, 1, store.Settings{Theme: store.ThemeDark}) },
		"Logins":       func(ctx context.Context) error { _, err := b.Logins(ctx, 1); return err },
		"EndLogins":    func(ctx context.Context) error { _, err := b.EndLogins(ctx, 1, ""); return err },
		"Tokens":       func(ctx context.Context) error { _, err := b.Tokens(ctx, 1); return err },
		"AuditEntries": func(ctx context.Context) error { _, err := b.AuditEntries(ctx, store.AuditQuery{}); return err },
	}
}
