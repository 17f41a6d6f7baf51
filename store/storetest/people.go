package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func peopleRows() []row {
	return []row{
		{"a user comes back whole", userRoundTrip},
		{"names are folded", userFolds},
		{"a taken name, an empty one, an unknown role", userInvalid},
		{"listed by name, by bytes", userOrder},
		{"the first user is first", userFirst},
		{"of eight first users one is first", userFirstConcurrent},
		{"an update replaces role, bots, password and disabled", userUpdate},
		{"an update ends logins when it must", userUpdateLogins},
	}
}

func (b *bench) user(t *testing.T, name string) store.User {
	t.Helper()
	u, err := b.CreateUser(t.Context(), store.User{Name: name, Role: store.RoleAgent, AllBots: true, PasswordHash: "hash"})
	must(t, err)
	return u
}

func userRoundTrip(t *testing.T, b *bench) {
	u := store.User{ID: 99, Name: "Ada", Role: store.RoleAnalyst, Bots: []string{"b", "a", "b"}, PasswordHash: "$argon2id$x", Disabled: true}
	got, err := b.CreateUser(t.Context(), u)
	must(t, err)
	want := store.User{ID: got.ID, Name: "ada", Role: store.RoleAnalyst, Bots: []string{"a", "b"}, PasswordHash: "$argon2id$x",
		Disabled: true, CreatedAt: b.clock.at(0)}
	equal(t, "as created", got, want)
	got, err = b.User(t.Context(), "ada")
	must(t, err)
	equal(t, "as stored", got, want)
	bob := b.user(t, "bob")
	if bob.ID == got.ID || bob.ID == 0 || got.ID == 0 {
		t.Errorf("ids %d and %d", got.ID, bob.ID)
	}
	_, err = b.User(t.Context(), "nobody")
	wantErr(t, "unknown", err, store.ErrNotFound)
}

func userFolds(t *testing.T, b *bench) {
	for _, c := range []struct{ name, like string }{
		{"Ada", " ADA\t"}, {"straße", "STRASSE"}, {"Zoe\u0308", "ZO\u00cb"}, {"\u03c3\u03c2", "\u03a3\u03a3"}, {"N\x00ul", "nul"},
	} {
		u := b.user(t, c.name)
		equal(t, c.name, u.Name, store.FoldName(c.like))
		got, err := b.User(t.Context(), c.like)
		must(t, err)
		equal(t, c.name, got, u)
		_, err = b.CreateUser(t.Context(), store.User{Name: c.like, Role: store.RoleAgent})
		wantErr(t, c.name, err, store.ErrExists)
	}
}

func userInvalid(t *testing.T, b *bench) {
	b.user(t, "ada")
	for _, c := range []struct {
		u    store.User
		want error
	}{
		{store.User{Name: "ada", Role: store.RoleAdmin}, store.ErrExists},
		{store.User{Name: " ", Role: store.RoleAdmin}, store.ErrInvalid},
		{store.User{Name: "\x00", Role: store.RoleAdmin}, store.ErrInvalid},
		{store.User{Name: "bob", Role: "owner"}, store.ErrInvalid},
		{store.User{Name: "bob"}, store.ErrInvalid},
		{store.User{Name: incompressible(store.MaxID + 1), Role: store.RoleAdmin}, store.ErrInvalid},
		{store.User{Name: "b\x1bob", Role: store.RoleAdmin}, store.ErrInvalid},
	} {
		_, err := b.CreateUser(t.Context(), c.u)
		wantErr(t, "create", err, c.want)
		_, err = b.CreateFirstUser(t.Context(), c.u)
		if !errors.Is(err, c.want) && !errors.Is(err, store.ErrExists) {
			t.Errorf("create first: got error %v", err)
		}
	}
	users, err := b.Users(t.Context())
	must(t, err)
	equal(t, "users", len(users), 1)
}

func userOrder(t *testing.T, b *bench) {
	users, err := b.Users(t.Context())
	must(t, err)
	equal(t, "none", users, []store.User(nil))
	for _, name := range []string{"zoe", "é", "ada", "a-b", "a_b", "ab", "a b", "2"} {
		b.user(t, name)
	}
	users, err = b.Users(t.Context())
	must(t, err)
	var got string
	for _, u := range users {
		got += u.Name + ","
	}
	equal(t, "order", got, "2,a b,a-b,a_b,ab,ada,zoe,é,")
}

func userFirst(t *testing.T, b *bench) {
	_, err := b.CreateFirstUser(t.Context(), store.User{Name: "", Role: store.RoleAdmin})
	wantErr(t, "invalid", err, store.ErrInvalid)
	_, err = b.CreateFirstUser(t.Context(), store.User{Name: "ada", Role: store.RoleAdmin})
	must(t, err)
	_, err = b.CreateFirstUser(t.Context(), store.User{Name: "bob", Role: store.RoleAdmin})
	wantErr(t, "second", err, store.ErrExists)
	_, err = b.User(t.Context(), "bob")
	wantErr(t, "bob", err, store.ErrNotFound)
}

func userFirstConcurrent(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	var first atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			_, err := handles[i%2].CreateFirstUser(ctx, store.User{Name: fmt.Sprint("user ", i), Role: store.RoleAdmin})
			if errors.Is(err, store.ErrExists) {
				return nil
			}
			first.Add(1)
			return err
		})
	}
	must(t, g.Wait())
	equal(t, "first users", first.Load(), int64(1))
	users, err := b.Users(t.Context())
	must(t, err)
	equal(t, "users", len(users), 1)
}

func userUpdate(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.user(t, "bob")
	want := u
	want.Role, want.AllBots, want.Bots, want.PasswordHash, want.Disabled = store.RoleAdmin, false, []string{"a", "b"}, "other", true
	change := want
	change.Name, change.Bots, change.CreatedAt = "bob", []string{"b", "a", "a"}, created
	must(t, b.UpdateUser(t.Context(), change))
	got, err := b.User(t.Context(), "ada")
	must(t, err)
	equal(t, "updated", got, want)
	equal(t, "scope", got.Scope().Bots(), []string{"a", "b"})

	change.Role = "owner"
	wantErr(t, "unknown role", b.UpdateUser(t.Context(), change), store.ErrInvalid)
	change.ID, change.Role = 999, store.RoleAdmin
	wantErr(t, "unknown user", b.UpdateUser(t.Context(), change), store.ErrNotFound)
	got, err = b.User(t.Context(), "ada")
	must(t, err)
	equal(t, "after refusals", got, want)
}

func userUpdateLogins(t *testing.T, b *bench) {
	u, other := b.user(t, "ada"), b.user(t, "bob")
	login := func(hash string, id int64) {
		must(t, b.CreateLogin(t.Context(), store.Login{Hash: hash, UserID: id, ExpiresAt: b.clock.at(time.Hour)}))
	}
	login("bob's", other.ID)
	for i, c := range []struct {
		name   string
		change func(u *store.User)
		ends   bool
	}{
		{"role", func(u *store.User) { u.Role = store.RoleAdmin }, false},
		{"bots", func(u *store.User) { u.AllBots, u.Bots = false, []string{"a"} }, false},
		{"password", func(u *store.User) { u.PasswordHash = "new" }, true},
		{"disabled", func(u *store.User) { u.Disabled = true }, true},
		{"enabled again", func(u *store.User) { u.Disabled = false }, true},
	} {
		hash := fmt.Sprint("login ", i)
		login(hash, u.ID)
		if c.name == "enabled again" {
			hash = fmt.Sprint("login ", i-1) // the one that disabling ended
		}
		c.change(&u)
		must(t, b.UpdateUser(t.Context(), u))
		_, err := b.LoginUser(t.Context(), hash)
		equal(t, c.name+" ends the login", errors.Is(err, store.ErrNotFound), c.ends)
	}
	_, err := b.LoginUser(t.Context(), "bob's")
	must(t, err)
}

func loginRows() []row {
	return []row{
		{"lead to their user until they expire", loginExpires},
		{"expired ones are dropped, others stay", loginDropped},
		{"can be ended, twice", loginDeleted},
		{"disabled users have none", loginDisabled},
		{"need a user and a hash of their own", loginInvalid},
		{"tokens lead to their user until they expire", tokenExpires},
		{"tokens can be revoked", tokenRevoked},
		{"tokens need a user, an id and a hash of their own", tokenInvalid},
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
