package storetest

import (
	"errors"
	"fmt"
	"math"
	"strings"
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
		{"the last administrator of everything stays one", userLastAdmin},
		{"of two who dismiss each other one stays", userLastAdminRace},
		{"settings come back, and stay when the user changes", settingsRoundTrip},
		{"settings that can't be are refused", settingsInvalid},
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
	want.Queues = []string{"Billing", "Ärger"}
	change := want
	change.Name, change.Bots, change.Queues, change.CreatedAt = "bob", []string{"b", "a", "a"}, []string{"Ärger", "", "Billing", "Ärger"}, created
	must(t, b.UpdateUser(t.Context(), change))
	got, err := b.User(t.Context(), "ada")
	must(t, err)
	equal(t, "updated", got, want)
	equal(t, "scope", got.Scope().Bots(), []string{"a", "b"})
	equal(t, "scope's queues", got.Scope().Queues(), want.Queues)
	equal(t, "scope's person", got.Scope().Person(), "ada")

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
	b.admin(t, "cyd") // else ada would have to stay one
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

func (b *bench) admin(t *testing.T, name string) store.User {
	t.Helper()
	u, err := b.CreateUser(t.Context(), store.User{Name: name, Role: store.RoleAdmin, AllBots: true})
	must(t, err)
	return u
}

func userLastAdmin(t *testing.T, b *bench) {
	ada := b.admin(t, "ada")
	some, err := b.CreateUser(t.Context(), store.User{Name: "bob", Role: store.RoleAdmin, Bots: []string{bot}})
	must(t, err)
	b.login(t, "h", ada, time.Hour)
	for name, change := range map[string]func(*store.User){
		"another role":  func(u *store.User) { u.Role = store.RoleAnalyst },
		"fewer bots":    func(u *store.User) { u.AllBots = false },
		"disabled":      func(u *store.User) { u.Disabled = true },
		"all of it":     func(u *store.User) { u.Role, u.AllBots, u.Disabled = store.RoleAgent, false, true },
		"with password": func(u *store.User) { u.PasswordHash, u.Disabled = "new", true },
	} {
		u := ada
		change(&u)
		wantErr(t, name, b.UpdateUser(t.Context(), u), store.ErrLastAdmin)
	}
	got, err := b.LoginUser(t.Context(), "h") // nothing was done, logins included
	must(t, err)
	equal(t, "ada", got, ada)
	some.Disabled = true // leads nobody, so may go
	must(t, b.UpdateUser(t.Context(), some))
	cyd := b.admin(t, "cyd")
	ada.Role = store.RoleAgent
	must(t, b.UpdateUser(t.Context(), ada))
	cyd.PasswordHash = "new" // and stays what she is
	must(t, b.UpdateUser(t.Context(), cyd))
	cyd.Disabled = true
	wantErr(t, "now the last", b.UpdateUser(t.Context(), cyd), store.ErrLastAdmin)
}

func userLastAdminRace(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	users := []store.User{b.admin(t, "ada"), b.admin(t, "bob")}
	var refused atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i, u := range users {
		u.Disabled = true
		g.Go(func() error {
			err := handles[i].UpdateUser(ctx, u)
			if errors.Is(err, store.ErrLastAdmin) {
				refused.Add(1)
				return nil
			}
			return err
		})
	}
	must(t, g.Wait())
	equal(t, "refused", refused.Load(), int64(1))
}

func settingsRoundTrip(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	b.login(t, "h", u, time.Hour)
	b.token(t, "t", u, time.Hour)
	equal(t, "at first", u.Settings, store.Settings{})
	want := store.Settings{Zone: "Europe/Berlin", Locale: "en-US", WeekStart: "sunday", Theme: store.ThemeDark, Speed: 1.75}
	must(t, b.SaveSettings(t.Context(), u.ID, want))
	read := func(name string) {
		t.Helper()
		for where, find := range map[string]func() (store.User, error){
			"by name":  func() (store.User, error) { return b.User(t.Context(), "ada") },
			"by login": func() (store.User, error) { return b.LoginUser(t.Context(), "h") },
			"by token": func() (store.User, error) { return b.TokenUser(t.Context(), "hash of t") },
		} {
			got, err := find()
			must(t, err)
			equal(t, name+", "+where, got.Settings, want)
		}
	}
	read("saved")
	u.Role, u.Settings = store.RoleAnalyst, store.Settings{Zone: "Asia/Tokyo"}
	must(t, b.UpdateUser(t.Context(), u))
	read("after an update")
	want = store.Settings{}
	must(t, b.SaveSettings(t.Context(), u.ID, want))
	read("cleared")
	v, err := b.CreateUser(t.Context(), store.User{Name: "bob", Role: store.RoleAgent, Settings: store.Settings{Zone: "a\x00b"}})
	must(t, err)
	equal(t, "created with settings, cleaned", v.Settings, store.Settings{Zone: "ab"})
}

func settingsInvalid(t *testing.T, b *bench) {
	u := b.user(t, "ada")
	want := store.Settings{Speed: store.MaxSpeed}
	must(t, b.SaveSettings(t.Context(), u.ID, want))
	for name, s := range map[string]store.Settings{
		"a long zone":   {Zone: strings.Repeat("z", 65)},
		"a long locale": {Locale: strings.Repeat("z", 65)},
		"a theme":       {Theme: "pink"},
		"a day":         {WeekStart: "tuesday"},
		"too slow":      {Speed: 0.49},
		"too fast":      {Speed: 3.01},
		"backwards":     {Speed: -1},
		"no number":     {Speed: math.NaN()},
	} {
		wantErr(t, name, b.SaveSettings(t.Context(), u.ID, s), store.ErrInvalid)
		_, err := b.CreateUser(t.Context(), store.User{Name: "bob", Role: store.RoleAgent, Settings: s})
		wantErr(t, name, err, store.ErrInvalid)
	}
	wantErr(t, "nobody's", b.SaveSettings(t.Context(), u.ID+1, want), store.ErrNotFound)
	got, err := b.User(t.Context(), "ada")
	must(t, err)
	equal(t, "settings", got.Settings, want)
}
